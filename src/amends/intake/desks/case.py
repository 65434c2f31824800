"""What a complaint of another desk is to us: who, what was said, when, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal["customer", "reply", "note", "call", "automatic"]


class LeftOut(Exception):
    """One that does not come along; the message says why, for whoever imports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the other desk, known by an address where there is one."""

    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A file of a message; `content` is None where it did not come along."""

    name: str
    media_type: str
    content: bytes | None
    content_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One word of the history. `id` is the other desk's own, and never changes."""

    id: str
    kind: Kind
    at: datetime
    text: str
    html: str = ""
    quoted: str = ""
    by: Person = Person()
    channel: str = "mail"
    message_id: str = ""  # of the mail, so that answers to it find their complaint
    papers: tuple[Paper, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One complaint with its history, in the order of time."""

    id: str
    number: str  # as people of the other desk call it
    subject: str
    customer: Person
    owner: Person | None
    state: Literal["open", "closed"]
    their_state: str
    opened_at: datetime
    closed_at: datetime | None
    channel: str
    messages: tuple[Message, ...]
    tags: tuple[str, ...] = ()
    language: str = ""
