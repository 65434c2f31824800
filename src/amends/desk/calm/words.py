"""What the early signs of a quarrel are called, and what to do about each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Named:
    title: str | Lazy
    instead: str | Lazy


SIGNS: Final[Mapping[str, Named]] = {
    "rising": Named(_("It is getting hotter"), _("Answer the feeling before the matter: say that you see it.")),
    "insult": Named(_("An insult"), _("It is not about you. Draw a line calmly, and go on helping.")),
    "leaving": Named(_("They think of leaving"), _("Put it right today; ask for more room if you need it.")),
    "wants-manager": Named(_("They want somebody in charge"), _("Let a manager speak to them today.")),
    "asked-again": Named(_("The same question again"), _("Answer this one first, in one sentence.")),
    "loud": Named(_("Capitals, or rows of marks"), _("Write shorter and warmer, and do not shout back.")),
    "shorter": Named(_("Shorter and shorter"), _("They are tired of writing. Pick up the telephone.")),
}
