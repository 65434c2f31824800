"""Which cues may match a sentence: those whose words are in it. Only they are looked for, and compiled, at all."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from sys import intern

from amends.engine.languages.phrase import PREFIX, Phrase, Triggers

_END = " "  # behind a word that must stand there whole
_REMEMBERED = 10_000  # words of a language, for each party


class Announced:
    """Phrases by the words that announce them."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._by: dict[str, list[int]] = {}
        self._always: list[int] = []
        self._needs: list[tuple[frozenset[str], ...]] = []
        self._words: dict[str, tuple[tuple[str, ...], tuple[int, ...]]] = {}
        keys = cache(_keys)  # of what announces many phrases once
        for number, phrase in enumerate(phrases):
            self._needs.append(tuple(map(keys, phrase.needs)))
            if not phrase.triggers:
                self._always.append(number)
            for key in keys(phrase.triggers):
                self._by.setdefault(key, []).append(number)
        self._asked = frozenset(key for needs in self._needs for need in needs for key in need)

    def by(self, words: Iterable[str]) -> list[int]:
        """Return the numbers of the phrases that the words of a sentence's skeleton announce, in their order."""
        said: set[str] = set()
        numbers = set(self._always)
        known, needs = self._words, self._needs
        for word in words:
            keys, announces = known.get(word) or self._learn(word)
            if keys:
                said.update(keys)
            if announces:
                numbers.update(announces)
        found = []
        for number in numbers:
            for need in needs[number]:
                if said.isdisjoint(need):
                    break
            else:
                found.append(number)
        found.sort()
        return found

    def _learn(self, word: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """Look a word up, and remember it with the keys that a phrase asks for: most words were met before."""
        keys = (word + _END, *(word[:length] for length in range(1, min(len(word), PREFIX) + 1)))
        announces = tuple(number for key in keys for number in self._by.get(key, ()))
        found = tuple(key for key in keys if key in self._asked), announces
        if len(self._words) < _REMEMBERED and not word[:1].isdigit():  # the number of an order comes once
            self._words[word] = found
        return found


def _keys(triggers: Triggers) -> frozenset[str]:
    return frozenset(intern(trigger.letters + (_END if trigger.whole else "")) for trigger in triggers)
