"""One mail into the desk: whose it is, which complaint it belongs to, and whether anybody should answer by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from amends.desk.channels.acknowledgement import acknowledge
from amends.desk.channels.mail import keys
from amends.desk.channels.mail.matching import Match, match
from amends.desk.channels.mail.parse import parse
from amends.desk.channels.models import Arrival, ArrivalState, MessageId, Outgoing, OutgoingState
from amends.desk.channels.outbox import warn_owner
from amends.desk.channels.problems import UnableToTakeIn, join
from amends.desk.channels.reading import Taken, language_of, uploads
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import By, Channel, Complaint, Event, EventKind
from amends.desk.customers import actions as customers
from amends.desk.people.models import Agent
from amends.intake.mail import Address, ParsedMail

NO_ANSWER = ("noreply", "no-reply", "no_reply", "donotreply", "do-not-reply")


@dataclass(frozen=True, slots=True)
class _Coming:
    """One mail on its way in."""

    mail: ParsedMail
    arrival: Arrival
    now: datetime

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
    if not anyway:
        if arrival.digest and Arrival.objects.filter(
            digest=arrival.digest, state=ArrivalState.TAKEN_IN, channel=Channel.MAIL
        ).exclude(pk=arrival.pk):
            return coming.aside("doubled")
        if set_aside := _automatic(coming):
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
        found = match(mail)
        event = None
        if found:  # kept where it belongs, and nothing about the complaint changes by it
            event = complaints.append(
                complaint=found.complaint,
                kind=EventKind.NOTED,
                by=By.SYSTEM,
                text=mail.text,
                channel=Channel.MAIL,
                data={"automatic": True, "from": mail.sender.email},
                now=coming.now,
            )
        return coming.aside("auto-reply", why, event)
    return None


def _returned(coming: _Coming) -> Taken:
    """A letter of ours came back: tell its owner. What cites no letter that we signed changes nothing."""
    report = coming.mail.automatic
    ours = [value for value in report.originals if keys.number_in_message_id(value) is not None]
    letter = Outgoing.objects.filter(message_id__in=ours).select_related("complaint__owner").first()
    if letter is None:
        return coming.aside("bounce", report.status)
    if not report.status.startswith("4"):  # 4 means that the other server still tries
        Outgoing.objects.filter(pk=letter.pk).update(
            state=OutgoingState.FAILED, problem=join("bounce", report.status or coming.mail.subject)
        )
    event = warn_owner(
        outgoing=letter, about="mail-returned", detail=report.status or coming.mail.subject, now=coming.now
    )
    return coming.aside("bounce", report.status, event)


def _from_a_person(coming: _Coming) -> Taken:
    mail = coming.mail
    found = match(mail)
    agent = Agent.objects.filter(email__iexact=mail.sender.key).first() if mail.sender.email else None
    if agent is not None:
        return _from_agent(coming, agent, found)
    if not mail.sender.email:
        raise UnableToTakeIn("no-sender")
    if not (mail.text.strip() or mail.files or mail.left_out or mail.subject):
        raise UnableToTakeIn("no-words")
    if found:
        return coming.taken(_continue(coming, found))
    return coming.taken(_open(coming, _writer(mail), text=mail.text, quoted=mail.quoted))


def _writer(mail: ParsedMail) -> Address:
    """Who wants the answer: forms on other sites write in a machine's name and give the person's for replies."""
    local = mail.sender.key.partition("@")[0]
    people = [address for address in mail.reply_to if not keys.is_desk_address(address.email)]
    return people[0] if people and local.startswith(NO_ANSWER) else mail.sender


def _from_agent(coming: _Coming, agent: Agent, found: Match | None) -> Taken:
    """A colleague's mail: a forwarded customer opens that customer's complaint; an answer becomes a note.

    A colleague's own address never becomes a customer's: two desks would write to each other for ever.
    """
    mail = coming.mail
    origin = mail.forwarded_from
    if origin and not keys.is_desk_address(origin.email) and not Agent.objects.filter(email__iexact=origin.key):
        return coming.taken(_open(coming, origin, text=mail.text, quoted="", by=agent))
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


def _continue(coming: _Coming, found: Match) -> Event:
    mail, complaint = coming.mail, found.complaint
    event = complaints.customer_writes(
        complaint=complaint,
        text=mail.text,
        html=mail.html,
        quoted=mail.quoted,
        channel=Channel.MAIL,
        language=language_of(mail.text, prior=complaint.language),
        attachments=uploads(mail.files),
        data=_about(mail) | ({} if found.from_participant else {"from": mail.sender.email}),
        now=coming.now,
    )
    if not found.from_participant:
        _note(
            complaint,
            _("This came from %(address)s, an address that was not known for this customer.")
            % {"address": mail.sender.email},
            coming.now,
        )
    _note_left_out(coming, complaint)
    _remember(coming, complaint)
    return event


def _open(coming: _Coming, writer: Address, *, text: str, quoted: str, by: Agent | None = None) -> Event:
    mail, now = coming.mail, coming.now
    language = language_of(f"{mail.subject}\n{text}", prior="en")
    customer = customers.find_or_make(name=writer.name, language=language, email=writer.email, now=now)
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
        data=_about(mail),
        by=by,
        now=now,
    )
    _note_left_out(coming, complaint)
    _remember(coming, complaint)
    if mail.automatic.answer and by is None:
        subject = f"Re: {mail.subject}" if mail.subject else ""
        acknowledge(complaint=complaint, recipient=writer.email, subject=subject, in_reply_to=mail.message_id, now=now)
    return event


def _about(mail: ParsedMail) -> dict[str, object]:
    return {"remote_images": mail.remote_images} if mail.remote_images else {}


def _note_left_out(coming: _Coming, complaint: Complaint) -> None:
    if coming.mail.left_out:
        names = ", ".join(coming.mail.left_out[:10])
        _note(
            complaint,
            _("Too large to keep beside the message, still in the raw mail: %(names)s") % {"names": names},
            coming.now,
        )


def _note(complaint: Complaint, text: str, now: datetime) -> None:
    complaints.append(complaint=complaint, kind=EventKind.NOTED, by=By.SYSTEM, text=text, now=now)


def _remember(coming: _Coming, complaint: Complaint) -> None:
    """Keep the mail's id, so that answers to it find this complaint."""
    if coming.mail.message_id:
        MessageId.objects.get_or_create(value=coming.mail.message_id, complaint=complaint, defaults={"ours": False})
