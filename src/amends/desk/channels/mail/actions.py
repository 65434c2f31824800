"""One mail into the desk: whose it is, which complaint it belongs to, and whether anybody should answer by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from amends.desk.channels.acknowledgement import acknowledge
from amends.desk.channels.mail import keys
from amends.desk.channels.mail.matching import Match, match, takes_part, thread_key
from amends.desk.channels.mail.parse import parse
from amends.desk.channels.mail.spam import sign_of_spam
from amends.desk.channels.mail.too_large import answer_too_large, note_too_large
from amends.desk.channels.mailboxes.models import ReplyTo
from amends.desk.channels.models import Arrival, ArrivalState, Mailbox, MessageId, Outgoing, OutgoingState
from amends.desk.channels.outbox import warn_owner
from amends.desk.channels.problems import UnableToTakeIn, join
from amends.desk.channels.reading import Taken, language_of, uploads
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import By, Channel, Complaint, Event, EventKind
from amends.desk.customers import actions as customers
from amends.desk.customers.models import ContactWay
from amends.desk.people.models import Agent
from amends.intake.mail import MAILS, Address, ParsedMail

NO_ANSWER = ("noreply", "no-reply", "no_reply", "donotreply", "do-not-reply")
MOST_REOPENED = 3  # in an hour: a machine that nobody recognised answers whatever ends a complaint


@dataclass(frozen=True, slots=True)
class _Coming:
    """One mail on its way in."""

    mail: ParsedMail
    arrival: Arrival
    now: datetime

    @property
    def mailbox(self) -> Mailbox | None:
        return self.arrival.mailbox

    def taken(self, event: Event) -> Taken:
        return Taken(state=ArrivalState.TAKEN_IN, event=event, sender=self.mail.sender.key, subject=self.mail.subject)

    def aside(self, code: str, detail: str = "", event: Event | None = None) -> Taken:
        return Taken(
            state=ArrivalState.SET_ASIDE,
            event=event,
            problem=join(code, detail),
            sender=self.mail.sender.key,
            subject=self.mail.subject,
        )


def take_in_mail(*, arrival: Arrival, now: datetime, anyway: bool = False) -> Taken:
    """Take in a raw mail, in the caller's transaction. `anyway` takes what looks automatic for a person's words.

    :raises UnableToTakeIn: when a person has to look at it
    """
    coming = _Coming(parse(bytes(arrival.raw)), arrival, now)
    if to := keys.complaint_by_internal_address(addressed(coming.mail)):
        return coming.taken(_answer_among_us(coming, to))
    if not anyway:
        if arrival.digest and Arrival.objects.filter(
            digest=arrival.digest, state=ArrivalState.TAKEN_IN, channel=Channel.MAIL
        ).exclude(pk=arrival.pk):
            return coming.aside("doubled")
        if set_aside := _automatic(coming) or _spam(coming):
            return set_aside
    return _from_a_person(coming)


def _automatic(coming: _Coming) -> Taken | None:
    mail = coming.mail
    kind, why = mail.automatic.kind, mail.automatic.why
    if keys.is_desk_address(mail.sender.email):
        return coming.aside("own-address")
    if kind == "loop" or (mail.message_id and MessageId.objects.filter(value=mail.message_id, ours=True).exists()):
        return coming.aside("loop")
    if kind == "bounce":
        return _returned(coming)
    if kind == "bulk":
        return coming.aside("bulk", why)
    if kind == "auto-reply":
        found = match(mail, mailbox=coming.mailbox, now=coming.now)
        event = _noted(coming, found.complaint) if found else None
        return coming.aside("auto-reply", why, event)
    return None


def _returned(coming: _Coming) -> Taken:
    """A letter of ours came back: tell its owner. What cites no letter that we signed changes nothing."""
    report = coming.mail.automatic
    ours = [value for value in report.originals if keys.number_in_message_id(value) is not None]
    letter = sent(message_ids=ours)
    if letter is None or report.status.startswith("2"):  # 2 says that it arrived
        return coming.aside("bounce", report.status)
    event = came_back(letter=letter, status=report.status, detail=report.status or coming.mail.subject, now=coming.now)
    return coming.aside("bounce", report.status, event)


def sent(*, message_ids: Sequence[str]) -> Outgoing | None:
    """The letter of ours that has one of these ids, unless its customer was erased: then it is told of no more."""
    letters = Outgoing.objects.filter(message_id__in=message_ids, complaint__customer__erased_at=None)
    return letters.select_related("complaint__owner").first()


@transaction.atomic
def came_back(*, letter: Outgoing, status: str, detail: str, now: datetime) -> Event:
    """Tell the owner that a letter came back; the customer does not have it, so what had ended goes on."""
    if not status.startswith("4"):  # 4 means that the other server still tries
        _open_again(letter.complaint, now)
        Outgoing.objects.filter(pk=letter.pk).update(
            state=OutgoingState.FAILED, problem=join("bounce", status or detail)
        )
    return warn_owner(outgoing=letter, about="mail-returned", detail=detail, now=now)


def _open_again(complaint: Complaint, now: datetime) -> None:
    """The customer does not have our last word, so the complaint is not over."""
    if complaint.stage not in complaints.OPEN:
        complaints.append(complaint=complaint, kind=EventKind.REOPENED, by=By.SYSTEM, now=now)


def _spam(coming: _Coming) -> Taken | None:
    """Set apart what the mail server took for spam, unless it belongs to a complaint or a customer of ours wrote it."""
    mail = coming.mail
    sign = "folder" if coming.arrival.from_spam else sign_of_spam(bytes(coming.arrival.raw))
    if not sign or match(mail, mailbox=coming.mailbox, now=coming.now) or customers_of_ours(mail.sender.key):
        return None
    return coming.aside("spam", "" if sign == "folder" else sign)


def customers_of_ours(address: str) -> bool:
    """Whether somebody with this address has complained before."""
    return bool(address) and ContactWay.objects.filter(kind=ContactWay.Kind.EMAIL, value__iexact=address).exists()


def addressed(mail: ParsedMail) -> list[str]:
    """Every address that a mail went to."""
    return [address.email for address in (*mail.to, *mail.cc, *mail.delivered_to)]


def _answer_among_us(coming: _Coming, complaint: Complaint) -> Event:
    """An answer to what was said among ourselves stays among ourselves, whoever writes it."""
    mail = coming.mail
    agent = Agent.objects.filter(email__iexact=mail.sender.key).first() if mail.sender.email else None
    return complaints.append(
        complaint=complaint,
        kind=EventKind.NOTED,
        by=By.AGENT if agent else By.SYSTEM,
        agent=agent,
        text=mail.text,
        quoted=mail.quoted,
        channel=Channel.MAIL,
        data={} if agent else {"from": mail.sender.email},
        attachments=uploads(mail.files),
        now=coming.now,
    )


def _from_a_person(coming: _Coming) -> Taken:
    mail = coming.mail
    found = match(mail, mailbox=coming.mailbox, now=coming.now)
    agent = Agent.objects.filter(email__iexact=mail.sender.key).first() if mail.sender.email else None
    if agent is not None:
        return _from_agent(coming, agent, found)
    if not mail.sender.email:
        raise UnableToTakeIn("no-sender")
    if not (mail.text.strip() or mail.files or mail.left_out or mail.subject):
        raise UnableToTakeIn("no-words")
    if found and _opens_too_often(coming, found.complaint):
        return coming.aside("too-often", event=_noted(coming, found.complaint))
    if found:
        return coming.taken(_continue(coming, found))
    return coming.taken(_open(coming, writer_of(mail, coming.mailbox), text=mail.text, quoted=mail.quoted))


def _noted(coming: _Coming, complaint: Complaint) -> Event:
    """Keep an automatic answer where it belongs; nothing about the complaint changes by it."""
    return complaints.append(
        complaint=complaint,
        kind=EventKind.NOTED,
        by=By.SYSTEM,
        text=coming.mail.text,
        channel=Channel.MAIL,
        data={"automatic": True, "from": coming.mail.sender.email},
        now=coming.now,
    )


def _opens_too_often(coming: _Coming, complaint: Complaint) -> bool:
    if complaint.stage in complaints.OPEN:
        return False
    lately = complaint.events.filter(kind=EventKind.REOPENED, at__gt=coming.now - timedelta(hours=1))
    return lately.count() >= MOST_REOPENED


def writer_of(mail: ParsedMail, mailbox: Mailbox | None) -> Address:
    """Who wants the answer: forms on other sites write in a machine's name and give the person's for replies.

    Whether that holds for all mail or only for senders that take no answers is a rule of the mailbox.
    """
    rule = mailbox.reply_to if mailbox else ReplyTo.MACHINES
    local = mail.sender.key.partition("@")[0]
    machine = local.startswith(NO_ANSWER) and rule != ReplyTo.NEVER
    people = [address for address in mail.reply_to if not keys.is_desk_address(address.email)]
    return people[0] if people and (machine or rule == ReplyTo.ALWAYS) else mail.sender


def _from_agent(coming: _Coming, agent: Agent, found: Match | None) -> Taken:
    """A colleague's mail: a forwarded customer opens that customer's complaint; an answer becomes a note.

    A colleague's own address never becomes a customer's: two desks would write to each other for ever.
    """
    mail = coming.mail
    if (within := _forwarded_in_words(mail)) is not None:
        beside = mail.forwarded.beside if mail.forwarded else ""
        theirs = found and takes_part(complaint=found.complaint, address=within.sender.key)
        belongs = replace(found, from_participant=True) if found and theirs else None
        return coming.taken(_open_for(coming, within, belongs, beside=beside, by=agent))
    if not found and (within := _forwarded_whole(mail)) is not None:
        belongs = match(within, mailbox=coming.mailbox, now=coming.now)
        return coming.taken(_open_for(coming, within, belongs, beside=mail.text, quoted=mail.quoted, by=agent))
    if found:
        event = complaints.append(
            complaint=found.complaint,
            kind=EventKind.NOTED,
            by=By.AGENT,
            agent=agent,
            text=mail.text,
            quoted=mail.quoted,
            channel=Channel.MAIL,
            attachments=uploads(mail.files),
            now=coming.now,
        )
        _remember(coming, found.complaint)
        return coming.taken(event)
    raise UnableToTakeIn("from-agent", agent.email)


def _is_of_us(address: Address) -> bool:
    return keys.is_desk_address(address.email) or Agent.objects.filter(email__iexact=address.key).exists()


def _forwarded_in_words(mail: ParsedMail) -> ParsedMail | None:
    """A customer's mail that a colleague forwards in their own, as the customer wrote it.

    Its looks stay in the raw mail: there the colleague's words and the customer's are one.
    """
    told = mail.forwarded
    if told is None or not (told.text or mail.files) or _is_of_us(told.sender):
        return None
    return replace(
        mail,
        sender=told.sender,
        reply_to=(),
        subject=told.subject or mail.subject,
        text=told.text,
        quoted=told.quoted,
        html="",
        remote_images=0,
    )


def _forwarded_whole(mail: ParsedMail) -> ParsedMail | None:
    """A customer's mail that a colleague forwards as a file, if it is the only one and can be read."""
    within = [file for file in mail.files if file.media_type in MAILS]
    if len(within) != 1:
        return None
    try:
        read = parse(within[0].content)
    except UnableToTakeIn:
        return None
    said = read.text.strip() or read.subject or read.files
    person = read.sender.email and not read.automatic.kind and not _is_of_us(read.sender)
    return read if said and person else None


