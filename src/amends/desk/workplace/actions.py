"""Replying, and the other acts that draw complaint, coach, promise and channel together in one transaction.

An undo of ten seconds is held in the browser, before anything is sent: until then the reply is a draft on the server,
so that there is never a message that the desk has and takes back. A reply carries a key, and the same key writes once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from amends.desk.calm import actions as calm
from amends.desk.calm import said
from amends.desk.calm.models import CallOffer, Pause
from amends.desk.channels import actions as channels
from amends.desk.channels.phone import conversing
from amends.desk.channels.phone.conversing import UnableToLogCall
from amends.desk.channels.reading import language_of
from amends.desk.coaching import actions as coaching
from amends.desk.coaching.queries import AtSending, read_at_sending
from amends.desk.complaints import actions as complaints
from amends.desk.complaints import queries as complaint_queries
from amends.desk.complaints.actions import Upload
from amends.desk.complaints.models import By, Channel, Complaint, Event, EventKind
from amends.desk.customers.queries import greeting_name
from amends.desk.people import administering
from amends.desk.people.models import Agent
from amends.desk.people.queries import UnableToChooseOwner
from amends.desk.promises import actions as promises
from amends.desk.promises.models import Promise
from amends.desk.remedies.actions import promised_already
from amends.desk.web.marks import Marked, for_mail
from amends.desk.workplace import enclosed
from amends.desk.workplace.meanwhile import said_meanwhile

LONGEST_REPLY = 100_000


class UnableToReply(Exception):
    """There is nothing to send, or too much."""


class UnableToRelieve(Exception):
    """What somebody owns cannot be handed over like this; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undertaken:
    """A promise in a reply, as its author confirmed it: the words, their place, and the time."""

    words: str
    start: int
    end: int
    due_at: datetime
    whole_day: bool = False


def reply(
    *,
    complaint: Complaint,
    by: Agent,
    text: str,
    now: datetime,
    undertaken: Sequence[Undertaken] = (),
    as_it_is_reason: str = "",
    attachments: Sequence[Upload] = (),
    kept: Sequence[int] = (),
    key: str = "",
    is_on_the_way: bool = False,
    seen: int | None = None,
    with_marks: bool = False,
) -> Event:
    """Answer the customer.

    The words go on the timeline and, where there is an address, into the outbox; promises enter the ledger; what the
    coach saw is kept without the author; the draft is gone. With a `key` that was used before nothing happens again.
    It keeps the word that a pause promised, unless it only says that the word is still on the way.
    `seen` is the last event that its author has seen: what the customer or a colleague said after it stops the reply.
    `kept` names files that were laid into the draft. A text that was typed `with_marks` goes out as words and as HTML.

    :raises UnableToReply: if there is nothing to send, or something new was said
    :raises UnableToEnclose: if a file of the draft is gone
    :raises UnableToPromise: if the time of a promise has passed already
    """
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise UnableToReply(_("The reply is empty."))
    if len(text) > LONGEST_REPLY:
        raise UnableToReply(_("This is too long for one message. Attach it as a file, or send it in two."))
    marked = Marked(text)
    with_marks = with_marks and marked.has_marks
    if with_marks:
        text = marked.plain
    ahead = _read_ahead(complaint=complaint, by=by, text=text, now=now)
    with transaction.atomic(), complaints.in_one_moment():
        before = complaints.take_in_hand(complaint)
        if key and (sent := _sent_with(key, before)) is not None:
            return sent
        if seen is not None and (why := said_meanwhile(complaint=complaint, events=before, by=by, seen=seen)):
            raise UnableToReply(why)
        files = enclosed.chosen(complaint=complaint, agent=by, kept=kept)
        if ahead is not None and ahead.is_behind(before):
            reading = ahead.reading
        else:
            reading = read_at_sending(complaint=complaint, agent=by, text=text, now=now, events=before)
        address, chats = channels.way_back(complaint, now)
        uploads = [*enclosed.take(files), *attachments]
        event = complaints.append(
            complaint=complaint,
            kind=EventKind.REPLIED,
            by=By.AGENT,
            agent=by,
            text=text,
            html=marked.html if with_marks else "",
            data={**({"key": key[:64]} if key else {}), **({"marks": True} if with_marks else {})},
            channel=channels.way_to_answer(address=address, chats=chats),
            language=reading.language or complaint.language,
            attachments=uploads,
            now=now,
        )
        _promise(complaint, event, undertaken, by=by, now=now)
        if reading.judgement is not None:
            coaching.keep_what_was_seen(event=event, judgement=reading.judgement, reader=reading.reader, is_first=True)
            coaching.have_read_fully(event=event, reader=reading.reader)
            coaching.remember_what_was_sent(event=event, reply=reading.reply)
            names = [finding.failing for finding in reading.judgement.failings]
            coaching.keep_reason(event=event, author=by, reason=as_it_is_reason, names=names, now=now)
        if address:
            channels.send(
                event=event,
                complaint=complaint,
                recipient=address,
                subject=complaint.subject,
                text=text,
                html=for_mail(marked.html) if with_marks else "",
                has_files=bool(uploads),
                chats=chats,
                now=now,
            )
        else:  # who has no address any more reads it on their page
            channels.keep_next_word(complaint=complaint, by=by, now=now)
        complaints.save_draft(complaint=complaint, agent=by, text="", now=now)
        if not is_on_the_way:  # a holding message and an offer of a call are not yet the word that was promised
            calm.have_spoken(complaint=complaint, by=by, now=now)
    return event


