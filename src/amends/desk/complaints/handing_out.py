"""All that the desk keeps about one customer, in one file that can be handed to them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import IO, Any, Protocol

from amends.desk.complaints.as_conversation import as_conversations
from amends.desk.complaints.export import with_all, without_key
from amends.desk.complaints.models import Attachment, Complaint, Event, EventKind, FieldValue
from amends.desk.customers.models import Customer
from amends.desk.customers.words import one_line
from amends.engine.conversation import to_json

LONGEST_NAME = 80  # characters of a file's name in the archive


class Adder(Protocol):
    """Yield what the room keeps of a customer: where it stands in the archive, and its bytes."""

    def __call__(self, *, customer: Customer) -> Iterator[tuple[str, bytes]]: ...


_adders: dict[str, Adder] = {}


def also_hand_out[A: Callable[..., Iterator[tuple[str, bytes]]]](adder: A) -> A:
    """Have a room add to what is handed out; naming it twice changes nothing."""
    _adders[f"{adder.__module__}.{adder.__qualname__}"] = adder
    return adder


def hand_out(*, customer: Customer, now: datetime, into: IO[bytes]) -> int:
    """Write a ZIP archive and return how many complaints are in it.

    `person.json` has who they are, `complaints.jsonl` a complaint a line in the schema of `amends export`,
    `notes.jsonl` what colleagues noted about them, `fields.jsonl` what stands in own fields, `files/` what came and
    went with messages, and rooms above add theirs: what came, as it came. The key of the customer's page is in none of
    it, but for mails of theirs that quote a letter of ours.
    """
    rows = list(with_all(Complaint.objects.filter(customer=customer, merged_into=None)).order_by("pk"))
    with zipfile.ZipFile(into, "w", compression=zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("person.json", _json(_person(customer), indent=2))
        talks = zip(rows, as_conversations(complaints=rows, now=now), strict=True)
        told = (_json(to_json(without_key(talk, key=row.key))) for row, talk in talks)
        archive.writestr("complaints.jsonl", _lines(told))
        archive.writestr("notes.jsonl", _lines(_json(note) for note in _notes(customer)))
        archive.writestr("fields.jsonl", _lines(_json(field) for field in _own_fields(customer)))
        files = Attachment.objects.filter(event__complaint__customer=customer).select_related("event__complaint")
        for row in files.order_by("pk"):
            with row.file.open("rb") as file, archive.open(_place(row), "w") as copy:
                copy.writelines(file.chunks())
        for adder in _adders.values():
            for place, held in adder(customer=customer):
                archive.writestr(place, held)
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


def _own_fields(customer: Customer) -> Iterator[dict[str, Any]]:
    values = FieldValue.objects.filter(complaint__customer=customer).order_by("complaint__number", "field", "pk")
    for number, name, text in values.values_list("complaint__number", "field__name", "text"):
        yield {"complaint": number, "field": name, "says": text}


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
