"""The customer's page: what is for the customer, and nothing else of the timeline."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, CharField, QuerySet
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from amends.desk.complaints import whole
from amends.desk.complaints.models import Attachment, Channel, Complaint, Event, EventKind, Stage
from amends.desk.people.models import Agent
from amends.desk.people.queries import lead_of
from amends.desk.promises.models import Promise, State
from amends.desk.reaching.queries import rung_for
from amends.desk.remedies.models import Kind as RemedyKind
from amends.desk.web import questions
from amends.desk.web.middleware import known_zone
from amends.desk.web.questions import Blank
from amends.engine.promises.calendar import NoWorkingTimeError

KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
OPENS_FOR = timedelta(days=180)  # that the link of a complaint which has ended goes on opening its page
ASKED = {
    EventKind.ASKED_FOR_PERSON: "person",
    EventKind.ASKED_FOR_MANAGER: "manager",
    EventKind.ASKED_FOR_CALL: "call",
}
A_PERSON_CAME = {EventKind.REPLIED, EventKind.CALLED}
# Everything else stays in the house: notes, companions, pauses, warnings, causes, how a call went.
MESSAGES = {EventKind.CUSTOMER_WROTE, EventKind.REPLIED, EventKind.NOT_CONTENT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One of the four steps at the head of the page."""

    state: Literal["done", "now", "missed", "todo"]
    words: str
    at: datetime | None = None
    whole_day: bool = False
    is_due: bool = False
    meant_in: ZoneInfo | None = None  # by whose clock it was said, where that shows another hour
    more: tuple[Step, ...] = ()  # what else is promised, so that a nearer word hides no later one


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    id: int
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A message, or a line on what happened."""

    id: int
    at: datetime
    is_message: bool
    ours: bool = False
    who: str = ""
    text: str = ""
    html: str = ""  # of what was written with marks; already safe
    language: str = ""
    line: str = ""
    quote: str = ""
    due: datetime | None = None
    whole_day: bool = False
    meant_in: ZoneInfo | None = None  # as in Step
    state: str = ""  # of the promise that was made here, once it is settled
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The customer asked for a person, a manager or a call, and nobody came yet."""

    what: str
    at: datetime
    told: str
    comes: bool = False  # they said that they come, and have not spoken yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """By whose clock all hours of the page are, and of the receipt that led to it."""

    zone: ZoneInfo
    is_theirs: bool  # the customer's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    number: int
    key: str
    subject: str
    language: str
    wish: str
    zone: ZoneInfo
    times_of: ZoneInfo | None  # said beside each promise, where the customer's own is not known
    owner: str
    owner_since: datetime
    steps: tuple[Step, ...]
    items: tuple[Item, ...]
    asked: tuple[Asked, ...]
    back_at: datetime | None  # nobody is at work now; from then on
    phone: str
    is_over: bool
    is_content: bool
    may_rate: bool
    is_rated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Story:
    """The rows of one complaint, read once."""

    complaint: Complaint
    events: list[Event]
    promises: Mapping[int, Promise]
    agents: Mapping[int, str] = field(default_factory=dict)
    zone: ZoneInfo

    def due(self, promise: Promise, due_at: datetime, *, whole_day: bool) -> datetime:
        """When a promise falls due, for the reader: a day that was named stays that day, wherever they are."""
        if not whole_day:
            return due_at
        return datetime.combine(due_at.astimezone(self._said_in(promise)).date(), time(12), self.zone)

    def meant_in(self, promise: Promise, due_at: datetime, *, whole_day: bool) -> ZoneInfo | None:
        """By whose clock the hour of a promise was said, unless the page's own shows the same hour."""
        said = self._said_in(promise)
        same = due_at.astimezone(said).utcoffset() == due_at.astimezone(self.zone).utcoffset()
        return None if whole_day or same else said

    def _said_in(self, promise: Promise) -> ZoneInfo:
        event = promise.made_in
        if event.agent is None:
            return _told_in(event) or zone_of(complaint=self.complaint)
        return ZoneInfo(str(event.agent.calendar().zone))

    def last_told(self, promise: Promise) -> int:
        """The event that says by when as it holds now: made, or moved."""
        told = [
            event.pk
            for event in self.events
            if event.kind in {EventKind.PROMISE_MADE, EventKind.PROMISE_MOVED}
            and _data(event).get("promise") == promise.pk
        ]
        return told[-1] if told else 0

    def name(self, agent: int | None) -> str:
        return self.agents.get(agent or 0, "")


