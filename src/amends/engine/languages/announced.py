"""Which cues may match a sentence: those whose words are in it. Only they are looked for, and compiled, at all."""

from __future__ import annotations

from collections.abc import Iterable

from amends.engine.languages.phrase import PREFIX, Phrase, Triggers

_END = " "  # behind a word that must stand there whole


class Announced:
    """Phrases by the words that announce them."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._by: dict[str, list[int]] = {}
        self._always: list[int] = []
        self._needs: list[tuple[frozenset[str], ...]] = []
        for number, phrase in enumerate(phrases):
            self._needs.append(tuple(map(_keys, phrase.needs)))
            if not phrase.triggers:
                self._always.append(number)
            for key in _keys(phrase.triggers):
                self._by.setdefault(key, []).append(number)

    def by(self, words: Iterable[str]) -> list[int]:
        """Return the numbers of the phrases that the words of a sentence's skeleton announce, in their order."""
        there = set(words)
        said = {word + _END for word in there}
        said.update(word[:length] for word in there for length in range(1, min(len(word), PREFIX) + 1))
        numbers = set(self._always)
        for key in said:
            numbers.update(self._by.get(key, ()))
        return sorted(number for number in numbers if not any(map(said.isdisjoint, self._needs[number])))


def _keys(triggers: Triggers) -> frozenset[str]:
    return frozenset(trigger.letters + (_END if trigger.whole else "") for trigger in triggers)
