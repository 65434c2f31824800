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


type Told = Sequence[tuple[Complaint, Sequence[Happened]]]  # complaints, each with its story


class FollowerOfMany(Protocol):
    """Bring a room's own rows up to the stories of several complaints."""

    def __call__(self, *, told: Told) -> None: ...


_followers: dict[str, Follower] = {}
_of_many: dict[str, FollowerOfMany] = {}
_preparations: dict[str, Callable[[], AbstractContextManager[None]]] = {}


def also_follow[F: Callable[..., None]](follower: F, *, of_many: FollowerOfMany | None = None) -> F:
    """Have a room's own follower called; naming it twice changes nothing.

    `of_many` does the same for several complaints, in fewer questions of the database.
    """
    name = f"{follower.__module__}.{follower.__qualname__}"
    _followers[name] = follower
    if of_many is not None:
        _of_many[name] = of_many
    return follower


def follow(told: Told) -> None:
    """Let every room write what follows from the stories of some complaints."""
    for name, follower in _followers.items():
        if len(told) > 1 and (of_many := _of_many.get(name)) is not None:
            of_many(told=told)
        else:
            for complaint, story in told:
                follower(complaint=complaint, story=story)


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
