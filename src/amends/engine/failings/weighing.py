"""How much the findings of a reply weigh, learned from judged replies.

The rules say what a failing is and point at it. Read by the learned reader, a reply shows much that a single rule does
not look at: what else it does, what was asked, what came before. A small model weighs all of it into the probability
that a fair judge would mark the failing; it can doubt a rule, and it can mark what every rule missed. Every number it
looks at has a name. What a number weighs by itself can be read in `table`; one hidden layer beside it knows what
numbers mean together. A second opinion (`Whole`) also looks at what the reply and what it answers mean as a whole, and
counts half where that is known: not to answer what was asked is said by no sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from amends.engine.failings.asking.interrogation import most_listed, sentences_that_ask
from amends.engine.failings.demands import demands
from amends.engine.failings.moment import Moment
from amends.engine.failings.together import together
from amends.engine.findings import Evidence
from amends.engine.languages.acts import BY_TYPOGRAPHY, CUED_ONLY, KINDS, LEARNED_ONLY, SEEMS
from amends.engine.languages.heads import directions
from amends.engine.languages.hidden import NOTHING_HIDDEN, Hidden, unpack_hidden
from amends.engine.languages.reading import TurnReading
from amends.engine.languages.sentences import only_calls
from amends.engine.languages.vectors import SIZE, Matrix

_OF_AGENT: Final = tuple(
    kind
    for kind in sorted(KINDS)
    if KINDS[kind].by in {"agent", "both"} and kind not in BY_TYPOGRAPHY | LEARNED_ONLY | CUED_ONLY
)
_OF_CUSTOMER: Final = tuple(
    kind for kind in sorted(KINDS) if KINDS[kind].by in {"customer", "both"} and kind not in BY_TYPOGRAPHY | CUED_ONLY
)
_EARLIER: Final = (
    *("apology", "acknowledgement", "remedy", "ownership", "undertaking", "demand", "refusal", "admission"),
)
_LONG: Final = 8  # sentences
_SHORT: Final = 60  # characters
_MANY: Final = 4  # things demanded
_HALF: Final = 0.5  # how much the second opinion counts, and what was asked beside the reply


def features(moment: Moment, ruled: Mapping[str, float]) -> dict[str, float]:
    """Return what is weighed, each in [0, 1]; `ruled` is the surest evidence of each failing's own rule."""
    reply = moment.reply
    seen = {f"rule {failing}": sure for failing, sure in ruled.items()}
    seen |= {f"says {kind}": _surest((reply,), kind) for kind in (*_OF_AGENT, "shouting")}
    seen |= {kind.replace(SEEMS, "seems "): _surest((reply,), kind) for kind in sorted(LEARNED_ONLY)}
    seen |= {f"asked {kind}": _surest(moment.asked, kind) for kind in _OF_CUSTOMER}
    seen |= {f"earlier {kind}": _surest(moment.agent, kind) for kind in _EARLIER}
    count, length = len(reply.sentences), len(reply.turn.text)
    heard = sum(len(turn.turn.text) for turn in moment.asked)
    things = sum(len(demand.things) for demand in demands(moment))
    promises = moment.promises
    seen |= {
        "closed": float(moment.closed),
        "troubled": moment.troubled,
        "first answer": float(not moment.agent),
        "asked anything": float(bool(moment.asked)),
        "customer asks": float(any(one.question for turn in moment.asked for one in turn.sentences)),
        "dated": float(moment.is_dated()),
        "open date": float(any(promise.vague for promise in promises)),
        "promises": min(3, len(promises)) / 3,
        "things demanded": min(_MANY, things) / _MANY,
        "demands": float(bool(demands(moment))),
        "asked in a row": min(_MANY, len(sentences_that_ask(moment))) / _MANY,
        "listed": min(_MANY, (most_listed(moment) or (None, 0))[1]) / _MANY,
        "one sentence": float(count == 1),
        "two sentences": float(count == 2),
        "length": min(count, _LONG) / _LONG,
        "short": float(length < _SHORT),
        "beside the customer's length": min(2.0, length / (heard + 1)) / 2,
        "exclaims": float(any(one.exclaimed for one in reply.sentences)),
        "asks": float(any(one.question for one in reply.sentences)),
    }
    return seen | together(seen)


def _surest(turns: tuple[TurnReading, ...], kind: str) -> float:
    return max((act.confidence for turn in turns for act in turn.of(kind)), default=0.0)


def meant(moment: Moment) -> Matrix | None:
    """Return what the reply means as a whole, and in a second row what it answers; None where nobody can say."""
    if moment.reply.meaning is None:
        return None
    heard = [(turn.meaning, len(turn.sentences)) for turn in moment.asked if turn.meaning is not None]
    count = sum(many for _, many in heard)
    asked = sum((meaning * (many / count) for meaning, many in heard), np.zeros(SIZE, dtype=np.float32))
    return np.stack([moment.reply.meaning, asked])


