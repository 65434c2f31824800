"""Zammad: tickets, their articles and users, as its interface answers with `expand=true`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from amends.intake import values
from amends.intake.desks.bundle import FILES, Bundle, Desk, Known, Reading, collect, content_of, from_lines
from amends.intake.desks.case import Case, Kind, LeftOut, Message, Paper, Person
from amends.intake.desks.over_http import Api
from amends.intake.desks.reading import ident, mapping, moment, name_of_ticket, optional_moment, whole_name, words
from amends.intake.lines import BadLine

A_PAGE: Final = 100
NOBODY: Final = "1"  # Zammad's own user '-'
CHANNELS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("email",), "mail"),
    **dict.fromkeys(("phone",), "phone"),
    **dict.fromkeys(("web",), "form"),
    **dict.fromkeys(("chat",), "chat"),
}
GONE: Final[Mapping[str, str]] = {
    "merged": "was merged into another ticket, which comes along",
    "removed": "was removed there",
}


def case(body: Mapping[str, Any]) -> Case:
    """What a ticket says.

    :raises LeftOut: when it was merged away or removed
    :raises ValueError: when something that every ticket has is missing
    """
    ticket = mapping(body.get("ticket"))
    state = values.text(ticket, "state", needed=True)
    if state in GONE:
        raise LeftOut(GONE[state])
    users = {ident(user): user for user in values.rows(body, "users")}
    messages = tuple(_message(article, users, body) for article in values.rows(body, "articles"))
    owner = values.text(ticket, "owner_id")
    return Case(
        id=ident(ticket),
        number=values.text(ticket, "number"),
        subject=values.text(ticket, "title"),
        customer=_person(users, values.text(ticket, "customer_id"), values.text(ticket, "customer")),
        owner=_person(users, owner, values.text(ticket, "owner")) if owner not in {"", NOBODY} else None,
        state="closed" if state.startswith("closed") else "open",
        their_state=state,
        opened_at=moment(ticket, "created_at"),
        closed_at=optional_moment(ticket, "close_at"),
        channel=CHANNELS.get(values.text(ticket, "create_article_type"), "mail"),
        messages=tuple(sorted(messages, key=lambda one: one.at)),
        tags=tuple(str(tag) for tag in body.get("tags") or ()),
    )


def fetch(api: Api, known: Known, with_files: bool) -> Iterator[Bundle | BadLine]:  # noqa: FBT001 - the shape of all
    """Ask a desk for everything that is not here as it is now."""
    users: dict[str, Mapping[str, Any]] = {}
    page = 1
    while tickets := api.json("/api/v1/tickets", expand="true", page=page, per_page=A_PAGE):
        for ticket in tickets:
            number, stamp = name_of_ticket({"ticket": ticket})
            if known(number, stamp):
                continue
            articles = api.json(f"/api/v1/ticket_articles/by_ticket/{number}", expand="true")
            wanted = {values.text(ticket, key) for key in ("customer_id", "owner_id")}
            wanted |= {values.text(one, key) for one in articles for key in ("created_by_id", "origin_by_id")}
            for user in sorted(wanted - {"", NOBODY} - users.keys()):
                users[user] = api.json(f"/api/v1/users/{user}")
            tags = api.json("/api/v1/tags", object="Ticket", o_id=number)
            body: dict[str, Any] = {
                "ticket": ticket,
                "articles": articles,
                "users": [users[user] for user in sorted(wanted & users.keys())],
                "tags": mapping(tags).get("tags") or [],
            }
            if with_files:
                body[FILES], missing = collect(api, _addresses(number, articles))
                yield from missing
            yield Bundle(case=number, stamp=stamp, body=body)
        page += 1


def files(path: Path, reading: Reading) -> Iterator[Bundle | BadLine]:
    del reading
    yield from from_lines(path, name_of_ticket, asks=("ticket", "articles"))


def _addresses(ticket: str, articles: list[Mapping[str, Any]]) -> dict[str, str]:
    return {
        ident(one): f"/api/v1/ticket_attachment/{ticket}/{ident(article)}/{ident(one)}"
        for article in articles
        for one in values.rows(article, "attachments")
    }


def _message(article: Mapping[str, Any], users: Mapping[str, Any], body: Mapping[str, Any]) -> Message:
    text, html = words(
        values.text(article, "body"), is_html=values.text(article, "content_type").startswith("text/html")
    )
    sender, kind = values.text(article, "sender"), values.text(article, "type")
    wrote = values.text(article, "origin_by_id") or values.text(article, "created_by_id")
    return Message(
        id=ident(article),
        kind=_kind(sender, kind, internal=bool(article.get("internal"))),
        at=moment(article, "created_at"),
        text=text,
        html=html,
        by=_person(users, wrote, values.text(article, "created_by")),
        channel=CHANNELS.get(kind, "mail"),
        message_id=values.text(article, "message_id").strip().strip("<>"),
        papers=tuple(_paper(one, body) for one in values.rows(article, "attachments")),
    )


def _kind(sender: str, kind: str, *, internal: bool) -> Kind:
    if internal:
        return "note"
    if sender == "Customer":
        return "customer"
    if sender == "System":
        return "automatic"
    if kind == "phone":
        return "call"
    # A note that is not internal can be read by the customer where they sign in: it was said to them.
    return "reply"


def _paper(one: Mapping[str, Any], body: Mapping[str, Any]) -> Paper:
    told = mapping(one.get("preferences"))
    return Paper(
        name=values.text(one, "filename"),
        media_type=values.text(told, "Mime-Type") or values.text(told, "Content-Type"),
        content=content_of(body, ident(one)),
        content_id=values.text(told, "Content-ID").strip("<>"),
    )


def _person(users: Mapping[str, Any], user: str, login: str) -> Person:
    found = mapping(users.get(user))
    return Person(
        name=whole_name(found.get("firstname"), found.get("lastname")),
        email=values.text(found, "email") or (login if "@" in login else ""),
        phone=values.text(found, "phone") or values.text(found, "mobile"),
    )


def header(user: str, token: str) -> dict[str, str]:
    del user
    return {"Authorization": f"Token token={token}"}


DESK: Final = Desk(name="Zammad", case=case, files=files, fetch=fetch, header=header)
