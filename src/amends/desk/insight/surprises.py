"""
Delivered as planned, and unhappy; and the same mistake once more.

What is delivered as planned and makes people unhappy is the organisation's own work: a product, a process or a message
with a bad surprise inside. Left out is what went wrong against the plan: what came broken, late or not as ordered, what
somebody marked as our fault, and where a promise broke.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Exists, F, OuterRef, QuerySet

from amends.desk.complaints.models import Complaint
from amends.desk.improvements.models import Improvement, State
from amends.desk.improvements.planned import against_the_plan, themes_against
from amends.desk.insight.facts import COMPLAINTS, Array, code
from amends.desk.insight.frame import Frame
from amends.desk.insight.kept import Facts, Table
from amends.desk.insight.queries import by_cause, count
from amends.desk.people.organisation import beginning_of, organisation_zone
from amends.engine.measures import Share, share

LAYERS: Final = ("product", "process", "message")
A_YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surprise:
    """A cause by which people are unhappy although all went as planned."""

    theme: str
    layer: str
    count: int
    key: str  # of the lists behind it
    theme_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """A cause that hit the same customers again within a year."""

    theme: str
    layer: str
    share: Share  # of the complaints with this cause
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """An improvement that is in force, and complaints with its cause since."""

    improvement: Improvement
    count: int

    @property
    def door(self) -> str:
        return f"cured-{self.improvement.pk}"


# ── As planned ───────────────────────────────────────────────────────────────


def of_the_organisation(frame: Frame) -> QuerySet[Complaint]:
    """Complaints whose confirmed cause lies in a product, a process or a message."""
    return frame.complaints().filter(cause__confirmed_at__isnull=False, cause__layer__in=LAYERS)


def planned(frame: Frame) -> QuerySet[Complaint]:
    """Those of them where nothing went wrong against the plan."""
    found = of_the_organisation(frame).filter(broken_promises=0)
    return found.exclude(against_the_plan()).exclude(pk__in=_our_fault(found))


def against(frame: Frame) -> QuerySet[Complaint]:
    """Those of them where something did."""
    return of_the_organisation(frame).exclude(pk__in=planned(frame).values("pk"))


def _our_fault(complaints: QuerySet[Complaint]) -> QuerySet[Complaint]:
    return complaints.filter(fault__lifted_at__isnull=True, fault__isnull=False).values("pk")


def surprises(*, frame: Frame, facts: Facts | None = None) -> tuple[Surprise, ...]:
    """What makes people unhappy as planned, the most frequent first."""
    rows = (facts or Facts()).of(COMPLAINTS, frame)
    keys, place = by_cause(rows, as_planned(rows))
    counts = np.bincount(place, minlength=len(keys)).tolist()
    ranked = sorted(zip(keys, counts, strict=True), key=lambda one: (-one[1], one[0]))
    return tuple(
        Surprise(theme=key.theme, layer=key.layer, count=count, key=key.key, theme_id=key.id) for key, count in ranked
    )


def how_many_of_the_organisation(*, frame: Frame, facts: Facts) -> int:
    """Count complaints whose confirmed cause lies in a product, a process or a message."""
    return count(is_of_the_organisation(facts.of(COMPLAINTS, frame)))


def is_of_the_organisation(rows: Table) -> Array:
    """Say of facts which are `of_the_organisation`."""
    mine: Array = (rows["confirmed"] > 0) & np.isin(rows["layer"], [code(layer) for layer in LAYERS])
    return mine


def as_planned(rows: Table) -> Array:
    """Say of facts which are `planned`."""
    mine = is_of_the_organisation(rows)
    always, by_evidence = themes_against()
    against = np.isin(rows["theme"], always) | (np.isin(rows["theme"], by_evidence) & (rows["evidence"] > 0))
    planned: Array = mine & (rows["broken"] == 0) & (rows["fault"] == 0) & ~against
    return planned


# ── Again ────────────────────────────────────────────────────────────────────


def named(frame: Frame) -> QuerySet[Complaint]:
    """Complaints whose confirmed cause has a theme: only those can be told to have the same cause."""
    return frame.complaints().filter(cause__confirmed_at__isnull=False, cause__theme__isnull=False)


def again(frame: Frame) -> QuerySet[Complaint]:
    """Complaints whose customer had another with the same cause in the year before."""
    earlier = Complaint.objects.filter(
        customer=OuterRef("customer"),
        cause__theme=OuterRef("cause__theme"),
        cause__layer=OuterRef("cause__layer"),
        cause__confirmed_at__isnull=False,
        received_at__lt=OuterRef("received_at"),
        received_at__gte=OuterRef("received_at") - A_YEAR,
    )
    return named(frame).filter(Exists(earlier))


def repeated(*, frame: Frame, facts: Facts | None = None, met: Array | None = None) -> tuple[Share, tuple[Again, ...]]:
    """How often a customer met the same mistake again, in all and by cause; the causes that did it most first.

    `met` are those complaints, where somebody has looked for them already.
    """
    facts = facts or Facts()
    met = met_again(frame, facts) if met is None else met
    rows = facts.of(COMPLAINTS, frame)
    has_theme = (rows["confirmed"] > 0) & (rows["theme"] > 0)
    keys, place = by_cause(rows, has_theme)
    whole = np.bincount(place, minlength=len(keys)).tolist()
    is_again = np.isin(rows["complaint"][has_theme], met)
    counts = np.bincount(place[is_again], minlength=len(keys)).tolist()
    ranked = sorted(zip(keys, counts, whole, strict=True), key=lambda one: (-one[1], one[0]))
    return share(sum(counts), sum(whole)), tuple(
        Again(theme=key.theme, layer=key.layer, share=share(count, of), key=key.key)
        for key, count, of in ranked
        if count
    )


def met_again(frame: Frame, facts: Facts) -> Array:
    """Complaints of the frame whose customer had another with the same cause in the year before."""
    every = facts.table(COMPLAINTS, frame.since - A_YEAR, frame.until)
    is_named = (every["confirmed"] > 0) & (every["theme"] > 0)
    asked = is_named & (every["at"] >= frame.since.timestamp())
    if frame.is_narrow:
        asked &= frame.holds(every)
    customer, theme, layer = every["customer"], every["theme"], every["layer"]
    # Nearly all are alone with their cause: those are found without putting all in order.
    slot = (customer * np.uint32(0x9E3779B1) ^ theme * np.uint32(0x85EBCA6B) ^ layer) * np.uint32(0xC2B2AE35)
    rows = _not_alone(slot >> np.uint32(32 - _BITS), np.flatnonzero(is_named), asked=asked)
    rows = _not_alone((slot * np.uint32(0x27D4EB2F) ^ customer) & np.uint32((1 << _BITS) - 1), rows, asked=asked)
    at, ids = every["at"][rows].astype(np.int64), every["complaint"][rows]
    layers = np.searchsorted(np.unique(layer[rows]), layer[rows]).astype(np.uint64)
    key = customer[rows].astype(np.uint64) << np.uint64(32) | theme[rows].astype(np.uint64) << np.uint64(3) | layers
    order = np.lexsort((at, key))
    key, at, ids = key[order], at[order], ids[order]
    # What came in at the very same moment is no repetition: the last one before counts.
    new = np.flatnonzero(np.diff(at, prepend=-1) | np.diff(key.astype(np.int64), prepend=-1))
    run = np.searchsorted(new, np.arange(len(at)), side="right") - 1
    before = new[run] - 1
    found: Array = ids[(before >= 0) & (key[before] == key) & (at - at[before] <= A_YEAR.total_seconds())]
    return found


_BITS: Final = 22


def _not_alone(slot: Array, rows: Array, *, asked: Array) -> Array:
    """Leave out rows that share their slot with no other, or with none that is asked for; equal ones share theirs."""
    slots = slot[rows].astype(np.intp)
    wanted = np.zeros(1 << _BITS, dtype=bool)
    wanted[slots[asked[rows]]] = True
    near = wanted[slots]
    rows, slots = rows[near], slots[near]
    place = np.arange(len(rows), dtype=np.int32)
    last = np.zeros(1 << _BITS, dtype=np.int32)
    last[slots] = place
    shared = np.zeros(1 << _BITS, dtype=bool)
    shared[slots[last[slots] != place]] = True
    left: Array = rows[shared[slots]]
    return left


def cured(frame: Frame, *, improvement: Improvement) -> QuerySet[Complaint]:
    """Complaints of the span with the cause of an improvement, that came after it was put into force."""
    found = frame.complaints().filter(cause__layer=improvement.layer, cause__confirmed_at__isnull=False)
    if improvement.theme_id is not None:
        found = found.filter(cause__theme=improvement.theme_id)
    if improvement.in_force_on is None:
        return found.none()
    return found.filter(received_at__gte=beginning_of(improvement.in_force_on, zone=organisation_zone()))


def in_force() -> QuerySet[Improvement]:
    """Improvements against a theme that hold now."""
    held = Improvement.objects.filter(state__in=[State.IN_FORCE, State.STAYS], theme__isnull=False)
    return held.select_related("theme").order_by(F("in_force_on").desc(), "pk")


MOST_BACK: Final = 12


def came_back(*, frame: Frame, facts: Facts) -> tuple[Back, ...]:
    """What is said to be cured, and came again among the complaints of a span."""
    held = list(in_force()[:MOST_BACK])
    if not held:
        return ()
    zone = organisation_zone()
    rows = facts.of(COMPLAINTS, frame)
    counted = [Back(improvement=one, count=count(_is_back(rows, one, zone))) for one in held]
    return tuple(sorted((one for one in counted if one.count), key=lambda one: -one.count))


def _is_back(rows: Table, improvement: Improvement, zone: ZoneInfo) -> Array:
    """Say of facts which are `cured`."""
    if improvement.in_force_on is None:
        return np.zeros(len(rows), dtype=bool)
    found: Array = (
        (rows["confirmed"] > 0)
        & (rows["layer"] == code(improvement.layer))
        & (rows["theme"] == improvement.theme_id)
        & (rows["at"] >= beginning_of(improvement.in_force_on, zone=zone).timestamp())
    )
    return found
