"""What each person carries, for them and their lead alone; and the rota on which managers are rung."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from amends.desk.calm import carrying
from amends.desk.complaints.models import Channel
from amends.desk.people.models import Agent
from amends.desk.people.queries import is_at_work
from amends.desk.reaching import actions as reaching
from amends.desk.reaching import queries as reaching_queries
from amends.desk.reaching import rota as turns

MEASURED = timedelta(days=30)


@login_required
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    return _show(request, request.user)


@login_required
@never_cache
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody carries, for their lead."""
    agent = get_object_or_404(Agent.objects.select_related("team__lead", "team__calendar"), pk=pk, is_active=True)
    if not carrying.may_see(reader=request.user, agent=agent):
        raise PermissionDenied
    return _show(request, agent)


@login_required
@never_cache
def team(request: HttpRequest) -> HttpResponse:
    """The people of a lead, by name; each with what may help them today."""
    now = timezone.now()
    loads = carrying.loads(agents=carrying.led_by(lead=request.user), now=now, days=1)
    return render(request, "calm/team.html", {"loads": loads, "here": "load"})


@login_required
@never_cache
def rota(request: HttpRequest) -> HttpResponse:
    """Who is rung when a customer asks for a manager; leads and administrators change it."""
    may_change = request.user.leads_people
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        agent = get_object_or_404(Agent, pk=request.POST.get("agent", ""), is_active=True)
        reaching.put_on_rota(agent=agent, is_on=request.POST.get("on") == "1")
        return redirect("workplace:rota")
    now = timezone.now()
    on = turns.managers()
    others = Agent.objects.filter(is_active=True).exclude(pk__in=[one.pk for one in on]).order_by("name", "pk")
    page = {
        "on": [(agent, is_at_work(agent=agent, now=now)) for agent in on],
        "others": list(others),
        "may_change": may_change,
        "minutes": int(turns.RINGS_FOR.total_seconds() // 60),
        "days": MEASURED.days,
        "asked": reaching_queries.asked_for(since=now - MEASURED, until=now, now=now),
        "doors": dict(Channel.choices),
        "here": "rota",
    }
    return render(request, "calm/rota.html", page)


def _show(request: HttpRequest, agent: Agent) -> HttpResponse:
    load = carrying.load(agent=agent, now=timezone.now())
    page = {
        "load": load,
        "mine": agent.pk == request.user.pk,
        "leads": bool(carrying.led_by(lead=request.user)),
        "here": "load",
    }
    return render(request, "calm/load.html", page)
