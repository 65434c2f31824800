"""How hot the customer's words are, by the signals that the engine finds in them."""

from __future__ import annotations

from datetime import datetime

from amends.engine.conversation.record import Conversation, Turn
from amends.engine.failings.signs import signals_of
from amends.engine.languages.reading import read
from amends.engine.measures.counted import heat_of

__all__ = ["heat_of", "signals_in"]

TEXT_LIMIT = 20_000  # characters that are read; heat shows early


def signals_in(*, text: str, language: str, now: datetime) -> list[str]:
    """Name the signals in words of the customer: anger, insult, leaving, wants-person and so on."""
    words = text[:TEXT_LIMIT]
    if not words.strip():
        return []
    talk = Conversation(id="", turns=(Turn(by="customer", text=words, at=now, language=language),), as_of=now)
    (turn,) = read(talk).turns
    return sorted({sign.name for sign in signals_of(turn)})
