"""The promise board, and the calendar feeds of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from amends.desk.people.models import Agent, Team
from amends.desk.promises import feeds, queries
from amends.desk.promises.models import Feed
from amends.engine.measures import share as share_of

WEEKS = 12
COUNTED = timedelta(days=90)


@login_required
@never_cache
def board(request: HttpRequest) -> HttpResponse:
    """Promises by when they fall due: the agent's own, their team's, or everybody's."""
    now = timezone.now()
    whose = request.GET.get("whose", "")
    team = request.user.team if whose == "team" else None
    whose = whose if whose == "all" or (whose == "team" and team is not None) else ""
    mine = None if whose else request.user
    figures = queries.figures(since=now - COUNTED, until=now, agent=mine, team=team)
    context = {
        "board": queries.board(agent=mine, team=team, reader=request.user, now=now),
        "whose": whose,
        "has_team": request.user.team_id is not None,
        "figures": figures,
        "kept": figures.kept,
        "settled": figures.settled,
        "rate": None if share_of(figures.kept, figures.settled).too_few else figures.kept / figures.settled,
        "trend": trend(now, agent=mine, team=team),
        "here": "due",
    }
    template = "promises/board.html#board" if request.htmx else "promises/board.html"
    return render(request, template, context)


def trend(now: datetime, *, agent: Agent | None = None, team: Team | None = None) -> list[dict[str, object]]:
    """The kept-rate week by week, oldest first, with the place of each bar in a picture of 100 by 100."""
    bars = []
    edges = [now - timedelta(weeks=week) for week in range(WEEKS, -1, -1)]
    for place, (kept, settled) in enumerate(queries.kept_rates(edges=edges, agent=agent, team=team)):
        height = round(100 * kept / settled) if settled else 0
        bars.append(
            {
                "x": place * 10,
                "y": 100 - height,
                "height": height,
                "kept": kept,
                "settled": settled,
                "since": edges[place],
            }
        )
    return bars


@login_required
@never_cache
def share(request: HttpRequest) -> HttpResponse:
    """Calendar feeds: made here, shown once, revoked here."""
    address = ""
    if request.method == "POST":
        team = request.user.team if request.POST.get("of") == "team" else None
        try:
            _feed, secret = feeds.make(by=request.user, team=team, now=timezone.now())
        except feeds.UnableToShare as trouble:
            messages.error(request, str(trouble))
            return redirect("promises:feeds")
        address = f"{settings.ADDRESS}{reverse('promise-feed', args=[secret])}"
    rows = [{"feed": feed, "may_revoke": feeds.may_revoke(feed=feed, by=request.user)} for feed in _feeds(request)]
    return render(request, "promises/feeds.html", {"rows": rows, "address": address, "here": "due"})


@login_required
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        feeds.revoke(feed=get_object_or_404(Feed, pk=pk), by=request.user, now=timezone.now())
    except feeds.UnableToShare as trouble:
        messages.error(request, str(trouble))
    else:
        messages.success(request, _("The address opens nothing any more."))
    return redirect("promises:feeds")


@never_cache
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar itself: whoever holds the address reads it, without signing in."""
    del request
    found = feeds.read(secret=secret, now=timezone.now())
    if found is None:
        raise Http404
    response = HttpResponse(found.text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="promises.ics"'
    response["Content-Language"] = found.language
    response["X-Robots-Tag"] = "noindex"
    return response


def _feeds(request: HttpRequest) -> list[Feed]:
    return feeds.of(agent=request.user)
