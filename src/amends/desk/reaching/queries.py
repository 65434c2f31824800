"""Reading who is rung, whom a customer asked for before, and how long it took to reach a person at every door."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db.models import BigIntegerField, DateTimeField, Exists, OuterRef, Q, QuerySet
from django.utils.translation import get_language

from amends.desk.complaints.models import By, Channel, Complaint, Event, EventKind
from amends.desk.complaints.visible import visible
from amends.desk.customers.models import Customer
from amends.desk.people.limits import limits
from amends.desk.people.models import Agent, Team
from amends.desk.reaching import rota
from amends.desk.reaching.models import Ring
from amends.desk.web import questions
from amends.desk.web.questions import Blank
from amends.engine.measures import Share, median_wait, share
from amends.engine.measures.counted import Wait
from amends.engine.promises.calendar import WorkingCalendar

SPOKE: Final = (EventKind.REPLIED, EventKind.CALLED)
ASKED: Final = (EventKind.ASKED_FOR_PERSON, EventKind.ASKED_FOR_MANAGER)


# ── Who is rung ──────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A manager who is rung, or will be as their day begins."""

    id: int
    number: int
    subject: str
    customer_name: str
    language: str
    manager_id: int
    manager: str
    rings: bool
    begins_at: datetime
    ends_at: datetime
    turn: int
    asked_at: datetime
    heard_in: int | None  # the letter that asks for it, where it was rung by itself


def ringing(*, complaint: Complaint, now: datetime) -> Rung | None:
    """Who is rung for a complaint now."""
    del now
    return next(_rung(Ring.objects.filter(complaint=complaint, state__in=["waiting", "ringing"])), None)


def rings_for(*, agent: Agent, now: datetime) -> list[Rung]:
    """Customers who ask for somebody, as this manager is rung for them: those that end first come first."""
    del now
    return list(_rung(Ring.objects.filter(manager=agent, state="ringing")))


def counted_rings(*, agent: Agent) -> questions.Count:
    """How many wishes ring this manager, walls apart: where there are none, `rings_for` need not be asked."""
    me = Blank("agent", BigIntegerField())
    return questions.Count(
        "rings", lambda: Ring.objects.filter(manager=me, state="ringing").values("pk"), {"agent": agent.pk}
    )


def rung_for(*, event: Event) -> str:
    """The name of whom a wish for a manager rings now, or who came; empty where nobody was rung."""
    last = Ring.objects.filter(asked_in=event).select_related("manager").order_by("-turn").first()
    return last.manager.name_for((get_language() or "en")[:2]) if last is not None else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedByName:
    """A customer who asks for this very person."""

    number: int
    subject: str
    customer_name: str
    at: datetime


def asked_by_name(*, agent: Agent) -> list[AskedByName]:
    """Customers who ask for somebody by name and wait for them: until they write or call."""
    named = Event.objects.filter(_waiting_wish(), content__data__agent=agent.pk)
    asked = named.filter(visible("complaint__")).select_related("complaint__customer")
    spoke = Event.objects.filter(complaint=OuterRef("complaint"), agent=agent, sequence__gt=OuterRef("sequence"))
    return [
        AskedByName(
            number=event.complaint.number,
            subject=event.complaint.subject,
            customer_name=event.complaint.customer.name,
            at=event.at,
        )
        for event in asked.filter(~Exists(spoke.filter(kind__in=SPOKE))).order_by("at")
    ]


def counted_by_name() -> questions.Count:
    """How many ask for anybody by name and wait: where nobody does, `asked_by_name` need not be asked."""
    return questions.Count("by name", lambda: Event.objects.filter(_waiting_wish()).values("pk")[:1], {})


def _waiting_wish() -> Q:
    return Q(kind=EventKind.ASKED_FOR_PERSON, complaint__waiting_since__isnull=False)


def _rung(rings: QuerySet[Ring]) -> Iterator[Rung]:
    for row in (
        rings.filter(visible("complaint__"))
        .select_related("complaint__customer", "manager", "asked_in__heard_in")
        .order_by("ends_at", "pk")
    ):
        yield Rung(
            id=row.pk,
            number=row.complaint.number,
            subject=row.complaint.subject,
            customer_name=row.complaint.customer.name,
            language=row.complaint.language,
            manager_id=row.manager_id,
            manager=row.manager.name_for((get_language() or "en")[:2]),
            rings=row.state == Ring.State.RINGING,
            begins_at=row.begins_at,
            ends_at=row.ends_at,
            turn=row.turn,
            asked_at=row.asked_in.at,
            heard_in=heard.words_id if (heard := getattr(row.asked_in, "heard_in", None)) is not None else None,
        )


