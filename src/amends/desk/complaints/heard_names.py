"""How the names of customers sound, kept beside them: the worker hears who is new, a correction is heard at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from django.db import transaction
from django.db.models import Max

from amends.desk.complaints.sounding import sounds_of
from amends.desk.customers.models import Customer, HeardName

_AT_ONCE: Final = 200  # in one transaction: on SQLite nobody else writes meanwhile
_LOOKED_BACK: Final = 1_000  # records before the last one: who began to be written first may be there last


def hear_new(*, rest: Callable[[], object] = lambda: None) -> int:
    """Hear the names of customers who came since, those that came in bulk too, and return how many.

    :param rest: is called between two transactions
    """
    heard = 0
    while True:
        last = HeardName.objects.aggregate(last=Max("customer"))["last"] or 0
        unheard = Customer.objects.filter(pk__gt=last - _LOOKED_BACK, sounds=None, erased_at=None)
        fresh = list(unheard.order_by("pk")[:_AT_ONCE])
        if not fresh:
            return heard
        hear(fresh)
        heard += len(fresh)
        rest()


def hear(customers: Iterable[Customer]) -> None:
    """Write how names sound; one that says too little leaves an empty line, and is not heard again."""
    every = list(customers)
    heard = [HeardName(customer=one, sound=sound) for one in every for sound in sounds_of(one.name) or [""]]
    with transaction.atomic():
        HeardName.objects.filter(customer__in=every).delete()
        HeardName.objects.bulk_create(heard, ignore_conflicts=True)


def hear_again(customer: Customer) -> None:
    """Hear a name that was corrected, where it was heard before."""
    if customer.sounds.exists():
        hear([customer])
