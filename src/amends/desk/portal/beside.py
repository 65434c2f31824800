"""What a customer's page offers beside the conversation: times for a call, and the person whom they know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from amends.desk.calm import queries as calm
from amends.desk.complaints.models import Complaint
from amends.desk.reaching import queries as reaching


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    call: calm.Call
    known: reaching.Known | None


def beside(*, complaint: Complaint, now: datetime) -> Beside:
    return Beside(call=calm.call(complaint=complaint, now=now), known=reaching.known_person(complaint=complaint))
