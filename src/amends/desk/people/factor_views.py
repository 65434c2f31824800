"""Doors of the second factor and of the sign-in of the organisation."""

from __future__ import annotations

from typing import Any, Final

from allauth.account.internal.decorators import login_stage_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from amends.desk.people import passkeys, second_factor, sessions, single_sign_on
from amends.desk.people.adapters import SECOND
from amends.desk.people.factor_forms import CodeForm, DemandForm, KeyForm, SetUpForm, StepForm
from amends.desk.people.guards import for_administrators
from amends.desk.people.middleware import PROVED
from amends.desk.people.models import Agent, DoorEvent
from amends.desk.people.sign_in import UnableToSignIn, forget_attempts, knock, log, look_at_password
from amends.desk.web.wording import digits_of_reader

KEPT: Final = "factor-being-set-up"  # in the session: the secret, until the app has shown a code of it
ASKED: Final = "asked-of-a-key"  # in the session: what a passkey has to sign
SHOWN: Final = "recovery-codes"  # in the session: new codes, until they were shown once
WAITS: Final = 900  # seconds that a stranger's way to the provider and back is kept
OF_ONE_PERSON: Final = 10  # codes tried in a quarter of an hour, wherever from: the password was right already


# ── The second step of signing in ────────────────────────────────────────────


@sensitive_post_parameters("code")
@login_stage_required(stage=SECOND, redirect_urlname="people:sign-in")
def second_step(request: HttpRequest) -> HttpResponse:
    """Ask for the code, after the password and before the desk."""
    stage: Any = request._login_stage  # noqa: SLF001 - allauth hands it over so
    agent: Agent = stage.login.user
    signed = request.POST.get("answer", "")
    form = StepForm(request.POST if request.method == "POST" and not signed else None)
    trouble_with_key = ""
    if signed or (request.method == "POST" and form.is_valid()):
        try:
            right = _try(request, agent=agent, code="" if signed else form.cleaned_data["code"], signed=signed)
        except UnableToSignIn as trouble:
            form.add_error(None, str(trouble)) if form.is_bound else messages.error(request, str(trouble))
        else:
            if right:
                request.session[PROVED] = agent.pk
                answer: HttpResponse = stage.exit()
                return answer
            if signed:
                trouble_with_key = _("This key did not open the desk. Try once more, or write a code.")
            else:
                form.add_error("code", _("This code does not fit, or it was used already. Wait for the next one."))
    standing = second_factor.standing(agent=agent)
    context = {"form": form, "standing": standing, "trouble_with_key": trouble_with_key}
    if standing.keys and passkeys.is_offered():
        context["options"], request.session[ASKED] = passkeys.ask(agent=agent)
    return render(request, "people/second_step.html", context)


def _try(request: HttpRequest, *, agent: Agent, code: str, signed: str = "") -> bool:
    """Look at a code, or at what a key signed, and count it as those who guess passwords are counted."""
    whose, source, now = f"second factor {agent.pk}", _source(request), timezone.now()
    knock(email=whose, source=source, now=now, for_one_person=OF_ONE_PERSON)
    if signed:
        right = passkeys.is_right(agent=agent, answer=signed, asked=request.session.pop(ASKED, None), now=now)
    else:
        right = second_factor.is_right(agent=agent, code=code, now=now)
    if right:
        forget_attempts(email=whose, source=source)
    else:
        log.warning("Sign-in: person %s refused from %s by the second factor", agent.pk, source)
    return right


# ── One's own second factor ──────────────────────────────────────────────────


