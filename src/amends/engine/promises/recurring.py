"""Promises that come again: 'I will call you every Friday'. When the next one is due, and how a text says so.

The hour stays the hour on the wall, whatever the clocks do; an hour that the clocks leave out is the one after it.
Months are counted from the first promise, so that the last day of January comes again as the last day of March.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal

from amends.engine.promises.grammar import grammar_of
from amends.engine.promises.months import GREGORIAN, Months
from amends.engine.promises.reading import kinds, read
from amends.engine.promises.tokens import tokens_of

Unit = Literal["day", "week", "month"]

_UNITS: Final[dict[float, Unit]] = {1440.0: "day", 10080.0: "week", 43200.0: "month"}
_FORTNIGHT: Final = 20160.0
_LONGEST: Final[dict[Unit, int]] = {"day": 1, "week": 7, "month": 31}  # days


@dataclass(frozen=True, slots=True)
class Every:
    """Every day, every two weeks, every Friday (Monday is 0)."""

    unit: Unit
    step: int = 1
    weekday: int | None = None

    @property
    def code(self) -> str:
        """'day', 'week', '2-week', 'month': as it is kept."""
        return self.unit if self.step == 1 else f"{self.step}-{self.unit}"

    @classmethod
    def of(cls, code: str) -> Every | None:
        """Read a code; None for one that is none."""
        step, _, unit = code.rpartition("-")
        known = next((each for each in _UNITS.values() if each == unit), None)
        if known is None or (step and not step.isdecimal()):
            return None
        return cls(known, int(step or 1)) if int(step or 1) > 0 else None


def every_in(text: str, *, language: str) -> Every | None:
    """Find how often something is to happen again; None when the text does not say, or no grammar reads it."""
    grammar = grammar_of(language)
    if grammar is None:
        return None
    tokens = tokens_of(text, language=grammar.language)
    found = [
        _every({item.name: item.value for item in items})
        for kind, items in kinds(read(tokens, tape=grammar.time, grammar=grammar), tape=grammar.time)
        if kind == "every"
    ]
    told = [every for every in found if every is not None]
    # 'Once a week, on Fridays': the day says more than the week.
    return next((every for every in told if every.weekday is not None), told[0] if told else None)


def _every(by_name: Mapping[str, float]) -> Every | None:
    """How often, by the classes of the words: `WEEKLY` is a day in the plural, `AGAIN` 'once a week' in minutes."""
    if {"RANGE", "DASH"} & by_name.keys():  # 'Mondays to Fridays' tells hours of opening
        return None
    if "WEEKLY" in by_name:
        return Every("week", 1, int(by_name["WEEKLY"]))
    if "AGAIN" in by_name:
        return Every("week", 2) if by_name["AGAIN"] == _FORTNIGHT else Every(_UNITS[by_name["AGAIN"]])
    if "EVERY" not in by_name:
        return None
    if "WEEKDAY" in by_name:
        return Every("week", 1, int(by_name["WEEKDAY"]))
    step = int(by_name.get("NUM", 1))
    unit = _UNITS.get(by_name.get("UNIT", by_name.get("SAR", 0.0)))
    return Every(unit, step) if unit is not None and 0 < step <= 12 else None


def first_day(every: Every, *, today: date, months: Months = GREGORIAN) -> date:
    """The first day on which it falls due: the coming weekday, else one step from today."""
    if every.weekday is not None:
        return today + timedelta(days=(every.weekday - today.weekday() - 1) % 7 + 1)
    return _day(today, every, 1, months)


def next_due(first: datetime, *, every: Every, after: datetime, months: Months = GREGORIAN) -> datetime:
    """The first time of the series after a moment, by the wall clock of the zone in which the first one is told."""
    passed = (after.astimezone(first.tzinfo).date() - first.date()).days
    steps = max(1, passed // (_LONGEST[every.unit] * every.step) - 1)  # so many have surely passed
    for count in itertools.count(steps):
        due = _on_the_wall(first, _day(first.date(), every, count, months))
        if due.astimezone(UTC) > after.astimezone(UTC):
            return due
    raise AssertionError("counting never ends")


def _day(first: date, every: Every, count: int, months: Months) -> date:
    if every.unit == "month":
        return months.later(first, every.step * count)
    return first + timedelta(days=every.step * count * (7 if every.unit == "week" else 1))


def _on_the_wall(first: datetime, day: date) -> datetime:
    told = datetime.combine(day, first.timetz().replace(fold=0))
    return told.astimezone(UTC).astimezone(first.tzinfo)
