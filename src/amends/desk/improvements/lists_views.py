"""The lists of products and branches, which administrators keep."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from amends.desk.complaints import listed
from amends.desk.people.models import Language, Role

TEXT = "name_"


@login_required
@never_cache
def lists(request: HttpRequest) -> HttpResponse:
    """Show both lists; add to one, rename an entry, retire it or bring it back."""
    if request.user.role != Role.ADMINISTRATOR:
        raise PermissionDenied
    trouble, typed = "", dict[str, str]()
    if request.method == "POST":
        try:
            _act(request)
        except listed.UnableToList as error:
            trouble, typed = str(error), request.POST.dict()
        else:
            messages.success(request, _("Saved."))
            return redirect("improving:lists")
    shown = [
        {"which": which, "title": title, "new": new, "entries": listed.entries(which)}
        for which, title, new in (
            ("product", _("Products"), _("New product")),
            ("branch", _("Branches"), _("New branch")),
        )
    ]
    context = {
        "here": "improvements", "lists": shown, "languages": Language.choices, "trouble": trouble, "typed": typed,
    }  # fmt: skip
    return render(request, "improvements/lists.html", context, status=422 if trouble else 200)


def _act(request: HttpRequest) -> None:
    told = request.POST
    which, number = told.get("list", ""), told.get("entry", "")
    if which not in listed.LISTS:
        raise Http404
    entry = listed.number_in(number) if number else None
    if entry is not None and not listed.LISTS[which].objects.filter(pk=entry).exists():
        raise Http404
    match told.get("act", "keep"), entry:
        case "keep", _any:
            names = {code: told.get(f"{TEXT}{code}", "") for code in Language.values}
            listed.keep(which, entry=entry, name=told.get("name", ""), names=names)
        case "retire", int(pk):
            listed.retire(which, entry=pk, now=timezone.now())
        case "bring-back", int(pk):
            listed.bring_back(which, entry=pk)
        case _:
            raise Http404
