"""Rows of the desk into a value of the engine: the only translation there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from amends.desk.complaints import whole
from amends.desk.complaints.models import Companion, Complaint, Event, EventKind
from amends.desk.complaints.timeline import BRINGING_IN
from amends.desk.people.models import Role
from amends.desk.web import questions
from amends.desk.web.questions import Among
from amends.engine.conversation import record

# Whose words a kind of event holds. Notes are for colleagues and left out; the text of a call is the agent's minutes.
SPOKEN: Final[Mapping[str, record.By]] = {
    EventKind.CUSTOMER_WROTE: "customer",
    EventKind.NOT_CONTENT: "customer",
    EventKind.REPLIED: "agent",
    EventKind.ACKNOWLEDGED: "system",
}
HAPPENED: Final[Mapping[str, record.Happening]] = {
    EventKind.OWNER_TAKEN: "owner-taken",
    EventKind.HANDED_OVER: "handed-over",
    EventKind.COMPANION: "companion",
    EventKind.CALLED: "called",
    EventKind.PAUSED: "paused",
    EventKind.WAITING_ON_THIRD_PARTY: "waiting-on-third-party",
    EventKind.PROMISE_MADE: "promise-made",
    EventKind.PROMISE_KEPT: "promise-kept",
    EventKind.PROMISE_BROKEN: "promise-broken",
    EventKind.PROMISE_MOVED: "promise-moved",
    EventKind.PROMISE_WITHDRAWN: "promise-withdrawn",
    EventKind.REMEDY: "remedy",
    EventKind.ASKED_FOR_PERSON: "asked-for-person",
    EventKind.ASKED_FOR_MANAGER: "asked-for-manager",
    EventKind.ASKED_FOR_CALL: "asked-for-call",
    EventKind.CONTENT: "content",
    EventKind.NOT_CONTENT: "not-content",
    EventKind.RATED: "rated",
    EventKind.CLOSED: "closed",
    EventKind.REOPENED: "reopened",
}
CHANNELS: Final[Mapping[str, record.Channel]] = {
    "form": "form",
    "mail": "mail",
    "phone": "phone",
    "visit": "visit",
    "portal": "portal",
}
# Whom a customer means who asks for a manager.
ROLES: Final[Mapping[str, record.Role]] = {
    Role.LEAD: "lead",
    Role.QUALITY: "manager",
    Role.ADMINISTRATOR: "manager",
}


A_MONTH: Final = timedelta(days=31)
NOTHING_READ: Final[Mapping[int, list[Event]]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Zone:
    zone: tzinfo

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def read(self, value: object) -> datetime | None:
        return self.local(datetime.fromisoformat(str(value))) if value else None


def as_conversation(
    *, complaint: Complaint, now: datetime, events: Sequence[Event] | None = None
) -> record.Conversation:
    """Tell a complaint as the engine reads it, in the time zone of the team that owns it, as of now.

    `events` are its own, with words and authors, where they are read already.
    """
    known = {} if events is None else {complaint.pk: list(events)}
    return as_conversations(complaints=[complaint], now=now, known=known)[0]


def as_conversations(
    *, complaints: Sequence[Complaint], now: datetime, known: Mapping[int, list[Event]] = NOTHING_READ
) -> list[record.Conversation]:
    """Tell some complaints, in the same order; what happened in all of them is read at once, unless it is known."""
    ids = [complaint.pk for complaint in complaints]
    timelines: dict[int, list[Event]] = {pk: known.get(pk, []) for pk in ids}
    if unread := [pk for pk in ids if pk not in known]:
        for event in questions.ask("events of complaints", _of_complaints, complaints=unread):
            timelines[event.complaint_id].append(event)
    told = whole.told_with_merged(timelines)
    # Without what was taken back at once or split off, for the engine reads what holds.
    timelines = {pk: _of_one(pk, whole.holding(events)) for pk, events in told.items()}
    beside: dict[int, list[Companion]] = {pk: [] for pk in ids}
    with_somebody = [pk for pk, events in told.items() if any(event.kind in BRINGING_IN for event in events)]
    if with_somebody:
        for companion in Companion.objects.filter(complaint__in=with_somebody).select_related("agent").order_by("pk"):
            beside[companion.complaint_id].append(companion)
    history = _history(complaints)
    return [
        _as_value(one, events=timelines[one.pk], companions=beside[one.pk], history=history[one.customer_id], now=now)
        for one in complaints
    ]


def _of_complaints() -> QuerySet[Event]:
    return whole.in_order(Event.objects.filter(Among("complaint_id", "complaints")))


def _of_one(pk: int, events: list[Event]) -> list[Event]:
    """Leave out who owned a merged one and how it ended: the engine hears of one complaint with one owner."""
    return [event for event in events if event.complaint_id == pk or event.kind not in whole.OF_ITS_OWN]


@dataclass(frozen=True, slots=True)
class _Known:
    """A complaint of the customer, with where it came from."""

    pk: int
    number: int
    received_at: datetime
    cause: record.Cause | None
    is_confirmed: bool


def _history(complaints: Sequence[Complaint]) -> dict[int, list[_Known]]:
    """Read all complaints of these customers, the first one first, in one question."""
    history: dict[int, list[_Known]] = {complaint.customer_id: [] for complaint in complaints}
    rows = questions.ask("complaints of customers", _of_customers, customers=history)
    for customer, pk, number, received_at, layer, theme, confirmed_at in rows:
        cause = record.Cause(layer=layer, theme=theme or "") if layer else None
        history[customer].append(_Known(pk, number, received_at, cause, confirmed_at is not None))
    return history


def _of_customers() -> QuerySet[Complaint, Any]:
    rows = Complaint.objects.filter(Among("customer_id", "customers")).order_by("received_at", "pk")
    return rows.values_list(
        "customer_id", "pk", "number", "received_at", "cause__layer", "cause__theme__name", "cause__confirmed_at"
    )


def _as_value(
    complaint: Complaint, *, events: list[Event], companions: list[Companion], history: list[_Known], now: datetime
) -> record.Conversation:
    zone = _Zone(
        complaint.owner.calendar().zone if complaint.team is None else ZoneInfo(complaint.team.calendar.time_zone)
    )
    return record.Conversation(
        id=str(complaint.number),
        turns=tuple(_turns(events, zone)),
        as_of=zone.local(now),
        facts=_facts(complaint, history, zone),
        parties=tuple(_parties(complaint, events, companions)),
        events=tuple(_happenings(events, zone)),
        working=_working(complaint, events, now=now),
    )


def _working(complaint: Complaint, events: list[Event], *, now: datetime) -> record.WorkingWeek:
    """Tell when its team works, with the days off that can matter to it."""
    calendar = complaint.owner.calendar() if complaint.team is None else complaint.team.calendar.as_value()
    first = (events[0].at if events else now).date() - A_MONTH
    last = now.date() + 2 * A_MONTH
    return record.WorkingWeek(
        zone=str(calendar.zone),
        week=tuple(
            (day, tuple((_hour(span.opens), _hour(span.closes)) for span in spans)) for day, spans in calendar.week
        ),
        days_off=tuple(sorted(day for day in calendar.days_off if first <= day <= last)),
    )


def _hour(hour: time) -> str:
    return "24:00" if hour == time.max else f"{hour:%H:%M}"


def _turns(events: list[Event], zone: _Zone) -> Iterator[record.Turn]:
    for event in events:
        by = SPOKEN.get(event.kind)
        text = event.content.text
        if by is None or not text.strip():
            continue
        automatic = event.kind == EventKind.ACKNOWLEDGED or bool(event.content.data.get("automatic"))
        yield record.Turn(
            by=by,
            text=text,
            at=zone.local(event.at),
            party=_party(event, by),
            channel=CHANNELS.get(event.channel, "other"),
            language=event.language,
            automatic=automatic,
            at_once=_at_once(event.content.data),
            heat=int(event.content.data.get("heat", 0)) if by == "customer" else None,
        )


def _happenings(events: list[Event], zone: _Zone) -> Iterator[record.Event]:
    for event in events:
        kind = HAPPENED.get(event.kind)
        if kind is None:
            continue
        data: dict[str, Any] = event.content.data
        yield from _holds(event, data, zone)
        yield record.Event(
            kind=kind,
            at=zone.local(event.at),
            party=_who(event, data),
            words=str(data.get("words") or data.get("reason") or data.get("who") or data.get("what") or ""),
            due=zone.read(data.get("due") or data.get("until")),
            promise=str(data.get("promise", "")),
            amount=_amount(data.get("cost")),
            rating=cast("int | None", data.get("outcome")),
            lasted=_seconds(data.get("seconds")),
            at_once=_at_once(data),
        )


def _holds(event: Event, data: Mapping[str, Any], zone: _Zone) -> Iterator[record.Event]:
    """Tell how long the customer was on hold in a call, each time as it was counted."""
    if event.kind != EventKind.CALLED:
        return
    for hold in data.get("holds") or ():
        if (lasted := _seconds(hold)) is not None:
            yield record.Event(kind="held", at=zone.local(event.at), party=_party(event, "agent"), lasted=lasted)


def _seconds(value: object) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None


def _who(event: Event, data: Mapping[str, Any]) -> str:
    """Name the party that an event is about: the new owner of a hand-over, the expert brought in, else who did it."""
    if event.kind == EventKind.HANDED_OVER:
        return f"agent:{data['to']}"
    if event.kind == EventKind.COMPANION:
        return f"agent:{data['agent']}"
    return _party(event, cast("record.By", event.by))


def _party(event: Event, by: record.By) -> str:
    if by == "customer":
        return "customer"
    return f"agent:{event.agent_id}" if event.agent_id is not None else "desk"


def _parties(complaint: Complaint, events: list[Event], companions: list[Companion]) -> Iterator[record.Party]:
    yield record.Party(id="customer", by="customer", name=complaint.customer.name)
    yield record.Party(id="desk", by="system")
    agents = {event.agent_id: event.agent for event in events if event.agent is not None}
    for companion in companions:
        agents.setdefault(companion.agent_id, companion.agent)
    agents.setdefault(complaint.owner_id, complaint.owner)
    for pk, agent in sorted(agents.items(), key=lambda item: str(item[0])):
        yield record.Party(id=f"agent:{pk}", by="agent", name=agent.name, role=ROLES.get(agent.role, "agent"))


def _facts(complaint: Complaint, history: list[_Known], zone: _Zone) -> record.Facts:
    customer = complaint.customer
    this = next((known for known in history if known.pk == complaint.pk), None)
    other = [("complaint", str(complaint.number))]
    if customer.orders:
        other.append(("orders", str(customer.orders)))
    places = (("product", complaint.product), ("branch", complaint.branch))
    other += [(name, one.name) for name, one in places if one is not None]
    return record.Facts(
        customer_id=str(customer.pk),
        customer_name=customer.name,
        honorific=customer.honorific,
        address=customer.address,
        language=customer.language,
        since=customer.since,
        yearly_value=customer.yearly_value,
        currency=customer.currency,
        other=tuple(other),
        # What is only proposed is not the organisation's word yet.
        cause=this.cause if this is not None and this.is_confirmed else None,
        earlier=tuple(
            record.Earlier(on=zone.local(known.received_at).date(), id=str(known.number), cause=known.cause)
            for known in history
            if (known.received_at, known.pk) < (complaint.received_at, complaint.pk)
        ),
    )


def _at_once(data: Mapping[str, Any]) -> int | None:
    held = data.get("at_once")
    return held if isinstance(held, int) else None


def _amount(value: object) -> Decimal | None:
    try:
        return Decimal(str(value)) if value not in {None, ""} else None
    except InvalidOperation:
        return None
