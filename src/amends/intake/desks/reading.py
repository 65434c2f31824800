"""What several desks have in common: words with or without tags, times, addresses, and loose values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any

from amends.intake import values
from amends.intake.desks.case import Person
from amends.intake.mail import html as mail_html


def words(source: str, *, is_html: bool) -> tuple[str, str]:
    """The text to read and the HTML to show of a message."""
    if not is_html:
        return source.replace("\r\n", "\n").strip("\n"), ""
    cleaned = mail_html.clean(source, forwarded=True)  # their desk has cut what it cuts: everything stays
    return cleaned.text.strip("\n"), cleaned.html


def mapping(value: object) -> Mapping[str, Any]:
    """An object, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def moment(found: Mapping[str, Any], key: str) -> datetime:
    """A time that has to be there; without a zone it is UTC, as these desks write it.

    :raises ValueError: when it is missing, or no time
    """
    at = optional_moment(found, key)
    if at is None:
        raise ValueError(f"'{key}' is missing")
    return at


def optional_moment(found: Mapping[str, Any], key: str) -> datetime | None:
    """A time; none for what is missing, nought or false."""
    if not found.get(key):
        return None
    at = values.optional_moment(found, key)
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


def person_of(written: str) -> Person:
    """Who stands in a line like 'Ayşe <ayse@mail.example>'."""
    name, email = parseaddr(written, strict=False)
    return Person(name=name, email=email) if "@" in email else Person(name=written.strip())


def whole_name(*parts: object) -> str:
    return " ".join(str(part).strip() for part in parts if part and str(part).strip() not in {"", "-"})


def ident(found: Mapping[str, Any], key: str = "id") -> str:
    """An id that has to be there.

    :raises ValueError: when it is missing
    """
    return values.text(found, key, needed=True)


def name_of_ticket(body: Mapping[str, Any]) -> tuple[str, str]:
    """Name a ticket by its id, and what it was when by the time of its last change.

    :raises ValueError: when either is missing
    """
    ticket = mapping(body.get("ticket"))
    return ident(ticket), values.text(ticket, "updated_at", needed=True)
