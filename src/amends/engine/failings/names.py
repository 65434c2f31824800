"""Compare the names in a reply with the record: letters, persons, titles, streets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from rapidfuzz.distance import OSA

from amends.engine.conversation import Facts
from amends.engine.languages.folding import fold, skeleton
from amends.engine.languages.silhouette import Honorific, Language

_WORD = re.compile(r"[^\W\d_]+(?:['’\-\u200c][^\W\d_]+)*|\d+")
_LONG_ENOUGH: Final = 4  # shorter words are too like other words to be called misspelt
_OPENING: Final = 4  # words from the head within which a name is an address to the customer


@dataclass(frozen=True)
class _Word:
    """A word of the reply: as written, where, and as compared."""

    written: str
    start: int
    end: int
    key: str
    gap: str  # what stands between it and the word before

    @property
    def sentence_start(self) -> bool:
        """Whether a sentence begins with it; its capital then says nothing."""
        return bool(re.search(r"[.!?؟:\n]", self.gap))

    @property
    def joined(self) -> bool:
        """Whether it stands right beside the word before."""
        return not self.gap.strip(" .\u200c")


@dataclass(frozen=True)
class _Record:
    facts: Facts
    language: Language

    @cached_property
    def names(self) -> tuple[str, ...]:
        return self._keys(self.facts.customer_name)

    @cached_property
    def places(self) -> tuple[str, ...]:
        return tuple(key for key in self._keys(self.facts.address) if not key.isdigit())

    @cached_property
    def title(self) -> Honorific | None:
        known = {_key(one.word, self.language): one for one in self.language.honorifics}
        return next((known[key] for key in self._keys(self.facts.honorific) if key in known), None)

    def _keys(self, text: str) -> tuple[str, ...]:
        return tuple(_key(match.group(), self.language) for match in _WORD.finditer(text))

    def is_name(self, key: str) -> bool:
        """Tell whether a word is one of the names, a usual short form, or one with an ending."""
        short = self.language.short_forms.get(key, "")
        return any(
            key == name or short == name or (len(name) >= 2 and key.startswith(name)) or _shortens(key, name)
            for name in self.names
        )


def misnamed(
    reply: str, facts: Facts, *, heard: tuple[str, ...], language: Language
) -> Iterator[tuple[int, int, float]]:
    """Yield the stretches of a reply that name the customer differently from the record, with confidence."""
    record = _Record(facts, language)
    if not record.names or not _same_script(facts.customer_name, reply):
        return
    words = _words(reply, language)
    said = {_key(match.group(), language) for text in heard for match in _WORD.finditer(text)}
    titles = {_key(one.word, language): one for one in language.honorifics if " " not in one.word}
    taken: set[int] = set()
    for at, word in enumerate(words):
        if word.key in titles:
            taken.update(place for place, _ in _around(words, at, titles[word.key], titles))
            yield from _titled(words, at, titles, record, said)
    yield from _greeted(words, record, titles, said, taken, language)
    yield from _misspelt(words, record, titles, said, taken)
    yield from _reversed(words, record, reply)


def _titled(
    words: list[_Word], at: int, titles: dict[str, Honorific], record: _Record, said: set[str]
) -> Iterator[tuple[int, int, float]]:
    """Judge the name beside a title: another's when it opens the reply, misspelt anywhere."""
    title = titles[words[at].key]
    beside = _around(words, at, title, titles)
    if not beside:
        return
    right = [word for _, word in beside if record.is_name(word.key)]
    if right:
        known = record.title
        if known and known.gender and title.gender and known.gender != title.gender:
            edges = (words[at], *right)
            yield min(word.start for word in edges), max(word.end for word in edges), 0.85
        for _, word in beside:
            if not record.is_name(word.key) and _near(word.key, record.names):
                yield word.start, word.end, 0.8
        return
    place, word = beside[0]
    if word.key in said or word.key in _keys_of_not_names(record.language):
        return
    if _near(word.key, record.names):
        yield word.start, word.end, 0.85
    elif min(place, at) <= _OPENING or word.key in record.places:
        first, last = beside[-1][1], beside[0][1]
        first, last = (first, last) if first.start < last.start else (last, first)
        yield first.start, last.end, 0.75