@transaction.atomic
def log_call(
    *,
    complaint: Complaint,
    by: Agent,
    minutes: str,
    now: datetime,
    said: str = "",
    spoken_with: str = "",
    channel: str = Channel.PHONE,
    seconds: int | None = None,
    holds: Sequence[int] = (),
    undertaken: Sequence[Undertaken] = (),
) -> Event:
    """Record a call or a visit: the customer's words as theirs, our minutes as ours, and what was promised in it.

    Speaking with them keeps the word that the acknowledgement promised.

    :param minutes: what we said and what was agreed, in the words of who spoke
    :param said: what the customer said; it stands before our minutes, as a message of theirs
    :param spoken_with: who was spoken to, where it was not the customer
    :param seconds: how long it lasted, where that is known
    :param holds: how many seconds each time on hold lasted
    :raises UnableToLogCall: if nothing is written about it, or the times on hold are longer than the call
    :raises UnableToPromise: if the time of a promise has passed already
    """
    if not minutes.strip() and not said.strip():
        raise UnableToLogCall(_("Write in a line what was said, so that nobody has to ask again."))
    data = conversing.told(
        channel=channel, customer=complaint.customer.name, spoken_with=spoken_with, seconds=seconds, holds=holds
    )
    with complaints.in_one_moment():
        if said.strip():
            words = complaints.customer_writes(
                complaint=complaint,
                text=said.strip(),
                channel=channel,
                language=language_of(said, prior=complaint.language),
                by=by,
                now=now,
            )
            data["said_in"] = words.pk
        event = complaints.append(
            complaint=complaint,
            kind=EventKind.CALLED,
            by=By.AGENT,
            agent=by,
            text=minutes.strip(),
            channel=channel,
            data=data,
            now=now,
        )
        channels.keep_next_word(complaint=complaint, by=by, called=True, now=now)
        calm.have_spoken(complaint=complaint, by=by, called=True, now=now)
        _promise(complaint, event, undertaken, by=by, now=now)
    return event


@transaction.atomic
def take_five(*, complaint: Complaint, by: Agent, until: datetime, now: datetime, message: str = "") -> Pause:
    """Pause before answering: tell the customer until when, keep that as a promise, and hide the rest of the inbox.

    What the agent has written so far stays their draft.

    :raises UnableToPause: if the time has passed already
    :raises UnableToReply: if the message does not say the hour
    """
    promise = None
    if message.strip():
        promise = _promise_of(_tell_until(complaint, by, until, message, now=now))
    return calm.begin_pause(complaint=complaint, by=by, until=until, promise=promise, now=now)


@transaction.atomic
def rest_longer(*, pause: Pause, until: datetime, message: str, now: datetime) -> None:
    """Tell the customer another time before the one that was named passes, and go on resting.

    :raises UnableToReply: if the message does not say the hour
    :raises UnableToRest: if the pause is over
    :raises UnableToPromise: if the new time has passed already
    :raises UnableToSettle: if the time that was named has passed
    """
    told = _tell_until(pause.complaint, pause.agent, until, message, now=now, promises_it=False)
    calm.rest_longer(pause=pause, until=until, told_in=told, now=now)


