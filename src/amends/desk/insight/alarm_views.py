"""The page of alarms, and one alarm with the complaints it is about."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from amends.desk.complaints.visible import visible
from amends.desk.insight import alarm_words, alarms
from amends.desk.insight.models import Alarm

SHOWN = 50


@login_required
@never_cache
def every(request: HttpRequest) -> HttpResponse:
    rows = Alarm.objects.select_related("heard_by").order_by("-rung_at", "-pk")
    told = [alarm_words.told(alarm, language=_language()) for alarm in rows[:SHOWN]]
    context = {
        "here": "insight",
        "open": [one for one in told if one.alarm.heard_at is None],
        "heard": [one for one in told if one.alarm.heard_at is not None],
        "watched": alarms.watched(now=timezone.now()),
    }
    return render(request, "insight/alarms.html", context)


@login_required
@never_cache
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an alarm; whoever leads people says what it was."""
    alarm = get_object_or_404(Alarm.objects.select_related("heard_by"), pk=pk)
    if request.method == "POST":
        if not request.user.leads_people:
            raise PermissionDenied
        try:
            alarms.hear(alarm=alarm, words=request.POST.get("words", ""), by=request.user, now=timezone.now())
        except alarms.UnableToHear as trouble:
            messages.error(request, str(trouble))
        else:
            messages.success(request, _("Saved."))
        return redirect("insight:alarm", pk)
    found = alarms.complaints_of(alarm).filter(visible()).select_related("customer")
    context = {
        "here": "insight",
        "told": alarm_words.told(alarm, language=_language()),
        "rows": list(found[: 4 * SHOWN]),
        "count": found.count(),
    }
    return render(request, "insight/alarm.html", context)


def _language() -> str:
    return (get_language() or "en").split("-")[0]
