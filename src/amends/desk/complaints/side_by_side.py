"""Opening many complaints in several processes side by side.

A number is given out under a lock that lasts as long as the transaction: whoever opens many in one would keep all
others waiting until its end. So numbers for many are taken before, in a short transaction of their own, where the
database locks rows (PostgreSQL). SQLite lets one write at a time whatever is locked.

Whoever hears of events by their ids looks back over so many (`announce`, webhooks); so only few may write many at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from django.db import Error, connection, transaction

from amends.desk.complaints.actions import next_number
from amends.desk.complaints.models import Numbering

LANES: Final = 4  # of which each holds one who writes many
MOST: Final = 25  # complaints that one of them opens at once
_LOCK: Final = 1_634_562_404  # the name of the lanes among the locks of PostgreSQL


@dataclass(slots=True)
class Numbers:
    """Numbers in a row that nobody else gets."""

    first: int
    many: int
    used: int = 0

    def take(self, many: int) -> int:
        """Return the first of so many of them."""
        if self.used + many > self.many:
            raise ValueError(f"{many} numbers were asked for, and {self.many - self.used} are left.")
        taken = self.first + self.used
        self.used += many
        return taken


@contextmanager
def numbers(*, many: int) -> Iterator[Numbers | None]:
    """Take numbers before the transaction that uses them; None where they are better taken within it.

    What was not used goes back, unless somebody took the next ones meanwhile: then it stays out.
    """
    if not connection.features.has_select_for_update:
        yield None
        return
    with transaction.atomic():
        taken = Numbers(next_number(many=many), many)
    done = False
    try:
        yield taken
        done = True
    finally:
        used = taken.used if done else 0
        if used < many:
            _give_back(taken, used)


def _give_back(taken: Numbers, used: int) -> None:
    with suppress(Error), transaction.atomic():  # where the line broke: a number that stays out does no harm
        Numbering.objects.filter(pk=1, last=taken.first + taken.many - 1).update(last=taken.first + used - 1)


def alone_with(digests: Iterable[str]) -> None:
    """Until the transaction ends, be the only one who reads what has one of these digests (hexadecimal).

    Else the same mail in two mailboxes, read in the same moment, would be new to both.
    """
    # In one order, so that two wait for each other in one direction.
    names = sorted({int.from_bytes(bytes.fromhex(one)[:8], signed=True) for one in digests if one})
    if connection.vendor == "postgresql" and names:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(name) FROM unnest(%s::bigint[]) AS name", [names])


def wait_for_a_lane() -> None:
    """Be one of the few that write many at once, until the transaction ends."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for lane in range(LANES):
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK, lane])
            if cursor.fetchone()[0]:
                return
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, os.getpid() % LANES])
