"""A customer's letter as it looked, in a frame beside its words; pictures from elsewhere only when asked for."""

from __future__ import annotations

from typing import Final

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods

from amends.desk.channels.letters import looks
from amends.desk.complaints.models import Event
from amends.desk.workplace.screens import message

# Nothing runs, nothing is fetched, no link leads anywhere, whatever the sanitiser let through.
_SHUT: Final = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
_SALT: Final = "workplace.letters"
_ASKED_FOR: Final = 600  # seconds in which a frame may fetch the pictures that its reader asked for


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def letter(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """The frame beside the words; posted, with pictures from elsewhere."""
    event = message(number, pk)
    found = looks(event_id=event.pk)
    if found is None:
        raise Http404
    asked = signing.dumps([event.pk, request.user.pk], salt=_SALT) if request.method == "POST" else ""
    context = {"number": number, "event": event, "left_out": found.left_out, "asked": asked}
    return render(request, "workplace/letter.html", context)


@login_required
@never_cache
@xframe_options_sameorigin
def inside(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """What stands in the frame: a page of its own, in which nothing runs."""
    event = message(number, pk)
    asked = _asked(request, event)
    found = looks(event_id=event.pk, with_pictures=asked)
    if found is None:
        raise Http404
    answer = render(request, "workplace/letter_inside.html", {"event": event, "looks": found, "asked": asked})
    answer["Content-Security-Policy"] = _SHUT
    return answer


def _asked(request: HttpRequest, event: Event) -> bool:
    """Whether this reader asked for the pictures on the desk's own page; a link from elsewhere cannot."""
    try:
        told = signing.loads(request.GET.get("pictures", ""), salt=_SALT, max_age=_ASKED_FOR)
    except signing.BadSignature:
        return False
    return bool(told == [event.pk, request.user.pk])
