"""Reading the ledger of promises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import pairwise
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, Count, DateTimeField, Exists, OuterRef, Q, QuerySet, Subquery

from amends.desk.complaints.models import Channel, Complaint, Event, EventKind, Stage
from amends.desk.complaints.visible import visible
from amends.desk.people.models import Agent, Team
from amends.desk.promises.models import Promise, State
from amends.desk.web import questions
from amends.desk.web.questions import Blank
from amends.engine import languages
from amends.engine.languages.reading import USUAL_READERS
from amends.engine.languages.recognition import recognise
from amends.engine.languages.text import prepare
from amends.engine.measures.share import Share, share
from amends.engine.promises.apology import Apology
from amends.engine.promises.apology import apology as read_apology

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
    every: str  # how often it comes again
    maker_name: str  # who promised, where that is somebody else than who owns the complaint now
    maker_left: bool
    told_in_advance: bool  # that it will not be kept


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


def board(*, agent: Agent | None = None, team: Team | None = None, now: datetime, reader: Agent | None = None) -> Board:
    """Lay out the promises of an agent, a team or everybody, by the days of who reads: the agent, unless told.

    A promise belongs to who owns its complaint now.
    """
    who = reader or agent
    zone = ZoneInfo(who.time_zone if who is not None else "UTC")
    today = now.astimezone(zone).date()
    limits = [datetime.combine(today + timedelta(days=days), time.min, zone) for days in (1, 2, 8)]
    cards = list(_cards(_of(agent, team).filter(state=State.OPEN)))
    by_hour: dict[int, list[Card]] = {}
    for card in cards:
        if card.due_at < limits[0]:
            by_hour.setdefault(24 if card.whole_day else card.due_at.astimezone(zone).hour, []).append(card)
    return Board(
        broken=tuple(_cards(_not_made_good(_of(agent, team)))),
        today=tuple(Hour(hour=hour, cards=tuple(by_hour[hour])) for hour in sorted(by_hour)),
        tomorrow=tuple(card for card in cards if limits[0] <= card.due_at < limits[1]),
        week=tuple(card for card in cards if limits[1] <= card.due_at < limits[2]),
        later=tuple(card for card in cards if card.due_at >= limits[2]),
    )


def due_today(*, agent: Agent, now: datetime) -> int:
    """Count the agent's promises that fall due by the end of their day, and the broken ones not made good yet.

    It is what stands under 'Broken' and 'Today' on their own board.
    """
    end = _end_of_day(agent, now)
    if seen := visible():  # a wall stands, and it is otherwise for each reader
        whose = Promise.objects.filter(complaint__in=Complaint.objects.filter(seen).values("pk"))
        return _due(whose, agent.pk, end).count() + _broken(whose, agent.pk).count()
    return sum(questions.together(counts_due_today(agent=agent, now=now)))


def counts_due_today(*, agent: Agent, now: datetime) -> tuple[questions.Count, ...]:
    """What `due_today` adds up where no wall stands."""
    whose, end_, owner = Promise.objects.all(), Blank("end", DateTimeField()), Blank("owner", BigIntegerField())
    end = _end_of_day(agent, now)
    return (
        questions.Count("promises due", lambda: _due(whose, owner, end_).values("pk"), {"owner": agent.pk, "end": end}),
        questions.Count("promises broken", lambda: _broken(whose, owner).values("pk"), {"owner": agent.pk}),
    )


def _end_of_day(agent: Agent, now: datetime) -> datetime:
    zone = ZoneInfo(agent.time_zone)
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time.min, zone)


def _due(promises: QuerySet[Promise], owner: Any, end: Any) -> QuerySet[Promise]:
    # What is due is little; what somebody has ever owned is much, and would be read for a join.
    owned_by = Subquery(Complaint.objects.filter(pk=OuterRef("complaint")).values("owner")[:1])
    return promises.alias(owned_by=owned_by).filter(state=State.OPEN, due_at__lt=end, owned_by=owner)


def _broken(promises: QuerySet[Promise], owner: Any) -> QuerySet[Promise]:
    # Named one by one, the stages are looked up in the index of what somebody owns.
    stages = [stage for stage in Stage.values if stage != Stage.CLOSED]
    owned = Q(complaint__live=True, complaint__stage__in=stages) | Q(complaint__live=False, complaint__stage__in=stages)
    return promises.filter(owned, state=State.BROKEN, complaint__owner=owner).filter(~Exists(_made_good()))


def kept_rate(
    *, since: datetime, until: datetime, agent: Agent | None = None, team: Team | None = None
) -> tuple[int, int]:
    """Count the promises kept, and those settled, from `since` up to but without `until`.

    Withdrawn ones are in neither: the customer said yes to that.
    """
    settled = _of(agent, team).filter(state__in=[State.KEPT, State.BROKEN], settled_at__gte=since, settled_at__lt=until)
    counts = settled.aggregate(kept=Count("pk", filter=Q(state=State.KEPT)), settled=Count("pk"))
    return counts["kept"], counts["settled"]


def kept_rates(
    *, edges: Sequence[datetime], agent: Agent | None = None, team: Team | None = None
) -> list[tuple[int, int]]:
    """Count as `kept_rate` does, between each edge and the next one, in one question."""
    settled = _of(agent, team).filter(state__in=[State.KEPT, State.BROKEN], settled_at__gte=edges[0])
    columns: dict[str, Count] = {}
    for place, (since, until) in enumerate(pairwise(edges)):
        within = Q(settled_at__gte=since, settled_at__lt=until)
        columns |= {
            f"kept_{place}": Count("pk", filter=within & Q(state=State.KEPT)),
            f"settled_{place}": Count("pk", filter=within),
        }
    counts = settled.aggregate(**columns)
    return [(counts[f"kept_{place}"], counts[f"settled_{place}"]) for place in range(len(edges) - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How many promises were kept of those that could be, by a team or on a channel."""

    name: str
    kept: int
    settled: int
    before: Share  # in the span of the same length before it

    @property
    def share(self) -> Share:
        return share(self.kept, self.settled)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What became of the promises of a span of time, each figure with what it is a part of."""

    kept: int
    settled: int
    moved: int  # promises moved at least once, of those settled
    withdrawn: int
    broken: int
    told_in_advance: int  # of the broken ones
    notice: timedelta | None  # the middle one of these
    by_team: tuple[Kept, ...]
    by_channel: tuple[Kept, ...]


def figures(*, since: datetime, until: datetime, agent: Agent | None = None, team: Team | None = None) -> Figures:
    """Count what became of the promises of an agent, a team or everybody.

    A withdrawn one is in no rate, for the customer said yes to that.
    """
    settled = _of(agent, team).filter(settled_at__gte=since, settled_at__lt=until)
    ended = settled.filter(state__in=[State.KEPT, State.BROKEN])
    counts = settled.aggregate(
        kept=Count("pk", filter=Q(state=State.KEPT)),
        broken=Count("pk", filter=Q(state=State.BROKEN)),
        withdrawn=Count("pk", filter=Q(state=State.WITHDRAWN)),
        moved=Count("pk", filter=Q(moved__gt=0) & ~Q(state=State.WITHDRAWN)),
    )
    told = ended.filter(state=State.BROKEN, notice_at__isnull=False).values_list("due_at", "notice_at")
    notices = [(due - notice).total_seconds() for due, notice in told if notice is not None]
    before = _of(agent, team).filter(
        state__in=[State.KEPT, State.BROKEN], settled_at__gte=since - (until - since), settled_at__lt=since
    )
    return Figures(
        kept=counts["kept"],
        settled=counts["kept"] + counts["broken"],
        moved=counts["moved"],
        withdrawn=counts["withdrawn"],
        broken=counts["broken"],
        told_in_advance=len(notices),
        notice=timedelta(seconds=median(notices)) if notices else None,
        by_team=_kept_by("complaint__team__name", ended, before),
        by_channel=tuple(
            replace(row, name=str(Channel(row.name).label)) for row in _kept_by("complaint__channel", ended, before)
        ),
    )


def _kept_by(what: str, ended: QuerySet[Promise], before: QuerySet[Promise]) -> tuple[Kept, ...]:
    def counted(promises: QuerySet[Promise]) -> dict[str, tuple[int, int]]:
        rows = promises.values(what).annotate(was_kept=Count("pk", filter=Q(state=State.KEPT)), every_one=Count("pk"))
        return {row[what] or "": (row["was_kept"], row["every_one"]) for row in rows.order_by(what)}

    earlier = counted(before)
    return tuple(
        Kept(name=name, kept=kept, settled=settled, before=share(*earlier.get(name, (0, 0))))
        for name, (kept, settled) in sorted(counted(ended).items(), key=lambda row: (-row[1][1], row[0]))
    )


def inherited(*, agent: Agent) -> list[Card]:
    """The open promises that somebody else made and the agent has to keep now, the next one first."""
    return list(_cards(_of(agent).filter(state=State.OPEN).exclude(owner=agent)))


def apology(*, complaint: Complaint, text: str, now: datetime) -> Apology:
    """Tell how far a draft makes amends for a broken promise: sorry first, no excuse, a remedy, a new time."""
    code = recognise(text, prior=complaint.language)
    prepared = prepare(text, language=languages.get(code if languages.is_known(code) else complaint.language))
    acts = [act for reader in USUAL_READERS for act in reader.read(prepared, by="agent")]
    calendar = complaint.owner.calendar()
    return read_apology(prepared, acts=acts, now=now.astimezone(calendar.zone), calendar=calendar)


def open_for(*, complaint: Complaint) -> list[Card]:
    """Return a complaint's open promises, the next one first."""
    return list(_cards(Promise.objects.filter(complaint=complaint, state=State.OPEN)))


