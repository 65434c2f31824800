"""Names of layers and themes for a reader; a theme is the engine's own, or one that the organisation made."""

from __future__ import annotations

from collections.abc import Iterable

from amends.engine.causes import LAYERS, THEMES, layer_name, theme_name
from amends.engine.languages.wording import say

LANGUAGES = ("tr", "fa", "mn", "en")


def layer_words(layer: str, *, language: str) -> str:
    """Name a layer, or the group 'organisation', in a language."""
    return say(layer_name(layer), language)


def theme_words(theme: str, *, language: str) -> str:
    """Name a theme: translated when it is one of the first tree or has a translation, else as somebody wrote it."""
    return say(theme_name(theme) if theme in THEMES else theme, language)


def theme_called(words: str, *, own: Iterable[str] = ()) -> str:
    """Return the name under which a theme is kept, from what a person chose or typed in any language.

    `own` are the organisation's own themes, which are found by their translations too.
    """
    words = " ".join(words.split())
    themes = (*THEMES, *own)
    return next(
        (theme for theme in themes for language in LANGUAGES if theme_words(theme, language=language) == words), words
    )


def layers(*, language: str) -> list[tuple[str, str]]:
    """All layers with their names, in the order of the field."""
    return [(layer, layer_words(layer, language=language)) for layer in LAYERS]
