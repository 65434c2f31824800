"""`amends drill`: play a drill in the terminal, list them, or check one that is being written."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from amends.engine.drills import Exchange, Script, Situation

WELL, BADLY, WRONG = 0, 1, 2


@click.command("drill")
@click.argument("slug", default="")
@click.option("--language", default="en", metavar="CODE", help="The language to play in: en, fa, mn or tr.")
@click.option("--list", "lists", is_flag=True, help="List the drills, each with the ranks it is for.")
@click.option("--check", metavar="SLUG", help="Check a drill's files and play it to its ends; 'all' checks every one.")
@click.option("--trials", is_flag=True, help="With --check: show what came of every listed answer.")
def command(*, slug: str, language: str, lists: bool, check: str | None, trials: bool) -> None:
    """Play a drill: answer a customer in your own words and see what becomes of it.

    Ends with 0 when the customer is content, 1 when not, 2 when there is no such drill.
    """
    from amends.engine import languages

    if not languages.is_known(language):
        _stop(f"--language {language}: amends speaks {', '.join(languages.codes())}.")
    if check is not None:
        sys.exit(_check(check, trials=trials))
    if lists or not slug:
        _list(language)
        return
    one, script = _found(slug, language)
    if one.kind == "talk":
        sys.exit(_talk(one, script))
    sys.exit(_notes(one, script) if one.kind == "notes" else _figures(one, script))


def _list(language: str) -> None:
    from amends.engine.drills import languages_of, script_of, situations

    for one in situations():
        title = script_of(one.slug, language).title if language in languages_of(one.slug) else ""
        click.echo(f"{one.slug:<28} {one.kind:<8} {one.minutes:>2} min  {', '.join(one.ranks):<40} {title}")


def _check(slug: str, *, trials: bool) -> int:
    from amends.engine.drills import BadSituationError, languages_of, script_of, situation, slugs
    from amends.engine.drills.checking import problems, told
    from amends.engine.drills.checking import trials as tried

    wrong = 0
    for name in slugs() if slug == "all" else (slug,):
        found = problems(name)
        wrong += len(found)
        for each in found:
            click.echo(each)
        try:
            if trials and name in slugs() and situation(name).kind == "talk":
                for code in languages_of(name):
                    for answer, exchange in tried(situation(name), script_of(name, code)):
                        click.echo(f"  {code} {answer:<18} {told(exchange)}")
        except BadSituationError:
            continue  # told above
        if not found:
            click.echo(f"{name}: good in {', '.join(languages_of(name))}")
    return WRONG if wrong else WELL


def _found(slug: str, language: str) -> tuple[Situation, Script]:
    from amends.engine.drills import BadSituationError, script_of, situation

    try:
        return situation(slug), script_of(slug, language)
    except KeyError as error:
        _stop(f"there is no drill {error}; --list shows them.")
    except BadSituationError as error:
        _stop(str(error))


def _talk(one: Situation, script: Script) -> int:
    from amends.engine.drills import play

    _scene(script)
    said: list[str] = []
    played = play(one, script, said)
    for turn in played.history:
        click.echo(f"  {'·' if turn.by == 'agent' else '»'} {turn.text}")
    click.echo(f"\n» {played.opening}\n")
    while played.ended is None:
        said.append(_ask("> "))
        played = play(one, script, said, wording=script.language)
        _reaction(played.exchanges[-1])
    last = script.endings[played.ended]
    click.echo(f"\n[{played.ended}] {last.means}\n\n{script.learn}")
    return WELL if played.ended == "content" else BADLY


def _reaction(exchange: Exchange) -> None:
    for finding in exchange.judgement.failings:
        click.echo(f"  ~ {finding.words}: {finding.hurts} {finding.instead}")
    if exchange.judgement.good:
        click.echo(f"  + {', '.join(sign.name for sign in exchange.judgement.good)}")
    click.echo(f"\n» {exchange.reaction}   ({'▮' * exchange.heat}{'▯' * (5 - exchange.heat)})\n")


def _notes(one: Situation, script: Script) -> int:
    from amends.engine.drills import compare

    _scene(script)
    click.echo(f"\n» {script.complaint}\n")
    held = compare(one, script, _ask("> "))
    for mark, keys, points in (
        ("+", held.noted, script.points),
        ("-", held.missing, script.points),
        ("!", held.wrong, script.traps),
    ):
        for key in keys:
            click.echo(f"  {mark} {points[key].fact}")
    click.echo(f"\n» {script.endings[held.ended].says}\n\n{script.learn}")
    return WELL if held.ended == "content" else BADLY


def _figures(one: Situation, script: Script) -> int:
    from amends.engine.drills import Choice, weigh

    _scene(script)
    click.echo("  " + " | ".join(script.columns[key] for key in one.columns))
    figures = list(one.figures)
    for at, key in enumerate(figures, 1):
        click.echo(f"  {at}. {script.figures[key]}: {' | '.join(f'{value:g}' for value in one.figures[key])}")
    measures = [measure.key for measure in one.measures]
    for at, key in enumerate(measures, 1):
        click.echo(f"  {chr(96 + at)}) {script.measures[key].text}")
    chosen = []
    for pair in _ask(f"{one.choose} x measure+figure, such as a1 c3 > ").split():
        letter, number = ord(pair[0]) - 97, pair[1:]
        if not 0 <= letter < len(measures) or not number.isdecimal() or not 1 <= int(number) <= len(figures):
            _stop(f"{pair}: a letter of a measure and the number of a figure.")
        chosen.append(Choice(measure=measures[letter], because=figures[int(number) - 1]))
    weighing = weigh(one, chosen)
    for each in weighing.choices:
        mark = "+" if each.fits and each.reason_fits else "-"
        click.echo(f"  {mark} {script.measures[each.choice.measure].feedback}")
    click.echo(f"\n» {script.endings[weighing.ended].says}\n\n{script.learn}")
    return WELL if weighing.ended == "content" else BADLY


def _scene(script: Script) -> None:
    who = script.customer
    click.echo(f"{script.title}\n\n{script.scene}\n\n{who.name}: {who.is_who}\n\n{script.task}\n")


def _ask(prompt: str) -> str:
    answer = ""
    try:
        while not answer.strip():
            answer = input(prompt)
    except EOFError:
        click.echo("")
        sys.exit(BADLY)
    return answer


def _stop(message: str) -> NoReturn:
    click.echo(f"amends drill: {message}", err=True)
    sys.exit(WRONG)