def _open_for(
    coming: _Coming, within: ParsedMail, found: Match | None, *, beside: str, quoted: str = "", by: Agent
) -> Event:
    """Open the complaint of a forwarded customer, or go on with it; what the colleague wrote beside it is a note."""
    theirs = replace(coming, mail=within)
    if found is not None:
        event = _continue(theirs, found, by=by)
    else:
        event = _open(theirs, writer_of(within, coming.mailbox), text=within.text, quoted=within.quoted, by=by)
    if beside.strip():
        complaints.append(
            complaint=event.complaint,
            kind=EventKind.NOTED,
            by=By.AGENT,
            agent=by,
            text=beside,
            quoted=quoted,
            channel=Channel.MAIL,
            now=coming.now,
        )
    _remember(coming, event.complaint)
    return event


def _continue(coming: _Coming, found: Match, *, by: Agent | None = None) -> Event:
    mail, complaint = coming.mail, found.complaint
    event = complaints.customer_writes(
        complaint=complaint,
        text=mail.text,
        html=mail.html,
        quoted=mail.quoted,
        channel=Channel.MAIL,
        language=language_of(mail.text, prior=complaint.language),
        attachments=uploads(mail.files),
        data=about(mail) | ({} if found.from_participant else {"from": mail.sender.email}),
        now=coming.now,
    )
    if not found.from_participant:
        with translation.override(complaint.owner.language):
            text = _("This came from %(address)s, an address that was not known for this customer.")
        _note(complaint, text % {"address": mail.sender.email}, coming.now)
    _note_left_out(coming, complaint)
    if coming.arrival.full_size:
        note_too_large(complaint=complaint, arrival=coming.arrival, now=coming.now)
    if coming.arrival.full_size and by is None:  # whom a colleague forwards sent nothing large
        _answer_too_large(coming, complaint, mail.sender.email)
    _remember(coming, complaint)
    return event


