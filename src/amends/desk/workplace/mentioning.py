"""Whom one may mention in a note, as the composer asks while a name is typed."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from amends.desk.complaints import mentions
from amends.desk.people.models import Presence


@login_required
@require_GET
@never_cache
def people(request: HttpRequest) -> JsonResponse:
    """Offer colleagues whose names begin as typed."""
    found = mentions.offered(to=request.user, words=request.GET.get("q", "")[:80])  # type: ignore[arg-type]
    rows = [
        {
            "id": one.pk,
            "name": one.name,
            "latin": one.latin_name if one.latin_name != one.name else "",
            "team": one.team.name if one.team is not None else "",
            "presence": one.presence,
            "standing": str(Presence(one.presence).label),
        }
        for one in found
    ]
    return JsonResponse({"people": rows})
