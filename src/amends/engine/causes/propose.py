"""Propose where a complaint comes from, by what was told and what was noted at the end; a person confirms.

With sentence vectors at hand the learned head decides, cues beside it; without them the cues decide alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp
from typing import Final

from amends.engine import languages
from amends.engine.causes.cues import CauseCues, Hint, load
from amends.engine.causes.head import Scores, as_one, cue_row, load_head, load_whole
from amends.engine.causes.layers import LAYERS, Layer
from amends.engine.conversation import Conversation
from amends.engine.languages.folding import fold, skeleton
from amends.engine.languages.reading import Reading
from amends.engine.languages.silhouette import Language
from amends.engine.languages.text import Text, prepare
from amends.engine.languages.vectors import Vectors

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
_FEW_WORDS = 4  # fewer, and no cue among them, tell nothing: 'Good morning.'
_PLAIN: Final = 2.0  # from here words name a layer; what weighs less only goes along with them
_BLAME: Final = 0.3  # where words name another layer, less is not enough to lay it on a person
_UNSEEN: Final = 0.35  # nor is this, as long as nobody has noted what they found
_SHORT: Final = 8  # words of a complaint that tells no more than what is the matter: 'The heater makes no heat.'
_GUESS: Final = 0.2  # where words name another layer, less is not enough for one that none names
SURE: Final = 0.6  # a proposal below this is a guess, and said as one: 'perhaps'
_SURE_OF_A_PERSON: Final = 0.5
_WEAK: Final = 0.55  # nothing is laid on a person more surely than this, where no words say so
_PERSONS: Final[frozenset[Layer]] = frozenset({"employee", "customer"})
_OUTRIGHT: Final = frozenset({"booking"})  # a visit that did not happen: it was said, and nothing else is guessed
_NAMED: Final = 3.0  # and what such words weigh
_LONGEST_SAID = 240  # characters of a sentence that is shown whole
_TOP_SAID = 2
_WORD = re.compile(r"\w+")


@dataclass(slots=True, unsafe_hash=True)
class Words:
    """The very words that point at a cause: in turn `turn`, or in the closing note when it is NOTE."""

    turn: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A layer and a theme, how sure it is, and the words it rests on, with the sentences in which they were said.

    What an agent replied is never among them, nor a name: an excuse is no evidence, and nobody is called 'flood'.
    """

    layer: Layer
    theme: str
    confidence: float
    words: tuple[Words, ...]
    said: tuple[str, ...] = ()


@dataclass(slots=True, unsafe_hash=True)
class _Told:
    """One text of the case: which turn, how much it tells, and what in it points anywhere."""

    turn: int
    text: Text
    trust: float
    hints: tuple[Hint, ...]
    tells: bool  # whether its words are evidence: what the customer said, what was noted

    def words(self, start: int, end: int) -> Words:
        return Words(self.turn, start, end, self.text.original[start:end])

    def around(self, words: Words) -> str:
        """Return the sentence in which the words stand; of a very long one, what is near them."""
        whole, begin, end = self.text.original, words.start, words.end
        for one in self.text.sentences:
            start, stop = self.text.folded.back(one.start, one.end)
            if start <= words.start < stop:
                begin, end = start, max(stop, words.end)
        if end - begin <= _LONGEST_SAID:
            return " ".join(whole[begin:end].split())
        room = (_LONGEST_SAID - (words.end - words.start)) // 2
        first, last = max(begin, words.start - room), min(end, words.end + room)
        near = whole[first:last].split()
        near = near[1:] if first > begin and len(near) > 2 else near
        near = near[:-1] if last < end and len(near) > 2 else near
        return f"{'… ' if first > begin else ''}{' '.join(near)}{' …' if last < end else ''}"


def laid_on_nobody_by_a_guess(proposal: Proposal | None) -> Proposal | None:
    """Drop what is a mere guess that somebody slipped, employee or customer: whoever reads it reads it of a person."""
    is_guess = proposal is not None and proposal.layer in _PERSONS and proposal.confidence < _SURE_OF_A_PERSON
    return None if is_guess else proposal


def propose_cause(
    talk: Conversation | Reading, *, language: str = "", note: str = "", vectors: Vectors | None = None
) -> Proposal | None:
    """Propose the cause of a complaint, or None when nothing points anywhere or the language is not read.

    What an employee was told to do, by rule or script, is never laid on the employee; nor is anything laid on an
    employee or on the customer on a guess, where what was told and noted names something else: that a technician is
    spoken of is no evidence against one.

    :param language: what it is written in; known already where a reading is handed in
    :param note: what the agent noted at the end, in the organisation's own words
    :param vectors: sentence vectors for the learned head; without them cues decide alone, which is much faster
    """
    code = language or (talk.language if isinstance(talk, Reading) else "")
    if not languages.is_known(code):
        return None
    told = _told(talk, code, note)
    _, cues = load(code)
    obeyed = any(cues.says_told(one.text) for one in told if one.turn == NOTE)
    spared: frozenset[Layer] = frozenset({"employee"}) if obeyed else frozenset()
    return _by_head(told, vectors, spared) if vectors is not None else _weigh(told, spared)


