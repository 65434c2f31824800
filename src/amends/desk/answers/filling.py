"""Filling a customer's own case into saved words. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

BLANKS: Final = ("name", "number", "subject", "owner", "day", "hour", "received", "promised")
_BLANK: Final = re.compile(r"\{\s*([^{}\s]*)\s*\}")


def fill(text: str, facts: Mapping[str, str]) -> str:
    """Put what is known into its blanks; what nobody knows stays a blank that the writer sees."""

    def known(found: re.Match[str]) -> str:
        return facts.get(found[1], "") or found[0]

    return _BLANK.sub(known, text)


def unknown_blanks(text: str) -> list[str]:
    """Name the blanks that nobody could fill; a brace of its own is one too."""
    named = [found[1] for found in _BLANK.finditer(text)]
    rest = _BLANK.sub("", text)
    return [name or "{}" for name in named if name not in BLANKS] + re.findall(r"[{}]", rest)