def _open(coming: _Coming, writer: Address, *, text: str, quoted: str, by: Agent | None = None) -> Event:
    mail, now = coming.mail, coming.now
    language = language_of(f"{mail.subject}\n{text}", prior="en")
    customer, is_first = customers.found_or_made(name=writer.name, language=language, email=writer.email, now=now)
    language = language_of(f"{mail.subject}\n{text}", prior=customer.language)
    complaint, event = complaints.open_complaint(
        customer=customer,
        subject=mail.subject,
        text=text,
        html=mail.html,
        quoted=quoted,
        language=language,
        channel=Channel.MAIL,
        attachments=uploads(mail.files),
        data=about(mail),
        by=by,
        now=now,
        is_first=is_first,
    )
    _note_left_out(coming, complaint)
    _remember(coming, complaint)
    if coming.arrival.full_size:
        note_too_large(complaint=complaint, arrival=coming.arrival, now=now)
    if mail.automatic.answer and by is None and coming.arrival.full_size:
        _answer_too_large(coming, complaint, writer.email)
    if mail.automatic.answer and by is None:
        subject = f"Re: {mail.subject}" if mail.subject else ""
        acknowledge(
            complaint=complaint,
            recipient=writer.email,
            subject=subject,
            in_reply_to=mail.message_id,
            mailbox=coming.mailbox,
            is_first=is_first,
            by_form=writer != mail.sender,
            now=now,
        )
    return event


