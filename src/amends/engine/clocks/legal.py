"""Legal clocks as data: what is shipped in `legal.toml`, and what an organisation changes in it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, Literal, cast

from amends.engine.clocks.limits import ENDS, ROLLS, UNITS, WEEKEND, End, Limit, Roll, Unit, extended

Met = Literal[
    "acknowledgement", "first-word", "next-word", "final-answer", "acceptance", "remedy", "customer"
]  # fmt: skip
Confidence = Literal["H", "M", "L"]
Binds = Literal["everybody", "public-bodies"]

METS: Final = ("acknowledgement", "first-word", "next-word", "final-answer", "acceptance", "remedy", "customer")
STARTS: Final = (
    *("received", "last-word", "final-answer"),
    # A day that somebody enters:
    *("sent-to-company", "delivery", "fault-notice", "withdrawal-notice", "goods-returned"),
    *("investigation-completed", "adr-contact", "application", "answer-or-expiry"),
)
BY_ITSELF: Final = frozenset({"received", "last-word", "final-answer"})
REQUIRED: Final = (
    *("reasons", "expected-date", "decision-of-head", "in-progress", "why", "ombudsman"),
    *("answer-time", "named-contact", "outcome", "settled", "referral-time", "waiver"),
)
CONFIDENCES: Final = ("H", "M", "L")
BINDS: Final = ("everybody", "public-bodies")
_DAYS: Final = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}


class BadClockError(ValueError):
    """A legal clock that cannot be counted, or that does not say where it comes from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalClock:
    """One time limit of a law."""

    id: str
    n: int
    unit: Unit
    starts_on: str
    met_by: Met
    source: str
    confidence: Confidence
    checked: date
    titles: Mapping[str, str] = field(default_factory=dict)
    rest: frozenset[int] = WEEKEND
    roll: Roll = "none"
    end: End = "end-of-day"
    extend_to: int | None = None
    extend_by: int | None = None
    extend_unit: Unit | None = None
    requires: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()
    receipt: tuple[str, ...] = ()  # what has to be in the confirmation of receipt,
    answer: tuple[str, ...] = ()  # in the final answer,
    refusal: tuple[str, ...] = ()  # in one that is a no,
    settled: tuple[str, ...] = ()  # and in the letter after the customer's yes
    referral: str = ""  # the clock of the customer's own right to turn elsewhere, which these letters begin
    repeats: bool = False
    binds: Binds = "everybody"  # a law on petitions may bind public bodies only
    not_yet: bool = False  # passed, but not applicable
    effective_from: date | None = None

    def __post_init__(self) -> None:
        wrong = [
            name
            for name, value, allowed in (
                ("unit", self.unit, UNITS),
                ("roll", self.roll, ROLLS),
                ("end", self.end, ENDS),
                ("from", self.starts_on, STARTS),
                ("met_by", self.met_by, METS),
                ("confidence", self.confidence, CONFIDENCES),
                ("binds", self.binds, BINDS),
            )
            if value not in allowed
        ]
        wrong += [name for each in (self.requires, *self.letters.values()) for name in each if name not in REQUIRED]
        if wrong or not self.source.strip():
            raise BadClockError(f"{self.id}: {', '.join(wrong) or 'source'}")
        try:
            _ = self.limit
            if self.can_be_extended:
                _ = self.longest
        except ValueError as error:
            raise BadClockError(f"{self.id}: {error}") from error

    @property
    def limit(self) -> Limit:
        return Limit(self.n, self.unit, self.rest, self.roll, self.end)

    @property
    def can_be_extended(self) -> bool:
        return self.extend_to is not None or self.extend_by is not None

    @property
    def longest(self) -> Limit:
        """The limit once it has been extended with a notice."""
        return extended(self.limit, to=self.extend_to, by=self.extend_by, unit=self.extend_unit)

    @property
    def is_ours(self) -> bool:
        """Whether it is a duty of the organisation, and no right of the customer."""
        return self.met_by != "customer"

    @property
    def letters(self) -> Mapping[str, tuple[str, ...]]:
        """The letters that the law knows, beside that of an extension, and what has to be in each.

        A final answer may always be a no, and whoever gets one is told why.
        """
        told = {"receipt": self.receipt, "holding": self.otherwise, "settled": self.settled}
        if self.met_by == "final-answer":
            told |= {"answer": self.answer or ("outcome",), "refusal": self.refusal or ("reasons",)}
        return {name: wanted for name, wanted in told.items() if wanted}

    def holds_on(self, day: date) -> bool:
        """Whether the law applies to an event of that day."""
        return not self.not_yet and (self.effective_from is None or self.effective_from <= day)

    def title(self, language: str) -> str:
        return self.titles.get(language) or self.titles.get("en") or self.id


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, LegalClock]:
    """Read what is shipped, by id."""
    told = tomllib.loads((files(__package__) / "legal.toml").read_text(encoding="utf-8"))
    clocks = [read(row, checked=told["checked"]) for row in told["clock"]]
    known = {clock.id: clock for clock in clocks}
    if len(known) != len(clocks):
        raise BadClockError("two clocks of one id")
    for clock in clocks:
        if clock.referral and clock.referral not in known:
            raise BadClockError(f"{clock.id}: {clock.referral}")
    return known


