"""Play a situation: the answers given so far go in, the whole talk with its judgement comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from amends.engine.conversation import Conversation, Facts, Turn
from amends.engine.drills.showing import shown
from amends.engine.drills.situation import HOTTEST, MOST_TRUST, Ending, Script, Situation
from amends.engine.failings import Judgement, Moment, judge_turn
from amends.engine.languages.reading import USUAL_READERS, Reader, Reading, read

_WEEK = datetime(2026, 3, 2)  # noqa: DTZ001  # a Monday, local to the organisation like all times of a conversation
_PACE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One answer, what the engine makes of it, and what the customer makes of it."""

    step: str
    answer: str
    judgement: Judgement
    shown: frozenset[str]
    rule: int  # which of the step's rules held, from 0
    reaction: str
    heat: int
    trust: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """A situation as far as it has been played."""

    history: tuple[Turn, ...]
    opening: str
    exchanges: tuple[Exchange, ...]
    step: str  # where the next answer is given
    heat: int
    trust: int
    ended: Ending | None

    @property
    def failings(self) -> int:
        """How many failings were found in all answers together."""
        return sum(len(one.judgement.failings) for one in self.exchanges)


def play(
    situation: Situation,
    script: Script,
    answers: Sequence[str],
    *,
    readers: Sequence[Reader] = USUAL_READERS,
    wording: str = "",
) -> Play:
    """Play a talk from its beginning through these answers; answers after its end are left out.

    :raises ValueError: when the situation is no talk
    """
    if situation.kind != "talk":
        raise ValueError(f"{situation.slug} is no talk")
    start = starts_at(situation)
    language = script.language
    history = tuple(
        Turn(by=one.by, text=script.says[one.says], at=start - timedelta(hours=one.hours_ago), language=language)
        for one in sorted(situation.history, key=lambda one: -one.hours_ago)
    )
    turns = [*history, Turn(by="customer", text=script.says["opening"], at=start, language=language)]
    step, heat, trust = situation.first, situation.heat, situation.trust
    ended: Ending | None = None
    done: list[Exchange] = []
    for answer in answers:
        if ended:
            break
        now = start + _PACE * (2 * len(done) + 1)
        turns.append(Turn(by="agent", text=answer, at=now, language=language))
        talk = Conversation(id=situation.slug, turns=tuple(turns), as_of=now, facts=facts_of(script))
        reading, judgement = _judged(talk, tuple(readers), wording)
        seen = shown(Moment(reading, judgement.turn), judgement, words=script.words)
        rules = situation.steps[step]
        at = next(place for place, rule in enumerate(rules) if rule.holds(seen))
        rule = rules[at]
        heat = max(0, min(HOTTEST, heat + rule.heat))
        trust = max(0, min(MOST_TRUST, trust + rule.trust))
        if not done:  # nobody leaves over one answer: there are two to six
            heat, trust = min(heat, HOTTEST - 1), max(trust, 1)
        ended = rule.end or _had_enough(heat, trust, left=situation.turns - len(done) - 1)
        own_words = rule.says and (ended is None or ended == rule.end)
        reaction = script.says[rule.says] if own_words or not ended else script.endings[ended].says
        turns.append(Turn(by="customer", text=reaction, at=now + _PACE, language=language))
        done.append(
            Exchange(
                step=step,
                answer=answer,
                judgement=judgement,
                shown=seen,
                rule=at,
                reaction=reaction,
                heat=heat,
                trust=trust,
            )
        )
        step = rule.go or step
    return Play(
        history=history,
        opening=script.says["opening"],
        exchanges=tuple(done),
        step="" if ended else step,
        heat=heat,
        trust=trust,
        ended=ended,
    )


def starts_at(situation: Situation) -> datetime:
    """Return the moment at which it plays: its weekday and hour in a week that stands for any."""
    hour, minute = situation.hour
    return (_WEEK + timedelta(days=situation.weekday - 1)).replace(hour=hour, minute=minute)


def facts_of(script: Script) -> Facts:
    """Return what the record says about the customer."""
    who = script.customer
    return Facts(
        customer_name=who.name,
        honorific=who.honorific,
        address=who.address,
        language=script.language,
        since=date(who.since, 1, 1) if who.since else None,
        other=who.facts,
    )


@lru_cache(maxsize=256)
def _judged(talk: Conversation, readers: tuple[Reader, ...], wording: str) -> tuple[Reading, Judgement]:
    # A talk is played anew with each answer and each look at it; what was read of its first answers stays the same.
    reading = read(talk, readers=readers)
    return reading, judge_turn(reading, wording=wording)


def _had_enough(heat: int, trust: int, *, left: int) -> Ending | None:
    """The law of every talk: too hot is a quarrel, no trust is a customer gone, and so is one who waits too long."""
    if heat >= HOTTEST:
        return "quarrelling"
    if trust <= 0 or left <= 0:
        return "gone"
    return None
