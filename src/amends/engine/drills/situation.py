"""The values of a drill: the situation is the same in every language, a script is what is said in one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Kind = Literal["talk", "notes", "figures"]
Ending = Literal["content", "gone", "quarrelling"]
Rank = Literal["new-agent", "agent", "lead", "manager", "director", "back-office"]

KINDS: Final[tuple[Kind, ...]] = ("talk", "notes", "figures")
ENDINGS: Final[tuple[Ending, ...]] = ("content", "gone", "quarrelling")
RANKS: Final[tuple[Rank, ...]] = ("new-agent", "agent", "lead", "manager", "director", "back-office")
HOTTEST: Final = 5  # at this heat the customer quarrels and it is over
MOST_TRUST: Final = 5  # at a trust of 0 the customer leaves
MOST_TURNS: Final = 6


class BadSituationError(ValueError):
    """A situation that breaks the format: the message says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """If an answer shows all of these, at least one of those and none of the others, this follows."""

    all: frozenset[str] = frozenset()
    any: frozenset[str] = frozenset()
    none: frozenset[str] = frozenset()
    says: str = ""  # a key of the script; '' lets the ending speak
    heat: int = 0
    trust: int = 0
    go: str = ""  # the next step
    end: Ending | None = None

    @property
    def always(self) -> bool:
        """Whether it holds for any answer."""
        return not (self.all or self.any or self.none)

    def holds(self, shown: frozenset[str]) -> bool:
        """Tell whether it holds for what an answer shows."""
        return self.all <= shown and (not self.any or bool(self.any & shown)) and not self.none & shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """Something that was said before the drill begins."""

    by: Literal["customer", "agent"]
    says: str
    hours_ago: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Something a manager may choose to do, and the figures that speak for it."""

    key: str
    fits: bool
    because: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A situation without its words."""

    slug: str
    kind: Kind
    version: int
    claims: tuple[str, ...]
    ranks: tuple[Rank, ...]
    failings: tuple[str, ...]  # what it is practised against
    minutes: int
    weekday: int  # 1 Monday … 7 Sunday
    hour: tuple[int, int]
    heat: int = 0
    trust: int = MOST_TRUST
    turns: int = MOST_TURNS
    first: str = ""
    history: tuple[Before, ...] = ()
    steps: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    points: tuple[str, ...] = ()
    traps: tuple[str, ...] = ()
    enough: float = 0.8
    columns: tuple[str, ...] = ()
    figures: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    choose: int = 0
    measures: tuple[Measure, ...] = ()

    @property
    def said(self) -> frozenset[str]:
        """The keys of everything that the customer may say, history included."""
        keys = {one.says for one in self.history}
        if self.first:
            keys.add("opening")
        return frozenset(keys | {rule.says for rules in self.steps.values() for rule in rules if rule.says})

    @property
    def conditions(self) -> frozenset[str]:
        """Everything that a rule asks for."""
        rules = [rule for rules in self.steps.values() for rule in rules]
        return frozenset().union(*(rule.all | rule.any | rule.none for rule in rules)) if rules else frozenset()

    @property
    def endings(self) -> tuple[Ending, ...]:
        """The endings it needs words for."""
        return ENDINGS if self.kind == "talk" else ("content", "gone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """The customer, true to the language's country."""

    name: str
    is_who: str
    honorific: str = ""
    address: str = ""
    since: int | None = None
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What may be answered at one step."""

    good: tuple[str, ...] = ()
    half: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()

    @property
    def every(self) -> tuple[str, ...]:
        return (*self.good, *self.half, *self.bad)


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """How it ends: the customer's last words, and one sentence on where they come from."""

    says: str
    means: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One thing that was said (or, as a trap, one that is easily written down wrongly), and cues for it."""

    fact: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A measure in words, and what there is to say about choosing it."""

    text: str
    feedback: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """The words of a situation in one language."""

    language: str
    title: str
    scene: str
    task: str
    learn: str
    customer: Who
    says: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    answers: Mapping[str, Answers] = field(default_factory=dict)
    endings: Mapping[Ending, Last] = field(default_factory=dict)
    complaint: str = ""
    points: Mapping[str, Point] = field(default_factory=dict)
    traps: Mapping[str, Point] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[str, Proposal] = field(default_factory=dict)
