"""
How bad a cause is for the customers it hits: each of its complaints weighs one, and more by what made it worse.

What makes one worse is what the other pages count too: they said that they go elsewhere, met the same mistake again,
had a promise broken on top, said last that they are not content, are angry while it is open, met three people.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from amends.desk.insight import risk, surprises
from amends.desk.insight.facts import COMPLAINTS, Array, code
from amends.desk.insight.frame import Frame
from amends.desk.insight.kept import Facts, Table
from amends.desk.insight.queries import ThemeRow, by_cause
from amends.engine.causes import LAYERS
from amends.engine.measures import FEWEST, ITSELF, WEIGHTS, QualityIndex, quality_index
from amends.engine.measures.counted import MANY

HURTS: Final = tuple(WEIGHTS)
FIGURE: Final = re.compile(rf"bad-(?:({'|'.join(HURTS)})-)?(\d{{1,9}})-({'|'.join(LAYERS)})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Severity:
    """How bad one cause is, and by what."""

    row: ThemeRow
    index: QualityIndex
    hurts: tuple[tuple[str, int], ...]  # the heaviest first; only what there is

    @property
    def each(self) -> float:
        """Points of one complaint, to the tenth; more would be false."""
        return round(self.index.value or 0, 1)

    @property
    def is_few(self) -> bool:
        """Whether its complaints are too few to tell how bad one of them is."""
        return self.row.count < FEWEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Worse:
    """The complaints behind a figure of severity, the worst first."""

    ids: Array
    points: Array  # of each
    hurts: Mapping[str, Array]  # which of them have each hurt


def severities(
    rows: tuple[ThemeRow, ...], *, frame: Frame, facts: Facts, met: Array | None = None
) -> tuple[Severity, ...]:
    """Weigh causes by how bad they are; `met` are complaints that met the same again, where they are known already."""
    if not rows:
        return ()
    every = facts.of(COMPLAINTS, frame)
    every = every.where(every["confirmed"] > 0)
    keys, place = by_cause(every, every["confirmed"] > 0)
    at = {key.key: number for number, key in enumerate(keys)}
    hurts = {
        name: np.bincount(place[hurt], minlength=len(keys))
        for name, hurt in _hurts(every, frame, facts, met=met).items()
    }
    found = []
    for row in rows:
        counts = [(name, int(many[at[row.key]])) for name, many in hurts.items()]
        weighed = [(ITSELF, row.count), *((WEIGHTS[name], many) for name, many in counts)]
        found.append(
            Severity(
                row=row,
                index=quality_index(weighed, chances=row.count),
                hurts=tuple((name, many) for name, many in counts if many),
            )
        )
    return tuple(sorted(found, key=lambda one: -one.index.points))


def worse(figure: str, *, frame: Frame, facts: Facts) -> Worse | None:
    """Return the complaints of a cause, or those of them with one hurt; None where it is no figure of severity."""
    match = FIGURE.fullmatch(figure)
    if match is None:
        return None
    every = facts.of(COMPLAINTS, frame)
    mine = every.where((every["confirmed"] > 0) & _is_of(every, int(match[2]), match[3]))
    hurts = _hurts(mine, frame, facts)
    if match[1]:
        keep = hurts[match[1]]
        mine, hurts = mine.where(keep), {name: hurt[keep] for name, hurt in hurts.items()}
    points = np.full(len(mine), ITSELF, dtype=np.int64)
    for name, hurt in hurts.items():
        points += WEIGHTS[name] * hurt
    order = np.lexsort((-mine["complaint"].astype(np.int64), -mine["at"].astype(np.int64), -points))
    return Worse(
        ids=mine["complaint"][order],
        points=points[order],
        hurts={name: hurt[order] for name, hurt in hurts.items()},
    )


def _is_of(rows: Table, theme: int, layer: str) -> Array:
    found: Array = (rows["theme"] == theme) & (rows["layer"] == code(layer))
    return found


def _hurts(rows: Table, frame: Frame, facts: Facts, *, met: Array | None = None) -> dict[str, Array]:
    """Say of facts which have each hurt."""
    reasons = risk.reasons(rows)
    again = np.isin(rows["complaint"], surprises.met_again(frame, facts) if met is None else met)
    found = {
        "leaving": reasons["leaving"],
        "again": again,
        "broken": rows["broken"] > 0,
        "not-content": reasons["not-content"],
        "hot": reasons["hot"],
        "around": rows["people"] >= MANY,
    }
    return {name: found[name] for name in HURTS}
