"""
An organisation's limits as plain words, so that they can be stored, sent along with conversations, and read again.

What is too long, too many, too late is defined by `amends.engine.failings.Limits`; here stands in which unit each of
them is told, and between which bounds it makes sense.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final, Literal

from amends.engine.failings import Limits

type Unit = Literal["minutes", "hours", "days", "times", "years", "money"]

USUAL: Final = Limits()
_LENGTHS: Final[Mapping[Unit, timedelta]] = {
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    "days": timedelta(days=1),
}
_AMOUNT: Final = re.compile(r"([A-Z]{3}) (\d{1,12}(?:\.\d{1,2})?)")
MOST_CURRENCIES: Final = 12


class BadLimitError(ValueError):
    """What is told is no limit: `name` says which, the message why."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name


@dataclass(frozen=True, slots=True)
class Told:
    """How one limit is told: a whole number of a unit, between two bounds."""

    unit: Unit
    least: int
    most: int
    is_length: bool = False


TOLD: Final[Mapping[str, Told]] = {
    "hold": Told("minutes", 1, 120, is_length=True),
    "chat": Told("minutes", 1, 240, is_length=True),
    "answer_days": Told("days", 0, 30),
    "person": Told("minutes", 5, 2400, is_length=True),
    "manager": Told("minutes", 5, 4800, is_length=True),
    "call": Told("minutes", 5, 4800, is_length=True),
    "people": Told("times", 1, 10),
    "hand_overs": Told("times", 0, 10),
    "without_owner": Told("minutes", 1, 1440, is_length=True),
    "exchanges": Told("times", 1, 10),
    "cool_down": Told("minutes", 1, 240, is_length=True),
    "fix_days": Told("days", 0, 60),
    "repeat": Told("days", 7, 3650, is_length=True),
    "loyal_years": Told("years", 1, 50),
    "loyal_value": Told("money", 0, 0),
    "at_once": Told("times", 1, 20),
}


def as_plain(limits: Limits) -> dict[str, str]:
    """Tell the limits that are not the usual ones."""
    return {name: plain(limits, name) for name in TOLD if getattr(limits, name) != getattr(USUAL, name)}


def plain(limits: Limits, name: str) -> str:
    """Tell one limit."""
    told, value = TOLD[name], getattr(limits, name)
    if told.unit == "money":
        return "; ".join(f"{currency} {amount.normalize():f}" for currency, amount in value)
    return str(value // _LENGTHS[told.unit] if told.is_length else value)


def from_plain(given: Iterable[tuple[str, str]]) -> Limits:
    """Read limits as they are told; those that are not named are the usual ones.

    :raises BadLimitError: when there is no such limit, or it is beyond its bounds
    """
    return Limits(**{name: value(name, said) for name, said in given})


def value(name: str, said: str) -> Any:  # of the type that Limits has for it
    """Read one limit.

    :raises BadLimitError: when there is no such limit, or it is beyond its bounds
    """
    if name not in TOLD:
        raise BadLimitError(name, "there is no such limit")
    told = TOLD[name]
    if told.unit == "money":
        return _amounts(name, said)
    if not said.strip().isascii() or not said.strip().isdigit():
        raise BadLimitError(name, f"{said!r} is no whole number")
    number = int(said)
    if not told.least <= number <= told.most:
        raise BadLimitError(name, f"{number} is not between {told.least} and {told.most}")
    return number * _LENGTHS[told.unit] if told.is_length else number


def _amounts(name: str, said: str) -> tuple[tuple[str, Decimal], ...]:
    """Read 'USD 5400; TRY 150000'; nothing at all is no amount in any currency."""
    found: dict[str, Decimal] = {}
    for piece in (piece.strip() for piece in said.split(";") if piece.strip()):
        if (match := _AMOUNT.fullmatch(piece)) is None:
            raise BadLimitError(name, f"{piece!r} is no amount; write as in 'USD 5400; TRY 150000'")
        if match[1] in found:
            raise BadLimitError(name, f"{match[1]} stands there twice")
        found[match[1]] = Decimal(match[2])
    if len(found) > MOST_CURRENCIES:
        raise BadLimitError(name, f"more than {MOST_CURRENCIES} currencies")
    return tuple(sorted(found.items()))
