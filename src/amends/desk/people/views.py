"""Doors of the desk: first run, signing in and out, one's own page, and the people page for administrators."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from amends.desk.people import (
    actions,
    administering,
    directory,
    forms,
    own_roles,
    passkeys,
    queries,
    second_factor,
    sessions,
    single_sign_on,
    tasks,
    walls,
)
from amends.desk.people.factor_forms import PasswordAgain
from amends.desk.people.guards import for_administrators, for_right
from amends.desk.people.limit_form import LimitsForm
from amends.desk.people.limit_words import NAMED
from amends.desk.people.limits import all_limits, change_limits, changes
from amends.desk.people.middleware import is_loopback
from amends.desk.people.models import Agent, Calendar, OwnRole, Presence, Right, Team
from amends.desk.people.organisation import organisation_currency, organisation_name
from amends.desk.people.setup_code import asks_for_code, forget_setup_code
from amends.desk.people.sign_in import UnableToSignIn, knock, log, look_at_password, new_password_link, sends_mail
from amends.desk.web import wording
from amends.desk.web.wording import digits_of_reader

# ── Beginning ────────────────────────────────────────────────────────────────


@never_cache
@sensitive_post_parameters("password")
def first_run(request: HttpRequest) -> HttpResponse:
    if not queries.is_empty():
        return redirect("people:sign-in")
    asks = asks_for_code(request)
    form = forms.FirstRunForm(request.POST, asks_for_code=asks) if request.method == "POST" else _beginning(asks=asks)
    if form.is_valid():
        words = {name: value for name, value in form.cleaned_data.items() if name != "code"}
        words["opens"], words["closes"] = (f"{words[edge]:%H:%M}" for edge in ("opens", "closes"))
        try:
            agent = administering.found(now=timezone.now(), **words)
        except administering.UnableToFound as trouble:
            form.add_error(None, str(trouble))
        else:
            forget_setup_code()
            login(request, agent)
            sessions.remember_request(request, now=timezone.now())
            messages.success(request, _("Welcome. Let your colleagues in, then the desk is ready."))
            return redirect("people:everybody")
    return render(request, "people/first_run.html", {"form": form})


def _beginning(*, asks: bool) -> forms.FirstRunForm:
    return forms.FirstRunForm.beginning(language=(get_language() or "en").split("-")[0], asks_for_code=asks)


# ── Signing in and out ───────────────────────────────────────────────────────


class SignIn(auth_views.LoginView):
    template_name = "people/sign_in.html"
    authentication_form = forms.SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        """Go on to the second factor, where there is one, and to the desk."""
        return single_sign_on.enter(self.request, agent=form.get_user(), after=self.get_success_url(), how="password")

    def form_invalid(self, form: Any) -> HttpResponse:
        """Note a try in the log as well: neither the address nor the password that was typed."""
        log.warning("Sign-in: refused from %s by password", self.request.META.get("REMOTE_ADDR"))
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        language = (get_language() or "en").split("-")[0]
        return super().get_context_data(
            organisation=organisation_name(),
            provider=single_sign_on.name() if single_sign_on.is_offered() else "",
            examples=directory.example_people(language=language) if is_loopback(self.request) else [],
            **kwargs,
        )


@require_POST
def sign_in_as_example(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign in as somebody of the example company, with one click, on the desk's own machine."""
    if not is_loopback(request):
        raise Http404
    agent = get_object_or_404(Agent, pk=pk, is_example=True, is_active=True)
    return single_sign_on.enter(
        request, agent=agent, after=resolve_url(_back(request, otherwise="workplace:inbox")), how="example"
    )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    log.info("Sign-out: person %s from %s", request.user.pk, request.META.get("REMOTE_ADDR"))
    logout(request)
    return redirect("people:sign-in")


def forgotten(request: HttpRequest) -> HttpResponse:
    """Say the same whether the address is known or not: who works here is nobody's business."""
    form = forms.ForgottenForm(request.POST or None)
    sent = False
    if request.method == "POST" and form.is_valid() and sends_mail():
        email = form.cleaned_data["email"]
        agent = Agent.objects.filter(email=email, is_active=True, is_example=False).first()
        if _may_ask(request, email=email) and agent is not None:
            tasks.send_new_password_link.enqueue(agent.pk)
        sent = True
    return render(request, "people/forgotten.html", {"form": form, "sent": sent, "sends_mail": sends_mail()})


