"""Facts as texts state them: codes, amounts, days and opening hours, found by their shape.

No word of any language is known here. What a fact is called, and the unit of an amount, come from the record, in the
organisation's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from amends.engine.languages.folding import fold, skeleton
from amends.engine.languages.reading import TurnReading
from amends.engine.languages.sentences import Sentence
from amends.engine.languages.silhouette import Language
from amends.engine.promises.calendar import WorkingCalendar
from amends.engine.promises.due import find_times

Shape = Literal["code", "amount", "day", "hours", ""]
type Value = str | date | tuple[Decimal, ...] | tuple[str, str]

_CODE = re.compile(r"(?<![\w.,:/@-])[^\W\d_]{0,5}[-/]?\d(?:[\d-]*\d)?(?![\w@%]|[.,:/-]\d)")
_THOUSANDS = " .,'\u066c"  # the last one is the Arabic mark
_POINTS = ".,\u066b"
_NUMBER = rf"\d+(?:[{_THOUSANDS}]\d{{3}})*(?:[{_POINTS}]\d{{1,2}})?"
_SIGNS = "€$£₺₮﷼¥₽"
_CLOCK = re.compile(r"(?<![\d.,:])([01]?\d|2[0-4])[:.]([0-5]\d)(?![\d.,:]\d|\d)")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)")
_MOST = 6  # digits that a code has at least, to be told from a number by its looks alone
_FEW = 4
_SHORTEST_NAME = 3


@dataclass(frozen=True, slots=True)
class Stated:
    """Something stated, with its place in the original text."""

    start: int
    end: int
    value: Value


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the record, with its shape."""

    name: str
    shape: Shape
    value: Value
    unit: str = ""

    def is_named(self, turn: TurnReading, sentence: Sentence) -> bool:
        """Tell whether a sentence calls it by its name; endings do not matter."""
        language = turn.text.language
        names = _words(self.name, language)
        words = next((each.words for each in turn.text.sentences if each.sentence == sentence), ())
        return bool(names) and all(any(word.startswith(name) for word in words) for name in names)

    def same(self, other: Value) -> bool:
        """Tell whether something stated is this; an amount may be read in two ways."""
        if isinstance(self.value, tuple) and isinstance(other, tuple) and self.shape == "amount":
            return bool(set(self.value) & set(other))
        return self.value == other


def fact_of(name: str, value: str, *, language: Language) -> Fact | None:
    """Return a fact of the record by the shape of its value; None for one that has none of the four."""
    folded = fold(value.strip(), language=language).text
    if day := _ISO_DAY.match(folded):
        try:
            return Fact(name, "day", date(int(day[1]), int(day[2]), int(day[3])))
        except ValueError:
            return None
    clocks = _CLOCK.findall(folded)
    if len(clocks) == 2:
        return Fact(name, "hours", _clocks(clocks))
    if _CODE.fullmatch(folded) and sum(map(str.isdigit, folded)) >= _FEW:
        return Fact(name, "code", folded.replace("-", ""))
    for pattern in (rf"({_NUMBER})\s?([^\d\s.,]{{1,8}})", rf"([{_SIGNS}])\s?({_NUMBER})"):
        if told := re.fullmatch(pattern, folded):
            number, unit = (told[2], told[1]) if told[1] in _SIGNS else (told[1], told[2])
            return Fact(name, "amount", _readings(number), unit)
    return None


def stated(
    turn: TurnReading, sentence: Sentence, fact: Fact, *, now: datetime, working: WorkingCalendar
) -> list[Stated]:
    """Return what a sentence states in the shape of a fact."""
    match fact.shape:
        case "day":
            return list(_days(turn, sentence, now, working))
        case "hours":
            return list(_hours(turn, sentence))
        case "amount":
            return list(amounts(turn, sentence, fact.unit))
        case _:
            return list(codes(turn, sentence))


