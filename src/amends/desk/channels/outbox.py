"""The outbox: letters written in one transaction with their event, delivered by a worker, one by one.

waiting → sending → sent · waiting again, later, after a passing trouble · failed · maybe-sent when nobody can know.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import BigIntegerField, DateTimeField, Exists, F, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from amends.desk.channels.chat.standing import ALIVE, heard_since
from amends.desk.channels.mail import keys
from amends.desk.channels.mail.compose import Enclosure, Letter, compose, deliverable
from amends.desk.channels.mailboxes.post import MailboxPost
from amends.desk.channels.mailboxes.queries import mailbox_for, mailboxes_by_use, usual_of
from amends.desk.channels.models import Chat, Mailbox, MessageId, Outgoing, OutgoingState
from amends.desk.channels.next_word import keep_next_word
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import By, Channel, Complaint, Event, EventKind
from amends.desk.complaints.one_moment import in_transaction
from amends.desk.customers.models import ContactWay
from amends.desk.customers.queries import ways_of
from amends.desk.customers.words import one_line
from amends.desk.jobs.post import Outcome, Post, post_from_settings
from amends.desk.people.face import Look, look
from amends.desk.people.models import Agent
from amends.desk.people.organisation import organisation_name
from amends.desk.web import questions, wording
from amends.desk.web.questions import Blank

logger = logging.getLogger("amends.channels")

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=4)
MOST_ATTEMPTS = 40  # about six days
READ_IN_CHAT_WITHIN = timedelta(minutes=3)  # else the answer goes by mail
LOST_AFTER = timedelta(minutes=10)  # a worker that has been sending one letter for so long is gone
MOST_ENCLOSED = 18 * 1024 * 1024  # bytes: mail servers take about 25 MB, and base64 adds a third


class UnableToSend(Exception):
    """The letter cannot go to this address, or its time has passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """In whose name letters go out."""

    name: str
    look: Look


def our_house() -> House:
    """Read it."""
    return House(name=organisation_name(), look=look())


@in_transaction
def send(
    *,
    event: Event,
    complaint: Complaint,
    recipient: str,
    subject: str,
    text: str,
    html: str = "",
    now: datetime,
    in_reply_to: str = "",
    not_before: datetime | None = None,
    automatic: bool | None = None,
    mailbox: Mailbox | None = None,
    has_files: bool = True,
    chats: bool | None = None,
    house: House | None = None,
) -> Outgoing:
    """Write a letter into the outbox, in the caller's transaction; it goes out at `not_before` at the earliest.

    The event's files go along while they fit. `automatic` is taken from the event unless it is given, `mailbox` from
    where the customer wrote last. An agent's letter keeps the word that the acknowledgement promised. Who knows that
    the event has no files, whether the customer's window is there (`chats`), or whose `house` it is, says so.

    :raises UnableToSend: if the address is our own, or empty
    """
    recipient = _address(recipient)
    boxes = mailboxes_by_use()
    if recipient in keys.OwnAddresses(boxes):
        raise UnableToSend(_("This is the desk's own address. Choose the customer's."))
    if automatic is None:
        automatic = event.kind == EventKind.ACKNOWLEDGED or bool(event.content.data.get("automatic"))
    if mailbox is None or not (mailbox.is_open and mailbox.sends):
        mailbox = mailbox_for(complaint=complaint, boxes=boxes)
    house = house or our_house()
    message_id = keys.new_message_id(complaint=complaint, mailbox=mailbox)
    letter = _letter(
        event=event,
        complaint=complaint,
        recipient=recipient,
        subject=subject,
        text=text,
        html=html,
        message_id=message_id,
        in_reply_to=in_reply_to,
        automatic=automatic,
        mailbox=mailbox,
        known=questions.ask("message ids", _message_ids, complaint=complaint.pk),
        house=house,
        files=_files(event) if has_files else NO_FILES,
        now=now,
    )
    MessageId.objects.create(value=message_id, complaint=complaint, ours=True)
    if event.agent is not None and not automatic:
        keep_next_word(complaint=complaint, by=event.agent, now=now)
    held = not_before is None and event.kind == EventKind.REPLIED
    held = held and (chats_now(complaint, now) if chats is None else chats)
    return Outgoing.objects.create(
        event=event,
        complaint=complaint,
        recipient=recipient,
        mailbox=mailbox,
        message_id=message_id,
        mime=compose(letter),
        not_before=not_before or (now + READ_IN_CHAT_WITHIN if held else now),
        problem="held-for-chat" if held else "",
    )


