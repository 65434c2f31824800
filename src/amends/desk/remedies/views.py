"""Pages of this room: what is to be carried out, what waits for a yes, the rules, how much room there is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from amends.desk.people.models import Role
from amends.desk.remedies import actions, asking, forms, giving, hooks, queries, room, rules, ruling
from amends.desk.remedies.models import Allowance, Delivery, Hook, Remedy, Request, RequestState, Rule

SHOWN = 50


# ── What is to be carried out ────────────────────────────────────────────────


@login_required
@never_cache
def to_do(request: HttpRequest) -> HttpResponse:
    """Remedies that somebody has to carry out: one's own team's, or all."""
    team = None if "all" in request.GET or request.user.team_id is None else request.user.team
    context = {
        "rows": queries.to_carry_out(team=team),
        "done": queries.carried_out(team=team),
        "team": team,
        "here": "remedies",
    }
    return render(request, "remedies/to_do.html", context)


@login_required
@require_POST
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick a remedy off, or drop it."""
    remedy = get_object_or_404(Remedy, pk=pk)
    act = actions.drop if "drop" in request.POST else actions.finish
    try:
        act(remedy=remedy, by=request.user, now=timezone.now())
    except actions.UnableToPutRight as trouble:
        messages.error(request, str(trouble))
    else:
        messages.success(
            request,
            _("Dropped. If it was promised, the promise stands until the customer lets us off it.")
            if "drop" in request.POST
            else _("Done. The owner of the complaint sees it and tells the customer."),
        )
    return redirect(f"{request.path.rsplit('/', 3)[0]}/{'?all' if 'all' in request.GET else ''}")


# ── What waits for a yes ─────────────────────────────────────────────────────


@login_required
@never_cache
def requests(request: HttpRequest) -> HttpResponse:
    leads = request.user.leads_people or request.user.leads.exists()
    context = {
        "waiting": queries.requests_for(agent=request.user),
        "mine": queries.asked_by(agent=request.user),
        "answered": queries.answered() if leads else [],
        "leads": leads,
        "here": "requests",
    }
    return render(request, "remedies/requests.html", context)


@login_required
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Request, pk=pk)
    try:
        asking.answer(
            request=row,
            by=request.user,
            yes=request.POST.get("answer") == "yes",
            words=request.POST.get("words", ""),
            now=timezone.now(),
        )
    except (asking.UnableToAnswer, actions.UnableToPutRight) as trouble:
        messages.error(request, str(trouble))
    else:
        messages.success(request, _("Answered. Who asked sees it at once."))
    return redirect("remedies:requests")


@never_cache
def by_mail(request: HttpRequest, token: str) -> HttpResponse:
    """The link in a letter: looking shows, and only the button decides."""
    found = asking.from_link(token=token)
    if found is None:
        return render(request, "remedies/by_mail.html", {"gone": True}, status=410)
    row, agent = found
    translation.activate(agent.language)
    with timezone.override(agent.time_zone):
        trouble, said = "", False
        if request.method == "POST":
            try:
                asking.answer(
                    request=row,
                    by=agent,
                    yes=request.POST.get("answer") == "yes",
                    words=request.POST.get("words", ""),
                    now=timezone.now(),
                )
                said = True
            except (asking.UnableToAnswer, actions.UnableToPutRight) as error:
                trouble = str(error)
        shown = queries.request_row(request=row)
        waits = shown.state == RequestState.WAITING
        context = {"row": shown, "agent": agent, "trouble": trouble, "said": said, "waits": waits}
        return render(request, "remedies/by_mail.html", context, status=409 if trouble else 200)


# ── Rules ────────────────────────────────────────────────────────────────────


@login_required
@never_cache
def all_rules(request: HttpRequest) -> HttpResponse:
    """Everybody may read the rules; who leads people changes them."""
    context = {"rows": ruling.rules(now=timezone.now()), "may_change": request.user.leads_people, "here": "rules"}
    return render(request, "remedies/rules.html", context)


@login_required
@never_cache
def one_rule(request: HttpRequest, pk: int) -> HttpResponse:
    rule = get_object_or_404(Rule.objects.select_related("owner"), pk=pk)
    page = ruling.page(rule=rule, now=timezone.now())
    return render(
        request, "remedies/rule.html", {"page": page, "may_change": request.user.leads_people, "here": "rules"}
    )


