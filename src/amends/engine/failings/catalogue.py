"""The catalogue: every failing in the theme folders beside this file, and its examples in every language."""

from __future__ import annotations

import pkgutil
import tomllib
from functools import lru_cache
from importlib import import_module, resources

from amends.engine.failings.failing import Examples, Failing, Seen

PACKAGE = "amends.engine.failings"


@lru_cache(maxsize=1)
def catalogue() -> tuple[Failing, ...]:
    """Return all failings, in order of their names. Nothing is registered: the folders are walked."""
    found = []
    root = import_module(PACKAGE)
    for theme in pkgutil.iter_modules(root.__path__):
        if theme.ispkg:
            folder = import_module(f"{PACKAGE}.{theme.name}")
            for module in pkgutil.iter_modules(folder.__path__):
                failing: Failing = import_module(f"{folder.__name__}.{module.name}").FAILING
                found.append(failing)
    return tuple(sorted(found, key=lambda failing: failing.id))


@lru_cache(maxsize=2)
def seen_in(what: Seen) -> tuple[Failing, ...]:
    """Return those that a reply shows, or those that only the course of events does."""
    return tuple(failing for failing in catalogue() if failing.seen == what)


def get(failing_id: str) -> Failing:
    """Return a failing by its name."""
    return _by_id()[failing_id]


@lru_cache(maxsize=1)
def _by_id() -> dict[str, Failing]:
    return {failing.id: failing for failing in catalogue()}


@lru_cache(maxsize=256)
def examples(failing_id: str, language: str) -> Examples:
    """Return a failing's examples: English from its own file, others from the language's folder."""
    if language == "en":
        return get(failing_id).examples
    source = resources.files(f"amends.engine.languages.{language}") / "examples" / f"{failing_id}.toml"
    if not source.is_file():
        return Examples()
    read = tomllib.loads(source.read_text(encoding="utf-8"))
    return Examples(bad=tuple(read.get("bad", ())), good=tuple(read.get("good", ())))