@login_required
@never_cache
@sensitive_post_parameters("code", "password")
def set_up(request: HttpRequest) -> HttpResponse:
    """Set up a second factor: the square for the app, then a code of it, then the recovery codes."""
    agent: Agent = request.user
    if not agent.owes_factor and second_factor.has_app(agent=agent):
        return redirect("people:factor")
    secret = str(request.session.get(KEPT) or "")
    if not secret:
        secret = request.session[KEPT] = second_factor.begin()
    lately = sessions.is_fresh(request, now=timezone.now())
    form = SetUpForm(request.POST or None, asks_password=agent.has_usable_password() and not lately)
    if request.method == "POST" and form.is_valid():
        try:
            if "password" in form.fields:
                look_at_password(
                    form.cleaned_data["password"], agent=agent, source=_source(request), now=timezone.now()
                )
            codes = second_factor.set_up(agent=agent, secret=secret, code=form.cleaned_data["code"], now=timezone.now())
        except UnableToSignIn as trouble:
            form.add_error("password", str(trouble))
        except second_factor.UnableToSetUp as trouble:
            form.add_error("code", str(trouble))
        else:
            del request.session[KEPT]
            request.session[SHOWN], request.session[PROVED] = codes, agent.pk
            sessions.end(agent=agent, but=request.session.session_key or "")
            return redirect("people:factor")
    address = second_factor.address_of(agent=agent, secret=secret)
    return render(
        request,
        "people/set_up_factor.html",
        {
            "form": form,
            "picture": second_factor.picture_of(address),
            "address": address,
            "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
            "is_owed": agent.owes_factor,
            "offers_key": passkeys.is_offered(),
        },
    )


@login_required
@never_cache
@sensitive_post_parameters("code")
def factor(request: HttpRequest) -> HttpResponse:
    """One's own second factor: recovery codes shown once, new ones, turning it off; each change asks for a code."""
    agent: Agent = request.user
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if _try(request, agent=agent, code=form.cleaned_data["code"]):
                return _change(request, agent=agent)
            form.add_error("code", _("This code does not fit, or it was used already. Wait for the next one."))
        except (UnableToSignIn, second_factor.UnableToSetUp, second_factor.UnableToTurnOff) as trouble:
            form.add_error(None, str(trouble))
    shown = request.session.pop(SHOWN, [])
    return render(
        request,
        "people/factor.html",
        {
            "form": form,
            "standing": second_factor.standing(agent=agent),
            "codes": [f"{code[:4]} {code[4:]}" for code in shown],
            "history": second_factor.history(about=agent),
            "keys": passkeys.listed(agent=agent),
            "offers_key": passkeys.is_offered(),
        },
    )


@login_required
@never_cache
@sensitive_post_parameters("answer", "password")
def passkey(request: HttpRequest) -> HttpResponse:
    """Add a passkey: a name, and what the key says to what it is asked."""
    if not passkeys.is_offered():
        words = _(
            "At this address no browser keeps passkeys: the desk's address must be a name and begin with https://."
        )
        messages.info(request, words)
        return redirect("people:factor")
    agent: Agent = request.user
    lately = sessions.is_fresh(request, now=timezone.now())
    form = KeyForm(request.POST or None, asks_password=agent.has_usable_password() and not lately)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            if "password" in form.fields:
                look_at_password(told["password"], agent=agent, source=_source(request), now=timezone.now())
            codes = passkeys.add(
                agent=agent,
                name=told["name"],
                answer=told["answer"],
                asked=request.session.pop(ASKED, None),
                now=timezone.now(),
            )
        except UnableToSignIn as trouble:
            form.add_error("password", str(trouble))
        except passkeys.UnableToAdd as trouble:
            form.add_error(None, str(trouble))
        else:
            if codes:
                request.session[SHOWN] = codes
            request.session[PROVED] = agent.pk
            sessions.end(agent=agent, but=request.session.session_key or "")
            messages.success(request, _("The passkey is added."))
            return redirect("people:factor")
    options, request.session[ASKED] = passkeys.ask_for_new(agent=agent)
    return render(request, "people/passkey.html", {"form": form, "options": options, "is_owed": agent.owes_factor})


@login_required
@require_POST
@sensitive_post_parameters("code")
def drop_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one of one's own keys away; who sits at a desk left open long ago is asked to sign in anew."""
    if not sessions.is_fresh(request, now=timezone.now()):
        messages.error(request, _("Sign out and in again first: so nobody takes your keys at a desk you left open."))
        return redirect("people:factor")
    return _take(request, agent=request.user, pk=pk, then=redirect("people:factor"))


