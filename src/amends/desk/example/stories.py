"""The example company as data: who works there, who buys there, and what happened. Plain values, read from TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

HERE: Final = Path(__file__).parent
LANGUAGES: Final = ("tr", "fa", "mn", "en")

# What a step may hold beside its moment; the first key names what happened.
STEPS: Final[Mapping[str, frozenset[str]]] = {
    "wrote": frozenset({"text", "quoted", "attachment", "channel", "language", "heat"}),
    "replied": frozenset({"by", "text", "promise", "due", "asis"}),
    "sent": frozenset({"by", "text"}),
    "noted": frozenset({"by", "text"}),
    "tagged": frozenset({"by", "tags"}),
    "called": frozenset({"by", "text", "promise", "due"}),
    "handed-over": frozenset({"by", "to", "reason"}),
    "companion": frozenset({"by", "agent", "question"}),
    "paused": frozenset({"by", "until"}),
    "rested": frozenset({"by", "until"}),
    "call-offered": frozenset({"by", "slots"}),
    "call-booked": frozenset({"slot"}),
    "takeover-asked": frozenset({"by", "to", "reason"}),
    "third-party": frozenset({"by", "who", "until"}),
    "third-party-answered": frozenset({"by", "answer", "text"}),
    "kept": frozenset({"promise", "by"}),
    "moved": frozenset({"promise", "by", "due"}),
    "withdrawn": frozenset({"promise", "by"}),
    "notice": frozenset({"promise", "by"}),
    "remedy": frozenset(
        {
            "by",
            "kind",
            "what",
            "cost",
            "currency",
            "exception",
            "rule",
            "reason",
            "agreed",
            "todo",
            "due",
            "third",
        }
    ),
    "done": frozenset({"by"}),
    "dropped": frozenset({"by"}),
    "our-fault": frozenset({"by"}),
    "asked": frozenset({"by", "kind", "what", "cost", "currency", "rule", "reason"}),
    "answered": frozenset({"by", "yes", "words"}),
    "content": frozenset({"by"}),
    "not-content": frozenset({"text", "heat"}),
    "rated": frozenset({"outcome", "handling"}),
    "asked-for": frozenset({"what", "phone"}),
    "cause": frozenset({"layer", "theme", "by"}),
    "clock-started": frozenset({"by", "law", "days_before"}),
    "final-answer": frozenset({"by"}),
    "closed": frozenset({"by"}),
    "draft": frozenset({"by", "text"}),
}
STORY_KEYS: Final = frozenset({"anchor", "customer", "owner", "channel", "typed_in_by", "subject", "wish", "step"})
PEOPLE_IN_A_STEP: Final = ("by", "to", "agent", "agreed")


class BadStoryError(ValueError):
    """A story that cannot be told; the message names its file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarCard:
    """A team's working hours, and the country whose holidays it keeps."""

    key: str
    name: str
    time_zone: str
    holidays: str
    week: Mapping[str, list[list[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamCard:
    """A team; its calendar has the same key."""

    key: str
    name: str
    lead: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentCard:
    """Somebody who works at Karvan."""

    key: str
    name: str
    say: str
    latin_name: str = ""
    email: str
    role: str
    team: str
    languages: tuple[str, ...]
    language: str
    time_zone: str
    goodwill_limit: Decimal
    goodwill_currency: str
    joined: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCard:
    """Somebody who buys at Karvan."""

    key: str
    name: str
    honorific: str
    say: str
    language: str
    address: str
    since: date
    orders: int
    yearly_value: Decimal
    currency: str
    email: str = ""
    phone: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LawCard:
    """A legal time limit that holds at Karvan, and for which complaints."""

    code: str
    language: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCard:
    """A rule of Karvan, which may give way."""

    key: str
    title: str
    text: str
    purpose: str
    room: str
    called: str
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """The example company."""

    name: str
    password: str
    currency: str
    calendars: Mapping[str, CalendarCard]
    teams: Mapping[str, TeamCard]
    agents: Mapping[str, AgentCard]
    laws: tuple[LawCard, ...] = ()
    rules: Mapping[str, RuleCard] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happened, with its moment as it is told in the file."""

    kind: str
    at: str
    fields: Mapping[str, Any]

    def text(self, name: str) -> str:
        return str(self.fields.get(name, "")).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One complaint from its first word to where it stands now."""

    id: str
    language: str
    customer: str
    owner: str
    channel: str
    subject: str
    wish: str = ""
    typed_in_by: str = ""
    anchor: str = ""
    steps: tuple[Step, ...] = field(default_factory=tuple)

    @property
    def cast(self) -> frozenset[str]:
        """Everybody of the company who appears in it."""
        people = {self.owner, self.typed_in_by}
        for step in self.steps:
            people |= {str(step.fields.get(name, "")) for name in PEOPLE_IN_A_STEP}
        return frozenset(people - {"", "customer"})


@cache
def company() -> Company:
    """Read who works at Karvan."""
    told = tomllib.loads((HERE / "company.toml").read_text(encoding="utf-8"))
    return Company(
        name=told["name"],
        password=told["password"],
        currency=told["currency"],
        calendars={key: CalendarCard(key=key, **card) for key, card in told["calendar"].items()},
        teams={key: TeamCard(key=key, **card) for key, card in told["team"].items()},
        agents={key: _agent(key, card) for key, card in told["agent"].items()},
        laws=tuple(LawCard(**card) for card in told["law"]),
        rules={key: RuleCard(key=key, **card) for key, card in told["rule"].items()},
    )


def _agent(key: str, card: dict[str, Any]) -> AgentCard:
    return AgentCard(
        key=key,
        **{
            **card,
            "languages": tuple(card["languages"]),
            "goodwill_limit": Decimal(card["goodwill_limit"]),
            "joined": date.fromisoformat(card["joined"]),
        },
    )


@cache
def customers() -> Mapping[str, CustomerCard]:
    """Read who buys at Karvan."""
    told = tomllib.loads((HERE / "customers.toml").read_text(encoding="utf-8"))
    return MappingProxyType({key: _customer(key, card) for key, card in told.items()})


def _customer(key: str, card: dict[str, Any]) -> CustomerCard:
    return CustomerCard(
        key=key,
        **{
            **card,
            "since": date.fromisoformat(card["since"]),
            "yearly_value": Decimal(str(card["yearly_value"])),
        },
    )


@cache
def stories() -> tuple[Story, ...]:
    """Read every story, in the order of languages and file names."""
    return tuple(
        _story(path, language)
        for language in LANGUAGES
        for path in sorted((HERE / "stories" / language).glob("*.toml"))
    )


def _story(path: Path, language: str) -> Story:
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    if unknown := told.keys() - STORY_KEYS:
        raise BadStoryError(f"{path.name}: unknown {sorted(unknown)}")
    steps = tuple(_step(path, step) for step in told.pop("step", []))
    if not steps or steps[0].kind != "wrote":
        raise BadStoryError(f"{path.name}: a story begins with the customer's words")
    story = Story(id=f"{language}/{path.stem}", language=language, steps=steps, **told)
    if strangers := story.cast - company().agents.keys():
        raise BadStoryError(f"{path.name}: nobody at Karvan is called {sorted(strangers)}")
    if story.customer not in customers():
        raise BadStoryError(f"{path.name}: no customer {story.customer!r}")
    return story


def _step(path: Path, step: dict[str, Any]) -> Step:
    kind = next(iter(step))
    if kind not in STEPS:
        raise BadStoryError(f"{path.name}: {kind!r} is nothing that happens")
    at = str(step.pop(kind))
    # A remedy has a kind too, and the moment's key went first; what is left is checked by name.
    if unknown := step.keys() - STEPS[kind]:
        raise BadStoryError(f"{path.name}: {kind} knows no {sorted(unknown)}")
    return Step(kind=kind, at=at, fields=MappingProxyType(step))
