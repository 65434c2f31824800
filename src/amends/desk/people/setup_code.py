"""The code that a first run asks for from anywhere but the desk's own machine.

An empty desk on a public address would belong to whoever comes first. The code stands in the terminal of
`amends serve` and in a file that only the owner of the data folder can read; it is gone once the desk has people.
Where several machines share a key (AMENDS_SECRET_KEY), the code is made of it, so that each of them asks for the same.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from amends.desk.people.middleware import is_loopback

LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that looks like another


def setup_code(*, choose: Callable[[str], str] | None = None) -> str:
    """Return this desk's code, making it the first time."""
    place = _place()
    if choose is None:
        choose = _by_the_key() if settings.SHARES_KEY else secrets.choice
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch(mode=0o600)
        place.write_text("-".join("".join(choose(LETTERS) for _ in range(4)) for _ in range(3)), encoding="ascii")
    return place.read_text(encoding="ascii")


def _by_the_key() -> Callable[[str], str]:
    """Return what chooses letters as every machine with the same key does."""
    numbers = iter(salted_hmac("amends.setup-code", "the first administrator", algorithm="sha256").digest())
    return lambda letters: letters[next(numbers) % len(letters)]


def is_setup_code(typed: str) -> bool:
    """Whether somebody typed the code; case, spaces and hyphens do not matter."""
    return constant_time_compare(_plain(typed), _plain(setup_code()))


def forget_setup_code() -> None:
    _place().unlink(missing_ok=True)


def asks_for_code(request: HttpRequest) -> bool:
    """Whether a first run must prove that it is the owner's: not at home.

    A desk with a public address always asks, since nobody is at home there.
    """
    return not is_loopback(request)


def _plain(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter.isalnum())


def _place() -> Path:
    return Path(settings.DATA) / "setup.code"