def find(*, key: str) -> Complaint | None:
    """The complaint behind a private link."""
    if not KEY.fullmatch(key):
        return None
    found: list[Complaint] = questions.ask(
        "private link", lambda: _whole().filter(key=Blank("key", CharField())), key=key
    )
    complaint = found[0] if found else None
    while complaint is not None and complaint.merged_into_id is not None:
        complaint = _whole().filter(pk=complaint.merged_into_id).first()  # the link goes on opening it
    return complaint


def _whole() -> QuerySet[Complaint]:
    return Complaint.objects.select_related("customer", "owner__team__calendar", "owner__team__lead")


def has_expired(*, complaint: Complaint, now: datetime) -> bool:
    """Whether the private link opens nothing any more: it has ended, and nothing was said or done in it for long.

    A link that is sent again is such a word, so that it opens the page anew.
    """
    return not complaint.live and complaint.last_event_at < now - OPENS_FOR


def zone_of(*, complaint: Complaint) -> ZoneInfo:
    """The owner's time zone, in which their hours are meant."""
    return ZoneInfo(str(complaint.owner.calendar().zone))


def clock_of(*, complaint: Complaint, reader: ZoneInfo | None) -> Clock:
    """Choose the one clock of the page.

    It is the customer's own: as their browser said it when they complained, so that the page says what the receipt
    says; else as the browser says it that reads now. Where neither is known it is that of the receipt, the owner's.
    """
    receipts: list[Event] = questions.ask("receipts of a complaint", _receipts, complaint=complaint.pk)
    told = next((event for event in receipts if _told_in(event)), None)
    if told is not None and (reader is None or _data(told).get("theirs")):
        return Clock(zone=_told_in(told) or zone_of(complaint=complaint), is_theirs=bool(_data(told).get("theirs")))
    return Clock(zone=reader or zone_of(complaint=complaint), is_theirs=reader is not None)


def _receipts() -> QuerySet[Event]:
    of = Event.objects.filter(complaint=Blank("complaint", BigIntegerField()), kind=EventKind.ACKNOWLEDGED)
    return of.select_related("content").order_by("sequence")


def _told_in(receipt: Event) -> ZoneInfo | None:
    return known_zone(str(_data(receipt).get("zone", "")))


def page(*, complaint: Complaint, now: datetime, reader: ZoneInfo | None = None) -> Page:
    """Everything that stands on the customer's page; `reader` is the zone that their browser says now."""
    clock = clock_of(complaint=complaint, reader=reader)
    story = _read(complaint, clock.zone)
    kinds = [event.kind for event in story.events]
    return Page(
        number=complaint.number,
        key=complaint.key,
        subject=complaint.subject,
        language=complaint.language,
        wish=complaint.wish,
        zone=clock.zone,
        times_of=None if clock.is_theirs else clock.zone,
        owner=name_of(complaint.owner),
        owner_since=_owner_since(story),
        steps=_steps(story),
        items=tuple(_items(story)),
        asked=tuple(_asked(story)),
        back_at=_back_at(complaint.owner, now=now),
        phone=_phone(story),
        is_over=complaint.stage in {Stage.RESOLVED, Stage.CLOSED},
        is_content=complaint.stage == Stage.RESOLVED or complaint.resolved_at is not None,
        may_rate=complaint.resolved_at is not None and not _rated_since_content(kinds),
        is_rated=_rated_since_content(kinds),
    )


def attachment(*, complaint: Complaint, pk: int) -> Attachment | None:
    """A file of a message that the customer may see."""
    found = Attachment.objects.filter(event__complaint__in=whole.ids(complaint), event__kind__in=MESSAGES)
    return found.filter(pk=pk).first()


