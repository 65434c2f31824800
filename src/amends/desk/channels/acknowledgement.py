"""The automatic word that confirms receipt: who is on it, and by when they write; the time is a promise like any."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import CharField, QuerySet
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from amends.desk.channels import outbox, receipts
from amends.desk.channels.mail.compose import deliverable
from amends.desk.channels.models import Mailbox, MessageId, Outgoing, OutgoingState
from amends.desk.complaints import actions as complaints
from amends.desk.complaints import opening
from amends.desk.complaints.models import By, Channel, Complaint, Event, EventKind
from amends.desk.complaints.one_moment import in_transaction
from amends.desk.complaints.opening import Begun
from amends.desk.customers.queries import greeting_name
from amends.desk.people.face import spoken
from amends.desk.people.models import Agent
from amends.desk.promises import actions as promises
from amends.desk.web import questions, wording
from amends.desk.web.questions import Blank
from amends.engine.promises.calendar import NoWorkingTimeError, WorkingCalendar
from amends.intake.mail import fold_address

NEXT_WORD_IN = timedelta(hours=8)  # of working time: on the next working day at about the same hour
FOR_GOOD = "bounce: 5"  # how the problem of a letter begins that can never arrive
NOTHING_MORE: Final[Mapping[str, Any]] = MappingProxyType({})


def next_word_by(*, calendar: WorkingCalendar, now: datetime) -> datetime:
    """The time by which the owner writes: counted in their working hours, on a full half hour."""
    try:
        due = calendar.add_working_time(now, NEXT_WORD_IN)
    except NoWorkingTimeError:
        due = now + timedelta(days=1)
    full = [_rounded_up(due, minutes=step) for step in (30, 1)]  # where they end before the half hour, the minute
    return next((at for at in full if calendar.is_open(at - timedelta(microseconds=1))), full[0])


def _rounded_up(at: datetime, *, minutes: int) -> datetime:
    over = timedelta(minutes=at.minute % minutes, seconds=at.second, microseconds=at.microsecond)
    return at - over + (timedelta(minutes=minutes) if over else timedelta())


def came_back(address: str) -> bool:
    """Whether the last letter to this address came back for good: no machine writes there again, a person may."""
    told = questions.ask("last letter to an address", _last_to, address=fold_address(address))
    return bool(told) and str(told[0][0]).startswith(FOR_GOOD)


def addresses_that_came_back(addresses: Iterable[str]) -> set[str]:
    """Which of these addresses a letter came back from last, in the one way in which addresses are compared."""
    asked = {fold_address(address) for address in addresses}
    sent = _letters().filter(to__in=asked).order_by("pk").values_list("recipient", "problem")
    last = {fold_address(recipient): problem for recipient, problem in sent}
    return {address for address, problem in last.items() if problem.startswith(FOR_GOOD)}


def _letters() -> QuerySet[Outgoing]:
    sent = Outgoing.objects.exclude(state__in=[OutgoingState.WAITING, OutgoingState.TAKEN_BACK])
    return sent.alias(to=Lower("recipient"))


def _last_to() -> QuerySet[Outgoing, Any]:
    return _letters().filter(to=Blank("address", CharField())).order_by("-pk").values_list("problem")[:1]


def goes_out(
    *, complaint: Complaint, recipient: str, now: datetime, is_first: bool = False, by_form: bool = False
) -> datetime | None:
    """When an automatic word may go to somebody, and count it; None where too much went there lately.

    Nothing went to a customer whose record has just been made (`is_first`). A form writes one subject for all, and
    answers nobody (`by_form`).
    """
    one = receipts.Asked(
        customer=complaint.customer_id,
        recipient=recipient,
        subject=complaint.subject,
        is_first=is_first,
        by_form=by_form,
    )
    return receipts.when(asked=[one], now=now)[0]


@in_transaction
def acknowledge(
    *,
    complaint: Complaint,
    recipient: str,
    subject: str,
    now: datetime,
    in_reply_to: str = "",
    mailbox: Mailbox | None = None,
    zone: ZoneInfo | None = None,
    is_first: bool = False,
    by_form: bool = False,
) -> Event | None:
    """Confirm receipt in the customer's language; None when no mail can go there, or too much went there lately.

    `zone` is the customer's own time zone, where their browser has said it; their record has just been made where this
    `is_first`; `by_form` they came by a form, ours or another site's.
    """
    if not _can_go(recipient) or came_back(recipient):
        return None
    at = goes_out(complaint=complaint, recipient=recipient, is_first=is_first, by_form=by_form, now=now)
    if at is None:
        return None
    owner, house = complaint.owner, outbox.our_house()
    due = next_word_by(calendar=owner.calendar(), now=now)
    language = house.look.spoken(complaint.language)
    promise, text = _words(complaint, due, zone=zone, organisation=house.name, language=language)
    told = _whose_time(complaint, zone)
    event = say_automatically(complaint=complaint, text=text, now=now, told=told, language=language)
    promises.make(complaint=complaint, owner=owner, made_in=event, words=promise, due_at=due, whole_day=False, now=now)
    outbox.send(
        event=event,
        complaint=complaint,
        recipient=recipient,
        # What is answered later has this subject too, by which some programs keep a thread together.
        subject=subject or complaint.subject,
        text=text,
        in_reply_to=in_reply_to,
        automatic=True,
        mailbox=mailbox,
        has_files=False,
        house=house,
        not_before=at,
        now=now,
    )
    return event


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What is to be confirmed: a complaint in its first moment, and the mail that began it."""

    begun: Begun
    recipient: str
    subject: str
    in_reply_to: str
    heard: MessageId | None
    mailbox: Mailbox | None
    by_form: bool


