"""The table of periodic work: rooms name it in their `tasks.py`, workers run it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from django.utils.module_loading import autodiscover_modules


class Work(Protocol):
    """One run; what it returns is not kept."""

    def __call__(self, *, now: datetime) -> object: ...


# What must come at its time has a lane of its own, so that no long work, as reading an export, is in its way: one for
# what the clock says, one for letters, which go out by the line of another machine that may be slow, and one for
# webhooks, whose other ends nobody here looks after.
CLOCK: Final = "clock"
POST: Final = "post"
HOOKS: Final = "hooks"


@dataclass(frozen=True, slots=True)
class Periodic:
    name: str
    every: timedelta
    run: Work
    lane: str = ""


_table: dict[str, Periodic] = {}


def periodic[W: Callable[..., object]](*, every: timedelta, lane: str = "") -> Callable[[W], W]:
    """Have a function run again and again. Each run is one worker's, a run is never beside another of the same name."""

    def remember(work: W) -> W:
        name = f"{work.__module__}.{work.__qualname__}"
        _table[name] = Periodic(name, every, work, lane)
        return work

    return remember


def table() -> Mapping[str, Periodic]:
    """All periodic work of the desk."""
    autodiscover_modules("tasks")
    return _table
