"""Signed keys by which an answer finds its complaint: in our reply address, in our Message-IDs, in the text.

A number alone opens nothing: whoever writes a stranger's number has no signature for it.
"""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Callable, Iterable
from email.utils import parseaddr

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from amends.desk.channels.models import Mailbox
from amends.desk.complaints.models import Complaint
from amends.desk.complaints.queries import going_on
from amends.intake.mail import fold_address

_KEY = r"c\.(\d{1,9})\.([a-z2-7]{16})"
_IN_ADDRESS = re.compile(rf"^[^@]*\+{_KEY}@", re.IGNORECASE)
_INTERNAL = re.compile(r"^[^@]*\+n\.(\d{1,9})\.([a-z2-7]{16})@", re.IGNORECASE)
_IN_TEXT = re.compile(rf"\[\s*{_KEY}\s*\]", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"^c(\d{1,9})\.([a-z0-9]{8,40})\.([a-z2-7]{16})@", re.IGNORECASE)
MOST_MARKERS = 20


def desk_address(*, mailbox: Mailbox | None = None) -> str:
    """The address that mail comes from and answers go to, without a name: the mailbox's, else the settings'."""
    return mailbox.address if mailbox else parseaddr(settings.MAIL_FROM)[1] or settings.MAIL_FROM


def is_desk_address(email: str) -> bool:
    """Whether an address is our own, that of any mailbox, with or without a key in it."""
    return email in OwnAddresses()


class OwnAddresses:
    """Our own addresses, read once unless the mailboxes are at hand: `email in OwnAddresses()` as `is_desk_address`."""

    def __init__(self, mailboxes: Iterable[Mailbox] | None = None) -> None:
        if mailboxes is None:
            mailboxes = Mailbox.objects.only("address")
        own = [desk_address(), *(mailbox.address for mailbox in mailboxes)]
        self._bare = {_without_key(address) for address in own}

    def __contains__(self, email: str) -> bool:
        return _without_key(email) in self._bare


def has_any(*, addresses: Iterable[str], text: str) -> bool:
    """Whether anything in these looks like a key of ours, signed or not."""
    return _IN_TEXT.search(text) is not None or any(
        pattern.match(address.strip()) for address in addresses for pattern in (_IN_ADDRESS, _INTERNAL)
    )


def _without_key(email: str) -> str:
    local, _at, domain = fold_address(email).rpartition("@")
    return f"{local.split('+')[0]}@{domain}"


def token(*, complaint: Complaint) -> str:
    """Sign a complaint; erasing its customer changes the complaint's key, and with it every token."""
    return f"c.{complaint.number}.{_sign('token', complaint.number, complaint.key)}"


def reply_address(*, complaint: Complaint, mailbox: Mailbox | None = None) -> str:
    """Where answers go; without the key at a server that does not know such addresses."""
    address = desk_address(mailbox=mailbox)
    if mailbox is not None and not mailbox.plus_addresses:
        return address
    return _keyed(address, token(complaint=complaint))


def internal_address(*, complaint: Complaint, mailbox: Mailbox | None = None) -> str:
    """Where colleagues answer to what was said among ourselves: it never reaches the customer."""
    return _keyed(
        desk_address(mailbox=mailbox), f"n.{complaint.number}.{_sign('note', complaint.number, complaint.key)}"
    )


def _keyed(address: str, key: str) -> str:
    local, _at, domain = address.rpartition("@")
    return f"{local}+{key}@{domain}"


def marker(*, complaint: Complaint) -> str:
    """What stands in the text of our mail, for programs that lose headers and addresses."""
    return f"[{token(complaint=complaint)}]"


def new_message_id(
    *,
    complaint: Complaint,
    mailbox: Mailbox | None = None,
    random: Callable[[], str] = lambda: secrets.token_hex(8),
) -> str:
    """Make the Message-ID of a letter, without brackets; it proves that we wrote it."""
    chance = random()
    domain = desk_address(mailbox=mailbox).rpartition("@")[2]
    return f"c{complaint.number}.{chance}.{_sign('message-id', complaint.number, chance)}@{domain}"


def number_in_message_id(value: str) -> int | None:
    """The complaint of a Message-ID that we made; None for any other."""
    match = _MESSAGE_ID.match(value)
    if match and _fits(match[3], _sign("message-id", int(match[1]), match[2].casefold())):
        return int(match[1])
    return None


def complaint_by_token(*, addresses: Iterable[str] = (), text: str = "") -> Complaint | None:
    """Find the complaint that a signed address or marker names."""
    found = [match for address in addresses if (match := _IN_ADDRESS.match(address.strip()))]
    found += list(_IN_TEXT.finditer(text))[:MOST_MARKERS]
    for match in found:
        complaint = Complaint.objects.filter(number=int(match[1])).select_related("customer", "owner").first()
        if complaint and _fits(match[2], _sign("token", complaint.number, complaint.key)):
            return complaint
    return None


def complaint_by_internal_address(addresses: Iterable[str]) -> Complaint | None:
    """Find the complaint among whose notes a mail belongs."""
    for match in filter(None, (_INTERNAL.match(address.strip()) for address in addresses)):
        complaint = Complaint.objects.filter(number=int(match[1])).select_related("customer", "owner").first()
        if complaint and _fits(match[2], _sign("note", complaint.number, complaint.key)):
            return going_on(complaint)
    return None


def _sign(use: str, number: int, secret: str) -> str:
    digest = salted_hmac(f"amends.channels.{use}", f"{number}:{secret}", algorithm="sha256").digest()
    return base64.b32encode(digest[:10]).decode("ascii").casefold()


def _fits(given: str, right: str) -> bool:
    return constant_time_compare(given.casefold(), right)