def about(mail: ParsedMail) -> dict[str, object]:
    """What the event of a mail says beside its words."""
    return {"remote_images": mail.remote_images} if mail.remote_images else {}


def _answer_too_large(coming: _Coming, complaint: Complaint, recipient: str) -> None:
    answer_too_large(complaint=complaint, recipient=recipient, mail=coming.mail, mailbox=coming.mailbox, now=coming.now)


def _note_left_out(coming: _Coming, complaint: Complaint) -> None:
    if coming.mail.left_out:
        names = ", ".join(coming.mail.left_out[:10])
        with translation.override(complaint.owner.language):
            text = _("Too large to keep beside the message, still in the raw mail: %(names)s")
        _note(complaint, text % {"names": names}, coming.now)


def _note(complaint: Complaint, text: str, now: datetime) -> None:
    complaints.append(complaint=complaint, kind=EventKind.NOTED, by=By.SYSTEM, text=text, now=now)


def _remember(coming: _Coming, complaint: Complaint) -> None:
    """Keep the mail's id, and the other system's number, so that answers to it find this complaint."""
    for value in (coming.mail.message_id, thread_key(coming.mail.subject, coming.mailbox)):
        if value:
            MessageId.objects.get_or_create(value=value, complaint=complaint, defaults={"ours": False})
