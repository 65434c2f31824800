"""The trainee's pages as plain rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Count
from django.utils import translation

from amends.desk.academy import words
from amends.desk.academy.cures import beyond_training
from amends.desk.academy.drills import Drill, shelf
from amends.desk.academy.drills import chosen as chosen_in
from amends.desk.academy.models import Attempt, Ending, Rank, Trainee
from amends.desk.academy.paths import PER_WEEK, path
from amends.desk.coaching.models import Kind, Seen
from amends.desk.coaching.words import GOOD_SIGNS
from amends.desk.people.models import Agent
from amends.engine.drills import Exchange, Situation, compare, play, weigh
from amends.engine.drills.situation import Script
from amends.engine.failings import Sign, catalogue
from amends.engine.findings import Finding

LATELY = timedelta(days=28)
COMING = 2 * PER_WEEK  # drills that are shown at once
LONGEST_NOTES = 0.6  # of the complaint: notes are no copy


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillRow:
    """A drill in a list."""

    slug: str
    title: str
    task: str
    kind: str
    minutes: int
    is_own: bool
    tries: int
    is_done: bool  # once brought to a good end
    week: int = 0
    due_at: datetime | None = None
    is_late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeksDrill:
    """The drill that somebody's own replies call for; for their eyes only."""

    row: DrillRow
    failing: str
    count: int
    is_done: bool
    elsewhere: int = 0  # times it was seen where the cause lay in what no training cures
    then: DrillRow | None = None  # what one's own replies call for next, once it is done


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    rank: str
    rank_name: str
    elsewhere: int  # drills that are on other paths only
    stops: tuple[DrillRow, ...]
    overdue: tuple[DrillRow, ...]  # what should have been done by now; every one of `late`
    overdue_more: tuple[DrillRow, ...]
    coming: tuple[DrillRow, ...]  # what to do in these two weeks
    later: tuple[DrillRow, ...]
    finished: tuple[DrillRow, ...]
    done: int
    next: DrillRow | None
    late: int
    week: WeeksDrill | None
    others: tuple[tuple[str, tuple[DrillRow, ...]], ...]
    wants_reminders: bool
    shown_by_others: int


def home(*, agent: Agent, trainee: Trainee, language: str, now: datetime) -> Home:
    """Lay out somebody's path, the drill of their week, and what there is for other ranks."""
    drills = [drill for drill in shelf() if _speaks(agent, drill)]
    tries = _tries(agent)
    stops = tuple(
        row(
            stop.drill,
            tries=tries,
            language=language,
            week=stop.week,
            due_at=stop.due_at,
            now=now,
        )
        for stop in path(drills, rank=trainee.rank, since=trainee.since)
    )
    open_stops = tuple(stop for stop in stops if not stop.is_done)
    overdue = tuple(stop for stop in open_stops if stop.is_late)
    ahead = tuple(stop for stop in open_stops if not stop.is_late)
    others = tuple(
        (
            words.rank_words(rank),
            tuple(row(one, tries=tries, language=language) for one in drills if _belongs(one, rank, trainee.rank)),
        )
        for rank in Rank.values
        if rank != trainee.rank
    )
    return Home(
        rank=trainee.rank,
        rank_name=words.path_words(trainee.rank, role=agent.role),
        elsewhere=sum(len(rows) for _, rows in others),
        stops=stops,
        overdue=overdue[:COMING],
        overdue_more=overdue[COMING:],
        coming=ahead[:COMING],
        later=ahead[COMING:],
        finished=tuple(stop for stop in stops if stop.is_done),
        done=sum(stop.is_done for stop in stops),
        next=open_stops[0] if open_stops else None,
        late=len(overdue),
        week=drill_of_the_week(agent=agent, drills=drills, rank=trainee.rank, language=language, now=now),
        others=tuple((name, rows) for name, rows in others if rows),
        wants_reminders=trainee.wants_reminders,
        shown_by_others=Attempt.objects.filter(shown_at__isnull=False).exclude(agent=agent).count(),
    )


