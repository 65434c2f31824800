"""Purchases: taken in from a table of the organisation's own, and what they tell of who is gone."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from amends.desk.customers.actions import same_email, same_phone
from amends.desk.customers.models import BuyingRhythm, ContactWay, Purchase
from amends.engine.measures.rhythm import intervals, rhythm

COLUMNS: Final = ("customer", "day", "amount", "currency", "reference")
_AT_ONCE: Final = 2000
MOST: Final = Decimal(10_000_000_000)


class UnableToTakeIn(Exception):
    """The table has not the columns that it must have."""


@dataclass(slots=True, kw_only=True)
class Taken:
    """What became of the rows of a table."""

    new: int = 0
    known: int = 0
    nobody: int = 0  # of somebody who is no customer here
    wrong: list[tuple[int, str]] = field(default_factory=list)  # the line, and what is wrong with it


def take_in(*, lines: Iterable[str]) -> Taken:
    """Take in a table with one purchase a line; customers are told by their e-mail address or telephone number.

    Days are written 2026-03-31. A purchase with a reference that is known is not taken in again.

    :raises UnableToTakeIn: if a column is missing
    """
    reader = csv.DictReader(lines)
    missing = [name for name in ("customer", "day", "reference") if name not in (reader.fieldnames or ())]
    if missing:
        raise UnableToTakeIn(_("The table has no column {names}.").format(names=", ".join(missing)))
    taken = Taken()
    ways = {(one.kind, one.value): one.customer_id for one in ContactWay.objects.all()}
    rows: list[Purchase] = []
    for row in reader:
        try:
            purchase = _read(row, ways)
        except ValueError as trouble:
            taken.wrong.append((reader.line_num, str(trouble)))
            continue
        if purchase is None:
            taken.nobody += 1
            continue
        rows.append(purchase)
        if len(rows) == _AT_ONCE:
            _keep(rows, taken)
            rows = []
    _keep(rows, taken)
    reckon()
    return taken


def _read(row: Mapping[str, str | None], ways: Mapping[tuple[str, str], int]) -> Purchase | None:
    told = {name: (row.get(name) or "").strip() for name in COLUMNS}
    if not told["reference"] or len(told["reference"]) > 120:
        raise ValueError(_("A reference is missing or too long."))
    try:
        on = date.fromisoformat(told["day"])
    except ValueError as error:
        raise ValueError(_("“{day}” is no day such as 2026-03-31.").format(day=told["day"])) from error
    amount = None
    if told["amount"]:
        try:
            amount = Decimal(told["amount"])
        except InvalidOperation as error:
            raise ValueError(_("“{amount}” is no number.").format(amount=told["amount"])) from error
        if not amount.is_finite() or abs(amount) >= MOST:
            raise ValueError(_("“{amount}” is no number.").format(amount=told["amount"]))
    email = ways.get((ContactWay.Kind.EMAIL, same_email(told["customer"])))
    customer = email or ways.get((ContactWay.Kind.PHONE, same_phone(told["customer"])))
    if customer is None:
        return None
    return Purchase(
        customer_id=customer, on=on, amount=amount, currency=told["currency"][:3], reference=told["reference"]
    )


@transaction.atomic
def _keep(rows: list[Purchase], taken: Taken) -> None:
    fresh = {one.reference: one for one in rows}
    known = set(Purchase.objects.filter(reference__in=fresh).values_list("reference", flat=True))
    made = Purchase.objects.bulk_create(one for reference, one in fresh.items() if reference not in known)
    taken.new += len(made)
    taken.known += len(rows) - len(made)


@transaction.atomic
def reckon() -> int:
    """Reckon everybody's rhythm anew from all purchases; return how many have one."""
    days: dict[int, list[date]] = defaultdict(list)
    for customer, on in Purchase.objects.order_by("customer", "on").values_list("customer_id", "on").iterator():
        days[customer].append(on)
    # Each customer lends one interval, their middle one: who buys daily is no more of the organisation than others.
    of_all = [sorted(own)[len(own) // 2] for one in days.values() if (own := intervals(one))]
    found = []
    for customer, bought in days.items():
        told = rhythm(bought, of_all=of_all)
        if told is not None:
            found.append(
                BuyingRhythm(
                    customer_id=customer, last_on=told.last, usual_days=told.usual, gone_from=told.gone_from,
                    is_own=told.is_own,
                )
            )  # fmt: skip
    BuyingRhythm.objects.all().delete()
    BuyingRhythm.objects.bulk_create(found, batch_size=_AT_ONCE)
    return len(found)
