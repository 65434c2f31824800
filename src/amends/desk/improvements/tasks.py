"""Periodic work of this room."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from amends.desk.complaints.models import Complaint
from amends.desk.improvements import actions, finding, learning, planned, reminding
from amends.desk.jobs import giving_way
from amends.desk.jobs.names import called
from amends.desk.jobs.periods import periodic
from amends.desk.jobs.post import post_from_settings


@called(_("Remind people to look whether an improvement helped"))
@periodic(every=timedelta(hours=12))
def remind_to_look_again(*, now: datetime) -> int:
    return reminding.remind(post=post_from_settings(), now=now)


@called(_("Look for complaints that are alike and have no name yet"))
@periodic(every=timedelta(hours=24))
def find_themes(*, now: datetime) -> int:
    planned.look_at_new()
    return finding.find(now=now, vectors=actions.reading_vectors())


@called(_("Read more closely where a complaint came from"))
@task(priority=-10)
def propose_fully(complaint_id: int) -> bool:
    """Propose a cause with sentence vectors, after somebody looked; tell whether one stands there."""
    complaint = Complaint.objects.select_related("customer", "owner", "team__calendar").filter(pk=complaint_id).first()
    return complaint is not None and actions.propose(complaint=complaint, now=timezone.now()) is not None


@called(_("Learn from the causes that people confirmed"))
@periodic(every=timedelta(hours=24))
def learn_causes(*, now: datetime) -> int:
    return learning.learn(now=now, vectors=actions.reading_vectors(), rest=giving_way.rest)
