"""osTicket: tickets out of a dump of its database, as `mysqldump` writes it.

Its own interface opens tickets and tells none, so the database is the way out. A dump belongs together: people stand at
its end, so one that is cut off is told with its line and nothing of it is used.
"""

from __future__ import annotations

import base64
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from amends.intake import values
from amends.intake.desks.bundle import FILES, Bundle, Desk, Reading, content_of
from amends.intake.desks.case import Case, Kind, LeftOut, Message, Paper, Person
from amends.intake.desks.reading import ident, mapping, whole_name, words
from amends.intake.lines import BadLine, UnableToReadError, lines_of

type Row = dict[str, str | None]

TABLES: Final = frozenset({
    "attachment", "file", "file_chunk", "staff", "thread", "thread_entry", "thread_entry_email", "ticket",
    "ticket__cdata", "ticket_status", "user", "user_email",
})  # fmt: skip
NEEDED: Final = ("ticket", "ticket_status", "thread", "thread_entry", "user", "user_email", "staff")
OF_AN_ENTRY: Final = "H"  # attachment.type
OF_A_TICKET: Final = "T"  # thread.object_type
KINDS: Final[Mapping[str, Kind]] = {"M": "customer", "R": "reply", "N": "note"}
CHANNELS: Final[Mapping[str, str]] = {"Email": "mail", "Web": "form", "Phone": "phone", "API": "form"}
IN_THE_DATABASE: Final = "D"  # file.bk
BROKEN_OFF: Final = "the dump breaks off here. Nothing of it was taken in; dump it again, whole."
_INSERT: Final = re.compile(r"INSERT (?:IGNORE )?INTO `(\w+)`\s*(?:\(([^)]*)\)\s*)?VALUES\s*")
_COLUMN: Final = re.compile(r"\s+`(\w+)`\s")
_VALUE: Final = re.compile(
    r"""\s*(?:(?P<null>NULL)|(?:_\w+\s+)?'(?P<text>(?:[^'\\]|\\.|'')*)'|0x(?P<hex>[0-9A-Fa-f]*)|(?P<number>-?[\d.eE+]+))\s*""",
    re.DOTALL,
)
_ESCAPES: Final = {"0": "\0", "n": "\n", "r": "\r", "t": "\t", "b": "\b", "Z": "\x1a"}
_ESCAPED: Final = re.compile(r"\\(.)|''", re.DOTALL)


def case(body: Mapping[str, Any]) -> Case:
    """What a ticket says.

    :raises LeftOut: when it was deleted there
    :raises ValueError: when something that every ticket has is missing
    """
    ticket = mapping(body.get("ticket"))
    status = mapping(body.get("status"))
    state = values.text(status, "state") or "open"
    if state == "deleted":
        raise LeftOut("was deleted there")
    zone = ZoneInfo(values.text(body, "zone") or "UTC")
    staff = {ident(one, "staff_id"): one for one in values.rows(body, "staff")}
    customer = Person(name=values.text(mapping(body.get("user")), "name"), email=values.text(body, "address"))
    entries = values.rows(body, "entries")
    owner = staff.get(values.text(ticket, "staff_id"))
    ended = state in {"closed", "archived"}
    messages = tuple(_message(one, staff, customer, zone, body) for one in entries if one.get("type") in KINDS)
    return Case(
        id=ident(ticket, "ticket_id"),
        number=values.text(ticket, "number"),
        subject=values.text(body, "subject") or next((values.text(one, "title") for one in entries), ""),
        customer=customer,
        owner=_staff(owner) if owner else None,
        state="closed" if ended else "open",
        their_state=values.text(status, "name") or state,
        opened_at=_moment(ticket, "created", zone),
        closed_at=_moment(ticket, "closed" if ticket.get("closed") else "updated", zone) if ended else None,
        channel=CHANNELS.get(values.text(ticket, "source"), "mail"),
        messages=tuple(sorted(messages, key=lambda one: one.at)),
    )


