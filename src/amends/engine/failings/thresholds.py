"""How sure one must be: a threshold for each failing and language, for cues alone and for the learned reader."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources
from typing import cast

Tables = dict[str, dict[str, float]]


def threshold(failing: str, language: str, *, learned: bool = False) -> float:
    """Return the confidence from which a finding counts as a failing."""
    tables = _tables("learned-thresholds.toml" if learned else "thresholds.toml")
    return tables.get(language, {}).get(failing, tables["default"].get(failing, tables["default"]["failing"]))


def hint_floor(*, learned: bool = False) -> float:
    """Return the confidence below which nothing is said at all."""
    return _tables("learned-thresholds.toml" if learned else "thresholds.toml")["default"]["hint"]


@lru_cache(maxsize=2)
def _tables(name: str) -> Tables:
    source = resources.files("amends.engine.failings") / name
    return cast("Tables", tomllib.loads(source.read_text(encoding="utf-8")))
