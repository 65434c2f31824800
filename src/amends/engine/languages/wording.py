"""Say a sentence of the engine in the reader's language: marked here, translated in the project's catalogues."""

from __future__ import annotations

import gettext
from functools import lru_cache
from importlib import resources


def N_(message: str) -> str:  # noqa: N802  # gettext's own name for 'mark, translate later'
    """Mark a message for translation and return it unchanged."""
    return message


def say(message: str, language: str) -> str:
    """Return a marked message in a language; in English when there is no translation."""
    return _catalogue(language.split("-", maxsplit=1)[0]).gettext(message) if message else ""


@lru_cache(maxsize=16)
def _catalogue(language: str) -> gettext.NullTranslations:
    if not language.isalpha():
        return gettext.NullTranslations()
    source = resources.files("amends") / "locale" / language / "LC_MESSAGES" / "django.mo"
    if not source.is_file():
        return gettext.NullTranslations()
    with source.open("rb") as file:
        return gettext.GNUTranslations(file)
