"""Taking told stories back, whole, so that they can be told again for another day.

This is the one place that removes complaints: those that the example company made and nobody has touched since.
"""

from __future__ import annotations

from collections.abc import Collection

from amends.desk.channels.models import Arrival, Outgoing
from amends.desk.clocks.models import Clock
from amends.desk.complaints.models import Attachment, Companion, Complaint, Event, EventContent
from amends.desk.promises.models import Promise
from amends.desk.remedies.models import Fault, Remedy, Request, RuleTrouble


def take_back(*, complaint_ids: Collection[int]) -> None:
    """Remove complaints with all that hangs on them; files stay where they are, since they are told again."""
    Outgoing.objects.filter(complaint__in=complaint_ids).delete()
    Arrival.objects.filter(event__complaint__in=complaint_ids).delete()
    Clock.objects.filter(complaint__in=complaint_ids).delete()
    Promise.objects.filter(complaint__in=complaint_ids).delete()
    Request.objects.filter(complaint__in=complaint_ids).delete()
    Remedy.objects.filter(complaint__in=complaint_ids).delete()
    Fault.objects.filter(complaint__in=complaint_ids).delete()
    RuleTrouble.objects.filter(complaint__in=complaint_ids).delete()
    Companion.objects.filter(complaint__in=complaint_ids).delete()
    Attachment.objects.filter(event__complaint__in=complaint_ids).delete()
    EventContent.objects.filter(event__complaint__in=complaint_ids).delete()
    Event.objects.filter(complaint__in=complaint_ids).delete()
    Complaint.objects.filter(pk__in=complaint_ids).delete()