def _told(talk: Conversation | Reading, code: str, note: str) -> list[_Told]:
    read_in, cues = load(code)
    reading = talk if isinstance(talk, Reading) else None
    conversation: Conversation = talk.conversation if isinstance(talk, Reading) else talk
    names = _names(conversation, read_in)
    told = [_read(NOTE, prepare(note, language=read_in), _NOTE, cues, names)] if note.strip() else []
    for at, turn in enumerate(conversation.turns):
        if turn.by != "system" and not turn.automatic:
            read_already = reading.turns[at].text if reading else None
            right = read_already if read_already and read_already.language.code == code else None
            text = right or prepare(turn.text, language=read_in)
            told.append(_read(at, text, _CUSTOMER if turn.by == "customer" else _AGENT, cues, names))
    return told


def _read(turn: int, text: Text, trust: float, cues: CauseCues, names: frozenset[str]) -> _Told:
    def is_name(hint: Hint) -> bool:
        words = set(_folded_words(text.original[hint.start : hint.end], text.language))
        return bool(words) and words <= names

    hints = tuple(cues.read(text))
    if names:
        hints = tuple(hint for hint in hints if not is_name(hint))
    return _Told(turn, text, trust, hints, trust != _AGENT)


def _names(talk: Conversation, language: Language) -> frozenset[str]:
    """The words of which the names of those who take part are made, in the letters that two spellings share."""
    named = [talk.facts.customer_name, *(party.name for party in talk.parties)]
    return frozenset(word for name in named for word in _folded_words(name, language))


def _folded_words(text: str, language: Language) -> Iterable[str]:
    return _WORD.findall(skeleton(fold(text, language=language).text, language=language))


def _by_head(told: list[_Told], vectors: Vectors, spared: frozenset[Layer]) -> Proposal | None:
    customer = [one for one in told if one.turn != NOTE and one.trust == _CUSTOMER]
    noted = [one for one in told if one.turn == NOTE]
    words = sum(len(sentence.words) for one in (*customer, *noted) for sentence in one.text.sentences)
    if words == 0 or (words < _FEW_WORDS and not any(one.hints for one in told)):
        return None
    told_words, noted_words = _sentences(customer), _sentences(noted)
    cues = cue_row(
        [
            (hint.layer, hint.theme, hint.weight * one.trust)
            for one in told
            if one.turn != NOTE and one.tells  # the head never learned from what agents answer
            for hint in one.hints
        ],
        [(hint.layer, hint.theme, hint.weight) for one in noted for hint in one.hints],
    )
    by_sentence = load_head().score(
        told=vectors.of([one.text for one in told_words]),
        noted=vectors.of([one.text for one in noted_words]),
        cues=cues,
    )
    whole = load_whole().score(told=vectors.of(_wholes(customer)), noted=vectors.of(_wholes(noted)), cues=cues)
    scores = by_sentence.beside(whole)
    # Where a rule or a script was obeyed, how we work is named as well.
    named = _named(told) - spared | (frozenset({"process"}) if spared else frozenset())
    spoken_of = any(hint.layer in _PERSONS for one in told if one.tells for hint in one.hints)
    layer, confidence = scores.layer(without=spared)
    enough = _BLAME if noted_words else _UNSEEN
    if layer in _PERSONS - named and named and confidence < enough:
        layer, confidence = scores.layer(without=spared | (_PERSONS - named))
    if layer in _PERSONS and not (named & _PERSONS or spoken_of or noted_words) and words <= _SHORT:
        layer, confidence = scores.layer(without=spared | (_PERSONS - named))
    if named and layer not in named and (confidence < _GUESS or _said_outright(told) & named):
        layer, confidence = scores.layer(without=frozenset(LAYERS) - named)
    if layer in _PERSONS - named:
        confidence = min(confidence, _WEAK)
    theme = scores.theme(layer, among=_themes(told, layer))
    found = [
        (hint.weight * one.trust * (2 if hint.theme == theme else 1), one.words(hint.start, hint.end))
        for one in told
        if one.tells
        for hint in one.hints
        if hint.layer == layer
    ]
    best = _distinct(found) or _telling(scores, theme, told_words, noted_words)
    return Proposal(layer, theme, confidence, best, _said(told, best))


