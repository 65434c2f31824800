"""Evidence, as a failing yields it, and the finding made of it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class Evidence:
    """The exact words that show a failing, and how sure we are, in [0, 1].

    `turn` is -1 for what no words show, only the timeline; then `events` says which events of the conversation, by
    their places there, and `words` tells the first of them.
    """

    turn: int
    start: int
    end: int
    confidence: float
    words: str = ""
    events: tuple[int, ...] = ()
    plain: bool = False  # said outright: only rules may doubt it


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class Finding:
    """A failing found, with all that a reader needs: where, why it hurts, what to do instead."""

    id: str
    failing: str
    turn: int
    start: int
    end: int
    words: str
    confidence: float
    hurts: str
    instead: str
    claims: tuple[str, ...]
    preview: bool
    language: str
    events: tuple[int, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as `findings.schema.json` has it."""
        return {
            "id": self.id,
            "failing": self.failing,
            "turn": self.turn,
            "start": self.start,
            "end": self.end,
            "words": self.words,
            "confidence": round(self.confidence, 3),
            "hurts": self.hurts,
            "instead": self.instead,
            "claims": list(self.claims),
            "preview": self.preview,
            "language": self.language,
            **({"events": list(self.events)} if self.events else {}),
        }


def identify(*, conversation: str, failing: str, turn: int, words: str, nth: int = 0) -> str:
    """Return a finding's identity: the same words of the same turn keep it when other words move them.

    `nth` tells apart a failing that finds the same words twice in one turn.
    """
    key = "\x1f".join((conversation, failing, str(turn), " ".join(words.split()), str(nth)))
    return blake2b(key.encode(), digest_size=8).hexdigest()
