"""Who takes over what somebody owns who leaves or is away: looked at before it is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.db.models import Count, Min

from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Agent
from amends.desk.people.queries import choose_owner

NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """One complaint, and who is to own it."""

    complaint: Complaint
    to: Agent
    by_rule: bool


def owned_by(*, agent: Agent) -> list[Complaint]:
    """Return the complaints of somebody in which we still owe something, those with the next promise first.

    One that has ended is among them while a promise in it is open, or broken and not made good.
    """
    owned = Complaint.objects.filter(owner=agent, live=True)
    return sorted(
        owned.select_related("customer", "team__calendar"), key=lambda one: (one.promise_due_at or NEVER, one.number)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How much somebody owns that is open, and what of it is promised next."""

    agent: Agent
    count: int
    next_promise: datetime | None


def held(*, agents: Sequence[Agent]) -> list[Held]:
    """Say for each of them how many such complaints they own, and when the next promise falls due."""
    owned = Complaint.objects.filter(owner__in=agents, live=True).order_by()
    counted = {
        owner: (count, due)
        for owner, count, due in owned.values_list("owner").annotate(Count("pk"), Min("promise_due_at"))
    }
    return [
        Held(agent=agent, count=count, next_promise=due)
        for agent in agents
        for count, due in [counted.get(agent.pk, (0, None))]
    ]


def plan(*, agent: Agent, to: Mapping[int, Agent], now: datetime) -> list[Handing]:
    """Say who would own each open complaint of somebody: whom `to` names by its number, else whom the rule chooses.

    The rule is told what it has given to whom already, so that not everything goes to the one who has least now.
    """
    handings: list[Handing] = []
    given: Counter[int] = Counter()
    for complaint in owned_by(agent=agent):
        chosen = to.get(complaint.number)
        owner = chosen or choose_owner(
            language=complaint.language, team=complaint.team, without=agent, given=given, now=now
        )
        given[owner.pk] += 1
        handings.append(Handing(complaint=complaint, to=owner, by_rule=chosen is None))
    return handings