def _named(told: Iterable[_Told]) -> frozenset[Layer]:
    """The layers that words name outright, and do not only go along with."""
    return frozenset(hint.layer for one in told if one.tells for hint in one.hints if hint.weight >= _PLAIN)


def _said_outright(told: Iterable[_Told]) -> frozenset[Layer]:
    """The layers beside which nothing is guessed: somebody says that nobody came."""
    hints = (hint for one in told if one.tells for hint in one.hints)
    return frozenset(hint.layer for hint in hints if hint.theme in _OUTRIGHT and hint.weight >= _NAMED)


def _only_spoken_of(told: Sequence[_Told]) -> frozenset[Layer]:
    """The persons of whom no more is said than a word or two that go along with anything."""
    weights: dict[Layer, float] = defaultdict(float)
    for one in told:
        for hint in one.hints:
            if one.tells and hint.layer in _PERSONS:
                weights[hint.layer] += hint.weight
    return frozenset(layer for layer, weight in weights.items() if weight < _PLAIN)


def _themes(told: Iterable[_Told], layer: Layer) -> frozenset[str]:
    """The themes of a layer that words name outright."""
    return frozenset(
        hint.theme for one in told if one.tells for hint in one.hints if hint.layer == layer and hint.weight >= _PLAIN
    )


def _sentences(told: Sequence[_Told]) -> list[Words]:
    return [one.words(each.sentence.start, each.sentence.end) for one in told for each in one.text.sentences]


def _wholes(told: Sequence[_Told]) -> list[str]:
    return [piece for one in told for piece in as_one(one.text.original, one.text.sentences)]


def _distinct(found: list[tuple[float, Words]]) -> tuple[Words, ...]:
    """Return the strongest words; none of them a part of words that stand before it."""
    best: list[Words] = []
    for _, words in sorted(found, key=lambda pair: -pair[0]):
        again = any(words.text == one.text for one in best)
        if not again and not any(
            words.turn == one.turn and words.start < one.end and one.start < words.end for one in best
        ):
            best.append(words)
    return tuple(best[:_TOP_WORDS])


def _said(told: Sequence[_Told], best: Iterable[Words]) -> tuple[str, ...]:
    """The sentences in which the words were said, each once."""
    by_turn = {one.turn: one for one in told}
    return tuple(dict.fromkeys(by_turn[words.turn].around(words) for words in best))[:_TOP_SAID]


def _telling(scores: Scores, theme: str, told: list[Words], noted: list[Words]) -> tuple[Words, ...]:
    """Return the sentence that speaks most for a theme, where no cue names the words."""
    at = list(scores.themes).index(theme)
    sums = [float(one) for one in scores.told[:, at]] + [float(one) for one in scores.noted[:, at]]
    return ((told + noted)[sums.index(max(sums))],)


def _weigh(told: Sequence[_Told], spared: frozenset[Layer]) -> Proposal | None:
    # Only what the customer said or the note says opens a layer; an agent's replies then weigh in a little.
    # To speak of a person once is no evidence against one.
    evident = {hint.layer for one in told if one.tells for hint in one.hints} - spared
    evident -= _only_spoken_of(told) if _named(told) - _PERSONS else frozenset()
    by_theme: dict[tuple[Layer, str], list[tuple[float, Words | None]]] = defaultdict(list)
    for one in told:
        for hint in one.hints:
            if hint.layer in evident:
                weight = hint.weight * one.trust * _LEAN.get(hint.layer, 1.0)
                words = one.words(hint.start, hint.end) if one.tells else None
                by_theme[hint.layer, hint.theme].append((weight, words))
    if not by_theme:
        return None
    themes: dict[tuple[Layer, str], float] = {}
    for key, found in by_theme.items():
        ranked = sorted((weight for weight, _ in found), reverse=True)
        themes[key] = sum(weight * _AGAIN**place for place, weight in enumerate(ranked))
    layers = {
        layer: _PRIOR.get(layer, 0.0) + sum(value for (one, _), value in themes.items() if one == layer)
        for layer in LAYERS
    }
    layer = max({one for one, _ in themes}, key=lambda one: (layers[one], -LAYERS.index(one)))
    shown = {key for key, found in by_theme.items() if any(words for _, words in found)}
    theme = max((key for key in themes if key[0] == layer and key in shown), key=lambda key: themes[key])
    total = sum(exp(_SHARPNESS * value) for value in layers.values())
    best = _distinct([(weight, words) for weight, words in by_theme[theme] if words is not None])
    return Proposal(layer, theme[1], exp(_SHARPNESS * layers[layer]) / total, best, _said(told, best))