def all_for(*, complaint: Complaint) -> list[Card]:
    """Return every promise of a complaint, in the order in which they were made."""
    return sorted(_cards(Promise.objects.filter(complaint=complaint)), key=lambda card: (card.made_at, card.id))


def _of(agent: Agent | None, team: Team | None = None) -> QuerySet[Promise]:
    seen = Promise.objects.filter(visible("complaint__"))
    promises = seen if agent is None else seen.filter(complaint__owner=agent)
    return promises if team is None else promises.filter(complaint__team=team)


def _not_made_good(promises: QuerySet[Promise]) -> QuerySet[Promise]:
    return promises.filter(state=State.BROKEN).exclude(complaint__stage=Stage.CLOSED).filter(~Exists(_made_good()))


def _made_good() -> QuerySet[Event]:
    return Event.objects.filter(complaint=OuterRef("complaint"), kind__in=MADE_GOOD, at__gt=OuterRef("settled_at"))


def _cards(promises: QuerySet[Promise]) -> Iterable[Card]:
    rows = promises.select_related("complaint__customer", "complaint__owner", "owner").order_by("due_at", "pk")
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
            every=row.every,
            maker_name=row.owner.name if row.owner_id != row.complaint.owner_id else "",
            maker_left=not row.owner.is_active,
            told_in_advance=row.notice_at is not None,
        )
