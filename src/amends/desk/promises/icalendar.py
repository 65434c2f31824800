"""Promises as a calendar that other programs subscribe to (RFC 5545). Pure.

A feed leaves the house: it names the complaint by its number and the promise by its words, and not the customer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

SLOT = timedelta(minutes=30)
_LONGEST = 75  # octets of a line


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One promise in a feed; a `day` without an hour is a whole day."""

    uid: str
    title: str
    due: datetime
    day: date | None
    link: str
    changed: int  # times it was moved: a program shows the last one it knows


def calendar(entries: Iterable[Entry], *, name: str, alarm: str, now: datetime) -> str:
    """Write the feed; each promise ends at its time and reminds two hours before."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Amends//Promises//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    lines += [_text("NAME", name), _text("X-WR-CALNAME", name), "REFRESH-INTERVAL;VALUE=DURATION:PT15M"]
    for entry in entries:
        lines += _event(entry, alarm, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(entry: Entry, alarm: str, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.uid}"
    yield f"DTSTAMP:{_moment(now)}"
    yield f"SEQUENCE:{entry.changed}"
    if entry.day is not None:
        yield f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{entry.day + timedelta(days=1):%Y%m%d}"
    else:
        yield f"DTSTART:{_moment(entry.due - SLOT)}"
        yield f"DTEND:{_moment(entry.due)}"
    yield _text("SUMMARY", entry.title)
    yield f"URL:{entry.link}"
    yield "TRANSP:TRANSPARENT"
    yield from (
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        _text("DESCRIPTION", alarm),
        "TRIGGER;RELATED=END:-PT2H",
        "END:VALARM",
    )
    yield "END:VEVENT"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(name: str, value: str) -> str:
    plain = "".join(letter for letter in value.replace("\r\n", "\n") if letter == "\n" or letter.isprintable())
    escaped = plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return f"{name}:{escaped}"


def _folded(line: str) -> Iterator[str]:
    """Cut a line into parts of at most 75 octets, between letters; those that follow begin with a space."""
    part, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _LONGEST:
            yield part
            part, size = " ", 1
        part, size = part + letter, size + octets
    yield part
