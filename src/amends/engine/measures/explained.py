"""A figure that can be opened: its formula, what went into it, where each of that comes from, and its range.

Words are written in English and marked for the catalogues; whoever shows a figure says them in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from amends.engine.languages.wording import N_

type Unit = Literal["money", "customers", "complaints", "share", "days", "years", "times"]
# Where a number comes from: counted at the desk, on the customers' records, from the organisation's own survey, told
# by somebody here, taken from what others found because nobody here has told it yet, or a guess of Amends itself.
type Origin = Literal["counted", "record", "survey", "told", "default", "ours"]

ORIGINS: Final[Mapping[Origin, str]] = {
    "counted": N_("counted at this desk"),
    "record": N_("from the customers' records"),
    "survey": N_("from the organisation's own survey"),
    "told": N_("told by somebody here"),
    "default": N_("a default: found elsewhere, not by this organisation"),
    "ours": N_("a default: a guess of Amends, found by nobody"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One number of a formula. `low` and `high` where it is known as a range only; `door` names the list behind it."""

    name: str
    value: float
    unit: Unit
    origin: Origin
    low: float | None = None
    high: float | None = None
    door: str = ""
    cite: str = ""  # who found it, where it is a default

    @property
    def least(self) -> float:
        return self.value if self.low is None else self.low

    @property
    def most(self) -> float:
        return self.value if self.high is None else self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number with the range that its inputs leave, its formula in words, and the inputs themselves."""

    name: str
    value: float
    low: float
    high: float
    unit: Unit
    formula: str
    inputs: tuple[Input, ...]
    caution: str = ""  # what it is not

    @property
    def is_a_range(self) -> bool:
        return self.low != self.high

    @property
    def rests_on_defaults(self) -> bool:
        return any(one.origin in {"default", "ours"} for one in self.inputs)