# ── The person they know ─────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Who came when this customer asked for somebody, in an earlier complaint."""

    agent: Agent
    number: int
    at: datetime
    asked_for: str  # person or manager


def known_person(*, complaint: Complaint) -> Known | None:
    """Whom to offer a customer again: who spoke with them last time they asked for a person or a manager.

    Nobody who left, and nobody who is on this complaint already.
    """
    found = known_people(customer=complaint.customer, before=complaint.received_at)
    if not found:
        return None
    here = {complaint.owner_id, *complaint.companions.values_list("agent_id", flat=True)}
    return next((one for one in found if one.agent.pk not in here and one.number != complaint.number), None)


def known_people(*, customer: Customer, before: datetime | None = None) -> list[Known]:
    """Who came when a customer asked for somebody, the last one first; each person once."""
    until = {} if before is None else {"before": before}
    found: dict[int, Known] = {}
    for event in questions.ask(("asked for", *until), partial(_asked_for, *until), customer=customer.pk, **until):
        came = (
            Event.objects.filter(complaint=event.complaint, sequence__gt=event.sequence, by=By.AGENT)
            .filter(kind__in=[*SPOKE, EventKind.MANAGER_CAME], agent__is_active=True)
            .select_related("agent__team__calendar")
            .order_by("sequence")
        )
        if event.kind == EventKind.ASKED_FOR_MANAGER:
            came = came.filter(agent__in=[one.pk for one in rota.managers()])
        first = came.first()
        if first is not None and first.agent is not None and first.agent.pk not in found:
            found[first.agent.pk] = Known(
                agent=first.agent,
                number=event.complaint.number,
                at=first.at,
                asked_for="manager" if event.kind == EventKind.ASKED_FOR_MANAGER else "person",
            )
    return list(found.values())


def _asked_for(*until: str) -> QuerySet[Event]:
    asked = Event.objects.filter(complaint__customer=Blank("customer", BigIntegerField()), kind__in=ASKED)
    for name in until:
        asked = asked.filter(at__lt=Blank(name, DateTimeField()))
    return asked.select_related("complaint").order_by("-at", "-pk")[:20]


def times_asked(*, complaint: Complaint) -> int:
    """How often the customer asked for a person or a manager."""
    return complaint.events.filter(kind__in=ASKED).count()


# ── How long it took, at every door ──────────────────────────────────────────

