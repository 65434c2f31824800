"""Reading about the people of the desk, and the rule by which a complaint gets its owner."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from django.apps import apps
from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from amends.desk.people.models import Agent, Organisation, Presence, Role, Team
from amends.desk.web import questions
from amends.desk.web.questions import Among, Blank

NOTHING: Final[Mapping[int, int]] = MappingProxyType({})
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
PRESENCE_ORDER = {Presence.HERE: 0, Presence.PAUSE: 1, Presence.AWAY: 2}


class UnableToChooseOwner(Exception):
    """There is no active agent at all."""


def is_empty() -> bool:
    """Whether nobody works here yet: the first-run page opens."""
    return not Agent.objects.exists()


def present_agents() -> list[Agent]:
    """Everybody who is here or taking five, by name."""
    return list(
        Agent.objects.filter(is_active=True, presence__in=[Presence.HERE, Presence.PAUSE])
        .select_related("team__calendar")
        .order_by("name", "pk")
    )


def colleagues(*, of: Agent) -> list[Agent]:
    """Everybody else who is active, those present first, then by name: to bring in, or to hand over to."""
    others = Agent.objects.filter(is_active=True).exclude(pk=of.pk).select_related("team").order_by("name", "pk")
    return sorted(others, key=lambda agent: PRESENCE_ORDER[Presence(agent.presence)])


def choose_owner(
    *,
    language: str,
    team: Team | None = None,
    known_to: Agent | None = None,
    without: Agent | None = None,
    given: Mapping[int, int] = NOTHING,
    now: datetime,
) -> Agent:
    """Choose who owns a new complaint.

    1. The person whom the customer knows, when they are active and not away.
    2. Otherwise the first of the active agents in this order:
       of the team asked for; speaks the customer's language; works at the desk (agents and leads before service
       quality and administrators); is here, before taking five, before away; is within their working hours;
       has room, where the organisation asks that (`Organisation.caps_all`); agent before lead; has fewest open
       complaints; has been longest without a new one.

    Each step only orders, none excludes: as long as one active agent exists there is an owner. Where everybody is
    full it is who has least of those who are here, and the customer is told their name and by when they write.
    Only `without` is left out, who hands over; `given` is what was promised to whom a moment ago, and counts as load.

    :raises UnableToChooseOwner: if nobody is active
    """
    rotation = Rotation(now=now, without=without, given=given)
    return rotation.choose(language=language, team=team, known_to=known_to)


class Rotation:
    """Whose turn it is: everybody's load is read once, for as many complaints as come at once.

    Who takes one is told of it (`took`), and so the next one goes to somebody else.
    """

    def __init__(self, *, now: datetime, without: Agent | None = None, given: Mapping[int, int] = NOTHING) -> None:
        self._now = now
        self._without = without
        self._given = dict(given)
        self._newest: dict[int, datetime] = {}
        self._known: list[_Candidate] | None = None
        self._loads: dict[int, _Load] = {}
        self._chosen: dict[int, Agent] = {}
        self._teams: dict[int, Team] | None = None
        self._at_work: dict[tuple[int | None, str], bool] = {}  # by whose hours, and whose clock

    def choose(self, *, language: str, team: Team | None = None, known_to: Agent | None = None) -> Agent:
        """Choose by the rule of `choose_owner`.

        :raises UnableToChooseOwner: if nobody is active
        """
        if known_to is not None and known_to.is_active and known_to.presence != Presence.AWAY:
            return known_to
        # Step by step, so that what each has to do is looked up of those only whom the steps before leave alike.
        alike = _first(self._candidates(), lambda one: _suits(one, language, team))
        if len({_hours(one) for one in alike}) > 1:
            alike = _first(alike, lambda one: not self._is_at_work(one))
        if not alike:
            raise UnableToChooseOwner
        if len(alike) > 1:
            self._look_up_loads(alike)
            alike = [min(alike, key=self._burden)]
        return self._fetched(alike[0].pk)

    def took(self, agent: Agent) -> None:
        """Count a complaint that somebody has just got."""
        self._given[agent.pk] = self._given.get(agent.pk, 0) + 1
        self._newest[agent.pk] = self._now

    def _candidates(self) -> list[_Candidate]:
        if self._known is None:
            able = map(_Candidate._make, questions.ask("who could own", _able))
            self._known = [one for one in able if self._without is None or one.pk != self._without.pk]
        return self._known

    def _is_at_work(self, one: _Candidate) -> bool:
        hours = _hours(one)
        if hours not in self._at_work:
            if self._teams is None:
                teams = questions.ask("hours of teams", lambda: Team.objects.select_related("calendar"))
                self._teams = {team.pk: team for team in teams}
            team = None if one.team_id is None else self._teams[one.team_id]
            self._at_work[hours] = is_at_work(agent=Agent(team=team, time_zone=one.time_zone), now=self._now)
        return self._at_work[hours]

    def _look_up_loads(self, some: Sequence[_Candidate]) -> None:
        if unknown := [one.pk for one in some if one.pk not in self._loads]:
            rows = questions.ask("loads", _loads, ids=unknown)
            self._loads |= {pk: _Load(in_hand, load or 0, newest or LONG_AGO) for pk, in_hand, load, newest in rows}

    def _burden(self, one: _Candidate) -> tuple[object, ...]:
        load, given = self._loads[one.pk], self._given.get(one.pk, 0)
        return (
            load.in_hand is not None and load.in_hand + given >= one.at_once,
            one.role == Role.LEAD,
            load.open + given,
            self._newest.get(one.pk) or load.newest,
            one.pk,
        )

    def _fetched(self, pk: int) -> Agent:
        if pk not in self._chosen:
            (self._chosen[pk],) = questions.ask("an owner", _owner, pk=pk)
        return self._chosen[pk]


class _Candidate(NamedTuple):
    """Somebody who could own a complaint."""

    pk: int
    team_id: int | None
    languages: list[str]
    role: str
    presence: str
    time_zone: str
    at_once: int


def _hours(one: _Candidate) -> tuple[int | None, str]:
    """By whose hours, and whose clock, somebody works."""
    return one.team_id, one.time_zone


def _able() -> QuerySet[Agent, Any]:
    return Agent.objects.filter(is_active=True).values_list(*_Candidate._fields)


def _loads() -> QuerySet[Agent, Any]:
    counted: QuerySet[Any, Any] = _with_load(Agent.objects.filter(Among("pk", "ids")))
    return counted.values_list("pk", "in_hand", "load", "newest")


def _owner() -> QuerySet[Agent]:
    return Agent.objects.select_related("team__calendar").filter(pk=Blank("pk", BigIntegerField()))


class _Load(NamedTuple):
    """What somebody has to do."""

    in_hand: int | None
    open: int
    newest: datetime


def _suits(one: _Candidate, language: str, team: Team | None) -> tuple[bool, bool, bool, int]:
    """How well somebody suits, before anything of their day is known; less is better."""
    return (
        team is not None and one.team_id != team.pk,
        language not in one.languages,
        one.role in {Role.QUALITY, Role.ADMINISTRATOR},
        PRESENCE_ORDER[Presence(one.presence)],
    )


def _first[T](some: Iterable[T], order: Callable[[T], Any]) -> list[T]:
    """Keep those who come first in an order, in which several may be alike."""
    placed = [(order(one), one) for one in some]
    least = min((place for place, _one in placed), default=None)
    return [one for place, one in placed if place == least]


def _with_load(agents: QuerySet[Agent]) -> QuerySet[Agent]:
    """Annotate how many open complaints each owns and when they got the newest, each a look at an index.

    `in_hand` is how many of them wait for our word, and nothing where the organisation does not ask for that.
    """
    # Complaints lie above people, so that this room knows them through the relation only.
    owned = apps.get_model("complaints", "Complaint").objects.filter(owner=OuterRef("pk"))
    is_open = owned.filter(live=True, stage__in=["received", "answered"])
    waiting = is_open.filter(turn="ours", waiting_since__isnull=False)
    counted = Subquery(waiting.order_by().values("owner").annotate(count=Count("pk")).values("count"))
    return agents.annotate(
        in_hand=Case(
            When(Exists(Organisation.objects.filter(caps_all=True)), then=Coalesce(counted, 0)),
            default=Value(None),
            output_field=IntegerField(),
        ),
        load=Subquery(is_open.order_by().values("owner").annotate(count=Count("pk")).values("count")),
        newest=Subquery(owned.order_by("-received_at").values("received_at")[:1]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much somebody has in hand, and how much they take."""

    id: int
    name: str
    team: str
    presence: str
    presence_name: str
    in_hand: int  # open complaints in which the customer waits for our word
    load: int  # all that they own and that goes on
    at_once: int

    @property
    def is_full(self) -> bool:
        return self.in_hand >= self.at_once