def files(path: Path, reading: Reading) -> Iterator[Bundle | BadLine]:
    """Read a dump.

    :raises UnableToReadError: when it is cut off, or lacks tables
    """
    tables = _tables(path)
    if missing := [name for name in NEEDED if name not in tables]:
        raise UnableToReadError(f"{path}: the dump has no table {', '.join(missing)}; dump the whole database")
    yield from _bundles(path, tables, reading)


def _bundles(path: Path, tables: Mapping[str, list[Row]], reading: Reading) -> Iterator[Bundle | BadLine]:
    by_id = {name: {str(row["id"]): row for row in tables[name]} for name in ("ticket_status", "user", "user_email")}
    staff = {str(row["staff_id"]): row for row in tables["staff"]}
    subjects = {str(row["ticket_id"]): row.get("subject") or "" for row in tables.get("ticket__cdata", ())}
    mids = {str(row["thread_entry_id"]): row.get("mid") or "" for row in tables.get("thread_entry_email", ())}
    threads = {str(row["object_id"]): str(row["id"]) for row in tables["thread"] if row["object_type"] == OF_A_TICKET}
    entries = _grouped(tables["thread_entry"], "thread_id")
    papers = _grouped([row for row in tables.get("attachment", ()) if row["type"] == OF_AN_ENTRY], "object_id")
    kept = {str(row["id"]): row for row in tables.get("file", ())}
    chunks = _grouped(tables.get("file_chunk", ()), "file_id")
    for ticket in tables["ticket"]:
        number = str(ticket["ticket_id"])
        user = by_id["user"].get(str(ticket["user_id"]), {})
        address = by_id["user_email"].get(str(user.get("default_email_id")), {}).get("address") or ""
        said: list[dict[str, Any]] = [
            {
                **{key: value for key, value in entry.items() if key != "ip_address"},
                "mid": mids.get(str(entry["id"]), ""),
                "attachments": [
                    {**row, "file": kept.get(str(row["file_id"]), {})} for row in papers.get(str(entry["id"]), ())
                ],
            }
            for entry in entries.get(threads.get(number, ""), ())
        ]
        wrote = {str(ticket["staff_id"]), *(str(entry["staff_id"]) for entry in said)}
        body: dict[str, Any] = {
            "ticket": ticket,
            "status": by_id["ticket_status"].get(str(ticket["status_id"]), {}),
            "user": user,
            "address": address,
            "subject": subjects.get(number, ""),
            "entries": said,
            "staff": [
                {key: staff[one].get(key) for key in ("staff_id", "firstname", "lastname", "email")}
                for one in sorted(wrote & staff.keys())
            ],
            "zone": str(reading.zone),
            FILES: {
                str(one["file_id"]): base64.b64encode(_bytes(chunks[str(one["file_id"])])).decode("ascii")
                for entry in said
                for one in entry["attachments"]
                if str(one["file_id"]) in chunks
            },
        }
        stamp = sha256(repr([ticket, body["status"], [entry["id"] for entry in said]]).encode()).hexdigest()
        yield Bundle(case=number, stamp=stamp, body=body, where=f"{path}: ticket {ticket.get('number') or number}")
        for entry in said:
            for one in entry["attachments"]:
                if one["file"] and str(one["file_id"]) not in chunks:
                    name = one["name"] or one["file"].get("name")
                    yield BadLine(str(path), 0, f"'{name}' is kept outside the database there, and did not come along")


def _tables(path: Path) -> dict[str, list[Row]]:
    """The tables that are read, without their prefix; whole, or not at all."""
    columns: dict[str, list[str]] = {}
    found: dict[str, list[Row]] = {}
    making, number, complete = "", 0, False
    for number, raw in lines_of(path):
        # Every byte is one letter, so that files inside come out as they went in.
        line = raw.decode("latin-1").rstrip("\r\n")
        if line.startswith("CREATE TABLE `"):
            making = line.split("`")[1]
            columns[making] = []
        elif making and (named := _COLUMN.match(line)):
            columns[making].append(named[1])
        elif (start := _INSERT.match(line)) is not None:
            making = ""
            names = re.findall(r"\w+", start[2]) if start[2] else columns.get(start[1], [])
            if any(start[1].endswith(each) for each in TABLES):
                found.setdefault(start[1], []).extend(_rows(line, start.end(), names, f"{path}:{number}"))
        complete = complete or line.startswith("-- Dump completed")
    if not complete:
        raise UnableToReadError(f"{path}:{number}: {BROKEN_OFF}")
    home = next((name.removesuffix("thread_entry") for name in columns if name.endswith("thread_entry")), None)
    if home is None:
        raise UnableToReadError(f"{path}: this is no dump of osTicket 1.10 or later: it has no table thread_entry")
    known = {name.removeprefix(home) for name in columns if name.startswith(home)}
    return {name: found.get(f"{home}{name}", []) for name in TABLES & known}


