"""Training: a person's path, drills and tries, and what colleagues have shown for an opinion."""

from __future__ import annotations

from typing import Annotated

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Path, Router

from amends.desk.academy import actions, certificate, drills, opinions, queries, speaking
from amends.desk.academy.models import Attempt
from amends.desk.api.own_schemas import (
    AgainIn,
    AttemptOut,
    BeginIn,
    DrillFigureOut,
    DrillOut,
    DrillRowOut,
    JudgedOut,
    JudgedRowOut,
    MeasureOut,
    OpinionOut,
    OpinionsIn,
    OtherDrillsOut,
    PathIn,
    RemarkOut,
    SaidOut,
    ShowIn,
    ShownOut,
    ShownRowOut,
    TrainingOut,
    TryIn,
    TryRowOut,
)
from amends.desk.api.problems import Problem
from amends.desk.api.routes.common import Call, Pk, acts, language_of, reads
from amends.desk.api.scopes import Scope
from amends.desk.people.models import Agent

router = Router()
Slug = Annotated[str, Path(max_length=80, pattern=r"^[-\w]+$")]


# ── The path ─────────────────────────────────────────────────────────────────


@reads(router, "me/training", scope=Scope.READ_OWN, summary=_("Read where the person stands in training"))
def read_training(call: Call) -> TrainingOut:
    """Read their path, what is done of it, and the drill that their own replies call for."""
    return _training(call)


@acts(router.put, "me/training", scope=Scope.WRITE_OWN, summary=_("Choose the path of training"))
def choose_path(call: Call, told: PathIn) -> TrainingOut:
    """Choose the path, whose time begins anew where it is another one, and whether to be reminded by mail."""
    actions.choose_rank(agent=call.agent, rank=told.rank, now=call.now)
    actions.choose_reminders(agent=call.agent, wanted=told.reminders, now=call.now)
    return _training(call)


def _training(call: Call) -> TrainingOut:
    agent, language = call.agent, language_of()
    trainee = actions.trainee(agent=agent, now=call.now)
    page = queries.home(agent=agent, trainee=trainee, language=language, now=call.now)
    return TrainingOut(
        rank=page.rank,
        rank_name=str(page.rank_name),
        done=page.done,
        late=page.late,
        wants_reminders=page.wants_reminders,
        has_certificate=certificate.earned(agent=agent, trainee=trainee, language=language) is not None,
        stops=[_as_row(one) for one in page.stops],
        week=_as_row(page.week.row) if page.week is not None else None,
        others=[OtherDrillsOut(rank=str(name), drills=[_as_row(one) for one in rows]) for name, rows in page.others],
    )


def _as_row(one: queries.DrillRow) -> DrillRowOut:
    return DrillRowOut.model_validate(one, from_attributes=True)


# ── Drills and tries ─────────────────────────────────────────────────────────


@reads(router, "drills/{slug}", scope=Scope.READ_OWN, summary=_("Read what a drill is about"))
def read_drill(call: Call, slug: Slug) -> DrillOut:
    """Read it, with the person's own tries that came to an end."""
    one = _drill(slug)
    script = one.script(language_of())
    tries = queries.earlier_tries(agent=call.agent, slug=slug, kind=one.situation.kind)
    return DrillOut(
        slug=slug,
        title=script.title,
        task=script.task,
        kind=one.situation.kind,
        minutes=one.situation.minutes,
        languages=list(one.languages),
        can_begin=drills.is_still_made(slug),
        tries=[TryRowOut(id=row.pk, ended=row.ended, at=row.at) for row in tries],
    )


@acts(router.post, "drills/{slug}/begin", scope=Scope.WRITE_OWN, status=201, summary=_("Begin a drill"))
def begin_drill(call: Call, slug: Slug, told: BeginIn) -> AttemptOut:
    """Begin it, or go on with the try that was not finished."""
    _drill(slug)
    language = told.language or language_of()
    return _attempt(actions.begin(agent=call.agent, slug=slug, language=language, now=call.now))


@reads(router, "tries/{pk}", scope=Scope.READ_OWN, summary=_("Read a try as far as it has come"))
def read_try(call: Call, pk: Pk) -> AttemptOut:
    """Read one of the person's own tries: what they said, what was found in it, and how the customer took it."""
    return _attempt(_own(pk, call.agent))


@acts(router.post, "tries/{pk}/answers", scope=Scope.WRITE_OWN, summary=_("Give the next answer of a drill"))
def answer_drill(call: Call, pk: Pk, told: TryIn) -> AttemptOut:
    """Give the next answer of a talk, the notes of a complaint, or the measures with the figures for them."""
    own = _own(pk, call.agent)
    if _drill(own.slug, version=own.version).situation.kind == "figures":
        choices = [(one.measure, one.because) for one in told.choices]
        return _attempt(actions.choose(attempt=own, choices=choices, now=call.now))
    own = actions.answer(attempt=own, text=told.text, after=told.after, in_any_language=told.anyway, now=call.now)
    speaking.speak(attempt=own, now=call.now)
    return _attempt(own)


@acts(router.post, "tries/{pk}/again", scope=Scope.WRITE_OWN, status=201, summary=_("Begin another try"))
def try_again(call: Call, pk: Pk, told: AgainIn) -> AttemptOut:
    """Begin from the beginning, or keep the first answers of this one."""
    return _attempt(actions.try_again(attempt=_own(pk, call.agent), keep=told.keep, now=call.now))


