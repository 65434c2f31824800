"""The situations that come with Amends: every folder beside this file's own `situations/`. Nothing is registered."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from amends.engine.drills.reading import script_of as read_script
from amends.engine.drills.reading import situation_of
from amends.engine.drills.situation import RANKS, BadSituationError, Script, Situation

_STRUCTURE = "situation.toml"


def slugs() -> tuple[str, ...]:
    """Return the names of all situations."""
    return tuple(sorted(each.name for each in _shelf().iterdir() if (each / _STRUCTURE).is_file()))


@lru_cache(maxsize=256)
def situation(slug: str) -> Situation:
    """Return a situation.

    :raises KeyError: when there is none of that name
    :raises BadSituationError: when its file breaks the format
    """
    if slug not in slugs():
        raise KeyError(slug)
    return situation_of(_table(_shelf() / slug / _STRUCTURE), slug=slug)


@lru_cache(maxsize=1024)
def script_of(slug: str, language: str) -> Script:
    """Return a situation's words in a language.

    :raises KeyError: when it has none in that language
    :raises BadSituationError: when they do not fit the situation
    """
    if language not in languages_of(slug):
        raise KeyError(f"{slug}/{language}")
    return read_script(_table(_shelf() / slug / f"{language}.toml"), language=language, of=situation(slug))


@lru_cache(maxsize=256)
def languages_of(slug: str) -> tuple[str, ...]:
    """Return the languages that a situation is written in."""
    names = (each.name for each in (_shelf() / slug).iterdir())
    return tuple(sorted(name[:-5] for name in names if name.endswith(".toml") and name != _STRUCTURE))


@lru_cache(maxsize=1)
def situations() -> tuple[Situation, ...]:
    """Return all situations: by the first rank they are for, the short ones first."""
    return tuple(sorted(map(situation, slugs()), key=lambda one: (_first_rank(one), one.minutes, one.slug)))


def _first_rank(one: Situation) -> int:
    return min(RANKS.index(rank) for rank in one.ranks)


def _shelf() -> Traversable:
    return resources.files("amends.engine.drills") / "situations"


def _table(source: Traversable) -> dict[str, Any]:
    try:
        return tomllib.loads(source.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadSituationError(f"{source}: {error}") from error
