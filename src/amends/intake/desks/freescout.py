"""FreeScout: conversations with their threads, as its module 'API & Webhooks' answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from amends.intake import values
from amends.intake.desks.bundle import FILES, Bundle, Desk, Known, Reading, collect, content_of, from_lines
from amends.intake.desks.case import Case, Kind, LeftOut, Message, Paper, Person
from amends.intake.desks.over_http import Api
from amends.intake.desks.reading import ident, mapping, moment, optional_moment, whole_name, words
from amends.intake.lines import BadLine

A_PAGE: Final = 50
CHANNELS: Final[Mapping[str, str]] = {"email": "mail", "phone": "phone", "chat": "chat"}
KINDS: Final[Mapping[str, Kind]] = {"customer": "customer", "message": "reply", "note": "note"}
# Its documents say that a list without a status tells of the active ones only; spam is asked for to be named.
STATUSES: Final = ("active", "pending", "closed", "spam")


def case(body: Mapping[str, Any]) -> Case:
    """What a conversation says.

    :raises LeftOut: when it is spam, a draft or deleted
    :raises ValueError: when something that every conversation has is missing
    """
    status = values.text(body, "status", needed=True)
    state = values.text(body, "state")
    if status == "spam":
        raise LeftOut("is spam there")
    if state in {"draft", "deleted"}:
        raise LeftOut("is a draft there" if state == "draft" else "was deleted there")
    channel = CHANNELS.get(values.text(body, "type"), "mail")
    customer = _person(mapping(body.get("customer")))
    threads = [one for one in _threads(body) if one.get("type") in KINDS and one.get("state") in {None, "published"}]
    messages = tuple(sorted((_message(one, customer, channel, body) for one in threads), key=lambda one: one.at))
    if channel == "phone" and messages and messages[0].kind == "note":  # so a call is written down there
        messages = (replace(messages[0], kind="call"), *messages[1:])
    assignee = mapping(body.get("assignee"))
    ended = status == "closed"
    return Case(
        id=ident(body),
        number=values.text(body, "number") or ident(body),
        subject=values.text(body, "subject"),
        customer=customer,
        owner=_person(assignee) if assignee else None,
        state="closed" if ended else "open",
        their_state=status,
        opened_at=moment(body, "createdAt"),
        closed_at=(optional_moment(body, "closedAt") or optional_moment(body, "updatedAt")) if ended else None,
        channel=channel,
        messages=messages,
        tags=tuple(values.text(tag, "name") for tag in values.rows(mapping(body.get("_embedded")), "tags")),
    )


def fetch(api: Api, known: Known, with_files: bool) -> Iterator[Bundle | BadLine]:  # noqa: FBT001 - the shape of all
    """Ask a desk for everything that is not here as it is now."""
    told: set[str] = set()
    for row in _every(api):
        number, stamp = _name(row)
        if number in told or known(number, stamp):  # one that went on to another status meanwhile is told twice
            continue
        told.add(number)
        body = dict(mapping(api.json(f"/api/conversations/{number}", embed="threads,tags")))
        if with_files:
            body[FILES], missing = collect(api, _addresses(body))
            yield from missing
        yield Bundle(case=number, stamp=stamp, body=body)


def _every(api: Api) -> Iterator[Mapping[str, Any]]:
    for status in STATUSES:
        page = 1
        while True:
            asked: dict[str, str | int] = {"status": status, "page": page, "pageSize": A_PAGE}
            answer = mapping(api.json("/api/conversations", **asked, sortField="createdAt", sortOrder="asc"))
            yield from values.rows(mapping(answer.get("_embedded")), "conversations")
            if page >= int(mapping(answer.get("page")).get("totalPages") or 0):
                break
            page += 1


def files(path: Path, reading: Reading) -> Iterator[Bundle | BadLine]:
    del reading
    yield from from_lines(path, _name, asks=("id", "_embedded"))


def _name(body: Mapping[str, Any]) -> tuple[str, str]:
    # Where the time of change is empty the number of threads tells, which its documents name in two ways.
    threads = values.text(body, "threadsCount") or values.text(body, "threads")
    return ident(body), values.text(body, "updatedAt") or f"{threads} {body.get('status')}"


def _threads(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return values.rows(mapping(body.get("_embedded")), "threads")


def _attachments(thread: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return values.rows(mapping(thread.get("_embedded")), "attachments")


def _addresses(body: Mapping[str, Any]) -> dict[str, str]:
    return {
        ident(one): values.text(one, "fileUrl")
        for thread in _threads(body)
        for one in _attachments(thread)
        if one.get("fileUrl")
    }


def _message(thread: Mapping[str, Any], customer: Person, channel: str, body: Mapping[str, Any]) -> Message:
    text, html = words(values.text(thread, "body"), is_html=True)
    kind = KINDS[values.text(thread, "type")]
    by = mapping(thread.get("createdBy"))
    return Message(
        id=ident(thread),
        kind=kind,
        at=moment(thread, "createdAt"),
        text=text,
        html=html,
        by=_person(by) if by else customer,
        channel=channel,
        papers=tuple(
            Paper(
                name=values.text(one, "fileName"),
                media_type=values.text(one, "mimeType"),
                content=content_of(body, ident(one)),
            )
            for one in _attachments(thread)
        ),
    )


def _person(found: Mapping[str, Any]) -> Person:
    return Person(
        name=whole_name(found.get("firstName"), found.get("lastName")),
        email=values.text(found, "email"),
        phone=values.text(found, "phone"),
    )


def header(user: str, token: str) -> dict[str, str]:
    del user
    return {"X-FreeScout-API-Key": token}


DESK: Final = Desk(name="FreeScout", case=case, files=files, fetch=fetch, header=header)