def _may_ask(request: HttpRequest, *, email: str) -> bool:
    """Count those who ask for a link as those who try a password: nobody fills another one's mailbox."""
    try:
        knock(email=f"forgotten {email}", source=request.META.get("REMOTE_ADDR") or None, now=timezone.now())
    except UnableToSignIn:
        return False
    return True


class NewPassword(auth_views.PasswordResetConfirmView):
    template_name = "people/new_password.html"
    form_class = forms.NewPasswordForm
    success_url = reverse_lazy("workplace:inbox")
    post_reset_login = False  # a new password is one factor; whoever has a second shows it

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Greet who was let in and has chosen no password yet."""
        whose = self.user if self.validlink else None
        is_new = whose is not None and not whose.has_usable_password()
        return super().get_context_data(whose=whose, is_new=is_new, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        if self.user.is_example and not is_loopback(self.request):
            raise PermissionDenied
        log.info("New password by a link: person %s from %s", self.user.pk, self.request.META.get("REMOTE_ADDR"))
        sessions.end(agent=self.user)  # who knew the old one is not let stay
        super().form_valid(form)
        answer = single_sign_on.enter(self.request, agent=self.user, after=str(self.success_url), how="link")
        if self.request.user.is_authenticated:
            messages.success(self.request, _("Your password is set. You are signed in."))
        return answer


class ChangePassword(auth_views.PasswordChangeView):
    template_name = "people/change_password.html"
    form_class = forms.ChangePasswordForm
    success_url = reverse_lazy("people:reader")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("Your password is changed."))
        log.info("New password: person %s from %s", self.request.user.pk, self.request.META.get("REMOTE_ADDR"))
        sessions.end(agent=self.request.user, but=self.request.session.session_key or "")
        response = super().form_valid(form)
        sessions.end(agent=self.request.user)  # the session goes on under a new key
        sessions.remember_request(self.request, now=timezone.now())
        return response


# ── One's own page ───────────────────────────────────────────────────────────


@login_required
def reader(request: HttpRequest) -> HttpResponse:
    """Set language, theme and name; the header posts only what it changes and asks to come back."""
    agent: Agent = request.user
    if request.method == "POST" and "name" not in request.POST:
        actions.set_reader(agent=agent, language=request.POST.get("language"), theme=request.POST.get("theme"))
        return redirect(_back(request, otherwise="people:reader"))
    form = forms.ReaderForm(request.POST or None, instance=agent)
    if form.is_valid():
        form.save()
        return redirect("people:reader")
    return render(request, "people/reader.html", {"form": form, "presences": Presence.choices})


@login_required
@never_cache
@sensitive_post_parameters("password")
def signed_in(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; ends one of them, or all but this one.

    Ending another than this one asks for the password again, unless one signed in a moment ago.
    """
    agent: Agent = request.user
    here, now = request.session.session_key or "", timezone.now()
    places = sessions.open_ones(agent=agent, here=here, now=now)
    lately = sessions.is_fresh(request, now=now)
    told = request.POST.get("end", "")
    only = int(told[:18]) if told.isdecimal() else None
    is_here = any(place.is_here and place.id == only for place in places)
    is_alone = all(place.is_here for place in places)
    form = PasswordAgain(
        request.POST or None, asks_password=not (lately or is_here or is_alone) and agent.has_usable_password()
    )
    if request.method == "POST" and not (lately or is_here or agent.has_usable_password()):
        messages.error(request, _("Sign out and in again first: so nobody ends your sessions at a desk you left open."))
        return redirect("people:sessions")
    if request.method == "POST" and form.is_valid():
        try:
            if "password" in form.fields:
                source = request.META.get("REMOTE_ADDR") or None
                look_at_password(form.cleaned_data["password"], agent=agent, source=source, now=now)
        except UnableToSignIn as trouble:
            form.add_error("password", str(trouble))
        else:
            count = sessions.end(agent=agent, only=only, but=here if only is None else "")
            said = ngettext("%(count)s session ended.", "%(count)s sessions ended.", count)
            messages.success(request, said % {"count": digits_of_reader(count)})
            return redirect("people:sessions")
    ends = {"idle": settings.SESSION_IDLE, "longest": settings.SESSION_LONGEST}
    return render(request, "people/sessions.html", {"places": places, "form": form, **ends})


