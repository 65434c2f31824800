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

In a pattern `?`, `*`, `+`, `|` and brackets have their usual sense, `!X` says that no X follows, `ANY` is anything.
What the kinds mean is told in `times.py` and `clauses.py`, which hold no words. Words and forms are compared as a
language's skeleton: on a plain keyboard they may have lost their dots and accents.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, NamedTuple

from amends.engine import languages
from amends.engine.languages import Language
from amends.engine.languages.folding import skeleton
from amends.engine.promises.months import GREGORIAN, JALALI, Months
from amends.engine.promises.tokens import tokens_of

CODES = ("en", "fa", "mn", "tr")

# Classes that numbers fall into by their shape, in every language.
SHAPES = (
    *("NUM", "NUMC", "NUMAT", "NUMON", "ORD", "YEAR", "CLOCK", "DOT", "DATE", "SLASH"),
    *("COMMA", "DASH", "MARK", "OTHER", "ANY"),
)
NUMBERS = frozenset({"NUM", "ORD", "NUMC", "NUMAT", "NUMON"})  # two of them may be one number: 'twenty four'

_NAME = re.compile(r"!?[A-Z][A-Z0-9]*|\s+")
_CLASS = re.compile(r"[A-Z][A-Z0-9]*")
_FIRST = re.compile(r"([A-Z][A-Z0-9]*)(?:\s|$)(?!.*\|(?![^(]*\)))")  # a class alone, and no choice outside brackets


class BadGrammarError(ValueError):
    """A grammar file that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A word or row of words with its class and value."""

    keys: tuple[str, ...]
    name: str
    value: float


class Item(NamedTuple):
    """One or more tokens read as one thing of a class."""

    name: str
    value: float
    parts: tuple[int, ...]  # of a date or clock
    first: int  # tokens, from the first to just before the last
    last: int


@dataclass(frozen=True, slots=True, eq=False)
class Tape:
    """One way of reading tokens: words into classes, classes into kinds."""

    letters: Mapping[str, str]
    entries: Mapping[str, tuple[Entry, ...]]
    forms: tuple[tuple[re.Pattern[str], str], ...]
    pattern: re.Pattern[str]
    endings: tuple[str, ...]  # what a word may carry beyond its form in the list
    before_a_mark: frozenset[str]  # words of a row behind which a mark stands in it: the 'p' of 'p.m'
    with_anything: frozenset[str]  # classes of the patterns that hold ANY, which no mark ends
    before_anything: frozenset[str]  # last words of what is of these classes
    begins: Mapping[str, re.Pattern[str]]  # for each kind, classes without one of which there is none of it
    numbers: frozenset[str]  # letters of what may be one number with its neighbour


@dataclass(frozen=True, slots=True, eq=False)
class Grammar:
    """All that `due.py` and `undertaking.py` need to know of a language."""

    code: str
    language: Language
    time: Tape
    acts: Tape
    splits: frozenset[str]
    opens: frozenset[str]
    resumes: frozenset[str]  # ends a condition where no mark does
    closes: tuple[re.Pattern[str], ...]
    asks: frozenset[str]
    reports: frozenset[str]  # leads on from what somebody said to what was said
    quotes: frozenset[str]  # beside one of these a word that asks only tells what will be asked
    converb: re.Pattern[str] | None  # the form of a verb that leans on the next one
    until: frozenset[str]
    subjects: frozenset[str]
    phrase_heads: frozenset[str]  # first words of `splits`, `opens` and `resumes`
    kinds: tuple[tuple[str, re.Pattern[str]], ...]
    follow: re.Pattern[str] | None
    looks: re.Pattern[str]
    ordinal_endings: frozenset[str]
    case_endings: frozenset[str]
    at_endings: frozenset[str]
    on_endings: frozenset[str]  # of the day of a month: '24-нд'
    number_endings: frozenset[str]  # all of these
    day_first: bool
    months: Months
    verb_last: bool


@lru_cache(maxsize=len(CODES))
def grammar_of(code: str) -> Grammar | None:
    """The grammar of a language, or None when we have none."""
    if code not in CODES:
        return None
    data = tomllib.loads(files(__name__).joinpath(f"{code}.toml").read_text(encoding="utf-8"))
    return _read(code, data)


