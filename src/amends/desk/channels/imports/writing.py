"""A complaint of another desk into the timeline: every word at its own time, and each of them once.

A message carries the other desk's own id, so that bringing it again adds what is new there and nothing else. Nobody is
written to, and no webhook hears of what is long past; what waits for an answer waits here from then on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from amends.desk.channels.imports import people, promised
from amends.desk.channels.imports.models import Brought
from amends.desk.channels.imports.record import Record, from_raw
from amends.desk.channels.models import Arrival, ArrivalState, MessageId
from amends.desk.channels.problems import UnableToTakeIn, join
from amends.desk.channels.reading import Taken, language_of
from amends.desk.complaints import actions as complaints
from amends.desk.complaints import tags, whole
from amends.desk.complaints.actions import Upload
from amends.desk.complaints.models import By, Channel, Complaint, Event, EventContent, EventKind, Stage
from amends.desk.complaints.queries import going_on
from amends.desk.customers import actions as customers
from amends.desk.people.models import Agent, Language, Organisation
from amends.desk.people.queries import choose_owner
from amends.intake.desks import DESKS, Case, LeftOut, Message

PROMISING: Final = frozenset({"reply", "call"})
FROM: Final = "brought"  # in the data of an event: the other desk's own id of it
KINDS: Final[Mapping[str, EventKind]] = {
    "customer": EventKind.CUSTOMER_WROTE,
    "reply": EventKind.REPLIED,
    "call": EventKind.CALLED,
    "note": EventKind.NOTED,
    "automatic": EventKind.ACKNOWLEDGED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Coming:
    """One complaint on its way in."""

    record: Record
    case: Case
    language: str
    now: datetime

    def agent(self, message: Message) -> Agent:
        return people.find_or_keep(message.by, people=self.record.people, desk=DESKS[self.record.desk].name)

    def data(self, message: Message) -> dict[str, Any]:
        return {FROM: f"{self.record.source} {message.id}"[:300]}


def take_in_import(*, arrival: Arrival, now: datetime) -> Taken:
    """Write what another desk told into the timeline, in the caller's transaction.

    :raises UnableToTakeIn: if the record is cut off, or something is missing in it
    """
    record = from_raw(bytes(arrival.raw))
    brought = Brought.objects.select_related("complaint__customer").filter(source=record.source, case=record.case)
    known = brought.first()
    if known is not None and known.complaint is not None and known.complaint.customer.erased_at is not None:
        return Taken(state=ArrivalState.SET_ASIDE, problem="erased-here")
    try:
        case = DESKS[record.desk].case(record.body)
    except LeftOut as left:
        _remember(record, complaint=known.complaint if known is not None else None)
        return Taken(state=ArrivalState.SET_ASIDE, problem=join("left-out", str(left)))
    except (ValueError, KeyError, TypeError) as error:
        raise UnableToTakeIn("cut", str(error)[:200]) from error
    coming = _Coming(record=record, case=case, language=_language(case), now=now)
    if known is None or known.complaint is None:
        complaint, event = _open(coming)
    else:
        complaint, event = known.complaint, _add(coming, known.complaint)
    _remember(record, complaint=complaint)
    _remember_ids(case.messages, complaint)
    return Taken(
        state=ArrivalState.TAKEN_IN if event is not None else ArrivalState.SET_ASIDE,
        event=event,
        problem="" if event is not None else "doubled",
        sender=case.customer.email or case.customer.phone,
        subject=complaint.subject,
    )


def _open(coming: _Coming) -> tuple[Complaint, Event]:
    case = coming.case
    customer = customers.find_or_make(
        name=case.customer.name,
        language=coming.language,
        email=case.customer.email,
        phone=case.customer.phone,
        now=case.opened_at,
    )
    first, rest = _first(case)
    begun = min(case.opened_at, *(one.at for one in case.messages)) if case.messages else case.opened_at
    complaint, event = complaints.open_complaint(
        customer=customer,
        subject=case.subject,
        text=first.text if first else "",
        html=first.html if first else "",
        quoted=first.quoted if first else "",
        language=coming.language,
        channel=Channel(case.channel),
        owner=_owner(coming),
        attachments=_uploads(first) if first else (),
        data=coming.data(first) if first else {FROM: coming.record.source},
        now=first.at if first else begun,
    )
    _write(coming, complaint, rest)
    _tag(coming, complaint)
    return complaint, event


def _first(case: Case) -> tuple[Message | None, tuple[Message, ...]]:
    """The customer's own words that it began with, or nothing where we wrote to them first."""
    if case.messages and case.messages[0].kind == "customer":
        return case.messages[0], case.messages[1:]
    return None, case.messages


def _owner(coming: _Coming) -> Agent:
    """Who owned it there, whether or not they still work here; what goes on gets somebody who does."""
    case = coming.case
    there = (
        people.find_or_keep(case.owner, people=coming.record.people, desk=DESKS[coming.record.desk].name)
        if case.owner is not None
        else None
    )
    if there is not None and (there.is_active or case.state == "closed"):
        return there
    return choose_owner(language=coming.language, now=coming.now)