def _rows(line: str, at: int, names: list[str], where: str) -> Iterator[Row]:
    if not line.endswith(";"):
        raise UnableToReadError(f"{where}: {BROKEN_OFF}")
    while True:
        if line[at] != "(":
            raise UnableToReadError(f"{where}: this INSERT cannot be read at letter {at + 1}")
        at += 1
        cells: list[str | None] = []
        while True:
            value = _VALUE.match(line, at)
            if value is None:
                raise UnableToReadError(f"{where}: this INSERT cannot be read at letter {at + 1}")
            cells.append(_cell(value))
            at = value.end() + 1
            if line[at - 1] == ")":
                break
        if len(cells) != len(names):
            raise UnableToReadError(f"{where}: {len(cells)} values where the table has {len(names)} columns")
        yield {name: _text(name, cell) for name, cell in zip(names, cells, strict=True)}
        if line[at] == ";":
            return
        at += 1


def _cell(value: re.Match[str]) -> str | None:
    if value["text"] is not None:
        return _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]) if found[1] else "'", value["text"])
    if value["hex"] is not None:
        return bytes.fromhex(value["hex"]).decode("latin-1")
    return value["number"]


def _text(name: str, cell: str | None) -> str | None:
    """Words are UTF-8; the content of a file stays one letter a byte until it is a file again."""
    if cell is None or name == "filedata":
        return cell
    return cell.encode("latin-1").decode("utf-8", "replace")


def _bytes(chunks: list[Row]) -> bytes:
    ordered = sorted(chunks, key=lambda row: int(row["chunk_id"] or 0))
    return "".join(row["filedata"] or "" for row in ordered).encode("latin-1")


def _grouped(rows: list[Row] | tuple[()], key: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[str(row[key])].append(row)
    return dict(found)


def _moment(found: Mapping[str, Any], key: str, zone: ZoneInfo) -> datetime:
    at = values.moment(values.text(found, key, needed=True))
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _message(
    entry: Mapping[str, Any], staff: Mapping[str, Any], customer: Person, zone: ZoneInfo, body: Mapping[str, Any]
) -> Message:
    text, html = words(values.text(entry, "body"), is_html=values.text(entry, "format") == "html")
    colleague = staff.get(values.text(entry, "staff_id"))
    kind = KINDS[values.text(entry, "type")]
    if kind == "reply" and colleague is None:
        kind = "automatic"
    by = _staff(colleague) if colleague else Person(name=values.text(entry, "poster"))
    return Message(
        id=ident(entry),
        kind=kind,
        at=_moment(entry, "created", zone),
        text=text,
        html=html,
        by=customer if kind == "customer" and colleague is None else by,
        channel=CHANNELS.get(values.text(entry, "source"), "mail"),
        message_id=values.text(entry, "mid").strip().strip("<>"),
        papers=tuple(
            Paper(
                name=values.text(one, "name") or values.text(mapping(one.get("file")), "name"),
                media_type=values.text(mapping(one.get("file")), "type"),
                content=content_of(body, values.text(one, "file_id")),
            )
            for one in values.rows(entry, "attachments")
        ),
    )


def _staff(found: Mapping[str, Any]) -> Person:
    return Person(
        name=whole_name(found.get("firstname"), found.get("lastname")), email=values.text(mapping(found), "email")
    )


DESK: Final = Desk(name="osTicket", case=case, files=files)
