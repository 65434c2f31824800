"""Practising: beginning a drill, answering in it, trying again, showing it to colleagues, choosing one's path."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from amends.desk.academy import drills
from amends.desk.academy.models import Attempt, Ending, Opinion, Rank, Trainee
from amends.desk.academy.paths import usual_rank
from amends.desk.customers.words import storable
from amends.desk.people.models import Agent
from amends.engine.drills import Choice, compare, play, weigh
from amends.engine.languages.recognition import recognise

LONGEST_ANSWER = 4000
LONGEST_WORDS = 500
FEWEST_WORDS = 6  # of which a language nobody knows here is to be told


class UnableToPractise(Exception):
    """The message says what to do instead."""


class InAnotherLanguage(UnableToPractise):
    """An answer is not in the drill's language, in which alone it can be judged; `language` is '' if none of ours."""

    def __init__(self, language: str) -> None:
        super().__init__(_("This answer is in another language than the drill."))
        self.language = language


@transaction.atomic
def trainee(*, agent: Agent, now: datetime) -> Trainee:
    """Return the path that somebody is on; whoever comes for the first time begins the one of their role."""
    return Trainee.objects.get_or_create(agent=agent, defaults={"rank": usual_rank(agent, now=now), "since": now})[0]


@transaction.atomic
def choose_rank(*, agent: Agent, rank: str, now: datetime) -> Trainee:
    """Change the path; the time for it begins anew.

    :raises UnableToPractise: if there is no such rank
    """
    if rank not in Rank.values:
        raise UnableToPractise(_("Choose a rank from the list."))
    own = trainee(agent=agent, now=now)
    if own.rank != rank:
        own.rank, own.since = Rank(rank), now
        own.save(update_fields=["rank", "since"])
    return own


@transaction.atomic
def choose_reminders(*, agent: Agent, wanted: bool, now: datetime) -> None:
    """Say whether to be reminded by mail."""
    own = trainee(agent=agent, now=now)
    Trainee.objects.filter(pk=own.pk).update(wants_reminders=wanted)


@transaction.atomic
def begin(*, agent: Agent, slug: str, language: str, now: datetime) -> Attempt:
    """Begin a drill, or go on with the one that was not finished.

    :raises UnableToPractise: if there is no such drill any more
    """
    if not drills.is_still_made(slug):
        raise UnableToPractise(_("This drill is not there any more."))
    trainee(agent=agent, now=now)
    drill = drills.find(slug)
    spoken = language if language in drill.languages else drill.script(language).language
    begun = Attempt.objects.filter(agent=agent, slug=slug, language=spoken, ended="").order_by("-pk").first()
    if begun is not None and begun.version == drill.situation.version:
        return begun
    return Attempt.objects.create(
        agent=agent, slug=slug, version=drill.situation.version, language=spoken, started_at=now
    )


@transaction.atomic
def answer(
    *, attempt: Attempt, text: str, now: datetime, after: int | None = None, in_any_language: bool = False
) -> Attempt:
    """Give the next answer of a talk, or the notes of a note-taking drill.

    `after` says how many answers stood there when it was written: a form that is sent twice answers once.
    `in_any_language` is for who was told that it looks like another language, and says that it is not.

    :raises UnableToPractise: if nothing was written, or the drill is over
    :raises InAnotherLanguage: if it is not in the drill's language
    """
    if after is not None and Attempt.objects.select_for_update().get(pk=attempt.pk).said[after:]:
        return attempt
    attempt, drill = _open(attempt)
    words = storable(text).strip()[:LONGEST_ANSWER]
    if not words:
        raise UnableToPractise(_("Write an answer first."))
    script = drill.script(attempt.language)
    if not in_any_language:
        _be_in_its_language(words, script.language)
    attempt.said = [*attempt.said, words]
    if drill.situation.kind == "talk":
        ended = play(drill.situation, script, attempt.said).ended or ""
    else:
        ended = compare(drill.situation, script, words).ended
    return _keep(attempt, ended=ended, now=now)


