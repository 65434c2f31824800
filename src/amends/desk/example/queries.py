"""Reading about the example company."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Min

from amends.desk.complaints.models import Stage
from amends.desk.example.models import Told
from amends.desk.example.stories import company
from amends.desk.people.models import Agent

GOING_ON: Final = frozenset({Stage.RECEIVED, Stage.ANSWERED})


@dataclass(frozen=True, slots=True)
class SignIn:
    """How somebody of the example company signs in; it works on loopback only."""

    email: str
    password: str
    role: str
    language: str
    name: str


def is_laid_out() -> bool:
    """Whether this desk holds the example company."""
    return Told.objects.exists()


def is_behind(*, now: datetime) -> bool:
    """Whether something of the example company is told for another day."""
    zones = {card.time_zone for card in company().calendars.values()}
    oldest = Told.objects.filter(complaint__stage__in=GOING_ON).aggregate(oldest=Min("at"))["oldest"]
    return oldest is not None and any(on_another_day(oldest, now, ZoneInfo(zone)) for zone in zones)


def on_another_day(at: datetime, now: datetime, zone: ZoneInfo) -> bool:
    """Whether two moments fall on two days where a team works."""
    return at.astimezone(zone).date() != now.astimezone(zone).date()


def sign_ins() -> list[SignIn]:
    """Return the example sign-ins that work, in the order of the company's file."""
    told = company()
    here = {agent.email: agent for agent in Agent.objects.filter(is_example=True, is_active=True)}
    return [
        SignIn(email=agent.email, password=told.password, role=agent.role, language=agent.language, name=agent.name)
        for card in told.agents.values()
        if (agent := here.get(card.email)) is not None
    ]
