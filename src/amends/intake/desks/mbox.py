"""A mailbox in one file (mbox): mails that belong together by their own headers are one complaint."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from amends.intake import values
from amends.intake.desks.bundle import Bundle, Desk, Reading
from amends.intake.desks.case import Case, Kind, LeftOut, Message, Paper, Person
from amends.intake.lines import BadLine, lines_of
from amends.intake.mail import Address, ParsedMail, UnableToParse, fold_address, parse

CUT_OFF: Final = "CloseBoundaryNotFoundDefect"
BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Mail:
    raw: bytes
    line: int
    parsed: ParsedMail

    @property
    def id(self) -> str:
        return self.parsed.message_id or sha256(self.raw).hexdigest()


def case(body: Mapping[str, Any]) -> Case:
    """What the mails of one thread say.

    :raises LeftOut: when machines only wrote, or nobody from outside
    """
    ours = frozenset(str(one) for one in body.get("ours") or ())
    mails = [parse(base64.b64decode(str(one))) for one in body.get("mails") or ()]
    messages = tuple(_message(mail, ours) for mail in mails)
    wrote = [one for one in messages if one.kind == "customer"]
    if not wrote:
        raise LeftOut("nobody from outside wrote in it")
    ordered = tuple(sorted(messages, key=lambda one: one.at))
    return Case(
        id=values.text(body, "id", needed=True),
        number="",
        subject=next((mail.subject for mail in mails if mail.subject), ""),
        customer=min(wrote, key=lambda one: one.at).by,
        owner=next((one.by for one in reversed(ordered) if one.kind == "reply"), None),
        state="open",  # a mailbox does not say what has ended
        their_state="in the mailbox",
        opened_at=ordered[0].at,
        closed_at=None,
        channel="mail",
        messages=ordered,
    )


def files(path: Path, reading: Reading) -> Iterator[Bundle | BadLine]:
    mails: list[_Mail] = []
    for found in _mails(path):
        if isinstance(found, BadLine):
            yield found
        else:
            mails.append(found)
    for thread in _threads(mails):
        senders = {fold_address(mail.parsed.sender.email) for mail in thread}
        body = {
            "id": thread[0].id,
            "mails": [base64.b64encode(mail.raw).decode("ascii") for mail in thread],
            "ours": sorted(senders & reading.ours),
        }
        stamp = sha256("\n".join(mail.id for mail in thread).encode()).hexdigest()
        yield Bundle(case=thread[0].id[:200], stamp=stamp, body=body, where=f"{path}:{thread[0].line}")


def _mails(path: Path) -> Iterator[_Mail | BadLine]:
    """Each mail with the line where it begins; the last one is left out where the file breaks off in it."""
    pending: list[bytes] = []
    began, blank, number = 1, True, 0
    raw = b"\n"
    for number, raw in lines_of(path):
        if blank and raw.startswith(b"From ") and pending:
            yield _read(path, pending, began)
            pending, began = [], number
        # '>From ' inside is how the file writes a line that begins with 'From '.
        pending.append(raw[1:] if raw.startswith(b">From ") else raw)
        blank = not raw.strip()
    if not pending:
        return
    last = _read(path, pending, began)
    if isinstance(last, _Mail) and (not raw.endswith(b"\n") or CUT_OFF in last.parsed.defects):
        yield BadLine(str(path), began, f"this mail breaks off at line {number}; the others are taken in")
        return
    yield last


def _read(path: Path, lines: list[bytes], began: int) -> _Mail | BadLine:
    kept = lines[1:] if lines and lines[0].startswith(b"From ") else lines
    raw = b"".join(kept).rstrip(b"\r\n") + b"\n"
    try:
        return _Mail(raw, began, parse(raw))
    except UnableToParse as error:
        return BadLine(str(path), began, f"this mail cannot be read: {error}")


def _threads(mails: list[_Mail]) -> list[list[_Mail]]:
    """Bring together what cites one another, in the order of time; a copy of the same mail comes once."""
    home: dict[str, str] = {}

    def find(one: str) -> str:
        while home.setdefault(one, one) != one:
            home[one] = home[home[one]]
            one = home[one]
        return one

    for mail in mails:
        for other in (*mail.parsed.references, *mail.parsed.in_reply_to):
            home[find(other)] = find(mail.id)
    found: dict[str, dict[str, _Mail]] = {}
    for mail in mails:
        found.setdefault(find(mail.id), {}).setdefault(sha256(mail.raw).hexdigest(), mail)
    threads = [sorted(thread.values(), key=lambda mail: mail.parsed.date or BEGINNING) for thread in found.values()]
    return sorted(threads, key=lambda thread: thread[0].parsed.date or BEGINNING)


def _message(mail: ParsedMail, ours: frozenset[str]) -> Message:
    kind: Kind = "reply" if fold_address(mail.sender.email) in ours else "customer"
    if mail.automatic.kind:
        kind = "automatic" if kind == "reply" else "note"
    return Message(
        id=mail.message_id or sha256(f"{mail.date}{mail.sender.email}{mail.whole}".encode()).hexdigest(),
        kind=kind,
        at=mail.date or BEGINNING,
        text=mail.text,
        html=mail.html,
        quoted=mail.quoted,
        by=_person(mail.sender),
        channel="mail",
        message_id=mail.message_id,
        papers=tuple(
            Paper(name=one.name, media_type=one.media_type, content=one.content, content_id=one.content_id)
            for one in mail.files
        ),
    )


def _person(address: Address) -> Person:
    return Person(name=address.name, email=address.email)


DESK: Final = Desk(name="mailbox file", case=case, files=files)
