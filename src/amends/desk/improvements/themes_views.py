"""Themes: what was found and has no name yet, and the organisation's own tree."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from amends.desk.improvements import learning, themes_page
from amends.desk.improvements import themes as acts
from amends.desk.improvements.models import Found, Plan, Theme
from amends.desk.improvements.words import layers


@login_required
@never_cache
def themes(request: HttpRequest) -> HttpResponse:
    """Show the themes; name or put away what was found, rename, merge, say whether it was planned."""
    if not request.user.leads_people:
        raise PermissionDenied
    language = (get_language() or "en").split("-")[0]
    trouble = ""
    if request.method == "POST":
        try:
            said = _act(request)
        except (acts.UnableToName, acts.UnableToMerge) as error:
            trouble = str(error)
        else:
            messages.success(request, said)
            return redirect("improving:themes")
    context = {
        "here": "improvements",
        "page": themes_page.page(language=language),
        "layers": layers(language=language),
        "plans": Plan.choices,
        "trouble": trouble,
        "typed": request.POST if trouble else {},
    }
    return render(request, "improvements/themes.html", context, status=422 if trouble else 200)


def _act(request: HttpRequest) -> str:
    told, now, by = request.POST, timezone.now(), request.user
    match told.get("act", ""):
        case "name":
            ticked = {int(pk) for pk in told.getlist("complaint") if pk.isdecimal()}
            acts.name_found(
                found=_found(told.get("found", "")), complaint_ids=ticked, layer=told.get("layer", ""),
                name=told.get("name", ""), plan=told.get("plan", ""), by=by, now=now,
            )  # fmt: skip
            return _("Named. Its complaints have this cause now.")
        case "put-away":
            acts.put_away(found=_found(told.get("found", "")), by=by, now=now)
            return _("Put away. It will not be shown again.")
        case "rename":
            acts.rename(theme=_theme(told.get("theme", "")), name=told.get("name", ""))
        case "merge":
            if not told.get("into", ""):
                raise acts.UnableToMerge(_("Choose another theme to merge it into."))
            acts.merge(theme=_theme(told.get("theme", "")), into=_theme(told.get("into", "")))
            return _("Merged. The old name leads to the other theme.")
        case "plan":
            acts.say_planned(theme=_theme(told.get("theme", "")), plan=told.get("plan", ""))
        case "forget":
            learning.forget(now=now)
            return _("Forgotten. What is confirmed from now on is learned from again.")
        case _:
            raise Http404
    return _("Saved.")


def _found(number: str) -> Found:
    return get_object_or_404(Found, pk=_number(number))


def _theme(number: str) -> Theme:
    return get_object_or_404(Theme, pk=_number(number))


def _number(told: str) -> int:
    if not told.isdecimal() or len(told) > 9:
        raise Http404
    return int(told)
