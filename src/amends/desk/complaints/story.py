"""One complaint as it is read: messages, notes and events in order, and the person beside them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, DateTimeField, Exists, OuterRef, QuerySet, Subquery

from amends.desk.complaints import links, tags, whole
from amends.desk.complaints.in_one import RowsOf, moment
from amends.desk.complaints.models import By, Companion, Complaint, Draft, Event, EventKind, Pin, Tagging
from amends.desk.complaints.sentences import sentence
from amends.desk.complaints.shown import is_passed_around
from amends.desk.complaints.timeline import MESSAGES
from amends.desk.complaints.visible import visible
from amends.desk.customers.local_time import zones_of
from amends.desk.customers.queries import (
    A_YEAR,
    BeenThrough,
    Record,
    address_form,
    been_through,
    record_among,
    ways_of,
)
from amends.desk.people.models import Agent
from amends.desk.web import questions
from amends.desk.web.middleware import known_zone
from amends.desk.web.questions import Blank

# What the customer sees of the timeline; the rest is between colleagues.
FOR_CUSTOMER: Final = frozenset(EventKind.values) - {
    EventKind.NOTED,
    EventKind.COMPANION,
    EventKind.PAUSED,
    EventKind.WARNED,
    EventKind.THIRD_PARTY_ANSWERED,  # told in our own words, by a person
    EventKind.CLOCK_STARTED,
    EventKind.CLOCK_EXTENDED,
    EventKind.FINAL_ANSWER,
    EventKind.PROMISE_NOTICE,
    EventKind.REMEDY_DROPPED,
    EventKind.OUR_FAULT,
    EventKind.ROOM_ASKED,
    EventKind.ROOM_ANSWERED,
    EventKind.CAUSE_CONFIRMED,
    EventKind.PLACED,
    EventKind.UNDONE,
    EventKind.ERASED,
    EventKind.CAME_BACK,
    EventKind.TAKEOVER_ASKED,
    EventKind.TAKEOVER_DECLINED,
    EventKind.MANAGER_RUNG,
    EventKind.SNOOZED,
    EventKind.WOKEN,
    EventKind.TAGGED,
    EventKind.UNTAGGED,
    EventKind.LINKED,
    EventKind.UNLINKED,
    EventKind.MERGED,
    EventKind.SPLIT,
    EventKind.SPLIT_FROM,
    EventKind.FILLED_IN,
}
PROMISE_STATES: Final[Mapping[str, str]] = {
    EventKind.PROMISE_MADE: "open",
    EventKind.PROMISE_MOVED: "open",
    EventKind.PROMISE_KEPT: "kept",
    EventKind.PROMISE_BROKEN: "broken",
    EventKind.PROMISE_WITHDRAWN: "withdrawn",
}
# Events that name somebody else than who did them.
NAMES_SOMEBODY: Final = frozenset({
    EventKind.HANDED_OVER, EventKind.COMPANION, EventKind.WARNED, EventKind.ROOM_ASKED, EventKind.TAKEOVER_ASKED,
    EventKind.TAKEOVER_DECLINED, EventKind.MANAGER_RUNG, EventKind.ASKED_FOR_PERSON,
})  # fmt: skip
# Numbers and codes that a customer gave: an order, a parcel, an account.
_CODE = re.compile(r"(?<![\w@.])(?:[A-Za-z]{1,5}[-/]?)?\d[\d-]{3,}\d(?![\w@])")
CODES_SHOWN = 8
EARLIER_SHOWN: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An attachment as a link needs it."""

    id: int
    name: str
    media_type: str
    size: int
    content_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """A promise as the timeline tells it."""

    id: int
    number: int  # of the complaint
    words: str
    due_at: datetime
    whole_day: bool
    state: str  # open, kept, broken, withdrawn
    made_in: int | None
    every: str = ""  # how often it comes again


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One message, note or event."""

    id: int
    sequence: int
    kind: str
    look: str  # "message", "note" or "event"
    by: str
    at: datetime
    agent_id: int | None
    agent_name: str
    mine: bool
    sentence: str  # what happened; empty for a plain message
    text: str
    html: str
    quoted: str
    channel: str
    language: str
    direction: str  # "rtl" or "ltr", of the words
    automatic: bool
    due_at: datetime | None  # of a promise, a pause, a third party
    whole_day: bool
    promises: tuple[Promised, ...]  # made in this message
    files: tuple[File, ...]
    data: Mapping[str, Any]
    came_from: int = 0  # the number of the merged complaint in which it was said
    moved_to: int = 0  # the number of the complaint that it became part of
    stands: bool = True  # and was not taken back


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """Another complaint of the same customer."""

    number: int
    subject: str
    stage: str
    received_at: datetime
    resolved_at: datetime | None
    owner_name: str
    broken_promises: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """Words of the customer that somebody pinned, and the message in which they stand."""

    id: int
    words: str
    event: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Expert:
    """Somebody brought in."""

    agent_id: int
    name: str
    since: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPane:
    """Who the customer is, and what they have been through."""

    customer_id: int
    name: str
    address_form: str
    say: str
    language: str
    since: date | None
    orders: int
    yearly_value: Decimal | None
    currency: str
    note: str
    ways: tuple[tuple[str, str], ...]
    zones: tuple[ZoneInfo, ...]  # in which they live: one, the two ends of a country that has several, or none known
    zone_told: bool  # by their own browser when they wrote; else by the country of their telephone number
    been_through: BeenThrough
    third_person: bool
    wish: str
    asked_for: tuple[str, ...]  # "person", "manager", "call": asked and not answered since
    open_promises: tuple[Promised, ...]  # in all their complaints, the next one first
    broken_promises: tuple[Promised, ...]  # of this complaint
    earlier: tuple[Earlier, ...]
    pinned: tuple[Pinned, ...]  # what a person pinned of their words
    told_already: tuple[str, ...]  # numbers and codes in their words, and files they sent: nobody asks twice
    experts: tuple[Expert, ...]
    erased: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What stands beside a complaint and its person, read in one question."""

    ways: tuple[tuple[str, str], ...]
    experts: tuple[Expert, ...]
    earlier: tuple[Earlier, ...]
    tags: list[tags.Word]
    links: list[links.Linked]
    pinned: tuple[Pinned, ...]
    draft: str  # what the reader has written and not sent
    owed_elsewhere: bool  # whether they were promised something in another complaint
    record: Record


