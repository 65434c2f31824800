"""`amends drill`: play a drill in the terminal, list them, or check one that is being written."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Final, NoReturn

import click

if TYPE_CHECKING:
    from amends.engine.drills import Choice, Exchange, Script, Situation
    from amends.engine.drills.situation import Ending

WELL, BADLY, WRONG = 0, 1, 2
STOPPED: Final = 130  # as programs end that somebody stops with Ctrl-C
WIDEST: Final = 100  # columns: longer lines are hard to read
LATIN: Final = "abcdefg"


@click.command("drill")
@click.argument("slug", default="")
@click.option("--language", default="en", metavar="CODE", help="The language to play in: en, fa, mn or tr.")
@click.option("--list", "lists", is_flag=True, help="List the drills, each with the ranks it is for.")
@click.option("--check", metavar="SLUG", help="Check a drill's files and play it to its ends; 'all' checks every one.")
@click.option("--trials", is_flag=True, help="With --check: show what came of every listed answer.")
def command(*, slug: str, language: str, lists: bool, check: str | None, trials: bool) -> None:
    """Play a drill: answer a customer in your own words and see what becomes of it.

    Ends with 0 when the customer is content, 1 when not, 2 when there is no such drill, 130 when it was stopped.
    """
    from amends.engine import languages
    from amends.engine.languages.wording import N_, say

    if not languages.is_known(language):
        _stop(f"--language {language}: amends speaks {', '.join(languages.codes())}.")
    if check is not None:
        sys.exit(_check(check, trials=trials))
    if lists or not slug:
        _list(language)
        return
    one, script = _found(slug, language)
    plays = {"talk": _talk, "notes": _notes, "figures": _figures}
    try:
        sys.exit(plays[one.kind](one, script))
    except KeyboardInterrupt:  # what would be said otherwise is said in English alone
        click.echo(f"\n{say(N_('Stopped.'), language)}")
        sys.exit(STOPPED)


def _list(language: str) -> None:
    from amends.engine.drills import languages_of, script_of, situations
    from amends.engine.drills.words import KINDS, RANKS
    from amends.engine.languages.figures import number
    from amends.engine.languages.wording import say

    for one in situations():
        title = script_of(one.slug, language).title if language in languages_of(one.slug) else ""
        told = [
            say(KINDS[one.kind], language),
            f"{number(one.minutes, language=language)}′",
            *(say(RANKS[rank], language) for rank in one.ranks),
        ]
        click.echo(f"{one.slug}  {title}\n    {' · '.join(told)}")


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
    from amends.engine.languages.wording import N_, say

    _scene(script, how=N_("Answer in your own words, in one line; Ctrl-D stops."))
    said: list[str] = []
    played = play(one, script, said)
    for turn in played.history:
        _tell(turn.text, mark="·" if turn.by == "agent" else "»")
    _tell(played.opening, mark="»")
    while played.ended is None:
        click.echo("")
        said.append(_ask("> "))
        played = play(one, script, said, wording=script.language)
        _reaction(played.exchanges[-1], language=script.language)
    if played.ended != "content":
        click.echo(f"\n{say(N_('What a good answer could look like'), script.language)}")
        for step in dict.fromkeys(exchange.step for exchange in played.exchanges):
            for answer in script.answers[step].good:
                _tell(answer, mark="+")
    return _end(one, script, ended=played.ended)


def _reaction(exchange: Exchange, *, language: str) -> None:
    from amends.engine.drills.words import GOOD_SIGNS
    from amends.engine.languages.wording import say

    for finding in exchange.judgement.failings:
        _tell(f"{finding.words}: {finding.hurts} {finding.instead}", mark="~")
    if good := dict.fromkeys(sign.name for sign in exchange.judgement.good):
        _tell(", ".join(say(GOOD_SIGNS.get(name, name), language) for name in good), mark="+")
    click.echo("")
    _tell(f"{exchange.reaction}   ({'▮' * exchange.heat}{'▯' * (5 - exchange.heat)})", mark="»")


def _end(one: Situation, script: Script, *, ended: Ending) -> int:
    from amends.engine.drills.words import ENDINGS
    from amends.engine.languages.wording import say

    last = script.endings[ended]
    if one.kind != "talk":  # in a talk the customer has said it
        click.echo("")
        _tell(last.says, mark="»")
    click.echo(f"\n{say(ENDINGS[one.kind][ended], script.language)}")
    _tell(last.means)
    click.echo("")
    _tell(script.learn)
    return WELL if ended == "content" else BADLY


def _notes(one: Situation, script: Script) -> int:
    from amends.engine.drills import compare
    from amends.engine.languages.wording import N_, say

    _scene(script, how=N_("Write down what was said, in as many lines as you like; an empty line ends it."))
    _tell(script.complaint, mark="»")
    click.echo("")
    held = compare(one, script, _ask_lines("> "))
    wrong = say(N_("written down wrongly"), script.language)
    missing = say(N_("missing"), script.language)
    for mark, keys, points, prefix in (
        ("+", held.noted, script.points, ""),
        ("-", held.missing, script.points, f"{missing}: "),
        ("!", held.wrong, script.traps, f"{wrong}: "),
    ):
        for key in keys:
            _tell(f"{prefix}{points[key].fact}", mark=mark)
    for words in held.invented:
        _tell(f"{say(N_('nobody said this'), script.language)}: {words}", mark="?")
    return _end(one, script, ended=held.ended)


def _figures(one: Situation, script: Script) -> int:
    from amends.engine.drills import weigh
    from amends.engine.languages.figures import number
    from amends.engine.languages.wording import N_, say

    language = script.language
    how = say(N_("Choose {count} of the measures, each with the figure that speaks for it: {example}"), language)
    letters = _letters(language)
    example = " ".join(
        f"{letter}{number(at, language=language)}" for letter, at in zip(letters, (1, 3, 2), strict=False)
    )
    _scene(script, how=how.format(count=number(one.choose, language=language), example=example))
    click.echo("  " + " | ".join(script.columns[key] for key in one.columns))
    for at, (key, values) in enumerate(one.figures.items(), 1):
        told = " | ".join(number(value, language=language) for value in values)
        _tell(f"{script.figures[key]}: {told}", mark=f"{number(at, language=language)}.")
    for letter, measure in zip(letters, one.measures, strict=False):
        _tell(script.measures[measure.key].text, mark=f"{letter})")
    click.echo("")
    chosen = _choices(_ask("> "), one=one, letters=letters)
    while len(chosen) != one.choose:
        click.echo(how.format(count=number(one.choose, language=language), example=example))
        chosen = _choices(_ask("> "), one=one, letters=letters)
    weighing = weigh(one, chosen)
    for each in weighing.choices:
        _tell(script.measures[each.choice.measure].feedback, mark="+" if each.fits and each.reason_fits else "-")
    return _end(one, script, ended=weighing.ended)


def _letters(language: str) -> str:
    """The letters that measures go by, as they lie on the reader's own keyboard."""
    return {"fa": "ابپتثجچ", "mn": "абвгдеж"}.get(language, LATIN)


