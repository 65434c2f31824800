"""All that the desk keeps about one customer, in one file that can be handed to them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

from amends.desk.complaints.as_conversation import as_conversations
from amends.desk.complaints.export import with_all, without_key
from amends.desk.complaints.models import Attachment, Complaint, Event, EventKind
from amends.desk.customers.models import Customer
from amends.desk.customers.words import one_line
from amends.engine.conversation import to_json

LONGEST_NAME = 80  # characters of a file's name in the archive


def hand_out(*, customer: Customer, now: datetime, into: IO[bytes]) -> int:
    """Write a ZIP archive and return how many complaints are in it.

    `person.json` has who they are, `complaints.jsonl` a complaint a line in the schema of `amends export`,
    `notes.jsonl` what colleagues noted about them, `files/` what came and went with messages. The key of the
    customer's page is in none of it.
    """
    rows = list(with_all(Complaint.objects.filter(customer=customer, merged_into=None)).order_by("pk"))
    with zipfile.ZipFile(into, "w", compression=zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("person.json", _json(_person(customer), indent=2))
        talks = zip(rows, as_conversations(complaints=rows, now=now), strict=True)
        told = (_json(to_json(without_key(talk, key=row.key))) for row, talk in talks)
        archive.writestr("complaints.jsonl", _lines(told))
        archive.writestr("notes.jsonl", _lines(_json(note) for note in _notes(customer)))
        files = Attachment.objects.filter(event__complaint__customer=customer).select_related("event__complaint")
        for row in files.order_by("pk"):
            with row.file.open("rb") as file, archive.open(_place(row), "w") as copy:
                copy.writelines(file.chunks())
    return len(rows)


def _person(customer: Customer) -> dict[str, Any]:
    kept = ("name", "honorific", "say", "language", "address", "since", "orders", "yearly_value", "currency", "note")
    found = {name: getattr(customer, name) for name in kept}
    found["known_since"] = customer.created_at
    found["contact_ways"] = list(customer.contact_ways.order_by("pk").values("kind", "value"))
    if bought := list(customer.purchases.order_by("on", "pk").values("on", "amount", "currency", "reference")):
        found["purchases"] = bought
    if parts := Customer.objects.filter(joined_into__into=customer, joined_into__apart_at=None).order_by("pk"):
        found["records_that_went_into_it"] = [_person(one) for one in parts]
    return {name: value for name, value in found.items() if value not in ("", None)}


def _notes(customer: Customer) -> Iterator[dict[str, Any]]:
    notes = Event.objects.filter(complaint__customer=customer, kind=EventKind.NOTED).order_by("at", "pk")
    for number, at, text in notes.values_list("complaint__number", "at", "content__text"):
        yield {"complaint": number, "at": at, "text": text}


def _place(row: Attachment) -> str:
    name = one_line(row.name, limit=LONGEST_NAME).replace("/", "_").replace("\\", "_").lstrip(".")
    return f"files/{row.event.complaint.number}/{row.pk}-{name or 'file'}"


def _lines(rows: Iterator[str]) -> str:
    return "".join(f"{row}\n" for row in rows)


def _json(value: object, *, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, default=_plain)


def _plain(value: object) -> str:
    """Days, moments and sums of money as text."""
    return value.isoformat() if isinstance(value, datetime) else str(value)
