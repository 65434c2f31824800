"""A table (CSV): one message a row, rows with one number are one complaint."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from amends.intake import table, values
from amends.intake.desks.bundle import Bundle, Desk, Reading
from amends.intake.desks.case import Case, Kind, Message, Person
from amends.intake.lines import BadLine

# our name -> the column names that other systems usually have for it
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("id", "ticket_id", "ticket id", "conversation_id", "case_id", "ticket", "case", "number"),
    "text": ("text", "body", "message", "content", "comment", "description"),
    "by": ("by", "role", "author_type", "sender_type", "direction", "from_type"),
    "at": ("at", "created_at", "sent_at", "date", "time", "timestamp", "created"),
    "subject": ("subject", "title"),
    "customer_name": ("customer_name", "customer", "requester", "requester_name", "contact_name"),
    "customer_email": ("customer_email", "requester_email", "contact_email", "email"),
    "customer_phone": ("customer_phone", "phone", "mobile"),
    "agent_name": ("agent_name", "agent", "assignee", "owner"),
    "agent_email": ("agent_email", "assignee_email", "owner_email"),
    "internal": ("internal", "private", "is_private", "note"),
    "state": ("state", "status"),
    "closed_at": ("closed_at", "resolved_at", "solved_at", "closed"),
    "channel": ("channel", "via", "source"),
    "tags": ("tags", "labels"),
    "message_id": ("message_id", "comment_id", "article_id"),
}
NEEDED: Final = ("id", "text", "by", "at")
ENDED: Final = frozenset({"closed", "resolved", "solved", "done", "archived"})
YES: Final = frozenset({"1", "true", "yes", "y"})
CHANNELS: Final = frozenset({"mail", "form", "phone", "visit", "chat"})


def case(body: Mapping[str, Any]) -> Case:
    """What the rows of one number say; what stands in one row only holds for all."""
    rows = values.rows(body, "rows")
    zone = ZoneInfo(values.text(body, "zone") or "UTC")

    def said(name: str) -> str:
        return next((value for row in reversed(rows) if (value := values.text(row, name).strip())), "")

    messages = tuple(sorted((_message(row, zone) for row in rows), key=lambda one: one.at))
    state = said("state")
    ended = state.casefold() in ENDED
    closed = _moment(said("closed_at"), zone) if said("closed_at") else messages[-1].at
    owner = Person(name=said("agent_name"), email=said("agent_email"))
    channel = values.channel(said("channel"))
    return Case(
        id=values.text(rows[0], "id", needed=True),
        number=values.text(rows[0], "id"),
        subject=said("subject"),
        customer=Person(name=said("customer_name"), email=said("customer_email"), phone=said("customer_phone")),
        owner=owner if owner.email or owner.name else None,
        state="closed" if ended else "open",
        their_state=state or "not said",
        opened_at=messages[0].at,
        closed_at=closed if ended else None,
        channel=channel if channel in CHANNELS else "mail",
        messages=messages,
        tags=tuple(tag.strip() for tag in said("tags").replace(";", ",").split(",") if tag.strip()),
    )


def files(path: Path, reading: Reading) -> Iterator[Bundle | BadLine]:
    """Read a table.

    :raises UnableToReadError: when the file cannot be read or a column that is needed is not there
    """
    cases: dict[str, list[dict[str, str]]] = {}
    first: dict[str, int] = {}
    for row in table.rows_of(path, reading.columns, usual=COLUMNS, needed=NEEDED):
        if isinstance(row, BadLine):
            yield row
            continue
        number, cells = row
        try:
            _message(cells, reading.zone)
            name = values.text(cells, "id", needed=True)
        except ValueError as error:
            yield BadLine(str(path), number, str(error))
            continue
        cases.setdefault(name, []).append(cells)
        first.setdefault(name, number)
    for name, rows in cases.items():
        kept = _named(rows)
        stamp = sha256(repr([sorted(row.items()) for row in kept]).encode()).hexdigest()
        body = {"rows": kept, "zone": str(reading.zone)}
        yield Bundle(case=name[:200], stamp=stamp, body=body, where=f"{path}:{first[name]}")


def _named(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Give each message a name that is the same in every run: its own, or one made of what it says."""
    seen: Counter[str] = Counter()
    found = []
    for row in rows:
        name = row.get("message_id", "")
        if not name:
            content = "\0".join(row.get(key, "") for key in ("by", "at", "text"))
            seen[content] += 1
            name = f"{sha256(content.encode()).hexdigest()[:32]}-{seen[content]}"
        found.append({**row, "message_id": name})
    return found


def _message(row: Mapping[str, Any], zone: ZoneInfo) -> Message:
    by = values.speaker(values.text(row, "by", needed=True))
    kind: Kind = "customer" if by == "customer" else "automatic" if by == "system" else "reply"
    if values.text(row, "internal").strip().casefold() in YES:
        kind = "note"
    channel = values.channel(values.text(row, "channel"))
    colleague = Person(name=values.text(row, "agent_name"), email=values.text(row, "agent_email"))
    return Message(
        id=values.text(row, "message_id"),
        kind=kind,
        at=_moment(values.text(row, "at", needed=True), zone),
        text=values.text(row, "text"),
        by=Person() if kind == "customer" else colleague,
        channel=channel if channel in CHANNELS else "mail",
    )


def _moment(written: str, zone: ZoneInfo) -> datetime:
    at = values.moment(written)
    return at if at.tzinfo else at.replace(tzinfo=zone)


DESK: Final = Desk(name="table", case=case, files=files)
