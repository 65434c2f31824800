"""Which span of time, and which complaints: what the bar over the pages tells, and what stands in their address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from amends.desk.insight.frame import PERIODS

OLDEST: Final = timedelta(days=366)  # a door that was kept longer than this opens on today


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    days: int
    until: datetime
    currency: str = ""
    narrowed: Mapping[str, str] = field(default_factory=dict)  # 'product' to '3', 'channel' to 'mail' …

    @property
    def query(self) -> str:
        """The choice as it stands in the address of a page that shows what is true now."""
        return urlencode(self._chosen())

    @property
    def door_query(self) -> str:
        """The choice with its last moment, so that a door opens on the very span that was counted."""
        return urlencode({**self._chosen(), "until": int(self.until.timestamp())})

    def narrowed_to(self, name: str, value: str) -> Choice:
        """The same, narrowed once more."""
        return replace(self, narrowed={**self.narrowed, name: value})

    def _chosen(self) -> dict[str, object]:
        return {"days": self.days, **self.narrowed, **({"currency": self.currency} if self.currency else {})}


def choice(query: Mapping[str, str], *, known: Mapping[str, Mapping[str, str]], now: datetime) -> Choice:
    """Read a choice; what is none falls back to ninety days up to now, and everything.

    `known` are the values that each name of the bar may have.
    """
    days, currency = query.get("days", ""), query.get("currency", "")
    return Choice(
        days=int(days) if days in {str(period) for period in PERIODS} else 90,
        until=_until(query.get("until", ""), now=now.replace(microsecond=0)),
        currency=currency if re.fullmatch("[A-Z]{3}", currency) else "",
        narrowed={name: query[name] for name, values in known.items() if query.get(name) in values},
    )


def _until(told: str, *, now: datetime) -> datetime:
    if not re.fullmatch("[0-9]{9,10}", told):
        return now
    until = datetime.fromtimestamp(int(told), tz=UTC)
    return until if now - OLDEST <= until <= now else now


def with_currency(choice: Choice, currency: str) -> Choice:
    """The choice with the currency that was counted in, so that its doors open on the same money."""
    return replace(choice, currency=currency)
