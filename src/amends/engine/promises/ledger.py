"""What became of the promises of a conversation, told from its events.

A promise is kept when it was done by its time; done later it was broken, whatever came after. Moving it before its time
gives it a new one; moving or withdrawing it after its time undoes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from amends.engine.conversation.record import Conversation, Event

Standing = Literal["open", "kept", "broken", "withdrawn"]

_ABOUT_PROMISES = frozenset({"promise-made", "promise-kept", "promise-broken", "promise-moved", "promise-withdrawn"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One promise in the ledger, as it stands at a moment."""

    made: Event
    due: datetime | None  # as last moved in time
    standing: Standing
    settled: datetime | None  # when it was kept, withdrawn or, by its time passing, broken
    moved: int = 0
    done_late: datetime | None = None  # broken, and done afterwards

    @property
    def words(self) -> str:
        return self.made.words


def ledger(events: Iterable[Event], *, as_of: datetime) -> tuple[Entry, ...]:
    """Tell how each promise stands, in the order in which they were made; what lies after `as_of` is not known yet."""
    stories: dict[str, list[Event]] = {}
    for event in sorted(events, key=lambda event: event.at):
        if event.kind in _ABOUT_PROMISES and event.at <= as_of:
            # An import that ties nothing together may still repeat the words.
            stories.setdefault(event.promise or event.words, []).append(event)
    found = []
    for story in stories.values():
        lives: list[list[Event]] = []
        for event in story:
            if event.kind == "promise-made":
                lives.append([event])
            elif lives:
                lives[-1].append(event)
        found += [_entry(life, as_of) for life in lives]
    return tuple(sorted(found, key=lambda entry: entry.made.at))


def was_kept(events: Sequence[Event], *, as_of: datetime) -> bool | None:
    """Tell whether the promise that these events are about was kept; None while open, or when withdrawn."""
    entries = ledger(events, as_of=as_of)
    if not entries or any(entry.standing in {"open", "withdrawn"} for entry in entries):
        return None
    return all(entry.standing == "kept" for entry in entries)


def kept_rate(entries: Iterable[Entry]) -> tuple[int, int]:
    """Count the promises kept, and those that could be: what is open or withdrawn is left out of both."""
    settled = [entry.standing for entry in entries if entry.standing in {"kept", "broken"}]
    return settled.count("kept"), len(settled)


def broken(conversation: Conversation) -> tuple[Entry, ...]:
    """The promises whose time passed without their being done, as the conversation is seen."""
    return tuple(entry for entry in ledger(conversation.events, as_of=conversation.as_of) if entry.standing == "broken")


def _entry(life: Sequence[Event], as_of: datetime) -> Entry:
    made, due, moved = life[0], life[0].due, 0
    for event in life[1:]:
        if due is not None and event.at > due:
            break
        if event.kind == "promise-moved":
            due, moved = event.due or due, moved + 1
        elif event.kind == "promise-kept":
            return Entry(made, due, "kept", event.at, moved)
        elif event.kind == "promise-withdrawn":
            return Entry(made, due, "withdrawn", event.at, moved)
        elif event.kind == "promise-broken":
            return Entry(made, due, "broken", event.at, moved, _done_after(life, event.at))
    if due is not None and due <= as_of:
        return Entry(made, due, "broken", due, moved, _done_after(life, due))
    return Entry(made, due, "open", None, moved)


def _done_after(life: Sequence[Event], moment: datetime) -> datetime | None:
    return next((event.at for event in life if event.kind == "promise-kept" and event.at > moment), None)
