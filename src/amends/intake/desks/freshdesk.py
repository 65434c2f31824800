"""Freshdesk: tickets with their conversations and agents, as version 2 of its interface answers."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from amends.intake import values
from amends.intake.desks.bundle import FILES, Bundle, Desk, Known, Reading, collect, content_of, from_lines
from amends.intake.desks.case import Case, Kind, LeftOut, Message, Paper, Person
from amends.intake.desks.over_http import Api
from amends.intake.desks.reading import ident, mapping, moment, name_of_ticket, optional_moment, person_of, words
from amends.intake.lines import BadLine

A_PAGE: Final = 100
STATES: Final[Mapping[str, str]] = {"2": "Open", "3": "Pending", "4": "Resolved", "5": "Closed"}
ENDED: Final = frozenset({"4", "5"})
CHANNELS: Final[Mapping[str, str]] = {"1": "mail", "2": "form", "3": "phone", "7": "chat", "10": "mail"}
NOTE: Final = "2"  # the source of a conversation that is a note
_NEXT: Final = re.compile(r'<([^>]+)>\s*;\s*rel="?next"?')


def case(body: Mapping[str, Any]) -> Case:
    """What a ticket says. Its first words are the ticket's own description.

    :raises LeftOut: when it is spam, or deleted
    :raises ValueError: when something that every ticket has is missing
    """
    ticket = mapping(body.get("ticket"))
    if ticket.get("spam") or ticket.get("deleted"):
        raise LeftOut("is spam there" if ticket.get("spam") else "was deleted there")
    state = values.text(ticket, "status", needed=True)
    agents = {ident(agent): mapping(agent.get("contact")) for agent in values.rows(body, "agents")}
    customer = _person(mapping(ticket.get("requester")))
    owner = values.text(ticket, "responder_id")
    channel = CHANNELS.get(values.text(ticket, "source"), "mail")
    text, html = words(values.text(ticket, "description"), is_html=True)
    first = Message(
        id=f"ticket {ident(ticket)}",
        kind="customer",
        at=moment(ticket, "created_at"),
        text=values.text(ticket, "description_text") or text,
        html=html,
        by=customer,
        channel=channel,
        papers=_papers(ticket, body),
    )
    rest = tuple(_message(one, agents, customer, channel, body) for one in values.rows(body, "conversations"))
    stats = mapping(ticket.get("stats"))
    ended = state in ENDED
    closed = optional_moment(stats, "closed_at") or optional_moment(stats, "resolved_at")
    return Case(
        id=ident(ticket),
        number=ident(ticket),
        subject=values.text(ticket, "subject"),
        customer=customer,
        owner=_person(agents[owner]) if owner in agents else None,
        state="closed" if ended else "open",
        their_state=STATES.get(state, f"status {state}"),
        opened_at=moment(ticket, "created_at"),
        closed_at=(closed or moment(ticket, "updated_at")) if ended else None,
        channel=channel,
        messages=tuple(sorted((first, *rest), key=lambda one: one.at)),
        tags=tuple(str(tag) for tag in ticket.get("tags") or ()),
    )


def fetch(api: Api, known: Known, with_files: bool) -> Iterator[Bundle | BadLine]:  # noqa: FBT001 - the shape of all
    """Ask a desk for everything that is not here as it is now."""
    agents = list(_pages(api, "/api/v2/agents"))
    # Without a day it tells the last thirty days only; by the time of change, so that none slips from page to page.
    every = _pages(
        api,
        "/api/v2/tickets",
        updated_since="1970-01-01T00:00:00Z",
        order_by="updated_at",
        order_type="asc",
        include="requester,stats",
    )
    for row in every:
        number, stamp = name_of_ticket({"ticket": row})
        if known(number, stamp):
            continue
        ticket = api.json(f"/api/v2/tickets/{number}", include="requester,stats")
        talk = list(_pages(api, f"/api/v2/tickets/{number}/conversations"))
        wanted = {values.text(ticket, "responder_id"), *(values.text(one, "user_id") for one in talk)}
        body: dict[str, Any] = {
            "ticket": ticket,
            "conversations": talk,
            "agents": [agent for agent in agents if ident(agent) in wanted],
        }
        if with_files:
            body[FILES], missing = collect(api, _addresses([ticket, *talk]))
            yield from missing
        yield Bundle(case=number, stamp=stamp, body=body)


def _pages(api: Api, path: str, **asked: str) -> Iterator[Mapping[str, Any]]:
    rows, headers = api.page(path, per_page=A_PAGE, **asked)
    while True:
        yield from rows
        on = _NEXT.search(str(headers.get("Link", "")))
        if on is None:
            return
        rows, headers = api.page(on[1])


def files(path: Path, reading: Reading) -> Iterator[Bundle | BadLine]:
    del reading
    yield from from_lines(path, name_of_ticket, asks=("ticket", "conversations"))


def _addresses(holders: list[Mapping[str, Any]]) -> dict[str, str]:
    return {
        ident(one): values.text(one, "attachment_url")
        for holder in holders
        for one in values.rows(holder, "attachments")
        if one.get("attachment_url")
    }


def _message(
    said: Mapping[str, Any], agents: Mapping[str, Any], customer: Person, channel: str, body: Mapping[str, Any]
) -> Message:
    text, html = words(values.text(said, "body"), is_html=True)
    author = values.text(said, "user_id")
    theirs = bool(said.get("incoming")) or (author not in agents and values.text(said, "source") != NOTE)
    kind: Kind = "note" if said.get("private") else "customer" if theirs else "reply"
    by = _person(agents[author]) if author in agents else customer if kind == "customer" else Person()
    if kind == "customer" and said.get("from_email"):
        written = person_of(values.text(said, "from_email"))
        by = written if written.email else by
    return Message(
        id=ident(said),
        kind=kind,
        at=moment(said, "created_at"),
        text=values.text(said, "body_text") or text,
        html=html,
        by=by,
        channel=channel if channel in {"mail", "chat"} else "mail",
        papers=_papers(said, body),
    )


def _papers(holder: Mapping[str, Any], body: Mapping[str, Any]) -> tuple[Paper, ...]:
    return tuple(
        Paper(
            name=values.text(one, "name"),
            media_type=values.text(one, "content_type"),
            content=content_of(body, ident(one)),
        )
        for one in values.rows(holder, "attachments")
    )


def _person(found: Mapping[str, Any]) -> Person:
    return Person(
        name=values.text(found, "name"),
        email=values.text(found, "email"),
        phone=values.text(found, "phone") or values.text(found, "mobile"),
    )


def header(user: str, token: str) -> dict[str, str]:
    del user
    key = base64.b64encode(f"{token}:X".encode()).decode("ascii")
    return {"Authorization": f"Basic {key}"}


DESK: Final = Desk(name="Freshdesk", case=case, files=files, fetch=fetch, header=header)
