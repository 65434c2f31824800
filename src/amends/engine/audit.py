"""The whole flow, from what was said to what we learn from it. Read this file first.

    conversation ─▶ reading (speech acts) ─▶ judgement of each reply ─▶ promises ─▶ cause ─▶ figures ─▶ summary

Nothing is fetched, stored or timed here: conversations come in, findings and figures go out. `amends.batch` runs
`look_at` over very many conversations, the desk over one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from amends.engine import languages
from amends.engine.canned import History, repeats_in
from amends.engine.causes import LAYERS, Proposal, laid_on_nobody_by_a_guess, propose_cause
from amends.engine.conversation import Cause, Conversation
from amends.engine.failings import Judgement, Limits, judge_events, judge_turn
from amends.engine.failings.moment import MATTERS
from amends.engine.failings.signs import signals_of
from amends.engine.findings import Finding
from amends.engine.languages.reading import USUAL_READERS, Reader, Reading, TurnReading, read
from amends.engine.languages.vectors import Vectors
from amends.engine.measures import counted
from amends.engine.measures.figures import Figures
from amends.engine.measures.limits import from_plain
from amends.engine.measures.summary import Example, Summary, Tally
from amends.engine.promises.calendar import Hours, WorkingCalendar
from amends.engine.promises.undertaking import Promise, find_promises
from amends.engine.report.checked import Checked

_SATURDAY_TO_WEDNESDAY: Final = (5, 6, 0, 1, 2)
_PERHAPS: Final = 0.3
_PROBABLY: Final = 0.6
_DOES: Final = ("undertaking", "callback", "remedy", "ownership")
_UNDERTAKE: Final = (*_DOES, "offer", "action", "help-along", "time-given")


@dataclass(frozen=True, slots=True)
class FoundPromise:
    """A promise, and the turn in which it was made."""

    turn: int
    promise: Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """All that there is to say about one conversation."""

    conversation: Conversation
    language: str
    judgements: tuple[Judgement, ...]
    events: tuple[Finding, ...]
    promises: tuple[FoundPromise, ...]
    signals: tuple[frozenset[str], ...]  # of each message of the customer
    cause: Proposal | None

    def rows(self) -> list[dict[str, Any]]:
        """Return a row for each finding, as `findings.parquet` holds them. Nobody's name is in them."""
        found = [(one, "failing") for judgement in self.judgements for one in judgement.failings]
        found += [(one, "hint") for judgement in self.judgements for one in judgement.hints]
        found += [(one, "event") for one in self.events]
        return [
            {"conversation": self.conversation.id, "kind": kind, "at": self._at(one.turn), **one.as_dict()}
            for one, kind in found
        ]

    def examples(self) -> list[tuple[str, Example]]:
        """Return the words of each failing, by its name."""
        return [
            (one.failing, Example(self.conversation.id, one.turn, one.words, one.language, one.confidence))
            for judgement in self.judgements
            for one in judgement.failings
        ]

    def _at(self, turn: int) -> datetime | None:
        at = self.conversation.turns[turn].at if turn >= 0 else self.conversation.as_of
        return at.replace(tzinfo=UTC) if at and at.tzinfo is None else at


@dataclass(frozen=True, slots=True)
class Audit:
    """The findings of many conversations, a row each, and their figures."""

    rows: tuple[dict[str, Any], ...]
    summary: Summary


def audit(
    conversations: Iterable[Conversation],
    *,
    calendar: WorkingCalendar | None = None,
    readers: Sequence[Reader] = USUAL_READERS,
    wording: str = "",
    limits: Limits | None = None,
    history: History | None = None,
) -> Audit:
    """Judge conversations and add up what was found; `history` is what was sent in all of them."""
    rows: list[dict[str, Any]] = []
    tally = Tally()
    for conversation in conversations:
        looked = look_at(
            conversation, calendar=calendar, readers=readers, wording=wording, limits=limits, history=history
        )
        rows += looked.rows()
        tally.add(figures_of(looked), looked.examples())
    return Audit(tuple(rows), tally.summary())


