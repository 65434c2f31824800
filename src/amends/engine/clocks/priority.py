"""How urgent a complaint is: told from what happened, with the reason, and never set by hand and forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Priority = Literal["normal", "high", "urgent"]
Reason = Literal["", "promise-broken", "asked-for-manager", "very-angry", "angry", "asked-for-person", "third-person"]

PRIORITIES: Final[tuple[Priority, ...]] = ("normal", "high", "urgent")
VERY_ANGRY: Final = 3
ANGRY: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a priority is told from."""

    heat: int = 0
    promise_broken: bool = False  # and not made good
    asked_for_manager: bool = False  # and not answered since
    asked_for_person: bool = False
    third_person: bool = False  # passed to a third person, or handed over twice


def priority(facts: Facts) -> tuple[Priority, Reason]:
    """Return the priority, and the first reason for it; a normal one needs none."""
    reasons: tuple[tuple[bool, Priority, Reason], ...] = (
        (facts.promise_broken, "urgent", "promise-broken"),
        (facts.heat >= VERY_ANGRY, "urgent", "very-angry"),
        (facts.asked_for_manager, "urgent", "asked-for-manager"),
        (facts.heat >= ANGRY, "high", "angry"),
        (facts.asked_for_person, "high", "asked-for-person"),
        (facts.third_person, "high", "third-person"),
    )
    return next(((grade, reason) for holds, grade, reason in reasons if holds), ("normal", ""))
