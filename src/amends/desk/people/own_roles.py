"""Roles of the organisation's own: a name, a fixed role whose work they do, and rights beside it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from amends.desk.people import second_factor
from amends.desk.people.models import Agent, DoorEvent, OwnRole, Right, Role

OWN: Final = "own-"  # before the number of an own role, where a form offers it beside the fixed ones
KINDS: Final = (DoorEvent.Kind.MADE, DoorEvent.Kind.CHANGED, DoorEvent.Kind.REMOVED)


class UnableToKeepRole(Exception):
    """Another role has this name, or somebody has the role still."""


def choices() -> list[tuple[str, str]]:
    """Every role that somebody may have: the fixed ones, then one's own."""
    own = OwnRole.objects.order_by("name").values_list("pk", "name")
    return [*((value, str(words)) for value, words in Role.choices), *((f"{OWN}{pk}", name) for pk, name in own)]


def chosen(agent: Agent) -> str:
    """Somebody's role as `choices` names it."""
    return f"{OWN}{agent.own_role_id}" if agent.own_role_id else agent.role


def read(role: str) -> tuple[Role, OwnRole | None]:
    """Take apart what `choices` offered.

    :raises OwnRole.DoesNotExist: if the role was removed meanwhile
    """
    if not role.startswith(OWN):
        return Role(role), None
    own = OwnRole.objects.get(pk=role.removeprefix(OWN))
    return Role(own.base), own


def listed() -> QuerySet[OwnRole]:
    """All own roles, each with how many people have it."""
    return OwnRole.objects.annotate(count=Count("people")).order_by("name", "pk")


@transaction.atomic
def keep(*, row: OwnRole, name: str, base: str, rights: Iterable[str], by: Agent, now: datetime) -> OwnRole:
    """Make an own role, or change it for everybody who has it; who did so is kept.

    :raises UnableToKeepRole: if another role has this name
    """
    if OwnRole.objects.filter(name__iexact=name).exclude(pk=row.pk).exists():
        raise UnableToKeepRole(_("Another role has this name."))
    kind = DoorEvent.Kind.CHANGED if row.pk else DoorEvent.Kind.MADE
    row.name, row.base, row.rights = name, Role(base), sorted(Right(one).value for one in rights)
    row.save()
    theirs = list(Agent.objects.select_for_update().filter(own_role=row))
    Agent.objects.filter(own_role=row).update(role=row.base)
    second_factor.reckon(agents=theirs)
    _note(kind, row=row, by=by, now=now)
    return row


@transaction.atomic
def remove(*, row: OwnRole, by: Agent, now: datetime) -> None:
    """Remove a role that nobody has.

    :raises UnableToKeepRole: if somebody has it
    """
    if Agent.objects.filter(own_role=row).exists():
        raise UnableToKeepRole(_("Somebody has this role. Give them another one first."))
    _note(DoorEvent.Kind.REMOVED, row=row, by=by, now=now)
    row.delete()


def history() -> list[DoorEvent]:
    """Who made and changed own roles, the newest first."""
    return list(DoorEvent.objects.filter(kind__in=KINDS).select_related("by").order_by("-at", "-pk")[:20])


def _note(kind: DoorEvent.Kind, *, row: OwnRole, by: Agent, now: datetime) -> None:
    DoorEvent.objects.create(kind=kind, role=row.base, words="\t".join([row.name, *row.rights]), by=by, at=now)
