"""Which span of time and which team."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from amends.desk.insight.frame import PERIODS


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    days: int
    team: int | None
    currency: str

    @property
    def query(self) -> str:
        """The choice as it stands in an address, so that a door opens on the same span."""
        return urlencode(
            {
                "days": self.days,
                **({"team": self.team} if self.team else {}),
                **({"currency": self.currency} if self.currency else {}),
            }
        )


def choice(query: QueryDict, *, teams: list[int]) -> Choice:
    """Read a choice; what is none falls back to ninety days and everybody."""
    days, team = query.get("days", ""), query.get("team", "")
    return Choice(
        days=int(days) if days in {str(period) for period in PERIODS} else 90,
        team=int(team) if team.isascii() and team.isdigit() and int(team) in teams else None,
        currency=query.get("currency", "") if re.fullmatch("[A-Z]{3}", query.get("currency", "")) else "",
    )
