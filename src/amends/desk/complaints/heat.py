"""How hot the customer's words are, by the signals that the engine finds in them."""

from __future__ import annotations

from datetime import datetime

from amends.engine.conversation.record import Conversation, Turn
from amends.engine.failings.signs import signals_of
from amends.engine.languages.reading import read

TEXT_LIMIT = 20_000  # characters that are read; heat shows early


def signals_in(*, text: str, language: str, now: datetime) -> list[str]:
    """Name the signals in words of the customer: anger, insult, leaving, wants-person and so on."""
    words = text[:TEXT_LIMIT]
    if not words.strip():
        return []
    talk = Conversation(id="", turns=(Turn(by="customer", text=words, at=now, language=language),), as_of=now)
    (turn,) = read(talk).turns
    return sorted({sign.name for sign in signals_of(turn)})


def heat_of(signals: list[str]) -> int:
    """Weigh the signals: 0 calm, 1 warm, 2 angry, 3 insulting, or angry and about to leave or back again."""
    warm = not {"leaving", "repeat-contact", "wants-person"}.isdisjoint(signals)
    if "insult" in signals:
        return 3
    if "anger" in signals:
        return 3 if warm else 2
    return int(warm)
