"""What a failing is: one way in which a reply or the course of events makes a complaint worse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from amends.engine.failings.moment import Moment
from amends.engine.findings import Evidence

Status = Literal["stable", "preview"]
Seen = Literal["reply", "events"]
Detect = Callable[[Moment], Iterator[Evidence]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Small dialogues (see `dialogue.py`): bad ones mark the exact words, good ones are near misses."""

    bad: tuple[str, ...] = ()
    good: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """One entry of the catalogue.

    `detect` is pure: it looks at speech acts, at who spoke, at what came before and at what is known, and holds no
    word of any language. A `preview` failing is shown, never scored. English examples stand here and prove every
    condition; those of other languages stand in the language's folder and prove its cues.
    """

    id: str
    status: Status
    title: str
    hurts: str
    instead: str
    claims: tuple[str, ...]
    detect: Detect
    examples: Examples = field(default_factory=Examples)
    seen: Seen = "reply"
