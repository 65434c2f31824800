"""Check a situation in one language by playing it with the engine's true judgement."""

from __future__ import annotations

from collections.abc import Sequence

from amends.engine import languages
from amends.engine.drills.catalogue import languages_of, script_of, situation
from amends.engine.drills.notes import compare
from amends.engine.drills.play import Exchange, Play, play
from amends.engine.drills.situation import ENDINGS, BadSituationError, Ending, Script, Situation

Trials = tuple[tuple[str, Exchange], ...]  # every listed answer by its name, and what came of it


def problems(slug: str) -> tuple[str, ...]:
    """Return all that is wrong with a situation that comes with Amends, in every language; nothing when it is good."""
    try:
        one = situation(slug)
    except KeyError:
        return (f"{slug}: there is no situation of this name (a folder with a situation.toml)",)
    except BadSituationError as error:
        return (str(error),)
    found = [f"{slug}/{code}.toml is missing" for code in languages.codes() if code not in languages_of(slug)]
    for code in languages_of(slug):
        try:
            found += problems_of(one, script_of(slug, code))
        except BadSituationError as error:
            found.append(str(error))
    return tuple(found)


def problems_of(one: Situation, script: Script) -> tuple[str, ...]:
    """Return what is wrong with a situation's words in one language."""
    if one.kind == "talk":
        found = [*_good_road(one, script), *_bad_road(one, script)]
        tried = trials(one, script)
        found += [*_every_rule(one, tried), *_every_end(one, script, tried)]
    elif one.kind == "notes":
        found = _notes(one, script)
    else:
        found = []
    return tuple(f"{one.slug}/{script.language}: {each}" for each in dict.fromkeys(found))


def good_road(one: Situation, script: Script) -> Play:
    """Play it with the first good answer at every step."""
    return follow(one, script, [])


def bad_road(one: Situation, script: Script) -> Play:
    """Play it with the first bad answer at every step."""
    return follow(one, script, [], badly=True)


def follow(one: Situation, script: Script, begun: Sequence[str], *, badly: bool = False) -> Play:
    """Begin with these answers, and go on with the first good (or bad) one of every step until the end."""
    said = list(begun)
    played = play(one, script, said)
    while played.ended is None:
        answers = script.answers[played.step]
        said.append(answers.bad[0] if badly else answers.good[0])
        played = play(one, script, said)
    return played


def _good_road(one: Situation, script: Script) -> list[str]:
    road = good_road(one, script)
    found = []
    if road.ended != "content":
        found.append(f"the first good answers end in {road.ended!r}, not in 'content': {_road(road)}")
    said: list[str] = []
    for exchange in road.exchanges:
        leads = _leads(one, exchange)
        for number, answer in enumerate(script.answers[exchange.step].good, 1):
            tried = play(one, script, [*said, answer]).exchanges[-1]
            name = f"answers.{exchange.step}.good[{number}]"
            found += [
                f"{name}: the engine finds {finding.failing} in {finding.words!r}"
                for finding in tried.judgement.failings
            ]
            if _leads(one, tried) != leads:
                found.append(f"{name}: it leads elsewhere than the first good answer ({told(tried)})")
        said.append(exchange.answer)
    return found


def _leads(one: Situation, exchange: Exchange) -> str:
    """Where an exchange leads: a step or an end."""
    rule = one.steps[exchange.step][exchange.rule]
    return rule.go or str(rule.end)


def _bad_road(one: Situation, script: Script) -> list[str]:
    road = bad_road(one, script)
    found = []
    if road.ended not in {"gone", "quarrelling"}:
        found.append(f"the bad answers end in {road.ended!r}: {_road(road)}")
    return found


def roads(one: Situation, script: Script, tried: Trials | None = None) -> dict[Ending, tuple[str, ...]]:
    """Return the fewest listed answers that lead to each end; an end that none of them reach is left out.

    Which rule an answer meets is taken from its trial, and each road is then played as a whole.
    """
    found: dict[Ending, tuple[str, ...]] = {}
    answers: dict[tuple[str, int], str] = {}
    for _name, exchange in trials(one, script) if tried is None else tried:
        answers.setdefault((exchange.step, exchange.rule), exchange.answer)
    ahead: list[tuple[str, ...]] = [()]
    met: set[tuple[str, int, int, int]] = set()
    while ahead and len(found) < len(ENDINGS):
        said = ahead.pop(0)
        played = play(one, script, said)
        if played.ended is not None:
            found.setdefault(played.ended, said)
        elif (here := (played.step, played.heat, played.trust, len(said))) not in met:
            met.add(here)
            ahead += [(*said, answer) for (step, _rule), answer in answers.items() if step == played.step]
    return found


def _every_end(one: Situation, script: Script, tried: Trials) -> list[str]:
    """Say which of the three ends no listed answers lead to, and which comes after a single one."""
    found = roads(one, script, tried)
    missing = [f"no listed answers lead to the end {name!r}" for name in ENDINGS if name not in found]
    return missing + [f"it ends in {name!r} after one answer" for name, said in found.items() if len(said) < 2]


def _every_rule(one: Situation, tried: Trials) -> list[str]:
    """Say which steps and rules no listed answer meets."""
    met = {(each.step, each.rule) for _, each in tried}
    found = []
    for step, rules in one.steps.items():
        spare = [number for number in range(len(rules)) if (step, number) not in met]
        if len(spare) == len(rules):
            found.append(f"steps.{step}: never reached by the listed answers")
        else:
            found += [f"steps.{step}.rules[{number + 1}]: no listed answer meets it (add one)" for number in spare]
    return found


def _notes(one: Situation, script: Script) -> list[str]:
    found = []
    answers = script.answers["notes"]
    for number, notes in enumerate(answers.good, 1):
        held = compare(one, script, notes)
        if held.ended != "content":
            found.append(f"answers.notes.good[{number}]: missing {held.missing}, wrong {held.wrong}")
    for number, notes in enumerate(answers.bad, 1):
        held = compare(one, script, notes)
        if held.ended == "content":
            found.append(f"answers.notes.bad[{number}]: nothing is missing or wrong in it")
    whole = compare(one, script, script.complaint)
    found += [f"points.{key}: its words do not stand in the complaint itself" for key in whole.missing]
    found += [f"traps.{key}: its words stand in the complaint itself" for key in whole.wrong]
    wrong = {key for notes in answers.bad for key in compare(one, script, notes).wrong}
    found += [f"traps.{key}: no bad notes walk into it" for key in one.traps if key not in wrong]
    return found


def trials(one: Situation, script: Script) -> Trials:
    """Return every listed answer, tried at its step, for the eye of whoever writes: its name and what came of it."""
    found: list[tuple[str, Exchange]] = []
    met: set[str] = set()
    ahead: list[tuple[str, tuple[str, ...]]] = [(one.first, ())]
    while ahead:
        step, said = ahead.pop(0)
        if step in met:
            continue
        met.add(step)
        answers = script.answers[step]
        for kind in ("good", "half", "bad"):
            for number, answer in enumerate(getattr(answers, kind), 1):
                played = play(one, script, [*said, answer])
                found.append((f"{step}.{kind}[{number}]", played.exchanges[-1]))
                if played.ended is None:
                    ahead.append((played.step, (*said, answer)))
    return tuple(found)


def _road(road: Play) -> str:
    return " · ".join(f"{one.step} {told(one)}" for one in road.exchanges)


def told(one: Exchange) -> str:
    """Tell in one line what came of an answer."""
    return f"rule {one.rule + 1}, heat {one.heat}, trust {one.trust}, shows {' '.join(sorted(one.shown)) or 'nothing'}"