def _read(code: str, data: Mapping[str, Any]) -> Grammar:
    language = languages.get(code)
    fold = _Folder(language)

    def folded(name: str) -> frozenset[str]:
        return frozenset(" ".join(keys) for word in data[name] for keys in fold(word))

    endings = tuple(sorted(folded("word_endings"), key=len, reverse=True))
    return Grammar(
        code=code,
        language=language,
        time=_tape(data["time"], fold, endings),
        acts=_tape(data["acts"], fold, endings),
        splits=folded("splits"),
        opens=folded("opens"),
        resumes=folded("resumes"),
        phrase_heads=frozenset(row.split()[0] for name in ("opens", "resumes", "splits") for row in folded(name)),
        closes=tuple(fold.form(form) for form in data["closes"]),
        asks=folded("asks"),
        reports=folded("reports"),
        quotes=folded("quotes"),
        converb=fold.form("|".join(data["converbs"])) if data["converbs"] else None,
        until=folded("until"),
        subjects=folded("subjects"),
        kinds=tuple((kind, fold.form(form)) for kind, form in data["kinds"].items()),
        follow=fold.form(data["follow"]["words"]) if "follow" in data else None,
        looks=fold.form(data["looks"]["words"]),
        ordinal_endings=folded("ordinal_endings"),
        case_endings=folded("case_endings"),
        at_endings=folded("at_endings"),
        on_endings=folded("on_endings"),
        number_endings=frozenset().union(*map(folded, ("ordinal_endings", "case_endings", "at_endings", "on_endings"))),
        day_first=data["day_first"],
        months=JALALI if data["jalali"] else GREGORIAN,
        verb_last=data["verb_last"],
    )


class _Folder:
    """Turns a word of a grammar file into the keys that its tokens will have."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, word: str) -> Iterator[tuple[str, ...]]:
        yield self._keys(word)
        if "\u200c" in word:  # a half-space may be left out
            yield self._keys(word.replace("\u200c", ""))

    def form(self, expression: str) -> re.Pattern[str]:
        """Read a regular expression for a whole word, written in normal spelling."""
        return re.compile(skeleton(expression, language=self.language))

    def _keys(self, word: str) -> tuple[str, ...]:
        return tuple(token.key for token in tokens_of(word, language=self.language))


def _tape(data: Mapping[str, Any], fold: _Folder, endings: tuple[str, ...]) -> Tape:
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
        forms.append((fold.form("|".join(expressions)), name))
    letters = {name: chr(0xE000 + index) for index, name in enumerate(dict.fromkeys(names))}
    kinds = [
        f"(?P<{kind}>{'|'.join(_pattern(pattern, letters) for pattern in patterns)})"
        for kind, patterns in data["patterns"].items()
    ]
    longest_first = {
        key: tuple(sorted(group, key=lambda entry: len(entry.keys), reverse=True)) for key, group in entries.items()
    }
    with_anything = frozenset(
        name
        for patterns in data["patterns"].values()
        for pattern in patterns
        if "ANY" in (classes := re.findall(r"\w+", pattern))
        for name in classes
    )
    rows = [entry for group in entries.values() for entry in group]
    return Tape(
        letters=letters,
        entries=longest_first,
        forms=tuple(forms),
        pattern=re.compile(f"(?={_begins(kinds, letters)})(?:{'|'.join(kinds)})"),
        endings=endings,
        before_a_mark=frozenset(one for row in rows for one, next_ in pairwise(row.keys) if not next_[0].isalnum()),
        with_anything=with_anything,
        before_anything=frozenset(row.keys[-1] for row in rows if row.name in with_anything),
        begins={kind: _one_of(patterns, letters) for kind, patterns in data["patterns"].items()},
        numbers=frozenset(letters[name] for name in NUMBERS),
    )


def _begins(kinds: Iterable[str], letters: Mapping[str, str]) -> str:
    """A quick look at what a pattern can begin with: any class but `OTHER`, which most words are."""
    used = set("".join(kinds)) & set(letters.values())
    return f"[{''.join(sorted(used - {letters['OTHER']}))}]"


def _one_of(patterns: Iterable[str], letters: Mapping[str, str]) -> re.Pattern[str]:
    """The classes that some patterns begin with; all of one that begins with a choice or may leave its first out."""
    found: set[str] = set()
    for pattern in patterns:
        first = _FIRST.match(pattern)
        names = [first.group(1)] if first else _CLASS.findall(pattern)
        found.update("." if name == "ANY" else letters[name] for name in names)
    return re.compile("|".join(sorted(found)) or r"(?!)", re.DOTALL)


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
