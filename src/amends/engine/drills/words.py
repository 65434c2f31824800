"""The names of kinds, ranks, ends and good signs, for who plays without the desk; `say` tells them in a language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from amends.engine.drills.situation import Ending, Kind, Rank
from amends.engine.languages.wording import N_

KINDS: Final[Mapping[Kind, str]] = {"talk": N_("a talk"), "notes": N_("note-taking"), "figures": N_("figures")}
RANKS: Final[Mapping[Rank, str]] = {
    "new-agent": N_("new at the desk"),
    "agent": N_("agent"),
    "lead": N_("lead"),
    "manager": N_("manager"),
    "director": N_("director"),
    "back-office": N_("back office"),
}
ENDINGS: Final[Mapping[Kind, Mapping[Ending, str]]] = {
    "talk": {
        "content": N_("The customer is content"),
        "gone": N_("The customer is gone"),
        "quarrelling": N_("It ended in a quarrel"),
    },
    "notes": {"content": N_("Good notes"), "gone": N_("Something got lost")},
    "figures": {"content": N_("Well chosen"), "gone": N_("Look at the figures once more")},
}
GOOD_SIGNS: Final[Mapping[str, str]] = {
    "acknowledgement": N_("you took the trouble seriously"),
    "apology": N_("you said sorry"),
    "please": N_("you said please"),
    "thanks": N_("you said thanks"),
    "personal-touch": N_("a personal word"),
    "ownership": N_("you stay with it yourself"),
    "remedy": N_("you put something right"),
    "dated-promise": N_("a promise with a date"),
    "callback-offer": N_("you offered a call"),
    "calm-boundary": N_("a calm boundary"),
    "recognition": N_("you know the customer"),
    "plain-explanation": N_("plainly explained"),
}
