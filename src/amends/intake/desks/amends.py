"""Another desk of ours: the folder that `amends export --everything` writes (docs/export.md)."""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from amends.intake import values
from amends.intake.desks.bundle import FILES, Bundle, Desk, Reading, content_of
from amends.intake.desks.case import Case, Kind, LeftOut, Message, Paper, Person
from amends.intake.desks.reading import ident, mapping, moment, optional_moment
from amends.intake.lines import BadLine, UnableToReadError, made_of

KIND: Final = "amends-export"
FORMAT: Final = 1
KINDS: Final[Mapping[str, Kind]] = {
    **dict.fromkeys(("received", "customer-wrote", "not-content"), "customer"),
    "replied": "reply",
    "acknowledged": "automatic",
    "noted": "note",
    "called": "call",
}

type Rows = Mapping[str, Mapping[str, Any]]


def case(body: Mapping[str, Any]) -> Case:
    """What a complaint with its timeline says.

    :raises LeftOut: when its customer was erased there
    :raises ValueError: when something that every complaint has is missing
    """
    if mapping(body.get("customer")).get("erased_at"):
        raise LeftOut("was erased there")
    told = mapping(body.get("complaint"))
    stage = values.text(told, "stage", needed=True)
    ended = stage in {"resolved", "closed"} or bool(told.get("merged_into"))
    customer = _customer(mapping(body.get("customer")), values.rows(body, "contact_ways"))
    people = mapping(body.get("people"))
    messages = tuple(_message(one, customer, people, body) for one in values.rows(body, "events") if _has_words(one))
    return Case(
        id=ident(told),
        number=ident(told, "number"),
        subject=values.text(told, "subject"),
        customer=customer,
        owner=_agent(people, told.get("owner")),
        state="closed" if ended else "open",
        their_state="merged" if told.get("merged_into") else stage,
        opened_at=moment(told, "received_at"),
        closed_at=_ended_at(told) if ended else None,
        channel=values.text(told, "channel"),
        messages=messages,
        tags=tuple(str(each) for each in body.get("tags") or ()),
        language=values.text(told, "language"),
    )


def _ended_at(told: Mapping[str, Any]) -> Any:
    return optional_moment(told, "closed_at") or optional_moment(told, "resolved_at") or moment(told, "last_event_at")


def _has_words(event: Mapping[str, Any]) -> bool:
    return event.get("kind") in KINDS and bool(event.get("text") or event.get("attachments"))


def _message(event: Mapping[str, Any], customer: Person, people: Mapping[str, Any], body: Mapping[str, Any]) -> Message:
    kind = KINDS[values.text(event, "kind")]
    return Message(
        id=ident(event),
        kind=kind,
        at=moment(event, "at"),
        text=values.text(event, "text"),
        html=values.text(event, "html"),
        quoted=values.text(event, "quoted"),
        by=customer if kind == "customer" else _agent(people, event.get("agent")) or Person(),
        channel=values.text(event, "channel") or values.text(mapping(body.get("complaint")), "channel"),
        papers=tuple(
            Paper(
                name=values.text(one, "name"),
                media_type=values.text(one, "media_type"),
                content=content_of(body, values.text(one, "file")),
                content_id=values.text(one, "content_id"),
            )
            for one in values.rows(event, "attachments")
        ),
    )


def _agent(people: Mapping[str, Any], key: object) -> Person | None:
    found = mapping(people.get(str(key))) if key else {}
    return Person(name=values.text(found, "name"), email=values.text(found, "email")) if found else None


def _customer(found: Mapping[str, Any], ways: list[Mapping[str, Any]]) -> Person:
    def first(kind: str) -> str:
        return next((values.text(way, "value") for way in ways if way.get("kind") == kind), "")

    return Person(name=values.text(found, "name"), email=first("email"), phone=first("phone"))


