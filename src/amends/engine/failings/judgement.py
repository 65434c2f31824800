"""Judge one reply of a conversation against the whole catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from amends.engine import languages
from amends.engine.canned import Repeats
from amends.engine.conversation import Cause, Conversation
from amends.engine.failings.catalogue import get, seen_in
from amends.engine.failings.course import Course
from amends.engine.failings.failing import Failing
from amends.engine.failings.house_words import HouseWords
from amends.engine.failings.limits import Limits
from amends.engine.failings.moment import Moment
from amends.engine.failings.rules.canned import with_history
from amends.engine.failings.signs import Sign, good_signs, signals
from amends.engine.failings.thresholds import hint_floor, threshold
from amends.engine.failings.weighing import weighed
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


def judge_turn(
    reading: Reading,
    *,
    turn: int | None = None,
    wording: str = "",
    repeats: Repeats | None = None,
    house: HouseWords | None = None,
) -> Judgement:
    """Judge one turn of a conversation that has been read already.

    :param repeats: to whom else its text went
    :param house: the organisation's own list of what is jargon, and what is none
    """
    at = _last_reply(reading) if turn is None else turn
    house = house or HouseWords()
    moment = Moment(house.heard(reading, at=at) if house else reading, at, repeats=repeats, house=house)
    spoken, learned = moment.reply.language, reading.learned
    if not languages.is_known(spoken) or not moment.reply.text.has_words:
        # Nobody taught us this language, or there is nothing to read: better no judgement than a wrong one.
        return Judgement(turn=moment.at, language=spoken, failings=(), hints=(), good=(), signals=signals(moment))
    ruled = {failing.id: tuple(failing.detect(moment)) for failing in seen_in("reply")}
    floor = hint_floor(learned=learned)
    if learned:  # every failing is weighed, most come out as nothing
        evidence = [pair for pair in with_history(moment, weighed(moment, ruled)) if pair[1].confidence >= floor]
    else:
        evidence = [(name, one) for name, found in ruled.items() for one in found]
    found = list(_findings(moment, evidence, spoken=spoken, wording=wording or spoken))
    sure = {one.id: one.confidence - threshold(one.failing, spoken, learned=learned) for one in found}
    return Judgement(
        turn=moment.at,
        language=spoken,
        failings=tuple(one for one in found if sure[one.id] >= 0),
        hints=tuple(one for one in found if sure[one.id] < 0 and one.confidence >= floor),
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
    evidence = [(failing.id, one) for failing in seen_in("events") for one in failing.detect(course)]
    found = _findings(course, evidence, spoken=spoken, wording=wording or spoken)
    return tuple(one for one in found if one.confidence >= threshold(one.failing, spoken))


def _last_reply(reading: Reading) -> int:
    for turn in reversed(reading.turns):
        if turn.by == "agent":
            return turn.index
    raise ValueError(f"conversation {reading.conversation.id!r} has no reply to judge")


def _findings(
    moment: Moment, evidence: Iterable[tuple[str, Evidence]], *, spoken: str, wording: str
) -> Iterator[Finding]:
    """Yield findings by failing and place; the same words twice are told apart by their number."""
    repeated: Counter[tuple[str, str]] = Counter()
    for failing, one in sorted(evidence, key=lambda pair: (pair[0], pair[1].turn, pair[1].start, pair[1].end)):
        nth = repeated[failing, one.words]
        yield _finding(get(failing), one, moment, nth=nth, spoken=spoken, wording=wording)
        repeated[failing, one.words] += 1


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