def beside(*, complaint: Complaint, reader: Agent | None = None) -> Beside:
    """Read what stands beside a complaint, as columns of one row: ten small questions would cost ten times as much."""
    told = {
        "complaint": complaint.pk,
        "customer": complaint.customer_id,
        "reader": reader.pk if reader is not None else None,
        "since": complaint.received_at - A_YEAR,
        "until": complaint.received_at,
    }
    # Where a wall stands it is another question for each reader.
    rows = list(_beside(**told)) if visible() else questions.ask("beside", lambda: _beside(**_BESIDE), **told)
    row = dict(zip(_COLUMNS, rows[0], strict=True))
    return Beside(
        ways=tuple((kind, value) for kind, value in row["ways"]),
        experts=tuple(
            Expert(agent_id=pk, name=name, since=since, answered_at=moment(answered_at))
            for pk, name, at, answered_at in row["experts"]
            if (since := moment(at)) is not None
        ),
        earlier=tuple(
            Earlier(
                number=number,
                subject=subject,
                stage=stage,
                received_at=received_at,
                resolved_at=moment(resolved_at),
                owner_name=owner_name,
                broken_promises=broken,
            )
            for number, subject, stage, at, resolved_at, owner_name, broken in row["earlier"]
            if (received_at := moment(at)) is not None
        ),
        tags=[tags.Word(id=pk, name=name) for pk, name in row["tagged"]],
        links=links.told(row["linked"]),
        pinned=tuple(Pinned(id=pk, words=words, event=event) for pk, words, event in row["pinned"]),
        draft=row["draft"] or "",
        owed_elsewhere=row["owed_elsewhere"],
        record=Record(complaints=row["complaints"], broken=row["broken"], same_cause=row["same_cause"]),
    )


_BESIDE: Final = {
    "complaint": Blank("complaint", BigIntegerField()),
    "customer": Blank("customer", BigIntegerField()),
    "reader": Blank("reader", BigIntegerField()),
    "since": Blank("since", DateTimeField()),
    "until": Blank("until", DateTimeField()),
}
_COLUMNS: Final = (
    "ways", "experts", "earlier", "tagged", "linked", "pinned", "draft", "owed_elsewhere", "complaints", "broken",
    "same_cause",
)  # fmt: skip