def _message_ids() -> QuerySet[MessageId]:
    return MessageId.objects.filter(complaint=Blank("complaint", BigIntegerField())).order_by("pk")


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLetter:
    """An automatic letter about a complaint that has just begun with a mail."""

    event: Event
    recipient: str
    subject: str
    heard: MessageId | None
    mailbox: Mailbox | None
    in_reply_to: str
    not_before: datetime


def send_first(*, letters: Sequence[FirstLetter], house: House, now: datetime) -> list[Outgoing]:
    """Write the first letters of many complaints into the outbox, in the caller's transaction; none has files.

    :raises UnableToSend: if an address is our own, or empty
    """
    boxes = mailboxes_by_use()
    own, usual = keys.OwnAddresses(boxes), usual_of(boxes)
    written = []
    for one in letters:
        recipient = _address(one.recipient)
        if recipient in own:
            raise UnableToSend(_("This is the desk's own address. Choose the customer's."))
        complaint = one.event.complaint
        mailbox = one.mailbox if one.mailbox is not None and one.mailbox.is_open and one.mailbox.sends else usual
        message_id = keys.new_message_id(complaint=complaint, mailbox=mailbox)
        letter = _letter(
            event=one.event,
            complaint=complaint,
            recipient=recipient,
            subject=one.subject,
            text=one.event.content.text,
            html="",
            message_id=message_id,
            in_reply_to=one.in_reply_to,
            automatic=True,
            mailbox=mailbox,
            known=[] if one.heard is None else [one.heard],
            house=house,
            files=NO_FILES,
            now=now,
        )
        written.append(
            Outgoing(
                event=one.event,
                complaint=complaint,
                recipient=recipient,
                mailbox=mailbox,
                message_id=message_id,
                mime=compose(letter),
                not_before=one.not_before,
            )
        )
    MessageId.objects.bulk_create(
        MessageId(value=one.message_id, complaint=one.complaint, ours=True) for one in written
    )
    return Outgoing.objects.bulk_create(written)


def way_to_answer(*, address: str, chats: bool) -> Channel:
    """On which way an answer reaches the customer first, whose window is there or not."""
    if chats:
        return Channel.CHAT
    return Channel.MAIL if address else Channel.PORTAL


def chats_now(complaint: Complaint, now: datetime) -> bool:
    """Whether the customer's window is there: what they read in it needs no letter."""
    return questions.count("chats now", _chats, since=now - ALIVE, complaint=complaint.pk) > 0


def way_back(complaint: Complaint, now: datetime) -> tuple[str, bool]:
    """Return the address that mail to the customer goes to, or nothing, and whether their window is there, at once."""
    rows = questions.ask("way back", _way_back, since=now - ALIVE, complaint=complaint.pk)
    return (str(rows[0][0] or ""), bool(rows[0][1])) if rows else ("", False)


def _way_back() -> QuerySet[Complaint, Any]:
    theirs = ways_of(OuterRef("customer")).filter(kind=ContactWay.Kind.EMAIL).order_by("pk").values("value")[:1]
    here = Chat.objects.filter(heard_since(Blank("since", DateTimeField())), complaint=OuterRef("pk"))
    ours = Complaint.objects.filter(pk=Blank("complaint", BigIntegerField()))
    return ours.values_list(Subquery(theirs), Exists(here))


def _chats() -> QuerySet[Chat, Any]:
    here = heard_since(Blank("since", DateTimeField()))
    return Chat.objects.filter(here, complaint=Blank("complaint", BigIntegerField())).values_list("pk")


def _address(recipient: str) -> str:
    if "@" not in recipient:
        raise UnableToSend(_("There is no e-mail address to write to."))
    try:
        return deliverable(recipient)
    except ValueError as error:
        raise UnableToSend(_("No mail can go to the address '%(address)s'.") % {"address": recipient}) from error


