"""The organisation's own limits: read wherever the course of a complaint is judged, changed by administrators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from amends.desk.people.models import Agent, Limit, LimitChange
from amends.desk.web import questions
from amends.engine.failings import Limits
from amends.engine.measures.limits import TOLD, USUAL, BadLimitError, from_plain, plain, value

SHOWN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of what was changed, by whom."""

    name: str
    before: str
    after: str
    by: str
    at: datetime


def own_limits() -> dict[str, str]:
    """Return the limits that are not the usual ones, as they are told; one that is no limit any more is left out."""
    rows = questions.ask("limits", lambda: Limit.objects.values_list("name", "value"))
    return {name: told for name, told in rows if _still_holds(name, told)}


def limits() -> Limits:
    """Return the limits by which the desk judges."""
    return from_plain(own_limits().items())


def all_limits() -> dict[str, str]:
    """Return every limit as it is told now."""
    now = limits()
    return {name: plain(now, name) for name in TOLD}


@transaction.atomic
def change_limits(*, given: Mapping[str, str], by: Agent, now: datetime) -> int:
    """Keep limits as an administrator tells them, and who changed what; return how many were changed.

    :raises BadLimitError: if one of them is no limit, or beyond its bounds; then nothing is kept
    """
    wanted = {name: plain(from_plain([(name, told)]), name) for name, told in given.items()}
    list(Limit.objects.select_for_update().values_list("pk"))  # of two who change at once the second sees the first
    before = all_limits()
    changed = {name: told for name, told in wanted.items() if told != before[name]}
    for name, told in changed.items():
        if told == plain(USUAL, name):
            Limit.objects.filter(name=name).delete()
        else:
            Limit.objects.update_or_create(name=name, defaults={"value": told})
    LimitChange.objects.bulk_create(
        LimitChange(name=name, before=before[name], after=told, by=by, at=now) for name, told in changed.items()
    )
    return len(changed)


def changes() -> list[Change]:
    """Return the last changes, the newest first."""
    rows = LimitChange.objects.select_related("by").order_by("-at", "-pk")[:SHOWN]
    return [Change(name=row.name, before=row.before, after=row.after, by=row.by.name, at=row.at) for row in rows]


def last_change() -> datetime | None:
    """Return when a limit was changed last."""
    return LimitChange.objects.aggregate(last=Max("at"))["last"]


def _still_holds(name: str, told: str) -> bool:
    try:
        value(name, told)
    except BadLimitError:  # of an older version
        return False
    return True
