"""Read tokens as items of classes: words and rows of words first, then numbers by their shape, then forms of words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from amends.engine.promises.grammar import NUMBERS, Entry, Grammar, Item, Tape
from amends.engine.promises.tokens import Token

_LAST_DAY = 31  # of a month
_TENS = frozenset(range(10, 100, 10))
_ONES = frozenset(range(1, 10))
_MARKS = {",": "COMMA", "،": "COMMA", "-": "DASH"}
_ALWAYS = frozenset({"24/7", "7/24"})
_PARTS = re.compile(r"[.:/-]")


def read(tokens: Sequence[Token], *, tape: Tape, grammar: Grammar) -> tuple[Item, ...]:
    """Read tokens; the longest row of words that the grammar knows wins."""
    items: list[Item] = []
    at, count, before = 0, len(tokens), ""
    while at < count:
        key = tokens[at].key
        name, value, seconds = _alone(key, tape)
        size = 1
        if seconds and at + 1 < count and (second := tokens[at + 1].key).startswith(seconds):
            for row in _rows(key, second, tape):
                if len(row.keys) == 2 or _goes_on(tokens, at, row.keys, tape):
                    name, value, size = row.name, row.value, len(row.keys)
                    break
        item = Item(name, value, (), at, at + size) if name else _number(tokens, at, grammar)
        at = item.last
        if before == "NUM" and (joined := _compose(items[-1], item, tokens)) is not None:
            items[-1] = item = joined
        else:
            items.append(item)
        before = item.name
    return tuple(items)


def kinds(items: Sequence[Item], *, tape: Tape) -> Iterator[tuple[str, Sequence[Item]]]:
    """Yield what a tape's patterns find among items: the kind, and the items that make it."""
    return kinds_within(items, tags_of(items, tape=tape), 0, len(items), tape=tape)


def tags_of(items: Sequence[Item], *, tape: Tape) -> str:
    """Return the classes of items, a letter each."""
    letters = tape.letters
    return "".join([letters[item.name] for item in items])


def kinds_within(
    items: Sequence[Item], tags: str, first: int, last: int, *, tape: Tape
) -> Iterator[tuple[str, Sequence[Item]]]:
    """Yield what a tape's patterns find among some of the items, whose tags are known."""
    for match in tape.pattern.finditer(tags, first, last):
        if match.end() > match.start():
            yield match.lastgroup or "", items[match.start() : match.end()]


def quick_tags(keys: Sequence[str], *, tape: Tape, grammar: Grammar) -> str | None:
    """Return the classes of words as `tags_of` does; None where some may be one thing together, and must be read."""
    found, before, last = [], "", len(keys) - 1
    for at, key in enumerate(keys):
        letter, seconds, is_number = _by_itself(key, tape, grammar)
        if seconds and at < last and keys[at + 1].startswith(seconds):
            return None
        if is_number and at < last and ((after := keys[at + 1]) in grammar.number_endings or after in "'-"):
            return None
        if before in tape.numbers and letter in tape.numbers:
            return None
        found.append(letter)
        before = letter
    return "".join(found)


@lru_cache(maxsize=16384)
def _by_itself(key: str, tape: Tape, grammar: Grammar) -> tuple[str, tuple[str, ...], bool]:
    """The class of a word, a letter, whatever stands beside it; how a row that it begins goes on; if it is a number."""
    name, _, seconds = _look_up(key, tape)
    letter = tape.letters[name or _number((Token(key, 0, len(key)),), 0, grammar).name]
    return letter, seconds, not name


@lru_cache(maxsize=16384)
def _alone(key: str, tape: Tape) -> tuple[str, float, tuple[str, ...]]:
    return _look_up(key, tape)


def _look_up(key: str, tape: Tape) -> tuple[str, float, tuple[str, ...]]:
    """The class ('' of a number) and the value of a word, and how the next one begins where it may begin a row."""
    seconds = tuple({entry.keys[1] for entry in tape.entries.get(key, ()) if len(entry.keys) > 1})
    own = (key,) if key.isdigit() else bases(key, tape)  # the number of an order comes once
    words = (entry for base in own for entry in tape.entries.get(base, ()) if len(entry.keys) == 1)
    if (word := next(words, None)) is not None:
        return word.name, word.value, seconds
    return "" if key[0].isdigit() else _form(key, tape), 0, seconds


@lru_cache(maxsize=16384)
def _rows(key: str, second: str, tape: Tape) -> tuple[Entry, ...]:
    """The rows that begin with a word as it is and go on with another, longest first."""
    rows = [entry for entry in tape.entries.get(key, ()) if len(entry.keys) > 1]
    return tuple(
        row for row in rows if (_ends_with(row.keys[1], second, tape) if len(row.keys) == 2 else second == row.keys[1])
    )


