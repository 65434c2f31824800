"""What the report calls good signs and signals; failings, layers and themes bring their own names."""

from __future__ import annotations

from typing import Final

from amends.engine.languages.wording import N_

GOOD: Final = {
    "acknowledgement": N_("Trouble acknowledged"),
    "apology": N_("Apology"),
    "please": N_("Please"),
    "thanks": N_("Thanks"),
    "personal-touch": N_("A personal word"),
    "ownership": N_("Taking it on oneself"),
    "remedy": N_("Something put right"),
    "dated-promise": N_("A promise with a date"),
    "callback-offer": N_("A call offered"),
    "calm-boundary": N_("A calm boundary"),
    "recognition": N_("Loyalty recognised"),
    "plain-explanation": N_("A plain explanation"),
}
SIGNALS: Final = {
    "anger": N_("Angry"),
    "insult": N_("Insulting"),
    "leaving": N_("About to leave"),
    "wants-person": N_("Wants a person or a manager"),
    "repeat-contact": N_("Has written or called before"),
    "content": N_("Content"),
    "thanks": N_("Thankful"),
}