def look_at(
    conversation: Conversation,
    *,
    calendar: WorkingCalendar | None = None,
    readers: Sequence[Reader] = USUAL_READERS,
    language: str = "",
    wording: str = "",
    limits: Limits | None = None,
    history: History | None = None,
    vectors: Vectors | None = None,
) -> Looked:
    """Read a conversation, judge every reply and the course of events, and find its promises and its cause.

    :param language: what the conversation is taken to be written in where that cannot be told
    :param wording: the language in which findings speak; their reply's own when it is not given
    :param calendar: in which working time is counted; the conversation's own, or the usual one, when not given
    :param limits: what the organisation holds to be too long, too many, too late; the conversation's own when not given
    :param history: what the organisation has sent, so that a text that went to many is known
    :param vectors: sentence vectors for causes; without them cues alone say where it comes from, and are right less
    """
    reading = read(conversation, readers=readers, language=language)
    cause = laid_on_nobody_by_a_guess(propose_cause(reading, vectors=vectors))
    calendar = calendar or own_calendar(conversation)
    return Looked(
        conversation=conversation,
        language=reading.language,
        judgements=tuple(
            judge_turn(
                _as_then(reading, turn=at),
                turn=at,
                wording=wording,
                repeats=repeats_in(reading, at, history) if history is not None else None,
            )
            for at in replies(reading)
        ),
        events=judge_events(
            reading,
            wording=wording,
            limits=limits or from_plain(conversation.limits),
            calendar=calendar or usual_calendar(reading.language, zone=conversation.as_of.tzinfo or UTC),
            proposed=(Cause(layer=cause.layer, theme=cause.theme), cause.confidence) if cause else None,
        ),
        promises=tuple(
            FoundPromise(at, promise)
            for at in replies(reading)
            for promise in promises_in(reading, turn=at, calendar=calendar)
        ),
        signals=tuple(
            frozenset(sign.name for sign in signals_of(turn, learned=reading.learned))
            for turn in reading.turns
            if turn.by == "customer"
        ),
        cause=cause,
    )


def _as_then(reading: Reading, *, turn: int) -> Reading:
    """Look from the moment at which a turn was said: its 'Tuesday' was still ahead."""
    at = reading.turns[turn].turn.at
    if at is None:
        return reading
    return Reading(reading.conversation.seen(at), reading.turns, reading.language, reading.readers)


def replies(reading: Reading) -> tuple[int, ...]:
    """Return which turns a person of the organisation wrote, in a language that is read."""
    return tuple(
        turn.index
        for turn in reading.turns
        if turn.by == "agent"
        and not turn.turn.automatic
        and turn.turn.text.strip()
        and languages.is_known(turn.language)
    )


def promises_in(reading: Reading, *, turn: int, calendar: WorkingCalendar | None = None) -> tuple[Promise, ...]:
    """Return the promises of one turn, counted from when it was said; by the usual working week of its language."""
    said = reading.turns[turn]
    at = said.turn.at or reading.conversation.as_of
    calendar = calendar or usual_calendar(said.language, zone=at.tzinfo or UTC)
    now = at if at.tzinfo else at.replace(tzinfo=calendar.zone)
    found = find_promises(said.text.original, language=said.language, now=now, calendar=calendar)
    if not reading.learned:
        return found
    kept = [one for one in found if undertakes(said, one)]
    if all(one.vague for one in kept):
        kept += _put_off(said, beside=kept)
    return tuple(sorted(kept, key=lambda one: one.start))


def _put_off(said: TurnReading, *, beside: Sequence[Promise]) -> Iterator[Promise]:
    """Yield the sentences that undertake something, at no time, in words that the grammar does not know.

    Beside a promise with a time they are counted as a part of that, as the grammar counts them.
    """
    for sentence in said.sentences:
        if sentence.question or any(one.start < sentence.end and one.end > sentence.start for one in beside):
            continue
        puts_off = said.has("undertaking", within=sentence, at_least=_PROBABLY)
        if puts_off and not said.has("time-given", "ownership", within=sentence, at_least=MATTERS):
            words = said.words(sentence.start, sentence.end)
            yield Promise(words, sentence.start, sentence.end, due=None, vague=True, kind="other")


def undertakes(said: TurnReading, promise: Promise) -> bool:
    """Tell whether the sentence in which a promise begins does anything that promises do.

    The learned reader knows a date in a question or a rule from a date in an undertaking, cues alone do not; it is not
    asked where a day and an hour were told.
    """
    within = next((one for one in said.sentences if one.start <= promise.start < one.end), None)
    if within is None or promise.appointed:
        return True
    # 'We open on Monday at nine' only answers.
    only_answers = said.has("answer", within=within, at_least=MATTERS)
    return said.has(*(_DOES if only_answers else _UNDERTAKE), within=within, at_least=_PERHAPS)


def own_calendar(conversation: Conversation) -> WorkingCalendar | None:
    """Return the working time that a conversation brings along."""
    if (told := conversation.working) is None:
        return None
    return WorkingCalendar.of(
        zone=ZoneInfo(told.zone),
        week={day: [Hours.of(*span) for span in spans] for day, spans in told.week},
        days_off=told.days_off,
    )


