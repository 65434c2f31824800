"""The organisation's own drills: the library, a moment to make one from, the guided page, files in and out."""

from __future__ import annotations

import json
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from amends.desk.academy import making, own
from amends.desk.academy.forms import DrillForm, filled
from amends.desk.academy.models import OwnDrill, OwnVersion
from amends.desk.academy.views import language
from amends.desk.complaints.models import Event, EventKind
from amends.desk.people.models import Agent
from amends.desk.web.wording import digits


@login_required
def library(request: HttpRequest) -> HttpResponse:
    """Show the own drills, and take in one from a file."""
    reader = _reader(request)
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            raw = file.read(own.LARGEST + 1) if file is not None else b""
            taken = own.take_in(raw=raw, by=reader, now=timezone.now())
        except own.NothingNew as news:
            messages.info(request, str(news))
            return redirect("academy:own")
        except own.UnableToMake as trouble:
            messages.error(request, str(trouble))
            return redirect("academy:own")
        if len(taken) == 1:
            return redirect("academy:own-version", taken[0].pk)
        messages.success(
            request,
            ngettext(
                "{count} drill was taken in. Read it before it is offered.",
                "{count} drills were taken in. Read each before it is offered.",
                len(taken),
            ).format(count=digits(len(taken), language=language())),
        )
        return redirect("academy:own")
    rows = own.library()
    has_offered = any(row.is_offered for row in rows)
    return render(request, "academy/own.html", {"here": "academy", "rows": rows, "has_offered": has_offered})


@login_required
def find(request: HttpRequest) -> HttpResponse:
    """Choose a moment by what was found in it."""
    reader = _reader(request)
    ground, spoken = request.GET.get("by", ""), request.GET.get("in", "")
    page = {
        "here": "academy",
        "grounds": own.grounds(language=language()),
        "ground": ground,
        "spoken": spoken,
        "moments": own.moments(ground=ground, language=spoken, reader=reader.language) if ground else None,
    }
    return render(request, "academy/own_find.html", page)


@login_required
def make(request: HttpRequest, event: int) -> HttpResponse:
    """Turn one moment into a drill, in one guided step."""
    reader = _reader(request)
    replies = Event.objects.filter(kind=EventKind.REPLIED).select_related("content", "complaint__customer")
    moment = get_object_or_404(replies, pk=event)
    try:
        proposal = own.propose(event=moment, ground=request.GET.get("by", ""), language=language())
    except own.UnableToMake as trouble:
        messages.error(request, str(trouble))
        return redirect("academy:own-find")
    spoken = proposal.plan.language
    if request.method == "POST":
        form = DrillForm(request.POST, language=spoken)
        if form.is_valid():
            try:
                plan = form.plan(language=spoken, failing=proposal.plan.failing)
                version = own.save(plan=plan, by=reader, now=timezone.now(), event=moment)
            except own.UnableToMake as trouble:
                form.add_error(None, str(trouble).split("\n"))
            else:
                return redirect("academy:own-version", version.pk)
    else:
        form = DrillForm(initial=filled(proposal.plan), language=spoken)
    return render(request, "academy/own_make.html", {"here": "academy", "form": form, "proposal": proposal})


@login_required
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a version before it is offered; check it."""
    reader = _reader(request)
    one = get_object_or_404(OwnVersion.objects.select_related("drill", "made_by", "checked_by"), pk=pk)
    if request.method == "POST":
        try:
            own.check(version=one, has_read="read" in request.POST, by=reader, now=timezone.now())
        except own.UnableToMake as trouble:
            messages.error(request, str(trouble))
        return redirect("academy:own-version", one.pk)
    plan = making.plan_of(one.situation, one.script, language=one.language)
    script, says = one.script, one.script.get("says", {})
    said = [(line.get("by"), says.get(line.get("says"), "")) for line in one.situation.get("history", [])]
    answers = list(script.get("answers", {}).values())
    shown = [script["title"], script["scene"], script["task"], script["learn"], says.get("opening", "")]
    shown += [script["customer"]["name"], script["customer"]["is_who"], *(text for _by, text in said)]
    shown += [text for each in answers for kind in ("good", "bad") for text in each.get(kind, [])]
    page = {
        "here": "academy",
        "version": one,
        "script": script,
        "said": said,
        "answers": answers,
        "others": own.other_words(script, shown=shown),
        "can_edit": plan is not None,
        "versions": list(one.drill.versions.order_by("-number").values_list("pk", "number", "made_at")),
    }
    return render(request, "academy/own_version.html", page)


@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the next version of a drill."""
    reader = _reader(request)
    one = get_object_or_404(OwnVersion.objects.select_related("drill__complaint__customer"), pk=pk)
    plan = making.plan_of(one.situation, one.script, language=one.language)
    if plan is None:
        messages.error(request, _("This drill was written by hand: take in its changed file instead."))
        return redirect("academy:own-version", pk)
    form = DrillForm(request.POST or None, initial=filled(plan), language=one.language)
    if request.method == "POST" and form.is_valid():
        try:
            changed = form.plan(language=one.language, failing=plan.failing)
            new = own.save(plan=changed, by=reader, now=timezone.now(), drill=one.drill)
        except own.UnableToMake as trouble:
            form.add_error(None, str(trouble).split("\n"))
        else:
            return redirect("academy:own-version", new.pk)
    return render(request, "academy/own_make.html", {"here": "academy", "form": form, "version": one})


@login_required
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a version out as a file that other desks take in."""
    _reader(request)
    one = get_object_or_404(OwnVersion.objects.select_related("drill"), pk=pk)
    return _file(own.as_file(one), name=f"drill-{one.drill_id}-{one.number}")


@login_required
def download_all(request: HttpRequest) -> HttpResponse:
    """Hand out the newest checked version of every drill that is offered, in one file."""
    _reader(request)
    return _file(own.collection(), name="drills")


def _file(content: dict[str, Any], *, name: str) -> HttpResponse:
    return HttpResponse(
        json.dumps(content, ensure_ascii=False, indent=2),
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.json"'},
    )


@login_required
@require_POST
def aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a drill aside, or offer it again."""
    _reader(request)
    drill = get_object_or_404(OwnDrill, pk=pk)
    own.put_aside(drill=drill, aside="aside" in request.POST, now=timezone.now())
    return redirect("academy:own")


def _reader(request: HttpRequest) -> Agent:
    agent = cast("Agent", request.user)
    if not agent.leads_people:
        raise PermissionDenied
    return agent