@login_required
@require_POST
def presence(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("presence", "")
    if chosen in Presence.values:
        actions.set_presence(agent=request.user, presence=chosen, now=timezone.now())
    return redirect(_back(request, otherwise="people:reader"))


# ── The people page ──────────────────────────────────────────────────────────


@for_administrators
def everybody(request: HttpRequest) -> HttpResponse:
    return render(request, "people/everybody.html", {**directory.everybody(), "here": "people"})


@for_administrators
def let_in(request: HttpRequest) -> HttpResponse:
    initial = {
        "language": get_language(),
        "languages": [get_language()],
        "goodwill_currency": organisation_currency(),
        "team": directory.only_team(),
    }
    form = forms.PersonForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            agent = administering.let_in(now=timezone.now(), **form.cleaned_data)
        except administering.UnableToLetIn as trouble:
            form.add_error("email", str(trouble))
        else:
            return _show_link(request, agent)
    return render(request, "people/let_in.html", {"form": form, "here": "people"})


@for_administrators
def person(request: HttpRequest, pk: int) -> HttpResponse:
    agent = get_object_or_404(Agent, pk=pk)
    form = forms.CorrectForm(request.POST or None, instance=agent)
    if request.method == "POST" and form.is_valid():
        try:
            administering.correct(agent=agent, **form.cleaned_data)
        except administering.UnableToChange as trouble:
            form.add_error("role", str(trouble))
        else:
            messages.success(request, _("Saved."))
            return redirect("people:everybody")
    door = {
        "standing": second_factor.standing(agent=agent),
        "keys": passkeys.listed(agent=agent),
        "is_bound": single_sign_on.is_bound(agent=agent),
        "places": sessions.open_ones(agent=agent, now=timezone.now()),
        "history": second_factor.history(about=agent),
    }
    return render(request, "people/person.html", {"form": form, "agent": agent, "here": "people", **door})


@for_administrators
@require_POST
def let_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody out, or back in when they are out."""
    agent = get_object_or_404(Agent, pk=pk)
    if not agent.is_active:
        administering.let_back_in(agent=agent)
        return redirect("people:everybody")
    try:
        administering.let_out(agent=agent, by=request.user, now=timezone.now())
    except administering.UnableToLetOut as trouble:
        messages.error(request, str(trouble))
        return redirect("people:person", pk=pk)
    messages.success(request, _("{name} signs in no more. What they wrote stays.").format(name=agent.name))
    return redirect("people:everybody")


@for_administrators
@require_POST
def password_link(request: HttpRequest, pk: int) -> HttpResponse:
    return _show_link(request, get_object_or_404(Agent, pk=pk, is_active=True))


def _show_link(request: HttpRequest, agent: Agent) -> HttpResponse:
    """Show the link once, to hand over, and mail it when the desk sends mail."""
    if sends_mail() and not agent.is_example:
        tasks.send_new_password_link.enqueue(agent.pk)
    return render(
        request,
        "people/link.html",
        {"agent": agent, "link": new_password_link(agent=agent), "mailed": sends_mail() and not agent.is_example},
    )


@for_administrators
def at_once(request: HttpRequest) -> HttpResponse:
    """How many each takes at once, who has how many now, and whether it is asked for every complaint."""
    if request.method == "POST":
        administering.cap_all(on="all" in request.POST, by=request.user, now=timezone.now())
        messages.success(request, _("Saved."))
        return redirect("people:at-once")
    is_on, history = administering.capping()
    context = {"is_on": is_on, "history": history, "rows": queries.rooms(), "here": "people"}
    return render(request, "people/at_once.html", context)


@for_administrators
def team(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    instance = get_object_or_404(Team, pk=pk) if pk else None
    form = forms.TeamForm(request.POST or None, instance=instance)
    if request.method == "POST" and form.is_valid():
        walls.save_team(team=instance or Team(), by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("people:everybody")
    context = {"form": form, "team": instance, "here": "people", "history": walls.history()}
    return render(request, "people/team.html", context)


@for_administrators
def roles(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Roles of one's own: all of them, and one to change, or a new one."""
    row = get_object_or_404(OwnRole, pk=pk) if pk else None
    form = forms.OwnRoleForm(request.POST or None, instance=row)
    if request.method == "POST":
        try:
            if row is not None and "remove" in request.POST:
                own_roles.remove(row=row, by=request.user, now=timezone.now())
                messages.success(request, _("The role is removed."))
                return redirect("people:roles")
            if form.is_valid():
                own_roles.keep(row=row or OwnRole(), by=request.user, now=timezone.now(), **form.cleaned_data)
                messages.success(request, _("Saved."))
                return redirect("people:roles")
        except own_roles.UnableToKeepRole as trouble:
            form.add_error(None, str(trouble))
    context = {"form": form, "row": row, "rows": own_roles.listed(), "history": own_roles.history(), "here": "people"}
    return render(request, "people/roles.html", context)


@for_administrators
def calendar(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    instance = get_object_or_404(Calendar, pk=pk) if pk else None
    form = forms.CalendarForm(request.POST or None, calendar=instance)
    if request.method == "POST" and form.is_valid():
        administering.save_calendar(
            calendar=instance or Calendar(),
            name=form.cleaned_data["name"],
            time_zone=form.cleaned_data["time_zone"],
            week=form.week(),
            days_off=form.cleaned_data["days_off"],
        )
        messages.success(request, _("Saved."))
        return redirect("people:everybody")
    country = instance.country if instance else ""
    beginning = {"year": forms.year_typed(timezone.localdate()), **({"country": country} if country else {})}
    context = {
        "form": form,
        "calendar": instance,
        "holidays": forms.HolidaysForm(initial=beginning),
        "kept_of": dict(forms.countries()).get(country, country),
        "kept_until": _last_of(instance.holidays_until) if instance and country else "",
        "here": "people",
    }
    return render(request, "people/calendar.html", context)


def _last_of(year: int) -> str:
    """The last day of a year, in the reader's calendar."""
    return wording.day(date(year, 12, 31), language=(get_language() or "en").split("-")[0], year=True)


@for_administrators
@require_POST
def holidays(request: HttpRequest, pk: int) -> HttpResponse:
    instance = get_object_or_404(Calendar, pk=pk)
    form = forms.HolidaysForm(request.POST)
    if request.POST.get("act") == "leave":
        administering.leave_holidays(calendar=instance)
        messages.success(request, _("Saved."))
    elif form.is_valid():
        country = form.cleaned_data["country"]
        years = form.cleaned_data["year"]
        added = sum(administering.add_holidays(calendar=instance, country=country, year=year) for year in years)
        messages.success(
            request,
            ngettext("%(count)s day off added.", "%(count)s days off added.", added)
            % {"count": digits_of_reader(added)},
        )
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect("people:calendar", pk=pk)


# ── What is too long, too many, too late ─────────────────────────────────────


@for_right(Right.LIMITS)
def limits(request: HttpRequest) -> HttpResponse:
    form = LimitsForm(request.POST or None, now=all_limits())
    if request.method == "POST" and form.is_valid():
        changed = change_limits(given=form.cleaned_data, by=cast("Agent", request.user), now=timezone.now())
        if changed:
            messages.success(
                request,
                ngettext("%(count)s limit changed.", "%(count)s limits changed.", changed)
                % {"count": digits_of_reader(changed)},
            )
        else:
            messages.info(request, _("Nothing was changed."))
        return redirect("people:limits")
    history = [(NAMED[change.name].title if change.name in NAMED else change.name, change) for change in changes()]
    return render(request, "people/limits.html", {"form": form, "history": history, "here": "people"})


def _back(request: HttpRequest, *, otherwise: str) -> str:
    place = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(place, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return place
    return otherwise