@dataclass(frozen=True, slots=True, eq=False)
class Whole:
    """A second opinion: the same numbers, and behind them where reply and question stand among all meanings."""

    centre: Matrix  # (2, 384)
    table: NDArray[np.float32]
    bias: NDArray[np.float32]
    hidden: Hidden

    def read(self, row: Matrix, meaning: Matrix) -> Matrix:
        """Return how likely each failing is, as the logarithm of the odds."""
        seen = np.concatenate([row, *placed(meaning[None], self.centre)])
        said: Matrix = seen @ self.table + self.bias + self.hidden.read(seen)
        return said


def placed(meanings: Matrix, centre: Matrix) -> Matrix:
    """Return what network and model look at: shape (replies, 768) of (replies, 2, 384)."""
    replies, asked = directions(meanings[:, 0], centre[0]), directions(meanings[:, 1], centre[1])
    return np.hstack([replies, np.float32(_HALF) * asked])


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """`table` has a row for each feature and a column for each failing; `hidden` adds what features mean together."""

    names: tuple[str, ...]
    failings: tuple[str, ...]
    table: NDArray[np.float32]
    bias: NDArray[np.float32]
    hidden: Hidden = NOTHING_HIDDEN
    whole: Whole | None = None

    def weigh(self, seen: Mapping[str, float], meaning: Matrix | None = None) -> dict[str, float]:
        """Return the probability of each failing; `meaning` is what `meant` returns."""
        row = np.array([seen.get(name, 0.0) for name in self.names], dtype=np.float32)
        said = row @ self.table + self.bias + self.hidden.read(row)
        if self.whole is not None and meaning is not None:
            said = (1 - _HALF) * said + _HALF * self.whole.read(row, meaning)
        sure = 1.0 / (1.0 + np.exp(-said))
        return dict(zip(self.failings, sure.tolist(), strict=True))


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """Return the shipped weights."""
    source = resources.files("amends.engine.failings") / "weights.npz"
    with resources.as_file(source) as path, np.load(path) as kept:
        return unpack(kept)


def unpack(kept: Mapping[str, Any]) -> Weights:
    """Make weights of the arrays of a file."""
    return Weights(
        names=tuple(str(kept["names"]).split("\n")),
        failings=tuple(str(kept["failings"]).split("\n")),
        table=np.asarray(kept["table"], dtype=np.float32),
        bias=np.asarray(kept["bias"], dtype=np.float32),
        hidden=unpack_hidden(kept),
        whole=Whole(
            centre=np.asarray(kept["whole-centre"], dtype=np.float32),
            table=np.asarray(kept["whole-table"], dtype=np.float32),
            bias=np.asarray(kept["whole-bias"], dtype=np.float32),
            hidden=unpack_hidden(kept, before="whole-"),
        ),
    )


def weighed(moment: Moment, ruled: Mapping[str, tuple[Evidence, ...]]) -> Iterator[tuple[str, Evidence]]:
    """Yield every failing of the reply with its evidence, as sure as the weights make it.

    The rule's own evidence is kept, and what is said outright stays as sure as the rule makes it: weights are learned
    from few replies and know only what was in them. Where the rule is silent, the sentence that seems most like it is
    pointed at.
    """
    sure = load_weights().weigh(features(moment, strongest(ruled)), meant(moment))
    for failing, confidence in sure.items():
        found = ruled.get(failing, ())
        best = max((one.confidence for one in found), default=0.0)
        for one in found:
            weight = confidence * one.confidence / best
            yield failing, moment.point(one.start, one.end, max(weight, one.confidence) if one.plain else weight)
        if not found and moment.reply.sentences:
            yield failing, moment.point(*_pointed_at(moment, failing), confidence)


def strongest(ruled: Mapping[str, tuple[Evidence, ...]]) -> dict[str, float]:
    """Return the surest evidence of each failing."""
    return {failing: max((one.confidence for one in found), default=0.0) for failing, found in ruled.items()}


def _pointed_at(moment: Moment, failing: str) -> tuple[int, int]:
    """Return the sentence that seems most like the failing; for what no sentence shows, the first with content."""
    acts = moment.reply.of(SEEMS + failing)
    if acts:
        best = max(acts, key=lambda act: act.confidence)
        return best.start, best.end
    reply = moment.reply
    plain = [
        one
        for one in reply.sentences
        if not reply.has("greeting", "farewell", within=one)
        and not only_calls(reply.words(one.start, one.end), language=reply.text.language)
    ]
    first = (plain or reply.sentences)[0]
    return first.start, first.end
