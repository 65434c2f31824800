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
_VOWELS: Final = "aeiouöüıâîûyhаэиоуөүыеёюяйіьъاآأعئءهةحیي"
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


# How names of people sound, for finding one person who is here twice.

NEAR_FROM: Final = 4  # consonants of a whole name, from which one that differs may be a slip
_READINGS: Final = 4  # of one name; a name that can be read in more ways is heard in these
_SOUNDS_KEPT: Final = 12  # of one name
_LETTERS: Final = "".join(sorted(_CONSONANTS))
LONGEST_SOUND: Final = 80


def sounds_of(name: str) -> list[str]:
    """Write how a whole name sounds: its words' consonants, in the order of the alphabet, for people turn them round.

    A name with initials (Б. Болормаа) sounds as each of its words with them: `i:blrm b`; a name of several words also
    as each of its words with the first letter of each other one: `w:blrm b`.
    """
    words = _WORD.findall(name)[:6]
    whole = [word for word in words if len(word) > 1]
    initials = [word for word in words if len(word) == 1]
    found: dict[str, None] = {}
    for reading in _readings(whole):
        if not initials and sum(map(len, reading)) >= _FEWEST:
            found[" ".join(sorted(filter(None, reading)))] = None
        for place, sound in enumerate(reading):
            if len(sound) < _FEWEST:
                continue
            if initials:
                found |= {f"i:{sound} {_first(one)}": None for one in initials}
            else:
                found |= {f"w:{sound} {_first(one)}": None for at, one in enumerate(whole) if at != place}
    return [sound for sound in found if len(sound) <= LONGEST_SOUND][:_SOUNDS_KEPT]


def sounds_near(name: str) -> set[str]:
    """How another writing of the same name may sound: as this one, with one consonant amiss, or with initials."""
    near: set[str] = set()
    for sound in sounds_of(name):
        if sound.startswith("i:"):
            near |= {sound, f"w:{sound[2:]}"}
        elif sound.startswith("w:"):
            near.add(f"i:{sound[2:]}")
        else:
            near |= {sound, *(_one_amiss(sound) if len(sound.replace(" ", "")) >= NEAR_FROM else ())}
    return near


def is_in_other_letters(one: str, other: str) -> bool:
    """Whether two names are written in different scripts."""
    return _script(one) != _script(other)


def _readings(words: list[str]) -> list[tuple[str, ...]]:
    return list(product(*(sorted(_sounds(word)) or [""] for word in words)))[:_READINGS] if words else []


def _first(word: str) -> str:
    return _SOUNDS.get(fold(word[0]).text[:1], ("",))[-1] or "-"


def _one_amiss(sound: str) -> Iterator[str]:
    """Every sound that has one consonant more, fewer, or another one."""
    words = sound.split(" ")
    for place, word in enumerate(words):
        rest = words[:place] + words[place + 1 :]
        for at in range(len(word) + 1):
            head, tail = word[:at], word[at:]
            changed = [head + letter + tail for letter in _LETTERS]
            if tail:
                changed += [head + letter + tail[1:] for letter in _LETTERS] + [head + tail[1:]]
            yield from (" ".join(sorted(filter(None, [*rest, one]))) for one in changed)


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
