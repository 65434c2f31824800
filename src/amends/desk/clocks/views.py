"""Time limits beside a complaint, the sum behind each, and the page where rules and laws are kept."""

from __future__ import annotations

import json
from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from amends.desk.clocks import actions, forms, queries
from amends.desk.clocks.models import Clock, CustomerGroup, GroupMember, Rule
from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Right


@login_required
@never_cache
def limits(request: HttpRequest) -> HttpResponse:
    """Our own limits, customer groups, and the laws; an administrator changes them, everybody may read."""
    return _page(request)


@login_required
@require_POST
def add_rule(request: HttpRequest) -> HttpResponse:
    _administrators_only(request)
    form = forms.RuleForm(request.POST)
    if form.is_valid():
        try:
            actions.add_rule(**form.given())
        except actions.UnableToSetLimit as trouble:
            form.add_error(None, str(trouble))
        else:
            messages.success(request, _("Saved. All open time limits are counted anew within a minute."))
            return redirect("clocks:limits")
    return _page(request, rule_form=form, status=422)


@login_required
@require_POST
def remove_rule(request: HttpRequest, pk: int) -> HttpResponse:
    _administrators_only(request)
    actions.remove_rule(rule=get_object_or_404(Rule, pk=pk))
    messages.success(request, _("Removed. All open time limits are counted anew within a minute."))
    return redirect("clocks:limits")


@login_required
@require_POST
def add_group(request: HttpRequest) -> HttpResponse:
    _administrators_only(request)
    form = forms.GroupForm(request.POST)
    if form.is_valid():
        try:
            actions.add_group(**form.cleaned_data)
        except actions.UnableToSetLimit as trouble:
            form.add_error(None, str(trouble))
        else:
            messages.success(request, _("Saved."))
            return redirect("clocks:limits")
    return _page(request, group_form=form, status=422)


@login_required
@never_cache
def law(request: HttpRequest, code: str) -> HttpResponse:
    """One legal clock: what is shipped, what holds here."""
    found = queries.law(code=code)
    if found is None:
        raise Http404
    clock, row = found
    if request.method == "POST":
        _administrators_only(request)
    held = {name: getattr(row, name) for name in ("is_on", "language", "channel", "team", "group")} if row else {}
    form = forms.LawForm(request.POST or None, initial={**forms.LawForm.beginning(clock), **held})
    if form.is_valid():
        told = form.cleaned_data
        try:
            actions.set_law(
                code=code,
                is_on=told["is_on"],
                figures=form.figures(),
                language=told["language"],
                channel=told["channel"],
                team_id=told["team"].pk if told["team"] else None,
                group_id=told["group"].pk if told["group"] else None,
                by=request.user,
                now=timezone.now(),
            )
        except actions.UnableToSetLimit as trouble:
            form.add_error(None, str(trouble))
        else:
            messages.success(request, _("Saved. All open time limits are counted anew within a minute."))
            return redirect("clocks:limits")
    context = {
        "form": form,
        "line": queries.law_line(code=code),
        "requires": queries.required_words(clock.requires),
        "letters": queries.letters_of(clock),
        "may_change": Right.TIME_LIMITS in request.user.rights,
        "here": "clocks",
    }
    return render(request, "clocks/law.html", context, status=422 if form.is_bound else 200)


@login_required
@never_cache
def pane(request: HttpRequest, number: int) -> HttpResponse:
    """The time limits of a complaint, for the person pane."""
    complaint = get_object_or_404(Complaint, number=number)
    context = {
        "pane": queries.pane(complaint=complaint, now=timezone.now()),
        "complaint": complaint,
        "groups": list(CustomerGroup.objects.all()),
        "group_id": GroupMember.objects.filter(customer=complaint.customer_id).values_list("group", flat=True).first(),
    }
    return render(request, "clocks/pane.html", context)


@login_required
@never_cache
def why(request: HttpRequest, pk: int) -> HttpResponse:
    """Why is it due then? The sum."""
    clock = get_object_or_404(Clock.objects.select_related("complaint", "rule__group"), pk=pk)
    context = {"why": queries.why(clock=clock, now=timezone.now())}
    return render(request, "clocks/why.html" if request.htmx else "clocks/why_page.html", context)


@login_required
@require_POST
def final_answer(request: HttpRequest, number: int) -> HttpResponse:
    complaint = get_object_or_404(Complaint, number=number)
    try:
        actions.mark_final_answer(complaint=complaint, by=request.user, now=timezone.now())
    except actions.UnableToMark as trouble:
        return _refused(request, number, trouble)
    return _done(request, number, _("The last reply is marked as the final answer."))


@login_required
@never_cache
def start(request: HttpRequest, number: int) -> HttpResponse:
    """Enter the day from which a law's clock counts."""
    complaint = get_object_or_404(Complaint, number=number)
    form = forms.StartForm(request.POST or None, laws=queries.startable_laws())
    trouble = ""
    if form.is_valid():
        began = timezone.make_aware(datetime.combine(form.cleaned_data["began"], time.min))
        try:
            actions.start(
                complaint=complaint, by=request.user, code=form.cleaned_data["code"], began=began, now=timezone.now()
            )
        except actions.UnableToStart as error:
            trouble = str(error)
        else:
            return _done(request, number, _("The time limit runs."))
    context = {"form": form, "complaint": complaint, "trouble": trouble}
    return render(request, "clocks/start.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def group(request: HttpRequest, number: int) -> HttpResponse:
    complaint = get_object_or_404(Complaint, number=number)
    pk = request.POST.get("group", "")
    chosen = get_object_or_404(CustomerGroup, pk=int(pk)) if pk.isdecimal() else None
    actions.put_into_group(complaint=complaint, group=chosen)
    return _done(request, number, _("Saved."))


def _page(request: HttpRequest, *, rule_form: Any = None, group_form: Any = None, status: int = 200) -> HttpResponse:
    context = {
        "rules": queries.rules(),
        "groups": queries.groups(),
        "laws": queries.laws(),
        "rule_form": rule_form or forms.RuleForm(),
        "group_form": group_form or forms.GroupForm(),
        "may_change": Right.TIME_LIMITS in request.user.rights,
        "here": "clocks",
    }
    return render(request, "clocks/limits.html", context, status=status)


def _administrators_only(request: HttpRequest) -> None:
    if Right.TIME_LIMITS not in request.user.rights:
        raise PermissionDenied


def _done(request: HttpRequest, number: int, said: str) -> HttpResponse:
    if not request.htmx:
        messages.success(request, said)
        return redirect("workplace:complaint", number)
    response = HttpResponse(status=204)
    response["HX-Trigger"] = json.dumps(
        {"close-sheet": {}, "changed": {}, f"changed-{number}": {}, "said": {"words": said}}
    )
    return response


def _refused(request: HttpRequest, number: int, trouble: Exception) -> HttpResponse:
    if request.htmx:
        return HttpResponse(str(trouble), status=409, content_type="text/plain; charset=utf-8")
    messages.error(request, str(trouble))
    return redirect("workplace:complaint", number)
