"""The pages of programs: administrators' tokens and webhooks, and what acts for oneself."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from amends.desk.api import actions, queries
from amends.desk.api.forms import EndpointForm, KindsForm, OwnTokenForm, TokenForm
from amends.desk.api.models import Endpoint, Message, Token
from amends.desk.people.views import for_administrators

# ── Tokens ───────────────────────────────────────────────────────────────────


@for_administrators
@require_GET
def all_tokens(request: HttpRequest) -> HttpResponse:
    rows = queries.tokens(now=timezone.now())
    return render(request, "api/tokens.html", {"rows": rows, "here": "programs"})


@never_cache
@for_administrators
def make_token(request: HttpRequest) -> HttpResponse:
    """Make a token and show it, this once."""
    form = TokenForm(request.POST or None, initial={"agent": request.user.pk})
    if form.is_valid():
        try:
            token, words = actions.make_token(by=request.user, now=timezone.now(), **form.values())
        except actions.UnableToMakeToken as trouble:
            form.add_error(None, str(trouble))
        else:
            shown = {"token": token, "words": words, "here": "programs", "back": "programs:tokens"}
            return render(request, "api/made.html", shown)
    status = 422 if form.is_bound else 200
    return render(request, "api/make_token.html", {"form": form, "here": "programs"}, status=status)


@for_administrators
@require_POST
def end_token(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(Token, pk=pk)
    actions.end_token(token=token, by=request.user, now=timezone.now())
    messages.success(request, _("“%(name)s” opens nothing any more.") % {"name": token.name})
    return redirect("programs:tokens")


@login_required
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """Which programs act for the reader, and letting one into what is their own."""
    agent, now = request.user, timezone.now()
    form = OwnTokenForm(request.POST or None)
    if form.is_valid():
        try:
            token, words = actions.make_token(by=agent, agent=agent, now=now, **form.values())
        except actions.UnableToMakeToken as trouble:
            form.add_error(None, str(trouble))
        else:
            return render(request, "api/made.html", {"token": token, "words": words, "back": "programs:mine"})
    rows = queries.tokens(now=now, agent=agent)
    return render(request, "api/mine.html", {"rows": rows, "form": form}, status=422 if form.is_bound else 200)


@login_required
@require_POST
def end_mine(request: HttpRequest, pk: int) -> HttpResponse:
    """End a token that acts for the reader, whoever made it."""
    token = get_object_or_404(Token, pk=pk, agent=request.user)
    actions.end_token(token=token, by=request.user, now=timezone.now())
    messages.success(request, _("“%(name)s” opens nothing any more.") % {"name": token.name})
    return redirect("programs:mine")


# ── Webhooks ─────────────────────────────────────────────────────────────────


@for_administrators
@require_GET
def webhooks(request: HttpRequest) -> HttpResponse:
    """Webhooks, and the log of what was sent to them."""
    log = [(message, queries.about(message)) for message in queries.log()[: queries.LOGGED]]
    return render(request, "api/webhooks.html", {"rows": queries.endpoints(), "log": log, "here": "programs"})


@for_administrators
def set_up(request: HttpRequest) -> HttpResponse:
    form = EndpointForm(request.POST or None)
    if form.is_valid():
        try:
            actions.set_up(by=request.user, now=timezone.now(), **form.cleaned_data)
        except actions.UnableToTell as trouble:
            form.add_error("address", str(trouble))
        else:
            messages.success(
                request, _("Saved. The key stands beside it; the other side checks the signature with it.")
            )
            return redirect("programs:webhooks")
    status = 422 if form.is_bound else 200
    return render(request, "api/webhook_form.html", {"form": form, "here": "programs"}, status=status)


@for_administrators
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Say anew of what an address hears."""
    endpoint = get_object_or_404(Endpoint, pk=pk)
    form = KindsForm(request.POST or None, initial={"kinds": endpoint.kinds})
    if form.is_valid():
        actions.choose_kinds(endpoint=endpoint, kinds=form.cleaned_data["kinds"])
        messages.success(request, _("Saved."))
        return redirect("programs:webhooks")
    context = {"form": form, "endpoint": endpoint, "here": "programs"}
    return render(request, "api/webhook_form.html", context, status=422 if form.is_bound else 200)


@for_administrators
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Try an address out, switch it off or on, or take it away."""
    endpoint = get_object_or_404(Endpoint, pk=pk)
    if "try" in request.POST:
        actions.try_out(endpoint=endpoint, now=timezone.now())
        messages.success(request, _("A message is on its way. Look at the log in a few seconds."))
    elif "away" in request.POST:
        actions.take_away(endpoint=endpoint)
        messages.success(request, _("It hears nothing any more."))
    else:
        actions.switch(endpoint=endpoint, on=not endpoint.is_on)
        messages.success(request, _("Saved."))
    return redirect("programs:webhooks")


@for_administrators
@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    actions.send_again(message=get_object_or_404(Message, pk=pk), now=timezone.now())
    messages.success(request, _("It goes out once more."))
    return redirect("programs:webhooks")
