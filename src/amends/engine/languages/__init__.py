"""How to read a text: one folder a language, speech acts with their characters. It judges nothing."""

from __future__ import annotations

import pkgutil
from dataclasses import replace
from functools import lru_cache
from importlib import import_module

from amends.engine.languages.silhouette import PLAIN, Direction, Language

__all__ = ["Direction", "Language", "codes", "get", "is_known"]


@lru_cache(maxsize=1)
def codes() -> tuple[str, ...]:
    """Return the codes of all languages: the folders of this package."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg))


def is_known(code: str) -> bool:
    """Tell whether there is a folder for a language."""
    return code in codes()


@lru_cache(maxsize=64)
def get(code: str) -> Language:
    """Return a language; for one without a folder, a plain one that reads from left to right."""
    if is_known(code):
        language: Language = import_module(f"{__name__}.{code}").LANGUAGE
        return language
    rtl = code.split("-", maxsplit=1)[0] in {"ar", "he", "ur", "ckb", "ps"} and "Latn" not in code
    return replace(PLAIN, code=code, direction="rtl" if rtl else "ltr")
