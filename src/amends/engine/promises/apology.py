"""Making amends for a broken promise, in four steps: sorry first, no excuse, a remedy, and a new time.

The acts of the draft are handed in, so that whoever reads better is heard; the time is read from its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from amends.engine.languages.acts import Act
from amends.engine.languages.text import Text
from amends.engine.promises.calendar import WorkingCalendar
from amends.engine.promises.undertaking import find_promises

EXCUSES: Final = frozenset({"excuse-reason", "not-our-fault", "customer-fault", "contradiction", "shrug"})
REMEDIES: Final = frozenset({"remedy", "offer"})
BEFORE_IT: Final = frozenset({"greeting", "thanks", "personal-word", "acknowledgement"})
SURE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Apology:
    """How far a draft makes amends."""

    sorry: bool
    sorry_first: bool
    no_excuse: bool
    excuse: str  # the very words, where there is one
    remedy: bool
    new_time: date | datetime | None

    @property
    def is_whole(self) -> bool:
        return self.sorry_first and self.no_excuse and self.remedy and self.new_time is not None


def apology(text: Text, *, acts: Sequence[Act], now: datetime, calendar: WorkingCalendar) -> Apology:
    """Read the four steps out of a draft; an empty one has taken none of them."""
    sure = [act for act in acts if act.confidence >= SURE]
    sorry = [act.start for act in sure if act.kind == "apology"]
    excuses = sorted(act.start for act in sure if act.kind in EXCUSES)
    excuse = next((text.original[act.start : act.end] for act in sure if excuses and act.start == excuses[0]), "")
    promises = find_promises(text.original, language=text.language.code, now=now, calendar=calendar, folded=text.folded)
    dues = [promise.due for promise in promises if promise.due is not None]
    return Apology(
        sorry=bool(sorry),
        sorry_first=bool(sorry) and _comes_first(min(sorry), sure, text),
        no_excuse=bool(text.original.strip()) and not excuses,
        excuse=excuse,
        remedy=any(act.kind in REMEDIES for act in sure),
        new_time=max(dues, key=lambda due: due.isoformat(), default=None),
    )


def _comes_first(start: int, acts: Sequence[Act], text: Text) -> bool:
    """Whether only a greeting, thanks or the name of the trouble stand before it."""
    for piece in text.sentences:
        sentence = piece.sentence
        if sentence.start <= start < sentence.end:
            return True
        kinds = {act.kind for act in acts if sentence.start <= act.start < sentence.end}
        if not kinds & BEFORE_IT and len(piece.words) > 3:
            return False
    return False
