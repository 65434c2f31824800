"""Pages about everybody's training: who has been trained, whether it helps, what colleagues think; and the paper."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from amends.desk.academy import actions, certificate, drills, leading, opinions, queries, speaking
from amends.desk.academy import effect as effects
from amends.desk.academy.forms import OpinionsForm
from amends.desk.academy.models import Attempt, Trainee
from amends.desk.academy.views import language
from amends.desk.coaching.second import queries as endpoint
from amends.desk.coaching.second.line import UnableToAsk
from amends.desk.coaching.second.troubles import describe
from amends.desk.people.models import Agent
from amends.desk.people.organisation import organisation_name
from amends.desk.people.views import for_administrators
from amends.engine.drills.speaking import UnableToSpeak


@login_required
def coverage(request: HttpRequest) -> HttpResponse:
    """Show who has been trained by rank and team, and to a lead the names of their own who never were."""
    found = leading.coverage(reader=_agent(request), now=timezone.now())
    return render(request, "academy/coverage.html", {"here": "academy", "coverage": found})


@login_required
def effect(request: HttpRequest) -> HttpResponse:
    """Show whether it helps, and where training is no cure."""
    found = effects.effect(language=language(), now=timezone.now())
    return render(request, "academy/effect.html", {"here": "academy", "effect": found})


@login_required
def paper(request: HttpRequest) -> HttpResponse:
    """Set the certificate for the path that was finished."""
    trainee, what = _earned(request)
    pdf = certificate.paper(what=what, organisation=organisation_name(), language=language())
    return _handed_out(pdf, media_type="application/pdf", name=f"amends-{trainee.rank}.pdf")


@login_required
def badge(request: HttpRequest) -> HttpResponse:
    """Draw the badge for the path that was finished."""
    trainee, what = _earned(request)
    svg = certificate.badge(what=what, organisation=organisation_name(), language=language())
    return _handed_out(svg, media_type="image/svg+xml", name=f"amends-{trainee.rank}.svg")


def _earned(request: HttpRequest) -> tuple[Trainee, certificate.Earned]:
    agent = _agent(request)
    trainee = actions.trainee(agent=agent, now=timezone.now())
    what = certificate.earned(agent=agent, trainee=trainee, language=language())
    if what is None:
        raise Http404
    return trainee, what


def _handed_out(content: bytes, *, media_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=media_type, headers=headers)


@login_required
@require_POST
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one's drill to colleagues, or show it no longer."""
    own = get_object_or_404(Attempt, pk=pk, agent=_agent(request))
    try:
        actions.show(attempt=own, shown="shown" in request.POST, now=timezone.now())
    except actions.UnableToPractise as trouble:
        messages.error(request, str(trouble))
    return redirect("academy:attempt", own.pk)


@login_required
def shown(request: HttpRequest) -> HttpResponse:
    """List what colleagues have shown, and how far the judges agree."""
    page = {
        "here": "academy",
        "rows": opinions.shown(reader=_agent(request), language=language()),
        "agreements": opinions.agreements(),
    }
    return render(request, "academy/shown.html", page)


@login_required
def opinion(request: HttpRequest, pk: int) -> HttpResponse:
    """Judge a colleague's answers beside the engine."""
    reader = _agent(request)
    others = Attempt.objects.filter(shown_at__isnull=False).exclude(agent=reader).select_related("agent")
    one = get_object_or_404(others, pk=pk)
    form = OpinionsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.give_opinions(attempt=one, told=form.told, by=reader, now=timezone.now())
        except actions.UnableToPractise as trouble:
            messages.error(request, str(trouble))
        return redirect(reverse("academy:opinion", args=[pk]) + f"#answer-{form.sent_at}")
    try:
        drill = drills.find(one.slug, version=one.version)
    except drills.UnableToFind as error:
        raise Http404 from error
    page: dict[str, object] = {
        "here": "academy",
        "attempt": one,
        "drill": drill,
        "script": drill.script(one.language),
        "judged": opinions.judged(drill=drill, attempt=one, reader=reader, language=language(), typed=form.typed),
        "trouble": form.trouble,
    }
    if drill.situation.kind == "figures":
        page["figures"] = queries.figures(drill=drill, attempt=one)
    return render(request, "academy/opinion.html", page)


@for_administrators
def free_words(request: HttpRequest) -> HttpResponse:
    """Say whether customers in talks may speak through the organisation's language model."""
    now = timezone.now()
    if request.method == "POST":
        speaking.choose(are_on="are_on" in request.POST, now=now)
        messages.success(request, _("Kept."))
        return redirect("academy:free-words")
    page = {"here": "academy", "are_on": speaking.are_wanted(), "has_endpoint": speaking.has_endpoint()}
    return render(request, "academy/free_words.html", page | {"state": endpoint.state(now=now)})


@for_administrators
@require_POST
def try_free_words(request: HttpRequest) -> HttpResponse:
    """Let the customer of one talk speak once, and show it beside the written line, or what is the matter."""
    page: dict[str, object] = {}
    try:
        page["trial"] = speaking.try_out(language=language())
    except UnableToAsk as trouble:
        page |= {"trouble": describe(trouble.code), "detail": trouble.detail}
    except UnableToSpeak as trouble:
        page |= {"trouble": describe("answer"), "detail": str(trouble)}
    return render(request, "academy/parts/free_trial.html", page)


def _agent(request: HttpRequest) -> Agent:
    return cast("Agent", request.user)
