"""The whole flow, from what was said to what we learn from it. Read this file first.

    conversation ─▶ reading (speech acts) ─▶ judgement of each reply ─▶ promises ─▶ cause ─▶ figures ─▶ summary

Nothing is fetched, stored or timed here: conversations come in, findings and figures go out. `amends.batch` runs
`look_at` over very many conversations, the desk over one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from amends.engine import languages
from amends.engine.causes import Proposal, propose_cause
from amends.engine.conversation import Cause, Conversation
from amends.engine.failings import Judgement, Limits, judge_events, judge_turn
from amends.engine.failings.moment import MATTERS
from amends.engine.failings.signs import SIGNALS
from amends.engine.findings import Finding
from amends.engine.languages.reading import USUAL_READERS, Reader, Reading, read
from amends.engine.measures.figures import Figures
from amends.engine.measures.summary import Example, Summary, Tally
from amends.engine.promises.calendar import WorkingCalendar
from amends.engine.promises.undertaking import Promise, find_promises
from amends.engine.report.checked import Checked

_SATURDAY_TO_WEDNESDAY: Final = (5, 6, 0, 1, 2)


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
) -> Audit:
    """Judge conversations and add up what was found."""
    rows: list[dict[str, Any]] = []
    tally = Tally()
    for conversation in conversations:
        looked = look_at(conversation, calendar=calendar, readers=readers, wording=wording, limits=limits)
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
) -> Looked:
    """Read a conversation, judge every reply and the course of events, and find its promises and its cause.

    :param language: what the conversation is taken to be written in where that cannot be told
    :param wording: the language in which findings speak; their reply's own when it is not given
    :param limits: what the organisation holds to be too long, too many, too late
    """
    reading = read(conversation, readers=readers, language=language)
    cause = propose_cause(reading)
    return Looked(
        conversation=conversation,
        language=reading.language,
        judgements=tuple(judge_turn(reading, turn=at, wording=wording) for at in replies(reading)),
        events=judge_events(
            reading,
            wording=wording,
            limits=limits,
            calendar=calendar or usual_calendar(reading.language, zone=conversation.as_of.tzinfo or UTC),
            proposed=(Cause(layer=cause.layer, theme=cause.theme), cause.confidence) if cause else None,
        ),
        promises=tuple(
            FoundPromise(at, promise)
            for at in replies(reading)
            for promise in promises_in(reading, turn=at, calendar=calendar)
        ),
        signals=tuple(
            frozenset(name for name, acts in SIGNALS.items() if turn.has(*acts, at_least=MATTERS))
            for turn in reading.turns
            if turn.by == "customer"
        ),
        cause=cause,
    )


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
    return find_promises(said.turn.text, language=said.language, now=now, calendar=calendar)


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
    waited, answered = _first_answer(talk)
    happened = Counter(event.kind for event in talk.events)
    failings: Counter[str] = Counter()
    previews: Counter[str] = Counter()
    good: Counter[str] = Counter()
    for judgement in looked.judgements:
        failings.update({one.failing for one in judgement.failings if not one.preview})
        previews.update({one.failing for one in judgement.failings if one.preview})
        good.update({sign.name for sign in judgement.good})
    previews.update(name for name, _ in {(one.failing, one.turn) for one in looked.events if one.preview})
    return Figures(
        conversation=talk.id,
        language=looked.language,
        opened=first.at.date().isoformat() if first and first.at else "",
        customer=talk.facts.customer_name or (first.party if first else ""),
        messages=sum(turn.by == "customer" for turn in talk.turns),
        replies=len(looked.judgements),
        unread=len(spoken) - len(looked.judgements),
        flawed=sum(any(not one.preview for one in judgement.failings) for judgement in looked.judgements),
        failings=dict(failings),
        previews=dict(previews),
        events=dict(Counter(one.failing for one in looked.events if not one.preview)),
        hints=sum(len(judgement.hints) for judgement in looked.judgements),
        good=dict(good),
        signals=tuple(sorted(frozenset().union(*looked.signals))),
        dated=sum(not one.promise.vague for one in looked.promises),
        vague=sum(one.promise.vague for one in looked.promises),
        kept=happened["promise-kept"],
        broken=happened["promise-broken"],
        layer=looked.cause.layer if looked.cause else "",
        theme=looked.cause.theme if looked.cause else "",
        people=len({turn.party for turn in spoken if turn.party}),
        waited=waited,
        answered=answered,
        content=_content(looked),
        yearly_value=str(talk.facts.yearly_value) if talk.facts.yearly_value is not None else "",
        currency=talk.facts.currency,
    )


def _first_answer(talk: Conversation) -> tuple[float | None, bool]:
    """Return the minutes until a person first answered, or until the end of what we see when nobody did."""
    asked = next((at for at, turn in enumerate(talk.turns) if turn.by == "customer"), None)
    if asked is None or (since := talk.turns[asked].at) is None:
        return None, False
    answer = next((turn for turn in talk.turns[asked:] if turn.by == "agent" and not turn.automatic), None)
    until = answer.at if answer else talk.as_of
    if until is None or (until.tzinfo is None) != (since.tzinfo is None):
        return None, False
    return max(0.0, (until - since).total_seconds() / 60), answer is not None


def _content(looked: Looked) -> bool | None:
    """Return whether the customer said at the end that they are content, or not; the record's word counts first."""
    for event in reversed(looked.conversation.events):
        if event.kind in ("content", "not-content"):
            return event.kind == "content"
    said = looked.signals[-1] if looked.signals else frozenset()
    if "content" in said:
        return True
    return False if said & {"anger", "insult", "leaving"} else None
