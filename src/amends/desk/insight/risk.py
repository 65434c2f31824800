"""Which customers may leave, by what they said and what stands open."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from amends.desk.coaching.models import Kind, Seen
from amends.desk.complaints.models import Complaint, Event, EventKind, Stage
from amends.desk.insight.frame import Frame
from amends.engine.failings import catalogue
from amends.engine.measures.counted import HOT

OPEN = (Stage.RECEIVED, Stage.ANSWERED)


def leaving(frame: Frame) -> QuerySet[Complaint]:
    """Complaints whose customer said that they go elsewhere, and has not said content since."""
    # Heard when the words came in; and again when a reply was read with what came before it.
    heard = Event.objects.filter(complaint=OuterRef("pk"), content__data__signals__icontains='"leaving"')
    read = Seen.objects.filter(event__complaint=OuterRef("pk"), kind=Kind.SIGNAL, name="leaving")
    return _unhappy(frame).filter(Exists(heard) | Exists(read))


def not_content(frame: Frame) -> QuerySet[Complaint]:
    """Complaints whose customer last said 'I am not content'."""
    verdict = (
        Event.objects.filter(complaint=OuterRef("pk"), kind__in=[EventKind.CONTENT, EventKind.NOT_CONTENT])
        .order_by("-sequence")
        .values("kind")[:1]
    )
    return _unhappy(frame).alias(verdict=Subquery(verdict)).filter(verdict=EventKind.NOT_CONTENT)


def hot(frame: Frame) -> QuerySet[Complaint]:
    """Complaints that are open and angry."""
    return _unhappy(frame).filter(stage__in=OPEN, heat__gte=HOT)


REASONS: Mapping[str, Callable[[Frame], QuerySet[Complaint]]] = {
    "leaving": leaving,
    "not-content": not_content,
    "hot": hot,
}


def at_risk(frame: Frame) -> QuerySet[Complaint]:
    """Complaints with any of the three reasons, each once."""
    ids = [reason(frame).values("pk") for reason in REASONS.values()]
    return frame.complaints().filter(pk__in=ids[0].union(*ids[1:]))


def spenders(frame: Frame, *, currency: str) -> int:
    """Count the customers who may leave and whose spending is on record in a currency."""
    known = at_risk(frame).filter(customer__currency=currency, customer__yearly_value__isnull=False)
    return known.order_by().values("customer").distinct().count()


def preview_failings() -> frozenset[str]:
    """Failings that are shown and never scored."""
    return frozenset(failing.id for failing in catalogue() if failing.status == "preview")


def _unhappy(frame: Frame) -> QuerySet[Complaint]:
    return frame.complaints().exclude(stage=Stage.RESOLVED)