@login_required
@never_cache
def edit_rule(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Write a rule down, or change it."""
    _leads_only(request)
    rule = get_object_or_404(Rule, pk=pk) if pk is not None else None
    begins: dict[str, Any] = {"owner": request.user}
    if rule is not None:
        begins = {name: getattr(rule, name) for name in ("title", "text", "purpose", "room", "called", "owner")}
    form = forms.RuleForm(request.POST or None, initial=begins)
    if form.is_valid():
        try:
            if rule is None:
                rule = rules.write(**form.cleaned_data, by=request.user, now=timezone.now())
            else:
                rules.change(rule=rule, **form.cleaned_data, by=request.user, now=timezone.now())
        except rules.UnableToRule as trouble:
            form.add_error(None, str(trouble))
        else:
            messages.success(request, _("Saved."))
            return redirect("remedies:rule", rule.pk)
    context = {"form": form, "rule": rule, "here": "rules"}
    return render(request, "remedies/rule_form.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def settle_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a rule stay with a reason, or put it out of force."""
    _leads_only(request)
    rule = get_object_or_404(Rule, pk=pk)
    try:
        if "retire" in request.POST:
            rules.retire(rule=rule, by=request.user, now=timezone.now())
        else:
            rules.let_stay(rule=rule, by=request.user, why=request.POST.get("why", ""), now=timezone.now())
    except rules.UnableToRule as trouble:
        messages.error(request, str(trouble))
    else:
        messages.success(request, _("Saved."))
    return redirect("remedies:rule", pk)


# ── How much room there is ───────────────────────────────────────────────────


@login_required
@never_cache
def goodwill(request: HttpRequest) -> HttpResponse:
    _administrators_only(request)
    told = room.ground()
    names = ("period_days", "answer_minutes", "bent_often", "bent_days")
    which = request.POST.get("form", "")
    allowance = forms.AllowanceForm(request.POST if which == "allowance" else None)
    ground = forms.GroundForm(
        request.POST if which == "ground" else None, initial={name: getattr(told, name) for name in names}
    )
    if which == "allowance" and allowance.is_valid():
        giving.allow(**allowance.cleaned_data)
    elif which == "ground" and ground.is_valid():
        giving.set_ground(**ground.cleaned_data)
    elif which == "away":
        giving.take_away(allowance=get_object_or_404(Allowance, pk=request.POST.get("pk", "0")))
    if which and not allowance.errors and not ground.errors:
        messages.success(request, _("Saved."))
        return redirect("remedies:goodwill")
    context = {
        "rows": giving.given(),
        "allowance": allowance,
        "ground": ground,
        "told": told,
        "here": "goodwill",
    }
    return render(request, "remedies/goodwill.html", context, status=422 if which else 200)


@login_required
@never_cache
def all_hooks(request: HttpRequest) -> HttpResponse:
    """Webhooks, and the log of what was sent to them."""
    _administrators_only(request)
    form = forms.HookForm(request.POST or None)
    if form.is_valid():
        try:
            hooks.set_up(**form.cleaned_data)
        except hooks.UnableToHook as trouble:
            form.add_error("address", str(trouble))
        else:
            messages.success(
                request, _("Saved. The key stands beside it; the other side checks the signature with it.")
            )
            return redirect("remedies:hooks")
    log = Delivery.objects.select_related("hook", "remedy__complaint").order_by("-at", "-pk")[:SHOWN]
    context = {"hooks": list(Hook.objects.order_by("name")), "form": form, "log": list(log), "here": "hooks"}
    return render(request, "remedies/hooks.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def switch_hook(request: HttpRequest, pk: int) -> HttpResponse:
    _administrators_only(request)
    hook = get_object_or_404(Hook, pk=pk)
    hooks.switch(hook=hook, on=not hook.is_on)
    messages.success(request, _("Saved."))
    return redirect("remedies:hooks")


@login_required
@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    _administrators_only(request)
    hooks.again(delivery=get_object_or_404(Delivery, pk=pk), now=timezone.now())
    messages.success(request, _("It goes out once more."))
    return redirect("remedies:hooks")


def _leads_only(request: HttpRequest) -> None:
    if not request.user.leads_people:
        raise PermissionDenied


def _administrators_only(request: HttpRequest) -> None:
    if request.user.role != Role.ADMINISTRATOR:
        raise PermissionDenied
