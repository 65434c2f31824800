"""
Were they satisfied? With the outcome and with how it was handled, apart: people take a no from whom they trust.

The customer answers both questions from one to five after the end; of several answers the last counts. Content is who
gives four or five. Few answer, so how many did stands beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from amends.desk.complaints.models import Stage
from amends.desk.insight.facts import COMPLAINTS, Array, code, word_of
from amends.desk.insight.frame import Frame
from amends.desk.insight.kept import Facts, Table
from amends.desk.insight.queries import count
from amends.engine.measures import Share, share

STARS: Final = (5, 4, 3, 2, 1)
GOOD: Final = 4  # of five, and above
OVER: Final = (Stage.RESOLVED, Stage.CLOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The answers to one of the two questions."""

    question: str  # 'outcome' or 'handling'
    good: Share
    stars: Mapping[int, int]  # how many gave each


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The same of one team or channel."""

    key: str
    outcome: Share
    handling: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Satisfaction:
    answered: Share  # of the complaints that are over
    questions: tuple[Answers, Answers]
    fair: Share  # of those who were not content with the outcome, who were with how it was handled
    teams: tuple[Part, ...]
    channels: tuple[Part, ...]


def satisfaction(*, frame: Frame, facts: Facts | None = None) -> Satisfaction:
    """Count what customers answered about complaints of the span."""
    rows = (facts or Facts()).of(COMPLAINTS, frame)
    over = count(np.isin(rows["stage"], [code(stage) for stage in OVER]) | (rows["rated"] > 0))
    rated = rows.where(rows["rated"] > 0)
    outcome, handling = _stars(rated, "outcome"), _stars(rated, "handling")
    unhappy = outcome < GOOD
    return Satisfaction(
        answered=share(len(rated), over),
        questions=(_answers("outcome", outcome), _answers("handling", handling)),
        fair=share(count(unhappy & (handling >= GOOD)), count(unhappy)),
        teams=_parts(rated, "team", str),
        channels=_parts(rated, "channel", word_of),
    )


def _stars(rows: Table, question: str) -> Array:
    found: Array = rows["rated"] // 10 if question == "outcome" else rows["rated"] % 10
    return found


def _answers(question: str, stars: Array) -> Answers:
    return Answers(
        question=question,
        good=share(count(stars >= GOOD), len(stars)),
        stars={number: count(stars == number) for number in STARS},
    )


def _parts(rated: Table, name: str, key: Callable[[int], str]) -> tuple[Part, ...]:
    found = []
    for value in np.unique(rated[name]).tolist():
        if value:
            mine = rated.where(rated[name] == value)
            shares = {
                question: share(count(_stars(mine, question) >= GOOD), len(mine))
                for question in ("outcome", "handling")
            }
            found.append(Part(key=key(value), **shares))
    return tuple(sorted(found, key=lambda one: (-one.outcome.n, one.key)))


def complaints(name: str, *, frame: Frame, facts: Facts | None = None) -> Array | None:
    """Return the complaints behind a figure, the youngest first; None where there is no such figure.

    'all', 'over', 'fair', 'unhappy', and for each question 'outcome-good' and 'outcome-1' to 'outcome-5'.
    """
    rows = (facts or Facts()).of(COMPLAINTS, frame)
    question, _dash, which = name.partition("-")
    is_rated = rows["rated"] > 0
    if name == "all":
        mask = is_rated
    elif name == "over":
        mask = np.isin(rows["stage"], [code(stage) for stage in OVER]) | is_rated
    elif name in {"fair", "unhappy"}:
        mask = is_rated & (_stars(rows, "outcome") < GOOD)
        mask &= (_stars(rows, "handling") >= GOOD) | (name == "unhappy")
    elif question in {"outcome", "handling"} and which == "good":
        mask = is_rated & (_stars(rows, question) >= GOOD)
    elif question in {"outcome", "handling"} and which in {str(star) for star in STARS}:
        mask = is_rated & (_stars(rows, question) == int(which))
    else:
        return None
    found = rows.where(mask)
    order: Array = np.lexsort((found["complaint"], found["at"]))[::-1]
    ids: Array = found["complaint"][order]
    return ids
