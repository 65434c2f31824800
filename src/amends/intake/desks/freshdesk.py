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
from amends.intake.desks.over_http import Api, NotThere
from amends.intake.desks.reading import ident, mapping, moment, name_of_ticket, optional_moment, person_of, words
from amends.intake.lines import BadLine

A_PAGE: Final = 100
MOST_PAGES: Final = 300  # of one list; what follows is not told
BEGINNING: Final = "1970-01-01T00:00:00Z"
GAP: Final = 1000  # numbers in a row under which nothing stands, after which nothing older is looked for
STATES: Final[Mapping[str, str]] = {
    "2": "Open", "3": "Pending", "4": "Resolved", "5": "Closed", "6": "Waiting on Customer",
    "7": "Waiting on Third Party",
}  # fmt: skip
ENDED: Final = frozenset({"4", "5"})
CHANNELS: Final[Mapping[str, str]] = {"1": "mail", "2": "form", "3": "phone", "7": "chat", "9": "form", "10": "mail"}
OUTBOUND: Final = "10"  # the source of a ticket that began with a letter of ours
NOTE: Final = "2"  # the source of a conversation that is a note
_NEXT: Final = re.compile(r'<([^>]+)>\s*;\s*rel="?next"?')


def case(body: Mapping[str, Any]) -> Case:
    """What a ticket says. Its first words are its own description: the customer's, or ours where we wrote first.

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
    outbound = values.text(ticket, "source") == OUTBOUND
    first = Message(
        id=f"ticket {ident(ticket)}",
        kind="reply" if outbound else "customer",
        at=moment(ticket, "created_at"),
        text=values.text(ticket, "description_text") or text,
        html=html,
        by=(_person(agents[owner]) if owner in agents else Person()) if outbound else customer,
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
    """Ask a desk for everything that is not here as it is now, also for what it has put into its archive."""
    agents = [agent for page in _pages(api, "/api/v2/agents") for agent in page]
    seen: set[int] = set()
    for row in _every(api):
        number, stamp = name_of_ticket({"ticket": row})
        seen.add(int(number))
        if not known(number, stamp):
            ticket = api.json(f"/api/v2/tickets/{number}", include="requester,stats")
            yield from _bundle(api, f"/api/v2/tickets/{number}", ticket, agents, with_files=with_files)
    people: dict[str, Mapping[str, Any]] = {ident(agent): mapping(agent.get("contact")) for agent in agents}
    for ticket in _archived(api, seen):
        number, stamp = name_of_ticket({"ticket": ticket})
        if not known(number, stamp):
            whole = {**ticket, "requester": _contact(api, values.text(ticket, "requester_id"), people)}
            yield from _bundle(api, f"/api/v2/tickets/archived/{number}", whole, agents, with_files=with_files)


def _bundle(
    api: Api, path: str, ticket: Mapping[str, Any], agents: list[Mapping[str, Any]], *, with_files: bool
) -> Iterator[Bundle | BadLine]:
    number, stamp = name_of_ticket({"ticket": ticket})
    talk = [said for page in _pages(api, f"{path}/conversations") for said in page]
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


def _every(api: Api) -> Iterator[Mapping[str, Any]]:
    """All that lists tell, each once: a list ends after so many pages, and the next begins where it ended."""
    since, told = BEGINNING, set[str]()
    while True:
        # Without a day it tells the last thirty days only; by the time of change, so that none slips from page to page.
        pages, last = 0, ""
        asked = {"updated_since": since, "order_by": "updated_at", "order_type": "asc", "include": "requester,stats"}
        for page in _pages(api, "/api/v2/tickets", **asked):
            pages += 1
            yield from (row for row in page if ident(row) not in told)
            told.update(ident(row) for row in page)
            last = values.text(page[-1], "updated_at") if page else last
        if pages < MOST_PAGES or last in {"", since}:
            return
        since = last


def _archived(api: Api, seen: set[int]) -> Iterator[Mapping[str, Any]]:
    """Closed tickets that nobody touched for months stand in no list; they are asked for by their numbers."""
    nothing = 0
    for number in range(max(seen, default=0), 0, -1):
        if nothing == GAP:
            return
        if number in seen:
            nothing = 0
            continue
        try:
            ticket = mapping(api.json(f"/api/v2/tickets/archived/{number}"))
        except NotThere:  # deleted, spam, or merged away
            nothing += 1
            continue
        nothing = 0
        yield ticket


def _contact(api: Api, number: str, people: dict[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """Who asked, where the ticket itself does not say more than their number."""
    if number and number not in people:
        try:
            people[number] = mapping(api.json(f"/api/v2/contacts/{number}"))
        except NotThere:
            people[number] = {}
    return people.get(number, {})


def _pages(api: Api, path: str, **asked: str) -> Iterator[list[Mapping[str, Any]]]:
    rows, headers = api.page(path, per_page=A_PAGE, **asked)
    for count in range(1, MOST_PAGES + 1):
        yield rows
        on = _NEXT.search(str(headers.get("Link", "")))
        if on is None or count == MOST_PAGES:
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
    # What went out names the address that it went out from; who left is among the agents no more, and it is ours still.
    ours = author in agents or bool(said.get("support_email")) or values.text(said, "source") == NOTE
    theirs = bool(said.get("incoming")) or not ours
    kind: Kind = "note" if said.get("private") else "customer" if theirs else "reply"
    by = _person(agents[author]) if author in agents else customer if kind == "customer" else _by_name(said)
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


def _by_name(said: Mapping[str, Any]) -> Person:
    """A colleague whom no list names: the letter has their name before the address of the mailbox."""
    return Person(name=person_of(values.text(said, "from_email")).name)


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
