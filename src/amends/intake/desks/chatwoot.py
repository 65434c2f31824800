"""Chatwoot: conversations with all their messages, and the agents of the account."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from amends.intake import values
from amends.intake.desks.bundle import FILES, Bundle, Desk, Known, Reading, collect, content_of, from_lines
from amends.intake.desks.case import Case, Kind, LeftOut, Message, Paper, Person
from amends.intake.desks.over_http import Api
from amends.intake.desks.reading import ident, mapping
from amends.intake.lines import BadLine, UnableToReadError

INCOMING, OUTGOING, ACTIVITY, TEMPLATE = 0, 1, 2, 3
NAMES: Final = {"incoming": INCOMING, "outgoing": OUTGOING, "activity": ACTIVITY, "template": TEMPLATE}
FETCHED: Final = frozenset({"image", "audio", "video", "file"})  # the others point at places of strangers
CHANNELS: Final[Mapping[str, str]] = {
    "Channel::Email": "mail",
    "Channel::WebWidget": "chat",
    "Channel::Api": "chat",
    "Channel::Voice": "phone",
}
_ACCOUNT: Final = re.compile(r"/accounts/(\d+)")


def case(body: Mapping[str, Any]) -> Case:
    """What a conversation says.

    :raises LeftOut: when nobody said anything in it
    :raises ValueError: when something that every conversation has is missing
    """
    talk = mapping(body.get("conversation"))
    meta = mapping(talk.get("meta"))
    agents = {ident(agent): agent for agent in values.rows(body, "agents")}
    customer = _person(mapping(meta.get("sender")))
    channel = CHANNELS.get(values.text(meta, "channel"), "chat")
    said = [one for one in values.rows(body, "messages") if _type(one) != ACTIVITY and not _deleted(one)]
    if not said:
        raise LeftOut("nobody said anything in it")
    messages = tuple(sorted((_message(one, agents, customer, channel, body) for one in said), key=lambda one: one.at))
    status = values.text(talk, "status", needed=True)
    assignee = mapping(meta.get("assignee"))
    return Case(
        id=ident(talk),
        number=ident(talk),
        subject=values.text(mapping(talk.get("additional_attributes")), "mail_subject"),
        customer=customer,
        owner=_agent(agents, assignee) if assignee else None,
        state="closed" if status == "resolved" else "open",
        their_state=status,
        opened_at=_moment(talk, "created_at"),
        closed_at=_ended(body) if status == "resolved" else None,
        channel=channel,
        messages=messages,
        tags=tuple(str(tag) for tag in talk.get("labels") or ()),
    )


def fetch(api: Api, known: Known, with_files: bool) -> Iterator[Bundle | BadLine]:  # noqa: FBT001 - the shape of all
    """Ask an account for everything that is not here as it is now.

    :raises UnableToReadError: when the address does not say which account
    """
    account = _ACCOUNT.search(urlsplit(api.base).path)
    if account is None:
        raise UnableToReadError(f"{api.base}: say which account: https://desk.example/app/accounts/1")
    parts = urlsplit(api.base)
    home = f"{parts.scheme}://{parts.netloc}/api/v1/accounts/{account[1]}"
    agents = api.json(f"{home}/agents")
    page = 1
    while rows := values.rows(
        mapping(mapping(api.json(f"{home}/conversations", status="all", assignee_type="all", page=page)).get("data")),
        "payload",
    ):
        for talk in rows:
            number, stamp = _name({"conversation": talk})
            if known(number, stamp):
                continue
            messages = _messages(api, f"{home}/conversations/{number}/messages")
            body: dict[str, Any] = {"conversation": talk, "messages": messages, "agents": agents}
            if with_files:
                body[FILES], missing = collect(api, _addresses(messages))
                yield from missing
            yield Bundle(case=number, stamp=stamp, body=body)
        page += 1


def _messages(api: Api, address: str) -> list[Mapping[str, Any]]:
    """All of them, page by page backwards."""
    found: dict[int, Mapping[str, Any]] = {}
    before: dict[str, str | int] = {}
    while rows := values.rows(mapping(api.json(address, **before)), "payload"):
        fresh = {int(ident(one)): one for one in rows if int(ident(one)) not in found}
        if not fresh:
            break
        found |= fresh
        before = {"before": min(found)}
    return [found[one] for one in sorted(found)]


def files(path: Path, reading: Reading) -> Iterator[Bundle | BadLine]:
    del reading
    yield from from_lines(path, _name, asks=("conversation", "messages"))


def _name(body: Mapping[str, Any]) -> tuple[str, str]:
    talk = mapping(body.get("conversation"))
    # Ending a conversation is an activity too, so that the last one is a stamp.
    stamp = "/".join(values.text(talk, key) for key in ("last_activity_at", "updated_at", "status"))
    return ident(talk), stamp


def _addresses(messages: list[Mapping[str, Any]]) -> dict[str, str]:
    return {
        ident(one): values.text(one, "data_url")
        for message in messages
        for one in values.rows(message, "attachments")
        if one.get("data_url") and one.get("file_type") in FETCHED
    }


def _type(message: Mapping[str, Any]) -> int:
    value = message.get("message_type")
    return value if isinstance(value, int) else NAMES.get(str(value), ACTIVITY)


def _deleted(message: Mapping[str, Any]) -> bool:
    return bool(mapping(message.get("content_attributes")).get("deleted"))


def _moment(found: Mapping[str, Any], key: str) -> datetime:
    written = values.text(found, key, needed=True)
    return datetime.fromtimestamp(int(written), tz=UTC) if written.isdecimal() else values.moment(written)


def _ended(body: Mapping[str, Any]) -> datetime:
    """When it was resolved: the last of what happened in it, which says so."""
    done = [_moment(one, "created_at") for one in values.rows(body, "messages") if _type(one) == ACTIVITY]
    return max(done, default=_moment(mapping(body.get("conversation")), "last_activity_at"))


def _message(
    said: Mapping[str, Any], agents: Mapping[str, Any], customer: Person, channel: str, body: Mapping[str, Any]
) -> Message:
    sender = mapping(said.get("sender"))
    kind = _kind(said, sender)
    return Message(
        id=ident(said),
        kind=kind,
        at=_moment(said, "created_at"),
        text=values.text(said, "content"),
        by=customer if kind == "customer" else _agent(agents, sender),
        channel=channel,
        message_id=values.text(said, "source_id") if "@" in values.text(said, "source_id") else "",
        papers=tuple(_paper(one, body) for one in values.rows(said, "attachments") if one.get("file_type") in FETCHED),
    )


def _kind(said: Mapping[str, Any], sender: Mapping[str, Any]) -> Kind:
    if said.get("private"):
        return "note"
    if _type(said) == INCOMING:
        return "customer"
    if _type(said) == TEMPLATE or sender.get("type") in {"agent_bot", "captain_assistant"} or not sender:
        return "automatic"
    return "reply"


def _paper(one: Mapping[str, Any], body: Mapping[str, Any]) -> Paper:
    kind, ending = values.text(one, "file_type"), values.text(one, "extension")
    address = urlsplit(values.text(one, "data_url")).path
    name = address.rpartition("/")[2] or f"{kind}-{ident(one)}"
    if ending and not name.endswith(ending):
        name = f"{name}.{ending.lstrip('.')}"
    return Paper(
        name=name,
        media_type=values.text(one, "content_type") or ("application/octet-stream" if kind == "file" else f"{kind}/*"),
        content=content_of(body, ident(one)),
    )


def _person(found: Mapping[str, Any]) -> Person:
    return Person(
        name=values.text(found, "name"), email=values.text(found, "email"), phone=values.text(found, "phone_number")
    )


def _agent(agents: Mapping[str, Any], sender: Mapping[str, Any]) -> Person:
    """A message names its agent without an address; the list of agents has it."""
    known = mapping(agents.get(values.text(sender, "id")))
    return Person(
        name=values.text(known, "name") or values.text(sender, "name"),
        email=values.text(known, "email") or values.text(sender, "email"),
    )


def header(user: str, token: str) -> dict[str, str]:
    del user
    return {"api_access_token": token}


DESK: Final = Desk(name="Chatwoot", case=case, files=files, fetch=fetch, header=header)