def acknowledge_first(*, first: Sequence[Receipt], now: datetime) -> int:
    """Confirm many mails that each began a complaint, in the caller's transaction; return how many are confirmed.

    By the same rules as `acknowledge`, and with the same words.
    """
    wanted = _may_be_answered(first, now=now)
    house, hours = outbox.our_house(), _Hours(now)
    told = []
    for one, _at in wanted:
        complaint = one.begun.complaint
        due, language = hours.next_word(complaint.owner), house.look.spoken(complaint.language)
        promise, text = _words(complaint, due, zone=None, organisation=house.name, language=language)
        told.append((one, promise, _said_automatically(complaint, text, _whose_time(complaint, None), language)))
    events = opening.say(told=[(one.begun, said) for one, _promise, said in told], now=now)
    said = promises.make_first(
        words=[
            promises.FirstWord(
                made_in=event,
                owner=event.complaint.owner,
                words=promise,
                due_at=hours.next_word(event.complaint.owner),
                warnings=hours.warnings(event.complaint.owner),
            )
            for event, (_one, promise, _said) in zip(events, told, strict=True)
        ],
        now=now,
    )
    opening.say(told=[(one.begun, about) for (one, _at), about in zip(wanted, said, strict=True)], now=now)
    outbox.send_first(
        letters=[
            outbox.FirstLetter(
                event=event,
                recipient=one.recipient,
                subject=one.subject or event.complaint.subject,
                heard=one.heard,
                mailbox=one.mailbox,
                in_reply_to=one.in_reply_to,
                not_before=at,
            )
            for (one, at), event in zip(wanted, events, strict=True)
        ],
        house=house,
        now=now,
    )
    return len(wanted)


def _may_be_answered(told: Sequence[Receipt], *, now: datetime) -> list[tuple[Receipt, datetime]]:
    """Leave out where no mail can go, or where too much went lately; say when the others go out."""
    returned = addresses_that_came_back({one.recipient for one in told})
    reachable = [one for one in told if _can_go(one.recipient) and fold_address(one.recipient) not in returned]
    asked = [
        receipts.Asked(
            customer=one.begun.complaint.customer_id,
            recipient=one.recipient,
            subject=one.begun.complaint.subject,
            by_form=one.by_form,
        )
        for one in reachable
    ]
    going = zip(reachable, receipts.when(asked=asked, now=now), strict=True)
    return [(one, at) for one, at in going if at is not None]


def _can_go(recipient: str) -> bool:
    try:
        deliverable(recipient)
    except ValueError:
        return False
    return True


