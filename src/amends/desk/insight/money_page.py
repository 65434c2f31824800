"""What leaving customers cost: figures that open to their formula, what went into it, and where that comes from.

What somebody tries out stands in the address of the page alone and goes before the organisation's own figures, which
are kept for everybody; what nobody told is a default that says so, and whose it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from amends.desk.insight.lists import NO_CURRENCY
from amends.desk.insight.own import SURVEYED, TOLD, Own, number
from amends.desk.insight.queries import Money
from amends.engine.languages.wording import N_
from amends.engine.measures.explained import Figure, Input, Origin, Unit
from amends.engine.measures.money import TARP_LARGE_PROBLEM
from amends.engine.measures.worth import (
    DAYS,
    DISCOUNT,
    KEEP_OR_WIN,
    STAYS,
    SWAYED,
    TELLS,
    at_risk,
    direct_loss,
    keep_or_win,
    lost_value,
    word_of_mouth,
)

MARGIN: Final = 0.3
TARP: Final = "TARP 1979/86"
GOODMAN: Final = "Goodman"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was told here: for this once, and by the organisation for everybody."""

    now: Mapping[str, float]
    own: Mapping[str, Own]

    def __contains__(self, name: str) -> bool:
        return name in self.now or name in self.own


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A figure, or what is missing for it."""

    figure: Figure | None
    missing: str = ""


def read(query: Mapping[str, str]) -> dict[str, float]:
    """Read what somebody tries out; what is no number, or no per cent, is not told."""
    found = {name: number(query.get(name, ""), is_per_cent=is_per_cent) for name, is_per_cent in TOLD.items()}
    return {name: value for name, value in found.items() if value is not None}


def figures(
    *,
    money: Money,
    currency: str,
    spenders: int,
    told: Mapping[str, float],
    mouth: bool,
    own: Mapping[str, Own] | None = None,
) -> list[Shown]:
    """Reckon each figure that there is enough for, in one currency; direct loss first, word of mouth last and apart.

    `spenders` are the customers who may leave and whose spending is on record in this currency.
    """
    yearly = _yearly(money, currency)
    # Money is never turned into other money: a figure of another currency is as good as none.
    fits = {name: one for name, one in (own or {}).items() if one.currency in {"", currency}}
    known = Known(now=told, own=fits)
    found = [
        _day(told),
        _spent(yearly, customers=money.value.customers),
        _lifetime(yearly, known),
        _keeping(money, known),
        _market(yearly, spenders, known),
    ]
    if mouth:
        found.append(_mouth(yearly, spenders, known))
    return [one for one in found if one is not None]


def _yearly(money: Money, currency: str) -> Input | None:
    amount = dict(money.value.totals).get(currency)
    if not amount:
        return None
    door = f"money-{currency.lower() or NO_CURRENCY}"
    return Input(
        name=N_("Spent a year by customers who may leave"),
        value=float(amount),
        unit="money",
        origin="record",
        door=door,
    )


def _leavers(money: Money) -> Input:
    return Input(
        name=N_("Customers who may leave"),
        value=money.value.customers,
        unit="customers",
        origin="counted",
        door="leavers",
    )


def _day(told: Mapping[str, float]) -> Shown | None:
    if "day_from" not in told:
        return None
    low = told["day_from"]
    is_told = "day_count" in told
    return Shown(
        figure=direct_loss(
            low=low,
            high=max(low, told.get("day_to", low)),
            days=int(told.get("day_count", DAYS)),
            days_from="told" if is_told else "default",
        )
    )


NO_SPEND: Final = N_("What customers who may leave spend a year is not on record in this currency.")


NOBODY: Final = N_("No customer of this time is about to leave, as far as they let us know.")


def _spent(yearly: Input | None, *, customers: int) -> Shown:
    if yearly is None:
        return Shown(figure=None, missing=NO_SPEND if customers else NOBODY)
    return Shown(
        figure=Figure(
            name=N_("Direct loss in a year"),
            value=yearly.value,
            low=0.0,
            high=yearly.value,
            unit="money",
            formula=N_("the sum of what each of them spends a year, each customer once"),
            inputs=(yearly,),
            caution=N_("The most that can go with them, if all of them leave; nothing if all of them stay."),
        )
    )


def _lifetime(yearly: Input | None, told: Known) -> Shown | None:
    if yearly is None:
        return None
    stays = _input(told, "stays", name=N_("Staying from year to year"), default=STAYS, low=0.7, high=0.9)
    margin = _input(told, "margin", name=N_("Margin"), default=MARGIN, low=0.2, high=0.4)
    discount = _input(told, "discount", name=N_("Discount a year"), default=DISCOUNT)
    if 1 + discount.least - stays.most <= 0:
        return Shown(figure=None, missing=N_("Who never leaves, without a discount, is worth more than any sum."))
    return Shown(figure=lost_value(yearly=yearly, margin=margin, stays=stays, discount=discount))


def _keeping(money: Money, told: Known) -> Shown:
    if "keeping" not in told:
        return Shown(figure=None, missing=N_("Tell what keeping one customer costs, to hold it against winning one."))
    keeping = _input(told, "keeping", name=N_("Cost of keeping one customer"), default=0, unit="money")
    times = _input(
        told,
        "times",
        name=N_("Winning one costs so many times as much"),
        default=KEEP_OR_WIN,
        low=2.0,
        high=20.0,
        unit="times",
        cite=GOODMAN,
    )
    return Shown(figure=keep_or_win(customers=_leavers(money), keeping=keeping, times=times))


def _market(yearly: Input | None, spenders: int, told: Known) -> Shown:
    if "customers" not in told or yearly is None or not spenders:
        return Shown(figure=None, missing=N_("Tell how many customers there are in all, to reckon the market at risk."))
    each = Input(name=N_("Spent a year by one customer"), value=yearly.value / spenders, unit="money", origin="record")
    names = {
        "no_problem": N_("Stay without a problem"),
        "silent": N_("Stay although they had one and said nothing"),
        "satisfied": N_("Stay after a complaint that left them content"),
        "mollified": N_("Stay after one that left them half content"),
        "dissatisfied": N_("Stay after one that left them not content"),
    }
    loyalty = {
        key: _input(told, key, name=name, default=getattr(TARP_LARGE_PROBLEM, key), cite=TARP)
        for key, name in names.items()
    }
    content = _input(told, "content", name=N_("Content afterwards"), default=0.5)
    half = _input(told, "half_content", name=N_("Half content afterwards"), default=0.2)
    if content.value + half.value > 1:
        return Shown(figure=None, missing=N_("Those who were content and half content afterwards are more than all."))
    return Shown(
        figure=at_risk(
            customers=_input(told, "customers", name=N_("Customers in all"), default=0, unit="customers"),
            problem_rate=_input(told, "problem", name=N_("Have a problem"), default=0.2, low=0.1, high=0.3),
            complain_rate=_input(
                told, "complain", name=N_("Complain of it"), default=0.5, low=0.05, high=0.75, cite=GOODMAN
            ),
            satisfied=content,
            mollified=half,
            loyalty=loyalty,
            value=each,
        )
    )


def _mouth(yearly: Input | None, spenders: int, told: Known) -> Shown:
    if yearly is None or not spenders:
        return Shown(figure=None, missing=NO_SPEND)
    each = Input(name=N_("Spent a year by one customer"), value=yearly.value / spenders, unit="money", origin="record")
    name = N_("Customers who may leave, with a figure in this currency")
    those = Input(name=name, value=spenders, unit="customers", origin="record", door=yearly.door)
    tells = _input(told, "tells", name=N_("People each one tells"), default=TELLS, unit="times", cite="CEB 2010")
    swayed = _input(told, "swayed", name=N_("Share of them who stay away"), default=SWAYED, low=0.0, high=0.05)
    return Shown(figure=word_of_mouth(customers=those, tells=tells, swayed=swayed, value=each))


def _input(
    told: Known,
    key: str,
    *,
    name: str,
    default: float,
    low: float | None = None,
    high: float | None = None,
    unit: Unit = "share",
    cite: str = "",
) -> Input:
    """Take what was told, now or for good; where nothing was, the default with its range and whose it is."""
    if key in told.now:
        return Input(name=name, value=told.now[key], unit=unit, origin="told")
    if key in told.own:
        mine = told.own[key]
        origin: Origin = "survey" if key in SURVEYED else "told"
        return Input(name=name, value=mine.value, unit=unit, origin=origin, cite=mine.source)
    whose: Origin = "default" if cite else "ours"
    return Input(name=name, value=default, low=low, high=high, unit=unit, origin=whose, cite=cite)
