"""The names of figures in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from amends.desk.coaching.words import GOOD_SIGNS
from amends.desk.improvements.words import layer_words, theme_words
from amends.engine.failings import catalogue
from amends.engine.languages.wording import say


def failing_words(name: str, *, language: str) -> str:
    titles = {failing.id: failing.title for failing in catalogue()}
    return say(titles.get(name, name), language)


def good_words(name: str) -> str:
    return str(GOOD_SIGNS.get(name, name))


def cause_words(theme: str, layer: str, *, language: str) -> str:
    """A theme, or for a cause without one its layer."""
    if theme:
        return theme_words(theme, language=language)
    return _("{layer}, without a theme").format(layer=layer_words(layer, language=language))


def group_words(name: str) -> str:
    return {
        "employee": _("Employees"),
        "customer": _("Customers' expectations and use"),
        "organisation": _("Products, processes and messages"),
    }[name]


def verdict_words(verdict: str) -> str:
    return {
        "more": _("more than elsewhere"),
        "fewer": _("fewer than elsewhere"),
        "like": _("as elsewhere"),
        "": _("too few to say"),
    }[verdict]


def change_words(verdict: str) -> str:
    return {
        "improved": _("Fewer failings than in the same time before; more than chance."),
        "worse": _("More failings than in the same time before; more than chance."),
        "no-evidence": _("No more and no fewer failings than in the same time before, as far as chance lets one say."),
        "too-few": _("Too few to compare with the time before."),
    }[verdict]


def leavers_words(reason: str) -> str:
    """Whole headings: a clause of one language does not fit behind 'customers who' of another."""
    return {
        "leaving": _("Customers who said that they will go elsewhere"),
        "not-content": _("Customers who said 'I am not content'"),
        "hot": _("Angry customers whose complaint is open"),
    }[reason]


def hurt_words() -> dict[str, str]:
    """What makes one complaint worse than another, as it stands beside a number."""
    return {
        "leaving": _("they say that they leave"),
        "again": _("the same mistake again"),
        "broken": _("a promise broke on top"),
        "not-content": _("not content at the end"),
        "hot": _("angry, and still open"),
        "around": _("three people or more"),
    }


def answer_words() -> dict[int, str]:
    """Say what each answer from one to five means."""
    return {
        5: _("very content"),
        4: _("content"),
        3: _("neither content nor discontent"),
        2: _("not content"),
        1: _("not content at all"),
    }


def wait_words() -> list[str]:
    return [
        _("within a quarter of an hour"),
        _("within an hour"),
        _("within four hours"),
        _("within a day"),
        _("later"),
        _("still waiting"),
    ]


def reason_labels() -> dict[str, str]:
    """The reasons as they stand before their number."""
    return {
        "leaving": _("The customer said that they will go elsewhere"),
        "not-content": _("The customer last said 'I am not content'"),
        "hot": _("Angry, and still open"),
    }
