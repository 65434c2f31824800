"""Which cues may match a sentence: those whose words are in it. Only they are looked for, and compiled, at all."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from sys import intern

from amends.engine.languages.phrase import PREFIX, Phrase, Triggers

_END = " "  # behind a word that must stand there whole
_REMEMBERED = 10_000  # words of a language, for each party


class Announced:
    """Phrases by the words that announce them.

    A phrase needs one word of each of its sets. The phrases of which some word is in the first, the second and so on of
    their sets are kept as the bits of a number, so that a sentence is told by a few 'or' and 'and' of whole numbers.
    """

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._by: dict[str, dict[int, int]] = {}  # a key: in which place of their sets it stands, for which phrases
        self._met: dict[str, tuple[tuple[int, int], ...]] = {}
        keys = cache(_keys)  # of what announces many phrases once
        asked: list[int] = []  # by place, the phrases that ask for something there
        everyone = 0
        for number, phrase in enumerate(phrases):
            bit = 1 << number
            everyone |= bit
            for place, triggers in enumerate((phrase.triggers, *phrase.needs)):
                if not triggers:
                    continue
                if place >= len(asked):
                    asked += [0] * (place + 1 - len(asked))
                asked[place] |= bit
                for key in keys(triggers):
                    places = self._by.setdefault(key, {})
                    places[place] = places.get(place, 0) | bit
        self._unasked = [everyone & ~phrases_asking for phrases_asking in asked] or [everyone]

    def by(self, words: Iterable[str]) -> list[int]:
        """Return the numbers of the phrases that the words of a sentence's skeleton announce, in their order."""
        said = self._unasked.copy()
        met = self._met
        for word in words:
            places = met.get(word)
            for place, phrases in self._learn(word) if places is None else places:
                said[place] |= phrases
        announced = said[0]
        for phrases in said:
            announced &= phrases
        found = []
        while announced:
            first = announced & -announced
            found.append(first.bit_length() - 1)
            announced ^= first
        return found

    def _learn(self, word: str) -> tuple[tuple[int, int], ...]:
        """Look a word up, and remember it: most words were met before."""
        places: dict[int, int] = {}
        for key in (word + _END, *(word[:length] for length in range(1, min(len(word), PREFIX) + 1))):
            for place, phrases in self._by.get(key, {}).items():
                places[place] = places.get(place, 0) | phrases
        found = tuple(places.items())
        if len(self._met) < _REMEMBERED and not word[:1].isdigit():  # the number of an order comes once
            self._met[word] = found
        return found


def _keys(triggers: Triggers) -> frozenset[str]:
    return frozenset(intern(trigger.letters + (_END if trigger.whole else "")) for trigger in triggers)