def _add(coming: _Coming, complaint: Complaint) -> Event | None:
    """Add what was said there since; the last of it, or nothing.

    What came after it had gone up in another complaint stands there.
    """
    stands = whole.ids(going_on(complaint))
    told = EventContent.objects.filter(event__complaint__in=stands).values_list("data", flat=True)
    here = {data.get(FROM) for data in told if data}
    fresh = [one for one in coming.case.messages if coming.data(one)[FROM] not in here]
    return _write(coming, complaint, fresh)


def _write(coming: _Coming, complaint: Complaint, messages: Iterable[Message]) -> Event | None:
    """Append messages in the order of time, and the end of it where it ended."""
    last: Event | None = None
    ours: list[Event] = []
    waiting = sorted(messages, key=lambda one: one.at)
    ends = coming.case.state == "closed" and complaint.stage != Stage.CLOSED and not _went_on_here(complaint)
    end = _end(coming.case) if ends else None
    for message in waiting:
        if end is not None and message.at > end:
            last, end = _close(coming, complaint, at=end), None
        last = _say(coming, complaint, message)
        if message.kind in PROMISING:
            ours.append(last)
    if end is not None:
        last = _close(coming, complaint, at=end)
    promised.enter(complaint=complaint, said=ours, now=coming.now)
    return last


def _went_on_here(complaint: Complaint) -> bool:
    """Whether somebody has acted on it at this desk since it came: then its end is theirs to say."""
    acted = complaint.events.filter(by=By.AGENT).select_related("content")
    acted = acted.exclude(kind__in=[EventKind.TAGGED, EventKind.PROMISE_MADE])  # both may have come along
    return any(FROM not in event.content.data for event in acted)


def _end(case: Case) -> datetime:
    """When it ended: what the customer said afterwards did not open it there, so it ended after that."""
    said = [one.at for one in case.messages if one.kind == "customer"]
    return max([case.closed_at or case.opened_at, *said])


def _say(coming: _Coming, complaint: Complaint, message: Message) -> Event:
    at = max(message.at, complaint.last_event_at)
    data = coming.data(message)
    if at != message.at:
        data["said_at"] = message.at.isoformat()
    language = language_of(message.text, prior=complaint.language) if message.text.strip() else complaint.language
    if message.kind == "customer":
        return complaints.customer_writes(
            complaint=complaint, text=message.text, html=message.html, quoted=message.quoted,
            channel=Channel(message.channel), language=language, attachments=_uploads(message), data=data, now=at,
        )  # fmt: skip
    automatic = message.kind == "automatic"
    return complaints.append(
        complaint=complaint,
        kind=KINDS[message.kind],
        by=By.SYSTEM if automatic else By.AGENT,
        agent=None if automatic else coming.agent(message),
        text=message.text,
        html=message.html,
        quoted=message.quoted,
        channel="" if message.kind == "note" else Channel(message.channel),
        language=language,
        attachments=_uploads(message),
        data={**data, **({"automatic": True} if automatic else {})},
        now=at,
    )


def _close(coming: _Coming, complaint: Complaint, *, at: datetime) -> Event:
    reason = _("%(state)s at %(desk)s") % {
        "state": coming.case.their_state, "desk": DESKS[coming.record.desk].name,
    }  # fmt: skip
    return complaints.append(
        complaint=complaint,
        kind=EventKind.CLOSED,
        by=By.AGENT,
        agent=complaint.owner,
        data={"reason": reason, FROM: f"{coming.record.source} closed"},
        now=max(at, complaint.last_event_at),
    )


def _tag(coming: _Coming, complaint: Complaint) -> None:
    names = [name for name in coming.case.tags if name.strip()][: tags.MOST]
    for name in names:
        try:
            tags.put_on(complaint=complaint, names=[name], by=complaint.owner, now=complaint.last_event_at)
        except tags.UnableToTag:  # two spellings of one, or one that is used no more here
            continue


def _remember(record: Record, *, complaint: Complaint | None) -> None:
    Brought.objects.update_or_create(
        source=record.source, case=record.case, defaults={"stamp": record.stamp[:100], "complaint": complaint}
    )


def _remember_ids(messages: Iterable[Message], complaint: Complaint) -> None:
    """Let answers to old mails find their complaint; an id of ours is what we sent from there."""
    MessageId.objects.bulk_create(
        (
            MessageId(value=one.message_id[:255], complaint=complaint, ours=one.kind in {"reply", "automatic"})
            for one in messages
            if one.message_id
        ),
        ignore_conflicts=True,
    )


def _language(case: Case) -> str:
    home = Organisation.objects.values_list("language", flat=True).first() or Language.ENGLISH
    prior = case.language if case.language in Language.values else str(home)
    words = next((one.text for one in case.messages if one.kind == "customer" and one.text.strip()), "")
    return language_of(words, prior=prior) if words else prior


def _uploads(message: Message) -> list[Upload]:
    return [
        Upload(name=one.name, media_type=one.media_type, body=one.content, content_id=one.content_id)
        for one in message.papers
        if one.content is not None
    ]
