"""Who else looks at a complaint, and who writes: told by open pages, seen by the others, gone when they leave.

A page says every few seconds which complaint it shows; one row for each page, moved when it shows another one and
deleted when it leaves. Who is not heard of any more is gone by themselves. Nothing of it is kept: it is no record of
how long somebody looked. Web processes share it through the database, so it is the same on SQLite and PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from amends.desk.channels.chat import queries as chats
from amends.desk.complaints.models import Channel, Complaint
from amends.desk.people.models import Agent
from amends.desk.web import wording
from amends.desk.workplace import screens
from amends.desk.workplace.models import Presence

ALIVE: Final = timedelta(seconds=100)  # a page says every forty that it is there; one that is left says so at once
PAGE_KEY: Final = 40

# Who is at which complaint, and whether they write, by its number.
type Places = Mapping[int, frozenset[tuple[int, bool]]]
NOBODY: Final = frozenset[tuple[int, bool]]()


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Somebody else at a complaint."""

    name: str
    writing: bool


def here(*, complaint: Complaint, agent: Agent, page: str, writing: bool, now: datetime) -> None:
    """Say that a page of somebody's shows a complaint now; the one that it showed before is left by that."""
    Presence.objects.filter(seen_at__lt=now - ALIVE).delete()
    at = {"complaint": complaint, "agent": agent, "writing": writing, "seen_at": now}
    if not Presence.objects.filter(page=page, agent=agent, complaint=complaint).update(writing=writing, seen_at=now):
        Presence.objects.update_or_create(page=page, defaults={**at, "since": now})


def leave(*, agent: Agent, page: str) -> None:
    """Say that a page shows no complaint any more."""
    Presence.objects.filter(agent=agent, page=page).delete()


def others_at(*, complaint: Complaint, reader: Agent, now: datetime) -> list[Other]:
    """List who else is there, who writes first; a person with two pages is one."""
    rows = Presence.objects.filter(complaint=complaint, seen_at__gt=now - ALIVE).exclude(agent=reader)
    found: dict[int, Other] = {}
    for agent, name, writing in rows.order_by("since", "pk").values_list("agent", "agent__name", "writing"):
        found[agent] = Other(name=name, writing=writing or (agent in found and found[agent].writing))
    return sorted(found.values(), key=lambda other: not other.writing)


def places(*, now: datetime) -> Places:
    """Tell who is where, in one question: as many rows as there are open pages."""
    found: dict[int, set[tuple[int, bool]]] = {}
    rows = Presence.objects.filter(seen_at__gt=now - ALIVE).values_list("complaint__number", "agent", "writing")
    for number, agent, writing in rows:
        found.setdefault(number, set()).add((agent, writing))
    return {number: frozenset(who) for number, who in found.items()}


def moved(before: Places, now: Places) -> list[int]:
    """Name the complaints at which it is otherwise than before."""
    return sorted(number for number in before.keys() | now.keys() if before.get(number) != now.get(number))


def watched(before: Places, now: Places) -> dict[int, frozenset[int]]:
    """Name the same complaints, each with who is at it and has not moved alone: their pages show who else is there."""
    found = {}
    for number in moved(before, now):
        movers = {agent for agent, _writing in before.get(number, NOBODY) ^ now.get(number, NOBODY)}
        there = frozenset(agent for agent, _writing in now.get(number, NOBODY))
        found[number] = there - movers if len(movers) == 1 else there
    return found


@login_required
@require_POST
def say_here(request: HttpRequest, number: int) -> HttpResponse:
    """A page says that it shows this complaint, and whether one writes in it."""
    page = request.POST.get("page", "")[:PAGE_KEY]
    if page:
        writing = request.POST.get("writing") == "1"
        here(complaint=screens.find(number), agent=request.user, page=page, writing=writing, now=timezone.now())
    return HttpResponse(status=204)


@login_required
@require_POST
def say_gone(request: HttpRequest) -> HttpResponse:
    """A page says that it shows no complaint any more."""
    leave(agent=request.user, page=request.POST.get("page", "")[:PAGE_KEY])
    return HttpResponse(status=204)


@login_required
@never_cache
def who(request: HttpRequest, number: int) -> HttpResponse:
    """Say who else is at a complaint, in a line."""
    complaint, now = screens.find(number), timezone.now()
    others = others_at(complaint=complaint, reader=request.user, now=now)
    window = chats.there(complaint=complaint, now=now) if complaint.channel == Channel.CHAT else None
    writing = [other.name for other in others if other.writing]
    looking = [other.name for other in others if not other.writing]
    context = {
        "writing": wording.listed_for_reader(writing),
        "looking": wording.listed_for_reader(looking),
        "writers": len(writing),
        "lookers": len(looking),
        "window": window,
        "customer": complaint.customer.name,
    }
    return render(request, "workplace/present.html", context)
