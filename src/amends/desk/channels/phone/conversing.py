"""A call or a visit as its event keeps it: by which way, with whom, how long, and how long on hold.

An event that was written before these were asked holds none of them, and reads as it did.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from amends.desk.channels.phone.actions import SPOKEN
from amends.desk.complaints.models import Channel, Complaint, Event, EventKind
from amends.desk.third_parties.models import Wait

A_DAY: Final = 86_400  # seconds; no call lasts longer
MOST_HOLDS: Final = 100
LONGEST_NAME: Final = 200


class UnableToLogCall(Exception):
    """Nothing is written about a call, or its times cannot be; the message says which."""


def told(*, channel: str, customer: str, spoken_with: str, seconds: int | None, holds: Sequence[int]) -> dict[str, Any]:
    """Return what the event of a call or a visit keeps beside its words; what is not known is left out.

    :raises UnableToLogCall: if it was neither, or was longer on hold than it lasted
    """
    if channel not in SPOKEN:
        raise UnableToLogCall(_("Choose whether it was a call or a visit."))
    waited = [one for one in holds if one > 0]
    if waited and channel != Channel.PHONE:
        raise UnableToLogCall(_("Nobody is put on hold at a visit."))
    if (seconds or 0) > A_DAY or len(waited) > MOST_HOLDS or sum(waited) > A_DAY:
        raise UnableToLogCall(_("No call lasts longer than a day."))
    if seconds is not None and sum(waited) > seconds:
        raise UnableToLogCall(_("The call was longer on hold than it lasted. Write how many minutes it took in all."))
    name = " ".join(spoken_with.split())[:LONGEST_NAME]
    found: dict[str, Any] = {}
    if channel == Channel.VISIT:
        found["way"] = "visit"
    if name and name.casefold() != " ".join(customer.split()).casefold():  # house: allow, the same name
        found["with"] = name
    if seconds is not None:
        found["seconds"] = seconds
    if waited:
        found["holds"] = waited
    return found


def names(*, complaint: Complaint) -> list[str]:
    """Whom one may have spoken with: the customer, whom somebody spoke with before, and whom it waited for."""
    before = Event.objects.filter(complaint=complaint, kind=EventKind.CALLED, content__data__has_key="with")
    spoken = before.order_by("sequence").values_list("content__data__with", flat=True)
    outside = Wait.objects.filter(complaint=complaint).order_by("pk").values_list("party__name", flat=True)
    return [one for one in dict.fromkeys([complaint.customer.name, *spoken, *outside]) if one]