DOORS: Final = tuple(Channel.values)  # a new way to reach us is measured from its first day


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How long customers waited for somebody, at one door: of `n` who waited, so many were reached."""

    door: str
    n: int
    reached: int
    median: timedelta | None  # of working time; of all, with those who still wait
    in_time: Share  # within the organisation's own limit, of those for whom it is decided

    @property
    def waiting(self) -> int:
        return self.n - self.reached


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFor:
    """Time to a person who was asked for, and to a manager, by door."""

    asked_person: tuple[Reached, ...]
    asked_manager: tuple[Reached, ...]
    rings: int  # turns of the rota that began
    came: int  # of them, those in which the manager came in time


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach(AskedFor):
    """The same, and time to a person after the first word."""

    person: tuple[Reached, ...]


def reach(*, since: datetime, until: datetime, now: datetime, team: Team | None = None) -> Reach:
    """Measure what began from `since` up to but without `until`, in the working time of the team that owns it."""
    complaints = _of(team, Complaint.objects.filter(received_at__gte=since, received_at__lt=until, merged_into=None))
    asked = asked_for(since=since, until=until, now=now, team=team)
    return Reach(
        person=_by_door(_first_waits(complaints, now=now), limit=limits().person),
        asked_person=asked.asked_person,
        asked_manager=asked.asked_manager,
        rings=asked.rings,
        came=asked.came,
    )


def asked_for(*, since: datetime, until: datetime, now: datetime, team: Team | None = None) -> AskedFor:
    """Measure how long those waited who asked for somebody from `since` up to but without `until`."""
    limit = limits()
    asked = Event.objects.filter(kind__in=ASKED, at__gte=since, at__lt=until)
    asked = asked if team is None else asked.filter(complaint__team=team)
    rings = Ring.objects.filter(begins_at__gte=since, begins_at__lt=until, begins_at__lte=now)
    rings = rings if team is None else rings.filter(complaint__team=team)
    waits = _asked_waits(asked.select_related("content", "complaint__team__calendar", "complaint__owner"), now=now)
    return AskedFor(
        asked_person=_by_door(waits[EventKind.ASKED_FOR_PERSON], limit=limit.person),
        asked_manager=_by_door(waits[EventKind.ASKED_FOR_MANAGER], limit=limit.manager),
        rings=rings.count(),
        came=rings.filter(state=Ring.State.CAME, settled_at__isnull=False).count(),
    )


def _of(team: Team | None, complaints: QuerySet[Complaint]) -> QuerySet[Complaint]:
    return complaints if team is None else complaints.filter(team=team)


type Waits = list[tuple[str, Wait]]


def _first_waits(complaints: QuerySet[Complaint], *, now: datetime) -> Waits:
    rows = complaints.select_related("team__calendar", "owner__team__calendar")
    clocks = _Clocks()
    return [(row.channel, clocks.wait(row, since=row.received_at, came=row.first_person_at, now=now)) for row in rows]


def _asked_waits(asked: Iterable[Event], *, now: datetime) -> Mapping[str, Waits]:
    """How long each who asked waited; who asks again while nobody has come is still waiting for the first."""
    events = sorted(asked, key=lambda event: (event.complaint_id, event.sequence))
    spoke = _spoke([event.complaint_id for event in events])
    managers = {agent.pk for agent in rota.managers()}
    waits: dict[str, Waits] = {kind: [] for kind in ASKED}
    until: dict[tuple[int, str], datetime | None] = {}
    clocks = _Clocks()
    for event in events:
        key = (event.complaint_id, event.kind)
        if key in until and (until[key] is None or event.at <= until[key]):  # type: ignore[operator]
            continue
        came = next(
            (
                at
                for at, agent in spoke.get(event.complaint_id, ())
                if at >= event.at and (event.kind == EventKind.ASKED_FOR_PERSON or agent in managers)
            ),
            None,
        )
        until[key] = came
        door = event.channel or "portal"
        waits[event.kind].append((door, clocks.wait(event.complaint, since=event.at, came=came, now=now)))
    return waits


def _spoke(complaint_ids: Sequence[int]) -> Mapping[int, Sequence[tuple[datetime, int]]]:
    found: dict[int, list[tuple[datetime, int]]] = {}
    rows = Event.objects.filter(complaint__in=set(complaint_ids), by=By.AGENT).filter(
        Q(kind__in=SPOKE) & ~Q(content__data__has_key="automatic")
    )
    for complaint, at, agent in rows.order_by("sequence").values_list("complaint_id", "at", "agent_id"):
        if agent is not None:
            found.setdefault(complaint, []).append((at, agent))
    return found


class _Clocks:
    """Working time by the calendar of each team, each read once."""

    def __init__(self) -> None:
        self._calendars: dict[int, WorkingCalendar] = {}

    def wait(self, complaint: Complaint, *, since: datetime, came: datetime | None, now: datetime) -> Wait:
        calendar = self._of(complaint)
        return Wait(calendar.working_time_between(since, max(since, came or now)), came is not None)

    def _of(self, complaint: Complaint) -> WorkingCalendar:
        key = complaint.team_id or -complaint.owner_id
        if key not in self._calendars:
            team = complaint.team
            self._calendars[key] = complaint.owner.calendar() if team is None else team.calendar.as_value()
        return self._calendars[key]


def _by_door(waits: Waits, *, limit: timedelta) -> tuple[Reached, ...]:
    found: list[Reached] = []
    for door in DOORS:
        here = [wait for at, wait in waits if at == door]
        if not here:
            continue
        # Who still waits within the limit may be reached in time yet: that is not decided.
        decided = [wait for wait in here if wait.came or wait.length > limit]
        seconds = median_wait([(wait.length.total_seconds(), wait.came) for wait in here])
        found.append(
            Reached(
                door=door,
                n=len(here),
                reached=sum(wait.came for wait in here),
                median=None if seconds is None else timedelta(seconds=seconds),
                in_time=share(sum(wait.came and wait.length <= limit for wait in decided), len(decided)),
            )
        )
    return tuple(found)
