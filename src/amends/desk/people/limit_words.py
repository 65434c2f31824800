"""What each limit is called, and what it is for, in words for administrators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

type Words = str | Lazy


@dataclass(frozen=True, slots=True)
class Named:
    """One limit in words: its name, what it is counted in, and what it is for."""

    title: Words
    unit: Words
    help: Words


MINUTES: Final = _("minutes by the clock")
WORKED: Final = _("minutes of working time")
NAMED: Final[Mapping[str, Named]] = {
    "hold": Named(_("On hold on the telephone"), MINUTES, _("Spanish law asks for an answer within three minutes.")),
    "chat": Named(_("An answer in a chat"), MINUTES, _("Who writes in a chat sits there and waits.")),
    "answer_days": Named(
        _("An answer to written words"), _("working days"), _("One working day is what supervisors of banks ask for.")
    ),
    "person": Named(_("A person, after asking for one"), WORKED, _("Who asks for a person wants to be heard now.")),
    "manager": Named(
        _("A manager, after asking for one"), WORKED, _("A manager who can be reached ends many quarrels.")
    ),
    "call": Named(_("A call, after asking for one"), WORKED, _("From the moment at which the customer asks.")),
    "people": Named(
        _("People whom one customer has to speak to"),
        _("people"),
        _("The first or the second person should be the one who helps."),
    ),
    "hand_overs": Named(_("Handing a complaint over"), _("times"), _("Each time the customer begins anew.")),
    "without_owner": Named(
        _("A complaint without an owner"), WORKED, _("Here every complaint has one at once; this counts for imports.")
    ),
    "exchanges": Named(
        _("Angry letters to and fro"), _("times"), _("After so many somebody should pick up the telephone.")
    ),
    "cool_down": Named(
        _("A pause before answering an insult"), MINUTES, _("An answer that comes sooner may be written in anger.")
    ),
    "fix_days": Named(
        _("A new piece or a repair on its way"),
        _("working days later"),
        _("Nought means the same day: a replacement goes out before the complaint is a day old."),
    ),
    "repeat": Named(
        _("The same cause again, for the same customer"),
        _("days"),
        _("Within this time it counts as the same mistake."),
    ),
    "loyal_years": Named(
        _("A customer for so long is a loyal one"), _("years"), _("Replies should show that we know it.")
    ),
    "loyal_value": Named(
        _("A customer who spends so much a year is a loyal one"),
        _("for each currency"),
        _("Write the currency before the amount, and a semicolon between two: USD 5400; TRY 150000."),
    ),
    "at_once": Named(
        _("Conversations that one person holds at once"), _("conversations"), _("Beyond two or three, quality falls.")
    ),
}
GROUPS: Final[tuple[tuple[Words, tuple[str, ...]], ...]] = (
    (_("Too long: waiting for a word"), ("hold", "chat", "answer_days")),
    (_("Too long: reaching somebody"), ("person", "manager", "call")),
    (_("Too many: sent from one to another"), ("people", "hand_overs", "without_owner", "at_once")),
    (_("Too heated"), ("exchanges", "cool_down")),
    (_("Too late: putting it right"), ("fix_days", "repeat")),
    (_("Loyal customers"), ("loyal_years", "loyal_value")),
)
