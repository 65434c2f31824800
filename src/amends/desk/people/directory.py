"""Who works here, as plain rows for the people page and for the list of example sign-ins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypedDict

from django.db.models import Count, Q

from amends.desk.people.models import Agent, Calendar, Presence, Role, Team


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    id: int
    name: str
    email: str
    role: str
    team: str
    languages: tuple[str, ...]
    presence: str
    presence_name: str
    is_active: bool
    is_example: bool
    waits_for_password: bool
    last_seen: datetime | None
    name_here: str = ""  # in letters that the reader reads, where they were asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamRow:
    id: int
    name: str
    lead: str
    calendar: str
    members: int
    is_closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRow:
    id: int
    name: str
    time_zone: str
    days_a_week: int
    days_off: int


class Everybody(TypedDict):
    people: list[PersonRow]
    teams: list[TeamRow]
    calendars: list[CalendarRow]


def everybody() -> Everybody:
    """Everybody, those who are in first, with teams and calendars."""
    agents = Agent.objects.select_related("team", "own_role").order_by("-is_active", "team__name", "name")
    teams = Team.objects.select_related("lead", "calendar").annotate(
        count=Count("members", filter=Q(members__is_active=True))
    )
    return {
        "people": [_row(agent) for agent in agents],
        "teams": [
            TeamRow(
                id=team.pk,
                name=team.name,
                lead=team.lead.name if team.lead else "",
                calendar=team.calendar.name,
                members=team.count,
                is_closed=team.is_closed,
            )
            for team in teams.order_by("name")
        ],
        "calendars": [
            CalendarRow(
                id=calendar.pk,
                name=calendar.name,
                time_zone=calendar.time_zone,
                days_a_week=len(calendar.week),
                days_off=len(calendar.days_off),
            )
            for calendar in Calendar.objects.order_by("name")
        ],
    }


def example_people(*, language: str) -> list[PersonRow]:
    """People of the example company, one of each role and language first, as a reader of a language knows them."""
    agents = Agent.objects.filter(is_example=True, is_active=True).select_related("team", "own_role")
    order = {Role.AGENT: 0, Role.LEAD: 1, Role.QUALITY: 2, Role.ADMINISTRATOR: 3}
    people = sorted(agents, key=lambda agent: (order[Role(agent.role)], agent.name))
    return [replace(_row(agent), name_here=agent.name_for(language)) for agent in people]


def _row(agent: Agent) -> PersonRow:
    return PersonRow(
        id=agent.pk,
        name=agent.name,
        email=agent.email,
        role=agent.role_name,
        team=agent.team.name if agent.team else "",
        languages=tuple(agent.languages),
        presence=agent.presence,
        presence_name=Presence(agent.presence).label,
        is_active=agent.is_active,
        is_example=agent.is_example,
        waits_for_password=not agent.has_usable_password(),
        last_seen=agent.last_login,
    )


def only_team() -> int | None:
    """The team of a house that has one; None where there are more, or none."""
    found = list(Team.objects.order_by("pk").values_list("pk", flat=True)[:2])
    return found[0] if len(found) == 1 else None
