"""Early signs that a conversation heats up, each with the customer's own words as its evidence.

They come before the quarrel: who sees them in time can still write another sentence, or pick up the telephone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from amends.engine.failings.moment import MATTERS
from amends.engine.failings.signs import signals_of
from amends.engine.languages.acts import Act
from amends.engine.languages.reading import TurnReading

type Name = Literal["rising", "insult", "leaving", "wants-manager", "asked-again", "loud", "shorter"]

NAMES: Final[tuple[Name, ...]] = ("rising", "insult", "leaving", "wants-manager", "asked-again", "loud", "shorter")
# What somebody asks for; the same once more means that the first time was not answered.
_ASKS: Final = (
    *("asks-when", "asks-why", "asks-how", "asks-price", "asks-refund", "asks-replacement"),
    *("asks-repair", "asks-cancel", "asks-apology"),
)
_ROW_OF_MARKS: Final = re.compile(r"[!?؟！]{2,}")
_WORD: Final = re.compile(r"\w+")
_FIRST_AT_LEAST: Final = 12  # words; who begins with a line has nothing to cut
_CUT_TO: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlySign:
    """One sign in one of the customer's messages; `turn` and `before` count the messages handed in."""

    name: Name
    turn: int
    words: str
    before: int | None = None  # the message that it is held against


def early_signs(turns: Sequence[TurnReading], *, heats: Sequence[int]) -> tuple[EarlySign, ...]:
    """Find the signs in a customer's messages, in order; `heats` says how hot each of them is.

    Each kind of sign is told once, where it showed last.
    """
    found: dict[Name, EarlySign] = {}
    for at in range(len(turns)):
        for sign in _signs(turns, heats, at):
            found[sign.name] = sign
    return tuple(found[name] for name in NAMES if name in found)


def _signs(turns: Sequence[TurnReading], heats: Sequence[int], at: int) -> Iterator[EarlySign]:
    for look in _LOOKS:
        yield from look(turns, heats, at)


def _rising(turns: Sequence[TurnReading], heats: Sequence[int], at: int) -> Iterator[EarlySign]:
    if at and heats[at] > heats[at - 1]:
        yield EarlySign(name="rising", turn=at, words=_hottest_words(turns[at]), before=at - 1)


def _said(kind: str, name: Name) -> Callable[[Sequence[TurnReading], Sequence[int], int], Iterator[EarlySign]]:
    def look(turns: Sequence[TurnReading], heats: Sequence[int], at: int) -> Iterator[EarlySign]:
        del heats
        if acts := turns[at].of(kind, at_least=MATTERS):
            yield EarlySign(name=name, turn=at, words=_sentence(turns[at], acts[0]))

    return look


def _asked_again(turns: Sequence[TurnReading], heats: Sequence[int], at: int) -> Iterator[EarlySign]:
    del heats
    for kind in _ASKS:
        now = turns[at].of(kind, at_least=MATTERS)
        earlier = next((back for back in range(at) if now and turns[back].has(kind, at_least=MATTERS)), None)
        if earlier is not None:
            yield EarlySign(name="asked-again", turn=at, words=_sentence(turns[at], now[0]), before=earlier)
            return
    if acts := turns[at].of("repeat-contact", at_least=MATTERS) if at else ():
        yield EarlySign(name="asked-again", turn=at, words=_sentence(turns[at], acts[0]), before=at - 1)


def _loud(turns: Sequence[TurnReading], heats: Sequence[int], at: int) -> Iterator[EarlySign]:
    del heats
    turn = turns[at]
    shouted = turn.of("shouting", at_least=MATTERS)
    marks = _ROW_OF_MARKS.search(turn.turn.text)
    if shouted:
        yield EarlySign(name="loud", turn=at, words=_up_to(turn, shouted[0].start, shouted[0].end))
    elif marks:
        yield EarlySign(name="loud", turn=at, words=_up_to(turn, marks.start(), marks.end()))


def _shorter(turns: Sequence[TurnReading], heats: Sequence[int], at: int) -> Iterator[EarlySign]:
    """Three messages, each shorter, the last of them half of the first; a short word of thanks is none."""
    if at < 2 or not heats[at] or turns[at].has("content", "thanks", at_least=MATTERS):
        return
    first, middle, last = (len(_WORD.findall(turns[one].turn.text)) for one in (at - 2, at - 1, at))
    if first >= _FIRST_AT_LEAST and first > middle > last and last <= _CUT_TO * first:
        yield EarlySign(name="shorter", turn=at, words=turns[at].turn.text.strip(), before=at - 2)


_LOOKS: Final = (
    _rising,
    _said("insult", "insult"),
    _said("going-away", "leaving"),
    _said("wants-person", "wants-manager"),
    _asked_again,
    _loud,
    _shorter,
)


def _hottest_words(turn: TurnReading) -> str:
    """The sentence that carries the heat, else the first one."""
    signs = {sign.name: sign for sign in signals_of(turn)}
    sign = next((signs[name] for name in ("insult", "anger", "leaving", "repeat-contact") if name in signs), None)
    start = sign.start if sign is not None else 0
    sentence = next((one for one in turn.sentences if start < one.end), None)
    return turn.words(sentence.start, sentence.end) if sentence is not None else turn.turn.text.strip()


def _sentence(turn: TurnReading, act: Act) -> str:
    sentence = turn.sentence_of(act)
    return turn.words(sentence.start, sentence.end)


def _up_to(turn: TurnReading, start: int, end: int) -> str:
    """The sentence before some marks together with them: a sentence ends before its marks, and here they are meant."""
    sentence = next((one for one in reversed(turn.sentences) if one.start <= start), None)
    return turn.words(start if sentence is None else sentence.start, max(end, sentence.end if sentence else end))