@acts(router.post, "tries/{pk}/show", scope=Scope.WRITE_OWN, summary=_("Show a finished drill to colleagues"))
def show_try(call: Call, pk: Pk, told: ShowIn) -> AttemptOut:
    """Show it for their opinion, or show it no longer."""
    own = _own(pk, call.agent)
    actions.show(attempt=own, shown=told.shown, now=call.now)
    return _attempt(own)


def _own(pk: int, agent: Agent) -> Attempt:
    return get_object_or_404(Attempt, pk=pk, agent=agent)


def _drill(slug: str, *, version: int | None = None) -> drills.Drill:
    try:
        return drills.find(slug, version=version)
    except drills.UnableToFind as error:
        raise Problem("not-found") from error


def _attempt(own: Attempt) -> AttemptOut:
    one = _drill(own.slug, version=own.version)
    script, kind = one.script(own.language), one.situation.kind
    told = AttemptOut(
        id=own.pk, slug=own.slug, kind=kind, language=own.language, ended=own.ended,
        last_words=queries.ending(situation=one.situation, script=script, attempt=own)[1] if own.ended else "",
        opening="", said=[], heat=0, left=0, complaint="", longest=0, noted=[], missing=[], wrong=[],
        columns=[], figures=[], choose=0, measures=[],
    )  # fmt: skip
    {"talk": _talk, "notes": _notes, "figures": _figures}[kind](told, one, own)
    return told


def _talk(told: AttemptOut, one: drills.Drill, own: Attempt) -> None:
    talk = queries.talk(drill=one, attempt=own, language=language_of())
    told.opening, told.heat, told.left = talk.opening, talk.heat, talk.left
    told.said = [
        SaidOut(
            place=said.place,
            text="".join(piece.text for piece in said.pieces),
            remarks=[RemarkOut.model_validate(remark, from_attributes=True) for remark in said.remarks],
            good=list(said.good),
            reaction=said.reaction,
            heat=said.heat,
            examples=list(said.examples),
            opinions=_opinions(said.opinions),
        )
        for said in talk.said
    ]


def _notes(told: AttemptOut, one: drills.Drill, own: Attempt) -> None:
    notes = queries.notes(drill=one, attempt=own)
    told.complaint, told.longest = notes.complaint, notes.longest
    if own.ended:
        told.noted, told.missing, told.wrong = list(notes.noted), list(notes.missing), list(notes.wrong)


def _figures(told: AttemptOut, one: drills.Drill, own: Attempt) -> None:
    figures = queries.figures(drill=one, attempt=own)
    told.columns, told.choose = list(figures.columns), figures.choose
    told.figures = [DrillFigureOut(key=key, name=name, values=list(values)) for key, name, values in figures.rows]
    told.measures = [
        MeasureOut(key=each.key, text=each.text, is_chosen=each.is_chosen, feedback=each.feedback if own.ended else "")
        for each in figures.measures
    ]


def _opinions(rows: tuple[queries.OpinionRow, ...]) -> list[OpinionOut]:
    return [OpinionOut.model_validate(one, from_attributes=True) for one in rows]


# ── What colleagues have shown ───────────────────────────────────────────────


@reads(router, "tries-shown", scope=Scope.READ_OWN, summary=_("List what colleagues have shown for an opinion"))
def list_shown(call: Call) -> ShownOut:
    """List the finished drills that others have shown, the newest first."""
    return ShownOut(
        tries=[
            ShownRowOut(
                id=one.pk,
                title=one.title,
                language=one.language,
                by=one.by,
                at=one.at,
                answers=one.answers,
                judged=one.judged,
            )
            for one in opinions.shown(reader=call.agent, language=language_of())
        ]
    )


@reads(router, "tries-shown/{pk}", scope=Scope.READ_OWN, summary=_("Read what a colleague has shown"))
def read_shown(call: Call, pk: Pk) -> JudgedOut:
    """Read each answer, what the engine thinks of it, and what colleagues think."""
    return _judged(_shown(pk, call.agent), reader=call.agent)


@acts(router.post, "tries-shown/{pk}/opinions", scope=Scope.WRITE_OWN, summary=_("Say what one thinks of answers"))
def give_opinions(call: Call, pk: Pk, told: OpinionsIn) -> JudgedOut:
    """Say of each whether one would do so; another opinion of the same answer takes the place of the first."""
    one = _shown(pk, call.agent)
    given = {each.place: (each.would_do, each.words) for each in told.opinions}
    actions.give_opinions(attempt=one, told=given, by=call.agent, now=call.now)
    return _judged(one, reader=call.agent)


def _shown(pk: int, reader: Agent) -> Attempt:
    others = Attempt.objects.filter(shown_at__isnull=False).exclude(agent=reader).select_related("agent")
    return get_object_or_404(others, pk=pk)


def _judged(one: Attempt, *, reader: Agent) -> JudgedOut:
    drill = _drill(one.slug, version=one.version)
    rows = opinions.judged(drill=drill, attempt=one, reader=reader, language=language_of())
    return JudgedOut(
        id=one.pk,
        title=drill.script(one.language).title,
        by=one.agent.name,
        answers=[
            JudgedRowOut(
                place=row.place,
                words=row.words,
                reaction=row.reaction,
                engine_would_do=row.engine_would_do,
                opinions=_opinions(row.opinions),
            )
            for row in rows
        ],
    )