def files(path: Path, reading: Reading) -> Iterator[Bundle | BadLine]:
    """Read a whole folder, one complaint with its timeline after another.

    :raises UnableToReadError: when it is no such folder, or one that is not whole
    """
    del reading
    if path.is_file():  # what `--save` wrote
        yield from made_of(path, lambda number, found: _bundle(found, where=f"{path}:{number}"))
        return
    _refuse_half(path)
    bad: list[BadLine] = []
    customers, people = _by_id(path, "customers", bad), _by_id(path, "people", bad)
    ways, papers = _grouped(path, "contact-ways", "customer", bad), _grouped(path, "attachments", "event", bad)
    tags = _tags(path, bad)
    timelines = groupby(_rows(path, "events", bad), key=lambda row: row["complaint"])
    at, events = next(timelines, (None, iter(())))
    for told in _rows(path, "complaints", bad):
        while at is not None and at < told["id"]:  # both stand in the order of the complaints
            at, events = next(timelines, (None, iter(())))
        rows = [{**one, "attachments": papers.get(one["id"], [])} for one in events] if at == told["id"] else []
        named = {str(key) for key in (told.get("owner"), *(row.get("agent") for row in rows)) if key}
        body = {
            "complaint": told,
            "customer": customers.get(str(told["customer"]), {}),
            "contact_ways": ways.get(told["customer"], []),
            "people": {key: _known(people[key]) for key in sorted(named) if key in people},
            "events": rows,
            "tags": tags.get(told["id"], []),
            FILES: _contents(path, rows, bad),
        }
        yield _bundle(body, where=f"{path}: complaint {told.get('number')}")
        yield from bad
        bad.clear()
    yield from bad


def _bundle(body: Mapping[str, Any], *, where: str) -> Bundle:
    told = mapping(body.get("complaint"))
    events = values.rows(body, "events")
    return Bundle(case=ident(told), stamp=f"{values.text(told, 'last_event_at')} {len(events)}", body=body, where=where)


def _refuse_half(path: Path) -> None:
    try:
        manifest = mapping(json.loads((path / "manifest.json").read_bytes()))
    except (OSError, ValueError) as error:
        raise UnableToReadError(f"{path}: no folder of 'amends export --everything': {error}") from error
    if manifest.get("kind") != KIND or manifest.get("format") != FORMAT:
        raise UnableToReadError(f"{path}: no folder of 'amends export --everything' that this version reads")
    if not manifest.get("complete"):
        raise UnableToReadError(f"{path}: the export was stopped; run it again")
    for name, told in mapping(manifest.get("lines")).items():  # a copy that was stopped may end between two lines
        place, size = path / Path(name).name, mapping(told).get("size")
        if size is not None and (not place.is_file() or place.stat().st_size != size):
            raise UnableToReadError(f"{place}: not whole, {size} bytes are expected: copy the folder again")


def _rows(path: Path, name: str, bad: list[BadLine]) -> Iterator[Mapping[str, Any]]:
    for found in made_of(path / f"{name}.jsonl", lambda _number, row: row):
        if isinstance(found, BadLine):
            bad.append(found)
        else:
            yield found


def _by_id(path: Path, name: str, bad: list[BadLine]) -> Rows:
    return {str(row["id"]): row for row in _rows(path, name, bad)}


def _known(agent: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: agent.get(key, "") for key in ("name", "email")}


def _grouped(path: Path, name: str, by: str, bad: list[BadLine]) -> Mapping[Any, list[Mapping[str, Any]]]:
    found: defaultdict[Any, list[Mapping[str, Any]]] = defaultdict(list)
    for row in _rows(path, name, bad):
        found[row[by]].append(row)
    return found


def _tags(path: Path, bad: list[BadLine]) -> Mapping[Any, list[str]]:
    names = _by_id(path, "tags", bad)
    found: defaultdict[Any, list[str]] = defaultdict(list)
    for row in _rows(path, "taggings", bad):
        found[row["complaint"]].append(values.text(names[str(row["tag"])], "name"))
    return found


def _contents(path: Path, rows: list[dict[str, Any]], bad: list[BadLine]) -> dict[str, str]:
    """The files of a timeline; one that is not what its name says does not come along."""
    kept: dict[str, str] = {}
    for said in {values.text(one, "file") for row in rows for one in row["attachments"]} - {""}:
        digest = said.rpartition("/")[2]
        place = path / "files" / digest[:2] / digest
        try:
            held = place.read_bytes() if digest.isalnum() else b""
        except OSError:
            held = b""
        if sha256(held).hexdigest() == digest:
            kept[said] = base64.b64encode(held).decode("ascii")
        else:
            bad.append(BadLine(said, 0, "a file did not come along: it is not there, or not whole"))
    return kept


DESK: Final = Desk(name="Amends", case=case, files=files)
