"""The chats of one person side by side: which of them is in focus, who waits for a word, and whether there is room."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import BigIntegerField, DateTimeField, Exists, OuterRef, QuerySet, Subquery

from amends.desk.channels.chat.models import Chat
from amends.desk.channels.chat.standing import ALIVE, going_on, heard_since
from amends.desk.complaints.models import Channel, Complaint, Event, EventKind, ReadMark, Turn
from amends.desk.people.models import Agent
from amends.desk.web import questions
from amends.desk.web.questions import Blank

MOST_SHOWN: Final = 30  # of somebody whose customers all came back at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """One chat that goes on."""

    number: int
    customer: str
    waits: timedelta | None  # since their oldest word that has no answer; none where it is their turn
    unread: bool
    writes: bool  # the customer, at this moment
    in_focus: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Talks:
    """All that one person has going on; who waits longest comes first, whoever waits for nothing last."""

    rows: tuple[Talk, ...]
    most: int

    @property
    def is_full(self) -> bool:
        return len(self.rows) >= self.most


def talks_of(*, agent: Agent, now: datetime) -> Talks:
    """List the chats that go on with somebody. In focus is the one that they looked at or wrote in last."""
    rows = list(
        _going_on(agent=agent, now=now)
        .annotate(
            writes=Exists(_windows(now=now).filter(typing_until__gt=now)),
            heard=Subquery(_last(EventKind.CUSTOMER_WROTE)),
            wrote=Subquery(_last(EventKind.REPLIED, by=agent)),
            looked=Subquery(ReadMark.objects.filter(complaint=OuterRef("pk"), agent=agent).values("at")[:1]),
        )
        .order_by("pk")
        .values("number", "customer__name", "turn", "waiting_since", "writes", "heard", "wrote", "looked")[:MOST_SHOWN]
    )
    at_it = {row["number"]: max(filter(None, (row["looked"], row["wrote"])), default=None) for row in rows}
    newest = max(filter(None, at_it.values()), default=None)
    focus = next((number for number, at in at_it.items() if at is not None and at == newest), 0)
    talks = [
        Talk(
            number=row["number"],
            customer=row["customer__name"],
            waits=now - row["waiting_since"] if row["turn"] == Turn.OURS and row["waiting_since"] else None,
            unread=row["heard"] is not None and (row["looked"] is None or row["heard"] > row["looked"]),
            writes=row["writes"],
            in_focus=row["number"] == focus,
        )
        for row in rows
    ]
    talks.sort(key=lambda one: (one.waits is None, -(one.waits or timedelta()), one.number))
    return Talks(rows=tuple(talks), most=agent.at_once)


def counted(*, agent: Agent, now: datetime) -> questions.Count:
    """How many chats go on with somebody, to be asked together with other counts."""
    me, since = Blank("agent", BigIntegerField()), Blank("since", DateTimeField())
    return questions.Count(
        "talks",
        lambda: Chat.objects.filter(heard_since(since), complaint__owner=me).values("pk"),
        {"agent": agent.pk, "since": now - ALIVE},
    )


def beyond(*, agent: Agent, complaints: Collection[Complaint], now: datetime) -> Mapping[int, int]:
    """Name those of these complaints that are one chat too many for somebody, and how many they would have with it.

    Nobody is given such a chat. They may take it by hand, and know then what they do.
    """
    asked = [one.pk for one in complaints if one.channel == Channel.CHAT and one.owner_id != agent.pk]
    if not asked:
        return {}
    windows = Chat.objects.filter(going_on(now=now), complaint__in=asked)
    going = set(windows.values_list("complaint", flat=True))
    count = _going_on(agent=agent, now=now).count() if going else 0
    return dict.fromkeys(going, count + 1) if count >= agent.at_once else {}


def _going_on(*, agent: Agent, now: datetime) -> QuerySet[Complaint]:
    return Complaint.objects.filter(Exists(_windows(now=now)), owner=agent)


def _windows(*, now: datetime) -> QuerySet[Chat]:
    return Chat.objects.filter(going_on(now=now), complaint=OuterRef("pk"))


def _last(kind: EventKind, *, by: Agent | None = None) -> QuerySet[Event]:
    found = Event.objects.filter(complaint=OuterRef("pk"), kind=kind)
    found = found if by is None else found.filter(agent=by)
    return found.order_by("-sequence").values("at")[:1]
