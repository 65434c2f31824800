"""Owners as a pass of a worker needs them: with team, lead and calendar, each read once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from amends.desk.people.models import Agent
from amends.desk.people.queries import lead_of
from amends.desk.promises.warning import opening


class Owners:
    """The owners met in one pass; who owns a complaint is read under its lock, who that is need not be read again."""

    def __init__(self, *, now: datetime) -> None:
        self._now = now
        self._known: dict[int, Agent] = {}
        self._leads: dict[int, Agent | None] = {}
        self._openings: dict[int, datetime] = {}

    def gather(self, pks: Collection[int]) -> None:
        """Read in one question those who are not known yet."""
        if missing := {*pks} - self._known.keys():
            rows = Agent.objects.select_related("team__lead__team__calendar", "team__calendar").filter(pk__in=missing)
            self._known |= {agent.pk: agent for agent in rows}

    def of(self, pk: int) -> Agent:
        """Somebody with their team, its lead and its calendar."""
        self.gather([pk])
        return self._known[pk]

    def lead_of(self, owner: Agent) -> Agent | None:
        """Whom to tell beside them."""
        if owner.pk not in self._leads:
            self._leads[owner.pk] = lead_of(agent=owner)
        return self._leads[owner.pk]

    def opening(self, agent: Agent) -> datetime:
        """When they may be spoken to next: now, while they are at work."""
        if agent.pk not in self._openings:
            self._openings[agent.pk] = opening(agent, self._now)
        return self._openings[agent.pk]
