"""
Delivered as planned, and unhappy; and the same mistake once more.

What is delivered as planned and makes people unhappy is the organisation's own work: a product, a process or a message
with a bad surprise inside. Left out is what went wrong against the plan: what came broken, late or not as ordered, what
somebody marked as our fault, and where a promise broke.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, QuerySet

from amends.desk.complaints.models import Complaint
from amends.desk.improvements.models import Improvement, State
from amends.desk.improvements.planned import against_the_plan
from amends.desk.insight.frame import Frame
from amends.desk.insight.queries import Row
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


def surprises(*, frame: Frame) -> tuple[Surprise, ...]:
    """What makes people unhappy as planned, the most frequent first."""
    rows = (
        planned(frame)
        .order_by()
        .values_list("cause__theme__name", "cause__layer", "cause__theme_id")
        .annotate(count=Count("pk"))
    )
    ranked = sorted(rows, key=lambda row: (-row[3], row[0] or "", row[1]))
    return tuple(
        Surprise(theme=theme or "", layer=layer, count=count, key=f"{theme_id or 0}-{layer}", theme_id=theme_id or 0)
        for theme, layer, theme_id, count in ranked
    )


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


def repeated(*, frame: Frame, of: Sequence[Row]) -> tuple[Share, tuple[Again, ...]]:
    """How often a customer met the same mistake again, in all and by cause; the causes that did it most first.

    `of` are the complaints of the span.
    """
    columns = ("cause__theme__name", "cause__layer", "cause__theme_id")
    whole = Counter((row.theme, row.layer, row.theme_id) for row in of if row.is_confirmed and row.theme_id)
    rows = [(row[:3], row[3]) for row in again(frame).order_by().values_list(*columns).annotate(count=Count("pk"))]
    return share(sum(count for _, count in rows), whole.total()), tuple(
        Again(theme=key[0], layer=key[1], share=share(count, whole[key]), key=f"{key[2]}-{key[1]}")
        for key, count in sorted(rows, key=lambda row: (-row[1], row[0]))
    )


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


def came_back(*, of: Sequence[Row]) -> tuple[Back, ...]:
    """What is said to be cured, and came again among the complaints of a span."""
    held = list(in_force()[:MOST_BACK])
    if not held:
        return ()
    zone = organisation_zone()
    counted = [Back(improvement=one, count=sum(_is_back(row, one, zone) for row in of)) for one in held]
    return tuple(sorted((one for one in counted if one.count), key=lambda one: -one.count))


def _is_back(row: Row, improvement: Improvement, zone: ZoneInfo) -> bool:
    """Whether a complaint is one of `cured`."""
    return (
        row.is_confirmed
        and row.layer == improvement.layer
        and row.theme_id == improvement.theme_id
        and improvement.in_force_on is not None
        and row.received_at >= beginning_of(improvement.in_force_on, zone=zone)
    )
