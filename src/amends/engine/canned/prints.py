"""The print of a text: its pairs of neighbouring words, hashed. Two texts with much the same print are much the same.

Names, numbers, dates and addresses are masked, so that a form letter to Ms Shaw is that to Mr Hill. Pairs never cross
the end of a sentence: a greeting or a farewell of two words leaves hardly a trace.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from hashlib import blake2b
from itertools import pairwise
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from amends.engine.languages.common import date_words, stem
from amends.engine.languages.folding import fold, skeleton
from amends.engine.languages.silhouette import Language
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


@dataclass(slots=True, unsafe_hash=True)
class Word:
    """One word of a text, masked or not, and the number of its beginning."""

    key: str
    number: int

    @property
    def masked(self) -> bool:
        """Whether it stands for any name, number, date or address."""
        return self.key == _MASK


@dataclass(eq=False)
class Said:
    """The words of a sentence, wherever it stands: with masks, and without their endings."""

    masked: tuple[str, ...]
    bare: tuple[str, ...]

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """Its words."""
        return tuple(Word(key, crc32(stem(bare).encode())) for key, bare in zip(self.masked, self.bare, strict=True))

    @cached_property
    def numbers(self) -> frozenset[int]:
        """The numbers of its words."""
        return frozenset([word.number for word in self.words])

    @cached_property
    def plain_numbers(self) -> frozenset[int]:
        """The numbers of those that are not masked."""
        return frozenset([word.number for word in self.words if not word.masked])

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Its words, with a row of masks as one."""
        keys = self.masked
        if _MASK not in keys:
            return keys
        return tuple(key for at, key in enumerate(keys) if at == 0 or not key == keys[at - 1] == _MASK)

    @cached_property
    def pairs(self) -> tuple[int, ...]:
        """A hash for each two neighbours."""
        return tuple([crc32(f"{one} {other}".encode()) for one, other in pairwise(self.keys)])


@dataclass(slots=True, eq=False)
class Piece:
    """One sentence of a text."""

    start: int
    end: int
    said: Said

    @property
    def words(self) -> tuple[Word, ...]:
        """Its words."""
        return self.said.words

    @property
    def keys(self) -> tuple[str, ...]:
        """Its words, with a row of masks as one."""
        return self.said.keys

    @property
    def pairs(self) -> tuple[int, ...]:
        """A hash for each two neighbours."""
        return self.said.pairs


@dataclass(eq=False)
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

    @cached_property
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


@dataclass(eq=False)
class Body:
    """A text as its print sees it."""

    pieces: tuple[Piece, ...]

    @cached_property
    def numbers(self) -> frozenset[int]:
        """All pairs of the text."""
        return frozenset([pair for piece in self.pieces for pair in piece.said.pairs])

    @cached_property
    def print(self) -> Print | None:
        """The print; None of a text that is too short to be anything but a formula."""
        return _print_of(self.numbers) if len(self.numbers) >= SHORTEST else None


@lru_cache(maxsize=4096)
def _print_of(numbers: frozenset[int]) -> Print:
    # A form letter is sent again and again: what it is looked up by is worked out once.
    return Print(np.array(sorted(numbers), dtype=np.uint32))


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
    known = _known(tuple(names), text.language)
    return Body(tuple([_piece(text, sentence, known) for sentence in text.sentences]))


@lru_cache(maxsize=256)
def _known(names: tuple[str, ...], language: Language) -> frozenset[str]:
    """Return the words that are masked as they stand: names that are known, and those of days and months."""
    parts = (part for name in names for part in fold(name, language=language).text.split() if len(part) > 1)
    return date_words(language.code).union(skeleton(part, language=language) for part in parts)


def _piece(text: Text, sentence: FoldedSentence, known: frozenset[str]) -> Piece:
    start, end = sentence.sentence.start, sentence.sentence.end
    return Piece(start, end, _said(_Sentence(text.original[start:end], sentence.text, known, text, sentence)))


@dataclass(slots=True, unsafe_hash=True)
class _Sentence:
    """One sentence: two are the same that are written the same."""

    original: str
    folded: str
    known: frozenset[str]
    text: Text = field(compare=False)
    place: FoldedSentence = field(compare=False)


@lru_cache(maxsize=8192)
def _said(one: _Sentence) -> Said:
    """Read the words; a capital within a sentence that is not all capitals makes a name where there are capitals."""
    # Most of what an organisation sends was sent before, sentence by sentence: it is remembered.
    text, begin, known = one.text, one.place.start, one.known
    original, starts, ends = text.original, text.folded.starts, text.folded.ends
    plain = skeleton(one.folded, language=text.language)
    capitals = not (one.original.isupper() or one.original.islower())
    keys: list[str] = []
    bares: list[str] = []
    for match in _TOKEN.finditer(plain):
        word = match.group()
        bare = word.split("'", 1)[0]
        masked = bare in known or not (word.isalpha() or _is_plain(word))
        if not masked and capitals and keys:
            first = starts[begin + match.start()]
            masked = ends[begin + match.end() - 1] - first > 1 and original[first].isupper()
        keys.append(_MASK if masked else word)
        bares.append(bare)
    return Said(tuple(keys), tuple(bares))


def _is_plain(word: str) -> bool:
    """Tell a word with a hyphen or an apostrophe from a number, an address and a place in the net."""
    return not ("@" in word or "://" in word or any(map(str.isdigit, word)))
