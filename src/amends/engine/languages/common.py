"""Words that say nothing about a matter, and words that dates are made of: read once from a language's folder."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources
from typing import Literal

from amends.engine import languages
from amends.engine.languages.folding import fold, skeleton

STEM = 5  # letters; what follows is mostly an ending


def stem(word: str) -> str:
    """Cut a folded word where the endings of most words begin."""
    return word[:STEM]


@lru_cache(maxsize=32)
def common_stems(code: str) -> frozenset[str]:
    """Return the beginnings of words that any message may hold; none for a language without a folder."""
    return frozenset(stem(word) for word in _table(code, "common"))


def date_words(code: str) -> frozenset[str]:
    """Return the names of days and months."""
    return _table(code, "dates")


@lru_cache(maxsize=32)
def _table(code: str, name: Literal["common", "dates"]) -> frozenset[str]:
    if not languages.is_known(code):
        return frozenset()
    source = resources.files(f"amends.engine.languages.{code}") / "common.toml"
    words = tomllib.loads(source.read_text(encoding="utf-8"))[name]
    language = languages.get(code)
    return frozenset(skeleton(fold(words, language=language).text, language=language).split())
