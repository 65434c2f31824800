"""Working time: hours of a week, days off, and arithmetic over them; no clock is read here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, tzinfo
from typing import Self


@dataclass(frozen=True, slots=True, order=True)
class Hours:
    """A span of one day, from opening to closing."""

    opens: time
    closes: time

    @classmethod
    def of(cls, opens: str, closes: str) -> Self:
        """Read '09:00', '18:00'; '24:00' is the end of the day."""
        return cls(time.fromisoformat(opens), time.max if closes == "24:00" else time.fromisoformat(closes))


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """When an organisation works: hours by weekday (Monday is 0), days off, and the zone in which both are meant."""

    zone: tzinfo
    week: tuple[tuple[int, tuple[Hours, ...]], ...]
    days_off: frozenset[date] = frozenset()

    @classmethod
    def of(cls, *, zone: tzinfo, week: Mapping[int, Iterable[Hours]], days_off: Iterable[str | date] = ()) -> Self:
        return cls(
            zone,
            tuple(sorted((day, tuple(sorted(spans))) for day, spans in week.items())),
            frozenset(day if isinstance(day, date) else date.fromisoformat(day) for day in days_off),
        )

    @classmethod
    def office(cls, *, zone: tzinfo, weekdays: Iterable[int] = range(5)) -> Self:
        """Nine to six; Monday to Friday unless told otherwise."""
        return cls.of(zone=zone, week={day: (Hours.of("09:00", "18:00"),) for day in weekdays})