def _read(complaint: Complaint, zone: ZoneInfo) -> _Story:
    events = whole.for_customer(whole.events(complaint), complaint=complaint)
    agents = {event.agent.pk: name_of(event.agent) for event in events if event.agent}
    agents[complaint.owner.pk] = name_of(complaint.owner)
    named = {
        int(event.content.data[end])
        for event in events
        if event.kind == EventKind.HANDED_OVER and hasattr(event, "content")
        for end in ("from", "to")
        if end in event.content.data
    }
    if unknown := named - agents.keys():
        agents |= {agent.pk: name_of(agent) for agent in Agent.objects.filter(pk__in=unknown)}
    return _Story(
        complaint=complaint,
        events=events,
        promises={
            promise.pk: promise
            for promise in questions.ask("promises to a customer", _promises, complaint=complaint.pk)
        },
        agents=agents,
        zone=zone,
    )


def _promises() -> QuerySet[Promise]:
    of = Promise.objects.filter(complaint=Blank("complaint", BigIntegerField()))
    return of.select_related("made_in__content", "made_in__agent__team__calendar").order_by("due_at")


def _owner_since(story: _Story) -> datetime:
    taken = [
        event.at
        for event in story.events
        if (event.kind == EventKind.OWNER_TAKEN and event.agent_id == story.complaint.owner_id)
        or (event.kind == EventKind.HANDED_OVER and _data(event).get("to") == story.complaint.owner_id)
    ]
    return taken[-1] if taken else story.complaint.received_at


# ── The four steps ───────────────────────────────────────────────────────────


def _steps(story: _Story) -> tuple[Step, ...]:
    complaint = story.complaint
    return (
        Step(state="done", words=_("Received"), at=complaint.received_at),
        Step(state="done", words=_("{name} is on it").format(name=name_of(complaint.owner)), at=_owner_since(story)),
        _answer_step(story),
        _right_step(story),
    )


def _answer_step(story: _Story) -> Step:
    promises = list(story.promises.values())
    ahead = tuple(
        _due_step(story, promise, state="now", words=_("Promised: {promise}"))
        for promise in promises
        if promise.state == State.OPEN
    )
    for promise in promises:
        if promise.state == State.BROKEN and not _answered_after(story, promise.due_at):
            missed = _due_step(story, promise, state="missed", words=_("We missed: {promise}"))
            return replace(missed, more=ahead)
    if ahead:
        return replace(ahead[0], more=ahead[1:])
    kept = [promise for promise in promises if promise.state == State.KEPT]
    if kept:
        return Step(state="done", words=_("Promise kept"), at=kept[-1].settled_at)
    if story.complaint.first_person_at:
        return Step(state="done", words=_("Answered"), at=story.complaint.first_person_at)
    return Step(state="todo", words=_("Answer"))


def _due_step(story: _Story, promise: Promise, *, state: Literal["now", "missed"], words: str) -> Step:
    return Step(
        state=state,
        words=words.format(promise=_promised(promise)),
        at=story.due(promise, promise.due_at, whole_day=promise.whole_day),
        whole_day=promise.whole_day,
        is_due=True,
        meant_in=story.meant_in(promise, promise.due_at, whole_day=promise.whole_day),
    )


def _promised(promise: Promise) -> str:
    """The very words; the confirmation of receipt says its time in words, which stands beside it here."""
    if not _is_of_an_answer(promise):
        return promise.words
    return _("a call") if _is_of_a_call(promise) else _("an answer")


def _is_of_an_answer(promise: Promise) -> bool:
    return promise.made_in.kind == EventKind.ACKNOWLEDGED


def _is_of_a_call(promise: Promise) -> bool:
    return promise.made_in.channel == Channel.PHONE


def _answered_after(story: _Story, moment: datetime) -> bool:
    return any(event.kind in A_PERSON_CAME and event.at > moment for event in story.events)


def _right_step(story: _Story) -> Step:
    complaint = story.complaint
    remedies = [event for event in story.events if event.kind == EventKind.REMEDY]
    if complaint.resolved_at:
        return Step(state="done", words=pgettext("a step on the way", "Put right"), at=complaint.resolved_at)
    if complaint.stage == Stage.CLOSED:
        return Step(state="done", words=_("Closed"), at=complaint.closed_at)
    if remedies:
        return Step(state="now", words=_("Being put right"), at=remedies[-1].at)
    return Step(state="todo", words=pgettext("a step on the way", "Put right"))


