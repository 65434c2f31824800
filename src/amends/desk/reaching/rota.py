"""Whose turn it is when a customer asks for a manager."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db.models import Max, Q

from amends.desk.people.models import Agent, Presence, Role
from amends.desk.people.queries import is_at_work
from amends.engine.promises.calendar import NoWorkingTimeError

RINGS_FOR: Final = timedelta(minutes=15)  # of the manager's working time
_NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)
_BY_ROLE: Final = (Role.LEAD, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Who is rung next, from when, and until when."""

    manager: Agent
    begins_at: datetime
    ends_at: datetime


def managers() -> list[Agent]:
    """Whom customers reach who ask for a manager: leads and administrators, and who else was put on the rota."""
    return list(
        Agent.objects.filter(is_active=True)
        .filter(Q(rota_place__is_on=True) | Q(rota_place=None, role__in=_BY_ROLE))
        .select_related("team__calendar")
        .annotate(last_rung=Max("rings__begins_at"))
        .order_by("pk")
    )


def next_turn(*, language: str, owner: Agent, rung: Collection[int], now: datetime) -> Turn | None:
    """Choose whom to ring: who was not rung for this wish yet, before anybody is rung for it again.

    Then who works at this hour and is here; who is not the owner, who is there already; who speaks the customer's
    language; who was rung longest ago. When nobody works, whoever begins first is rung then. Nobody is left out for
    good: nothing is chosen only where nobody is on the rota or nobody ever works.
    """
    found: list[tuple[tuple[object, ...], Turn]] = []
    for manager in managers():
        turn = _turn(manager, now)
        if turn is None:
            continue
        order = (
            list(rung).count(manager.pk),
            max(turn.begins_at, now),
            manager.presence == Presence.AWAY,
            manager.presence == Presence.PAUSE,
            manager.pk == owner.pk,
            language not in manager.languages,
            getattr(manager, "last_rung", None) or _NEVER,
            manager.pk,
        )
        found.append((order, turn))
    return min(found, key=lambda one: one[0], default=(None, None))[1]


def at_work(*, among: Iterable[Agent], now: datetime) -> list[Agent]:
    """Who of them works at this hour."""
    return [agent for agent in among if is_at_work(agent=agent, now=now)]


def _turn(manager: Agent, now: datetime) -> Turn | None:
    calendar = manager.calendar()
    try:
        begins = max(calendar.next_opening(now), now)
        return Turn(manager=manager, begins_at=begins, ends_at=calendar.add_working_time(begins, RINGS_FOR))
    except NoWorkingTimeError:
        return None
