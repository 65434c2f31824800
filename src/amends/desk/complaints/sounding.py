"""A name as another script writes it: 'Karvan', 'کاروان' and 'Карван' have the same consonants in the same order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import Final

from amends.engine.languages.folding import fold, same_letters

_FEWEST: Final = 3  # consonants: with fewer, every other word would sound alike
_EITHER: Final = 6  # letters of one word that may be a vowel or a consonant; beyond it nothing is guessed
_WORD = re.compile(r"[^\W\d_]+(?:\u200c[^\W\d_]+)*")
_CONSONANTS: Final = {
    "b": "bбب",
    "c": "çчşшщچش",
    "d": "dдد",
    "f": "fфف",
    "k": "kкqcгgğхxکكقگغخ",
    "l": "lлل",
    "m": "mмم",
    "n": "nнن",
    "p": "pпپ",
    "r": "rрر",
    "s": "sсцسصث",
    "t": "tтتط",
    "v": "vwв",
    "z": "zjжзزذضظژج",
}
_VOWELS: Final = "aeiouöüıâîûyhаэиоуөүыеёюяйіьъاآأعئءهةیي"
_SOUNDS: Final[dict[str, tuple[str, ...]]] = {
    **{letter: (sound,) for sound, letters in _CONSONANTS.items() for letter in letters},
    **dict.fromkeys(_VOWELS, ("",)),
    "و": ("", "v"),
}


def written_as(text: str, name: str) -> Iterator[tuple[int, int]]:
    """Yield where a name stands in a text: as it is written, or as another script writes its sounds."""
    wanted = [_sounds(word) for word in _WORD.findall(name)]
    if not wanted:
        return
    clear = all(max(map(len, each), default=0) >= _FEWEST for each in wanted)
    said = list(_WORD.finditer(text))
    at = 0
    while at + len(wanted) <= len(said):
        row = said[at : at + len(wanted)]
        start, end = row[0].start(), row[-1].end()
        same = same_letters(text[start:end], name)
        foreign = clear and _script(row[0][0]) != _script(name)
        alike = foreign and all(_sounds(one[0]) & want for one, want in zip(row, wanted, strict=True))
        if same or alike:
            yield start, end
        at += len(wanted) if same or alike else 1


def begins_like(name: str, words: str) -> bool:
    """Tell whether words of a name begin as these sound in another script; to offer people, not to find them."""
    wanted, said = _WORD.findall(words), _WORD.findall(name)
    return bool(wanted) and all(
        any(_script(one) != _script(word) and _sounds_first(one, word) for one in said) for word in wanted
    )


def _sounds_first(name: str, beginning: str) -> bool:
    return any(way and any(whole.startswith(way) for whole in _sounds(name)) for way in _sounds(beginning))


def _script(word: str) -> str:
    letter = next((each for each in word if each.isalpha()), "")
    return "Arabic" if "\u0600" <= letter <= "\u06ff" else "Cyrillic" if "\u0400" <= letter <= "\u052f" else "Latin"


@lru_cache(maxsize=4096)
def _sounds(word: str) -> frozenset[str]:
    """The consonants of a word, each way that its letters can be read."""
    ways = [_SOUNDS.get(letter, ("?",)) for letter in fold(word).text if letter.isalpha()]
    if sum(len(way) > 1 for way in ways) > _EITHER:
        return frozenset()
    return frozenset("".join(way) for way in product(*ways))
