"""Which span of time and which team."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict

from amends.desk.insight.frame import PERIODS

OLDEST: Final = timedelta(days=366)  # a door that was kept longer than this opens on today


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    days: int
    team: int | None
    currency: str
    until: datetime

    @property
    def query(self) -> str:
        """The choice as it stands in the address of a page that shows what is true now."""
        return urlencode(self._chosen())

    @property
    def door_query(self) -> str:
        """The choice with its last moment, so that a door opens on the very span that was counted."""
        return urlencode({**self._chosen(), "until": int(self.until.timestamp())})

    def _chosen(self) -> dict[str, object]:
        return {
            "days": self.days,
            **({"team": self.team} if self.team else {}),
            **({"currency": self.currency} if self.currency else {}),
        }


def choice(query: QueryDict, *, teams: list[int], now: datetime) -> Choice:
    """Read a choice; what is none falls back to ninety days up to now, and everybody."""
    days, team = query.get("days", ""), query.get("team", "")
    return Choice(
        days=int(days) if days in {str(period) for period in PERIODS} else 90,
        team=int(team) if team.isascii() and team.isdigit() and int(team) in teams else None,
        currency=query.get("currency", "") if re.fullmatch("[A-Z]{3}", query.get("currency", "")) else "",
        until=_until(query.get("until", ""), now=now.replace(microsecond=0)),
    )


def _until(told: str, *, now: datetime) -> datetime:
    if not re.fullmatch("[0-9]{9,10}", told):
        return now
    until = datetime.fromtimestamp(int(told), tz=UTC)
    return until if now - OLDEST <= until <= now else now


def with_currency(choice: Choice, currency: str) -> Choice:
    """The choice with the currency that was counted in, so that its doors open on the same money."""
    return replace(choice, currency=currency)
