"""Names that the example company gave by itself, and that every one of its readers is to understand."""

from __future__ import annotations

from typing import Final

from amends.engine.languages.wording import N_

OWN_THEMES: Final = (N_("Broken on the way"), N_("Coffee corner"), N_("Gift cards run out"))
