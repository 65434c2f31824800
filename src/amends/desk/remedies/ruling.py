"""Reading about rules: how often each is bent, what it brings about, and whether it should be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from amends.desk.complaints.models import Complaint
from amends.desk.complaints.visible import visible
from amends.desk.remedies.models import Remedy, Request, RequestState, Rule, RuleChange, RuleTrouble, State
from amends.desk.remedies.queries import Row, _row, _whole, language_of
from amends.desk.remedies.room import ground


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """One rule in the list."""

    id: int
    title: str
    purpose: str
    owner_name: str
    owner_id: int
    exceptions: int  # all of them
    lately: int  # since it was looked at, within the days that count
    asked_in_vain: int
    complaints: int
    costs: Sequence[tuple[str, Decimal]]  # a sum for each currency
    proposed: bool  # bent so often that it should be changed
    retired_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """One complaint that a rule brought about."""

    number: int
    subject: str
    customer_name: str
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of what became of a rule."""

    at: datetime
    by_name: str
    before: str
    after: str
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePage:
    """One rule with all that speaks for changing it."""

    row: RuleRow
    text: str
    room: str
    called: str
    verdict: str
    looked_at: datetime
    exceptions: Sequence[Row]
    refused: Sequence[Request]
    because: Sequence[Because]
    changes: Sequence[Change]
    bent_often: int
    bent_days: int


def rules(*, now: datetime) -> list[RuleRow]:
    """List the rules: what should be looked at, what is in the reader's language, then by how often each is bent."""
    mine = (get_language() or "en")[:2]
    told = Rule.objects.select_related("owner")
    rows = [(_rule_row(rule, now=now), language_of(rule.title, rule.text, prior=mine) != mine) for rule in told]
    rows.sort(
        key=lambda one: (one[0].retired_at is not None, not one[0].proposed, one[1], -one[0].exceptions, one[0].title)
    )
    return [row for row, _is_foreign in rows]


def proposed(*, now: datetime) -> list[RuleRow]:
    """List the rules that are bent so often that they are proposed for change."""
    return [row for row in rules(now=now) if row.proposed]


def page(*, rule: Rule, now: datetime) -> RulePage:
    """Gather one rule's page."""
    told = ground()
    refused = Request.objects.filter(rule=rule, state=RequestState.REFUSED).select_related(
        "complaint", "by", "answered_by"
    )
    complaints = _because(rule).select_related("customer").order_by("-received_at")
    return RulePage(
        row=_rule_row(rule, now=now),
        text=rule.text,
        room=rule.room,
        called=rule.called,
        verdict=rule.verdict,
        looked_at=rule.looked_at,
        exceptions=[
            _row(one, heard=None, going_on=False)
            for one in _whole().filter(rule=rule).exclude(state=State.DROPPED).order_by("-at", "-pk")[:100]
        ],
        refused=list(refused.order_by("-at", "-pk")[:30]),
        because=[
            Because(
                number=one.number, subject=one.subject, customer_name=one.customer.name, received_at=one.received_at
            )
            for one in complaints[:100]
        ],
        changes=[
            Change(at=one.at, by_name=one.by.name, before=one.before, after=one.after, verdict=one.verdict)
            for one in RuleChange.objects.filter(rule=rule).select_related("by").order_by("-at", "-pk")[:30]
        ],
        bent_often=told.bent_often,
        bent_days=told.bent_days,
    )


def _rule_row(rule: Rule, *, now: datetime) -> RuleRow:
    told = ground()
    exceptions = Remedy.objects.filter(rule=rule).exclude(state=State.DROPPED)
    since = max(rule.looked_at, now - timedelta(days=told.bent_days))
    lately = exceptions.filter(at__gt=since).count()
    costs: dict[str, Decimal] = {}
    for currency, cost in exceptions.filter(cost__gt=0).values_list("currency", "cost"):
        costs[currency] = costs.get(currency, Decimal(0)) + cost
    return RuleRow(
        id=rule.pk,
        title=rule.title,
        purpose=rule.purpose,
        owner_name=rule.owner.name,
        owner_id=rule.owner_id,
        exceptions=exceptions.count(),
        lately=lately,
        asked_in_vain=Request.objects.filter(rule=rule, state=RequestState.REFUSED).count(),
        complaints=_because(rule).count(),
        costs=sorted(costs.items()),
        proposed=rule.retired_at is None and lately >= told.bent_often,
        retired_at=rule.retired_at,
    )


def _because(rule: Rule) -> QuerySet[Complaint]:
    """Complaints because of a rule: where somebody said so, and where it was bent or asked to be."""
    said = RuleTrouble.objects.filter(rule=rule).values("complaint")
    bent = Remedy.objects.filter(rule=rule).values("complaint")
    asked = Request.objects.filter(rule=rule).values("complaint")
    return Complaint.objects.filter(visible(), Q(pk__in=said) | Q(pk__in=bent) | Q(pk__in=asked))
