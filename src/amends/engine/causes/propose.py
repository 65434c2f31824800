"""Propose where a complaint comes from, by what was told and what was noted at the end; a person confirms."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import exp
from typing import Final

from amends.engine import languages
from amends.engine.causes.cues import Hint, load
from amends.engine.causes.layers import LAYERS, Layer
from amends.engine.conversation import Conversation
from amends.engine.languages.reading import Reading
from amends.engine.languages.text import prepare

NOTE: Final = -1  # the `turn` of words that stand in the closing note

# Who says it decides how much it tells: the closing note was written by someone who looked, the customer tells what
# happened, and an agent's replies name other parties mostly to pass on the work.
_CUSTOMER, _AGENT, _NOTE = 1.0, 0.4, 2.5
_AGAIN = 0.3  # what the same theme said once more still adds
_PRIOR: Final[dict[Layer, float]] = {"process": 0.3}
# People complain in words of goods and waits even where a person or a misunderstanding is behind it, so what points
# at those two counts for more.
_LEAN: Final[dict[Layer, float]] = {"employee": 1.7, "customer": 1.2}
_SHARPNESS = 0.45  # set so that confidence agrees with how often a proposal was right
_TOP_WORDS = 3


@dataclass(frozen=True, slots=True)
class Words:
    """The very words that point at a cause: in turn `turn`, or in the closing note when it is NOTE."""

    turn: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A layer and a theme, how sure it is, and the words it rests on."""

    layer: Layer
    theme: str
    confidence: float
    words: tuple[Words, ...]


def propose_cause(talk: Conversation | Reading, *, language: str = "", note: str = "") -> Proposal | None:
    """Propose the cause of a complaint, or None when nothing points anywhere or the language is not read.

    :param language: what it is written in; known already where a reading is handed in
    :param note: what the agent noted at the end, in the organisation's own words
    """
    reading = talk if isinstance(talk, Reading) else None
    conversation: Conversation = talk.conversation if isinstance(talk, Reading) else talk
    code = language or (reading.language if reading else "")
    if not languages.is_known(code):
        return None
    read_in, cues = load(code)
    told = [(NOTE, prepare(note, language=read_in), _NOTE)] if note else []
    for at, turn in enumerate(conversation.turns):
        if turn.by != "system" and not turn.automatic:
            read_already = reading.turns[at].text if reading else None
            right = read_already if read_already and read_already.language.code == code else None
            text = right or prepare(turn.text, language=read_in)
            told.append((at, text, _CUSTOMER if turn.by == "customer" else _AGENT))
    seen = [
        (hint, trust, Words(at, hint.start, hint.end, text.original[hint.start : hint.end]))
        for at, text, trust in told
        for hint in cues.read(text)
    ]
    if not seen:
        return None
    return _weigh(seen)


def _weigh(seen: list[tuple[Hint, float, Words]]) -> Proposal:
    by_theme: dict[tuple[Layer, str], list[tuple[float, Words]]] = defaultdict(list)
    for hint, trust, words in seen:
        by_theme[hint.layer, hint.theme].append((hint.weight * trust * _LEAN.get(hint.layer, 1.0), words))
    themes: dict[tuple[Layer, str], float] = {}
    for key, found in by_theme.items():
        ranked = sorted((weight for weight, _ in found), reverse=True)
        themes[key] = sum(weight * _AGAIN**place for place, weight in enumerate(ranked))
    layers = {
        layer: _PRIOR.get(layer, 0.0) + sum(value for (one, _), value in themes.items() if one == layer)
        for layer in LAYERS
    }
    layer = max(LAYERS, key=lambda one: layers[one])
    theme = max((key for key in themes if key[0] == layer), key=lambda key: themes[key])
    total = sum(exp(_SHARPNESS * value) for value in layers.values())
    best = sorted(by_theme[theme], key=lambda pair: -pair[0])[:_TOP_WORDS]
    return Proposal(layer, theme[1], exp(_SHARPNESS * layers[layer]) / total, tuple(words for _, words in best))