class _Hours:
    """What is promised by the working hours of owners, counted once for each of them."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._due: dict[int, datetime] = {}
        self._warnings: dict[int, Mapping[str, datetime]] = {}

    def next_word(self, owner: Agent) -> datetime:
        if owner.pk not in self._due:
            self._due[owner.pk] = next_word_by(calendar=owner.calendar(), now=self._now)
        return self._due[owner.pk]

    def warnings(self, owner: Agent) -> Mapping[str, datetime]:
        if owner.pk not in self._warnings:
            self._warnings[owner.pk] = promises.warnings_by(self.next_word(owner), owner)
        return self._warnings[owner.pk]


def _words(
    complaint: Complaint, due: datetime, *, zone: ZoneInfo | None, organisation: str, language: str
) -> tuple[str, str]:
    """What is promised, and the letter in which it stands."""
    owner = complaint.owner
    with translation.override(language):
        promise = _("{name} will write to you by {time}.").format(
            name=owner.name_for(language), time=_in_words(due, complaint, zone=zone, language=language)
        )
        text = _(
            "Hello {customer},\n\n"
            "thank you for telling us. Your complaint has arrived and has the number {number}.\n\n"
            "{owner} is responsible for it and stays with you until it is put right. {promise}\n\n"
            "On your own page you see what happens, and you can write, add photographs, "
            "ask for a call or for a manager:\n{link}\n\n"
            "You can also simply answer this e-mail.\n\n{organisation}"
        ).format(
            customer=greeting_name(customer=complaint.customer, reader_language=language),
            number=wording.digits(complaint.number, language=language),
            owner=owner.name_for(language),
            promise=promise,
            link=f"{settings.ADDRESS}{reverse('portal:follow', args=[complaint.key])}",
            organisation=organisation,
        )
    return promise, text


def say_automatically(
    *,
    complaint: Complaint,
    text: str,
    now: datetime,
    told: Mapping[str, Any] = NOTHING_MORE,
    language: str = "",
) -> Event:
    """Record a word by mail that no person spoke: it stands on the customer's page, and counts as no answer.

    `language` is what it is written in, where that is not the complaint's own.
    """
    return complaints.append(complaint=complaint, now=now, **_said_automatically(complaint, text, told, language))


def _said_automatically(
    complaint: Complaint, text: str, told: Mapping[str, Any], language: str = ""
) -> complaints.Said:
    return {
        "kind": EventKind.ACKNOWLEDGED,
        "by": By.SYSTEM,
        "text": text,
        "channel": Channel.MAIL,
        "language": language or complaint.language,
        "data": {"automatic": True, **told},
    }


@in_transaction
def name_a_time(*, complaint: Complaint, now: datetime, zone: ZoneInfo | None = None) -> Event:
    """Promise the next word to whom no mail reaches: their page says who is on it and by when, and so does the ledger.

    Who left a number is promised a call, which only a call keeps. `zone` is as in `acknowledge`.
    """
    owner = complaint.owner
    due = next_word_by(calendar=owner.calendar(), now=now)
    by_phone = complaint.customer.contact_ways.filter(kind="phone").exists()
    language = spoken(complaint.language)
    with translation.override(language):
        promise = (
            _("{name} will call you by {time}.") if by_phone else _("{name} will write to you on this page by {time}.")
        ).format(name=owner.name_for(language), time=_in_words(due, complaint, zone=zone, language=language))
    event = complaints.append(
        complaint=complaint,
        kind=EventKind.ACKNOWLEDGED,
        by=By.SYSTEM,
        text=promise,
        channel=Channel.PHONE if by_phone else Channel.PORTAL,
        language=language,
        data={"automatic": True, **_whose_time(complaint, zone)},
        now=now,
    )
    promises.make(complaint=complaint, owner=owner, made_in=event, words=promise, due_at=due, whole_day=False, now=now)
    return event


def _in_words(due: datetime, complaint: Complaint, *, zone: ZoneInfo | None, language: str) -> str:
    """Day and hour by the customer's clock where it is known, else by the owner's; and whose clock that is."""
    zone = zone or _owners_zone(complaint)
    words = wording.exact(due.astimezone(zone), language=language)
    return f"{words} ({wording.zone_time(zone, language=language)})"


def _whose_time(complaint: Complaint, zone: ZoneInfo | None) -> dict[str, Any]:
    """Keep by whose clock the word was given, so that the customer's page goes by the same one."""
    return {"zone": str(zone or _owners_zone(complaint)), "theirs": zone is not None}


def _owners_zone(complaint: Complaint) -> ZoneInfo:
    return ZoneInfo(str(complaint.owner.calendar().zone))
