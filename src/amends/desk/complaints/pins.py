"""Words of a customer that somebody pins beside the person: facts that nobody shall ask for twice."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from amends.desk.complaints import whole
from amends.desk.complaints.models import By, Complaint, Event, Pin
from amends.desk.customers.words import one_line
from amends.desk.people.models import Agent

MOST: Final = 20  # on one complaint: with more nobody finds anything


class UnableToPin(Exception):
    """These are no words of the customer, or there are too many pins."""


def pin(*, complaint: Complaint, event: int, words: str, by: Agent, now: datetime) -> Pin:
    """Pin words out of one of the customer's messages; words that are pinned already stay pinned once.

    :raises UnableToPin: if they do not stand in a message of the customer, or there are too many
    """
    words = one_line(words, limit=Pin.LONGEST)
    said = Event.objects.select_related("content").filter(
        pk=event, complaint__in=whole.ids(complaint), by=By.CUSTOMER
    ).first()  # fmt: skip
    if not words or said is None or words.rstrip("…").rstrip() not in " ".join(said.content.text.split()):
        raise UnableToPin(_("Only the customer's own words can be pinned."))
    if Pin.objects.filter(complaint=complaint).count() >= MOST:
        raise UnableToPin(_("So much is pinned that nobody finds their way in it. Take something off first."))
    return Pin.objects.get_or_create(
        complaint=complaint, words=words, defaults={"event": said, "by": by, "at": now}
    )[0]  # fmt: skip


def take_off(*, complaint: Complaint, pk: int) -> None:
    """Take a pin off; one that is gone stays gone."""
    Pin.objects.filter(complaint=complaint, pk=pk).delete()


def erase(*, customer_id: int, complaint_ids: Collection[int], now: datetime) -> None:
    """Forget what was pinned of somebody who is erased."""
    del customer_id, now
    Pin.objects.filter(complaint__in=complaint_ids).delete()
