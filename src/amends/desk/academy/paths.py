"""What to do when: the path of each rank, two drills a week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from amends.desk.academy.drills import Drill
from amends.desk.academy.models import Rank
from amends.desk.people.models import Agent, Role

A_WEEK = timedelta(days=7)
PER_WEEK = 2
NEW_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One drill of a path, and by when it is to be practised."""

    drill: Drill
    week: int  # from 1
    due_at: datetime


def path(shelf: Sequence[Drill], *, rank: str, since: datetime) -> tuple[Stop, ...]:
    """Return the path of a rank in its order: the shelf's own, short before long, the organisation's own last."""
    mine = [drill for drill in shelf if rank in drill.situation.ranks]
    weeks = [place // PER_WEEK + 1 for place in range(len(mine))]
    return tuple(
        Stop(drill=drill, week=week, due_at=since + week * A_WEEK) for drill, week in zip(mine, weeks, strict=True)
    )


def usual_rank(agent: Agent, *, now: datetime) -> Rank:
    """Return the rank that somebody's role stands for; they may say otherwise."""
    if agent.role in {Role.LEAD, Role.QUALITY}:
        return Rank.LEAD
    if agent.role == Role.ADMINISTRATOR:
        return Rank.MANAGER
    is_new = agent.joined_at is None or now - agent.joined_at < NEW_FOR
    return Rank.NEW_AGENT if is_new else Rank.AGENT
