"""Which complaint a mail belongs to. Three keys, tried one after the other, and never a number in the subject.

A signed key (our reply address, our Message-ID, the marker in our text) is enough, whoever holds it. An id that is
not signed joins only when the sender takes part in that complaint already.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from amends.desk.channels.mail import keys
from amends.desk.channels.models import Arrival, Mailbox, MessageId, Outgoing
from amends.desk.complaints.models import Complaint
from amends.desk.complaints.queries import by_number
from amends.desk.customers.models import ContactWay
from amends.intake.mail import ParsedMail

Key = Literal["address", "message-id", "marker", "reference", "number", "subject"]

# 'Re:' and 'Fwd:' as the programs of our correspondents write them, with a count or without.
_ANSWER = re.compile(
    r"^\s*(?:re|ynt|yan|cevap|پاسخ|хариу|aw|antw|sv|rv|res|отв|ответ|回复)\s*(?:\[\d+\])?\s*[:：]\s*", re.IGNORECASE
)
LONGEST_SUBJECT = 300  # of which a pattern is tried


@dataclass(frozen=True, slots=True)
class Match:
    complaint: Complaint
    by: Key
    from_participant: bool


def match(mail: ParsedMail, *, mailbox: Mailbox | None = None, now: datetime | None = None) -> Match | None:
    """Find the complaint, newest reference first; the mailbox may have two rules more (both need the same sender).

    What belongs to a complaint that was merged into another one belongs to that one. Nothing belongs to one whose
    customer was erased: who writes again begins anew.
    """
    found = _match(mail, mailbox=mailbox, now=now)
    complaint = by_number(number=found.complaint.number) if found else None
    if found is None or complaint is None or complaint.customer.erased_at is not None:
        return None
    return replace(found, complaint=complaint)


def _match(  # noqa: PLR0911 - one return a key
    mail: ParsedMail, *, mailbox: Mailbox | None = None, now: datetime | None = None
) -> Match | None:
    addresses = [address.email for address in (*mail.to, *mail.cc, *mail.delivered_to)]
    sender = mail.sender.key
    if complaint := keys.complaint_by_token(addresses=addresses):
        return Match(complaint, "address", takes_part(complaint=complaint, address=sender))
    ids = list(dict.fromkeys([*mail.in_reply_to, *reversed(mail.references), *mail.automatic.originals]))
    for value in ids:
        number = keys.number_in_message_id(value)
        complaint = Complaint.objects.filter(number=number).first() if number is not None else None
        if complaint:
            return Match(complaint, "message-id", takes_part(complaint=complaint, address=sender))
    if complaint := keys.complaint_by_token(text=mail.whole):
        return Match(complaint, "marker", takes_part(complaint=complaint, address=sender))
    known = {row.value: row.complaint for row in MessageId.objects.filter(value__in=ids).select_related("complaint")}
    for value in ids:
        complaint = known.get(value)
        if complaint and takes_part(complaint=complaint, address=sender):
            return Match(complaint, "reference", from_participant=True)
    if complaint := _by_number(mail, mailbox):
        return Match(complaint, "number", from_participant=True)
    if complaint := _by_subject(mail, mailbox, now=now):
        return Match(complaint, "subject", from_participant=True)
    return None


def thread_key(subject: str, mailbox: Mailbox | None) -> str:
    """Another system's number in the subject, by the mailbox's pattern, as a key of our own; else empty."""
    if mailbox is None or not mailbox.thread_pattern:
        return ""
    found = re.search(mailbox.thread_pattern, subject[:LONGEST_SUBJECT])
    if found is None:
        return ""
    number = found[1] if found.re.groups else found[0]
    return f"thread {mailbox.pk} {number}"[:255] if number and number.strip() else ""


def bare_subject(subject: str) -> str:
    """The subject without 'Re:' before it."""
    while match := _ANSWER.match(subject):
        subject = subject[match.end() :]
    return " ".join(subject.split())


def _by_number(mail: ParsedMail, mailbox: Mailbox | None) -> Complaint | None:
    """A system that numbers its own cases keeps its number in the subject; its own sender has to write it."""
    key = thread_key(mail.subject, mailbox)
    if not key:
        return None
    for row in MessageId.objects.filter(value=key).select_related("complaint").order_by("-pk")[:20]:
        if takes_part(complaint=row.complaint, address=mail.sender.key):
            return row.complaint
    return None


def _by_subject(mail: ParsedMail, mailbox: Mailbox | None, *, now: datetime | None) -> Complaint | None:
    """Marketplaces send mail without references: the same sender and subject within the mailbox's hours."""
    subject = bare_subject(mail.subject)
    if mailbox is None or not mailbox.same_subject_hours or now is None or not subject:
        return None
    since = now - timedelta(hours=mailbox.same_subject_hours)
    lately = Arrival.objects.filter(
        mailbox=mailbox, sender__iexact=mail.sender.key, received_at__gt=since, event__isnull=False
    ).select_related("event__complaint")
    for arrival in lately.defer("raw").order_by("-received_at", "-pk")[:50]:
        if bare_subject(arrival.subject) == subject:
            return arrival.event.complaint if arrival.event else None
    return None


def takes_part(*, complaint: Complaint, address: str) -> bool:
    """Whether the address is the customer's, or we have written to it about this complaint."""
    if not address:
        return False
    ways = ContactWay.objects.filter(customer=complaint.customer_id, kind=ContactWay.Kind.EMAIL, value__iexact=address)
    return ways.exists() or Outgoing.objects.filter(complaint=complaint, recipient__iexact=address).exists()
