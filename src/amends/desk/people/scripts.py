"""In which letters a name is written, and whether readers of a language read them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Final

SCRIPTS: Final[Mapping[str, str]] = {"tr": "LATIN", "en": "LATIN", "fa": "ARABIC", "mn": "CYRILLIC"}


def reads(language: str, name: str) -> bool:
    """Whether a name stands in the letters of a language; one without letters does anywhere.

    Latin letters are read by everybody here.
    """
    letters = [letter for letter in name if letter.isalpha()]
    if not letters:
        return True
    script = unicodedata.name(letters[-1], "").split(" ", maxsplit=1)[0]
    return script in {"LATIN", SCRIPTS.get(language, "LATIN")}
