"""Reading the ledger of promises."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from amends.desk.complaints.models import Complaint, Event, EventKind, Stage
from amends.desk.people.models import Agent
from amends.desk.promises.models import Promise, State

# What makes a broken promise good again, once it has been done after the break.
MADE_GOOD = (EventKind.REPLIED, EventKind.CALLED, EventKind.REMEDY, EventKind.CONTENT, EventKind.CLOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One promise on the board: to whom, the very words, by when, whose."""

    id: int
    complaint_id: int
    number: int
    customer_name: str
    subject: str
    language: str
    owner_id: int
    owner_name: str
    words: str
    made_at: datetime
    due_at: datetime
    whole_day: bool
    state: str
    moved: int
    soon: bool  # its owner has been warned


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """An hour of today with what is due in it; 24 is 'some time today'."""

    hour: int
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Promises by when: broken ones not made good on top, then today by hour, tomorrow, the week, and beyond."""

    broken: tuple[Card, ...]
    today: tuple[Hour, ...]
    tomorrow: tuple[Card, ...]
    week: tuple[Card, ...]
    later: tuple[Card, ...]

    @property
    def open(self) -> int:
        return sum(len(hour.cards) for hour in self.today) + len(self.tomorrow) + len(self.week) + len(self.later)


def board(*, agent: Agent | None = None, now: datetime, reader: Agent | None = None) -> Board:
    """Lay out the promises of an agent, or of everybody, by the days of who reads (the agent, unless told otherwise).

    A promise belongs to who owns its complaint now.
    """
    who = reader or agent
    zone = ZoneInfo(who.time_zone if who is not None else "UTC")
    today = now.astimezone(zone).date()
    limits = [datetime.combine(today + timedelta(days=days), time.min, zone) for days in (1, 2, 8)]
    cards = list(_cards(_of(agent).filter(state=State.OPEN)))
    by_hour: dict[int, list[Card]] = {}
    for card in cards:
        if card.due_at < limits[0]:
            by_hour.setdefault(24 if card.whole_day else card.due_at.astimezone(zone).hour, []).append(card)
    return Board(
        broken=tuple(_cards(_not_made_good(_of(agent)))),
        today=tuple(Hour(hour=hour, cards=tuple(by_hour[hour])) for hour in sorted(by_hour)),
        tomorrow=tuple(card for card in cards if limits[0] <= card.due_at < limits[1]),
        week=tuple(card for card in cards if limits[1] <= card.due_at < limits[2]),
        later=tuple(card for card in cards if card.due_at >= limits[2]),
    )


def kept_rate(*, since: datetime, until: datetime) -> tuple[int, int]:
    """Count the promises kept, and those settled, from `since` up to but without `until`.

    Withdrawn ones are in neither: the customer said yes to that.
    """
    settled = Promise.objects.filter(state__in=[State.KEPT, State.BROKEN], settled_at__gte=since, settled_at__lt=until)
    counts = settled.aggregate(kept=Count("pk", filter=Q(state=State.KEPT)), settled=Count("pk"))
    return counts["kept"], counts["settled"]


def open_for(*, complaint: Complaint) -> list[Card]:
    """Return a complaint's open promises, the next one first."""
    return list(_cards(Promise.objects.filter(complaint=complaint, state=State.OPEN)))


def all_for(*, complaint: Complaint) -> list[Card]:
    """Return every promise of a complaint, in the order in which they were made."""
    return sorted(_cards(Promise.objects.filter(complaint=complaint)), key=lambda card: (card.made_at, card.id))


def _of(agent: Agent | None) -> QuerySet[Promise]:
    return Promise.objects.all() if agent is None else Promise.objects.filter(complaint__owner=agent)


def _not_made_good(promises: QuerySet[Promise]) -> QuerySet[Promise]:
    after = Event.objects.filter(complaint=OuterRef("complaint"), kind__in=MADE_GOOD, at__gt=OuterRef("settled_at"))
    return promises.filter(state=State.BROKEN).exclude(complaint__stage=Stage.CLOSED).filter(~Exists(after))


def _cards(promises: QuerySet[Promise]) -> Iterable[Card]:
    rows = promises.select_related("complaint__customer", "complaint__owner").order_by("due_at", "pk")
    for row in rows:
        yield Card(
            id=row.pk,
            complaint_id=row.complaint_id,
            number=row.complaint.number,
            customer_name=row.complaint.customer.name,
            subject=row.complaint.subject,
            language=row.complaint.language,
            owner_id=row.complaint.owner_id,
            owner_name=row.complaint.owner.name,
            words=row.words,
            made_at=row.made_at,
            due_at=row.due_at,
            whole_day=row.whole_day,
            state=row.state,
            moved=row.moved,
            soon=row.owner_warned_at is not None,
        )
