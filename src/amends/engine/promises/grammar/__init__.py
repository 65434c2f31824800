"""How each language says when: one file of data per language, all of one silhouette.

A file names words by class and writes expressions as patterns over classes:

    [time.words]            words of a class, in normal spelling, several words allowed
    IN = ["within", "in the next"]
    [time.words.WEEKDAY]    words of a class with a value
    "monday" = 0
    [time.patterns]         kinds of expression; the first kind that fits wins
    span = ["IN NUM WORK? UNIT"]
    [acts.words], [acts.forms], [acts.patterns]
                            likewise for what is undertaken; forms are regular expressions for one whole word

In a pattern `?`, `*`, `|` and brackets have their usual sense, `!X` says that no X follows, `ANY` is anything. What the classes and kinds mean is told in `due.py` and `undertaking.py`: they hold no words.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from amends.engine.languages.silhouette import Language
from amends.engine.promises.tokens import Token, tokens_of

CODES = ("en", "fa", "mn", "tr")

# Classes that numbers fall into by their shape, in every language.
SHAPES = ("NUM", "NUMC", "NUMAT", "ORD", "CLOCK", "DOT", "DATE", "YEAR", "COMMA", "DASH", "MARK", "OTHER", "ANY")

_NAME = re.compile(r"!?[A-Z][A-Z0-9]*|\s+")


class BadGrammarError(ValueError):
    """A grammar file that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A word or row of words with its class and value."""

    keys: tuple[str, ...]
    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Item:
    """One or more tokens read as one thing of a class."""

    name: str
    value: float
    parts: tuple[int, ...]  # of a date or clock
    first: int  # tokens, from the first to just before the last
    last: int


@dataclass(frozen=True, slots=True)
class Reading:
    """Tokens read as items, and the same as a string with one character an item, for patterns."""

    items: tuple[Item, ...]
    tags: str


@dataclass(frozen=True, slots=True)
class Tape:
    """One way of reading tokens: words into classes, classes into kinds."""

    letters: Mapping[str, str]
    entries: Mapping[str, tuple[Entry, ...]]
    forms: tuple[tuple[re.Pattern[str], str], ...]
    pattern: re.Pattern[str]

    def kinds(self, reading: Reading) -> Iterator[tuple[str, tuple[Item, ...]]]:
        """Yield what the patterns find, each with its kind and items."""
        for match in self.pattern.finditer(reading.tags):
            if match.end() > match.start():
                yield match.lastgroup or "", reading.items[match.start() : match.end()]


@dataclass(frozen=True, slots=True)
class Grammar:
    """All that `due.py` and `undertaking.py` need to know of a language."""

    code: str
    language: Language
    time: Tape
    acts: Tape
    splits: frozenset[str]
    opens: frozenset[str]
    closes: tuple[re.Pattern[str], ...]
    asks: frozenset[str]
    subjects: frozenset[str]
    kinds: tuple[tuple[str, re.Pattern[str]], ...]
    follow: re.Pattern[str] | None
    word_endings: tuple[str, ...]
    ordinal_endings: frozenset[str]
    case_endings: frozenset[str]
    at_endings: frozenset[str]
    day_first: bool
    jalali: bool
    verb_last: bool
    working_week: tuple[int, ...]


@lru_cache(maxsize=len(CODES))
def grammar_of(code: str) -> Grammar | None:
    """The grammar of a language, or None when we have none."""
    if code not in CODES:
        return None
    data = tomllib.loads(files(__name__).joinpath(f"{code}.toml").read_text(encoding="utf-8"))
    return _read(code, data)


def _read(code: str, data: Mapping[str, Any]) -> Grammar:
    language = _language(code, data)
    fold = _Folder(language)

    def folded(name: str) -> frozenset[str]:
        return frozenset(" ".join(keys) for word in data.get(name, ()) for keys in fold(word))

    return Grammar(
        code=code,
        language=language,
        time=_tape(data["time"], fold),
        acts=_tape(data["acts"], fold),
        splits=folded("splits"),
        opens=folded("opens"),
        closes=tuple(re.compile(form) for form in data.get("closes", ())),
        asks=folded("asks"),
        subjects=folded("subjects"),
        kinds=tuple((kind, re.compile(form)) for kind, form in data["kinds"].items()),
        follow=re.compile(data["follow"]["words"]) if "follow" in data else None,
        word_endings=tuple(
            sorted((e for w in data["word_endings"] for k in fold(w) for e in k), key=len, reverse=True)
        ),
        ordinal_endings=folded("ordinal_endings"),
        case_endings=folded("case_endings"),
        at_endings=folded("at_endings"),
        day_first=data["day_first"],
        jalali=data["jalali"],
        verb_last=data["verb_last"],
        working_week=tuple(data["working_week"]),
    )


def _language(code: str, data: Mapping[str, Any]) -> Language:
    letters = data.get("letters", {})
    return Language(
        code=code,
        name=code,
        direction="ltr",
        lower=MappingProxyType(letters.get("lower", {})),
        plain=MappingProxyType(letters.get("plain", {})),
    )


class _Folder:
    """Turns a word of a grammar file into the keys that its tokens will have."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, word: str) -> Iterator[tuple[str, ...]]:
        yield self._keys(word)
        if "\u200c" in word:  # a half-space may be left out
            yield self._keys(word.replace("\u200c", ""))

    def _keys(self, word: str) -> tuple[str, ...]:
        return tuple(token.key for token in tokens_of(word, language=self.language))