def rooms() -> list[Room]:
    """Everybody who is active with what they have in hand, by team and name."""
    owned = apps.get_model("complaints", "Complaint").objects.filter(live=True, stage__in=["received", "answered"])
    load = dict(owned.order_by().values_list("owner").annotate(Count("pk")))
    waits = owned.filter(turn="ours", waiting_since__isnull=False)
    in_hand = dict(waits.order_by().values_list("owner").annotate(Count("pk")))
    return [
        Room(
            id=agent.pk,
            name=agent.name,
            team=agent.team.name if agent.team is not None else "",
            presence=agent.presence,
            presence_name=str(Presence(agent.presence).label),
            in_hand=in_hand.get(agent.pk, 0),
            load=load.get(agent.pk, 0),
            at_once=agent.at_once,
        )
        for agent in Agent.objects.filter(is_active=True).select_related("team").order_by("team__name", "name")
    ]


def is_at_work(*, agent: Agent, now: datetime) -> bool:
    """Whether the moment lies in the agent's working hours."""
    return agent.calendar().is_open(now)


def lead_of(*, agent: Agent) -> Agent | None:
    """Whom to tell when the agent needs help: the lead of their team, else another lead, else an administrator.

    Nobody when the agent is alone at the desk.
    """
    if agent.team is not None and agent.team.lead is not None:
        lead = agent.team.lead
        if lead.is_active and lead.pk != agent.pk:
            return lead
    others = Agent.objects.filter(is_active=True, role__in=[Role.LEAD, Role.ADMINISTRATOR]).exclude(pk=agent.pk)
    return min(others, key=lambda other: (other.role != Role.LEAD, other.pk), default=None)


def may_relieve(*, by: Agent, agent: Agent) -> bool:
    """Whether one may hand over what another owns: an administrator, the lead of their team, or they themselves."""
    leads = by.role == Role.LEAD and by.team_id is not None and by.team_id == agent.team_id
    return by.role == Role.ADMINISTRATOR or leads or by.pk == agent.pk


def relievable(*, by: Agent) -> list[Agent]:
    """Everybody for whom one may hand over, as `may_relieve` says, by team and name; oneself comes first."""
    agents = Agent.objects.filter(is_active=True).select_related("team").order_by("team__name", "name")
    allowed = [agent for agent in agents if may_relieve(by=by, agent=agent)]
    return sorted(allowed, key=lambda agent: agent.pk != by.pk)


def may_let_out(*, by: Agent, agent: Agent) -> bool:
    return by.role == Role.ADMINISTRATOR and by.pk != agent.pk
