"""
Direct loss by cause and by rule: which customers may leave, and what they spend a year.

Each customer stands once with each cause of theirs and with each rule, so the rows are no parts of one sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Final

import numpy as np
from django.db.models import Q, QuerySet

from amends.desk.complaints.models import Complaint
from amends.desk.insight import risk
from amends.desk.insight.facts import COMPLAINTS, NO_MONEY, Array, code
from amends.desk.insight.frame import Frame
from amends.desk.insight.kept import Facts, Table
from amends.desk.insight.queries import by_cause, money_of, once
from amends.desk.remedies.models import Remedy, Request, Rule, RuleTrouble
from amends.desk.web.questions import These

MOST: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What a cause, or a rule, may take along: customers, those with a figure in this currency, and their spending."""

    theme: str  # of a cause; empty for a rule, and for a cause without a theme
    layer: str  # empty for a rule
    rule: str  # its title; empty for a cause
    key: str  # of the lists behind it
    customers: int
    known: int
    spend: Decimal

    @property
    def door(self) -> str:
        """The list of these customers."""
        return f"leaverule-{self.key}" if self.rule else f"leave-{self.key}"

    @property
    def money_door(self) -> str:
        """The list of those among them whose spending is added up."""
        return f"goesrule-{self.key}" if self.rule else f"goes-{self.key}"


def of_causes(*, frame: Frame, currency: str, facts: Facts) -> tuple[Loss, ...]:
    """Weigh each confirmed cause by the customers who may leave with it, the dearest first."""
    rows = facts.of(COMPLAINTS, frame)
    mask = _may_leave(rows) & (rows["confirmed"] > 0)
    keys, place = by_cause(rows, mask)
    at = np.flatnonzero(mask)
    found = [
        _loss(rows, at[place == number], currency, theme=key.theme, layer=key.layer, key=key.key)
        for number, key in enumerate(keys)
    ]
    return _dearest(found)


def of_rules(*, frame: Frame, currency: str, facts: Facts) -> tuple[Loss, ...]:
    """Weigh each rule by the customers who may leave and whose complaint it brought about, or was bent or asked for."""
    rows = facts.of(COMPLAINTS, frame)
    at = np.flatnonzero(_may_leave(rows))
    if not len(at):
        return ()
    ids = rows["complaint"][at]
    by_rule: dict[int, set[int]] = {}
    for linked in _linked():
        of_these = linked.filter(These("complaint_id", ids.tolist())).order_by()
        for rule, complaint in of_these.values_list("rule_id", "complaint_id"):
            by_rule.setdefault(rule, set()).add(complaint)
    titles = dict(Rule.objects.filter(pk__in=by_rule).values_list("pk", "title"))
    found = [
        _loss(rows, at[np.isin(ids, sorted(complaints))], currency, rule=titles[rule], key=str(rule))
        for rule, complaints in by_rule.items()
    ]
    return _dearest(found)


def because(rule: int) -> QuerySet[Complaint]:
    """Complaints because of a rule: where somebody said so, and where it was bent or asked to be."""
    ways = (Q(pk__in=linked.filter(rule=rule).values("complaint")) for linked in _linked())
    return Complaint.objects.filter(reduce(or_, ways))


def _linked() -> tuple[QuerySet[RuleTrouble] | QuerySet[Remedy] | QuerySet[Request], ...]:
    """All that links complaints with a rule."""
    return (
        RuleTrouble.objects.all(),
        Remedy.objects.filter(rule__isnull=False),
        Request.objects.filter(rule__isnull=False),
    )


def is_because(rows: Table, rule: int) -> Array:
    """The same of facts."""
    ids = because(rule).order_by().values_list("pk", flat=True)
    mine: Array = np.isin(rows["complaint"], np.fromiter(ids, dtype=np.uint32))
    return mine


def _may_leave(rows: Table) -> Array:
    mask: Array = np.logical_or.reduce(list(risk.reasons(rows).values()))
    return mask


def _loss(rows: Table, at: Array, currency: str, *, key: str, theme: str = "", layer: str = "", rule: str = "") -> Loss:
    each = at[once(rows["customer"][at])]
    spends = rows["spends"][each]
    known = (spends != NO_MONEY) & (rows["currency"][each] == code(currency))
    return Loss(
        theme=theme,
        layer=layer,
        rule=rule,
        key=key,
        customers=len(each),
        known=int(np.count_nonzero(known)),
        spend=money_of(spends[known]),
    )


def _dearest(found: list[Loss]) -> tuple[Loss, ...]:
    return tuple(sorted(found, key=lambda one: (-one.spend, -one.customers, one.rule, one.layer, one.theme))[:MOST])
