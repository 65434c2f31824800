"""The page of money."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from amends.desk.insight import forms, money_page, queries, risk
from amends.desk.insight.frame import frame, teams
from amends.desk.people.organisation import organisation_currency


@login_required
def money(request: HttpRequest) -> HttpResponse:
    chosen = forms.choice(request.GET, teams=[pk for pk, _ in teams()], now=timezone.now())
    span = frame(days=chosen.days, team=chosen.team, now=chosen.until)
    counted = queries.money(frame=span)
    known = [currency for currency, _ in counted.value.totals]
    wanted = (chosen.currency, organisation_currency())
    currency = next((one for one in wanted if one in known), next(iter(known), ""))
    told = money_page.read(request.GET)
    context = {
        "here": "insight",
        "choice": forms.with_currency(chosen, currency),
        "currency": currency,
        "currencies": known,
        "counted": counted,
        "unknown": counted.value.customers - counted.value.known,
        "typed": {name: request.GET.get(name, "") for name in money_page.TOLD},
        "mouth": "mouth" in request.GET,
        "shown": money_page.figures(
            money=counted,
            currency=currency,
            spenders=risk.spenders(span, currency=currency),
            told=told,
            mouth="mouth" in request.GET,
        ),
    }
    return render(request, "insight/money.html", context)
