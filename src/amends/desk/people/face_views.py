"""The page on which administrators say what customers see, and the logo that everybody may see."""

from __future__ import annotations

import base64
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from amends.desk.people import face
from amends.desk.people.face_form import FaceForm
from amends.desk.people.guards import for_administrators
from amends.desk.people.logos import Logo
from amends.desk.people.models import Agent, FaceChange, Organisation
from amends.desk.people.organisation import organisation_name
from amends.desk.web.wording import digits_of_reader


@for_administrators
def seen(request: HttpRequest) -> HttpResponse:
    """Show what customers see and change it; what is only looked at is not kept."""
    now_seen, name = face.look(), organisation_name()
    bound = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FaceForm(*bound, look=now_seen, name=name, is_named=Organisation.objects.exists())
    shown, told = _shown(now_seen, name), None
    if request.method == "POST" and form.is_valid():
        told = form.told()
        if "look" not in request.POST:
            changed = face.change(**told, by=cast("Agent", request.user), now=timezone.now())
            if changed:
                said = ngettext("%(count)s thing changed.", "%(count)s things changed.", changed)
                messages.success(request, said % {"count": digits_of_reader(changed)})
            else:
                messages.info(request, _("Nothing was changed."))
            return redirect("people:face")
        shown = _as_told(told, now_seen, name)
    return render(
        request,
        "people/face.html",
        {
            "form": form,
            "shown": shown,
            "is_trial": told is not None,
            "kept": _written(told["logo"]) if told and told["logo"] else "",
            "history": [_line(one) for one in face.changes()],
            "here": "people",
        },
        status=422 if form.errors else 200,
    )


@require_GET
def logo(request: HttpRequest, digest: str) -> HttpResponse:
    """Hand out the logo; its address changes with it."""
    del request
    found = face.logo(digest=digest)
    if found is None:
        raise Http404
    answer = HttpResponse(found.body, content_type=found.kind)
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _shown(look: face.Look, name: str) -> dict[str, Any]:
    """What the picture of a customer's page is drawn from."""
    first = look.offered[0][0]
    reader = (get_language() or "en").split("-")[0]
    return {
        "name": name,
        "logo": reverse("people:logo", args=[look.logo]) if look.logo else "",
        "welcome": look.welcome_in(reader) or look.welcome_in(first),
        "look": look,
        "themes": [("light", look.light), ("dark", look.dark)],
        "is_shifted": bool(look.colour) and look.colour not in {look.light.primary, look.dark.primary},
    }


def _as_told(told: dict[str, Any], before: face.Look, name: str) -> dict[str, Any]:
    kept = "" if told["without_logo"] else before.logo
    look = face.Look(
        logo=kept,
        colour=told["colour"],
        welcome=told["welcome"],
        site=told["site"],
        privacy=told["privacy"],
        languages=tuple(told["languages"]),
    )
    shown = _shown(look, told["name"] or name)
    if told["logo"]:
        shown["logo"] = f"data:{told['logo'].kind};base64,{_written(told['logo'])}"
    return shown


def _written(picture: Logo) -> str:
    return base64.b64encode(picture.body).decode("ascii")


def _line(one: FaceChange) -> dict[str, Any]:
    """A change as it is read: a logo is not told by its digest."""
    is_logo = one.what == FaceChange.What.LOGO
    told = {"before": one.before, "after": one.after}
    if is_logo:
        told = {which: _("a picture") if value else "" for which, value in told.items()}
    return {"what": one.get_what_display(), "by": one.by.name, "at": one.at, **told}
