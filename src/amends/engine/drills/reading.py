"""Turn the tables of a situation's files into values; refuse what does not fit together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

from amends.engine import languages
from amends.engine.drills.fields import Fields
from amends.engine.drills.showing import is_condition
from amends.engine.drills.situation import (
    ENDINGS,
    HOTTEST,
    KINDS,
    MOST_TRUST,
    MOST_TURNS,
    RANKS,
    Answers,
    BadSituationError,
    Before,
    Ending,
    Kind,
    Last,
    Measure,
    Point,
    Proposal,
    Rank,
    Rule,
    Script,
    Situation,
    Who,
)
from amends.engine.failings import catalogue
from amends.engine.languages.phrase import BadPhraseError, parse

_HOUR = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_SAID = "said:"


def situation_of(table: Mapping[str, Any], *, slug: str) -> Situation:
    """Read `situation.toml`.

    :raises BadSituationError: when something in it is missing, misspelt or leads nowhere
    """
    of = Fields(table, where=f"{slug}: ")
    kind = cast("Kind", of.one_of("kind", KINDS))
    hour = _HOUR.fullmatch(of.text("hour"))
    if hour is None:
        raise of.bad("hour", "write it as 09:40")
    ranks = of.texts("ranks", needed=True)
    if strange := sorted(set(ranks) - set(RANKS)):
        raise of.bad("ranks", f"{strange[0]!r} is none of {', '.join(RANKS)}")
    failings = of.texts("failings")
    if strange := sorted(set(failings) - {one.id for one in catalogue()}):
        raise of.bad("failings", f"{strange[0]!r} is not in the catalogue")
    talk = kind == "talk"
    found = Situation(
        slug=slug,
        kind=kind,
        version=of.number("version", usual=1, low=1, high=10_000),
        claims=of.texts("claims", needed=True),
        ranks=cast("tuple[Rank, ...]", ranks),
        failings=failings,
        minutes=of.number("minutes", low=1, high=60),
        weekday=of.number("weekday", low=1, high=7),
        hour=(int(hour[1]), int(hour[2])),
        heat=of.number("heat", low=0, high=HOTTEST - 1) if talk else 0,
        trust=of.number("trust", low=1, high=MOST_TRUST) if talk else MOST_TRUST,
        turns=of.number("turns", low=2, high=MOST_TURNS) if talk else 1,
        first=of.text("first") if talk else "",
        history=tuple(_before(one) for one in of.tables("history")) if talk else (),
        steps={name: _rules(step) for name, step in of.named("steps").items()} if talk else {},
        points=of.texts("points", needed=True) if kind == "notes" else (),
        traps=of.texts("traps") if kind == "notes" else (),
        enough=of.share("enough", usual=0.8) if kind == "notes" else 0.8,
        columns=of.texts("columns", needed=True) if kind == "figures" else (),
        figures={one.text("key"): one.numbers("values") for one in of.tables("figures")} if kind == "figures" else {},
        choose=of.number("choose", low=1, high=5) if kind == "figures" else 0,
        measures=tuple(_measure(one) for one in of.tables("measures")) if kind == "figures" else (),
    )
    of.done()
    _refuse_loose_ends(found)
    return found


def _before(of: Fields) -> Before:
    found = Before(
        by="agent" if of.one_of("by", ("agent", "customer")) == "agent" else "customer",
        says=of.text("says"),
        hours_ago=of.number("hours_ago", low=1, high=24 * 365),
    )
    of.done()
    return found


def _rules(step: Fields) -> tuple[Rule, ...]:
    rules = tuple(_rule(one) for one in step.tables("rules"))
    step.done()
    if not rules or not rules[-1].always:
        raise BadSituationError(f"{step.where}rules: the last rule must hold for any answer (no all, any, none)")
    if any(rule.always for rule in rules[:-1]):
        raise BadSituationError(f"{step.where}rules: what follows a rule without conditions is never reached")
    for at, rule in enumerate(rules):
        if any(_hides(earlier, rule) for earlier in rules[:at]):
            raise BadSituationError(f"{step.where}rules[{at + 1}]: an earlier rule always comes first")
    return rules


def _hides(earlier: Rule, later: Rule) -> bool:
    """Tell whether the earlier rule holds whenever the later one does."""
    reached = not earlier.any or bool(earlier.any & later.all) or (bool(later.any) and later.any <= earlier.any)
    return earlier.all <= later.all and reached and earlier.none <= later.none


def _rule(of: Fields) -> Rule:
    found = Rule(
        all=frozenset(of.texts("all")),
        any=frozenset(of.texts("any")),
        none=frozenset(of.texts("none")),
        says=of.text("says", needed=False),
        heat=of.number("heat", usual=0, low=-HOTTEST, high=HOTTEST),
        trust=of.number("trust", usual=0, low=-MOST_TRUST, high=MOST_TRUST),
        go=of.text("go", needed=False),
        end=cast("Ending", of.one_of("end", ENDINGS)) if "end" in of.table else None,
    )
    of.done()
    if bool(found.go) == bool(found.end):
        raise of.bad("go", "a rule goes to a step or to an end, one of the two")
    if found.go and not found.says:
        raise of.bad("says", "who goes on must say something")
    for each in sorted(found.all | found.any | found.none):
        if not each.startswith(_SAID) and not is_condition(each):
            raise of.bad("all, any, none", f"{each!r} is no good sign, failing, act or promise that the engine finds")
    return found


def _measure(of: Fields) -> Measure:
    found = Measure(key=of.text("key"), fits=of.truth("fits"), because=frozenset(of.texts("because")))
    of.done()
    return found


def _refuse_loose_ends(found: Situation) -> None:
    where = found.slug
    if found.kind == "talk":
        _refuse_lost_steps(found)
    if found.kind == "figures":
        if any(len(values) != len(found.columns) for values in found.figures.values()) or not found.figures:
            raise BadSituationError(f"{where}: figures: each needs as many values as there are columns")
        fitting = [one for one in found.measures if one.fits]
        if len(fitting) < found.choose or len(fitting) == len(found.measures):
            raise BadSituationError(f"{where}: measures: at least as many must fit as are chosen, and one must not")
        for one in found.measures:
            if one.fits and (not one.because or one.because - set(found.figures)):
                raise BadSituationError(f"{where}: measures: {one.key} needs a because, out of the figures' keys")


def _refuse_lost_steps(found: Situation) -> None:
    if found.first not in found.steps:
        raise BadSituationError(f"{found.slug}: first: there is no step {found.first!r}")
    seen, ahead = set(), [found.first]
    while ahead:
        name = ahead.pop()
        if name in seen:
            continue
        if name not in found.steps:
            raise BadSituationError(f"{found.slug}: go: there is no step {name!r}")
        seen.add(name)
        ahead += [rule.go for rule in found.steps[name] if rule.go]
    if lost := sorted(set(found.steps) - seen):
        raise BadSituationError(f"{found.slug}: steps.{lost[0]}: no rule goes there")
    if not any(rule.end == "content" for rules in found.steps.values() for rule in rules):
        raise BadSituationError(f"{found.slug}: no rule ends in 'content'")


def script_of(table: Mapping[str, Any], *, language: str, of: Situation) -> Script:
    """Read the words of a situation in one language.

    :raises BadSituationError: when a sentence is missing, or there is one that nobody says
    """
    words = Fields(table, where=f"{of.slug}/{language}: ")
    notes, figures = of.kind == "notes", of.kind == "figures"
    found = Script(
        language=language,
        title=words.text("title"),
        scene=words.text("scene"),
        task=words.text("task"),
        learn=words.text("learn"),
        customer=_who(words.sub("customer")),
        says=words.sub("says").every_text() if not (notes or figures) else {},
        words=words.sub("words").every_list() if not (notes or figures) else {},
        answers={} if figures else {name: _answers(one) for name, one in words.named("answers").items()},
        endings={cast("Ending", name): _last(one) for name, one in words.named("endings").items()},
        complaint=words.text("complaint") if notes else "",
        points={name: _point(one) for name, one in words.named("points").items()} if notes else {},
        traps={name: _point(one) for name, one in words.named("traps").items()} if notes else {},
        columns=words.sub("columns").every_text() if figures else {},
        figures=words.sub("figures").every_text() if figures else {},
        measures={name: _proposal(one) for name, one in words.named("measures").items()} if figures else {},
    )
    words.done()
    _refuse_missing(found, of)
    _refuse_bad_cues(found, where=words.where)
    return found


def _who(of: Fields) -> Who:
    found = Who(
        name=of.text("name"),
        is_who=of.text("is_who"),
        honorific=of.text("honorific", needed=False),
        address=of.text("address", needed=False),
        since=of.optional_number("since", low=1300, high=2100),
        facts=tuple(of.sub("facts").every_text().items()),
    )
    of.done()
    return found


def _answers(of: Fields) -> Answers:
    found = Answers(good=of.texts("good"), half=of.texts("half"), bad=of.texts("bad"))
    of.done()
    return found


def _last(of: Fields) -> Last:
    found = Last(says=of.text("says"), means=of.text("means"))
    of.done()
    return found


def _point(of: Fields) -> Point:
    found = Point(fact=of.text("fact"), words=of.texts("words", needed=True))
    of.done()
    return found


def _proposal(of: Fields) -> Proposal:
    found = Proposal(text=of.text("text"), feedback=of.text("feedback"))
    of.done()
    return found


def _refuse_missing(script: Script, of: Situation) -> None:
    where = f"{of.slug}/{script.language}"
    words = {each.removeprefix(_SAID) for each in of.conditions if each.startswith(_SAID)}
    _same(where, "says", script.says, of.said)
    _same(where, "words", script.words, words)
    _same(where, "endings", script.endings, of.endings)
    steps = {"talk": tuple(of.steps), "notes": ("notes",), "figures": ()}[of.kind]
    _same(where, "answers", script.answers, steps)
    _same(where, "points", script.points, of.points)
    _same(where, "traps", script.traps, of.traps)
    _same(where, "columns", script.columns, of.columns)
    _same(where, "figures", script.figures, of.figures)
    _same(where, "measures", script.measures, (one.key for one in of.measures))
    for name, answers in script.answers.items():
        if len(answers.good) < 2 or not answers.bad:
            raise BadSituationError(f"{where}: answers.{name}: two good answers and a bad one are needed")


def _refuse_bad_cues(script: Script, *, where: str) -> None:
    points = {**script.points, **script.traps}
    cues = {**script.words, **{name: point.words for name, point in points.items()}}
    for name, written in cues.items():
        for cue in written:
            try:
                parse(cue, language=languages.get(script.language))
            except BadPhraseError as error:
                raise BadSituationError(f"{where}{name}: {error}") from error


def _same(where: str, what: str, found: Iterable[str], needed: Iterable[str]) -> None:
    have, want = set(found), set(needed)
    if missing := sorted(want - have):
        raise BadSituationError(f"{where}: {what}.{missing[0]} is missing")
    if spare := sorted(have - want):
        raise BadSituationError(f"{where}: {what}.{spare[0]}: the situation never uses it")
