"""The promise board."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from amends.desk.promises import queries

WEEKS = 12
COUNTED = timedelta(days=90)


@login_required
@never_cache
def board(request: HttpRequest) -> HttpResponse:
    """Promises by when they fall due: the agent's own, or everybody's."""
    now = timezone.now()
    everybody = request.GET.get("whose", "") == "all"
    kept, settled = queries.kept_rate(since=now - COUNTED, until=now)
    context = {
        "board": queries.board(agent=None if everybody else request.user, reader=request.user, now=now),
        "everybody": everybody,
        "kept": kept,
        "settled": settled,
        "rate": kept / settled if settled else None,
        "trend": trend(now),
        "here": "due",
    }
    template = "promises/board.html#board" if request.htmx else "promises/board.html"
    return render(request, template, context)


def trend(now: datetime) -> list[dict[str, object]]:
    """The kept-rate week by week, oldest first, with the place of each bar in a picture of 100 by 100."""
    bars = []
    for week in range(WEEKS, 0, -1):
        since, until = now - timedelta(weeks=week), now - timedelta(weeks=week - 1)
        kept, settled = queries.kept_rate(since=since, until=until)
        height = round(100 * kept / settled) if settled else 0
        bars.append(
            {
                "x": (WEEKS - week) * 10,
                "y": 100 - height,
                "height": height,
                "kept": kept,
                "settled": settled,
                "since": since,
            }
        )
    return bars
