"""Whether a customer asks for a manager, in their own words or in notes of a call. Pure; see `managers.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from amends.engine import languages
from amends.engine.conversation import By
from amends.engine.languages.cues import Cues, compile_cues
from amends.engine.languages.recognition import recognise
from amends.engine.languages.text import prepare

TEXT_LIMIT: Final = 20_000  # characters that are read
_HERE: Final = Path(__file__).parent


def asks_for_manager(text: str, *, language: str) -> str:
    """The sentence in which a customer asks for a manager; empty where nobody is asked for."""
    return _sentence(text, language=language, by="customer")


def notes_ask_for_manager(notes: str, *, language: str) -> str:
    """The sentence of an agent's notes which says that the customer wants a manager; empty where none does.

    Notes are in the agent's language or in the customer's; `language` is the likelier one.
    """
    return _sentence(notes, language=recognise(notes[:TEXT_LIMIT], prior=language), by="agent")


def _sentence(text: str, *, language: str, by: By) -> str:
    cues = cues_of(language)
    if cues is None:
        return ""
    prepared = prepare(text[:TEXT_LIMIT], language=cues.language)
    act = min(cues.read(prepared, by=by), key=lambda found: found.start, default=None)
    if act is None:
        return ""
    around = next(one.sentence for one in prepared.sentences if one.sentence.start <= act.start < one.sentence.end)
    return " ".join(prepared.original[around.start : around.end].split())


@cache
def cues_of(language: str) -> Cues | None:
    """The cues of a language; None for one that we do not read."""
    tables = _tables().get(language)
    return compile_cues(tables, language=languages.get(language)) if tables else None


@cache
def _tables() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((_HERE / "managers.toml").read_text(encoding="utf-8"))
