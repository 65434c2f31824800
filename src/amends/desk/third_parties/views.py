"""The page of third parties: who lets customers wait, how long, and whose word is overdue."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from amends.desk.third_parties import queries

COUNTED = timedelta(days=90)


@login_required
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """Everybody's, unless the reader asks for their team's."""
    now = timezone.now()
    whose = "team" if request.GET.get("whose") == "team" and request.user.team_id is not None else ""
    rows = queries.parties(since=now - COUNTED, now=now, team_id=request.user.team_id if whose else None)
    context = {
        "rows": rows,
        "waiting": sum(len(row.waiting) for row in rows),
        "overdue": sum(row.overdue.k for row in rows),
        "whose": whose,
        "has_team": request.user.team_id is not None,
        "here": "third",
    }
    return render(request, "third_parties/page.html", context)
