"""Lost customers, by what they do and by what they said."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from amends.desk.insight import bar as bars
from amends.desk.insight.lost import lost
from amends.desk.web import wording


@login_required
def page(request: HttpRequest) -> HttpResponse:
    language = (get_language() or "en").split("-")[0]
    bar = bars.read(request.GET, language=language, now=timezone.now())
    found = lost(frame=bar.frame, facts=bar.facts)
    context = {
        "here": "insight",
        "bar": bar,
        "choice": bar.choice,
        "found": found,
        "spend": [
            (wording.money(amount, currency=currency, language=language), f"lostspend-{currency.lower()}")
            for currency, amount in sorted(found.spend.items())
        ],
    }
    return render(request, "insight/lost.html", context)
