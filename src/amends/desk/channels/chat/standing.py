"""Whether somebody can be chatted with now, who it is, and how long one waits: as it is, not as one would like it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from statistics import median
from typing import Final

from django.db.models import Count, F, Min, Q

from amends.desk.channels.chat.models import Chat
from amends.desk.complaints.models import EventKind
from amends.desk.complaints.side_by_side import alone_with
from amends.desk.people.models import Agent, Presence, Role
from amends.desk.people.queries import is_at_work
from amends.desk.web.questions import Blank

ALIVE: Final = timedelta(seconds=90)  # a window says every twenty seconds that it is there
LOOK_BACK: Final = timedelta(days=28)
ENOUGH: Final = 5  # chats from which a waiting time can be told
MOST_LOOKED_AT: Final = 300
ONE_AT_A_TIME: Final = sha256(b"a chat begins").hexdigest()  # the name of what those wait for who begin at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a visitor is told before they begin."""

    agent: Agent | None  # who would answer; nobody outside hours, or while all have as many talks as they take
    why: str = ""  # "hours" or "busy" where there is nobody
    wait: timedelta | None = None  # until the first answer, in half of the chats of four weeks; None: too few to say
    chats: int = 0  # of how many


def standing(*, language: str, now: datetime) -> Standing:
    """Say how it stands."""
    here = [agent for agent in _present() if is_at_work(agent=agent, now=now)]
    if not here:
        return Standing(agent=None, why="hours")
    chosen = _next(here, language=language, talks=_talks(now=now))
    wait, chats = waiting(now=now)
    return Standing(agent=chosen, why="" if chosen is not None else "busy", wait=wait, chats=chats)


def with_room(*, agent: Agent, language: str, now: datetime) -> Agent | None:
    """Whoever was named to a visitor, or the next who is free where their last place went to another one meanwhile.

    To be called in the transaction that opens the chat: until it ends nobody else is given that place.
    """
    alone_with([ONE_AT_A_TIME])
    talks = _talks(now=now)
    if talks.get(agent.pk, 0) < agent.at_once:
        return agent
    return _next([one for one in _present() if is_at_work(agent=one, now=now)], language=language, talks=talks)


def _next(here: list[Agent], *, language: str, talks: Mapping[int, int]) -> Agent | None:
    return min(
        (agent for agent in here if talks.get(agent.pk, 0) < agent.at_once),
        key=lambda agent: (
            language not in agent.languages,
            agent.role in {Role.QUALITY, Role.ADMINISTRATOR},
            agent.role == Role.LEAD,
            talks.get(agent.pk, 0),
            agent.pk,
        ),
        default=None,
    )


def going_on(*, now: datetime) -> Q:
    """Which chats go on: nobody ended them, and the customer's window is there."""
    return heard_since(now - ALIVE)


def heard_since(since: datetime | Blank) -> Q:
    """Likewise, where the moment is at hand since which the window must have been heard."""
    return Q(ended_at__isnull=True, heard_at__gt=since)


def waiting(*, now: datetime) -> tuple[timedelta | None, int]:
    """Half of the visitors had their first answer within this time; who never had one waits still."""
    rows = list(
        Chat.objects.filter(opened_at__gt=now - LOOK_BACK, opened_at__lt=now)
        .annotate(
            answered=Min(
                "complaint__events__at",
                filter=Q(complaint__events__kind=EventKind.REPLIED, complaint__events__at__gte=F("opened_at")),
            )
        )
        .order_by("-opened_at")
        .values_list("opened_at", "answered")[:MOST_LOOKED_AT]
    )
    if len(rows) < ENOUGH:
        return None, len(rows)
    never = timedelta.max.total_seconds()
    half = median((answered - opened).total_seconds() if answered else never for opened, answered in rows)
    return (timedelta(seconds=half) if half < never / 2 else None), len(rows)


def _present() -> list[Agent]:
    found = Agent.objects.filter(is_active=True, presence=Presence.HERE).select_related("team__calendar")
    return list(found.order_by("pk"))


def _talks(*, now: datetime) -> dict[int, int]:
    rows = Chat.objects.filter(going_on(now=now)).order_by().values_list("complaint__owner")
    rows = rows.annotate(Count("complaint", distinct=True))  # one who opened a second window is still one
    return {int(owner): count for owner, count in rows}
