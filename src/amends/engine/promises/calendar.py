"""Working time: hours of a week, days off, and arithmetic over them; no clock is read here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal, Self

Count = Literal["day_after", "same_day"]

_DAY = timedelta(days=1)
_NONE = timedelta(0)


class NoWorkingTimeError(ValueError):
    """A calendar in which nobody ever works cannot be counted in."""


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
    """When an organisation works: hours by weekday (Monday is 0), days off, and the zone in which both are meant.

    Moments handed in are aware; moments handed back are in the calendar's zone. Lengths are true elapsed time, so a
    night shift in which the clocks change lasts an hour more or less than its dial says.
    """

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

    # days

    @property
    def weekdays(self) -> tuple[int, ...]:
        """The weekdays on which there are hours, in the order of the working week: it begins after its longest rest."""
        days = [day for day, spans in self.week if spans]
        if not days:
            raise NoWorkingTimeError("the calendar has no working hours")
        rest = {day: (day - days[index - 1] - 1) % 7 for index, day in enumerate(days)}
        first = max(days, key=lambda day: (rest[day], -day))
        return tuple(sorted(days, key=lambda day: (day - first) % 7))

    def is_working_day(self, day: date) -> bool:
        return day not in self.days_off and bool(self._hours(day))

    def on_or_after(self, day: date) -> date:
        """The day itself if it is worked, else the next that is."""
        self._refuse_to_search_for_ever()
        while not self.is_working_day(day):
            day += _DAY
        return day

    def on_or_before(self, day: date) -> date:
        """The day itself if it is worked, else the last that was."""
        self._refuse_to_search_for_ever()
        while not self.is_working_day(day):
            day -= _DAY
        return day

    def add_working_days(self, start: date, days: int, count: Count = "day_after") -> date:
        """Count working days from a day on; most laws do not count the day of the event itself.

        With `same_day` the start is day one if it is worked. Nought days is the start itself, worked or not.
        """
        if days < 0:
            raise ValueError("count forwards")
        self._refuse_to_search_for_ever()
        day = start
        if days and count == "same_day" and self.is_working_day(day):
            days -= 1
        while days:
            day += _DAY
            days -= self.is_working_day(day)
        return day

    def start_of_week(self, day: date) -> date:
        """The first day of the working week that the day belongs to; the days of rest close it."""
        return day - timedelta(days=(day.weekday() - self.weekdays[0]) % 7)

    def last_working_day_of_week(self, day: date) -> date:
        """The last day worked in the week of this day; days off are left out unless the whole week is off."""
        start, order = self.start_of_week(day), self.weekdays
        usual = [start + timedelta(days=(weekday - order[0]) % 7) for weekday in order]
        return max((each for each in usual if self.is_working_day(each)), default=usual[-1])

    # moments

    def is_open(self, at: datetime) -> bool:
        """Whether work goes on at this moment; closing time is closed."""
        moment = _instant(at)
        return any(opens <= moment < closes for opens, closes in self._spans(self._date(at)))

    def open_spans(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The hours of one day from opening to closing, in order and in the calendar's zone; none when it is free."""
        return tuple((opens.astimezone(self.zone), closes.astimezone(self.zone)) for opens, closes in self._spans(day))

    def next_opening(self, at: datetime) -> datetime:
        """The moment itself if it is within hours, else the next at which work begins."""
        moment = _instant(at)
        opens, _ = next(self._spans_from(self._date(at), moment))
        return max(opens, moment).astimezone(self.zone)

    def last_working_moment(self, day: date) -> datetime | None:
        """Closing time of a day, or None when it is not worked."""
        spans = self._spans(day)
        return spans[-1][1].astimezone(self.zone) if spans else None

    def add_working_time(self, at: datetime, length: timedelta) -> datetime:
        """Count working time from a moment on; what fits a day exactly ends at its closing time.

        :raises ValueError: for a negative length
        """
        if length < _NONE:
            raise ValueError("count forwards")
        moment = _instant(at)
        spans = self._spans_from(self._date(at), moment)
        if not length:
            ends_now = any(opens <= moment <= closes for opens, closes in self._spans(self._date(at)))
            return at.astimezone(self.zone) if ends_now else self.next_opening(at)
        for opens, closes in spans:
            begins = max(opens, moment)
            if length <= closes - begins:
                return (begins + length).astimezone(self.zone)
            length -= closes - begins
        raise NoWorkingTimeError("the calendar has no working hours")  # pragma: no cover

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from one moment to another; negative when they stand the other way round."""
        first, last = _instant(start), _instant(end)
        if last < first:
            return -self.working_time_between(end, start)
        total, day, until = _NONE, self._date(start), self._date(end)
        while day <= until:
            for opens, closes in self._spans(day):
                total += max(_NONE, min(closes, last) - max(opens, first))
            day += _DAY
        return total

    def _refuse_to_search_for_ever(self) -> None:
        if not any(spans for _, spans in self.week):
            raise NoWorkingTimeError("the calendar has no working hours")

    def _hours(self, day: date) -> tuple[Hours, ...]:
        return next((spans for weekday, spans in self.week if weekday == day.weekday()), ())

    def _date(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def _spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """The hours of one day as instants in order, overlapping ones joined."""
        if not self.is_working_day(day):
            return []
        spans: list[tuple[datetime, datetime]] = []
        for hours in self._hours(day):
            opens = datetime.combine(day, hours.opens, self.zone)
            if hours.closes == time.max:
                closes = datetime.combine(day + _DAY, time.min, self.zone)
            else:  # an hour that the clocks repeat belongs to the span up to its second end
                closes = datetime.combine(day, hours.closes, self.zone).replace(fold=1)
            begin, end = opens.astimezone(UTC), closes.astimezone(UTC)
            if spans and begin <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(spans[-1][1], end))
            elif begin < end:
                spans.append((begin, end))
        return spans

    def _spans_from(self, day: date, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Spans that end after a moment, without end."""
        self._refuse_to_search_for_ever()
        while True:
            yield from (span for span in self._spans(day) if span[1] > moment)
            day += _DAY


def _instant(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("working time is counted between moments that know their zone")
    return at.astimezone(UTC)
