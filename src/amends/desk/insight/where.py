"""How many complaints there are of each product, branch, channel, language and team: each a way to its own figures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from django.db.models import Count

from amends.desk.insight.bar import Bar
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
    counted: dict[str, Counter[str]] = {name: Counter() for name in COLUMNS}
    for *values, count in bar.frame.complaints().order_by().values_list(*COLUMNS).annotate(count=Count("pk")):
        for name, value in zip(COLUMNS, values, strict=True):
            counted[name]["" if value is None else str(value)] += count
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
