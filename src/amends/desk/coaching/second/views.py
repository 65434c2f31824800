"""The administrators' page of the second reader."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from amends.desk.coaching.second import actions, queries, reading
from amends.desk.coaching.second.forms import SecondReaderForm
from amends.desk.coaching.second.line import UnableToAsk
from amends.desk.coaching.second.troubles import describe
from amends.desk.people.guards import for_right
from amends.desk.people.models import Right

TRIAL_TIMEOUT = 20.0  # seconds that an administrator waits at most


@never_cache
@sensitive_post_parameters("key")
@for_right(Right.SECOND_READER)
def second_reader(request: HttpRequest) -> HttpResponse:
    """Set the second reader up, or switch it off."""
    now = timezone.now()
    state = queries.state(now=now)
    first = {"is_on": state.is_on, "address": state.address, "model": state.model, "budget": state.budget}
    form = SecondReaderForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        actions.save(**form.cleaned_data, now=now)
        messages.success(request, _("Kept."))
        return redirect("coaching:second-reader")
    return render(request, "coaching/second_reader.html", {"form": form, "state": state, "here": "second-reader"})


@for_right(Right.SECOND_READER)
@require_POST
def try_second_reader(request: HttpRequest) -> HttpResponse:
    """Ask about two sentences that are nobody's, and show what it says or what is the matter."""
    context: dict[str, object] = {"sentences": reading.TRIAL}
    try:
        told = reading.try_out(timeout=TRIAL_TIMEOUT)
    except UnableToAsk as trouble:
        context |= {"trouble": describe(trouble.code), "detail": trouble.detail}
    else:
        said = [[kind for at, kind, _sure in told if at == place] for place in range(len(reading.TRIAL))]
        context["told"] = list(zip(reading.TRIAL, said, strict=True))
    return render(request, "coaching/parts/second_trial.html", context)
