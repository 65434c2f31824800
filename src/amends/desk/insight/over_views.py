"""Week by week, month by month."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from amends.desk.insight import bar as bars
from amends.desk.insight import curves, over, over_pictures, spans
from amends.desk.insight.links import address


@login_required
def over_time(request: HttpRequest) -> HttpResponse:
    language = (get_language() or "en").split("-")[0]
    bar = bars.read(request.GET, language=language, now=timezone.now())
    found = over.periods(bar)
    limits = over.limits(found)
    context = {
        "here": "insight",
        "bar": bar,
        "choice": bar.choice,
        "rows": [
            {
                "of": one,
                "is_beyond": limit is not None and one.complaints > limit,
                "all": address("complaints", choice=one.choice),
                "answers": address("answers", choice=one.choice),
                "two": address("people-two", choice=one.choice),
                "had": address("people-all", choice=one.choice),
                "kept": address("promises-kept", choice=one.choice),
                "settled": address("promises-settled", choice=one.choice),
                "median": curves.median_words(one.to_a_person, language=language),
            }
            for one, limit in zip(found, limits, strict=True)
        ],
        "line": over_pictures.line_words(limits),
        "none": not any(one.complaints or one.kept.n for one in found),
        "came_in": over_pictures.came_in(found, limits=limits, language=language),
        "promised": over_pictures.promised(found, language=language),
        "columns": spans.by_words(bar.choice.told_by),
    }
    return render(request, "insight/over.html", context)
