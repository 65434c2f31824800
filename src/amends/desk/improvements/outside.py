"""
What the record says of a cause, beside the words.

A party outside that let a customer wait long is a cause where the words leave it open. A rule of ours that somebody
named is one wherever the words would blame an employee: who does as told is not at fault (S3.2, S3.3).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from amends.desk.complaints.models import Complaint
from amends.desk.remedies.models import RuleTrouble
from amends.desk.third_parties.models import Wait
from amends.desk.third_parties.queries import SLOW
from amends.engine.causes import Proposal
from amends.engine.causes.propose import SURE

_AS_SURE: Final = 0.5  # said as 'perhaps': the record shows who took the time, not why the customer came


def by_the_record(proposal: Proposal | None, *, complaint: Complaint, now: datetime) -> Proposal | None:
    """Lay a complaint on the party for which most of its time was waited, unless words name something surely.

    A wait counts from SLOW on. Whom it was waited for stands where else the words of the customer stand.
    """
    if proposal is not None and (proposal.confidence >= SURE or proposal.layer == "third-party"):
        return proposal
    waits = [
        (min(wait.ended_at or now, now) - wait.since, wait.party.name)
        for wait in Wait.objects.filter(complaint=complaint, since__lt=now).select_related("party")
    ]
    whole = min(complaint.resolved_at or now, now) - complaint.received_at
    waited = sum((one for one, _ in waits), timedelta())
    if waited < SLOW or 2 * waited < whole:
        return proposal
    return Proposal("third-party", "", _AS_SURE, (), said=(max(waits)[1],))


def by_the_rule(proposal: Proposal | None, *, complaint: Complaint) -> Proposal | None:
    """Lay on the rule that somebody named what would be laid on who did as it says, or on nothing at all."""
    if proposal is not None and proposal.layer != "employee":
        return proposal
    title = RuleTrouble.objects.filter(complaint=complaint).values_list("rule__title", flat=True).first()
    return proposal if title is None else Proposal("process", "rules", SURE, (), said=(title,))


def is_by_a_rule(complaint: Complaint) -> bool:
    """Tell whether somebody said that a rule of ours brought it about."""
    return RuleTrouble.objects.filter(complaint=complaint).exists()