def read(row: Mapping[str, Any], *, checked: date) -> LegalClock:
    """Read one clock as `legal.toml` writes it.

    :raises BadClockError: if it cannot be counted
    """
    return LegalClock(
        id=row["id"],
        n=row["n"],
        unit=row["unit"],
        starts_on=row["from"],
        met_by=row["met_by"],
        source=row["source"],
        confidence=row["confidence"],
        checked=row.get("checked", checked),
        titles=row.get("title", {}),
        rest=frozenset(_DAYS[day] for day in row["rest"]) if "rest" in row else WEEKEND,
        roll=row.get("roll", "none"),
        end=row.get("end", "end-of-day"),
        extend_to=row.get("extend_to"),
        extend_by=row.get("extend_by"),
        extend_unit=row.get("extend_unit"),
        requires=tuple(row.get("requires", ())),
        otherwise=tuple(row.get("otherwise", ())),
        receipt=tuple(row.get("receipt", ())),
        answer=tuple(row.get("answer", ())),
        refusal=tuple(row.get("refusal", ())),
        settled=tuple(row.get("settled", ())),
        referral=row.get("referral", ""),
        repeats=row.get("repeats", False),
        binds=row.get("binds", "everybody"),
        not_yet=row.get("not_yet", False),
        effective_from=row.get("effective_from"),
    )


CHANGEABLE: Final = (
    *("n", "unit", "starts_on", "met_by", "rest", "roll", "end", "extend_to", "extend_by", "source", "confidence"),
    *("checked", "effective_from", "not_yet", "titles"),
)


def changed(clock: LegalClock, changes: Mapping[str, Any]) -> LegalClock:
    """The clock with an organisation's own figures, as they are kept in JSON.

    :raises BadClockError: if they cannot be counted, or name what is not there
    """
    unknown = set(changes) - set(CHANGEABLE)
    if unknown:
        raise BadClockError(f"{clock.id}: {', '.join(sorted(unknown))}")
    return replace(clock, **{name: _from_json(name, value) for name, value in changes.items()})


def differences(clock: LegalClock, other: LegalClock) -> dict[str, Any]:
    """What makes the other clock different, as JSON keeps it."""
    return {name: _to_json(getattr(other, name)) for name in CHANGEABLE if getattr(other, name) != getattr(clock, name)}


def _from_json(name: str, value: Any) -> Any:
    if name in {"checked", "effective_from"}:
        return date.fromisoformat(value) if value else None
    if name == "rest":
        return frozenset(cast("list[int]", value))
    return value


def _to_json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return sorted(value) if isinstance(value, frozenset) else value
