"""The page of parked arrivals and troubled letters, for administrators."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from amends.desk.channels import actions, queries
from amends.desk.channels.models import Arrival, ArrivalState, Outgoing
from amends.desk.channels.problems import describe
from amends.desk.people.guards import for_right
from amends.desk.people.models import Agent, Right


@for_right(Right.ARRIVALS)
@require_GET
def arrivals(request: HttpRequest) -> HttpResponse:
    return render(request, "channels/arrivals.html", {"post": queries.arrivals(), "here": "arrivals"})


@for_right(Right.ARRIVALS)
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    arrival = get_object_or_404(Arrival, pk=pk)
    event = actions.retry(arrival=arrival, now=timezone.now(), anyway="anyway" in request.POST)
    arrival.refresh_from_db()
    if arrival.state == ArrivalState.TAKEN_IN and event is not None:
        messages.success(request, _("Taken in as complaint %(number)s.") % {"number": event.complaint.number})
    else:
        messages.error(request, describe(arrival.problem))
    return redirect("channels:arrivals")


@for_right(Right.ARRIVALS)
@require_GET
def raw(request: HttpRequest, pk: int) -> HttpResponse:
    """The arrival as it came, as a file that no browser opens by itself."""
    del request
    content = queries.raw_of(arrival_id=pk)
    if content is None:
        raise Http404
    answer = HttpResponse(content, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="arrival-{pk}.eml"'
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


@for_right(Right.ARRIVALS)
@require_POST
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    letter = get_object_or_404(Outgoing, pk=pk)
    try:
        actions.resend(outgoing=letter, by=cast("Agent", request.user), now=timezone.now())
    except actions.UnableToSend as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The letter goes out again within a few seconds."))
    return redirect("channels:arrivals")
