"""What one conversation adds to the figures: plain counts, so that they travel as JSON and add up in any order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Final, Self


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
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
    event_previews: Mapping[str, int] = field(default_factory=dict)
    hints: int = 0
    good: Mapping[str, int] = field(default_factory=dict)
    signals: tuple[str, ...] = ()
    dated: int = 0  # promises with a day or an hour, or an open date that hangs on something told
    vague: int = 0  # promises with no time
    kept: int = 0
    broken: int = 0
    layer: str = ""
    theme: str = ""
    confirmed: bool = False  # the cause is the organisation's own word, and no proposal
    people: int = 0  # who took it over or spoke; 0 when the export does not tell them apart
    waited: float | None = None  # minutes until a person came, or until the end when none did
    answered: bool = False
    asked: float | None = None  # minutes of the longest wait after asking for a person or a manager
    came: bool = False
    content: bool | None = None  # did the customer say so; None when they said nothing of it
    risks: tuple[str, ...] = ()  # why the customer may leave
    yearly_value: str = ""
    currency: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values; what is as usual is left out."""
        values = {name: value for name in _NAMES if (value := getattr(self, name)) != _USUAL[name]}
        return values | {name: dict(values[name]) for name in _COUNTED if name in values}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Make figures of plain values, as JSON gives them back."""
        given = {key: value for key, value in values.items() if key in _NAMES}
        given |= {name: tuple(given.get(name, ())) for name in ("signals", "risks")}
        return cls(**given)


_NAMES: Final = tuple(one.name for one in fields(Figures))
_USUAL: Final[Mapping[str, Any]] = {
    one.name: {} if one.default_factory is dict else None if one.default is MISSING else one.default
    for one in fields(Figures)
}
_COUNTED: Final = ("failings", "previews", "events", "event_previews", "good")