def _form(key: str, tape: Tape) -> str:
    """The class of a word that no list names, by its form."""
    if not key[0].isalpha():
        return _MARKS.get(key, "MARK")
    return next((name for form, name in tape.forms if form.fullmatch(key)), "OTHER")


def _goes_on(tokens: Sequence[Token], at: int, keys: tuple[str, ...], tape: Tape) -> bool:
    """Whether a row whose first two words stand here stands here to its end."""
    last = at + len(keys) - 1
    if last >= len(tokens):
        return False
    for index in range(2, len(keys) - 1):
        if tokens[at + index].key != keys[index]:
            return False
    return _ends_with(keys[-1], tokens[last].key, tape)


def _ends_with(last: str, word: str, tape: Tape) -> bool:
    """Whether a word is the last of a row; it may carry an ending."""
    return word == last or (word.startswith(last) and last in bases(word, tape))


@lru_cache(maxsize=16384)
def bases(word: str, tape: Tape) -> tuple[str, ...]:
    """The word itself, then without its ending: 'salı'ya', 'salıya' → 'salı'."""
    found = [word]
    head, mark, tail = word.partition("'")
    if mark and tail != "t":  # 'can't' is no 'can'
        found.append(head)
    found += [word[: -len(ending)] for ending in tape.endings if word.endswith(ending) and len(word) - len(ending) >= 2]
    return tuple(dict.fromkeys(found))


def _number(tokens: Sequence[Token], at: int, grammar: Grammar) -> Item:
    """Read a number by its shape, with the ending that is written to it."""
    text = tokens[at].key
    ending, last = _ending(tokens, at, grammar)
    parts = tuple(int(part) for part in _PARTS.split(text))
    if len(parts) == 1:
        return Item(_counted(text, parts[0], ending, grammar), float(parts[0]), parts, at, last)
    # '05:30' is meant as it stands; '5:30' may be in the afternoon.
    return Item(_dotted(text, parts, ending, grammar), float(text.startswith("0")), parts, at, last)


def _counted(text: str, value: int, ending: str, grammar: Grammar) -> str:
    if ending in grammar.ordinal_endings:
        return "ORD"
    if ending in grammar.on_endings and value <= _LAST_DAY:
        return "NUMON"
    if len(text) <= 3:
        return "NUMAT" if ending in grammar.at_endings else "NUMC" if ending in grammar.case_endings else "NUM"
    return "YEAR" if len(text) == 4 and (1390 <= value <= 1450 or 2000 <= value <= 2100) else "OTHER"


def _dotted(text: str, parts: tuple[int, ...], ending: str, grammar: Grammar) -> str:
    marks = set(_PARTS.findall(text))
    if marks == {":"}:
        return "CLOCK" if parts[0] <= 24 and parts[1] < 60 else "OTHER"
    if len(marks) > 1 or len(parts) > 3 or text in _ALWAYS:
        return "OTHER"
    if len(parts) == 3 or marks != {"."}:
        # '2/3' is more often a part of a whole than a day.
        return "SLASH" if len(parts) == 2 and max(parts) < 10 and not ending else "DATE"
    # '17.30'da' and '10.00'a kadar' tell an hour, '25.11'e kadar' a day.
    if ending in grammar.at_endings and len(text) >= 4:
        if parts[0] <= 24 and (parts[1] == 0 or 12 < parts[1] < 60):
            return "CLOCK"
        if 1 <= parts[0] <= 31 and 1 <= parts[1] <= 12:
            return "DATE"
    return "DOT"


def _ending(tokens: Sequence[Token], at: int, grammar: Grammar) -> tuple[str, int]:
    """The grammatical ending of a number ('25th', '17'de', '25-нд') and where the number ends with it."""
    after = at + 1
    if after + 1 < len(tokens) and tokens[after].key in "'-" and tokens[after].start == tokens[at].end:
        after += 1
    if after < len(tokens) and tokens[after].start == tokens[after - 1].end:
        key = tokens[after].key
        if key in grammar.number_endings:
            return key, after + 1
    return "", at + 1


def _compose(before: Item, item: Item, tokens: Sequence[Token]) -> Item | None:
    """Join numbers written in words: 'yirmi dört', 'хорин дөрвөн', 'twenty four'."""
    if item.name not in NUMBERS:
        return None
    if before.value not in _TENS or item.value not in _ONES:
        return None
    if tokens[before.first].is_number or tokens[item.first].is_number:
        return None
    return Item(item.name, before.value + item.value, (), before.first, item.last)
