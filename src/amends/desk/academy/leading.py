"""Who has been trained, and who never: totals for everybody, names for the one who leads them. Never a failing."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    """For whoever leads them alone: who has never been trained. Those whom nobody leads have no team's name."""

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
    mine = {team.pk: team.name for team in led_by(reader)}
    ranks = [
        _row(words.rank_words(rank), of_rank, now=now)
        for rank in Rank.values
        if (of_rank := [one for one in people if one.rank == rank])
    ]
    teams = [
        _row(team.name, members, now=now, is_mine=team.pk in mine)
        for team in Team.objects.order_by("name")
        if (members := [one for one in people if one.team == team.pk])
    ]
    groups = [(name, [one for one in people if one.team == pk]) for pk, name in mine.items()]
    if reader.role == Role.ADMINISTRATOR:
        led = _led_teams()
        groups.append(("", [one for one in people if one.team not in led]))
    return Coverage(
        everybody=_row(_("Everybody"), people, now=now),
        ranks=_without_what_the_rest_tells(ranks, of=len(people)),
        teams=_without_what_the_rest_tells(teams, of=len(people)),
        mine=tuple(
            TeamNames(team=name, names=never)
            for name, members in groups
            if (never := tuple(one.name for one in members if one.last is None))
        ),
    )


def _without_what_the_rest_tells(rows: list[CoverageRow], *, of: int) -> tuple[CoverageRow, ...]:
    """Hide one row more where the others would tell, taken from everybody, what so few people did."""
    rest = of - sum(row.ever.n for row in rows if not row.is_hidden)
    shown = [row for row in rows if not row.is_hidden]
    if 0 < rest < FEWEST and any(row.is_hidden for row in rows) and shown:
        least = min(shown, key=lambda row: row.ever.n)
        return tuple(replace(row, is_hidden=True) if row is least else row for row in rows)
    return tuple(rows)


def _led_teams() -> set[int]:
    """The teams that somebody leads: their lead, or a lead who is one of them."""
    leads = Agent.objects.filter(is_active=True, role=Role.LEAD, team__isnull=False)
    named = Team.objects.filter(lead__is_active=True).values_list("pk", flat=True)
    unnamed = leads.filter(team__lead__isnull=True).values_list("team", flat=True)
    return {*named, *(pk for pk in unnamed if pk is not None)}


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
