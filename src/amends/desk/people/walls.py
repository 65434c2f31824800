"""Walls between teams: an organisation may close what a team has to everybody else.

Nobody is shut out until a team is closed. Then its own people, its lead, service quality, administrators and who was
given the right see what it has; of all others only who was let into one complaint (`complaints/visible.py`).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from amends.desk.people.models import Agent, Calendar, DoorEvent, Right, Team

NONE: frozenset[int] = frozenset()


def shut_out(agent: Agent) -> frozenset[int]:
    """Return the teams whose complaints somebody does not see: read once for each page.

    Whether a team is closed at all comes along with the reader of a page (`AgentManager.get`), so that a desk without
    walls asks nothing. Who was fetched otherwise is asked about: not to know never opens anything.
    """
    known: frozenset[int] | None = getattr(agent, "shut_out_of", None)
    if known is None:
        known = _closed_to(agent) if _may_be(agent) else NONE
        agent.shut_out_of = known  # type: ignore[attr-defined]
    return known


def _may_be(agent: Agent) -> bool:
    return getattr(agent, "walls_stand", None) is not False and Right.BEHIND_WALLS not in agent.rights


def _closed_to(agent: Agent) -> frozenset[int]:
    theirs = Q(lead=agent.pk) | Q(pk=agent.team_id) if agent.team_id is not None else Q(lead=agent.pk)
    return frozenset(Team.objects.filter(is_closed=True).exclude(theirs).values_list("pk", flat=True))


def sees_team(agent: Agent, team_id: int | None) -> bool:
    """Whether somebody sees what a team has; what belongs to no team is everybody's."""
    return team_id is None or team_id not in shut_out(agent)


@transaction.atomic
def save_team(
    *, team: Team, name: str, calendar: Calendar, lead: Agent | None, is_closed: bool, by: Agent, now: datetime
) -> Team:
    """Keep a team; who closed it to others, or opened it, is kept as well."""
    before = team.pk is not None and Team.objects.filter(pk=team.pk, is_closed=True).exists()
    team.name, team.calendar, team.lead, team.is_closed = name, calendar, lead, is_closed
    team.save()
    if is_closed != before:
        kind = DoorEvent.Kind.WALL_UP if is_closed else DoorEvent.Kind.WALL_DOWN
        DoorEvent.objects.create(kind=kind, words=name, by=by, at=now)
    return team


def history(*, count: int = 20) -> list[DoorEvent]:
    """Which teams were closed and opened, by whom, the newest first."""
    kinds = (DoorEvent.Kind.WALL_UP, DoorEvent.Kind.WALL_DOWN)
    return list(DoorEvent.objects.filter(kind__in=kinds).select_related("by").order_by("-at", "-pk")[:count])
