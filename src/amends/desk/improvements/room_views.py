"""The room of improvements: the board, one of them, what is behind its figures, and each of its steps."""

from __future__ import annotations

import re
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from amends.desk.improvements import board as boards
from amends.desk.improvements import effect as effects
from amends.desk.improvements import improving, room_forms, room_page
from amends.desk.improvements.models import Improvement
from amends.desk.people.organisation import organisation_currency

FIELDS = ("title", "why", "layer", "theme", "rule", "owner", "due_on", "fewer", "saves", "currency")


@login_required
@never_cache
def board(request: HttpRequest) -> HttpResponse:
    context = {
        "here": "improvements",
        "board": boards.board(language=_language(), now=timezone.now()),
        "as_list": request.GET.get("as") == "list",
        "may_change": request.user.leads_people,
    }
    return render(request, "improvements/board.html", context)


@login_required
@never_cache
def one(request: HttpRequest, pk: int) -> HttpResponse:
    improvement = _known(pk)
    page = room_page.page(improvement=improvement, language=_language(), now=timezone.now())
    today = timezone.localdate()
    context = {"here": "improvements", "page": page, "may_change": _may(request, improvement), "today": f"{today}"}
    return render(request, "improvements/one.html", context)


@login_required
@never_cache
def behind(request: HttpRequest, pk: int, figure: str) -> HttpResponse:
    """The complaints that a figure counts."""
    improvement, number = _known(pk), request.GET.get("page", "1")
    found = boards.behind(
        improvement=improvement,
        figure=figure,
        now=timezone.now(),
        page=max(1, int(number)) if re.fullmatch(r"[0-9]{1,6}", number) else 1,
    )
    if found is None:
        raise Http404
    context = {"here": "improvements", "behind": found, "improvement": improvement}
    return render(request, "improvements/behind.html", context)


@login_required
@never_cache
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Write an improvement down, or change it."""
    improvement = _known(pk) if pk is not None else None
    if not _may(request, improvement):
        raise PermissionDenied
    begins = {name: request.GET.get(name, "") for name in ("layer", "theme", "rule")}
    begins |= {"owner": request.user, "currency": organisation_currency()}
    if improvement is not None:
        begins = {name: getattr(improvement, name) for name in FIELDS}
    form = room_forms.ImprovementForm(request.POST or None, initial=begins, language=_language())
    if form.is_valid():
        try:
            if improvement is None:
                improvement = improving.write(**form.cleaned_data, by=request.user, now=timezone.now())
            else:
                improving.change(improvement=improvement, **form.cleaned_data, by=request.user, now=timezone.now())
        except improving.UnableToImprove as trouble:
            form.add_error(None, str(trouble))
        else:
            messages.success(request, _("Saved."))
            return redirect("improving:one", improvement.pk)
    context = {"form": form, "improvement": improvement, "here": "improvements"}
    return render(request, "improvements/edit.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one step: begin, put into force, note, look again, let it stay, give it up."""
    improvement, now = _known(pk), timezone.now()
    if not _may(request, improvement):
        raise PermissionDenied
    words, by = request.POST.get("words", ""), request.user
    try:
        match request.POST.get("act", ""):
            case "begin":
                improving.begin(improvement=improvement, by=by, now=now)
            case "force":
                since = _day(request.POST.get("since", "")) or timezone.localdate(now)
                improving.put_into_force(improvement=improvement, since=since, words=words, by=by, now=now)
            case "note":
                improving.note(improvement=improvement, words=words, by=by, now=now)
            case "look" | "stays" | "give-up" as verb:
                figures = effects.as_kept(effects.effect(improvement=improvement, now=now))
                if verb == "look":
                    told = str(figures["told"])
                    improving.look_again(
                        improvement=improvement, told=told, figures=figures, words=words, by=by, now=now
                    )
                else:
                    end = improving.let_stay if verb == "stays" else improving.give_up
                    end(improvement=improvement, words=words, figures=figures, by=by, now=now)
            case _:
                raise Http404
    except improving.UnableToImprove as trouble:
        messages.error(request, str(trouble))
    else:
        messages.success(request, _("Saved."))
    return redirect("improving:one", pk)


def _known(pk: int) -> Improvement:
    return get_object_or_404(Improvement.objects.select_related("theme", "rule", "owner", "made_by"), pk=pk)


def _may(request: HttpRequest, improvement: Improvement | None) -> bool:
    """Whoever leads people may; and whose work it is, in theirs."""
    return request.user.leads_people or (improvement is not None and improvement.owner_id == request.user.pk)


def _day(told: str) -> date | None:
    try:
        return date.fromisoformat(told)
    except ValueError:  # nothing, or no day
        return None


def _language() -> str:
    return (get_language() or "en").split("-")[0]
