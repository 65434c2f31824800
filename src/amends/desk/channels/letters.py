"""How a customer's letter looked: its HTML, cleaned, for a frame in which nothing runs.

Pictures from elsewhere are fetched for a reader who asks, by the desk and never by their browser: the sender learns
that the letter was opened, and not by whom or where. They are kept nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Final
from urllib.parse import urljoin

from amends.desk.channels.queries import raw_of_message
from amends.desk.remedies.line import Fetched, UnableToReach, fetch
from amends.intake.mail.looks import Looks, Picture, looks_of, media_of
from amends.intake.mail.structure import UnableToParse

MOST: Final = 40  # pictures of one letter
LARGEST: Final = 3 * 1024 * 1024  # bytes of one
ALL: Final = 12 * 1024 * 1024
_LINES: Final = 8
_TIMEOUT: Final = 4.0  # seconds for one
_PATIENCE: Final = 8.0  # seconds for all
_MOVES: Final = 3
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_HEADERS: Final = {"Accept": "image/*", "User-Agent": "Amends"}

type Line = Callable[[str], Fetched]
type Bring = Callable[[Iterable[str]], dict[str, Picture]]


def over_http(address: str) -> Fetched:
    return fetch(address, _HEADERS, longest=LARGEST, timeout=_TIMEOUT)


def bring(addresses: Iterable[str], *, line: Line = over_http, patience: float = _PATIENCE) -> dict[str, Picture]:
    """Fetch pictures side by side; who does not answer in time, and what is no picture, is left out."""
    pool = ThreadPoolExecutor(_LINES, "picture")
    asked = {address: pool.submit(_picture, address, line) for address in list(addresses)[:MOST]}
    wait(asked.values(), timeout=patience)
    pool.shutdown(wait=False, cancel_futures=True)
    found: dict[str, Picture] = {}
    room = ALL
    for address, future in asked.items():
        picture = future.result() if future.done() and not future.cancelled() else None
        if picture is not None and len(picture.content) <= room:
            found[address] = picture
            room -= len(picture.content)
    return found


def looks(*, event_id: int, with_pictures: bool = False, bringing: Bring = bring) -> Looks | None:
    """Tell how the letter behind a message looked; none where it came otherwise, has no HTML, or was erased."""
    raw = raw_of_message(event_id=event_id)
    if raw is None:
        return None
    try:
        found = looks_of(raw)
        if found is None or not with_pictures or not found.remote:
            return found
        return looks_of(raw, brought=bringing(found.remote))
    except UnableToParse:
        return None


def _picture(address: str, line: Line) -> Picture | None:
    for _move in range(_MOVES + 1):
        try:
            got = line(address)
        except UnableToReach:
            return None
        if got.status not in _MOVED or not got.moved_to:
            media = media_of(got.content) if got.status == 200 else ""
            return Picture(media, got.content) if media else None
        try:
            address = urljoin(address, got.moved_to)
        except ValueError:
            return None
    return None