@transaction.atomic
def choose(*, attempt: Attempt, choices: list[tuple[str, str]], now: datetime) -> Attempt:
    """Choose measures, each with the figure that speaks for it.

    :raises UnableToPractise: if more or fewer are chosen than were asked for, or one has no reason
    """
    attempt, drill = _open(attempt)
    known = {one.key for one in drill.situation.measures}
    chosen = [Choice(measure=measure, because=because) for measure, because in choices if measure in known]
    if len(chosen) != drill.situation.choose:
        raise UnableToPractise(_("Choose exactly as many measures as the task says."))
    if any(one.because not in drill.situation.figures for one in chosen):
        raise UnableToPractise(_("Say for each measure which figure speaks for it."))
    attempt.said = [f"{one.measure} {one.because}" for one in chosen]
    return _keep(attempt, ended=weigh(drill.situation, chosen).ended, now=now)


@transaction.atomic
def try_again(*, attempt: Attempt, keep: int, now: datetime) -> Attempt:
    """Begin another try that keeps the first answers of this one; what was tried stays as it was.

    :raises UnableToPractise: if there is no such drill any more
    """
    if not drills.is_still_made(attempt.slug):
        raise UnableToPractise(_("This drill is not there any more."))
    drill = drills.find(attempt.slug)
    if not attempt.ended:
        attempt.delete()
    kept = attempt.said[: max(0, keep)] if drill.situation.kind == "talk" else []
    if drill.situation.kind == "talk" and play(drill.situation, drill.script(attempt.language), kept).ended:
        kept = kept[:-1]
    return Attempt.objects.create(
        agent=attempt.agent,
        slug=attempt.slug,
        version=drill.situation.version,
        language=attempt.language,
        said=kept,
        spoken={place: heard for place, heard in attempt.spoken.items() if int(place) < len(kept)},
        started_at=now,
    )


@transaction.atomic
def show(*, attempt: Attempt, shown: bool, now: datetime) -> None:
    """Show a finished drill to colleagues and leads for their opinion, or show it no longer.

    :raises UnableToPractise: if it is not finished
    """
    if not attempt.ended:
        raise UnableToPractise(_("Play it to its end first."))
    Attempt.objects.filter(pk=attempt.pk).update(shown_at=now if shown else None)


@transaction.atomic
def give_opinion(*, attempt: Attempt, place: int, by: Agent, would_do: bool, words: str, now: datetime) -> Opinion:
    """Say whether an answer, notes or a measure would do; what the engine thinks is kept beside, for their agreement.

    :raises UnableToPractise: if the answer was not shown, or is one's own
    """
    if attempt.shown_at is None or attempt.agent_id == by.pk:
        raise UnableToPractise(_("Only what a colleague has shown can be judged."))
    if not 0 <= place < len(attempt.said):
        raise UnableToPractise(_("There is no such answer."))
    drill = drills.find(attempt.slug, version=attempt.version)
    verdicts = drills.verdicts(drill, language=attempt.language, said=attempt.said)
    return Opinion.objects.update_or_create(
        attempt=attempt,
        place=place,
        by=by,
        defaults={
            "would_do": would_do,
            "engine_would_do": verdicts[place],
            "words": " ".join(storable(words).split())[:LONGEST_WORDS],
            "at": now,
        },
    )[0]


@transaction.atomic
def give_opinions(*, attempt: Attempt, told: Mapping[int, tuple[bool, str]], by: Agent, now: datetime) -> None:
    """Say of several answers at once whether they would do: `told` holds verdict and words by the answer's place.

    :raises UnableToPractise: if one of them was not shown, or is one's own; then none is kept
    """
    for place, (would_do, words) in told.items():
        give_opinion(attempt=attempt, place=place, by=by, would_do=would_do, words=words, now=now)


def _be_in_its_language(words: str, language: str) -> None:
    seen = recognise(words, prior=language).split("-")[0]  # Persian in Latin letters is Persian
    if seen != language and (seen or len(words.split()) >= FEWEST_WORDS):
        raise InAnotherLanguage(seen)


def _open(attempt: Attempt) -> tuple[Attempt, drills.Drill]:
    """Lock an attempt that is still open."""
    own = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if own.ended:
        raise UnableToPractise(_("This drill has come to its end. Try it again from the beginning."))
    return own, drills.find(own.slug, version=own.version)


def _keep(attempt: Attempt, *, ended: str, now: datetime) -> Attempt:
    attempt.ended = Ending(ended) if ended else ""
    attempt.ended_at = now if ended else None
    attempt.save(update_fields=["said", "ended", "ended_at"])
    return attempt
