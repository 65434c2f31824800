"""What a reply demands of the customer: pieces of data and proofs, counted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from amends.engine.failings.moment import Moment
from amends.engine.languages.acts import Act
from amends.engine.languages.sentences import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One sentence that asks the customer to hand something over."""

    sentence: Sentence
    asks: tuple[Act, ...]
    things: tuple[Act, ...]

    @property
    def confidence(self) -> float:
        """How sure it is that this is asked of the customer."""
        return max((act.confidence for act in (*self.asks, *self.things)), default=0.0)


@lru_cache(maxsize=64)
def demands(moment: Moment) -> tuple[Demand, ...]:
    """Return the sentences of the reply that demand data or proof.

    A sentence that only lists things, right after one that demands, belongs to it.
    """
    found: list[Demand] = []
    if not moment.reply.has("datum", "proof"):
        return ()
    for sentence in moment.reply.sentences:
        asks = moment.reply.of("demand", within=sentence)
        things = _apart(moment.reply.of("datum", "proof", within=sentence))
        follows = bool(found) and moment.reply.sentences.index(sentence) == _index(moment, found[-1]) + 1
        if things and (asks or sentence.question or (follows and not _does(moment, sentence))):
            found.append(Demand(sentence=sentence, asks=asks, things=things))
    return tuple(found)


def _apart(acts: tuple[Act, ...]) -> tuple[Act, ...]:
    """Leave out what names the same thing in other words: 'photo ID' is one."""
    kept: list[Act] = []
    for act in acts:
        if not kept or act.start >= kept[-1].end:
            kept.append(act)
    return tuple(kept)


def _index(moment: Moment, demand: Demand) -> int:
    return moment.reply.sentences.index(demand.sentence)


def _does(moment: Moment, sentence: Sentence) -> bool:
    return moment.says("remedy", "undertaking", "action", "ownership", within=sentence)