# ── What was said and what happened ──────────────────────────────────────────


def _items(story: _Story) -> list[Item]:
    items = []
    for event in story.events:
        if event.kind in MESSAGES:
            item = _message(story, event)
        elif (tell := _LINES.get(event.kind)) is not None:
            item = tell(story, event)
        else:
            continue
        if item is not None:
            items.append(item)
    return items


def _message(story: _Story, event: Event) -> Item | None:
    if event.kind == EventKind.CUSTOMER_WROTE and event.agent_id is not None:
        # An agent's minutes of a call or a visit are written for colleagues.
        return _line(event, _("You told it to {name}.").format(name=story.name(event.agent_id)))
    text = event.content.text if hasattr(event, "content") else ""
    files = tuple(
        File(id=file.pk, name=file.name, media_type=file.media_type, size=file.size) for file in event.attachments.all()
    )
    if event.kind == EventKind.NOT_CONTENT and not text.strip():
        return _line(event, _("You said that you are not content."))
    if not text.strip() and not files:
        return None
    ours = event.kind == EventKind.REPLIED
    return Item(
        id=event.pk,
        at=event.at,
        is_message=True,
        ours=ours,
        who=story.name(event.agent_id) if ours else _("You"),
        text=text,
        html=event.content.html if ours and _data(event).get("marks") else "",
        language=event.language or story.complaint.language,
        files=files,
    )


def _line(event: Event, words: str, *, quote: str = "", due: datetime | None = None, whole_day: bool = False) -> Item:
    return Item(id=event.pk, at=event.at, is_message=False, line=words, quote=quote, due=due, whole_day=whole_day)


def _data(event: Event) -> dict[str, Any]:
    return event.content.data if hasattr(event, "content") else {}


def _handed_over(story: _Story, event: Event) -> Item:
    return _line(event, _("{name} is on it now.").format(name=story.name(_data(event).get("to"))))


def _promise_line(
    words: Callable[[], str], *, says_when: bool = True, own_told_beside: bool = False
) -> Callable[[_Story, Event], Item | None]:
    """Tell what became of a promise; the desk's own, of an answer or a call, is told by its name."""

    def tell(story: _Story, event: Event) -> Item | None:
        data = _data(event)
        promise = story.promises.get(int(data.get("promise", 0)))
        if promise is None:
            return None
        if own_told_beside and _is_of_an_answer(promise):
            return None  # the answer itself stands here, and the mark where it was promised
        whole_day = bool(data.get("whole_day", promise.whole_day))
        due = datetime.fromisoformat(data["due"]) if data.get("due") else promise.due_at
        own = _is_of_an_answer(promise)
        return Item(
            id=event.pk,
            at=event.at,
            is_message=False,
            line=f"{words()}: {_promised(promise)}" if own else words(),
            quote="" if own else promise.words,
            due=story.due(promise, due, whole_day=whole_day) if says_when else None,
            whole_day=whole_day,
            meant_in=story.meant_in(promise, due, whole_day=whole_day),
            state=promise.state if event.pk == story.last_told(promise) and promise.state != State.OPEN else "",
        )

    return tell


def _called(story: _Story, event: Event) -> Item:
    return _line(event, _("{name} called.").format(name=story.name(event.agent_id)))


def _manager_came(story: _Story, event: Event) -> Item:
    return _line(event, _("{name}, a manager, is with you now.").format(name=story.name(event.agent_id)))


def _third_party(story: _Story, event: Event) -> Item:
    del story
    data = _data(event)
    until = datetime.fromisoformat(data["until"]) if data.get("until") else None
    return _line(event, _("We are waiting for {who}.").format(who=data.get("who") or _("somebody outside")), due=until)


def _remedy(story: _Story, event: Event) -> Item:
    del story
    data = _data(event)
    kind = dict(RemedyKind.choices).get(data.get("kind", ""), "")
    return _line(event, _("Put right: {kind}").format(kind=kind), quote=str(data.get("what", "")))


