"""Taking told stories back, whole, so that they can be told again for another day.

This is the one place that removes complaints: those that the example company made and nobody has touched since.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db.models import Model

from amends.desk.channels.models import Arrival, Outgoing
from amends.desk.clocks.models import Clock
from amends.desk.complaints.models import Attachment, Companion, Complaint, Event, EventContent
from amends.desk.notices.models import Notice
from amends.desk.promises.models import Promise
from amends.desk.remedies.models import Fault, Remedy, Request, RuleTrouble
from amends.desk.third_parties.models import Wait

# What hangs on a complaint and would hold it back, in the order in which it can go.
HANGS_ON: Final[tuple[tuple[type[Model], str], ...]] = (
    (Outgoing, "complaint"),
    (Arrival, "event__complaint"),
    (Notice, "complaint"),
    (Wait, "complaint"),
    (Clock, "complaint"),
    (Promise, "complaint"),
    (Request, "complaint"),
    (Remedy, "complaint"),
    (Fault, "complaint"),
    (RuleTrouble, "complaint"),
    (Companion, "complaint"),
    (Attachment, "event__complaint"),
    (EventContent, "event__complaint"),
    (Event, "complaint"),
)


def take_back(*, complaint_ids: Collection[int]) -> None:
    """Remove complaints with all that hangs on them; files stay where they are, since they are told again."""
    for model, complaint in HANGS_ON:
        model._default_manager.filter(**{f"{complaint}__in": complaint_ids}).delete()  # noqa: SLF001
    Complaint.objects.filter(pk__in=complaint_ids).delete()
