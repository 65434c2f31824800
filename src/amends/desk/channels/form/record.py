"""What is kept of a form, a call or a visit: the fields and files as they were given, as JSON.

Reading it opens the complaint; so a form is kept raw before it is read, like a mail, and can be read again.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from amends.desk.channels.acknowledgement import acknowledge, name_a_time
from amends.desk.channels.models import Arrival, ArrivalState
from amends.desk.channels.problems import UnableToTakeIn
from amends.desk.channels.reading import Taken, language_of
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.actions import Upload
from amends.desk.complaints.models import By, Channel, Complaint, EventKind
from amends.desk.complaints.side_by_side import Numbers
from amends.desk.customers import actions as customers
from amends.desk.customers.words import one_line
from amends.desk.people.models import Agent, Language
from amends.desk.web.middleware import zone_of_a_person

VERSION = 1


def to_record(*, fields: Mapping[str, str], files: Iterable[Upload], by: Agent | None = None) -> bytes:
    """Write fields and files down."""
    record = {
        "version": VERSION,
        "fields": dict(fields),
        "by": by.pk if by else None,
        "files": write_files(files),
    }
    return json.dumps(record, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")


def write_files(files: Iterable[Upload]) -> list[dict[str, str]]:
    """Write files down as rows of JSON; a virus scanner finds them in a record under "files"."""
    return [
        {"name": file.name, "media_type": file.media_type, "content": base64.b64encode(file.body).decode("ascii")}
        for file in files
    ]


def read_files(rows: Iterable[Mapping[str, str]]) -> list[Upload]:
    """Read them back.

    :raises ValueError: if what they hold is cut off; KeyError or TypeError, if they are no such rows
    """
    return [
        Upload(
            name=str(row["name"]),
            media_type=str(row["media_type"]),
            body=base64.b64decode(row["content"], validate=True),
        )
        for row in rows
    ]


def take_in_record(*, arrival: Arrival, now: datetime, number: Numbers | None = None) -> Taken:
    """Open the complaint that a form, a call or a visit tells, in the caller's transaction.

    `number` is the complaint's where it was taken before.

    :raises UnableToTakeIn: if the record is cut off, or says nothing
    """
    fields, files, by = _read(bytes(arrival.raw))
    text = fields.get("text", "")
    if not text.strip() and not files:
        raise UnableToTakeIn("no-words")
    chosen = fields.get("language", "")
    chosen = chosen if chosen in Language.values else "en"
    language = language_of(text, prior=chosen)
    email, phone = fields.get("email", "").strip(), fields.get("phone", "").strip()
    customer, is_first = customers.found_or_made(
        name=fields.get("name", ""), language=chosen, email=email, phone=phone, proved=by is not None, now=now
    )
    if fields.get("honorific") and not customer.honorific:
        customers.correct(customer=customer, honorific=fields["honorific"][:40])
    complaint, event = complaints.open_complaint(
        customer=customer,
        subject=fields.get("subject", ""),
        text=text,
        language=language,
        channel=arrival.channel,
        wish=fields.get("wish", ""),
        attachments=files,
        data={"phone": one_line(phone, limit=40)} if phone else None,
        by=by,
        now=now,
        number=None if number is None else lambda: number.take(1),
        is_first=is_first,
    )
    if email and phone and by is None:
        _note_whose_number(complaint, phone, now=now)
    if arrival.channel == Channel.FORM:
        zone = zone_of_a_person(fields.get("zone", ""))
        told = None
        if email:
            told = acknowledge(
                complaint=complaint, recipient=email, subject="", zone=zone, is_first=is_first, by_form=True, now=now
            )
        if told is None:  # no mail goes there: the customer's page names the time
            name_a_time(complaint=complaint, zone=zone, now=now)
    return Taken(state=ArrivalState.TAKEN_IN, event=event, sender=email or phone, subject=complaint.subject)


def _note_whose_number(complaint: Complaint, phone: str, *, now: datetime) -> None:
    """Tell the owner where somebody gave a number that is another customer's: a person knows whether they are one."""
    if complaint.customer.contact_ways.filter(kind="phone", value=customers.same_phone(phone)).exists():
        return
    with translation.override(complaint.owner.language):
        text = _(
            "They also gave the number %(phone)s, which stands in another record here. If it is the same person, make "
            "the two records one."
        ) % {"phone": one_line(phone, limit=40)}
    complaints.append(complaint=complaint, kind=EventKind.NOTED, by=By.SYSTEM, text=text, now=now)


def _read(raw: bytes) -> tuple[dict[str, str], list[Upload], Agent | None]:
    try:
        record = json.loads(raw.decode("utf-8", "surrogatepass"))
        fields = {str(name): str(value or "") for name, value in record["fields"].items()}
        files = read_files(record["files"])
        by = record.get("by")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnableToTakeIn("cut", str(error)[:200]) from error
    return fields, files, Agent.objects.filter(pk=by).first() if by is not None else None
