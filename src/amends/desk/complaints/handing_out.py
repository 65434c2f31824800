"""All that the desk keeps about one customer, in one file that can be handed to them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import IO, Any, Protocol

from amends.desk.complaints.as_conversation import as_conversations
from amends.desk.complaints.export import with_all, without_key
from amends.desk.complaints.models import Attachment, Complaint, Draft, Event, EventKind, FieldValue
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
    `timeline.jsonl` everything that happened, with all that is kept of it, `about.jsonl` what each complaint is about,
    `notes.jsonl` what colleagues noted about them, `drafts.jsonl` what nobody sent, `fields.jsonl` what stands in own
    fields, `files/` what came and went with messages, and rooms above add theirs: what came, as it came, what waits to
    be sent, causes. The key of the customer's page is in none of it, but for mails of theirs that quote a letter of
    ours.
    """
    rows = list(with_all(Complaint.objects.filter(customer=customer, merged_into=None)).order_by("pk"))
    with zipfile.ZipFile(into, "w", compression=zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("person.json", _json(_person(customer), indent=2))
        talks = zip(rows, as_conversations(complaints=rows, now=now), strict=True)
        told = (to_json(without_key(talk, key=row.key)) for row, talk in talks)
        archive.writestr("complaints.jsonl", lines(told))
        archive.writestr("about.jsonl", lines(_about(customer)))
        with archive.open("timeline.jsonl", "w") as file:  # years of it are never held at once
            file.writelines(line.encode() for line in map(_line, _timeline(customer)))
        archive.writestr("drafts.jsonl", lines(_drafts(customer)))
        archive.writestr("notes.jsonl", lines(_notes(customer)))
        archive.writestr("fields.jsonl", lines(_own_fields(customer)))
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


def _about(customer: Customer) -> Iterator[dict[str, Any]]:
    rows = Complaint.objects.filter(customer=customer).select_related("product", "branch").order_by("number")
    for row in rows.prefetch_related("taggings__tag"):
        told = {
            "complaint": row.number,
            "subject": row.subject,
            "wish": row.wish,
            "language": row.language,
            "channel": row.channel,
            "product": row.product and str(row.product),
            "branch": row.branch and str(row.branch),
            "tags": [one.tag.name for one in row.taggings.all()],
        }
        yield _without(row.key, {name: value for name, value in told.items() if value})


def _timeline(customer: Customer) -> Iterator[dict[str, Any]]:
    """Everything that happened in their complaints, those among them that went into another, as it is kept."""
    events = Event.objects.filter(complaint__customer=customer).select_related("complaint", "agent", "content")
    for row in events.order_by("complaint__number", "sequence").iterator(chunk_size=500):
        told = {
            "complaint": row.complaint.number,
            "at": row.at,
            "kind": row.kind,
            "by": row.by,
            "agent": row.agent.name if row.agent is not None else "",
            "channel": row.channel,
            "text": row.content.text,
            "quoted": row.content.quoted,
            "data": row.content.data,
        }
        yield _without(row.complaint.key, {name: value for name, value in told.items() if value not in ("", {})})


def _drafts(customer: Customer) -> Iterator[dict[str, Any]]:
    drafts = Draft.objects.filter(complaint__customer=customer).exclude(text="").order_by("saved_at", "pk")
    for number, key, at, text in drafts.values_list("complaint__number", "complaint__key", "saved_at", "text"):
        yield _without(key, {"complaint": number, "at": at, "text": text})


def _without(key: str, told: dict[str, Any]) -> dict[str, Any]:
    """The same without the key of the customer's page, wherever it stands."""
    return dict(json.loads(_json(told).replace(key, "…")))


def _place(row: Attachment) -> str:
    name = one_line(row.name, limit=LONGEST_NAME).replace("/", "_").replace("\\", "_").lstrip(".")
    return f"files/{row.event.complaint.number}/{row.pk}-{name or 'file'}"


def lines(rows: Iterator[dict[str, Any]]) -> str:
    """Write rows, each on a line of its own."""
    return "".join(map(_line, rows))


def _line(row: dict[str, Any]) -> str:
    return f"{_json(row)}\n"


def _json(value: object, *, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, default=_plain)


def _plain(value: object) -> str:
    """Days, moments and sums of money as text."""
    return value.isoformat() if isinstance(value, datetime) else str(value)
