"""Figures drills for those who lead: choose measures, and say which figure speaks for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from amends.engine.drills.situation import Ending, Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A measure that was chosen, and the figure given as the reason."""

    measure: str
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """One choice, weighed."""

    choice: Choice
    fits: bool
    reason_fits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """All choices, weighed, and the fitting measures that were left lying."""

    choices: tuple[Weighed, ...]
    left_out: tuple[str, ...]
    ended: Ending


def weigh(situation: Situation, choices: Sequence[Choice]) -> Weighing:
    """Weigh what was chosen; it goes well when as many as asked for were chosen, and each fits for its reason.

    :raises KeyError: when there is no such measure
    """
    measures = {one.key: one for one in situation.measures}
    weighed = tuple(
        Weighed(
            choice=one,
            fits=measures[one.measure].fits,
            reason_fits=one.because in measures[one.measure].because,
        )
        for one in choices
    )
    chosen = {one.measure for one in choices}
    well = len(chosen) == len(choices) == situation.choose and all(one.fits and one.reason_fits for one in weighed)
    return Weighing(
        choices=weighed,
        left_out=tuple(one.key for one in situation.measures if one.fits and one.key not in chosen),
        ended="content" if well else "gone",
    )
