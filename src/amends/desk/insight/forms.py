"""Which span of time, and which complaints: what the bar over the pages tells, and what stands in their address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final
from urllib.parse import urlencode

from amends.desk.insight import spans
from amends.desk.insight.spans import By, Part

OLDEST: Final = timedelta(days=366)  # a door that was kept longer than this opens on what is true today
FURTHEST: Final = timedelta(days=2 * 366 + 1)  # back to the first day of last year, told on this year's last


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is chosen.

    `by` is empty unless somebody chose weeks or months; `days` are the first and the last one of an own span.
    """

    span: str
    since: datetime
    until: datetime
    days: tuple[date, date] | None = None
    is_cut: bool = False  # more days were asked for than are told at once
    by: str = ""
    currency: str = ""
    narrowed: Mapping[str, str] = field(default_factory=dict)  # 'product' to '3', 'channel' to 'mail' …

    @property
    def query(self) -> str:
        """The choice as it stands in the address of a page that shows what is true now."""
        return urlencode(self._chosen())

    @property
    def door_query(self) -> str:
        """The choice with its first and last moment, so that a door opens on the very span that was counted."""
        return urlencode({**self._chosen(), "since": int(self.since.timestamp()), "until": int(self.until.timestamp())})

    @property
    def told_by(self) -> By:
        """By what the span is cut: as chosen, or as suits its length."""
        if self.by == "month" or (self.by == "week" and not spans.fits_in_weeks(self.since, self.until)):
            return "month"
        if self.by == "week":
            return "week"
        return spans.usual_by(self.since, self.until)

    def narrowed_to(self, name: str, value: str) -> Choice:
        """The same, narrowed once more."""
        return replace(self, narrowed={**self.narrowed, name: value})

    def within(self, part: Part) -> Choice:
        """The same, of one week or month of it."""
        return replace(self, since=part.since, until=part.until)

    @property
    def span_query(self) -> str:
        """The span alone, as it stands in the address: everything within it."""
        return urlencode(self._span())

    def hidden(self) -> list[tuple[str, str]]:
        """What a form on a page sends along so that the choice stays."""
        return [(name, str(value)) for name, value in self._chosen().items()]

    def _span(self) -> dict[str, object]:
        return {"span": self.span, **dict(zip(("first", "last"), self.days or (), strict=False))}

    def _chosen(self) -> dict[str, object]:
        by = {"by": self.by} if self.by else {}
        return {**self._span(), **by, **self.narrowed, **({"currency": self.currency} if self.currency else {})}


def choice(
    query: Mapping[str, str], *, known: Mapping[str, Mapping[str, str]], now: datetime, language: str, zone: tzinfo
) -> Choice:
    """Read a choice; what is none falls back to ninety days up to now, and everything.

    `known` are the values that each name of the bar may have. Addresses of before tell a span as `days`.
    """
    name = query.get("span") or query.get("days", "")
    name = name if name in {*spans.SPANS, spans.OWN} else spans.USUAL
    now = now.replace(microsecond=0)
    days, is_cut = _own_days(query, today=now.astimezone(zone).date()) if name == spans.OWN else (None, False)
    since, until = (
        spans.own(*days, now=now, zone=zone) if days else spans.span(name, now=now, language=language, zone=zone)
    )
    since, until = _moments(query, name=name, now=now, whole=(since, until)) or (since, until)
    by, currency = query.get("by", ""), query.get("currency", "")
    return Choice(
        span=name,
        since=since,
        until=until,
        days=days,
        is_cut=is_cut,
        by=by if by in {"week", "month"} else "",
        currency=currency if re.fullmatch("[A-Z]{3}", currency) else "",
        narrowed={one: query[one] for one, values in known.items() if query.get(one) in values},
    )


def _own_days(query: Mapping[str, str], *, today: date) -> tuple[tuple[date, date], bool]:
    """The first and the last day that somebody chose, and whether more were asked for than are told at once."""
    told = [_day(query.get(name, "")) for name in ("first", "last")]
    days = spans.own_days(*told, today=today)
    return days, min((day for day in told if day), default=days[0]) < days[0]


def _day(told: str) -> date | None:
    try:
        return date.fromisoformat(told)
    except ValueError:
        return None


def _moments(
    query: Mapping[str, str], *, name: str, now: datetime, whole: tuple[datetime, datetime]
) -> tuple[datetime, datetime] | None:
    """The first and the last moment that a door tells, where they may be true.

    That is within the days of an own span, and else not too long ago.
    """
    until = _moment(query.get("until", ""))
    oldest, furthest, newest = (
        (whole[0], whole[0], whole[1]) if name == spans.OWN else (now - OLDEST, now - FURTHEST, now)
    )
    if until is None or not oldest <= until <= newest:
        return None
    since = _moment(query.get("since", ""))
    if since is None and name in spans.DAYS:
        since = until - timedelta(days=spans.DAYS[name])
    return None if since is None or not furthest <= since < until else (since, until)


def _moment(told: str) -> datetime | None:
    return datetime.fromtimestamp(int(told), tz=UTC) if re.fullmatch("[0-9]{9,10}", told) else None


def with_currency(choice: Choice, currency: str) -> Choice:
    """The choice with the currency that was counted in, so that its doors open on the same money."""
    return replace(choice, currency=currency)