def _says(words: Callable[[], str]) -> Callable[[_Story, Event], Item]:
    return lambda _story, event: _line(event, words())


def _content(story: _Story, event: Event) -> Item:
    del story
    if event.by == "customer":
        return _line(event, _("You said that you are content."))
    return _line(event, _("We noted that you are content."))


_LINES: Mapping[str, Callable[[_Story, Event], Item | None]] = {
    EventKind.HANDED_OVER: _handed_over,
    EventKind.CALLED: _called,
    EventKind.PROMISE_MADE: _promise_line(lambda: _("Promised")),
    EventKind.PROMISE_KEPT: _promise_line(lambda: _("Promise kept"), says_when=False, own_told_beside=True),
    EventKind.PROMISE_BROKEN: _promise_line(lambda: _("Promise not kept")),
    EventKind.PROMISE_MOVED: _promise_line(lambda: _("Promise moved")),
    EventKind.PROMISE_WITHDRAWN: _promise_line(
        lambda: _("Promise withdrawn with your yes"), says_when=False, own_told_beside=True
    ),
    EventKind.WAITING_ON_THIRD_PARTY: _third_party,
    EventKind.REMEDY: _remedy,
    EventKind.ASKED_FOR_PERSON: _says(lambda: _("You asked for a person.")),
    EventKind.ASKED_FOR_MANAGER: _says(lambda: _("You asked for a manager.")),
    EventKind.ASKED_FOR_CALL: _says(lambda: _("You asked for a call.")),
    EventKind.CALL_BOOKED: _says(lambda: _("You chose a time for the call.")),
    EventKind.MANAGER_CAME: _manager_came,
    EventKind.CONTENT: _content,
    EventKind.RATED: _says(lambda: _("You answered our two questions. Thank you.")),
    EventKind.CLOSED: _says(lambda: _("Closed.")),
    EventKind.REOPENED: _says(lambda: _("Opened again.")),
}


# ── Reaching somebody ────────────────────────────────────────────────────────


def _asked(story: _Story) -> list[Asked]:
    """What was asked for since a person last spoke, each once."""
    waiting: dict[str, Asked] = {}
    for event in story.events:
        if event.kind in A_PERSON_CAME:
            waiting.clear()
        elif event.kind == EventKind.MANAGER_CAME and "manager" in waiting:
            waiting["manager"] = replace(waiting["manager"], told=story.name(event.agent_id), comes=True)
        elif (what := ASKED.get(EventKind(event.kind))) is not None:
            waiting.setdefault(what, Asked(what=what, at=event.at, told=_told(story.complaint, what, event)))
    return list(waiting.values())


def _told(complaint: Complaint, what: str, event: Event) -> str:
    """Who knows of it: who is rung, who was asked for by name, else the owner."""
    if what == "manager" and (name := rung_for(event=event) or _lead(complaint)):
        return name
    named = Agent.objects.filter(pk=_data(event).get("agent", 0)).first()
    return name_of(named or complaint.owner)


def _lead(complaint: Complaint) -> str:
    lead = lead_of(agent=complaint.owner)
    return name_of(lead) if lead else ""


def name_of(agent: Agent) -> str:
    """Their name in letters that the reader of the page reads."""
    return agent.name_for((get_language() or "en")[:2])


def _back_at(owner: Agent, *, now: datetime) -> datetime | None:
    """When the owner's team works again, if it does not work now: the true answer when nobody is there."""
    calendar = owner.calendar()
    if calendar.is_open(now):
        return None
    try:
        return calendar.next_opening(now)
    except NoWorkingTimeError:
        return None


def _phone(story: _Story) -> str:
    """The number that they gave here. What else is known of them is not for whoever holds this link."""
    given = (str(_data(event).get("phone", "")) for event in reversed(story.events))
    return next(filter(None, given), "")


def _rated_since_content(kinds: list[str]) -> bool:
    after = kinds[len(kinds) - kinds[::-1].index(EventKind.CONTENT) :] if EventKind.CONTENT in kinds else []
    return EventKind.RATED in after
