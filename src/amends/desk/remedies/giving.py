"""Changing how much room there is: limits of roles and people, periods, times to answer."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from amends.desk.people.models import Agent, Role
from amends.desk.remedies.models import Allowance, Ground


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One limit as it is shown."""

    id: int
    whose: str
    is_person: bool
    currency: str
    per_case: Decimal | None
    per_period: Decimal | None
    share: int


@transaction.atomic
def allow(
    *, whose: str, currency: str, per_case: Decimal | None, per_period: Decimal | None, share: int | None
) -> Allowance | None:
    """Set the limit of a role or of a person (by its key) in a currency; one without any figure is taken away."""
    currency = currency.strip().upper()
    named = (
        {"role": whose, "agent": None} if whose in Role.values else {"role": "", "agent": Agent.objects.get(pk=whose)}
    )
    if per_case is None and per_period is None and not share:
        Allowance.objects.filter(**named, currency=currency).delete()
        return None
    figures = {"per_case": per_case, "per_period": per_period, "share": share or 0}
    row, _made = Allowance.objects.update_or_create(**named, currency=currency, defaults=figures)
    return row


def take_away(*, allowance: Allowance) -> None:
    allowance.delete()


def set_ground(*, period_days: int, answer_minutes: int, bent_often: int, bent_days: int) -> None:
    """Say how room to decide is given here; it holds for what comes from now on."""
    Ground.objects.update_or_create(
        pk=1,
        defaults={
            "period_days": period_days,
            "answer_minutes": answer_minutes,
            "bent_often": bent_often,
            "bent_days": bent_days,
        },
    )


def given() -> list[Given]:
    """Every limit, those of roles first."""
    rows = Allowance.objects.select_related("agent").order_by(
        F("agent__name").asc(nulls_first=True), "role", "currency"
    )
    return [
        Given(
            id=row.pk,
            whose=row.agent.name if row.agent is not None else str(Role(row.role).label),
            is_person=row.agent is not None,
            currency=row.currency,
            per_case=row.per_case,
            per_period=row.per_period,
            share=row.share,
        )
        for row in rows
    ]