def _tape(data: Mapping[str, Any], fold: _Folder) -> Tape:
    entries: dict[str, list[Entry]] = {}
    names = [*SHAPES]
    for name, words in data["words"].items():
        names.append(name)
        valued = words.items() if isinstance(words, Mapping) else ((word, 0) for word in words)
        for word, value in valued:
            for keys in fold(word):
                if not keys:
                    raise BadGrammarError(f"an empty word in {name}")
                entries.setdefault(keys[0], []).append(Entry(keys, name, float(value)))
    forms = []
    for name, expressions in data.get("forms", {}).items():
        names.append(name)
        forms.append((re.compile("|".join(expressions)), name))
    letters = {name: chr(0xE000 + index) for index, name in enumerate(dict.fromkeys(names))}
    kinds = [
        f"(?P<{kind}>{'|'.join(_pattern(pattern, letters) for pattern in patterns)})"
        for kind, patterns in data["patterns"].items()
    ]
    longest_first = {
        key: tuple(sorted(group, key=lambda entry: len(entry.keys), reverse=True)) for key, group in entries.items()
    }
    return Tape(letters, longest_first, tuple(forms), re.compile("|".join(kinds)))


def _pattern(pattern: str, letters: Mapping[str, str]) -> str:
    def one(match: re.Match[str]) -> str:
        name = match.group()
        if name.isspace():
            return ""
        ahead, name = name.startswith("!"), name.removeprefix("!")
        if name not in letters:
            raise BadGrammarError(f"no class is called {name}: {pattern}")
        letter = "." if name == "ANY" else letters[name]
        return f"(?!{letter})" if ahead else letter

    return _NAME.sub(one, pattern.replace("(", "(?:"))


def read(tokens: Sequence[Token], tape: Tape, grammar: Grammar) -> Reading:
    """Read tokens as items: the longest row of words first, then numbers, then forms."""
    items: list[Item] = []
    at = 0
    while at < len(tokens):
        item = _item(tokens, at, tape, grammar)
        at = item.last
        if items and (joined := _compose(items[-1], item, tokens)):
            items[-1] = joined
        else:
            items.append(item)
    letters = tape.letters
    return Reading(tuple(items), "".join(letters[item.name] for item in items))


def _item(tokens: Sequence[Token], at: int, tape: Tape, grammar: Grammar) -> Item:
    token = tokens[at]
    for base in _bases(token.key, grammar.word_endings):
        for entry in tape.entries.get(base, ()):
            size = len(entry.keys)
            if size == 1 or _same(tokens, at, entry.keys, base, grammar.word_endings):
                return Item(entry.name, entry.value, (), at, at + size)
    if token.is_number:
        return _number(tokens, at, grammar)
    if token.key in ",،":
        return Item("COMMA", 0, (), at, at + 1)
    if token.key == "-":
        return Item("DASH", 0, (), at, at + 1)
    if token.is_word:
        for form, name in tape.forms:
            if form.fullmatch(token.key):
                return Item(name, 0, (), at, at + 1)
        return Item("OTHER", 0, (), at, at + 1)
    return Item("MARK", 0, (), at, at + 1)


