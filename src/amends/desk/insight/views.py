"""The page of what hurts, and what is behind each of its figures."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from amends.desk.insight import behind as doors
from amends.desk.insight import forms, queries
from amends.desk.insight.frame import BUCKETS, PERIODS, frame, teams
from amends.desk.insight.links import address
from amends.desk.insight.models import Alarm
from amends.desk.insight.page import page


@login_required
def hurts(request: HttpRequest) -> HttpResponse:
    known = teams()
    chosen = forms.choice(request.GET, teams=[pk for pk, _ in known], now=timezone.now())
    figures = queries.figures(
        frame=frame(days=chosen.days, team=chosen.team, now=chosen.until),
        buckets=BUCKETS[chosen.days],
        currency=chosen.currency,
        now=chosen.until,
        reader=request.user,
    )
    chosen = forms.with_currency(chosen, figures.currency)
    return render(
        request,
        "insight/hurts.html",
        {
            "here": "insight",
            "page": page(
                figures=figures,
                language=_language(),
                days=chosen.days,
                link=lambda figure: address(figure, choice=chosen),
            ),
            "figures": figures,
            "choice": chosen,
            "periods": PERIODS,
            "teams": known,
            "rings": Alarm.objects.filter(heard_at__isnull=True).exists(),
        },
    )


@login_required
def behind(request: HttpRequest, figure: str) -> HttpResponse:
    known = teams()
    chosen = forms.choice(request.GET, teams=[pk for pk, _ in known], now=timezone.now())
    number = request.GET.get("page", "1")
    try:
        found = doors.behind(
            figure=figure,
            frame=frame(days=chosen.days, team=chosen.team, now=chosen.until),
            language=_language(),
            currency=chosen.currency,
            page=max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 7 else 1,
        )
    except doors.UnableToOpen as trouble:
        return render(
            request, "insight/closed.html", {"here": "insight", "trouble": str(trouble), "choice": chosen}, status=404
        )
    return render(
        request,
        "insight/behind.html",
        {"here": "insight", "behind": found, "figure": figure, "choice": chosen, "team": dict(known).get(chosen.team)},
    )


def _language() -> str:
    return (get_language() or "en").split("-")[0]
