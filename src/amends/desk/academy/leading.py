"""Who has been trained, and who never: totals for everybody, names for the one who leads them. Never a failing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from amends.desk.academy import words
from amends.desk.academy.models import Attempt, Rank
from amends.desk.academy.paths import usual_rank
from amends.desk.people.models import Agent, Role, Team
from amends.engine.measures.share import Share, share

A_QUARTER = timedelta(days=91)
FEWEST = 3  # of two people each would know about the other


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRow:
    """People of one rank or team: how many have ever been trained, and how many in the last quarter."""

    name: str
    ever: Share
    lately: Share
    is_hidden: bool = False  # so few people that a total would name them


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamNames:
    """For their lead alone: who has never been trained."""

    team: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    everybody: CoverageRow
    ranks: tuple[CoverageRow, ...]
    teams: tuple[CoverageRow, ...]
    mine: tuple[TeamNames, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    name: str
    rank: str
    team: int | None
    last: datetime | None


def coverage(*, reader: Agent, now: datetime) -> Coverage:
    """Count who has brought at least one drill to an end; name those who never did to their own lead."""
    people = _people(now)
    teams = list(Team.objects.order_by("name"))
    mine = list(led_by(reader))
    return Coverage(
        everybody=_row(_("Everybody"), people, now=now),
        ranks=tuple(
            _row(words.rank_words(rank), of_rank, now=now)
            for rank in Rank.values
            if (of_rank := [one for one in people if one.rank == rank])
        ),
        teams=tuple(
            _row(team.name, members, now=now, is_mine=team in mine)
            for team in teams
            if (members := [one for one in people if one.team == team.pk])
        ),
        mine=tuple(
            TeamNames(team=team.name, names=never)
            for team in mine
            if (never := tuple(one.name for one in people if one.team == team.pk and one.last is None))
        ),
    )


def led_by(reader: Agent) -> QuerySet[Team]:
    """The teams that somebody leads: as their lead, or as a lead who is one of them."""
    mine = Q(lead=reader)
    if reader.role == Role.LEAD and reader.team_id is not None:
        mine |= Q(pk=reader.team_id, lead__isnull=True)
    return Team.objects.filter(mine).order_by("name")


def _people(now: datetime) -> list[_Person]:
    last = dict(
        Attempt.objects.filter(ended_at__isnull=False)
        .values_list("agent")
        .annotate(last=Max("ended_at"))
        .order_by()
        .values_list("agent", "last")
    )
    agents = Agent.objects.filter(is_active=True).select_related("trainee").order_by("name", "pk")
    return [
        _Person(
            name=agent.name,
            rank=agent.trainee.rank if hasattr(agent, "trainee") else usual_rank(agent, now=now),
            team=agent.team_id,
            last=last.get(agent.pk),
        )
        for agent in agents
    ]


def _row(name: str, people: list[_Person], *, now: datetime, is_mine: bool = False) -> CoverageRow:
    return CoverageRow(
        is_hidden=len(people) < FEWEST and not is_mine,
        name=name,
        ever=share(sum(one.last is not None for one in people), len(people)),
        lately=share(sum(one.last is not None and one.last >= now - A_QUARTER for one in people), len(people)),
    )
