"""The record of one conversation: plain frozen values, the same for a live complaint, an import and a test."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

By = Literal["customer", "agent", "system"]
Role = Literal["", "agent", "lead", "manager"]  # who may be asked for; '' when nobody told
Channel = Literal["mail", "form", "chat", "phone", "visit", "portal", "social", "other"]

# What can happen beside words. The desk's own kinds of events are translated into these in one file
# (`desk/complaints/as_conversation.py`).
Happening = Literal[
    "owner-taken",
    "handed-over",
    "companion",
    "held",
    "called",
    "paused",
    "waiting-on-third-party",
    "promise-made",
    "promise-kept",
    "promise-broken",
    "promise-moved",
    "promise-withdrawn",
    "remedy",
    "asked-for-person",
    "asked-for-manager",
    "asked-for-call",
    "content",
    "not-content",
    "rated",
    "closed",
    "reopened",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody who takes part. `id` is stable within the conversation; an agent's name may be withheld."""

    id: str
    by: By
    name: str = ""
    role: Role = ""


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class Turn:
    """One message as it was said; offsets in findings count the characters of `text`."""

    by: By
    text: str
    at: datetime | None = None
    party: str = ""
    channel: Channel = "other"
    language: str = ""
    automatic: bool = False
    at_once: int | None = None  # conversations that whoever wrote it was holding, this one counted
    heat: int | None = None  # of a customer's words, as somebody noted it: 0 calm … 3 hot


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened beside words."""

    kind: Happening
    at: datetime
    party: str = ""
    words: str = ""
    due: datetime | None = None
    promise: str = ""  # ties made, kept, broken, moved and withdrawn together
    amount: Decimal | None = None
    rating: int | None = None  # 1 … 5
    lasted: int | None = None  # seconds: of a hold, a call
    at_once: int | None = None  # conversations that the agent was holding, this one counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Where a complaint came from: a layer, and the organisation's own name for it."""

    layer: str
    theme: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """Another complaint of the same customer, made before this one."""

    on: date
    id: str = ""
    cause: Cause | None = None


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class Facts:
    """What is known about the customer, as the record has it."""

    customer_id: str = ""  # the same in all conversations of one customer
    customer_name: str = ""
    honorific: str = ""
    address: str = ""
    language: str = ""
    since: date | None = None
    yearly_value: Decimal | None = None
    currency: str = ""
    other: tuple[tuple[str, str], ...] = ()  # an organisation's own facts: order number, plan …
    cause: Cause | None = None  # of this complaint, as the organisation has found it
    earlier: tuple[Earlier, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingWeek:
    """When those who answer work, told plainly: hours by weekday (Monday is 0), as '09:00' and '18:00'."""

    zone: str  # as 'Europe/Istanbul'
    week: tuple[tuple[int, tuple[tuple[str, str], ...]], ...]
    days_off: tuple[date, ...] = ()


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class Conversation:
    """Turns and events in order of time, seen at the moment `as_of` (local to the organisation)."""

    id: str
    turns: tuple[Turn, ...]
    as_of: datetime
    facts: Facts = field(default_factory=Facts)
    parties: tuple[Party, ...] = ()
    events: tuple[Event, ...] = ()
    working: WorkingWeek | None = None
    limits: tuple[tuple[str, str], ...] = ()  # the organisation's own, where they are not the usual ones

    def seen(self, at: datetime) -> Conversation:
        """Return it as it is seen at another moment; once for each reply, so no general copying."""
        return Conversation(
            id=self.id,
            turns=self.turns,
            as_of=at,
            facts=self.facts,
            parties=self.parties,
            events=self.events,
            working=self.working,
            limits=self.limits,
        )
