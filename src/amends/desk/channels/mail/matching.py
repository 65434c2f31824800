"""Which complaint a mail belongs to. Three keys, tried one after the other, and never a number in the subject.

A signed key (our reply address, our Message-ID, the marker in our text) is enough, whoever holds it. An id that is
not signed joins only when the sender takes part in that complaint already.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from amends.desk.channels.mail import keys
from amends.desk.channels.models import MessageId, Outgoing
from amends.desk.complaints.models import Complaint
from amends.desk.customers.models import ContactWay
from amends.intake.mail import ParsedMail

Key = Literal["address", "message-id", "marker", "reference"]


@dataclass(frozen=True, slots=True)
class Match:
    complaint: Complaint
    by: Key
    from_participant: bool


def match(mail: ParsedMail) -> Match | None:
    """Find the complaint, newest reference first."""
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
    return None


def takes_part(*, complaint: Complaint, address: str) -> bool:
    """Whether the address is the customer's, or we have written to it about this complaint."""
    if not address:
        return False
    ways = ContactWay.objects.filter(customer=complaint.customer_id, kind=ContactWay.Kind.EMAIL, value__iexact=address)
    return ways.exists() or Outgoing.objects.filter(complaint=complaint, recipient__iexact=address).exists()
