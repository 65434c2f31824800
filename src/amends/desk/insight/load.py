"""
How much each person has to carry, by team: so many complaints at once, so many replies a week.

Nobody is named, and of a team of fewer than three nothing is told: each could read the other's figure from it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import median
from typing import Final

import numpy as np
from django.db.models import Count, Q, QuerySet

from amends.desk.complaints.models import Complaint
from amends.desk.complaints.timeline import GOING_ON
from amends.desk.insight.facts import REPLIES
from amends.desk.insight.frame import Frame
from amends.desk.insight.kept import Facts
from amends.desk.insight.queries import FEWEST_AUTHORS
from amends.desk.people.models import Agent

A_WEEK: Final = 7 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What the people of one team carry now; without figures where they are so few that it would tell of one."""

    team: int
    people: int
    complaints: int
    half: float | None = None  # of them have at most so many
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    teams: tuple[Carried, ...]
    whole: Carried
    replies: int  # in the span
    authors: int
    a_week: float | None  # replies of one person; None for fewer than three


def carried() -> QuerySet[Complaint]:
    """Complaints that go on: somebody carries each of them."""
    # Whatever goes on is live, and of what is live there is an index.
    return Complaint.objects.filter(live=True, stage__in=GOING_ON, merged_into=None)


def load(*, frame: Frame, facts: Facts | None = None) -> Load:
    """Count what people carry at this moment, and what they wrote in the span."""
    by_owner = dict(carried().order_by().values_list("owner").annotate(count=Count("pk")))
    people = Agent.objects.filter(Q(is_active=True) | Q(pk__in=by_owner))
    if frame.team:
        people = people.filter(team=frame.team)
    teams: dict[int, list[int]] = defaultdict(list)
    for pk, team in people.values_list("pk", "team"):
        # Who has nothing and is in no team leads or watches the desk; who has something carries it, team or not.
        if team is not None or pk in by_owner:
            teams[team or 0].append(by_owner.get(pk, 0))
    replies = (facts or Facts()).of(REPLIES, frame)
    authors = len(np.unique(replies["agent"]))
    weeks = (frame.until - frame.since).total_seconds() / A_WEEK
    found = (_carried(team, counts) for team, counts in teams.items())
    return Load(
        teams=tuple(sorted(found, key=lambda one: (-one.complaints, one.team))),
        whole=_carried(0, [count for counts in teams.values() for count in counts]),
        replies=len(replies),
        authors=authors,
        a_week=len(replies) / authors / weeks if authors >= FEWEST_AUTHORS and weeks >= 1 else None,
    )


def _carried(team: int, counts: list[int]) -> Carried:
    if len(counts) < FEWEST_AUTHORS:
        return Carried(team=team, people=len(counts), complaints=sum(counts))
    return Carried(team=team, people=len(counts), complaints=sum(counts), half=median(counts), most=max(counts))