def _around(words: list[_Word], at: int, title: Honorific, titles: dict[str, Honorific]) -> list[tuple[int, _Word]]:
    """Return up to two name words beside a title, the nearest first."""
    step = 1 if title.place == "before" else -1
    found: list[tuple[int, _Word]] = []
    place = at + step
    while 0 <= place < len(words) and len(found) < 2:
        word = words[place]
        between = word if step > 0 else words[place + 1]
        if word.key in titles or word.key.isdigit() or between.sentence_start or not between.joined:
            if word.key in titles and not found:
                place += step
                continue
            break
        if not _looks_like_name(word):
            break
        found.append((place, word))
        place += step
    return found


def _greeted(
    words: list[_Word],
    record: _Record,
    titles: dict[str, Honorific],
    said: set[str],
    taken: set[int],
    language: Language,
) -> Iterator[tuple[int, int, float]]:
    """Judge the name after a greeting."""
    if not language.has_case:
        return
    greetings = {_key(greeting.split()[-1], language) for greeting in language.greetings}
    for at, word in enumerate(words[:-1]):
        place = at + 1
        name = words[place]
        if word.key not in greetings or at > _OPENING or place in taken or name.sentence_start:
            continue
        if name.key in titles or name.key in _keys_of_not_names(language) or not _looks_like_name(name):
            continue
        if not record.is_name(name.key) and name.key not in said:
            yield name.start, name.end, 0.8 if _near(name.key, record.names) else 0.7


def _misspelt(
    words: list[_Word], record: _Record, titles: dict[str, Honorific], said: set[str], taken: set[int]
) -> Iterator[tuple[int, int, float]]:
    """Find words elsewhere that are nearly a name or a street of the record."""
    if not record.language.has_case:
        return
    for place, word in enumerate(words):
        if place in taken or word.key in titles or word.key in said or not _looks_like_name(word):
            continue
        if record.is_name(word.key) or any(word.key.startswith(spot) for spot in record.places):
            continue
        if _near(word.key, record.names):
            yield word.start, word.end, 0.7 if not word.sentence_start else 0.55
        elif _near(word.key, record.places):
            yield word.start, word.end, 0.6


def _reversed(words: list[_Word], record: _Record, reply: str) -> Iterator[tuple[int, int, float]]:
    """Find first and last name in the wrong order, side by side."""
    if len(record.names) < 2 or record.names[0] == record.names[-1]:
        return
    for one, two in zip(words, words[1:], strict=False):
        if one.key == record.names[-1] and two.key == record.names[0] and reply[one.end : two.start] == " ":
            yield one.start, two.end, 0.6


def _words(reply: str, language: Language) -> list[_Word]:
    found: list[_Word] = []
    for match in _WORD.finditer(reply):
        gap = reply[found[-1].end : match.start()] if found else "\n"
        if gap == ". " and fold(found[-1].written, language=language).text in language.titles:
            gap = " "
        found.append(_Word(match.group(), match.start(), match.end(), _key(match.group(), language), gap))
    return found


def _key(word: str, language: Language) -> str:
    return re.sub(r"[^\w]", "", skeleton(fold(word, language=language).text, language=language))


def _keys_of_not_names(language: Language) -> set[str]:
    return {_key(word, language) for word in language.not_names}


def _looks_like_name(word: _Word) -> bool:
    first = word.written[0]
    return not (first.islower() or first.isdigit())


def _near(key: str, names: tuple[str, ...]) -> bool:
    """Tell whether a word is a misspelling of a name: one slip, two in a long name; endings may follow."""
    for name in names:
        if len(name) < _LONG_ENOUGH or key[:1] != name[:1]:
            continue
        slips = 1 if len(name) < 7 else 2
        for length in (len(name) - 1, len(name), len(name) + 1):
            head = key[:length]
            if len(head) == length and len(key) - length <= 4 and head != name and OSA.distance(head, name) <= slips:
                return True
    return False


def _shortens(key: str, name: str) -> bool:
    return len(key) >= 3 and name.startswith(key) and len(name) - len(key) >= 2


def _same_script(name: str, reply: str) -> bool:
    def scripts(text: str) -> set[int]:
        return {0 if ord(char) < 0x250 else 1 if ord(char) < 0x530 else 2 for char in text if char.isalpha()}

    return bool(scripts(name) & scripts(reply))