def _speaks(agent: Agent, drill: Drill) -> bool:
    """Whether somebody can practise a drill: the organisation's own ones are written in one language each."""
    return not drill.is_own or bool({agent.language, *agent.languages} & set(drill.languages))


def _belongs(drill: Drill, rank: str, own: str) -> bool:
    """Whether a drill stands under another rank: the first of its ranks, unless it is on one's own path."""
    return own not in drill.situation.ranks and drill.situation.ranks[0] == rank


def row(
    drill: Drill,
    *,
    tries: dict[str, tuple[int, bool]],
    language: str,
    week: int = 0,
    due_at: datetime | None = None,
    now: datetime | None = None,
) -> DrillRow:
    """Lay out one drill for a list."""
    count, is_done = tries.get(drill.slug, (0, False))
    script = drill.script(language)
    return DrillRow(
        slug=drill.slug,
        title=script.title,
        task=script.task,
        kind=words.kind_words(drill.situation.kind),
        minutes=drill.situation.minutes,
        is_own=drill.is_own,
        tries=count,
        is_done=is_done,
        week=week,
        due_at=due_at,
        is_late=due_at is not None and now is not None and due_at < now and not is_done,
    )


def _tries(agent: Agent) -> dict[str, tuple[int, bool]]:
    found: dict[str, tuple[int, bool]] = {}
    ended = Attempt.objects.filter(agent=agent).exclude(ended="").values("slug", "ended").annotate(count=Count("pk"))
    for each in ended.order_by():
        count, done = found.get(each["slug"], (0, False))
        found[each["slug"]] = count + each["count"], done or each["ended"] == Ending.CONTENT
    return found


def drill_of_the_week(
    *, agent: Agent, drills: Sequence[Drill], rank: str, language: str, now: datetime
) -> WeeksDrill | None:
    """Return the drill against what the coach saw most in somebody's own replies of the last four weeks.

    A reply counts only where the complaint's cause may be one of training: nobody is sent to practise for a product,
    a process or a message that would not let them help.
    """
    sure = [one.id for one in catalogue() if one.status == "stable"]
    lately_seen = Seen.objects.filter(kind=Kind.FAILING, name__in=sure, event__agent=agent, event__at__gte=now - LATELY)
    no_cure = set(
        beyond_training()
        .filter(complaint__in=lately_seen.values("event__complaint"))
        .values_list("complaint", flat=True)
    )
    seen, elsewhere = Counter[str](), Counter[str]()
    for name, complaint in lately_seen.values_list("name", "event__complaint"):
        (elsewhere if complaint in no_cure else seen)[name] += 1
    week_ago = now - timedelta(days=7)
    lately = set(
        Attempt.objects.filter(agent=agent, ended=Ending.CONTENT, ended_at__gte=week_ago).values_list("slug", flat=True)
    )
    tries = _tries(agent)
    found: list[tuple[str, int, Drill]] = []
    for failing, count in sorted(seen.items(), key=lambda item: (-item[1], item[0])):
        against = [drill for drill in drills if failing in drill.situation.failings]
        if against:
            first = min(against, key=lambda one: (rank not in one.situation.ranks, one.situation.minutes, one.slug))
            found.append((failing, count, first))
    if not found:
        return None
    failing, count, chosen = found[0]
    then = next((drill for _name, _count, drill in found if drill.slug not in lately), None)
    return WeeksDrill(
        row=row(chosen, tries=tries, language=language),
        failing=words.failing_words(failing, language=language),
        count=count,
        is_done=chosen.slug in lately,
        elsewhere=elsewhere[failing],
        then=row(then, tries=tries, language=language) if then is not None else None,
    )


