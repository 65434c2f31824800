"""Calls and visits: an agent types in what a customer said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from django.utils.translation import gettext as _

from amends.desk.channels import actions as channels
from amends.desk.channels.form.record import to_record
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.actions import Upload
from amends.desk.complaints.models import Branch, Channel, Complaint, Product
from amends.desk.people.models import Agent

SPOKEN = (Channel.PHONE, Channel.VISIT)


class UnableToTypeIn(Exception):
    """Something that the complaint cannot do without is missing."""


def type_in(
    *,
    by: Agent,
    name: str,
    language: str,
    text: str,
    now: datetime,
    channel: str = Channel.PHONE,
    email: str = "",
    phone: str = "",
    honorific: str = "",
    subject: str = "",
    wish: str = "",
    attachments: Sequence[Upload] = (),
    key: str = "",
    product: Product | None = None,
    branch: Branch | None = None,
) -> Complaint:
    """Open a complaint that was told on the telephone or on a visit; kept raw first, like everything that comes.

    `key` names the form that was filled in, so that sending it twice makes one complaint.
    Not to be called within a transaction.

    :raises UnableToTypeIn: if there is no name or nothing was said
    """
    if channel not in SPOKEN:
        raise UnableToTypeIn(_("Choose whether it was a call or a visit."))
    if not name.strip():
        raise UnableToTypeIn(_("Write the customer's name."))
    if not text.strip():
        raise UnableToTypeIn(_("Write what the customer told you."))
    fields = {
        "name": name,
        "language": language,
        "text": text,
        "email": email,
        "phone": phone,
        "honorific": honorific,
        "subject": subject,
        "wish": wish,
    }
    record = to_record(fields=fields, files=attachments, by=by)
    identity = f"{channel} {by.pk} {key[:100] or sha256(record + now.isoformat().encode()).hexdigest()}"
    arrival = channels.keep_raw(channel=channel, identity=identity, raw=record, now=now)
    event = channels.take_in(arrival=arrival, now=now)
    if event is None:
        raise UnableToTypeIn(
            _("The complaint was kept but could not be opened. An administrator sees it among the parked arrivals.")
        )
    if product is not None or branch is not None:
        complaints.place(complaint=event.complaint, product=product, branch=branch, by=by, now=now)
    return event.complaint
