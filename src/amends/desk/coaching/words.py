"""The names of the good signs, and how a day is put into a sentence in the place of 'soon'."""

from __future__ import annotations

from datetime import date

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from amends.desk.web import wording

GOOD_SIGNS = {
    "acknowledgement": _("you took the trouble seriously"),
    "apology": _("you said sorry"),
    "please": _("you said please"),
    "thanks": _("you said thanks"),
    "personal-touch": _("a personal word"),
    "ownership": _("you stay with it yourself"),
    "remedy": _("you put something right"),
    "dated-promise": _("a promise with a date"),
    "callback-offer": _("you offered a call"),
    "calm-boundary": _("a calm boundary"),
    "recognition": _("you know the customer"),
    "plain-explanation": _("plainly explained"),
}


# What stands on a card beside what the coach says, which speaks the draft's language.
LABELS = {
    "perhaps": _("perhaps"),
    "next": _("next"),
    "use": _("use it"),
    "leave": _("Leave it"),
    "why": _("Show why"),
}


def labels(language: str) -> dict[str, str]:
    """The words of a card's buttons, in one language with what the card says: two on one card look broken."""
    with translation.override(language or None):
        return {name: str(label) for name, label in LABELS.items()}


def by_day(day: date, *, language: str) -> str:
    """'by Tuesday 24 November', to stand where 'as soon as possible' stood."""
    name = wording.weekday_and_day(day, language=language)
    match language:
        case "tr":
            return f"en geç {name} günü"
        case "fa":
            return f"حداکثر تا {name}"
        case "mn":
            weekday = wording.weekday(day, language="mn")
            return f"{day.month}-р сарын {day.day}, {weekday} гарагт багтаан"
        case _:
            return f"by {name}"


def like(replacement: str, *, words: str) -> str:
    """Begin the replacement with a capital where the words it replaces did."""
    if not (words[:1].isupper() and replacement[:1].islower()):
        return replacement
    first = "İ" if replacement[0] == "i" and words[:1] in "İEÇŞ" else replacement[0].upper()
    return first + replacement[1:]
