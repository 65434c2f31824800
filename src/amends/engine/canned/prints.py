"""The print of a text: its pairs of neighbouring words, hashed. Two texts with much the same print are much the same.

Names, numbers, dates and addresses are masked, so that a form letter to Ms Shaw is that to Mr Hill. Pairs never cross
the end of a sentence: a greeting or a farewell of two words leaves hardly a trace.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from itertools import pairwise
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from amends.engine.languages.common import date_words, stem
from amends.engine.languages.folding import fold, skeleton
from amends.engine.languages.text import FoldedSentence, Text

type Hashes = NDArray[np.uint32]

SHORTEST: Final = 8  # pairs; a shorter text is a formula that anybody may repeat
WORDY: Final = 4  # pairs; a shorter sentence is nobody's own
BANDS: Final = 12
ROWS: Final = 3
_MASK: Final = "\0"
_TOKEN: Final = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|\w+(?:['’.:/-]\w+)*")


def _constants(name: str) -> NDArray[np.uint64]:
    """Return the numbers of permutations by multiply and shift: the same on every machine, for prints are kept."""
    raw = (blake2b(f"{name} {at}".encode(), digest_size=8).digest() for at in range(BANDS * ROWS))
    return np.array([int.from_bytes(one) | 1 for one in raw], dtype=np.uint64)


_TIMES: Final = _constants("times")
_PLUS: Final = _constants("plus")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text, masked or not, with its place in the original."""

    key: str
    stem: str
    start: int
    end: int

    @property
    def masked(self) -> bool:
        """Whether it stands for any name, number, date or address."""
        return self.key == _MASK


@dataclass(frozen=True)
class Piece:
    """One sentence of a text, as its words."""

    start: int
    end: int
    words: tuple[Word, ...]

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Its words, with a row of masks as one."""
        words = self.words
        return tuple(word.key for at, word in enumerate(words) if at == 0 or not (word.masked and words[at - 1].masked))

    @cached_property
    def pairs(self) -> tuple[int, ...]:
        """A hash for each two neighbours."""
        return tuple(crc32(f"{one} {other}".encode()) for one, other in pairwise(self.keys))


@dataclass(frozen=True, eq=False)
class Print:
    """All pairs of a text, each once, in order. `bands` of two texts that are much the same have one in common."""

    pairs: Hashes

    @cached_property
    def bands(self) -> tuple[int, ...]:
        """Keys for looking up: MinHash in bands of three, each a signed number of 64 bits."""
        spread = self.pairs.astype(np.uint64)[:, None] * _TIMES + _PLUS  # wraps around, as it should
        least = (spread >> np.uint64(32)).astype("<u4").min(axis=0)
        return tuple(
            int.from_bytes(blake2b(band.tobytes(), key=bytes([at]), digest_size=8).digest(), signed=True)
            for at, band in enumerate(least.reshape(BANDS, ROWS))
        )

    @property
    def digest(self) -> bytes:
        """What only texts with the same pairs share."""
        return blake2b(self.pairs.tobytes(), digest_size=12).digest()

    def to_bytes(self) -> bytes:
        """Return what `from_bytes` takes."""
        return self.pairs.astype("<u4").tobytes()

    @classmethod
    def from_bytes(cls, raw: bytes, *, bands: tuple[int, ...] | None = None) -> Print:
        """Return a print that was kept, with its bands where they were kept too."""
        found = cls(np.frombuffer(raw, dtype="<u4").astype(np.uint32))
        if bands is not None:
            found.__dict__["bands"] = bands  # where the property keeps what it has worked out
        return found


@dataclass(frozen=True, eq=False)
class Body:
    """A text as its print sees it."""

    pieces: tuple[Piece, ...]

    @cached_property
    def print(self) -> Print | None:
        """The print; None of a text that is too short to be anything but a formula."""
        pairs = np.unique(np.array([pair for piece in self.pieces for pair in piece.pairs], dtype=np.uint32))
        return Print(pairs) if len(pairs) >= SHORTEST else None


@lru_cache(maxsize=8192)
def numbers_of(text: Print) -> frozenset[int]:
    """Return the pairs of a print as a set: quicker to hold against others, and larger than the row of numbers."""
    return frozenset(text.pairs.tolist())


def likeness(one: Print, other: Print) -> float:
    """Return how much two texts have in common: 1 for the same pairs, 0 for none."""
    both = len(numbers_of(one) & numbers_of(other))
    return both / (len(one.pairs) + len(other.pairs) - both)


def body_of(text: Text, *, names: Iterable[str] = ()) -> Body:
    """Return the body of a text, with known names masked beside all that looks like one."""
    known = frozenset(
        skeleton(part, language=text.language)
        for name in names
        for part in fold(name, language=text.language).text.split()
        if len(part) > 1
    )
    dates = date_words(text.language.code)
    return Body(tuple(_piece(text, sentence, known | dates) for sentence in text.sentences))


def _piece(text: Text, sentence: FoldedSentence, known: frozenset[str]) -> Piece:
    return Piece(sentence.sentence.start, sentence.sentence.end, tuple(_words(text, sentence, known)))


def _words(text: Text, sentence: FoldedSentence, known: frozenset[str]) -> Iterator[Word]:
    """Yield the words; a capital within a sentence that is not all capitals makes a name where there are capitals."""
    original, starts, ends = text.original, text.folded.starts, text.folded.ends
    plain = skeleton(sentence.text, language=text.language)
    shouted = original[sentence.sentence.start : sentence.sentence.end].isupper()
    for at, match in enumerate(_TOKEN.finditer(plain)):
        word = match.group()
        start, end = sentence.start + match.start(), sentence.start + match.end() - 1
        first, last = starts[start], ends[end]
        bare = word.split("'", 1)[0]
        named = at > 0 and not shouted and last - first > 1 and original[first].isupper()
        masked = named or bare in known or "@" in word or "://" in word or any(char.isdigit() for char in word)
        yield Word(_MASK if masked else word, stem(bare), first, last)
