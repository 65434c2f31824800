"""Reading about remedies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Agent, Presence
from amends.desk.remedies.models import Remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One remedy as it is shown."""

    id: int
    kind: str
    label: str
    what: str
    cost: Decimal
    currency: str
    by_name: str
    at: datetime
    is_exception: bool
    reason: str
    agreed_by_name: str


def limit_left(*, complaint: Complaint, agent: Agent, currency: str = "") -> Decimal:
    """Return what the agent may still spend on this complaint without asking anybody, in a currency.

    Without one it is the currency of the agent's limit.
    """
    alone = Remedy.objects.filter(complaint=complaint, by=agent, agreed_by__isnull=True)
    if agent.goodwill_currency:
        alone = alone.filter(currency__in=["", agent.goodwill_currency])
    spent = alone.aggregate(sum=Sum("cost"))["sum"] or Decimal(0)
    return max(Decimal(0), agent.may_spend(currency=currency) - spent)


def who_can_agree(*, cost: Decimal, by: Agent, currency: str = "") -> list[Agent]:
    """Return who can say yes to a cost, those first who are here, then by the smallest limit that suffices."""
    able = Agent.objects.filter(is_active=True, goodwill_limit__gte=cost).exclude(pk=by.pk)
    if currency:
        able = able.filter(goodwill_currency__in=["", currency])
    return sorted(able, key=lambda agent: (agent.presence != Presence.HERE, agent.goodwill_limit, agent.name))


def remedies_of(*, complaint: Complaint) -> list[Row]:
    """Return a complaint's remedies, in order."""
    remedies = Remedy.objects.filter(complaint=complaint).select_related("by", "agreed_by").order_by("at", "pk")
    return [
        Row(
            id=remedy.pk,
            kind=remedy.kind,
            label=remedy.get_kind_display(),
            what=remedy.what,
            cost=remedy.cost,
            currency=remedy.currency,
            by_name=remedy.by.name,
            at=remedy.at,
            is_exception=remedy.is_exception,
            reason=remedy.reason,
            agreed_by_name=remedy.agreed_by.name if remedy.agreed_by is not None else "",
        )
        for remedy in remedies
    ]
