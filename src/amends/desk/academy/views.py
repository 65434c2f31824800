"""The trainee's pages: the path, a drill, and a try at it."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST

from amends.desk.academy import actions, certificate, drills, queries, speaking, words
from amends.desk.academy.models import Attempt
from amends.desk.people.models import Agent

TEMPLATES = {"talk": "academy/talk.html", "notes": "academy/notes.html", "figures": "academy/figures.html"}


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show the path, the drill of the week, and the drills of other ranks."""
    agent, now = _agent(request), timezone.now()
    trainee = actions.trainee(agent=agent, now=now)
    page = queries.home(agent=agent, trainee=trainee, language=language(), now=now)
    has_certificate = certificate.earned(agent=agent, trainee=trainee, language=language()) is not None
    return render(
        request,
        "academy/home.html",
        {"here": "academy", "page": page, "ranks": words.ranks(), "has_certificate": has_certificate},
    )


@login_required
@require_POST
def choose_path(request: HttpRequest) -> HttpResponse:
    """Change one's path, or whether to be reminded."""
    agent, now = _agent(request), timezone.now()
    try:
        actions.choose_rank(agent=agent, rank=request.POST.get("rank", ""), now=now)
        actions.choose_reminders(agent=agent, wanted="reminders" in request.POST, now=now)
    except actions.UnableToPractise as trouble:
        messages.error(request, str(trouble))
    return redirect("academy:home")


@login_required
def drill(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what a drill is about; begin it."""
    agent = _agent(request)
    one = _drill(slug)
    if request.method == "POST":
        chosen = request.POST.get("language", language())
        try:
            begun = actions.begin(agent=agent, slug=slug, language=chosen, now=timezone.now())
        except actions.UnableToPractise as trouble:
            messages.error(request, str(trouble))
            return redirect("academy:home")
        return redirect("academy:attempt", begun.pk)
    script = one.script(request.GET.get("language", language()))
    return render(
        request,
        "academy/drill.html",
        {
            "here": "academy",
            "drill": one,
            "script": script,
            "kind": words.kind_words(one.situation.kind),
            "ranks": [words.rank_words(rank) for rank in one.situation.ranks],
            "tries": queries.earlier_tries(agent=agent, slug=slug, kind=one.situation.kind),
            "can_begin": drills.is_still_made(slug),
        },
    )


@login_required
def attempt(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a try as far as it has come; take the next answer."""
    own = get_object_or_404(Attempt, pk=pk, agent=_agent(request))
    one = _drill(own.slug, version=own.version)
    trouble, written, elsewhere = "", "", None
    if request.method == "POST":
        written = request.POST.get("text", "")
        try:
            own = _answer(request, own, kind=one.situation.kind)
        except actions.InAnotherLanguage as error:
            elsewhere = _elsewhere(one, spoken=own.language, seen=error.language)
        except actions.UnableToPractise as error:
            trouble = str(error)
        else:
            return redirect(reverse("academy:attempt", args=[own.pk]) + "#now")
    page = _page(own, one)
    return render(
        request, TEMPLATES[one.situation.kind], page | {"trouble": trouble, "written": written, "elsewhere": elsewhere}
    )


def _elsewhere(one: drills.Drill, *, spoken: str, seen: str) -> dict[str, object]:
    """What is said to somebody whose answer is not in the drill's language, and where they could go on in theirs."""
    names = settings.LANGUAGE_NAMES
    return {"spoken": names[spoken], "seen": names.get(seen, ""), "code": seen if seen in one.languages else ""}


def _answer(request: HttpRequest, own: Attempt, *, kind: str) -> Attempt:
    now = timezone.now()
    if kind != "figures":
        after = number(request.POST.get("after", ""))
        text, in_any = request.POST.get("text", ""), "anyway" in request.POST
        own = actions.answer(attempt=own, text=text, after=after, in_any_language=in_any, now=now)
        speaking.speak(attempt=own, now=now)
        return own
    chosen = [(key, request.POST.get(f"because-{key}", "")) for key in request.POST.getlist("measure")]
    return actions.choose(attempt=own, choices=chosen, now=now)


def _page(own: Attempt, one: drills.Drill) -> dict[str, object]:
    kind, script = one.situation.kind, one.script(own.language)
    page: dict[str, object] = {"here": "academy", "drill": one, "script": script, "attempt": own, "end": None}
    if own.ended:
        page["end"] = queries.ending(situation=one.situation, script=script, attempt=own)
    if kind == "talk":
        page["speaks_freely"] = not own.ended and speaking.may_speak()
        page["talk"] = queries.talk(drill=one, attempt=own, language=language())
    elif kind == "notes":
        page["notes"] = queries.notes(drill=one, attempt=own)
    else:
        page["figures"] = queries.figures(drill=one, attempt=own)
    return page


@login_required
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin another try, from the beginning or from one answer on."""
    own = get_object_or_404(Attempt, pk=pk, agent=_agent(request))
    keep = number(request.POST.get("keep", "")) or 0
    try:
        begun = actions.try_again(attempt=own, keep=keep, now=timezone.now())
    except actions.UnableToPractise as trouble:
        messages.error(request, str(trouble))
        return redirect("academy:home")
    return redirect(reverse("academy:attempt", args=[begun.pk]) + ("#now" if keep else ""))


def _drill(slug: str, *, version: int | None = None) -> drills.Drill:
    try:
        return drills.find(slug, version=version)
    except drills.UnableToFind as error:
        raise Http404(gettext("There is no such drill.")) from error


def _agent(request: HttpRequest) -> Agent:
    return cast("Agent", request.user)


def number(text: str) -> int | None:
    """Read a small number out of a form; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else None


def language() -> str:
    """The language of the reader's screens."""
    return (get_language() or "en").split("-")[0]
