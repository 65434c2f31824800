"""A text made ready for readers: folded once, cut once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from amends.engine.languages.folding import Folded, fold, skeleton
from amends.engine.languages.sentences import Sentence, sentences
from amends.engine.languages.silhouette import Language

_WORDS = re.compile(r"\w+")


@dataclass(slots=True, unsafe_hash=True)
class FoldedSentence:
    """A sentence with its place in the folded text and the skeletons of its words."""

    sentence: Sentence
    start: int
    end: int
    text: str
    words: tuple[str, ...]


@dataclass(slots=True, unsafe_hash=True)
class Text:
    """One text in one language."""

    original: str
    language: Language
    folded: Folded
    sentences: tuple[FoldedSentence, ...] = field(default=())

    @property
    def has_words(self) -> bool:
        """Whether there is anything to read: more than signs, pictures and white space."""
        return any(sentence.words for sentence in self.sentences)


def prepare(original: str, *, language: Language) -> Text:
    """Fold a text and cut it into sentences."""
    folded = fold(original, language=language)
    cut = []
    plain = skeleton(folded.text, language=language)  # letter by letter
    for sentence in sentences(original, language=language):
        start, end = folded.forth(sentence.start), folded.forth(sentence.end)
        words = tuple(_WORDS.findall(plain[start:end]))
        cut.append(FoldedSentence(sentence, start, end, folded.text[start:end], words))
    return Text(original, language, folded, tuple(cut))
