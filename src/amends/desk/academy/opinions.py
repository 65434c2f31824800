"""What colleagues think of an answer beside what the engine thinks, and how far the judges agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from amends.desk.academy import drills, queries
from amends.desk.academy.drills import Drill
from amends.desk.academy.forms import Typed
from amends.desk.academy.models import Attempt, Opinion
from amends.desk.academy.words import KINDS, kind_words
from amends.desk.people.models import Agent
from amends.engine.drills.agreement import Agreement, agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """A drill that a colleague has played to its end and shown."""

    pk: int
    title: str
    language: str
    by: str
    at: datetime
    answers: int
    judged: int  # by the reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One answer, the notes, or one measure with its reason: the engine's opinion beside the colleagues'."""

    place: int
    words: str
    reaction: str  # of the customer in a talk
    remarks: tuple[str, ...]  # the engine's, in short
    engine_would_do: bool
    opinions: tuple[queries.OpinionRow, ...]
    mine: Opinion | None
    verdict: str  # yes, no or '': as it stands in the form, which may not have been sent yet
    typed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementRow:
    """How far two sides agree, over answers of one kind of drill or of all."""

    kind: str  # '' for all
    found: Agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreements:
    with_engine: Agreement
    by_kind: tuple[AgreementRow, ...]  # people with the engine, where more than one kind was judged
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


def judged(
    *, drill: Drill, attempt: Attempt, reader: Agent, language: str, typed: Mapping[int, Typed] | None = None
) -> list[Judged]:
    """Lay the opinions beside each answer, the notes, or each measure that was chosen.

    :param typed: what was sent and could not be kept: it stands in the form again
    """
    written = typed or {}
    mine = {one.place: one for one in attempt.opinions.filter(by=reader)}
    told = queries.opinion_rows(attempt)
    verdicts = drills.verdicts(drill, language=attempt.language, said=attempt.said)
    return [
        Judged(
            place=place,
            words=words,
            reaction=reaction,
            remarks=remarks,
            engine_would_do=verdicts[place],
            opinions=told.get(place, ()),
            mine=mine.get(place),
            verdict=written[place].verdict if place in written else _verdict_of(mine.get(place)),
            typed=written[place].words if place in written else getattr(mine.get(place), "words", ""),
        )
        for place, (words, reaction, remarks) in enumerate(_answers(drill, attempt=attempt, language=language))
    ]


def _verdict_of(mine: Opinion | None) -> str:
    return "" if mine is None else "yes" if mine.would_do else "no"


def _answers(drill: Drill, *, attempt: Attempt, language: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield each thing to be judged: its words, what the customer said to it, and the engine's remarks."""
    script = drill.script(attempt.language)
    if drill.situation.kind == "talk":
        for said in queries.talk(drill=drill, attempt=attempt, language=language).said:
            words = "".join(piece.text for piece in said.pieces)
            yield words, said.reaction, tuple(remark.title for remark in said.remarks)
    elif drill.situation.kind == "notes":
        notes = queries.notes(drill=drill, attempt=attempt)
        missing = (_("missing: {fact}").format(fact=fact) for fact in notes.missing)
        wrong = (_("written down wrongly: {fact}").format(fact=fact) for fact in notes.wrong)
        invented = (_("nobody said: {words}").format(words=words) for words in notes.invented)
        yield notes.written, "", (*missing, *wrong, *invented)
    else:
        for one in drills.chosen(attempt.said):
            text, because = script.measures[one.measure].text, script.figures[one.because]
            words = _("{measure} Because of: {figure}").format(measure=text, figure=because)
            yield words, "", (script.measures[one.measure].feedback,)


def agreements() -> Agreements:
    """Return how far people agree with the engine, and with each other, over everything that was judged."""
    told = list(
        Opinion.objects.order_by("attempt", "place", "at").values_list(
            "attempt", "attempt__slug", "place", "would_do", "engine_would_do"
        )
    )
    kinds = {slug: _kind(slug) for slug in {slug for _, slug, *_rest in told}}
    pairs: dict[str, list[tuple[bool, bool]]] = {}
    by_answer: dict[tuple[int, int], list[bool]] = {}
    for attempt, slug, place, would_do, engine in told:
        by_answer.setdefault((attempt, place), []).append(would_do)
        pairs.setdefault(kinds[slug], []).append((would_do, engine))
    by_kind = tuple(
        AgreementRow(kind=kind_words(kind), found=agreement(pairs[kind])) for kind in KINDS if kind in pairs
    )
    return Agreements(
        with_engine=agreement(pair for of_kind in pairs.values() for pair in of_kind),
        by_kind=by_kind if len(by_kind) > 1 else (),
        among_people=agreement((one[0], one[1]) for one in by_answer.values() if len(one) > 1),
    )


def _kind(slug: str) -> str:
    try:
        return drills.find(slug).situation.kind
    except drills.UnableToFind:
        return ""  # withdrawn: it counts among all