@for_administrators
@require_POST
def take_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a key away from somebody who has lost it."""
    agent = get_object_or_404(Agent, pk=pk)
    told = request.POST.get("key", "")
    key = int(told[:18]) if told.isdecimal() else 0
    return _take(request, agent=agent, pk=key, then=redirect("people:person", pk=pk))


def _take(request: HttpRequest, *, agent: Agent, pk: int, then: HttpResponse) -> HttpResponse:
    try:
        name = passkeys.take_away(agent=agent, pk=pk, by=request.user, now=timezone.now())
    except passkeys.UnableToTake as trouble:
        messages.error(request, str(trouble))
    else:
        messages.success(request, _("“{name}” opens nothing any more.").format(name=name))
    return then


def _change(request: HttpRequest, *, agent: Agent) -> HttpResponse:
    if request.POST.get("do") == "off":
        second_factor.turn_off(agent=agent, now=timezone.now())
        request.session.pop(PROVED, None)
        messages.success(request, _("The second factor is off. You sign in with your password alone."))
        return redirect("people:factor")
    request.session[SHOWN] = second_factor.new_codes(agent=agent, now=timezone.now())
    return redirect("people:factor")


def _source(request: HttpRequest) -> str | None:
    return request.META.get("REMOTE_ADDR") or None


# ── What administrators do ───────────────────────────────────────────────────


@for_administrators
def demands(request: HttpRequest) -> HttpResponse:
    """From which roles two factors are asked."""
    form = DemandForm(request.POST or None, initial={"roles": second_factor.demanded()})
    if request.method == "POST" and form.is_valid():
        second_factor.demand(roles=form.cleaned_data["roles"], by=request.user, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("people:factor-demands")
    context = {"form": form, "history": second_factor.history(), "here": "people", "provider": _provider()}
    return render(request, "people/factor_demands.html", context)


def _provider() -> str:
    return single_sign_on.name() if single_sign_on.is_offered() else ""


@for_administrators
@require_POST
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Take away somebody's second factor, who has lost it; they are signed out wherever they are."""
    agent = get_object_or_404(Agent, pk=pk)
    second_factor.reset(agent=agent, by=request.user, now=timezone.now())
    sessions.end(agent=agent)
    messages.success(
        request,
        _("{name} signs in with the password alone now, and sets up a new second factor after that.").format(
            name=agent.name
        )
        if agent.owes_factor
        else _("{name} signs in with the password alone now.").format(name=agent.name),
    )
    return redirect("people:person", pk=pk)


@for_administrators
@require_POST
def end_sessions(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign somebody out of one place, or of all."""
    agent = get_object_or_404(Agent, pk=pk)
    told = request.POST.get("end", "")
    count = sessions.end(agent=agent, only=int(told[:18]) if told.isdecimal() else None)
    if count:
        second_factor.note(DoorEvent.Kind.ENDED, about=agent, by=request.user, now=timezone.now())
    said = ngettext("%(count)s session ended.", "%(count)s sessions ended.", count)
    messages.success(request, said % {"count": digits_of_reader(count)})
    return redirect("people:person", pk=pk)


# ── The sign-in of the organisation ──────────────────────────────────────────


@never_cache
@require_GET
def go_there(request: HttpRequest) -> HttpResponse:
    """Send somebody to the provider of the settings."""
    if not single_sign_on.is_offered():
        raise Http404
    from amends.desk.people import openid

    if request.user.is_authenticated:
        return redirect("workplace:inbox")
    after = request.GET.get("next", "")
    fits = url_has_allowed_host_and_scheme(after, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    request.session.set_expiry(WAITS)
    try:
        return openid.go_there(request, after=after if fits else "")
    except openid.TROUBLES as trouble:
        answer: HttpResponse = single_sign_on.turned_away(request, error=trouble)
        return answer


@never_cache
@require_GET
def came_back(request: HttpRequest) -> HttpResponse:
    """Take in whoever the provider sends back."""
    if not single_sign_on.is_offered():
        raise Http404
    from amends.desk.people import openid

    try:
        return openid.come_back(request)
    except openid.TROUBLES as trouble:
        answer: HttpResponse = single_sign_on.turned_away(request, error=trouble)
        return answer
