"""What notes say that nobody has said: numbers, days and names that do not occur in the talk.

It is told with care. Whatever could follow from what was said is let pass: a number said in words, two o'clock for
14:00, the weekday of 'yesterday', a word that is a name only by its capital.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from amends.engine import languages
from amends.engine.drills.catalogue import languages_of, script_of, slugs
from amends.engine.drills.situation import Script, Situation
from amends.engine.languages import Language
from amends.engine.languages.folding import fold, skeleton
from amends.engine.promises.grammar import Grammar, Item, grammar_of
from amends.engine.promises.reading import read
from amends.engine.promises.tokens import Token, tokens_of

_SMALL: Final = 3  # so few are counted, not told: 'two wishes'
_STEM: Final = 4  # letters by which a word counts as heard, whatever its ending
_NUMBER = re.compile(r"\d+(?:[.,:/ ]?\d+)*")
_LISTED = re.compile(r"^\s*\d{1,2}\s*[.)-]\s", re.MULTILINE)  # '1.' before a line is no fact
_WORD = re.compile(r"[^\W\d_]+(?:['’\u200c-][^\W\d_]+)*")
_ENDING = re.compile(r"['’].*$")
_BEGINS = ".!?…:;\n•()-–—\"'“„«"  # after these a capital says nothing


def invented(situation: Situation, script: Script, notes: str) -> tuple[str, ...]:
    """Return the words of the notes for which nothing in the situation stands, in their order."""
    language, grammar = languages.get(script.language), grammar_of(script.language)
    if grammar is None:
        return ()
    known = _Known(situation, script, language, grammar)
    found = [*known.strange_numbers(notes), *known.strange_days(notes), *known.strange_names(notes)]
    return tuple(dict.fromkeys(words for _place, words in sorted(found)))


class _Known:
    """Everything that the trainee can know."""

    def __init__(self, situation: Situation, script: Script, language: Language, grammar: Grammar) -> None:
        self.language, self.grammar = language, grammar
        text = "\n".join(_told(script))
        tokens = tokens_of(text, language=language)
        items = read(tokens, tape=grammar.time, grammar=grammar)
        self.numbers = _numbers(text) | {int(item.value) for item in items if item.name in {"NUM", "ORDW", "ONE"}}
        self.numbers |= {hour + 12 for hour in self.numbers if 0 < hour < 12} | {situation.hour[0], situation.hour[1]}
        days = {int(item.value) for item in items if item.name in {"DAY", "DAYPM", "PASTDAY"}} | {0}
        self.weekdays = {int(item.value) for item in items if item.name == "WEEKDAY"}
        self.weekdays |= {(situation.weekday - 1 + ahead) % 7 for ahead in days}
        self.months = {int(item.value) for item in items if item.name in {"MONTH", "JMONTH"}}
        self.stems = {_stem(word, language) for word in _WORD.findall(text)}

    def strange_numbers(self, notes: str) -> Iterator[tuple[int, str]]:
        bare = _LISTED.sub(lambda found: " " * len(found[0]), notes)
        for match in _NUMBER.finditer(bare):
            if not self.numbers & _readings(match[0]):
                yield match.start(), match[0]
        for token, item in self._items(bare):
            if item.name == "NUM" and not token.is_number and not self._heard(int(item.value)):
                yield token.start, bare[token.start : token.end]

    def strange_days(self, notes: str) -> Iterator[tuple[int, str]]:
        for token, item in self._items(notes):
            heard = self.weekdays if item.name == "WEEKDAY" else self.months
            if item.name in {"WEEKDAY", "MONTH", "JMONTH"} and int(item.value) not in heard:
                words = notes[token.start : token.end]
                # 'may' is a verb and 'mart' a gull: a month without its capital is none where months have one.
                if item.name == "WEEKDAY" or not words[:1].islower():
                    yield token.start, words

    def strange_names(self, notes: str) -> Iterator[tuple[int, str]]:
        titles = {_key(form, self.language) for form in _titles(self.language)}
        forms = titles | {_key(one.word, self.language) for one in self.language.honorifics}
        before = ""
        for match in _WORD.finditer(notes):
            word = match[0]
            titled = _key(before, self.language) in titles
            lead = notes[: match.start()].rstrip(" \t")[-1:]
            capital = word[0].isupper() and not word.isupper() and lead not in {"", *_BEGINS}
            before = word
            if _key(_ENDING.sub("", word), self.language) in forms:
                continue
            if len(_ENDING.sub("", word)) < _STEM - 1 or not (capital or titled):
                continue
            if titled and self.language.has_case and not word[0].isupper():
                continue
            if not self._is_heard_or_ordinary(word):
                yield match.start(), word

    def _is_heard_or_ordinary(self, word: str) -> bool:
        stem = _stem(word, self.language)
        named = any(item.name in {"WEEKDAY", "MONTH", "JMONTH"} for _token, item in self._items(word))
        return stem in self.stems or stem in _ordinary(self.language.code) or named

    def _heard(self, value: int) -> bool:
        return value <= _SMALL or value in self.numbers or value % 10 == 0

    def _items(self, text: str) -> Iterator[tuple[Token, Item]]:
        tokens = tokens_of(text, language=self.language)
        for item in read(tokens, tape=self.grammar.time, grammar=self.grammar):
            yield tokens[item.first], item


def _told(script: Script) -> Iterator[str]:
    """Everything that is told, and everything that counts as a right note of it."""
    who = script.customer
    yield from (script.title, script.scene, script.task, script.complaint, who.name, who.is_who, who.address)
    yield from (words for _key, words in who.facts)
    yield str(who.since or "")
    for point in (*script.points.values(), *script.traps.values()):
        yield point.fact
        yield from point.words
    yield from script.answers["notes"].good


def _numbers(text: str) -> set[int]:
    return {value for match in _NUMBER.finditer(text) for value in _readings(match[0])}


def _readings(written: str) -> set[int]:
    """The ways to read a number: '14:30' also as its hour, '1.200' as twelve hundred, in any script's digits."""
    plain = "".join(str(unicodedata.digit(each)) if each.isdigit() else each for each in written)
    parts = [int(part) for part in re.split(r"\D", plain) if part]
    whole = int(re.sub(r"\D", "", plain))
    found = {whole, parts[0]} if ":" in plain or "." in plain or "/" in plain else {whole}
    return found | ({whole} if len(parts) == 1 else set())


def _titles(language: Language) -> Iterator[str]:
    yield from language.titles
    yield from (one.word for one in language.honorifics if one.place == "before")


def _stem(word: str, language: Language) -> str:
    return _key(_ENDING.sub("", word), language)[:_STEM]


def _key(word: str, language: Language) -> str:
    return skeleton(fold(word, language=language).text, language=language)


@lru_cache(maxsize=8)
def _ordinary(code: str) -> frozenset[str]:
    """The words of all situations that are written small: no capital makes a name of them."""
    language = languages.get(code)
    texts: Iterable[str] = (
        text for slug in slugs() if code in languages_of(slug) for text in _every(script_of(slug, code))
    )
    words = (word for text in texts for word in _WORD.findall(text))
    return frozenset(_stem(word, language) for word in words if not word[0].isupper())


def _every(script: Script) -> Iterator[str]:
    yield from (
        script.scene,
        script.task,
        script.learn,
        script.complaint,
        script.customer.is_who,
        *script.says.values(),
    )
    for answers in script.answers.values():
        yield from answers.every
    for last in script.endings.values():
        yield from (last.says, last.means)