def _letter(
    *,
    event: Event,
    complaint: Complaint,
    recipient: str,
    subject: str,
    text: str,
    html: str,
    message_id: str,
    in_reply_to: str,
    automatic: bool,
    mailbox: Mailbox | None,
    known: Iterable[MessageId],
    house: House,
    files: _Files,
    now: datetime,
) -> Letter:
    known = list(known)
    heard = [row.value for row in known if not row.ours]
    # What the desk says by itself is in a language that is offered; a person writes in the customer's.
    seen = house.look
    language = seen.spoken(complaint.language) if automatic else complaint.language
    writer = (event.agent or complaint.owner).name_for(language)
    with translation.override(language):
        link_words = _("Your complaint {number}:").format(number=wording.digits(complaint.number, language=language))
        signed = _("{name}, {organisation}").format(name=writer, organisation=house.name)
        privacy_words = _("Privacy")
        too_large = _("Too large for a letter, and on your own page: {names}") if files.left_out else ""
    return Letter(
        sender_name=house.name if automatic else f"{writer} · {house.name}",
        sender=keys.desk_address(mailbox=mailbox),
        reply_to=keys.reply_address(complaint=complaint, mailbox=mailbox),
        recipient=recipient,
        recipient_name=complaint.customer.name,
        subject=_subject(subject, complaint, answers=bool(heard or in_reply_to)),
        text=text,
        html=html,
        language=language,
        message_id=message_id,
        date=now,
        in_reply_to=in_reply_to or (heard[-1] if heard else ""),
        references=[row.value for row in known],
        automatic=automatic,
        signed=signed,
        link=f"{settings.ADDRESS}{reverse('portal:follow', args=[complaint.key])}",
        link_words=link_words,
        colour=seen.colour and seen.light.primary,
        house=house.name,
        site=seen.site,
        privacy=seen.privacy,
        privacy_words=privacy_words,
        marker=keys.marker(complaint=complaint),
        enclosures=files.enclosed,
        left_out=too_large.format(names=", ".join(files.left_out)),
    )


def _subject(subject: str, complaint: Complaint, *, answers: bool) -> str:
    """An answer to a mail carries its subject with 'Re:', by which some programs keep a thread together."""
    subject = one_line(subject, limit=300)
    if subject and subject != complaint.subject:
        return subject
    if not answers:  # who came by the form or the telephone wrote no mail that this could be an answer to
        return complaint.subject
    return complaint.subject if complaint.subject[:3].casefold() == "re:" else f"Re: {complaint.subject}"


@dataclass(frozen=True, slots=True)
class _Files:
    """The files of a letter, and the names of those that are too large for it: the customer's page has them."""

    enclosed: Sequence[Enclosure] = ()
    left_out: Sequence[str] = ()


NO_FILES: Final = _Files()


def _files(event: Event) -> _Files:
    enclosed, left_out, room = [], [], MOST_ENCLOSED
    for attachment in event.attachments.order_by("pk"):
        if attachment.size > room:
            left_out.append(attachment.name)
            continue
        room -= attachment.size
        with attachment.file.open("rb") as file:
            enclosed.append(Enclosure(attachment.name, attachment.media_type, file.read()))
    return _Files(enclosed, left_out)


def take_back(*, outgoing: Outgoing, now: datetime) -> Outgoing:
    """Undo sending, while it has not begun.

    :raises UnableToSend: if the letter is on its way
    """
    waiting = Outgoing.objects.filter(pk=outgoing.pk, state=OutgoingState.WAITING, not_before__gt=now)
    if not waiting.update(state=OutgoingState.TAKEN_BACK):
        raise UnableToSend(_("The letter has gone out already."))
    outgoing.refresh_from_db()
    return outgoing


def deliver_due(*, now: datetime, post: Post | None = None, limit: int = 50) -> int:
    """Deliver what waits and is due; return how many letters were tried. Not to be called within a transaction.

    Each letter goes by its mailbox's server, or by the settings' (`post` stands for all in tests). A server in trouble
    rests, and only its own letters wait.
    """
    _give_up_lost(now=now)
    due = Outgoing.objects.filter(state=OutgoingState.WAITING, not_before__lte=now).order_by("not_before", "pk")
    if post is None:
        due = due.exclude(mailbox__send_after__gt=now)
    general = post or post_from_settings()
    down: set[int | None] = set()
    tried = 0
    for pk, box in list(due.values_list("pk", "mailbox_id")[:limit]):
        if box in down:
            continue
        chosen = general if post is not None else _post_of(box, general, now=now)
        if not chosen.is_open:
            continue
        outcome = _deliver(pk, post=chosen, now=now)
        tried += outcome is not None
        if outcome is not None and outcome.down:
            down.add(box)
    return tried


def _post_of(mailbox_id: int | None, general: Post, *, now: datetime) -> Post:
    mailbox = Mailbox.objects.filter(pk=mailbox_id).first() if mailbox_id else None
    if mailbox is not None and mailbox.provider:
        from amends.desk.channels.mailboxes.by_http import ProviderPost  # half a second and 10 MB, for few

        return ProviderPost(mailbox, now)
    return MailboxPost(mailbox, now) if mailbox is not None and mailbox.smtp_host else general


