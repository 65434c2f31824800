"""A certificate on paper and a badge: for a path brought to a good end, and for nothing less."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any, Final

from django.db.models import Min
from django.utils.translation import gettext as _

from amends.desk.academy import words
from amends.desk.academy.drills import shelf
from amends.desk.academy.models import Attempt, Ending, Trainee
from amends.desk.academy.paths import path
from amends.desk.people.models import Agent
from amends.desk.web import wording
from amends.desk.web.paper import typeset

FEWEST: Final = 3  # a path shorter than this earns no paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """What somebody has earned on a path, and when the last of it."""

    name: str
    rank: str
    titles: tuple[str, ...]
    at: datetime


def earned(*, agent: Agent, trainee: Trainee, language: str) -> Earned | None:
    """Return what was earned, once every drill of the path that comes with Amends was brought to a good end."""
    stops = [stop.drill for stop in path(shelf(), rank=trainee.rank, since=trainee.since) if not stop.drill.is_own]
    ended = (
        Attempt.objects.filter(agent=agent, ended=Ending.CONTENT).values_list("slug").annotate(first=Min("ended_at"))
    )
    done: dict[str, datetime] = dict(ended.order_by().values_list("slug", "first"))
    if len(stops) < FEWEST or any(drill.slug not in done for drill in stops):
        return None
    return Earned(
        name=agent.name,
        rank=words.path_words(trainee.rank, role=agent.role),
        titles=tuple(drill.script(language).title for drill in stops),
        at=max(done[drill.slug] for drill in stops),
    )


def paper(*, what: Earned, organisation: str, language: str) -> bytes:
    """Set a certificate as PDF, in the reader's language, direction and calendar."""
    told = _told(what, organisation=organisation, language=language) | {
        "title": _("Certificate of training"),
        "name": what.name,
        "says": _("has practised the path “{rank}” and brought each of its drills to a good end:").format(
            rank=what.rank
        ),
        "drills": list(what.titles),
    }
    return typeset(_source("certificate.typ"), told, language=language)


def badge(*, what: Earned, organisation: str, language: str) -> bytes:
    """Set a badge as SVG, its letters drawn, so that it looks alike wherever its owner puts it."""
    told = _told(what, organisation=organisation, language=language) | {
        "rank": what.rank,
        "says": _("every drill to a good end"),
    }
    return typeset(_source("badge.typ"), told, language=language, form="svg")


def _told(what: Earned, *, organisation: str, language: str) -> dict[str, Any]:
    return {"day": wording.day(what.at, language=language, year=True), "organisation": organisation}


def _source(name: str) -> bytes:
    return (resources.files("amends.desk.academy") / name).read_bytes()
