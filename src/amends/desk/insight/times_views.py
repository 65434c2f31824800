"""How long it takes: to a person, to the fix, to content, with those who still wait."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from amends.desk.insight import bar as bars
from amends.desk.insight import curves, lasting_words
from amends.desk.insight.lasting import KINDS, lasting


@login_required
def times(request: HttpRequest) -> HttpResponse:
    language = (get_language() or "en").split("-")[0]
    bar = bars.read(request.GET, language=language, now=timezone.now())
    titles = lasting_words.titles()
    notes = {
        "person": _("Until somebody of ours wrote, called or was told it."),
        "fix": _("Until the first thing that put it right. What ended without any counts as waiting up to its end."),
        "content": _("Until they said so. What was closed without their word counts as waiting up to its end."),
    }
    found = [lasting(name, frame=bar.frame, facts=bar.facts) for name in KINDS]
    context = {
        "here": "insight",
        "bar": bar,
        "choice": bar.choice,
        "parts": [
            {
                "title": titles[one.name],
                "note": notes[one.name],
                "of": one,
                "picture": curves.curve(one, language=language),
                "median": curves.median_words(one, language=language),
                "between": curves.range_words(one, language=language),
                "took": f"took-{one.name}",
                "open": f"open-{one.name}",
                "without": f"without-{one.name}",
            }
            for one in found
        ],
        "none": not any(one.cases for one in found),
    }
    return render(request, "insight/times.html", context)
