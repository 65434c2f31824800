"""Looking at the course of complaints again, where something has happened or time has passed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import batched
from typing import Final

from django.db import transaction
from django.db.models import F, Q

from amends.desk.complaints.as_conversation import as_conversations
from amends.desk.complaints.models import Complaint
from amends.desk.insight.models import Look, OnTheWay
from amends.desk.people.limits import last_change, limits
from amends.engine.audit import own_calendar
from amends.engine.conversation import Cause, Conversation
from amends.engine.failings import Limits, judge_events
from amends.engine.languages.reading import read

AT_ONCE: Final = 10
MOST: Final = 1000  # complaints of one run; the next one goes on
AFTER: Final = timedelta(minutes=30)  # waiting alone may change what there is to say


def look_again(*, now: datetime, rest: Callable[[], object] = lambda: None, most: int = MOST) -> int:
    """Judge the course of complaints that changed since they were looked at, and of those that wait.

    Returns how many were looked at. `rest` is called now and then, and lets others write.
    """
    wanted = _wanted(now, most=most)
    judged_by = limits()
    for ids in batched(wanted, AT_ONCE, strict=False):
        _look_at(list(ids), judged_by=judged_by, now=now)
        rest()
    return len(wanted)


def _wanted(now: datetime, *, most: int) -> list[int]:
    """Those never looked at first, then those looked at longest ago."""
    changed = Q(look__isnull=True) | Q(last_event_at__gte=F("look__at"))
    if (at := last_change()) is not None:  # what is too long or too many was changed
        changed |= Q(look__at__lt=at)
    waiting = Q(live=True, look__at__lte=now - AFTER)
    found = Complaint.objects.filter(changed | waiting, received_at__lte=now)
    return list(found.order_by(F("look__at").asc(nulls_first=True), "-pk").values_list("pk", flat=True)[:most])


def _look_at(ids: list[int], *, judged_by: Limits, now: datetime) -> None:
    chosen = Complaint.objects.filter(pk__in=ids).select_related(
        "customer", "owner__team__calendar", "team__calendar", "cause__theme", "product", "branch"
    )
    complaints = list(chosen)
    found = {
        complaint.pk: _failings(complaint, talk, judged_by=judged_by)
        for complaint, talk in zip(complaints, as_conversations(complaints=complaints, now=now), strict=True)
    }
    with transaction.atomic():
        here = set(Complaint.objects.filter(pk__in=found).values_list("pk", flat=True))  # told again meanwhile
        OnTheWay.objects.filter(complaint__in=here).delete()
        OnTheWay.objects.bulk_create(
            OnTheWay(complaint_id=pk, name=name, times=times)
            for pk, names in found.items()
            if pk in here
            for name, times in sorted(names.items())
        )
        Look.objects.bulk_create(
            [Look(complaint_id=pk, at=now) for pk in found if pk in here],
            update_conflicts=True,
            unique_fields=["complaint"],
            update_fields=["at"],
        )


def _failings(complaint: Complaint, talk: Conversation, *, judged_by: Limits) -> Counter[str]:
    cause = getattr(complaint, "cause", None)
    proposed = None
    if cause is not None and cause.confirmed_at is None:
        proposed = (Cause(layer=cause.layer, theme=cause.theme.name if cause.theme else ""), float(cause.confidence))
    reading = read(talk, language=complaint.language)
    found = judge_events(reading, limits=judged_by, calendar=own_calendar(talk), proposed=proposed)
    return Counter(one.failing for one in found)
