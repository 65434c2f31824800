"""
The complaints behind a figure, picked from the days that are kept: what `lists` asks of the tables, said of columns.

A list over half a million complaints is counted and put in order here; of the tables only the rows of one page are
read. A test holds each of them against its list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Final

import numpy as np

from amends.desk.insight import lists, losses, lost, queries, risk, surprises
from amends.desk.insight.facts import (
    COMPLAINTS,
    COURSE,
    NO_MONEY,
    PROMISES,
    PUT_RIGHT,
    REPLIES,
    SEEN,
    Array,
    code,
    word_of,
)
from amends.desk.insight.frame import Frame
from amends.desk.insight.kept import Facts, Table
from amends.desk.insight.lists import Customers
from amends.desk.people.organisation import beginning_of, organisation_zone
from amends.engine.causes import LAYERS

type _Pick = Callable[[Table, Frame, Facts], Array]

_SIMPLE: Final[Mapping[str, _Pick]] = {
    "complaints": lambda rows, _frame, _facts: np.ones(len(rows), dtype=bool),
    "unanswered": lambda rows, _frame, _facts: rows["person"] == 0,
    "risk": lambda rows, _frame, _facts: np.logical_or.reduce(list(risk.reasons(rows).values())),
    "unconfirmed": lambda rows, _frame, _facts: (rows["layer"] > 0) & (rows["confirmed"] == 0),
    "unseen": lambda rows, _frame, _facts: rows["looked"] == 0,
    "planned": lambda rows, _frame, _facts: surprises.as_planned(rows),
    "unplanned": lambda rows, _frame, _facts: surprises.is_of_the_organisation(rows) & ~surprises.as_planned(rows),
    "named": lambda rows, _frame, _facts: (rows["confirmed"] > 0) & (rows["theme"] > 0),
    "again": lambda rows, frame, facts: np.isin(rows["complaint"], surprises.met_again(frame, facts)),
}
_PEOPLE: Final[Mapping[str, Callable[[Array], Array]]] = {
    "1": lambda people: people == 1,
    "2": lambda people: people == 2,
    "3": lambda people: people >= 3,
    "two": lambda people: (people == 1) | (people == 2),
    "all": lambda people: people >= 1,
}


def complaints(figure: str, *, frame: Frame, facts: Facts) -> Array | None:
    """Return the complaints that a figure counts, the youngest first; None where it is not told here."""
    rows = facts.of(COMPLAINTS, frame)
    kind, _dash, name = figure.partition("-")
    if kind == "course" and name:
        course = facts.of(COURSE, frame)
        return _in_order(course, course["name"] == code(name))
    is_cured = kind == "cured" and re.fullmatch(r"[0-9]{1,9}", name)
    mask = _cured(int(name), rows) if is_cured else _mask(kind, name, rows, frame, facts)
    return None if mask is None else _in_order(rows, mask)


def _mask(kind: str, name: str, rows: Table, frame: Frame, facts: Facts) -> Array | None:  # noqa: PLR0911 - one for each
    if not name and kind in _SIMPLE:
        return _SIMPLE[kind](rows, frame, facts)
    if kind == "risk" and name in risk.REASONS:
        return risk.reasons(rows)[name]
    found: Array
    if kind == "cause" and (layers := lists.layers_of(name)):
        found = (rows["confirmed"] > 0) & np.isin(rows["layer"], [code(layer) for layer in layers])
        return found
    if kind == "people" and name in _PEOPLE:
        found = _PEOPLE[name](rows["people"])
        return found
    if kind == "unsaid" and name in lists.UNSAID:
        found = rows[name] == 0
        return found
    if kind == "planned" and name in surprises.LAYERS:
        found = surprises.as_planned(rows) & (rows["layer"] == code(name))
        return found
    if kind in {"planned", "again"} and (theme := _theme(name, rows)) is not None:
        found = _SIMPLE[kind](rows, frame, facts) & theme
        return found
    if kind == "theme" and (theme := _theme(name, rows)) is not None:
        found = (rows["confirmed"] > 0) & theme
        return found
    if kind == "added" and re.fullmatch(r"\d{1,2}", name):
        first = queries.themes(frame=frame, currency="", most=queries.EVERY_THEME, facts=facts)[: int(name)]
        themes = [theme for row in first if (theme := _theme(row.key, rows)) is not None]
        found = (rows["confirmed"] > 0) & np.logical_or.reduce([np.zeros(len(rows), dtype=bool), *themes])
        return found
    return None


def _cured(number: int, rows: Table) -> Array | None:
    improvement = surprises.in_force().filter(pk=number).first()
    if improvement is None or improvement.in_force_on is None:
        return None
    since = beginning_of(improvement.in_force_on, zone=organisation_zone()).timestamp()
    mine: Array = (rows["confirmed"] > 0) & (rows["layer"] == code(improvement.layer)) & (rows["at"] >= since)
    return mine & (rows["theme"] == improvement.theme_id)


def _theme(key: str, rows: Table) -> Array | None:
    match = lists.THEME.fullmatch(key)
    if match is None or match[2] not in LAYERS:
        return None
    mine: Array = (rows["layer"] == code(match[2])) & (rows["theme"] == int(match[1]))
    return mine


def _in_order(rows: Table, mask: Array) -> Array:
    ids, at = rows["complaint"][mask].astype(np.int64), rows["at"][mask].astype(np.int64)
    order = np.sort(-(at << 32 | ids))  # one number is put in order faster than two
    found: Array = -order & 0xFFFFFFFF
    return found


class Chosen:
    """Customers behind a figure, who spends most first, and which complaints of theirs it counts."""

    def __init__(self, rows: Table, mask: Array, asked: Customers) -> None:
        """Leave out whom the figure does not count."""
        spends, currency = rows["spends"], rows["currency"]
        if asked.currency is not None:
            mask = mask & (spends != NO_MONEY) & (currency == code(asked.currency))
        elif asked.known is not None:
            mask = mask & ((spends != NO_MONEY) == asked.known)
        at = np.flatnonzero(mask)
        self._ids, self._customers = rows["complaint"][at], rows["customer"][at]
        first = at[queries.once(self._customers)]
        worth = np.where(spends[first] == NO_MONEY, 0, spends[first])
        names = {number: place for place, number in enumerate(sorted(np.unique(currency[first]), key=word_of))}
        told = np.fromiter((names[number] for number in currency[first].tolist()), dtype=np.int64, count=len(first))
        self._order: Array = rows["customer"][first][np.lexsort((-rows["at"][first].astype(np.int64), -worth, told))]
        self.amount = None if asked.currency is None else Decimal(int(worth.sum())) / 100

    def __len__(self) -> int:
        return len(self._order)

    def page(self, number: int, *, of: int) -> tuple[list[int], list[int]]:
        """One page of customers, and their complaints that count."""
        here = self._order[(number - 1) * of : number * of]
        return here.tolist(), self._ids[np.isin(self._customers, here)].tolist()


def customers(figure: str, *, frame: Frame, facts: Facts, asked: Customers) -> Chosen | None:
    """Return the customers of a figure; None where it is not told here."""
    kind, _dash, name = figure.partition("-")
    rows = facts.of(COMPLAINTS, frame)
    if kind in {"money", "leavers"}:
        mask = _mask("risk", "", rows, frame, facts)
    elif figure == "repeats":
        mask = _mask("again", "", rows, frame, facts)
    elif kind in {"hit", "spend"}:
        mask = _mask("theme", name, rows, frame, facts)
    elif kind in {"leave", "goes"}:
        of_cause, may_leave = _mask("theme", name, rows, frame, facts), _mask("risk", "", rows, frame, facts)
        mask = None if of_cause is None or may_leave is None else of_cause & may_leave
    elif kind in {"leaverule", "goesrule"}:
        may_leave = _mask("risk", "", rows, frame, facts)
        mask = None if may_leave is None else may_leave & losses.is_because(rows, int(name))
    elif kind in {"lost", "lostspend"}:
        mask = lost.among(rows, frame, name if kind == "lost" else "any")
    else:
        return None
    return None if mask is None else Chosen(rows, mask, asked)


# ── What has no number of its own in the days ────────────────────────────────


class Moments:
    """Rows told by their complaint and its second, in the order of a list; which one it is, the tables tell."""

    def __init__(self, keys: Array, tell: Callable[[Array], Array]) -> None:
        """Take a number of each row, by which they are put in order, and how the number is read."""
        self._keys, self._tell = keys, tell

    def __len__(self) -> int:
        return len(self._keys)

    def page(self, number: int, *, of: int) -> Iterator[tuple[int, int, int]]:
        """One page: the complaint, the second, and the how-manieth it is of those with both."""
        first, end = (number - 1) * of, number * of
        keys = np.partition(self._keys, end - 1)[:end] if len(self._keys) > end else self._keys
        keys = np.sort(keys)
        here = keys[first:]
        place = np.arange(first, first + len(here)) - np.searchsorted(keys, here)
        told = self._tell(here)
        return zip((told & _LOW).tolist(), (told >> _HALF).tolist(), place.tolist(), strict=True)


_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
_MIX: Final = 0x9E3779B97F4A7C15  # odd, so that what is multiplied by it can be had back
_BACK: Final = pow(_MIX, -1, 2**64)


def promises(figure: str, *, frame: Frame, facts: Facts) -> Moments | None:
    """Return the promises that a figure counts, what ended last first; None where it is not told here."""
    if match := lists.PROMISES_IN.fullmatch(figure):
        rows = facts.of(PROMISES, frame.within(*lists.span_of(match)))
        return _last_first(rows, np.ones(len(rows), dtype=bool))
    rows = facts.of(PROMISES, frame)
    masks: Mapping[str, Callable[[], Array]] = {
        "promises-kept": lambda: rows["kept"] > 0,
        "promises-broken": lambda: rows["kept"] == 0,
        "promises-settled": lambda: np.ones(len(rows), dtype=bool),
        "promises-told": lambda: (rows["kept"] == 0) & (rows["told"] > 0),
    }
    return _last_first(rows, masks[figure]()) if figure in masks else None


def remedies(figure: str, *, frame: Frame, facts: Facts, currency: str) -> tuple[Moments, Decimal] | None:
    """Return the remedies that a figure adds up, those of the youngest complaint first, and what they cost together."""
    kind, _dash, name = figure.partition("-")
    rows = facts.of(PUT_RIGHT, frame)
    theme = _theme(name, rows) if kind == "remedies" else None
    if theme is None:
        return None
    mask = theme & (rows["confirmed"] > 0) & (rows["paid_in"] == code(currency))
    return _last_first(rows, mask), queries.money_of(rows["cost"][mask])


def replies(kind: str, name: str, *, frame: Frame, facts: Facts) -> Moments:
    """Return the replies that a figure counts, or all, in an order that does not tell who was on duty."""
    if not name:
        keys = _by_moment(facts.of(REPLIES, frame))
    else:
        rows = facts.of(SEEN, frame)
        keys = _by_moment(rows)[(rows["kind"] == code(kind)) & (rows["name"] == code(name))]
    return Moments(keys * np.uint64(_MIX), lambda mixed: mixed * np.uint64(_BACK))


def _last_first(rows: Table, mask: Array) -> Moments:
    return Moments(~_by_moment(rows)[mask], np.invert)


def _by_moment(rows: Table) -> Array:
    keys: Array = rows["at"].astype(np.uint64) << _HALF | rows["complaint"]
    return keys
