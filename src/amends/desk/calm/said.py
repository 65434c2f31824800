"""What is proposed to be said when it gets hot, and how a time is said in running text: in the customer's language.

These are words to a customer, so they follow the complaint's language and not the reader's screens. Pure.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from amends.desk.web import wording
from amends.engine.languages.figures import LATIN_DIGITS

_HERE: Final = Path(__file__).parent
# How a Turkish number takes 'to': by its last spoken word, 14.20'ye, 9.30'a.
_TR_UNITS: Final = ("a", "e", "ye", "e", "e", "e", "ya", "ye", "e", "a")
_TR_TENS: Final = {0: "a", 1: "a", 2: "ye", 3: "a", 4: "a", 5: "ye"}


@cache
def _words() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((_HERE / "said.toml").read_text(encoding="utf-8"))


def boundaries(*, language: str) -> Sequence[str]:
    """Sentences that draw a line calmly and turn back to the matter."""
    return tuple(_words()[language]["boundaries"])


def say(what: str, /, *, language: str, **named: str) -> str:
    """Say one of the sentences."""
    return str(_words()[language][what]).format(**named)


def hour(at: datetime, *, language: str) -> str:
    """The hour as it stands in a letter: what a promise of a time has to contain."""
    return f"{at:%H.%M}" if language == "tr" else wording.clock(at, language=language)


def by(at: datetime, *, now: datetime, language: str) -> str:
    """By when, in running text: 'by 14:20 today', 'bugün saat 14.20'ye kadar'."""
    time, day = hour(at, language=language), _day(at, now=now, language=language)
    match language:
        case "tr":
            return f"{day} saat {time}'{_tr_to(at)} kadar"
        case "fa":
            return f"تا ساعت {time} {day}"
        case "mn":
            return f"{day} {time} цагаас өмнө"
        case _:
            return f"by {time} {day}"


def at(moment: datetime, *, now: datetime, language: str) -> str:
    """At what time, in running text: 'today at 15:30', 'bugün saat 15.30'."""
    time, day = hour(moment, language=language), _day(moment, now=now, language=language)
    match language:
        case "tr":
            return f"{day} saat {time}"
        case "fa":
            return f"{day} ساعت {time}"
        case "mn":
            return f"{day} {time} цагт"
        case _:
            return f"{day} at {time}"


def times(slots: Sequence[datetime], *, now: datetime, language: str) -> str:
    """The times of a call, one on each line; 'today' with its date, for the letter may be read tomorrow."""
    return "\n".join(f"– {at(slot, now=now, language=language)}{_dated(slot, now, language)}" for slot in slots)


def says_hour(text: str, moment: datetime, *, language: str) -> bool:
    """Whether a letter names an hour, in whichever digits and with whichever mark it is written."""
    told = text.translate(LATIN_DIGITS)
    return any(f"{moment:%H}{mark}{moment:%M}" in told for mark in ":.") or hour(moment, language=language) in text


def sentence_with(text: str, words: str) -> str:
    """The line of a letter in which some words stand, as the very words of a promise; else the whole letter."""
    lines = [line.strip() for line in text.splitlines() if words in line]
    if not lines:
        return text.strip()
    line = lines[0]
    place = line.index(words)
    begins = max(line.rfind(mark, 0, place) for mark in (". ", "! ", "? ", "؟ ")) + 1
    return line[begins:].strip()


_NEAR: Final = {
    "en": ("today", "tomorrow"),
    "tr": ("bugün", "yarın"),
    "fa": ("امروز", "فردا"),
    "mn": ("өнөөдөр", "маргааш"),
}


def _day(moment: datetime, *, now: datetime, language: str) -> str:
    days = (moment.date() - now.astimezone(moment.tzinfo).date()).days
    if days in {0, 1}:
        return _NEAR[language][days]
    day = wording.weekday_and_day(moment, language=language)
    match language:
        case "tr":
            return f"{day} günü"
        case "mn":
            return f"{wording.day(moment, language='mn', year=False)}, {wording.weekday(moment, language='mn')} гарагт"
        case "en":
            return f"on {day}"
        case _:
            return day


def _dated(moment: datetime, now: datetime, language: str) -> str:
    is_near = (moment.date() - now.astimezone(moment.tzinfo).date()).days in {0, 1}
    return f" ({wording.weekday_and_day(moment, language=language)})" if is_near else ""


def _tr_to(moment: datetime) -> str:
    number = moment.minute or moment.hour
    return _TR_UNITS[number % 10] if number % 10 else _TR_TENS.get(number // 10, "a")