@transaction.atomic
def offer_call(*, complaint: Complaint, by: Agent, slots: Sequence[datetime], message: str, now: datetime) -> CallOffer:
    """Write to the customer at which times we could call, and let them choose one on their page.

    :raises UnableToReply: if there is nothing to send, or a time is missing in it
    :raises UnableToOfferCall: if there is no time, or one has passed
    """
    zone = complaint.owner.calendar().zone
    for slot in slots:
        _has_to_say(message, slot.astimezone(zone), language=complaint.language)
    reply(complaint=complaint, by=by, text=message, is_on_the_way=True, now=now)
    return calm.offer_call(complaint=complaint, by=by, slots=slots, now=now)


def words_of_offer(*, complaint: Complaint, by: Agent, slots: Sequence[datetime], now: datetime) -> str:
    """Word the letter that offers times for a call, in the customer's language; it may be worded anew."""
    return said.say(
        "call",
        language=complaint.language,
        address=greeting_name(customer=complaint.customer, reader_language=complaint.language),
        slots=said.times(slots, now=now, language=complaint.language),
        name=by.name_for(complaint.language),
    )


def _tell_until(
    complaint: Complaint, by: Agent, until: datetime, message: str, *, now: datetime, promises_it: bool = True
) -> Event:
    local = until.astimezone(complaint.owner.calendar().zone)
    _has_to_say(message, local, language=complaint.language)
    hour = said.hour(local, language=complaint.language)
    undertaken = Undertaken(words=said.sentence_with(message, hour), start=0, end=len(message), due_at=until)
    draft = complaint_queries.draft(complaint=complaint, agent=by)
    event = reply(
        complaint=complaint,
        by=by,
        text=message,
        undertaken=[undertaken] if promises_it else [],
        is_on_the_way=True,
        now=now,
    )
    complaints.save_draft(complaint=complaint, agent=by, text=draft, now=now)
    return event


def _has_to_say(message: str, at: datetime, *, language: str) -> None:
    if not said.says_hour(message, at, language=language):
        raise UnableToReply(
            _("Leave the time in the message, so that the customer can rely on it: %(time)s.")
            % {"time": said.hour(at, language=language)}
        )


def _promise_of(event: Event) -> Promise:
    return Promise.objects.get(made_in=event)


def _promise(complaint: Complaint, event: Event, undertaken: Sequence[Undertaken], *, by: Agent, now: datetime) -> None:
    for one in undertaken:
        if promised_already(complaint=complaint, due_at=one.due_at):
            continue  # a letter that tells what a remedy promised makes no second promise of it
        promises.make(
            complaint=complaint,
            owner=by,
            made_in=event,
            words=one.words,
            due_at=one.due_at,
            whole_day=one.whole_day,
            now=now,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ahead:
    """What the coach read of a reply before its complaint was locked, and what had happened in it until then."""

    reading: AtSending
    events: tuple[int, ...]

    def is_behind(self, events: Iterable[Event]) -> bool:
        """Whether all that happened is what was read."""
        return self.events == tuple(event.pk for event in events)


def _read_ahead(*, complaint: Complaint, by: Agent, text: str, now: datetime) -> _Ahead | None:
    """Read a reply before its complaint is locked, where that keeps others waiting: on SQLite nobody else writes."""
    if connection.vendor != "sqlite":
        return None
    events = complaints.timeline_of(complaint)
    reading = read_at_sending(complaint=complaint, agent=by, text=text, now=now, events=events)
    return _Ahead(reading=reading, events=tuple(event.pk for event in events))


def _sent_with(key: str, events: Iterable[Event]) -> Event | None:
    replies = (event for event in events if event.kind == EventKind.REPLIED)
    return next((event for event in replies if event.content.data.get("key") == key[:64]), None)


@transaction.atomic
def relieve(*, agent: Agent, by: Agent, to: Mapping[int, Agent], reason: str, leaves: bool, now: datetime) -> int:
    """Hand over all that somebody owns, and close the door behind them when they leave; return how many complaints.

    :raises UnableToRelieve: if nobody could take one, or they cannot leave
    """
    try:
        count = complaints.hand_over_all(agent=agent, by=by, reason=reason, to=to, now=now)
        if leaves:
            administering.let_out(agent=agent, by=by, now=now)
    except (complaints.UnableToHandOver, administering.UnableToLetOut) as trouble:
        raise UnableToRelieve(str(trouble)) from trouble
    except UnableToChooseOwner as trouble:
        raise UnableToRelieve(_("Nobody else works here who could take them. Let somebody in first.")) from trouble
    return count