def codes(turn: TurnReading, sentence: Sentence) -> Iterator[Stated]:
    """Yield the codes in a sentence: digits with up to five letters before them."""
    for match in _matches(turn, sentence, _CODE):
        if sum(map(str.isdigit, match.group())) >= _FEW:
            yield _stated(turn, match.span(), match.group().replace("-", ""))


def amounts(turn: TurnReading, sentence: Sentence, unit: str) -> Iterator[Stated]:
    """Yield the amounts of one unit, which stands before or behind the number."""
    sign = re.escape(unit)
    behind = re.compile(rf"(?<![\d{_POINTS}\u066c])({_NUMBER})\s?{sign}")
    before = re.compile(rf"(?<!\w){sign}\s?({_NUMBER})(?![\d])")
    for pattern in (behind, before):
        for match in _matches(turn, sentence, pattern):
            yield _stated(turn, match.span(), _readings(match[1]))


def is_slip(one: str, other: str) -> bool:
    """Tell whether a code looks like another one with a slip of the finger: a digit changed, or two swapped."""
    if one == other or len(one) != len(other) or sum(map(str.isdigit, one)) < _MOST:
        return False
    if [letter for letter in one if letter.isalpha()] != [letter for letter in other if letter.isalpha()]:
        return False
    differ = [place for place in range(len(one)) if one[place] != other[place]]
    swapped = len(differ) == 2 and differ[1] == differ[0] + 1
    swapped = swapped and one[differ[0]] == other[differ[1]] and one[differ[1]] == other[differ[0]]
    return len(differ) == 1 or swapped


def shape_of(code: str) -> tuple[str, int]:
    """Return what two codes of one kind have in common: the letters before, and how many digits."""
    return code.rstrip("0123456789"), len(code)


def _days(turn: TurnReading, sentence: Sentence, now: datetime, working: WorkingCalendar) -> Iterator[Stated]:
    text = turn.turn.text[sentence.start : sentence.end]
    for time in find_times(text, language=turn.language, now=now, calendar=working):
        if time.day is not None and time.sense in {"ahead", "past"}:
            yield Stated(sentence.start + time.start, sentence.start + time.end, time.day)


def _hours(turn: TurnReading, sentence: Sentence) -> Iterator[Stated]:
    found = list(_matches(turn, sentence, _CLOCK))
    if len(found) == 2:
        span = found[0].start(), found[1].end()
        yield _stated(turn, span, _clocks([(each[1], each[2]) for each in found]))


def _matches(turn: TurnReading, sentence: Sentence, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    folded = turn.text.folded
    yield from pattern.finditer(folded.text, folded.forth(sentence.start), folded.forth(sentence.end))


def _stated(turn: TurnReading, span: tuple[int, int], value: Value) -> Stated:
    return Stated(*turn.text.folded.back(*span), value)


def _clocks(found: list[tuple[str, str]]) -> tuple[str, str]:
    first, last = (f"{int(hour):02}:{minute}" for hour, minute in found)
    return first, last


def _readings(number: str) -> tuple[Decimal, ...]:
    """Read a number as both habits of writing it would: '1.250' is 1250, and to some 1.25."""
    plain = re.sub(r"[ '\u066c]", "", number)
    whole, mark, tail = re.match(rf"(.*?)(?:([{_POINTS}])(\d+))?$", plain).groups()  # type: ignore[union-attr]
    digits = re.sub(rf"[{_POINTS}]", "", whole)
    if not mark:
        return (Decimal(digits),)
    grouped = () if len(tail) < 3 else (Decimal(digits + tail),)
    return (*grouped, Decimal(f"{digits}.{tail}"))


def _words(name: str, language: Language) -> list[str]:
    """The words of a fact's name that are long enough to be known again."""
    words = re.findall(r"[^\W\d_]+", skeleton(fold(name, language=language).text, language=language))
    return [word for word in words if len(word) >= _SHORTEST_NAME]
