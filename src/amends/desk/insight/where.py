"""How many complaints there are of each product, branch, channel, language and team: each a way to its own figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from amends.desk.insight.bar import NUMBERED, Bar
from amends.desk.insight.facts import COMPLAINTS, word_of
from amends.desk.insight.links import address

COLUMNS: Final = ("product", "branch", "channel", "language", "team")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One value of a column: its words, how many complaints it has, their list, and the page narrowed to it."""

    words: str
    count: int
    door: str
    narrowed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    name: str
    title: str
    parts: tuple[Part, ...]
    unsaid: Part | None


def where(bar: Bar) -> tuple[Column, ...]:
    """Count each column that has anything to tell; what the bar narrows already is told by its own page."""
    counted: dict[str, dict[str, int]] = {name: {} for name in COLUMNS}
    every = bar.facts.of(COMPLAINTS, bar.frame)
    for name in COLUMNS:
        values, counts = np.unique(every[name], return_counts=True)
        for value, count in zip(values.tolist(), counts.tolist(), strict=True):
            counted[name][(str(value) if value else "") if name in NUMBERED else word_of(value)] = count
    found = []
    for select in bar.selects:
        if select.name not in COLUMNS or select.chosen:
            continue
        counts = counted[select.name]
        parts = tuple(
            Part(
                words=select.options[value],
                count=count,
                door=address("complaints", choice=bar.choice.narrowed_to(select.name, value)),
                narrowed=bar.choice.narrowed_to(select.name, value).query,
            )
            for value, count in sorted(counts.items(), key=lambda item: -item[1])
            if value in select.options
        )
        if not parts or (len(parts) == 1 and "" not in counts):
            continue
        unsaid = counts.get("", 0)
        here = address(f"unsaid-{select.name}", choice=bar.choice)
        found.append(
            Column(
                name=select.name,
                title=select.title,
                parts=parts,
                unsaid=Part(words="", count=unsaid, door=here) if unsaid else None,
            )
        )
    return tuple(found)