# ── One drill ────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of an answer; `mark` is 'failing', 'good' or nothing."""

    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    title: str
    words: str
    hurts: str
    instead: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionRow:
    """What a colleague or a lead thinks of an answer."""

    by: str
    leads: bool
    would_do: bool
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One answer with what was found in it, and the customer's reaction."""

    place: int
    pieces: tuple[Piece, ...]
    remarks: tuple[Remark, ...]
    good: tuple[str, ...]
    reaction: str
    heat: int
    heat_name: str
    went: str  # warmer, cooler or nothing: what the answer did to the customer
    examples: tuple[str, ...]
    typical: str
    is_free: bool = False  # whether the customer used words of the moment, not the written ones
    opinions: tuple[OpinionRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A talk as far as it has come."""

    history: tuple[tuple[str, str], ...]
    opening: str
    said: tuple[Said, ...]
    heat: int
    heat_name: str
    is_over: bool
    left: int


def talk(*, drill: Drill, attempt: Attempt, language: str) -> Talk:
    """Lay out a talk with what the engine finds in every answer, told in the reader's language."""
    situation, script = drill.situation, drill.script(attempt.language)
    played = play(situation, script, attempt.said, wording=language)
    heats = [situation.heat, *(one.heat for one in played.exchanges)]
    told = opinion_rows(attempt)
    return Talk(
        history=tuple((turn.by, turn.text) for turn in played.history),
        opening=played.opening,
        said=tuple(
            replace(
                _said(exchange, script=script, place=place, before=before, language=language),
                opinions=told.get(place, ()),
                **_heard(attempt, place=place, written=exchange.reaction),
            )
            for place, (exchange, before) in enumerate(zip(played.exchanges, heats, strict=False))
        ),
        heat=played.heat,
        heat_name=words.heat_words(played.heat),
        is_over=played.ended is not None,
        left=situation.turns - len(played.exchanges),
    )


def opinion_rows(attempt: Attempt) -> dict[int, tuple[OpinionRow, ...]]:
    """Return what colleagues think, by the place of the answer, the first said first."""
    told: dict[int, tuple[OpinionRow, ...]] = {}
    for each in attempt.opinions.select_related("by").order_by("at"):
        row = OpinionRow(by=each.by.name, leads=each.by.leads_people, would_do=each.would_do, words=each.words)
        told[each.place] = (*told.get(each.place, ()), row)
    return told


def _heard(attempt: Attempt, *, place: int, written: str) -> dict[str, Any]:
    """Return what the customer said in words of the moment, while the rules still lead to what it stood for."""
    stood_for, words = attempt.spoken.get(str(place), ("", ""))
    return {"reaction": words, "is_free": True} if words and stood_for == written else {}


def _said(exchange: Exchange, *, script: Script, place: int, before: int, language: str) -> Said:
    with translation.override(language):
        good = tuple(dict.fromkeys(str(GOOD_SIGNS.get(sign.name, sign.name)) for sign in _plainly_good(exchange)))
    answers = script.answers[exchange.step]
    went = "warmer" if exchange.heat > before else "cooler" if exchange.heat < before else ""
    return Said(
        place=place,
        pieces=tuple(pieces(exchange)),
        remarks=tuple(_remarks(exchange, language=language)),
        good=good,
        reaction=exchange.reaction,
        heat=exchange.heat,
        heat_name=words.heat_words(exchange.heat),
        went=went,
        examples=answers.good,
        typical=answers.bad[0],
    )


def _plainly_good(exchange: Exchange) -> list[Sign]:
    """Good signs whose words carry no failing: nobody is praised for the words that hurt."""
    found = exchange.judgement.failings
    return [
        sign
        for sign in exchange.judgement.good
        if not any(one.start < sign.end and sign.start < one.end for one in found)
    ]


def _remarks(exchange: Exchange, *, language: str) -> Iterable[Remark]:
    """One remark for each failing, with all the words that it was found in."""
    found: dict[str, list[Finding]] = {}
    for finding in exchange.judgement.failings:
        found.setdefault(finding.failing, []).append(finding)
    for name, findings in found.items():
        yield Remark(
            title=words.failing_words(name, language=language),
            words=" … ".join(dict.fromkeys(one.words for one in findings)),
            hurts=findings[0].hurts,
            instead=findings[0].instead,
        )


def pieces(exchange: Exchange) -> Iterable[Piece]:
    """Cut an answer where a finding or a good sign begins or ends."""
    text = exchange.answer
    spans = [
        *((one.start, one.end, "failing") for one in exchange.judgement.failings),
        *((one.start, one.end, "good") for one in _plainly_good(exchange)),
    ]
    spans = [(max(0, start), min(len(text), end), mark) for start, end, mark in spans]
    edges = sorted({0, len(text), *(edge for start, end, _ in spans for edge in (start, end))})
    for start, end in pairwise(edges):
        marks = {mark for first, last, mark in spans if first <= start and end <= last}
        yield Piece(text=text[start:end], mark="failing" if "failing" in marks else next(iter(marks), ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """Note-taking: what was noted, what is missing, what is wrong, once the notes are there."""

    complaint: str
    longest: int
    written: str
    noted: tuple[str, ...]
    missing: tuple[str, ...]
    wrong: tuple[str, ...]
    invented: tuple[str, ...]  # the trainee's own words for what nobody said
    examples: tuple[str, ...]
    opinions: tuple[OpinionRow, ...]


def notes(*, drill: Drill, attempt: Attempt) -> Notes:
    """Compare the notes with the facts."""
    situation, script = drill.situation, drill.script(attempt.language)
    written = attempt.said[0] if attempt.said else ""
    held = compare(situation, script, written)
    return Notes(
        complaint=script.complaint,
        longest=max(200, int(len(script.complaint) * LONGEST_NOTES)),
        written=written,
        noted=tuple(script.points[key].fact for key in held.noted),
        missing=tuple(script.points[key].fact for key in held.missing),
        wrong=tuple(script.traps[key].fact for key in held.wrong),
        invented=held.invented,
        examples=script.answers["notes"].good,
        opinions=opinion_rows(attempt).get(0, ()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureRow:
    key: str
    text: str
    feedback: str
    is_chosen: bool
    because: str
    fits: bool
    reason_fits: bool
    reasons: tuple[str, ...]
    opinions: tuple[OpinionRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A figures drill: the table, and the measures with what came of choosing them."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[float, ...]], ...]
    choose: int
    measures: tuple[MeasureRow, ...]


def figures(*, drill: Drill, attempt: Attempt) -> Figures:
    """Lay out the figures and weigh what was chosen."""
    situation, script = drill.situation, drill.script(attempt.language)
    chosen = chosen_in(attempt.said)
    weighed = {one.choice.measure: one for one in weigh(situation, chosen).choices}
    told = opinion_rows(attempt)
    place = {one.measure: at for at, one in enumerate(chosen)}
    return Figures(
        columns=tuple(script.columns[key] for key in situation.columns),
        rows=tuple((key, script.figures[key], values) for key, values in situation.figures.items()),
        choose=situation.choose,
        measures=tuple(
            MeasureRow(
                key=one.key,
                text=script.measures[one.key].text,
                feedback=script.measures[one.key].feedback,
                is_chosen=one.key in weighed,
                because=script.figures.get(weighed[one.key].choice.because, "") if one.key in weighed else "",
                fits=one.fits,
                reason_fits=one.key in weighed and weighed[one.key].reason_fits,
                reasons=tuple(script.figures[key] for key in situation.figures if key in one.because),
                opinions=told.get(place.get(one.key, -1), ()),
            )
            for one in situation.measures
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TryRow:
    pk: int
    ended: str
    ended_name: str
    at: datetime


def earlier_tries(*, agent: Agent, slug: str, kind: str) -> list[TryRow]:
    """Return somebody's finished tries at a drill, the newest first."""
    ended = Attempt.objects.filter(agent=agent, slug=slug).exclude(ended="").order_by("-ended_at")[:5]
    return [
        TryRow(
            pk=one.pk,
            ended=one.ended,
            ended_name=words.ending_words(one.ended, kind=kind),
            at=one.ended_at or one.started_at,
        )
        for one in ended
    ]


def ending(*, situation: Situation, script: Script, attempt: Attempt) -> tuple[str, str, str]:
    """Name an attempt's end, with the last words and where they came from."""
    last = next(last for name, last in script.endings.items() if name == attempt.ended)
    return words.ending_words(attempt.ended, kind=situation.kind), last.says, last.means
