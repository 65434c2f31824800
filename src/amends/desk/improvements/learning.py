"""
Learning where complaints come from, from what people of this organisation confirmed and corrected.

All of it stays in this desk's own database, as numbers. Each night what was confirmed newly is read once, and it is
tried whether proposals would have been right more often with it; only then it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib import resources
from typing import Final
from zlib import crc32

import numpy as np
from django.db import transaction
from django.db.models import F, QuerySet

from amends.desk.complaints.as_conversation import as_conversation
from amends.desk.complaints.models import Complaint, EventKind
from amends.desk.improvements.models import Cause, Learned, Lesson
from amends.engine.causes import LAYERS, Layer, Proposal, propose_cause
from amends.engine.causes import own as engine
from amends.engine.causes.head import FILE
from amends.engine.conversation import Conversation
from amends.engine.languages.vectors import SIZE, Vectors

MOST: Final = 1_000  # the newest confirmed complaints: what was true years ago need not be true now
AT_ONCE: Final = 200  # that are read in one night; their vectors take a minute


@dataclass(frozen=True, slots=True)
class _InUse:
    number: int
    made_with: str
    lessons: engine.Lessons


_kept: _InUse | None = None  # of this process, until the number in the database is another


def bent(proposal: Proposal | None, *, talk: Conversation, language: str, vectors: Vectors | None) -> Proposal | None:
    """Return a proposal as this organisation's own lessons would have it; the same one where they do not help."""
    known = _in_use(made_with=_reader(vectors))
    if known is None:
        return proposal
    return known.bend(proposal, _row(talk, language, vectors))


def learn(*, now: datetime, vectors: Vectors | None, rest: Callable[[], object] = lambda: None) -> int:
    """Read what was confirmed newly, and try whether lessons help. Return how many complaints were read."""
    before = _learned()
    reader = _reader(vectors)
    chosen = dict(_confirmed(before, now=now).values_list("complaint", "pk")[:MOST])
    Lesson.objects.exclude(complaint__in=chosen, made_with=reader).delete()
    known = set(Lesson.objects.values_list("complaint", flat=True))
    fresh = [pk for pk in chosen if pk not in known][:AT_ONCE]
    for complaint in Complaint.objects.filter(pk__in=fresh).select_related("customer"):
        _read(complaint, reader=reader, vectors=vectors, now=now)
        rest()
    _try(reader=reader, now=now)
    return len(fresh)


def layers_told() -> list[tuple[str, str]]:
    """Return the layers of what was read: as the engine proposes them without lessons, and as people confirmed them."""
    found = Lesson.objects.exclude(layer="").filter(complaint__cause__confirmed_at__isnull=False)
    return list(found.values_list("layer", "complaint__cause__layer"))


def forget(*, now: datetime) -> None:
    """Forget all lessons; what is confirmed from now on is learned from again."""
    with transaction.atomic():
        Lesson.objects.all().delete()
        _learned()
        Learned.objects.update(
            number=F("number") + 1, at=None, begins=now, of=0, corrected=0, right_without=0, right_with=0, is_used=False
        )


def forget_complaints(*, complaint_ids: Collection[int]) -> None:
    """Forget what was learned from some complaints, as of an erased person."""
    if Lesson.objects.filter(complaint__in=complaint_ids).delete()[0]:
        Learned.objects.update(number=F("number") + 1)


def closing_note(complaint: Complaint) -> str:
    """Return what was noted last for colleagues: there it is said in the organisation's own words."""
    notes = complaint.events.filter(kind=EventKind.NOTED).order_by("-sequence")
    return notes.values_list("content__text", flat=True).first() or ""


def _learned() -> Learned:
    return Learned.objects.order_by("pk").first() or Learned.objects.create()


def _confirmed(before: Learned, *, now: datetime) -> QuerySet[Cause]:
    found = Cause.objects.filter(confirmed_at__lt=now, complaint__merged_into__isnull=True)
    found = found.filter(confirmed_at__gte=before.begins) if before.begins else found
    return found.order_by("-confirmed_at", "-pk")


def _read(complaint: Complaint, *, reader: str, vectors: Vectors | None, now: datetime) -> None:
    talk = as_conversation(complaint=complaint, now=now)
    row = _row(talk, complaint.language, vectors)
    note = closing_note(complaint)
    proposal = propose_cause(talk, language=complaint.language, note=note, vectors=vectors)
    Lesson.objects.update_or_create(
        complaint=complaint,
        defaults={
            "made_with": reader,
            "row": b"" if row is None else row.astype("<f2").tobytes(),
            "layer": proposal.layer if proposal else "",
            "theme": proposal.theme if proposal else "",
            "confidence": proposal.confidence if proposal else 0,
        },
    )


def _try(*, reader: str, now: datetime) -> None:
    rows = [one for one in _rows(reader) if len(one.row)]
    lessons = engine.Lessons([_lesson(one) for one in rows], by_vectors=_is_by_vectors(reader))
    trial = lessons.trial([_proposal(one) for one in rows])
    Learned.objects.update(
        number=F("number") + 1,
        at=now,
        made_with=reader,
        of=trial.of,
        corrected=sum(one.layer != one.complaint.cause.layer for one in rows),
        right_without=trial.right_without,
        right_with=trial.right_with,
        is_used=trial.helps,
    )


def _in_use(*, made_with: str) -> engine.Lessons | None:
    global _kept  # noqa: PLW0603  # one for a process, as the readers are
    learned = Learned.objects.order_by("pk").first()
    if learned is None or not learned.is_used or learned.made_with != made_with:
        return None
    if _kept is None or (_kept.number, _kept.made_with) != (learned.number, made_with):
        rows = [one for one in _rows(made_with) if len(one.row)]
        found = engine.Lessons([_lesson(one) for one in rows], by_vectors=_is_by_vectors(made_with))
        _kept = _InUse(learned.number, made_with, found)
    return _kept.lessons


def _rows(reader: str) -> QuerySet[Lesson]:
    found = Lesson.objects.filter(made_with=reader, complaint__cause__confirmed_at__isnull=False)
    return found.select_related("complaint__cause__theme__merged_into").order_by("pk")


def _lesson(one: Lesson) -> engine.Lesson:
    row = np.frombuffer(bytes(one.row), dtype="<f2").astype(np.float32)
    cause = one.complaint.cause
    theme = cause.theme.merged_into or cause.theme if cause.theme else None
    # A complaint without a customer is nobody else's either.
    whose = one.complaint.customer_id or -one.complaint_id
    return engine.Lesson(row.reshape(SIZE), _layer(cause.layer), theme.name if theme else "", whose)


def _proposal(one: Lesson) -> Proposal | None:
    return Proposal(_layer(one.layer), one.theme, one.confidence, ()) if one.layer else None


def _layer(told: str) -> Layer:
    return next(layer for layer in LAYERS if layer == told)


def _row(talk: Conversation, language: str, vectors: Vectors | None) -> engine.Floats | None:
    told = "\n".join(turn.text for turn in talk.turns if turn.by == "customer" and not turn.automatic)
    return engine.row_of(told, language=language, vectors=vectors)


def _reader(vectors: Vectors | None) -> str:
    return "words" if vectors is None else f"vectors-{_head():08x}"


def _is_by_vectors(reader: str) -> bool:
    return reader != "words"


@lru_cache(maxsize=1)
def _head() -> int:
    return crc32((resources.files("amends.engine.causes") / FILE).read_bytes())
