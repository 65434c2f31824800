"""Values of loose data, one by one: each reader says plainly what it expected."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, cast, get_args

from amends.engine.conversation import By, Channel, Happening, Role

# How other systems say who spoke.
_SPEAKERS: dict[str, By] = {
    **dict.fromkeys(
        ("customer", "client", "user", "end-user", "enduser", "end_user", "requester", "contact", "visitor"), "customer"
    ),
    **dict.fromkeys(("consumer", "lead", "inbound", "incoming", "in", "from_customer", "guest", "buyer"), "customer"),
    **dict.fromkeys(("agent", "admin", "staff", "support", "operator", "team", "employee", "company"), "agent"),
    **dict.fromkeys(("outbound", "outgoing", "out", "representative", "to_customer", "assistant"), "agent"),
    **dict.fromkeys(("system", "bot", "automation", "workflow", "auto", "trigger"), "system"),
}
_CHANNELS: dict[str, Channel] = {
    **{name: name for name in get_args(Channel)},
    **dict.fromkeys(("email", "e-mail"), "mail"),
    **dict.fromkeys(("web", "web_form", "webform"), "form"),
    **dict.fromkeys(("live_chat", "livechat", "messaging", "widget"), "chat"),
    **dict.fromkeys(("voice", "call", "telephone"), "phone"),
    **dict.fromkeys(("twitter", "facebook", "instagram", "whatsapp", "telegram"), "social"),
}
_TWEET = "%a %b %d %H:%M:%S %z %Y"
# Half a character of two: JSON can write it, no file or screen can.
_HALVES = re.compile("[\ud800-\udfff]")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")
_MORE_FORMATS = ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d")


def text(found: Mapping[str, Any], key: str, *, needed: bool = False) -> str:
    """Return a text; a number is taken as one.

    :raises ValueError: when it is missing though needed, or something else than a text
    """
    value = found.get(key)
    if value is None or value == "":
        if needed:
            raise ValueError(f"'{key}' is missing")
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"'{key}' should be a text")  # noqa: TRY004  # the caller tells the user, by ValueError
    return _HALVES.sub("\ufffd", str(value))


def speaker(value: str) -> By:
    """Return who spoke, by any of the usual names for it.

    :raises ValueError: when the name is none of them
    """
    by = _SPEAKERS.get(value.strip().casefold())
    if by is None:
        raise ValueError(f"'{value}' says neither customer nor agent")
    return by


def channel(value: str) -> Channel:
    """Return the channel by any of its usual names; 'other' when it is not known."""
    return _CHANNELS.get(value.strip().casefold(), "other")


def moment(value: str) -> datetime:
    """Return a moment written as ISO 8601, as a tweet's time, in seconds since 1970, or day first with dots.

    :raises ValueError: when it is none of these
    """
    value = value.strip()
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        pass
    if _EPOCH.fullmatch(value):
        seconds = int(value) / (1000 if len(value) == 13 else 1)
        return datetime.fromtimestamp(seconds, tz=UTC)
    for form in (_TWEET, *_MORE_FORMATS):
        try:
            return datetime.strptime(value, form)  # noqa: DTZ007  # a time without a zone is local to the organisation
        except ValueError:
            continue
    raise ValueError(f"'{value}' is no time; write 2026-03-02T09:15")


def optional_moment(found: Mapping[str, Any], key: str) -> datetime | None:
    """Return a moment, or None when it is not there."""
    written = text(found, key)
    return moment(written) if written else None


def day(found: Mapping[str, Any], key: str) -> date | None:
    """Return a day, or None when it is not there."""
    at = optional_moment(found, key)
    return at.date() if at else None


def amount(found: Mapping[str, Any], key: str) -> Decimal | None:
    """Return an amount, or None when it is not there.

    :raises ValueError: when it is not a number
    """
    written = text(found, key)
    if not written:
        return None
    try:
        value = Decimal(written)
    except InvalidOperation as error:
        raise ValueError(f"'{key}' should be a number, not '{written}'") from error
    if not value.is_finite():
        raise ValueError(f"'{key}' should be a number, not '{written}'")
    return value


def count(found: Mapping[str, Any], key: str) -> int | None:
    """Return a whole number, or None when it is not there.

    :raises ValueError: when it is not a number
    """
    value = amount(found, key)
    return None if value is None else int(value)


def role(value: str) -> Role:
    """Return what somebody may be asked for; nothing when the record knows no such role."""
    return cast("Role", value) if value in get_args(Role) else ""


def happening(value: str) -> Happening:
    """Return a kind of event.

    :raises ValueError: when the record knows no such kind
    """
    if value not in get_args(Happening):
        raise ValueError(f"no event is called '{value}'")
    return cast("Happening", value)


def rows(found: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Return a list of objects, empty when it is not there.

    :raises ValueError: when it is something else
    """
    value = found.get(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise ValueError(f"'{key}' should be a list of objects")
    return value
