"""How bad: failures weighed by how much they hurt, as in a service quality index, and never averaged away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

# What one complaint is made worse by, in the steps of the published index (one, three, five, ten). Which step is our
# judgement: ten for what loses a customer, five for a broken word, three for what they still go through.
WEIGHTS: Final[Mapping[str, int]] = {
    "leaving": 10,  # they said that they will go elsewhere
    "again": 10,  # the same mistake hit them a second time within a year
    "broken": 5,  # a promise broke on top
    "not-content": 5,  # they said last that they are not content
    "hot": 3,  # angry, and still open
    "around": 3,  # three people or more had it
}
ITSELF: Final = 1  # the complaint alone


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityIndex:
    """Failures counted and weighed, of so many chances to fail."""

    failures: int
    points: int
    chances: int

    @property
    def rate(self) -> float | None:
        """Failures a chance, all alike; None where there was no chance."""
        return self.failures / self.chances if self.chances else None

    @property
    def value(self) -> float | None:
        """Points a chance: the index. None where there was no chance."""
        return self.points / self.chances if self.chances else None


def quality_index(failures: Iterable[tuple[int, int]], *, chances: int) -> QualityIndex:
    """Add failures up, each as (weight, how many).

    Formula: Σ(weight · failures) / chances. Source: the service quality index of a parcel carrier; standards of the
    trade 1.2. One chance may fail in several ways, so the index may be above one.
    """
    rows = tuple(failures)
    if any(weight < 0 or many < 0 for weight, many in rows) or chances < 0:
        raise ValueError("weights, failures and chances are never below nought")
    return QualityIndex(
        failures=sum(many for _weight, many in rows),
        points=sum(weight * many for weight, many in rows),
        chances=chances,
    )
