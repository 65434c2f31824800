"""What else is counted from a complaint's events.

Rooms above this one keep rows that follow from the timeline too (the clocks). Each names a function once, in its
`AppConfig.ready`; it runs inside the transaction that wrote the event, and again on a rebuild, so it may only derive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import Manager

from amends.desk.complaints.models import Complaint
from amends.desk.complaints.timeline import Happened


class Follower(Protocol):
    """Bring a room's own rows up to everything that happened in a complaint."""

    def __call__(self, *, complaint: Complaint, story: Sequence[Happened]) -> None: ...


_followers: dict[str, Follower] = {}
_preparations: dict[str, Callable[[], AbstractContextManager[None]]] = {}


def also_follow[F: Callable[..., None]](follower: F) -> F:
    """Have a room's own follower called; naming it twice changes nothing."""
    _followers[f"{follower.__module__}.{follower.__qualname__}"] = follower
    return follower


def followers() -> tuple[Follower, ...]:
    return tuple(_followers.values())


@dataclass(frozen=True, slots=True)
class Carried:
    """Rows of a room that go along when their complaint is merged into another one.

    `told_as` is the name under which events name such a row: where one did since, merging cannot be taken back.
    """

    rows: Manager[Any]
    told_as: str = ""


_carried: dict[str, Carried] = {}


def also_carry(rows: Manager[Any], *, told_as: str = "") -> None:
    """Have a room's own rows, which have a `complaint`, go along with a merged one; naming it twice changes nothing."""
    model = rows.model
    _carried[f"{model.__module__}.{model.__qualname__}"] = Carried(rows, told_as)


def carried() -> Mapping[str, Carried]:
    return _carried


def also_prepare[P: Callable[[], AbstractContextManager[None]]](preparation: P) -> P:
    """Name what a follower reads once for many events: a context in which it is at hand."""
    _preparations[f"{preparation.__module__}.{preparation.__qualname__}"] = preparation
    return preparation


@contextmanager
def many() -> Iterator[None]:
    """Many events are written inside: a pass of a worker, a story that is laid out."""
    with ExitStack() as stack:
        for preparation in _preparations.values():
            stack.enter_context(preparation())
        yield
