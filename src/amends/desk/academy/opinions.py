"""What colleagues think of an answer beside what the engine thinks, and how far the judges agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from amends.desk.academy import drills, queries
from amends.desk.academy.models import Attempt, Opinion
from amends.desk.people.models import Agent
from amends.engine.drills.agreement import Agreement, agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """A talk that a colleague has shown."""

    pk: int
    title: str
    language: str
    by: str
    at: datetime
    answers: int
    judged: int  # by the reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One answer with the engine's and the colleagues' opinion."""

    said: queries.Said
    engine_would_do: bool
    opinions: tuple[queries.OpinionRow, ...]
    mine: Opinion | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreements:
    with_engine: Agreement
    among_people: Agreement


def shown(*, reader: Agent, language: str) -> list[ShownRow]:
    """Return what colleagues have shown, the newest first."""
    rows = []
    others = Attempt.objects.filter(shown_at__isnull=False).exclude(agent=reader).select_related("agent")
    others = others.annotate(judged=Count("opinions", filter=Q(opinions__by=reader)))
    for one in others.order_by("-shown_at")[:50]:
        try:
            drill = drills.find(one.slug, version=one.version)
        except drills.UnableToFind:
            continue  # withdrawn with everything that was in it
        rows.append(
            ShownRow(
                pk=one.pk,
                title=drill.script(language).title,
                language=one.language,
                by=one.agent.name,
                at=one.shown_at or one.started_at,
                answers=len(one.said),
                judged=one.judged,
            )
        )
    return rows


def judged(*, attempt: Attempt, talk: queries.Talk, reader: Agent) -> list[Judged]:
    """Lay the opinions beside each answer."""
    mine = {one.place: one for one in attempt.opinions.filter(by=reader)}
    return [
        Judged(said=said, engine_would_do=not said.remarks, opinions=said.opinions, mine=mine.get(said.place))
        for said in talk.said
    ]


def agreements() -> Agreements:
    """Return how far people agree with the engine, and with each other, over everything that was judged."""
    told = list(
        Opinion.objects.order_by("attempt", "place", "at").values_list(
            "attempt", "place", "would_do", "engine_would_do"
        )
    )
    by_answer: dict[tuple[int, int], list[bool]] = {}
    for attempt, place, would_do, _engine in told:
        by_answer.setdefault((attempt, place), []).append(would_do)
    return Agreements(
        with_engine=agreement((would_do, engine) for _, _, would_do, engine in told),
        among_people=agreement((one[0], one[1]) for one in by_answer.values() if len(one) > 1),
    )