def _same(tokens: Sequence[Token], at: int, keys: tuple[str, ...], base: str, endings: tuple[str, ...]) -> bool:
    if at + len(keys) > len(tokens) or tokens[at].key != keys[0] or base != keys[0]:
        return False
    last = len(keys) - 1
    return all(
        tokens[at + index].key == key or (index == last and key in _bases(tokens[at + index].key, endings))
        for index, key in enumerate(keys)
        if index
    )


@lru_cache(maxsize=16384)
def _bases(word: str, endings: tuple[str, ...]) -> tuple[str, ...]:
    """The word itself, then without its ending: 'salı'ya', 'salıya' → 'salı'."""
    found = [word]
    head, mark, _ = word.partition("'")
    if mark:
        found.append(head)
    found += [word[: -len(ending)] for ending in endings if word.endswith(ending) and len(word) - len(ending) >= 2]
    return tuple(dict.fromkeys(found))


def _number(tokens: Sequence[Token], at: int, grammar: Grammar) -> Item:
    """Read a number by its shape, with the ending that is written to it."""
    text = tokens[at].key
    ending, last = _ending(tokens, at, grammar)
    parts = tuple(int(part) for part in re.split(r"[.:/-]", text))
    marks = set(re.findall(r"[.:/-]", text))
    name, value = "OTHER", 0.0
    if not marks:
        value = float(parts[0])
        if ending in grammar.ordinal_endings and value < 400:
            name = "ORD"
        elif len(text) <= 3:
            name = "NUMAT" if ending in grammar.at_endings else "NUMC" if ending in grammar.case_endings else "NUM"
        elif len(text) == 4 and (1390 <= value <= 1450 or 2000 <= value <= 2100):
            name = "YEAR"
    elif marks == {":"} and len(parts) in {2, 3} and parts[0] <= 24 and parts[1] < 60:
        name, value = "CLOCK", float(text.startswith("0"))
    elif len(parts) == 3 and len(marks) == 1:
        name = "DATE"
    elif len(parts) == 2 and marks == {"."}:
        # '17.30'da' and '10.00'a kadar' tell an hour, '25.11'e kadar' a day.
        hour = parts[0] <= 24 and len(text) >= 4 and (parts[1] == 0 or 12 < parts[1] < 60)
        day = 1 <= parts[0] <= 31 and 1 <= parts[1] <= 12
        name = "DOT" if ending not in grammar.at_endings else "CLOCK" if hour else "DATE" if day else "DOT"
        value = float(text.startswith("0"))
    elif len(parts) == 2 and marks == {"/"} and text not in {"24/7", "7/24"}:
        name = "DATE"
    return Item(name, value, parts, at, last)


def _ending(tokens: Sequence[Token], at: int, grammar: Grammar) -> tuple[str, int]:
    """The grammatical ending of a number ('25th', '17'de', '25-нд') and where the number ends with it."""
    after = at + 1
    if after + 1 < len(tokens) and tokens[after].key in "'-" and tokens[after].start == tokens[at].end:
        after += 1
    if after < len(tokens) and tokens[after].start == tokens[after - 1].end:
        key = tokens[after].key
        if key in grammar.ordinal_endings or key in grammar.case_endings or key in grammar.at_endings:
            return key, after + 1
    return "", at + 1


def _compose(before: Item, item: Item, tokens: Sequence[Token]) -> Item | None:
    """Join 'yirmi dört', 'хорин дөрвөн', 'twenty four' written in words."""
    if (
        before.name != "NUM"
        or item.name not in {"NUM", "ORD", "NUMC", "NUMAT"}
        or before.value not in _TENS
        or item.value not in _ONES
    ):
        return None
    if before.value == 10 and item.name == "NUM" and tokens[item.first].is_number:
        return None
    if tokens[before.first].is_number or tokens[item.first].is_number:
        return None
    return Item(item.name, before.value + item.value, (), before.first, item.last)


_TENS = frozenset(range(10, 100, 10))
_ONES = frozenset(range(1, 10))
