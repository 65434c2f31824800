"""What the environment says, read once; what nobody can read is refused by the name of its variable.

A secret may stand in what was said, so it is never said again.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from amends.desk.settings.spans import long_span


def address(name: str, *, schemes: Collection[str], like: str, default: str = "") -> str:
    """Read the address of a machine; empty when nothing is said.

    :raises ImproperlyConfigured: when it is of another kind, or names no machine
    """
    if not (url := os.environ.get(name) or default):
        return ""
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.scheme in schemes and parts.hostname and parts.port != 0:
            return url
    raise ImproperlyConfigured(f"{name} is no address that can be used: write {like}")


def database(name: str, url: str, *, kept: int) -> dict[str, Any]:
    """Read the address of a database.

    :raises ImproperlyConfigured: when it is none of PostgreSQL
    """
    with suppress(ValueError):
        found: dict[str, Any] = {**dj_database_url.parse(url, conn_max_age=kept, conn_health_checks=True)}
        if found["ENGINE"] == "django.db.backends.postgresql" and found["NAME"]:
            return found
    raise ImproperlyConfigured(
        f"{name} is no address of a PostgreSQL database: write postgresql://user:password@host:5432/name; in the"
        " password, what is neither letter nor digit is written as in an address (%23 for #)"
    )


def networks(name: str) -> list[str]:
    """Read networks, separated by commas.

    :raises ImproperlyConfigured: when one of them is none
    """
    found = list(filter(None, os.environ.get(name, "").replace(" ", "").split(",")))
    for one in found:
        try:
            ip_network(one, strict=False)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name}: '{one}' is no network: write 127.0.0.1 or 10.0.0.0/8") from error
    return found


def whole_number(name: str, *, default: int, least: int) -> int:
    """Read a number.

    :raises ImproperlyConfigured: when it is none
    """
    said = os.environ.get(name, "").strip()
    try:
        return max(least, int(said)) if said else default
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: '{said}' is no whole number") from error


def span(name: str, *, read: Callable[[str], timedelta] = long_span) -> timedelta | None:
    """Read a span of time; None when nothing is said.

    :raises ImproperlyConfigured: when it is none
    """
    if not (said := os.environ.get(name, "")):
        return None
    try:
        return read(said)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}") from error


def signing_key(folder: Path) -> str:
    """Read the key that signs, from the environment or the data folder; make one at the first start.

    :raises ImproperlyConfigured: when its file holds nothing, as after a full disk
    """
    if key := os.environ.get("AMENDS_SECRET_KEY"):
        return key
    place = folder / "secret.key"
    if not place.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # others on this machine have no business in it
        _write_whole(place, secrets.token_urlsafe(50))
    if not (key := place.read_text(encoding="ascii").strip()):
        raise ImproperlyConfigured(
            f"{place} is empty. Bring it back from a backup. Without one, remove the file: the next start makes another"
            " key, everybody signs in anew, and answers to letters sent before are not known by their addresses."
        )
    return key


def _write_whole(place: Path, words: str) -> None:
    """Give a file its name when it is whole; of two that do so at the same moment one wins, and both read that one."""
    draft = place.with_name(f"{place.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    try:
        draft.write_text(words, encoding="ascii")
        with suppress(FileExistsError):
            place.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)
