"""How much somebody may spend without asking, and who may say yes above it.

What is left on a complaint is the smaller of two: what may be spent on one complaint (by the person, else by the role;
more for a customer who spends much), and what may be spent in one period. Each counts in its own currency, and only
what was given without asking uses it up.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from django.db.models import Q, QuerySet, Sum

from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Agent, Presence, Role
from amends.desk.people.organisation import organisation_currency
from amends.desk.remedies.models import Allowance, Ground, Remedy, State
from amends.engine.promises.calendar import NoWorkingTimeError

NOTHING = Decimal(0)
MANAGERS = frozenset({Role.QUALITY, Role.ADMINISTRATOR})
LAST_STEP = 1  # a lead, then a manager


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What somebody may still give on one complaint without asking anybody."""

    currency: str
    per_case: Decimal
    spent_on_case: Decimal
    per_period: Decimal | None  # None where nothing limits it
    spent_in_period: Decimal
    period_days: int
    for_value: bool  # more than usual, because of what this customer spends

    @property
    def left(self) -> Decimal:
        on_case = self.per_case - self.spent_on_case
        in_period = on_case if self.per_period is None else self.per_period - self.spent_in_period
        return max(NOTHING, min(on_case, in_period))


def ground() -> Ground:
    """How room to decide is given here; the usual way until somebody changes it."""
    return Ground.objects.filter(pk=1).first() or Ground(pk=1)


def room_of(*, complaint: Complaint, agent: Agent, now: datetime, currency: str = "") -> Room:
    """Return how much the agent may still give on this complaint, in a currency.

    Without one it is the currency of the agent's own limit.
    """
    told = ground()
    currency = currency or own_currency(agent=agent, complaint=complaint)
    per_case, per_period, share = _allowed(agent, currency)
    by_value = _by_value(complaint, currency, share)
    alone = Remedy.objects.filter(by=agent, agreed_by__isnull=True).exclude(state=State.DROPPED)
    if currency:
        alone = alone.filter(currency__in=["", currency])
    return Room(
        currency=currency,
        per_case=max(per_case, by_value),
        spent_on_case=_sum(alone.filter(complaint=complaint)),
        per_period=per_period,
        spent_in_period=_sum(alone.filter(at__gt=now - timedelta(days=told.period_days))) if per_period else NOTHING,
        period_days=told.period_days,
        for_value=by_value > per_case,
    )


def own_currency(*, agent: Agent, complaint: Complaint) -> str:
    """In which money somebody's room is told: that of their own limit, else of one their role has, else the customer's.

    Where none of them is known it is the organisation's, as named on the first run.
    A limit without a currency is for whatever the cost is counted in.
    """
    if agent.goodwill_currency or agent.goodwill_limit:
        return agent.goodwill_currency
    theirs = complaint.customer.currency
    known = list(
        Allowance.objects.filter(Q(agent=agent) | Q(role=agent.role)).order_by("pk").values_list("currency", flat=True)
    )
    return (theirs if theirs in known or not known else known[0]) or organisation_currency()


def covers(*, agent: Agent, complaint: Complaint, cost: Decimal, currency: str) -> bool:
    """Whether a cost is within what somebody may give on one complaint, whatever they gave already."""
    per_case, _per_period, share = _allowed(agent, currency)
    return max(per_case, _by_value(complaint, currency, share)) >= cost


def may_answer(*, agent: Agent, complaint: Complaint, by: Agent, cost: Decimal, currency: str) -> bool:
    """Whether somebody may say yes or no to what another asks: a manager always, a lead within their own room."""
    if not agent.is_active or agent.pk == by.pk:
        return False
    if agent.role == Role.ADMINISTRATOR:
        return True
    leads = agent.role in {Role.LEAD, Role.QUALITY} or agent.leads.exists()
    return leads and covers(agent=agent, complaint=complaint, cost=cost, currency=currency)


def whom_to_ask(
    *,
    complaint: Complaint,
    by: Agent,
    cost: Decimal,
    currency: str,
    step: int,
    now: datetime,
    without: Collection[int] = (),
) -> tuple[Agent, int] | None:
    """Choose who is asked from a step on, and at which step they stand: a lead first, then a manager.

    On each step the lead of one's own team comes first, then who is at work now, who is here, whose room suffices most
    closely. Nobody where nobody could say yes.
    """
    able = [
        agent
        for agent in Agent.objects.filter(is_active=True)
        .exclude(pk__in=[by.pk, *without])
        .select_related("team__calendar")
        .prefetch_related("leads")
        if may_answer(agent=agent, complaint=complaint, by=by, cost=cost, currency=currency)
    ]
    own_lead = by.team.lead_id if by.team is not None else None
    for at in range(step, LAST_STEP + 1):
        here = [agent for agent in able if (agent.role in MANAGERS) == (at == LAST_STEP)]
        if here:
            return min(here, key=lambda agent: _order(agent, own_lead, now)), at
    return None


def who_can_agree(*, cost: Decimal, by: Agent, currency: str = "") -> list[Agent]:
    """Return whose own limit covers a cost, those first who are here, then by the smallest limit that suffices."""
    able = Agent.objects.filter(is_active=True, goodwill_limit__gte=cost).exclude(pk=by.pk)
    if currency:
        able = able.filter(goodwill_currency__in=["", currency])
    return sorted(able, key=lambda agent: (agent.presence != Presence.HERE, agent.goodwill_limit, agent.name))


def answer_by(*, agent: Agent, now: datetime, minutes: int) -> datetime:
    """By when somebody should have answered: so much of their own working time from now."""
    length = timedelta(minutes=minutes)
    try:
        return agent.calendar().add_working_time(now, length)
    except NoWorkingTimeError:
        return now + length


def _order(agent: Agent, own_lead: int | None, now: datetime) -> tuple[object, ...]:
    return (
        agent.presence == Presence.AWAY,
        not agent.calendar().is_open(now),
        agent.pk != own_lead,
        agent.presence != Presence.HERE,
        agent.role == Role.ADMINISTRATOR,
        agent.goodwill_limit,
        agent.pk,
    )


def _allowed(agent: Agent, currency: str) -> tuple[Decimal, Decimal | None, int]:
    """What one may give on one complaint, in one period, and the share of what a customer spends."""
    rows = Allowance.objects.filter(Q(agent=agent) | Q(role=agent.role, agent__isnull=True), currency=currency)
    own = role = None
    for row in rows:
        own, role = (row, role) if row.agent_id else (own, row)
    figures = [row for row in (own, role) if row is not None]
    per_case = own.per_case if own is not None and own.per_case is not None else None
    if per_case is None:
        per_case = agent.may_spend(currency=currency)
    if not per_case and role is not None and role.per_case is not None and (own is None or own.per_case is None):
        per_case = role.per_case
    per_period = next((row.per_period for row in figures if row.per_period is not None), None)
    return per_case, per_period, figures[0].share if figures else 0


def _by_value(complaint: Complaint, currency: str, share: int) -> Decimal:
    customer = complaint.customer
    if not share or not customer.yearly_value or customer.currency != currency:
        return NOTHING
    return (customer.yearly_value * share / 100).quantize(Decimal(1), ROUND_DOWN)


def _sum(remedies: QuerySet[Remedy]) -> Decimal:
    return remedies.aggregate(sum=Sum("cost"))["sum"] or NOTHING
