"""Owners as a pass of a worker needs them: with team, lead and calendar, each read once."""

from __future__ import annotations

from amends.desk.people.models import Agent


class Owners:
    """The owners met in one pass; who owns a complaint is read under its lock, who that is need not be read again."""

    def __init__(self) -> None:
        self._known: dict[int, Agent] = {}

    def of(self, pk: int) -> Agent:
        """Somebody with their team, its lead and its calendar."""
        if pk not in self._known:
            self._known[pk] = Agent.objects.select_related("team__lead", "team__calendar").get(pk=pk)
        return self._known[pk]
