"""What happens to a complaint in one moment: it is read once, and what follows from its timeline is written once.

A reply is a message, promises that it makes and keeps, and the end of a pause; a new complaint is its first words, an
answer by itself and the promise in it. Each is an event that is written as it happens, and the columns of the complaint
in hand follow at once, in memory. Its row, its entry for searching, and what other rooms count are written at the end
(`actions.in_one_moment`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any

from django.db import transaction

from amends.desk.complaints.models import Complaint, Event
from amends.desk.complaints.timeline import Beside, Happened


@dataclass(slots=True, kw_only=True)
class Page:
    """A complaint that is locked, or has just begun, and its story."""

    complaint: Complaint
    story: list[Happened]  # with what was merged into it
    row: Mapping[str, Any]  # its columns as they are in the database
    events: list[Event] | None = None  # all of them with words and authors, where somebody has asked for that
    companions: tuple[Beside, ...] = ()
    moved: bool = False  # whether somebody came beside it, or went
    is_new: bool = False  # nothing of it is followed yet
    is_first: bool = False  # of a customer who has just been entered
    at: datetime | None = None  # when what is still to be followed was said
    said: list[str] = field(default_factory=list)  # the words of it
    authors: set[int] = field(default_factory=set)  # whose words of ours are among it


Pages = dict[int, Page]
_open: ContextVar[Pages | None] = ContextVar("one_moment", default=None)


def pages() -> Pages | None:
    """Return what is in hand; None outside of a moment."""
    return _open.get()


def page_of(complaint_id: int) -> Page | None:
    """Return a complaint that is in hand."""
    found = _open.get()
    return None if found is None else found.get(complaint_id)


@contextmanager
def opened() -> Iterator[Pages]:
    """Begin a moment in which nothing is in hand yet."""
    found: Pages = {}
    before = _open.set(found)
    try:
        yield found
    finally:
        _open.reset(before)


def in_transaction[**P, R](act: Callable[P, R]) -> Callable[P, R]:
    """Make an act all or nothing: in a transaction of its own, or as a part of the moment that it belongs to.

    A moment fails as a whole, so a part of it needs no savepoint.
    """

    @wraps(act)
    def done(*args: P.args, **kwargs: P.kwargs) -> R:
        if _open.get() is not None:
            return act(*args, **kwargs)
        with transaction.atomic():
            return act(*args, **kwargs)

    return done
