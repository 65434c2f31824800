"""
The tables of the pages as plain values, for other programs: the same numbers, under the same choice.

A share is told where there are ten cases or more, as on the page; below that its cells are empty and the counts stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from amends.desk.improvements.words import layer_words, theme_words
from amends.desk.insight import losses, over, queries, severity, surprises, word, words
from amends.desk.insight.bar import Bar
from amends.desk.insight.lasting import KINDS, Lasting, lasting
from amends.desk.insight.satisfaction import satisfaction
from amends.desk.insight.where import where
from amends.engine.measures import Share

type Cell = str | int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table: its columns, each with the name that programs know it by and its heading, and its rows."""

    name: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Cell, ...], ...]


class UnableToTake(Exception):
    """There is no such table."""


def table(name: str, *, bar: Bar, language: str) -> Table:
    """Fill one table.

    :raises UnableToTake: if there is none of this name
    """
    if name not in TABLES:
        raise UnableToTake(name)
    columns, rows = TABLES[name](bar, language)
    known = _headings()
    return Table(name=name, columns=tuple((key, known[key]) for key in columns), rows=tuple(rows))


type Filled = tuple[tuple[str, ...], Iterable[tuple[Cell, ...]]]
SHARED: Final = ("share", "low", "high")
LASTED: Final = ("cases", "still_open", "ended_without", "median_hours", "from_hours", "until_hours")


def _shares(bar: Bar, language: str) -> Filled:
    del language
    found = queries.causes(frame=bar.frame, facts=bar.facts).groups
    return ("group", "complaints", "of", *SHARED), [
        (one.name, one.share.k, one.share.n, *_share(one.share)) for one in found
    ]


def _causes(bar: Bar, language: str) -> Filled:
    currency = bar.choice.currency
    rows = queries.themes(frame=bar.frame, currency=currency, most=queries.EVERY_THEME, facts=bar.facts)
    columns = (
        "layer", "theme", "complaints", "of", *SHARED, "added_up", "spend", "spent_to_put_right", "currency", "points",
    )  # fmt: skip
    found = severity.severities(rows, frame=bar.frame, facts=bar.facts)
    points = {one.row.key: one.index.points for one in found}
    return columns, [
        (
            layer_words(row.layer, language=language),
            theme_words(row.theme, language=language) if row.theme else "",
            row.count,
            row.share.n,
            *_share(row.share),
            None if row.share.too_few else row.cumulative,
            float(row.spend) if row.known else None,
            float(row.remedies),
            currency,
            points[row.key],
        )
        for row in rows
    ]


def _planned(bar: Bar, language: str) -> Filled:
    return ("layer", "theme", "complaints"), [
        (
            layer_words(one.layer, language=language),
            theme_words(one.theme, language=language) if one.theme else "",
            one.count,
        )
        for one in surprises.surprises(frame=bar.frame, facts=bar.facts)
    ]


def _again(bar: Bar, language: str) -> Filled:
    _whole, rows = surprises.repeated(frame=bar.frame, facts=bar.facts)
    return ("layer", "theme", "again", "of", *SHARED), [
        (
            layer_words(one.layer, language=language),
            theme_words(one.theme, language=language),
            one.share.k,
            one.share.n,
            *_share(one.share),
        )
        for one in rows
    ]


def _where(bar: Bar, language: str) -> Filled:
    del language
    rows: list[tuple[Cell, ...]] = []
    for column in where(bar):
        rows += [(column.title, part.words, part.count) for part in column.parts]
        if column.unsaid is not None:
            rows.append((column.title, "", column.unsaid.count))
    return ("by", "name", "complaints"), rows


def _times(bar: Bar, language: str) -> Filled:
    del language
    return ("until", *LASTED), [(name, *_lasted(lasting(name, frame=bar.frame, facts=bar.facts))) for name in KINDS]


def _promises(bar: Bar, language: str) -> Filled:
    del language
    found = word.promises(frame=bar.frame, facts=bar.facts)
    rows = [
        (title, bar.values(name).get(one.key, ""), one.share.k, one.share.n, *_share(one.share))
        for name, title, ones in (("team", _("Team"), found.teams), ("channel", _("Channel"), found.channels))
        for one in ones
    ]
    return ("by", "name", "kept", "of", *SHARED), rows


def _parties(bar: Bar, language: str) -> Filled:
    del language
    return ("name", *LASTED, "said_no"), [
        (one.name, *_lasted(one.lasting), one.said_no) for one in word.parties(frame=bar.frame, facts=bar.facts)
    ]


