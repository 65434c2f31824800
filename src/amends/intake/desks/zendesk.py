"""Zendesk: tickets of the incremental export, their comments and users."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from amends.intake import values
from amends.intake.desks.bundle import FILES, Bundle, Desk, Known, Reading, collect, content_of, from_lines
from amends.intake.desks.case import Case, LeftOut, Message, Paper, Person
from amends.intake.desks.over_http import Api
from amends.intake.desks.reading import ident, mapping, moment, name_of_ticket, words
from amends.intake.lines import BadLine

CHANNELS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("email",), "mail"),
    **dict.fromkeys(("voice", "phone"), "phone"),
    **dict.fromkeys(("chat", "native_messaging", "messaging"), "chat"),
    **dict.fromkeys(("web", "web_form", "web_widget", "mobile_sdk"), "form"),
}
ENDED: Final = frozenset({"solved", "closed"})


def case(body: Mapping[str, Any]) -> Case:
    """What a ticket says.

    :raises LeftOut: when it was deleted there
    :raises ValueError: when something that every ticket has is missing
    """
    ticket = mapping(body.get("ticket"))
    state = values.text(ticket, "status", needed=True)
    if state == "deleted":
        raise LeftOut("was deleted there")
    users = {ident(user): user for user in values.rows(body, "users")}
    customer = values.text(ticket, "requester_id")
    owner = values.text(ticket, "assignee_id")
    channel = CHANNELS.get(values.text(mapping(ticket.get("via")), "channel"), "mail")
    messages = tuple(_message(one, users, customer, channel, body) for one in values.rows(body, "comments"))
    ended = state in ENDED
    return Case(
        id=ident(ticket),
        number=ident(ticket),
        subject=values.text(ticket, "subject") or values.text(ticket, "raw_subject"),
        customer=_person(users, customer),
        owner=_person(users, owner) if owner else None,
        state="closed" if ended else "open",
        their_state=state,
        opened_at=moment(ticket, "created_at"),
        # A ticket does not say when it was solved; nothing happens to it after that but closing.
        closed_at=moment(ticket, "updated_at") if ended else None,
        channel=channel,
        messages=tuple(sorted(messages, key=lambda one: one.at)),
        tags=tuple(str(tag) for tag in ticket.get("tags") or ()),
        language=values.text(mapping(users.get(customer)), "locale")[:2],
    )


def fetch(api: Api, known: Known, with_files: bool) -> Iterator[Bundle | BadLine]:  # noqa: FBT001 - the shape of all
    """Ask a desk for everything that is not here as it is now."""
    users: dict[str, Mapping[str, Any]] = {}
    page = api.json("/api/v2/incremental/tickets/cursor.json", start_time=0, include="users")
    while True:
        users.update((ident(user), user) for user in values.rows(page, "users"))
        for ticket in values.rows(page, "tickets"):
            number, stamp = name_of_ticket({"ticket": ticket})
            if known(number, stamp):
                continue
            comments: list[Mapping[str, Any]] = []
            if values.text(ticket, "status") != "deleted":  # nobody may read what was said in it
                comments = _comments(api, number, users)
            wanted = {values.text(ticket, key) for key in ("requester_id", "assignee_id")}
            wanted |= {values.text(one, "author_id") for one in comments}
            body: dict[str, Any] = {
                "ticket": ticket,
                "comments": comments,
                "users": [users[user] for user in sorted(wanted & users.keys())],
            }
            if with_files:
                body[FILES], missing = collect(api, _addresses(comments))
                yield from missing
            yield Bundle(case=number, stamp=stamp, body=body)
        if page.get("end_of_stream", True) or not page.get("after_url"):
            return
        page = api.json(values.text(page, "after_url"))


def _comments(api: Api, ticket: str, users: dict[str, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    asked: dict[str, str | int] = {"include": "users", "page[size]": 100}
    page = api.json(f"/api/v2/tickets/{ticket}/comments.json", **asked)
    while True:
        users.update((ident(user), user) for user in values.rows(page, "users"))
        found += values.rows(page, "comments")
        on = values.text(mapping(page.get("links")), "next") if mapping(page.get("meta")).get("has_more") else ""
        on = on or values.text(page, "next_page")
        if not on:
            return found
        page = api.json(on)


def files(path: Path, reading: Reading) -> Iterator[Bundle | BadLine]:
    del reading
    yield from from_lines(path, name_of_ticket, asks=("ticket", "comments"))


def _source(body: Mapping[str, Any]) -> str:
    return urlsplit(values.text(mapping(body.get("ticket")), "url")).hostname or ""


def _addresses(comments: list[Mapping[str, Any]]) -> dict[str, str]:
    return {
        ident(one): values.text(one, "content_url")
        for comment in comments
        for one in values.rows(comment, "attachments")
        if one.get("content_url") and not one.get("deleted")
    }


def _message(
    comment: Mapping[str, Any], users: Mapping[str, Any], customer: str, channel: str, body: Mapping[str, Any]
) -> Message:
    rich = values.text(comment, "html_body")
    text, html = words(rich, is_html=True) if rich else (values.text(comment, "body"), "")
    author = values.text(comment, "author_id")
    # Whoever is no end user works there; a copied-in third person speaks on the customer's side.
    is_theirs = author == customer or mapping(users.get(author)).get("role", "end-user") == "end-user"
    is_public = comment.get("public", True)
    via = CHANNELS.get(values.text(mapping(comment.get("via")), "channel"), channel)
    return Message(
        id=ident(comment),
        kind="note" if not is_public else "customer" if is_theirs else "reply",
        at=moment(comment, "created_at"),
        text=values.text(comment, "plain_body") or text,
        html=html,
        by=_person(users, author),
        channel=via,
        papers=tuple(
            Paper(
                name=values.text(one, "file_name") or values.text(one, "name"),
                media_type=values.text(one, "content_type"),
                content=content_of(body, ident(one)),
            )
            for one in values.rows(comment, "attachments")
        ),
    )


def _person(users: Mapping[str, Any], user: str) -> Person:
    found = mapping(users.get(user))
    return Person(name=values.text(found, "name"), email=values.text(found, "email"), phone=values.text(found, "phone"))


def header(user: str, token: str) -> dict[str, str]:
    key = base64.b64encode(f"{user}/token:{token}".encode()).decode("ascii")
    return {"Authorization": f"Basic {key}"}


DESK: Final = Desk(name="Zendesk", case=case, files=files, fetch=fetch, header=header, source=_source)
