"""The sheet that sends a reply later, and taking such a reply back."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from amends.desk.people.models import Agent
from amends.desk.workplace import acts, later, screens
from amends.desk.workplace.enclosed import UnableToEnclose
from amends.desk.workplace.enclosed_views import read_kept
from amends.desk.workplace.forms import Moment, UnableToRead, read_seen, read_undertaken
from amends.desk.workplace.models import LaterReply

NINE = time(9, 0)
DAYS_AHEAD = 14


class Later(forms.Form):
    send_at = Moment(label=pgettext_lazy("a reply", "Leaves at"))


def next_morning(*, agent: Agent, now: datetime) -> datetime:
    """Return nine o'clock of the next day on which the agent's team works."""
    calendar = agent.calendar()
    today = now.astimezone(calendar.zone).date()
    mornings = (datetime.combine(today + timedelta(days=days), NINE, calendar.zone) for days in range(1, DAYS_AHEAD))
    days = list(mornings)
    return next((day for day in days if calendar.is_open(day + timedelta(hours=2))), days[0])


@login_required
@never_cache
def sheet(request: HttpRequest, number: int) -> HttpResponse:
    """Ask when the reply in the composer is to leave, and keep it until then."""
    row = screens.find(number)
    now = timezone.now()
    initial = {"send_at": timezone.localtime(next_morning(agent=request.user, now=now))}
    form = Later(request.POST if request.method == "POST" else None, initial=initial)
    trouble = ""
    if form.is_valid():
        try:
            kept = later.keep(
                complaint=row,
                by=request.user,
                text=request.POST.get("text", ""),
                undertaken=read_undertaken(request.POST.get("promises", "")),
                reason=request.POST.get("reason", ""),
                kept=read_kept(request.POST),
                with_marks=request.POST.get("marks") == "1",
                send_at=form.cleaned_data["send_at"],
                seen=read_seen(request.POST) or 0,
                now=now,
            )
        except (later.UnableToWait, later.UnableToReply, UnableToEnclose, UnableToRead) as error:
            trouble = str(error)
        else:
            return _kept(request, kept)
    context: dict[str, Any] = {"complaint": row, "form": form, "trouble": trouble}
    return render(request, "workplace/sheets/later.html", context, status=422 if request.method == "POST" else 200)


def _kept(request: HttpRequest, kept: LaterReply) -> HttpResponse:
    response = acts.done(request, kept.complaint.number, _("It leaves at its time, unless something new is said."))
    if request.htmx:
        response["HX-Trigger"] = json.dumps({**json.loads(response["HX-Trigger"]), "kept-for-later": {}})
    return response


@login_required
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a reply that waits; its words are the draft again."""
    row = get_object_or_404(LaterReply.objects.select_related("complaint", "by"), pk=pk, by=request.user)
    number = row.complaint.number
    if not later.take_back(later=row, by=request.user, now=timezone.now()):
        return acts.refused(request, number, Exception(_("It has left already, or was stopped.")))
    response = acts.done(request, number, _("Your words are in the draft again."))
    if request.htmx:
        response["HX-Refresh"] = "true"
    return response
