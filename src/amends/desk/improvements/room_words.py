"""What may be said of an improvement, in a few words and in a sentence."""

from __future__ import annotations

from math import inf

from django.utils.translation import gettext as _

from amends.desk.web import wording


def told_words(told: str) -> str:
    """Say in a few words what became of it."""
    return {
        "": "",
        "not-yet": _("not in force yet"),
        "too-early": _("cannot tell yet"),
        "no-before": _("cannot tell: nothing to hold it against"),
        "too-few": _("cannot tell yet: too few"),
        "nameless": _("cannot tell yet: causes are missing"),
        "others-too": _("fewer, and so are all others"),
        "on-its-way": _("fewer, and it was falling before"),
        "improved": _("it helps"),
        "no-evidence": _("no change to be seen"),
        "worse": _("more than before"),
    }[told]


def told_sentence(told: str) -> str:
    """Say what one may make of it."""
    return {
        "not-yet": _("Before and after are told apart from the day on which it comes into force."),
        "too-early": _("It has been in force for less than four weeks; nothing is told before that."),
        "no-before": _("There are less than four weeks before it to hold it against."),
        "too-few": _("So few complaints have this cause that chance alone could explain any difference."),
        "nameless": _(
            "There are fewer, and many young complaints have no cause written down yet. Name their causes first: "
            "the fall may be nothing but that."
        ),
        "others-too": _(
            "There are fewer than before by more than chance, and complaints with other causes fell as much. "
            "It may be a quiet season and not the cure."
        ),
        "on-its-way": _(
            "There are fewer than before by more than chance, and their number was falling already. "
            "One cannot tell what the cure added."
        ),
        "improved": _("There are fewer than before, by more than chance, and others did not fall as much."),
        "no-evidence": _("No more and no fewer than before, as far as chance lets one say."),
        "worse": _("There are more than before, by more than chance."),
    }.get(told, "")


def change_words(fewer: float, *, language: str) -> str:
    """Say a share of one as so many per cent fewer, or more where it is below zero."""
    if fewer == -inf:
        return _("more without a bound")
    part = wording.percent(abs(fewer), language=language)
    return _("{part} fewer").format(part=part) if fewer >= 0 else _("{part} more").format(part=part)


def range_words(fewer: tuple[float, float, float], *, language: str) -> str:
    """Say from what to what."""
    most, least = (change_words(one, language=language) for one in (fewer[2], fewer[1]))
    return _("from {one} to {other}").format(one=most, other=least)