def _reach(bar: Bar, language: str) -> Filled:
    del language
    doors = [(bar.values("channel")[one.key], one.lasting) for one in word.by_channel(frame=bar.frame, facts=bar.facts)]
    asked = {"person": _("a person"), "manager": _("a manager")}
    doors += [(asked[one.key], one.lasting) for one in word.by_whom(frame=bar.frame, facts=bar.facts)]
    return ("name", *LASTED), [(name, *_lasted(found)) for name, found in doors]


def _satisfaction(bar: Bar, language: str) -> Filled:
    del language
    found = satisfaction(frame=bar.frame, facts=bar.facts)
    rows: list[tuple[Cell, ...]] = []
    for name, title, parts in (("team", _("Team"), found.teams), ("channel", _("Channel"), found.channels)):
        for one in parts:
            for question, part in (("outcome", one.outcome), ("handling", one.handling)):
                rows.append((title, bar.values(name).get(one.key, ""), question, part.k, part.n, *_share(part)))
    return ("by", "name", "question", "content", "of", *SHARED), rows


def _periods(bar: Bar, language: str) -> Filled:
    del language
    found = over.periods(bar)
    columns = (
        "period", "since", "until_day", "complaints", "by_chance", "median_hours", "at_most_two", "with_a_person",
        "kept", "of", *SHARED,
    )  # fmt: skip
    return columns, [
        (
            one.part.words,
            one.part.since.astimezone(bar.zone).date().isoformat(),
            (one.part.until - timedelta(microseconds=1)).astimezone(bar.zone).date().isoformat(),
            one.complaints,
            None if limit is None else round(limit, 1),
            _hours(one.to_a_person.median),
            one.at_most_two.k,
            one.at_most_two.n,
            one.kept.k,
            one.kept.n,
            *_share(one.kept),
        )
        for one, limit in zip(found, over.limits(found), strict=True)
    ]


def _losses(bar: Bar, language: str) -> Filled:
    currency = bar.choice.currency
    causes = losses.of_causes(frame=bar.frame, currency=currency, facts=bar.facts)
    found = (*causes, *losses.of_rules(frame=bar.frame, currency=currency, facts=bar.facts))
    return ("by", "name", "customers", "spend", "currency"), [
        (
            _("Rule") if one.rule else _("Cause"),
            one.rule or words.cause_words(one.theme, one.layer, language=language),
            one.customers,
            float(one.spend) if one.known else None,
            currency,
        )
        for one in found
    ]


TABLES: Final[Mapping[str, Callable[[Bar, str], Filled]]] = {
    "shares": _shares,
    "causes": _causes,
    "planned": _planned,
    "again": _again,
    "where": _where,
    "times": _times,
    "promises": _promises,
    "parties": _parties,
    "reach": _reach,
    "periods": _periods,
    "satisfaction": _satisfaction,
    "losses": _losses,
}


def _share(part: Share) -> tuple[Cell, Cell, Cell]:
    return (None, None, None) if part.too_few else (part.value, part.low, part.high)


def _lasted(found: Lasting) -> tuple[Cell, ...]:
    return (found.cases, found.still, found.without, _hours(found.median), _hours(found.first), _hours(found.last))


def _hours(span: timedelta | None) -> float | None:
    return None if span is None else round(span / timedelta(hours=1), 3)


def _headings() -> dict[str, str]:
    return {
        "added_up": _("Share, added up"),
        "again": _("The same customer again"),
        "at_most_two": _("At most two people"),
        "by": _("By"),
        "by_chance": _("Complaints that chance leaves, at most"),
        "cases": _("Cases"),
        "complaints": _("Complaints"),
        "content": _("Four or five of five"),
        "currency": _("Currency"),
        "customers": _("Customers who may leave"),
        "ended_without": _("Ended without it"),
        "from_hours": _("Median, from (hours)"),
        "group": _("Group"),
        "high": _("Share, at most"),
        "kept": _("Kept"),
        "layer": _("Layer"),
        "low": _("Share, at least"),
        "median_hours": _("Median (hours)"),
        "name": _("Name"),
        "of": _("Of"),
        "points": _("Points: how bad it is"),
        "question": _("Question"),
        "said_no": _("Said no"),
        "share": _("Share"),
        "spend": _("Their customers spend a year"),
        "spent_to_put_right": _("Spent to put right"),
        "still_open": _("Still open"),
        "theme": _("Theme of the cause"),
        "period": _("Week or month"),
        "since": _("First day"),
        "until": _("Until"),
        "until_day": _("Last day"),
        "until_hours": _("Median, until (hours)"),
        "with_a_person": _("Complaints that a person has"),
    }
