"""Which customers may leave, by what they said and what stands open."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from amends.desk.coaching.models import Kind, Seen
from amends.desk.complaints.models import Complaint, Event, EventKind, Stage
from amends.desk.insight.facts import Array, code
from amends.desk.insight.frame import Frame
from amends.desk.insight.kept import Table
from amends.engine.failings import catalogue
from amends.engine.measures.counted import HOT

OPEN = (Stage.RECEIVED, Stage.ANSWERED)
NOT_CONTENT = Q(verdict=EventKind.NOT_CONTENT)  # beside the alias that _verdict() is
HEATED = Q(stage__in=OPEN, heat__gte=HOT)


def leaving(frame: Frame) -> QuerySet[Complaint]:
    """Complaints whose customer said that they go elsewhere, and has not said content since."""
    return _unhappy(frame).filter(_leaving())


def not_content(frame: Frame) -> QuerySet[Complaint]:
    """Complaints whose customer last said 'I am not content'."""
    return _unhappy(frame).alias(verdict=_verdict()).filter(NOT_CONTENT)


def hot(frame: Frame) -> QuerySet[Complaint]:
    """Complaints that are open and angry."""
    return _unhappy(frame).filter(HEATED)


REASONS: Mapping[str, Callable[[Frame], QuerySet[Complaint]]] = {
    "leaving": leaving,
    "not-content": not_content,
    "hot": hot,
}


def at_risk(frame: Frame) -> QuerySet[Complaint]:
    """Complaints with any of the three reasons, each once."""
    return _unhappy(frame).alias(verdict=_verdict()).filter(_leaving() | NOT_CONTENT | HEATED)


def reasons(rows: Table) -> dict[str, Array]:
    """The same of facts: which complaints have each of the three reasons."""
    unhappy = rows["stage"] != code(Stage.RESOLVED)
    is_open = np.isin(rows["stage"], [code(stage) for stage in OPEN])
    return {
        "leaving": unhappy & ((rows["leaving"] > 0) | (rows["leaving_read"] > 0)),
        "not-content": unhappy & (rows["verdict"] == code(EventKind.NOT_CONTENT)),
        "hot": is_open & (rows["heat"] >= HOT),
    }


def _leaving() -> Q:
    # Heard when the words came in; and again when a reply was read with what came before it.
    heard = Event.objects.filter(complaint=OuterRef("pk"), content__data__signals__icontains='"leaving"')
    read = Seen.objects.filter(event__complaint=OuterRef("pk"), kind=Kind.SIGNAL, name="leaving")
    return Q(Exists(heard)) | Q(Exists(read))


def _verdict() -> Subquery:
    """What the customer said last of whether they are content."""
    return Subquery(
        Event.objects.filter(complaint=OuterRef("pk"), kind__in=[EventKind.CONTENT, EventKind.NOT_CONTENT])
        .order_by("-sequence")
        .values("kind")[:1]
    )


def preview_failings() -> frozenset[str]:
    """Failings that are shown and never scored."""
    return frozenset(failing.id for failing in catalogue() if failing.status == "preview")


def _unhappy(frame: Frame) -> QuerySet[Complaint]:
    return frame.complaints().exclude(stage=Stage.RESOLVED)
