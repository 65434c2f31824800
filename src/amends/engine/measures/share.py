"""A part of a whole, never without the whole: k of n, with what chance alone could make of it."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959964  # the two-sided 95 % point of the normal distribution

# Below this many cases a share is told as 'k of n' and never as a per cent, nor ranked (standards.md 6.1).
FEWEST = 10


@dataclass(frozen=True, slots=True)
class Share:
    """`k` of `n`, with its 95 % interval as fractions of one; an empty whole knows nothing, so it spans 0 to 1."""

    k: int
    n: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        """The fraction k/n, or None when there is no whole."""
        return self.k / self.n if self.n else None

    @property
    def too_few(self) -> bool:
        """Whether the whole is too small to be told as a per cent."""
        return self.n < FEWEST


def wilson(k: int, n: int, *, z: float = Z95) -> tuple[float, float]:
    """Return the Wilson score interval of k successes in n trials, as fractions of one.

    Formula: (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n), p = k/n.
    Source: Wilson 1927, J. Am. Stat. Assoc. 22, 209. With n = 0 nothing is known: (0, 1).
    """
    if not 0 <= k <= n:
        raise ValueError(f"a share needs 0 <= k <= n, not {k} of {n}")
    if n == 0:
        return 0.0, 1.0
    p = k / n
    middle = p + z * z / (2 * n)
    reach = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    whole = 1 + z * z / n
    low = 0.0 if k == 0 else (middle - reach) / whole
    high = 1.0 if k == n else (middle + reach) / whole
    return low, high


def share(k: int, n: int) -> Share:
    """Return k of n with its Wilson interval."""
    return Share(k, n, *wilson(k, n))