def _beside(*, complaint: Any, customer: Any, reader: Any, since: Any, until: Any) -> QuerySet[Any, Any]:
    """Write the question of `beside`; each may be a blank."""
    here = OuterRef("pk")
    theirs = Complaint.objects.filter(visible(), customer=customer)
    earlier = theirs.filter(merged_into=None).exclude(pk=complaint).order_by("-received_at")[:EARLIER_SHOWN]
    columns = {
        "ways": RowsOf(ways_of(customer), "kind", "value"),
        "experts": RowsOf(
            Companion.objects.filter(complaint=here).order_by("since", "pk"),
            "agent", "agent__name", "since", "answered_at",
        ),
        "earlier": RowsOf(
            earlier, "number", "subject", "stage", "received_at", "resolved_at", "owner__name", "broken_promises"
        ),
        "tagged": RowsOf(Tagging.objects.filter(complaint=here).order_by("tag__name", "tag"), "tag", "tag__name"),
        "linked": RowsOf(links.rows(complaint), *links.COLUMNS),
        "pinned": RowsOf(Pin.objects.filter(complaint=here).order_by("pk"), "pk", "words", "event"),
        "draft": Subquery(Draft.objects.filter(complaint=here, agent=reader).values("text")[:1]),
        "owed_elsewhere": Exists(_elsewhere(complaint, customer)),
        **record_among(theirs, within=(since, until), but=complaint),
    }  # fmt: skip
    return Complaint.objects.filter(pk=complaint).annotate(**columns).values_list(*_COLUMNS)


def conversation(*, complaint: Complaint, reader: Agent | None, events: list[Event] | None = None) -> list[Item]:
    """Tell a complaint in order, to an agent, or to the customer when there is no reader: without what is internal.

    Who has read all that happened already (`whole.events`) hands it in, here and to `person`.
    """
    events = whole.events(complaint) if events is None else events
    moved, numbers = whole.moved_to(events), whole.numbers(events, but=complaint)
    stand = {event.pk for event in whole.holding(events, moved=True)}
    if reader is None:
        events = [event for event in whole.for_customer(events, complaint=complaint) if event.kind in FOR_CUSTOMER]
    names = _names(events)
    by_message: dict[int | None, list[Promised]] = {}
    for promise in _promises(events, complaint.number):
        by_message.setdefault(promise.made_in, []).append(promise)
    return [
        _item(
            event,
            reader=reader,
            names=names,
            promises=by_message.get(event.pk, ()),
            came_from=numbers.get(event.complaint_id, 0),
            moved_to=moved.get(event.pk, 0),
            stands=event.pk in stand,
        )
        for event in events
    ]


def person(
    *,
    complaint: Complaint,
    now: datetime,
    reader: Agent | None = None,
    events: list[Event] | None = None,
    around: Beside | None = None,
) -> PersonPane:
    """Describe the person beside the conversation; who has read what stands there (`beside`) hands it in."""
    customer = complaint.customer
    around = around or beside(complaint=complaint)
    events = whole.holding(whole.events(complaint) if events is None else events)
    promises = list(_promises(events, complaint.number))
    elsewhere = _promises_elsewhere(complaint) if around.owed_elsewhere else []
    told = zone_told(events)
    return PersonPane(
        customer_id=customer.pk,
        name=customer.name,
        address_form=address_form(
            customer=customer, reader_language=reader.language if reader is not None else customer.language
        ),
        say=customer.say,
        language=customer.language,
        since=customer.since,
        orders=customer.orders,
        yearly_value=customer.yearly_value,
        currency=customer.currency,
        note=customer.note,
        ways=around.ways,
        zones=(told,) if told is not None else zones_of(around.ways, now=now),
        zone_told=told is not None,
        been_through=been_through(customer=customer, complaint=complaint, now=now, told=around.record),
        third_person=is_passed_around(people=complaint.people, handovers=complaint.handovers),
        wish=complaint.wish,
        asked_for=tuple(_asked_for(events)),
        open_promises=tuple(
            sorted(
                (promise for promise in (*promises, *elsewhere) if promise.state == "open"),
                key=lambda promise: (promise.due_at, promise.id),
            )
        ),
        broken_promises=tuple(promise for promise in promises if promise.state == "broken"),
        earlier=around.earlier,
        pinned=around.pinned,
        told_already=tuple(_told_already(events)),
        experts=around.experts,
        erased=customer.erased_at is not None,
    )


def draft(*, complaint: Complaint, agent: Agent) -> str:
    """Return what the agent has written and not sent."""
    return Draft.objects.filter(complaint=complaint, agent=agent).values_list("text", flat=True).first() or ""


def direction(text: str, *, language: str = "") -> str:
    """Return which way words run: by their first letter that has a direction, else by their language."""
    for letter in text:
        match unicodedata.bidirectional(letter):
            case "R" | "AL":
                return "rtl"
            case "L":
                return "ltr"
    return "rtl" if language == "fa" else "ltr"


def _names(events: Iterable[Event]) -> dict[int, str]:
    """Name everybody who did something or to whom something was done, in one more question at most."""
    names = {event.agent_id: event.agent.name for event in events if event.agent_id is not None and event.agent}
    told = {
        int(event.content.data[role])
        for event in events
        for role in ("to", "agent")
        if event.kind in NAMES_SOMEBODY and event.content.data.get(role) is not None
    }
    if missing := told - names.keys():
        names |= dict(Agent.objects.filter(pk__in=missing).values_list("pk", "name"))
    return names


