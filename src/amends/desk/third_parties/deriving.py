"""Which waits a story tells of: pure, values in, values out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from amends.desk.complaints.models import EventKind
from amends.desk.complaints.timeline import Happened

OVER: Final = frozenset({EventKind.CONTENT, EventKind.CLOSED, EventKind.MERGED_INTO})
MATTERS: Final = frozenset({EventKind.WAITING_ON_THIRD_PARTY, EventKind.THIRD_PARTY_ANSWERED, *OVER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """A wait: for whom, since when, how it stands."""

    party: int | None
    who: str  # empty when the customer was erased
    since: datetime
    last_word_at: datetime | None = None
    promise: int | None = None
    ended_at: datetime | None = None
    outcome: str = ""


def waits(story: Sequence[Happened]) -> list[Waited]:
    """Tell the waits of a story in the order in which they began; a word that there is no news goes on with one."""
    ended: list[Waited] = []
    going_on: dict[str, Waited] = {}
    for event in story:
        if event.kind not in MATTERS:
            continue
        if event.kind in OVER:
            ended += [replace(wait, ended_at=event.at, outcome="ended") for wait in going_on.values()]
            going_on = {}
            continue
        party, who = event.data.get("party"), str(event.data.get("who", ""))
        key = str(party or who)
        if event.kind == EventKind.WAITING_ON_THIRD_PARTY:
            wait = going_on.get(key) or Waited(party=int(party) if party else None, who=who, since=event.at)
            promise = event.data.get("promise")
            going_on[key] = replace(wait, promise=int(promise) if promise else wait.promise)
        elif key in going_on:
            wait = replace(going_on[key], last_word_at=event.at)
            if (answer := str(event.data.get("answer", ""))) == "news":
                going_on[key] = wait
            else:
                del going_on[key]
                ended.append(replace(wait, ended_at=event.at, outcome="no" if answer == "no" else "yes"))
    return sorted([*ended, *going_on.values()], key=lambda wait: wait.since)
