"""What else is counted from a complaint's events.

Rooms above this one keep rows that follow from the timeline too (the clocks). Each names a function once, in its
`AppConfig.ready`; it runs inside the transaction that wrote the event, and again on a rebuild, so it may only derive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Protocol

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