def _item(
    event: Event,
    *,
    reader: Agent | None,
    names: Mapping[int, str],
    promises: Iterable[Promised],
    came_from: int,
    moved_to: int,
    stands: bool,
) -> Item:
    content = event.content
    # The text of a call is the agent's own minutes.
    hidden = reader is None and event.kind == EventKind.CALLED
    text = "" if hidden else content.text
    data = content.data
    due = data.get("due") or data.get("until")
    agent_name = event.agent.name if event.agent is not None else ""
    files = tuple(
        File(id=row.pk, name=row.name, media_type=row.media_type, size=row.size, content_id=row.content_id)
        for row in event.attachments.all()
    )
    look = "message" if event.kind in MESSAGES and (text.strip() or files) else "event"
    return Item(
        id=event.pk,
        sequence=event.sequence,
        kind=event.kind,
        look="note" if event.kind == EventKind.NOTED else look,
        by=event.by,
        at=event.at,
        agent_id=event.agent_id,
        agent_name=agent_name,
        mine=reader is not None and event.agent_id == reader.pk,
        sentence=sentence(kind=event.kind, agent=agent_name, data=data, names=names, for_customer=reader is None),
        text=text,
        html="" if hidden else content.html,
        quoted="" if hidden else content.quoted,
        channel=event.channel,
        language=event.language,
        direction=direction(text, language=event.language),
        automatic=event.kind == EventKind.ACKNOWLEDGED or bool(data.get("automatic")),
        due_at=datetime.fromisoformat(due) if due else None,
        whole_day=bool(data.get("whole_day")),
        promises=tuple(promises),
        files=files,
        data=data if reader is not None else {},
        came_from=came_from,
        moved_to=moved_to,
        stands=stands,
    )


def _promises(events: Iterable[Event], number: int) -> Iterable[Promised]:
    """Read the promises out of the events: each as it was last told."""
    told: dict[int, Promised] = {}
    for event in events:
        state, data = PROMISE_STATES.get(event.kind), event.content.data
        if state is None:
            continue
        told[int(data["promise"])] = Promised(
            id=int(data["promise"]),
            number=number,
            words=str(data.get("words", "")),
            due_at=datetime.fromisoformat(data["due"]),
            whole_day=bool(data.get("whole_day")),
            state=state,
            made_in=data.get("made_in"),
            every=str(data.get("every", "")),
        )
    return told.values()


def _elsewhere(complaint: Any, customer: Any) -> QuerySet[Complaint]:
    others = Complaint.objects.filter(visible(), customer=customer, promise_due_at__isnull=False)
    return others.exclude(pk=complaint)


def _promises_elsewhere(complaint: Complaint) -> list[Promised]:
    events = (
        Event.objects.filter(
            complaint__in=_elsewhere(complaint.pk, complaint.customer_id).values("pk"), kind__in=list(PROMISE_STATES)
        )
        .select_related("content", "complaint")
        .order_by("complaint", "sequence")
    )
    by_complaint: dict[int, list[Event]] = {}
    for event in events:
        by_complaint.setdefault(event.complaint.number, []).append(event)
    return [promise for number, story in by_complaint.items() for promise in _promises(story, number)]


def _asked_for(events: Iterable[Event]) -> list[str]:
    asked: dict[str, str] = {
        EventKind.ASKED_FOR_PERSON: "person",
        EventKind.ASKED_FOR_MANAGER: "manager",
        EventKind.ASKED_FOR_CALL: "call",
    }
    open_: dict[str, None] = {}
    for event in events:
        if event.kind in asked:
            open_[asked[event.kind]] = None
        elif event.kind == EventKind.CALLED:
            open_ = {}
        elif event.kind == EventKind.REPLIED:
            open_ = dict.fromkeys(what for what in open_ if what == "call")  # a letter is no call
    return list(open_)


def zone_told(events: Iterable[Event]) -> ZoneInfo | None:
    """The zone that their own browser named when they complained, as the receipt keeps it."""
    found = None
    for event in events:
        if event.kind == EventKind.ACKNOWLEDGED and event.content.data.get("theirs"):
            found = known_zone(str(event.content.data.get("zone", ""))) or found
    return found


def _told_already(events: Iterable[Event]) -> list[str]:
    told: dict[str, None] = {}
    for event in events:
        if event.by == By.CUSTOMER:
            told |= dict.fromkeys(_CODE.findall(event.content.text))
    files = [row.name for event in events if event.by == By.CUSTOMER for row in event.attachments.all()]
    return [*list(told)[:CODES_SHOWN], *files]
