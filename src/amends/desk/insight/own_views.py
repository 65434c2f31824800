"""The page on which the organisation keeps its own figures for reckoning money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from amends.desk.insight import own
from amends.desk.people.organisation import organisation_currency
from amends.desk.web import wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure to tell: what it is, what is told, and by whom."""

    name: str
    words: str
    value: str
    source: str
    by: str
    at: datetime | None
    currency: str = ""


@login_required
@never_cache
def figures_of_ours(request: HttpRequest) -> HttpResponse:
    if not request.user.leads_people:
        raise PermissionDenied
    typed = request.POST if request.method == "POST" else None
    if typed is not None:
        try:
            own.keep(
                told=typed.dict(),
                sources={name: typed.get(f"{name}_source", "") for name in own.KEPT},
                currency=organisation_currency(),
                by=request.user,
                now=timezone.now(),
            )
        except own.UnableToKeep as trouble:
            messages.error(request, str(trouble))
        else:
            messages.success(request, _("Saved."))
            return redirect("insight:own")
    kept = own.kept()
    language = (get_language() or "en").split("-")[0]
    labels = words()
    context = {
        "here": "insight",
        "currency": organisation_currency(),
        "groups": [
            (title, [_row(name, labels[name], kept.get(name), typed, language) for name in names])
            for title, names in groups()
        ],
    }
    return render(request, "insight/own.html", context)


def _row(name: str, label: str, told: own.Own | None, typed: object, language: str) -> Row:
    value = "" if told is None else written(told.value, name, language)
    source = "" if told is None else told.source
    if isinstance(typed, dict):
        value, source = str(typed.get(name, "")), str(typed.get(f"{name}_source", ""))
    return Row(
        name=name,
        words=label,
        value=value,
        source=source,
        by="" if told is None else told.by,
        at=None if told is None else told.at,
        currency="" if told is None else told.currency,
    )


def written(value: float, name: str, language: str) -> str:
    """A number as it may be typed again: without the marks that part thousands."""
    told = round(value * 100, 4) if own.TOLD[name] else round(value, 4)
    plain = f"{told:.4f}".rstrip("0").rstrip(".")
    return wording.digits(plain, language=language)


def groups() -> list[tuple[str, tuple[str, ...]]]:
    return [
        (_("What a customer is worth"), ("margin", "stays", "discount")),
        (_("Keeping and winning"), ("keeping", "times")),
        (
            _("From your own survey"),
            (
                "customers", "problem", "complain", "content", "half_content", "no_problem", "silent", "satisfied",
                "mollified", "dissatisfied",
            ),
        ),
        (_("Word of mouth"), ("tells", "swayed")),
    ]  # fmt: skip


def words() -> dict[str, str]:
    """What each figure is called where it is told."""
    return {
        "margin": _("Margin, per cent"),
        "stays": _("Staying from year to year, per cent"),
        "discount": _("Discount a year, per cent"),
        "keeping": _("Cost of keeping one customer"),
        "times": _("Winning one costs so many times as much"),
        "customers": _("Customers in all"),
        "problem": _("Have a problem, per cent"),
        "complain": _("Complain of it, per cent"),
        "content": _("Content afterwards, per cent"),
        "half_content": _("Half content afterwards, per cent"),
        "no_problem": _("Stay without a problem, per cent"),
        "silent": _("Stay although they had one and said nothing, per cent"),
        "satisfied": _("Stay after a complaint that left them content, per cent"),
        "mollified": _("Stay after one that left them half content, per cent"),
        "dissatisfied": _("Stay after one that left them not content, per cent"),
        "tells": _("People each one tells"),
        "swayed": _("Share of them who stay away, per cent"),
    }
