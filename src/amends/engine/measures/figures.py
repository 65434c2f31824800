"""What one conversation adds to the figures: plain counts, so that they travel as JSON and add up in any order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The counts of one conversation. Failings and good signs count replies, signals the conversation."""

    conversation: str
    language: str = ""
    opened: str = ""  # the day of its first word, ISO
    customer: str = ""  # who, to count a customer once; never shown
    messages: int = 0  # of the customer
    replies: int = 0  # of agents, not automatic, in a language that is read
    unread: int = 0  # replies in a language that is not
    flawed: int = 0  # replies with a failing that counts
    failings: Mapping[str, int] = field(default_factory=dict)
    previews: Mapping[str, int] = field(default_factory=dict)  # shown, never scored
    events: Mapping[str, int] = field(default_factory=dict)  # failings seen in the course of events
    hints: int = 0
    good: Mapping[str, int] = field(default_factory=dict)
    signals: tuple[str, ...] = ()
    dated: int = 0  # promises with a day or an hour, or an open date that hangs on something told
    vague: int = 0  # promises with no time
    kept: int = 0
    broken: int = 0
    layer: str = ""
    theme: str = ""
    people: int = 0  # agents who spoke; 0 when the export does not tell them apart
    waited: float | None = None  # minutes until the first answer, or until the end when none came
    answered: bool = False
    content: bool | None = None  # did the customer say so; None when they said nothing of it
    yearly_value: str = ""
    currency: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Make figures of plain values, as JSON gives them back."""
        known = {one.name for one in fields(cls)}
        given = {key: value for key, value in values.items() if key in known}
        given["signals"] = tuple(given.get("signals", ()))
        return cls(**given)
