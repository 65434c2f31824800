"""
Lost customers: those who said that they go, and those who stopped buying, which says it without a word.

Who complained in the span and has not bought for longer than nineteen of twenty of their usual intervals counts as
gone; the rhythm follows from purchases that the organisation takes in (customers/purchases.py). Nobody is gone on days
of which no purchase of anybody is known: then the table is old, and not the customers away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import numpy as np
from django.db.models import Max, Q, QuerySet

from amends.desk.complaints.models import Complaint
from amends.desk.customers.models import BuyingRhythm
from amends.desk.insight import risk
from amends.desk.insight.facts import COMPLAINTS, NO_MONEY, Array, word_of
from amends.desk.insight.frame import Frame
from amends.desk.insight.kept import Facts, Table
from amends.desk.insight.queries import count, money_of
from amends.desk.people.organisation import organisation_zone
from amends.engine.measures import Share, share

KINDS: Final = ("any", "said", "silent", "both", "watched")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    customers: int  # who complained in the span
    watched: int  # of them, those whose rhythm is known
    said: int
    silent: Share  # of those whose rhythm is known
    both: int
    any: int
    spend: Mapping[str, Decimal]  # what the lost ones spent a year, by currency
    has_purchases: bool
    known_until: date | None  # the last purchase of anybody, where it is long past; nothing else is told of later days


OLD: Final = 7  # days without a purchase of anybody, from which a page says so


def today(frame: Frame) -> date:
    """The day on which the span ends, where the organisation is."""
    return frame.until.astimezone(organisation_zone()).date()


def looked_on(frame: Frame) -> date:
    """The day on which it is looked who is gone: that one, or the last one of which purchases are known."""
    newest = BuyingRhythm.objects.aggregate(newest=Max("last_on"))["newest"]
    return min(today(frame), newest or today(frame))


def lost(*, frame: Frame, facts: Facts | None = None) -> Lost:
    """Count customers who complained in the span and are gone, each once."""
    rows = (facts or Facts()).of(COMPLAINTS, frame)
    customers, first = np.unique(rows["customer"], return_index=True)
    said = np.isin(customers, rows["customer"][risk.reasons(rows)["leaving"]])
    looked = looked_on(frame)
    silent = np.isin(customers, _ids(BuyingRhythm.objects.filter(gone_from__lte=looked)))
    watched = np.isin(customers, _ids(BuyingRhythm.objects.all()))
    gone = said | silent
    spends, paid_in = rows["spends"][first], rows["currency"][first]
    is_known = gone & (spends != NO_MONEY) & (paid_in > 0)
    return Lost(
        customers=len(customers),
        watched=count(watched),
        said=count(said),
        silent=share(count(silent), count(watched)),
        both=count(said & silent),
        any=count(gone),
        spend={
            word_of(one): money_of(spends[is_known & (paid_in == one)]) for one in np.unique(paid_in[is_known]).tolist()
        },
        has_purchases=BuyingRhythm.objects.exists(),
        known_until=looked if (today(frame) - looked).days > OLD else None,
    )


def among(rows: Table, frame: Frame, kind: str) -> Array:
    """Say which complaints are of the customers behind a figure; the same of facts."""
    customer = rows["customer"]

    def said() -> Array:
        return np.isin(customer, customer[risk.reasons(rows)["leaving"]])

    def silent() -> Array:
        return np.isin(customer, _ids(BuyingRhythm.objects.filter(gone_from__lte=looked_on(frame))))

    which: Mapping[str, Callable[[], Array]] = {
        "any": lambda: said() | silent(),
        "said": said,
        "silent": silent,
        "both": lambda: said() & silent(),
        "watched": lambda: np.isin(customer, _ids(BuyingRhythm.objects.all())),
    }
    return which[kind]()


def _ids(found: QuerySet[BuyingRhythm]) -> Array:
    return np.fromiter(found.order_by().values_list("pk", flat=True), dtype=np.uint32)


def complaints(frame: Frame, kind: str) -> QuerySet[Complaint]:
    """The complaints of the customers behind a figure."""
    found = frame.complaints()
    said = Q(customer__in=risk.leaving(frame).order_by().values("customer"))
    silent = Q(customer__in=BuyingRhythm.objects.filter(gone_from__lte=looked_on(frame)).values("pk"))
    which = {
        "any": said | silent,
        "said": said,
        "silent": silent,
        "both": said & silent,
        "watched": Q(customer__rhythm__isnull=False),
    }
    return found.filter(which[kind])
