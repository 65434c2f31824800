"""What pages are made of, and the names that several of them use."""

from __future__ import annotations

from dataclasses import dataclass

from amends.engine.causes import THEMES, layer_name, theme_name
from amends.engine.failings import get
from amends.engine.languages.wording import N_
from amends.engine.measures.summary import EventFigure, FailingFigure
from amends.engine.report.reader import Reader


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a reply, in their own language and direction."""

    words: str
    language: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """One failing with words that show it, why they hurt and what to say instead."""

    title: str
    hurts: str
    instead: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers, with heads; the first cell of a row names it."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One idea."""

    title: str
    picture: str = ""
    meaning: str = ""
    notes: tuple[str, ...] = ()
    lessons: tuple[Lesson, ...] = ()
    tables: tuple[Table, ...] = ()
    paragraphs: tuple[str, ...] = ()


def failing_title(one: FailingFigure, reader: Reader) -> str:
    """Return the name of a failing, marked while it is on trial."""
    title = reader.say(get(one.name).title)
    return f"{title} ({reader.say(N_('on trial'))})" if one.preview else title


def event_title(one: EventFigure, reader: Reader) -> str:
    """Return the name of a failing of the course of events, marked while it is on trial."""
    title = reader.say(get(one.name).title)
    return f"{title} ({reader.say(N_('on trial'))})" if one.preview else title


def short_name(name: str) -> str:
    """Return a name of a layer or group that fits into a bar."""
    return {"customer": N_("Customer"), "organisation": N_("Product, process, message")}.get(name) or layer_name(name)


def theme_words(theme: str, layer: str, reader: Reader) -> str:
    """Return the name of a theme, an organisation's own as they call it; of a cause without one its layer."""
    if theme in THEMES:
        return reader.say(theme_name(theme))
    return theme or reader.say(short_name(layer))


def theme_title(theme: str, layer: str, reader: Reader) -> str:
    """Return a theme beside its layer."""
    return " · ".join(dict.fromkeys((theme_words(theme, layer, reader), reader.say(short_name(layer)))))
