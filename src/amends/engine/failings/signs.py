"""Good signs of a reply and signals of the customer: thin over the speech acts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from amends.engine.failings.moment import MATTERS, Moment
from amends.engine.languages.acts import Act
from amends.engine.languages.reading import TurnReading


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class Sign:
    """Something good in a reply, or something the customer lets one know, with its words."""

    name: str
    turn: int
    start: int
    end: int
    words: str
    confidence: float


GOOD: dict[str, tuple[str, ...]] = {
    "acknowledgement": ("acknowledgement", "praise-complaint"),
    "apology": ("apology",),
    "please": ("please",),
    "thanks": ("thanks",),
    "personal-touch": ("personal-word",),
    "ownership": ("ownership",),
    "remedy": ("remedy",),
    "callback-offer": ("callback",),
    "calm-boundary": ("calm-boundary",),
    "recognition": ("recognition",),
    "plain-explanation": ("explanation",),
}
SIGNALS: dict[str, tuple[str, ...]] = {
    "anger": ("anger",),
    "insult": ("insult",),
    "leaving": ("going-away",),  # a threat to complain or to tell others is no word of leaving
    "wants-person": ("wants-person",),
    "repeat-contact": ("repeat-contact",),
    "content": ("content",),
    "thanks": ("thanks",),
}
_SPOILT: dict[str, tuple[str, ...]] = {
    "plain-explanation": ("not-our-fault", "customer-fault", "contradiction", "talking-down", "rule-cited"),
    "personal-touch": ("talking-down", "sarcasm"),
}
"""What a sign is none beside, in the same sentence: who lays the fault on somebody else has explained nothing."""
_FOR_SURE = 0.8  # from here it is never the customer who was patient
_SURE: dict[str, float] = {"anger": 0.65, "insult": 0.6, "repeat-contact": 0.75}
"""Where the learned reader must be surer: to say of somebody what is not so is worse than to miss it."""


def good_signs(moment: Moment) -> tuple[Sign, ...]:
    """Return the good signs of the reply, one for each name."""
    found = [sign for name, kinds in GOOD.items() if moment.reply.has(*kinds) for sign in _best(moment, name, kinds)]
    found += _dated_promises(moment)
    return tuple(sorted(found, key=lambda sign: (sign.start, sign.name)))


def _best(moment: Moment, name: str, kinds: tuple[str, ...]) -> Iterator[Sign]:
    """Yield the surest act that shows a good sign and stands beside nothing that spoils it."""
    reply, spoilt = moment.reply, _SPOILT.get(name, ())
    acts = [
        act
        for act in reply.of(*kinds, at_least=MATTERS)
        if not (spoilt and reply.has(*spoilt, within=reply.sentence_of(act), at_least=MATTERS))
        and not (name == "thanks" and _presumes(moment, act))
        and not (name == "callback-offer" and _puts_off(moment, act))
    ]
    if acts:
        yield _sign(name, reply, max(acts, key=lambda act: act.confidence))


def _puts_off(moment: Moment, act: Act) -> bool:
    """Tell whether a call is announced for no time at all: 'we will call you soon' offers nothing."""
    within = moment.reply.sentence_of(act)
    vague = moment.says("vague-time", within=within) or any(
        one.vague and within.start <= one.start < within.end for one in moment.promises
    )
    return vague and not moment.is_dated(within=within)


def _presumes(moment: Moment, act: Act) -> bool:
    """Tell whether thanks are for understanding that was never shown, or for patience that is only being asked for."""
    found = moment.reply.of("presumed-patience", within=moment.reply.sentence_of(act))
    showed = moment.just_said("content", "thanks") and not moment.just_said("trouble", "promise-missed", "anger")
    if not found or showed:
        return False
    waited = moment.agent or moment.said_by_customer("repeat-contact", "promise-missed")
    return not waited or any(one.confidence >= _FOR_SURE for one in found)


def signals(moment: Moment) -> tuple[Sign, ...]:
    """Return the signals in what the reply answers, one for each name and turn."""
    return tuple(sign for turn in moment.asked for sign in signals_of(turn, learned=moment.reading.learned))


def signals_of(turn: TurnReading, *, learned: bool = False) -> tuple[Sign, ...]:
    """Return the signals of one of the customer's turns, one for each name.

    :param learned: whether the learned reader read it, which has weighed exclamations already
    """
    found = [sign for sign in _signs(turn, SIGNALS) if not learned or sign.confidence >= _SURE.get(sign.name, 0.0)]
    if not learned and all(sign.name != "anger" for sign in found):
        found += _raised(turn)
    return tuple(found)


def _raised(turn: TurnReading) -> Iterator[Sign]:
    """Yield anger shown by a trouble cried out, or by capitals."""
    for sentence in turn.sentences if turn.acts else ():
        loud = turn.of("shouting", within=sentence, at_least=0.6)
        cried = sentence.exclaimed and turn.of("trouble", "promise-missed", "repeat-contact", within=sentence)
        if acts := loud or cried or ():
            yield _sign("anger", turn, acts[0])
            return


def _signs(turn: TurnReading, names: dict[str, tuple[str, ...]]) -> Iterator[Sign]:
    for name, kinds in names.items() if turn.acts else ():
        if acts := turn.of(*kinds, at_least=MATTERS):
            yield _sign(name, turn, max(acts, key=lambda act: act.confidence))


def _dated_promises(moment: Moment) -> Iterator[Sign]:
    """Yield the first promise that says when."""
    for promise in moment.promises:
        if not promise.vague:
            yield Sign(
                name="dated-promise",
                turn=moment.at,
                start=promise.start,
                end=promise.end,
                words=promise.words,
                confidence=0.8,
            )
            return


def _sign(name: str, turn: TurnReading, act: Act) -> Sign:
    return Sign(
        name=name,
        turn=turn.index,
        start=act.start,
        end=act.end,
        words=turn.words(act.start, act.end),
        confidence=act.confidence,
    )
