"""Two summaries held against each other: what became more, what less, and what chance alone may do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from typing import Any, Final, Literal

from amends.engine.measures.change import Verdict
from amends.engine.measures.cure import Comparison, before_and_after
from amends.engine.measures.share import Share
from amends.engine.measures.summary import Summary

Kind = Literal["layer", "theme", "failing", "event", "flawed", "vague", "broken", "discontent"]

SURE_OF: Final = 20  # one line in so many seems changed where nothing did


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One figure before and after; `name` is a layer, a theme or a failing, `layer` that of a theme."""

    kind: Kind
    name: str
    layer: str
    here: Comparison

    @property
    def verdict(self) -> Verdict:
        return self.here.verdict

    @property
    def is_bounded(self) -> bool:
        """Whether the ratio has both ends: a side without any case leaves one open."""
        return self.here.low > 0 and self.here.high < inf

    def as_dict(self) -> dict[str, Any]:
        """Return what `summary.json` holds; what has no bound is null."""
        here = self.here
        return {
            "kind": self.kind,
            "name": self.name,
            "layer": self.layer,
            "before": {"k": here.before, "n": here.of_before},
            "after": {"k": here.after, "n": here.of_after},
            "ratio": None if here.ratio == inf else here.ratio,
            "low": here.low,
            "high": None if here.high == inf else here.high,
            "verdict": here.verdict,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Every figure that both sides have; those that changed beyond chance first, by how much."""

    before: Summary
    after: Summary
    changes: tuple[Change, ...]

    @property
    def by_chance(self) -> float:
        """How many lines would seem changed if nothing had."""
        return sum(one.verdict != "too-few" for one in self.changes) / SURE_OF

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "before": {
                name: getattr(self.before, name) for name in ("conversations", "replies", "first_day", "last_day")
            },
            "by_chance": self.by_chance,
            "changes": [one.as_dict() for one in self.changes],
        }


def compared(before: Summary, after: Summary) -> Compared:
    """Hold two summaries against each other, each figure by its own whole.

    Causes and events are counted in a hundred conversations, failings in a hundred replies, promises in promises. The
    ratio and its 95 % interval are those of `cure.before_and_after`; figures of fewer than five cases on both sides
    together say nothing.
    """
    rows: list[Change] = []

    def hold(kind: Kind, name: str, k: tuple[int, int], n: tuple[int, int], *, layer: str = "") -> None:
        found = before_and_after(before=k[0], of_before=n[0], after=k[1], of_after=n[1])
        if found is not None and k[0] + k[1] > 0:
            rows.append(Change(kind=kind, name=name, layer=layer, here=found))

    both = (before, after)
    talks = (before.conversations, after.conversations)
    replies = (before.replies, after.replies)
    for name, k in _side_by_side(*((((x, s.k) for x, s in one.layers)) for one in both)):
        hold("layer", name, k, talks)
    for key, k in _side_by_side(*((((f"{la} {th}", s.k) for la, th, s in one.themes)) for one in both)):
        layer, _blank, name = key.partition(" ")
        hold("theme", name, k, talks, layer=layer)
    for name, k in _side_by_side(*(((x.name, x.rate.k) for x in one.failings if not x.preview) for one in both)):
        hold("failing", name, k, replies)
    for name, k in _side_by_side(*(((x.name, x.share.k) for x in one.events if not x.preview) for one in both)):
        hold("event", name, k, talks)
    hold("flawed", "", (before.clean.n - before.clean.k, after.clean.n - after.clean.k), replies)
    wholes: tuple[tuple[Kind, tuple[Share, Share]], ...] = (
        ("vague", (before.dated, after.dated)),
        ("broken", (before.kept, after.kept)),
        ("discontent", (before.content, after.content)),
    )
    for kind, shares in wholes:
        k = (shares[0].n - shares[0].k, shares[1].n - shares[1].k)
        hold(kind, "", k, (shares[0].n, shares[1].n))
    return Compared(before=before, after=after, changes=tuple(sorted(rows, key=_order)))


def _side_by_side(
    before: Iterable[tuple[str, int]], after: Iterable[tuple[str, int]]
) -> list[tuple[str, tuple[int, int]]]:
    one, other = dict(before), dict(after)
    return [(name, (one.get(name, 0), other.get(name, 0))) for name in sorted({*one, *other})]


def _order(one: Change) -> tuple[bool, bool, int, str, str]:
    return (
        one.verdict not in {"improved", "worse"},
        one.verdict == "too-few",
        -(one.here.before + one.here.after),
        one.kind,
        one.name,
    )
