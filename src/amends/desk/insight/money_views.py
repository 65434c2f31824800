"""The page of money."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from amends.desk.insight import bar as bars
from amends.desk.insight import losses, money_page, own, queries, words
from amends.desk.people.organisation import organisation_currency


@login_required
def money(request: HttpRequest) -> HttpResponse:
    language = (get_language() or "en").split("-")[0]
    bar = bars.read(request.GET, language=language, now=timezone.now())
    counted = queries.money(frame=bar.frame, facts=bar.facts)
    known = [currency for currency, _ in counted.value.totals]
    currency = queries.shown_currency(known, bar.choice.currency) or organisation_currency()
    told, kept = money_page.read(request.GET), own.kept()
    bar = bar.with_currency(currency)
    context = {
        "here": "insight",
        "bar": bar,
        "choice": bar.choice,
        "currency": currency,
        "currencies": known,
        "counted": counted,
        "unknown": counted.value.customers - counted.value.known,
        "typed": {name: request.GET.get(name, "") for name in own.TOLD},
        "has_own": bool(kept),
        "mouth": "mouth" in request.GET,
        "causes": [
            (words.cause_words(one.theme, one.layer, language=language), one)
            for one in losses.of_causes(frame=bar.frame, currency=currency, facts=bar.facts)
        ],
        "rules": [(one.rule, one) for one in losses.of_rules(frame=bar.frame, currency=currency, facts=bar.facts)],
        "figures": money_page.figures(
            money=counted,
            currency=currency,
            spenders=counted.spenders.get(currency, 0),
            told=told,
            own=kept,
            mouth="mouth" in request.GET,
        ),
    }
    return render(request, "insight/money.html", context)
