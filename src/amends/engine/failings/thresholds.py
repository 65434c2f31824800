"""How sure one must be: a threshold for each failing and language."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources


def threshold(failing: str, language: str) -> float:
    """Return the confidence from which a finding counts as a failing."""
    tables = _tables()
    return tables.get(language, {}).get(failing, tables["default"].get(failing, tables["default"]["failing"]))


def hint_floor() -> float:
    """Return the confidence below which nothing is said at all."""
    return _tables()["default"]["hint"]


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, float]]:
    source = resources.files("amends.engine.failings") / "thresholds.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))
