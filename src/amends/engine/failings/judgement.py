"""Judge one reply of a conversation against the whole catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from amends.engine.conversation import Cause, Conversation
from amends.engine.failings.catalogue import catalogue
from amends.engine.failings.course import Course
from amends.engine.failings.failing import Failing
from amends.engine.failings.limits import Limits
from amends.engine.failings.moment import Moment
from amends.engine.failings.signs import Sign, good_signs, signals
from amends.engine.failings.thresholds import hint_floor, threshold
from amends.engine.findings import Evidence, Finding, identify
from amends.engine.languages.reading import USUAL_READERS, Reader, Reading, read
from amends.engine.languages.wording import say
from amends.engine.promises.calendar import WorkingCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is to be said about one reply. `failings` are above their thresholds, `hints` below."""

    turn: int
    language: str
    failings: tuple[Finding, ...]
    hints: tuple[Finding, ...]
    good: tuple[Sign, ...]
    signals: tuple[Sign, ...]

    def as_dict(self, *, id: str) -> dict[str, Any]:  # noqa: A002  # the contract's own key
        """Return the object that `amends check --format jsonl` prints; promises are added by the audit."""
        return {
            "id": id,
            "language": self.language,
            "failings": [_brief(finding) for finding in self.failings],
            "hints": [_brief(finding) for finding in self.hints],
            "good": sorted({sign.name for sign in self.good}),
            "signals": sorted({sign.name for sign in self.signals}),
        }


def judge(
    conversation: Conversation,
    *,
    turn: int | None = None,
    language: str = "",
    readers: Sequence[Reader] = USUAL_READERS,
    wording: str = "",
) -> Judgement:
    """Judge one reply: the turn with an index, or the last of an agent.

    `language` is what the reply is taken to be written in where that cannot be told; `wording` is the language in
    which findings speak, otherwise the reply's own.

    :raises ValueError: when there is no such turn
    """
    return judge_turn(read(conversation, readers=readers, language=language), turn=turn, wording=wording)


def judge_turn(reading: Reading, *, turn: int | None = None, wording: str = "") -> Judgement:
    """Judge one turn of a conversation that has been read already."""
    moment = Moment(reading, _last_reply(reading) if turn is None else turn)
    spoken = moment.reply.language or reading.language
    found = [*_findings(moment, seen="reply", spoken=spoken, wording=wording or spoken)]
    floor = hint_floor()
    return Judgement(
        turn=moment.at,
        language=spoken,
        failings=tuple(one for one in found if one.confidence >= threshold(one.failing, spoken)),
        hints=tuple(one for one in found if floor <= one.confidence < threshold(one.failing, spoken)),
        good=good_signs(moment),
        signals=signals(moment),
    )


def judge_events(
    conversation: Conversation | Reading,
    *,
    readers: Sequence[Reader] = USUAL_READERS,
    wording: str = "",
    limits: Limits | None = None,
    calendar: WorkingCalendar | None = None,
    proposed: tuple[Cause, float] | None = None,
) -> tuple[Finding, ...]:
    """Return what only the course of events shows, seen at the conversation's `as_of`.

    :param limits: what the organisation holds to be too long, too many, too late; the usual ones when not given
    :param calendar: in which working time is counted; nine to six from Monday to Friday when not given
    :param proposed: where the complaint seems to come from, and how sure that is; what the record says goes before it
    """
    reading = conversation if isinstance(conversation, Reading) else read(conversation, readers=readers)
    course = Course(reading, len(reading.turns), limits=limits or Limits(), working=calendar, proposed=proposed)
    spoken = reading.language
    found = _findings(course, seen="events", spoken=spoken, wording=wording or spoken)
    return tuple(one for one in found if one.confidence >= threshold(one.failing, spoken))


def _last_reply(reading: Reading) -> int:
    for turn in reversed(reading.turns):
        if turn.by == "agent":
            return turn.index
    raise ValueError(f"conversation {reading.conversation.id!r} has no reply to judge")


def _findings(moment: Moment, *, seen: str, spoken: str, wording: str) -> Iterator[Finding]:
    for failing in catalogue():
        if failing.seen != seen:
            continue
        repeated: Counter[str] = Counter()
        for evidence in sorted(failing.detect(moment), key=lambda one: (one.turn, one.start, one.end)):
            yield _finding(failing, evidence, moment, nth=repeated[evidence.words], spoken=spoken, wording=wording)
            repeated[evidence.words] += 1


def _finding(failing: Failing, evidence: Evidence, moment: Moment, *, nth: int, spoken: str, wording: str) -> Finding:
    return Finding(
        id=identify(
            conversation=moment.conversation.id,
            failing=failing.id,
            turn=evidence.turn,
            words=evidence.words,
            nth=nth,
        ),
        failing=failing.id,
        turn=evidence.turn,
        start=evidence.start,
        end=evidence.end,
        words=evidence.words,
        confidence=evidence.confidence,
        hurts=say(failing.hurts, wording),
        instead=say(failing.instead, wording),
        claims=failing.claims,
        preview=failing.status == "preview",
        language=spoken,
        events=evidence.events,
    )


def _brief(finding: Finding) -> dict[str, Any]:
    return {
        "name": finding.failing,
        "start": finding.start,
        "end": finding.end,
        "words": finding.words,
        "confidence": round(finding.confidence, 3),
        "preview": finding.preview,
    }
