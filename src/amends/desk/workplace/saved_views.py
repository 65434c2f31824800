"""Views of one's own: who sees them, who keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import BigIntegerField, Q, QuerySet
from django.utils.translation import gettext as _

from amends.desk.complaints.queries import VIEWS, Filters
from amends.desk.people.models import Agent
from amends.desk.web import questions
from amends.desk.web.questions import Blank
from amends.desk.workplace import narrowing
from amends.desk.workplace.models import SavedView, Sharing

MOST: Final = 30  # that one person sees; more than that nobody finds anything in


class UnableToSave(Exception):
    """The view has no name, or there are too many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A saved view as its reader sees it."""

    id: int
    name: str
    view: str
    filters: Filters
    sharing: str
    by_name: str
    may_drop: bool

    @property
    def key(self) -> str:
        return f"saved-{self.id}"


def seen_by(*, agent: Agent) -> list[Saved]:
    """List the views that an agent made or is shown, by name."""
    rows: list[SavedView] = questions.ask(
        ("saved views", agent.team_id is not None), lambda: _shown_to(agent), agent=agent.pk, team=agent.team_id
    )
    return [_value(row, agent) for row in rows]


def _shown_to(agent: Agent) -> QuerySet[SavedView]:
    team = Blank("team", BigIntegerField()) if agent.team_id is not None else None
    return _visible(agent=Blank("agent", BigIntegerField()), team=team).order_by("name", "pk")[:MOST]


def find(*, agent: Agent, pk: int) -> Saved | None:
    """Return a view that the agent may see."""
    row = _visible(agent=agent.pk, team=agent.team_id).filter(pk=pk).first()
    return _value(row, agent) if row is not None else None


def as_counted(views: list[Saved]) -> Mapping[str, tuple[str, Filters]]:
    """Write them as `complaints.queries.views_with_counts` takes them."""
    return {saved.key: (saved.view, saved.filters) for saved in views}


def save(
    *, agent: Agent, name: str, view: str, filters: Filters, sharing: str, now: datetime, instead_of: int | None = None
) -> Saved:
    """Keep a list under a name; one of one's own under the same name is changed.

    With `instead_of`, a view of one's own gets this name and list instead of the ones it had.

    :raises UnableToSave: if it has no name, another has it already, or there are too many
    """
    name = " ".join(name.split())[:60]
    if not name:
        raise UnableToSave(_("Give the view a name."))
    if sharing == Sharing.TEAM and agent.team_id is None:
        raise UnableToSave(_("You belong to no team. Keep it for yourself, or show it to everybody."))
    mine = SavedView.objects.filter(by=agent)
    renamed = mine.filter(pk=instead_of).exclude(name=name).first() if instead_of is not None else None
    if renamed is not None:
        if mine.filter(name=name).exists():
            raise UnableToSave(_("There is one of this name already."))
        renamed.name = name
        renamed.save(update_fields=["name"])
    elif not mine.filter(name=name).exists() and mine.count() >= MOST:
        raise UnableToSave(_("You have as many views as one can find one's way in. Throw one away first."))
    row, _made = SavedView.objects.update_or_create(
        by=agent,
        name=name,
        defaults={
            "view": view if view in VIEWS else "all",
            "filters": narrowing.plain(filters),
            "sharing": Sharing(sharing),
            "team": agent.team if sharing == Sharing.TEAM else None,
            "made_at": now,
        },
    )
    return _value(row, agent)


def drop(*, agent: Agent, pk: int) -> bool:
    """Throw a view away, if it is the agent's to do so; return whether there was one."""
    saved = find(agent=agent, pk=pk)
    if saved is None or not saved.may_drop:
        return False
    SavedView.objects.filter(pk=pk).delete()
    return True


def _visible(*, agent: Any, team: Any) -> QuerySet[SavedView]:
    shown = Q(by=agent) | Q(sharing=Sharing.EVERYBODY)
    if team is not None:
        shown |= Q(sharing=Sharing.TEAM, team=team)
    return SavedView.objects.filter(shown).select_related("by")


def _value(row: SavedView, agent: Agent) -> Saved:
    mine = row.by_id == agent.pk
    return Saved(
        id=row.pk,
        name=row.name,
        view=row.view,
        filters=narrowing.read(row.filters),
        sharing=row.sharing,
        by_name="" if mine else row.by.name,
        may_drop=mine or agent.leads_people,
    )
