"""The page of what hurts, and what is behind each of its figures."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from amends.desk.insight import bar as bars
from amends.desk.insight import behind as doors
from amends.desk.insight import queries
from amends.desk.insight.links import address
from amends.desk.insight.models import Alarm
from amends.desk.insight.page import page


@login_required
def hurts(request: HttpRequest) -> HttpResponse:
    bar = bars.read(request.GET, language=_language(), now=timezone.now())
    figures = queries.figures(
        frame=bar.frame,
        parts=bar.parts,
        currency=bar.choice.currency,
        now=bar.choice.until,
        reader=request.user,
        facts=bar.facts,
    )
    bar = bar.with_currency(figures.currency)
    return render(
        request,
        "insight/hurts.html",
        {
            "here": "insight",
            "page": page(
                figures=figures,
                language=_language(),
                by=bar.choice.told_by,
                link=lambda figure: address(figure, choice=bar.choice),
            ),
            "figures": figures,
            "bar": bar,
            "choice": bar.choice,
            "currencies": figures.currencies,
            "rings": Alarm.objects.filter(heard_at__isnull=True).exists(),
        },
    )


@login_required
def behind(request: HttpRequest, figure: str) -> HttpResponse:
    bar = bars.read(request.GET, language=_language(), now=timezone.now())
    number = request.GET.get("page", "1")
    context = {"here": "insight", "bar": bar, "choice": bar.choice, "figure": figure}
    try:
        found = doors.behind(
            figure=figure,
            frame=bar.frame,
            language=_language(),
            currency=bar.choice.currency,
            page=max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 7 else 1,
        )
    except doors.UnableToOpen as trouble:
        return render(request, "insight/closed.html", {**context, "trouble": str(trouble)}, status=404)
    return render(request, "insight/behind.html", {**context, "behind": found})


def _language() -> str:
    return (get_language() or "en").split("-")[0]
