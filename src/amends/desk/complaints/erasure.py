"""What else is emptied when a person is erased.

Rooms above this one keep words of customers too (a promise's very words, a raw mail). Each names a function once, in
its `AppConfig.ready`; it runs inside the transaction of `complaints.actions.erase`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Protocol


class Eraser(Protocol):
    """Empty whatever the room keeps about these complaints of one customer."""

    def __call__(self, *, customer_id: int, complaint_ids: Collection[int], now: datetime) -> None: ...


_erasers: dict[str, Eraser] = {}


def also_erase[E: Callable[..., None]](eraser: E) -> E:
    """Have a room's own eraser called; naming it twice changes nothing."""
    _erasers[f"{eraser.__module__}.{eraser.__qualname__}"] = eraser
    return eraser


def erasers() -> tuple[Eraser, ...]:
    return tuple(_erasers.values())