@lru_cache(maxsize=64)
def usual_calendar(language: str, *, zone: tzinfo) -> WorkingCalendar:
    """Return nine to six, Monday to Friday; Saturday to Wednesday where Persian is spoken."""
    return WorkingCalendar.office(zone=zone, weekdays=_SATURDAY_TO_WEDNESDAY if language == "fa" else range(5))


def check(
    conversation: Conversation, *, language: str = "", name: str = "", readers: Sequence[Reader] = USUAL_READERS
) -> Checked:
    """Judge the last turn of a conversation, a reply that is not sent yet.

    :param language: what the reply is written in; recognised when it is not given
    """
    *before, draft = conversation.turns
    talk = replace(conversation, turns=(*before, replace(draft, language=language or draft.language)))
    reading = read(talk, language=language, readers=readers)
    last = len(before)
    return Checked(
        name=name or talk.id,
        text=draft.text,
        judgement=judge_turn(reading, turn=last),
        promises=promises_in(reading, turn=last),
    )


def figures_of(looked: Looked) -> Figures:
    """Return what a conversation adds to the figures."""
    talk = looked.conversation
    spoken = [turn for turn in talk.turns if turn.by == "agent" and not turn.automatic and turn.text.strip()]
    first = next((turn for turn in talk.turns if turn.by == "customer"), None)
    waited, asked = counted.wait_for_answer(talk), counted.wait_for_somebody(talk)
    own = talk.facts.cause if talk.facts.cause and talk.facts.cause.layer in LAYERS else None
    cause = own or looked.cause
    content = _content(looked)
    happened = Counter(event.kind for event in talk.events)
    failings: Counter[str] = Counter()
    previews: Counter[str] = Counter()
    good: Counter[str] = Counter()
    for judgement in looked.judgements:
        failings.update({one.failing for one in judgement.failings if not one.preview})
        previews.update({one.failing for one in judgement.failings if one.preview})
        good.update({sign.name for sign in judgement.good})
    return Figures(
        conversation=talk.id,
        language=looked.language,
        opened=first.at.date().isoformat() if first and first.at else "",
        customer=_customer(talk),
        messages=sum(turn.by == "customer" for turn in talk.turns),
        replies=len(looked.judgements),
        unread=len(spoken) - len(looked.judgements),
        flawed=sum(any(not one.preview for one in judgement.failings) for judgement in looked.judgements),
        failings=dict(failings),
        previews=dict(previews),
        events=dict(Counter(one.failing for one in looked.events if not one.preview)),
        event_previews=dict(Counter(one.failing for one in looked.events if one.preview)),
        hints=sum(len(judgement.hints) for judgement in looked.judgements),
        good=dict(good),
        signals=tuple(sorted(frozenset().union(*looked.signals))),
        dated=sum(not one.promise.vague for one in looked.promises),
        vague=sum(one.promise.vague for one in looked.promises),
        kept=happened["promise-kept"],
        broken=happened["promise-broken"],
        layer=cause.layer if cause else "",
        theme=cause.theme if cause else "",
        confirmed=own is not None,
        people=counted.people_met(talk),
        waited=waited.minutes if waited else None,
        answered=waited.came if waited else False,
        asked=asked.minutes if asked else None,
        came=asked.came if asked else False,
        content=content,
        risks=_risks(looked, content=content),
        yearly_value=str(talk.facts.yearly_value) if talk.facts.yearly_value is not None else "",
        currency=talk.facts.currency,
    )


def _customer(talk: Conversation) -> str:
    """Return who complains, so that a customer is counted once; '' where the record does not tell."""
    first = next((turn for turn in talk.turns if turn.by == "customer"), None)
    party = first.party if first and first.party != "customer" else ""  # "customer" is everybody's
    return talk.facts.customer_id or talk.facts.customer_name or party


def _content(looked: Looked) -> bool | None:
    """Return whether the customer said at the end that they are content, or not.

    Their words count only where no events are on record; otherwise the record would have it.
    """
    if looked.conversation.events:
        return counted.verdict(looked.conversation)
    said = looked.signals[-1] if looked.signals else frozenset()
    if "content" in said:
        return True
    return False if said & {"anger", "insult", "leaving"} else None


def _risks(looked: Looked, *, content: bool | None) -> tuple[str, ...]:
    talk = looked.conversation
    return counted.may_leave(
        leaving=any("leaving" in seen for seen in looked.signals),
        content=counted.verdict(talk),
        heat=counted.heat_at_end(talk, looked.signals),
        ended=counted.ending(talk) or ("resolved" if content and not talk.events else ""),
    )