def _choices(text: str, *, one: Situation, letters: str) -> list[Choice]:
    """Read pairs such as 'a1 c3', also in Latin letters; nothing when one of them names nothing."""
    from amends.engine.drills import Choice

    figures, found = list(one.figures), []
    for pair in text.casefold().split():
        letter = max(letters.find(pair[0]), LATIN.find(pair[0]))
        number = int(pair[1:]) if pair[1:].isdecimal() else 0
        if not 0 <= letter < len(one.measures) or not 1 <= number <= len(figures):
            return []
        found.append(Choice(measure=one.measures[letter].key, because=figures[number - 1]))
    return found


def _scene(script: Script, *, how: str) -> None:
    from amends.engine.languages.wording import say

    who = script.customer
    click.echo(f"{script.title}\n")
    for words in (script.scene, f"{who.name}: {who.is_who}", script.task):
        _tell(words)
        click.echo("")
    _tell(say(how, script.language), mark="?")
    click.echo("")


def _tell(words: str, *, mark: str = "") -> None:
    """Say something, not wider than a terminal is; into a file or a pipe it goes as it stands."""
    first = f"  {mark} " if mark else ""
    if sys.stdout.isatty():
        width = min(shutil.get_terminal_size().columns, WIDEST)
        words = click.wrap_text(
            words, width, initial_indent=first, subsequent_indent=" " * len(first), preserve_paragraphs=True
        )
        first = ""
    click.echo(f"{first}{words}")


def _ask_lines(prompt: str) -> str:
    """Take lines until an empty one or the end."""
    lines = [_ask(prompt)]
    try:
        while lines[-1].strip():
            lines.append(input(prompt))
    except EOFError:
        click.echo("")
    return "\n".join(lines).strip()


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