def _deliver(pk: int, *, post: Post, now: datetime) -> Outcome | None:
    """Claim one letter, so that no other worker takes it, hand it over, and write down what became of it."""
    claimed = Outgoing.objects.filter(pk=pk, state=OutgoingState.WAITING).update(
        state=OutgoingState.SENDING, claimed_at=now, attempts=F("attempts") + 1
    )
    if not claimed:
        return None
    outgoing = Outgoing.objects.select_related("complaint__owner", "event", "mailbox").get(pk=pk)
    if not outgoing.mime:  # its customer was erased meanwhile
        Outgoing.objects.filter(pk=pk).update(state=OutgoingState.TAKEN_BACK)
        return None
    sender = keys.desk_address(mailbox=outgoing.mailbox)
    outcome = post.deliver(mime=bytes(outgoing.mime), sender=sender, recipient=outgoing.recipient)
    _settle(outgoing, outcome, now=now)
    return outcome


@transaction.atomic
def _settle(outgoing: Outgoing, outcome: Outcome, *, now: datetime) -> None:
    outgoing.problem = "" if outcome.kind == "sent" else outcome.detail
    outgoing.claimed_at = None
    match outcome.kind:
        case "sent":
            outgoing.state, outgoing.sent_at = OutgoingState.SENT, now
        case "unknown":
            outgoing.state = OutgoingState.MAYBE_SENT
        case "refused":
            outgoing.state = OutgoingState.FAILED
        case "later" if outgoing.attempts >= MOST_ATTEMPTS:
            outgoing.state = OutgoingState.FAILED
        case "later":
            outgoing.state = OutgoingState.WAITING
            outgoing.not_before = now + wait_after(attempts=outgoing.attempts)
    outgoing.save(update_fields=["state", "problem", "claimed_at", "sent_at", "not_before"])
    if outgoing.state in {OutgoingState.FAILED, OutgoingState.MAYBE_SENT}:
        logger.warning("letter %s to complaint %s: %s", outgoing.pk, outgoing.complaint_id, outgoing.state)
        warn_owner(outgoing=outgoing, about=f"mail-{outgoing.state}", detail=outcome.detail, now=now)


def wait_after(*, attempts: int) -> timedelta:
    """How long to wait after so many vain attempts: a minute, two, four … four hours."""
    doublings = min(max(attempts - 1, 0), 16)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def _give_up_lost(*, now: datetime) -> None:
    """A letter that a stopped worker left half sent may have gone out: say so, and do not send it again."""
    lost = Outgoing.objects.filter(state=OutgoingState.SENDING, claimed_at__lte=now - LOST_AFTER)
    for outgoing in lost.select_related("complaint__owner", "event"):
        taken = Outgoing.objects.filter(pk=outgoing.pk, state=OutgoingState.SENDING, claimed_at=outgoing.claimed_at)
        with transaction.atomic():
            if taken.update(claimed_at=now):
                _settle(outgoing, Outcome("unknown", "The worker stopped while it was sending."), now=now)


@transaction.atomic
def resend(*, outgoing: Outgoing, by: Agent, now: datetime) -> Outgoing:
    """Send a letter again that failed or may not have arrived; the same letter, so that programs show it once.

    :raises UnableToSend: if it is waiting, on its way, or known to have arrived
    """
    outgoing = Outgoing.objects.select_for_update().get(pk=outgoing.pk)
    if outgoing.state not in {OutgoingState.FAILED, OutgoingState.MAYBE_SENT}:
        raise UnableToSend(_("This letter needs no second sending."))
    if not outgoing.mime:
        raise UnableToSend(_("This letter was erased with its customer."))
    logger.info("agent %s sends letter %s again", by.pk, outgoing.pk)
    outgoing.state, outgoing.not_before, outgoing.attempts = OutgoingState.WAITING, now, 0
    outgoing.save(update_fields=["state", "not_before", "attempts"])
    return outgoing


def warn_owner(*, outgoing: Outgoing, about: str, detail: str, now: datetime) -> Event:
    """Tell the owner, on the timeline, that the customer may not have our words."""
    complaint = outgoing.complaint
    return complaints.append(
        complaint=complaint,
        kind=EventKind.WARNED,
        by=By.SYSTEM,
        data={
            "to": complaint.owner_id,
            "about": about,
            "outgoing": outgoing.pk,
            "event": outgoing.event_id,
            "recipient": outgoing.recipient,
            "detail": one_line(detail, limit=300),
        },
        now=now,
    )
