"""The agent's screens of a third party: the bar over a complaint, the next word, what they answered."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from amends.desk.third_parties import actions as third_parties
from amends.desk.third_parties import letters, queries
from amends.desk.third_parties.models import Wait
from amends.desk.workplace import forms, outside, screens
from amends.desk.workplace.acts import UNABLE, done


@login_required
@never_cache
def bar(request: HttpRequest, number: int) -> HttpResponse:
    """Whom the complaint waits for, since when, and what to do; after a no, how to pass it on."""
    row = screens.find(number)
    waiting = queries.now_for(complaint=row, now=timezone.now())
    refused = next((one for one in waiting if one.outcome), None)
    starters = letters.starters(complaint=row, who=refused.party) if refused is not None else []
    context = {
        "complaint": row,
        "waiting": [one for one in waiting if not one.outcome],
        "refused": refused,
        "steps": [
            (name, [starter.text for starter in starters if starter.step == step])
            for step, name in _steps()
            if starters
        ],
    }
    return render(request, "third_parties/bar.html", context)


@login_required
@never_cache
def word(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """The next word to the customer: proposed, with or without news."""
    wait = _find(pk, number)
    now = timezone.now()
    first = {
        "text": letters.no_news(complaint=wait.complaint, who=wait.party.name),
        "until": outside.next_time(agent=request.user, now=now),
    }
    form = forms.NextWord(request.POST or None, initial=first)
    trouble = ""
    if form.is_valid():
        try:
            outside.say_next_word(wait=wait, by=request.user, now=now, **form.cleaned_data)
            return done(request, number, _("The customer knows, and when they hear from you again."))
        except (*UNABLE, third_parties.UnableToWait) as error:
            trouble = str(error)
    return _sheet(request, "third-party-word", wait, form, trouble)


@login_required
@never_cache
def answered(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """What they said: news, a yes or a no."""
    wait = _find(pk, number)
    form = forms.TheyAnswered(request.POST or None)
    trouble = ""
    if form.is_valid():
        try:
            third_parties.answered(wait=wait, by=request.user, now=timezone.now(), **form.cleaned_data)
            return done(request, number, _("Recorded. Now tell the customer."))
        except (*UNABLE, third_parties.UnableToWait) as error:
            trouble = str(error)
    return _sheet(request, "third-party-answered", wait, form, trouble)


def _steps() -> list[tuple[str, str]]:
    return [
        ("no", _("the no, early and as our own")),
        ("offer", _("what we can do ourselves")),
        ("next", _("how it goes on, and when")),
    ]


def _find(pk: int, number: int) -> Wait:
    wait = queries.open_wait(pk=pk, number=number)
    if wait is None:
        raise Http404
    return wait


def _sheet(request: HttpRequest, name: str, wait: Wait, form: forms.forms.Form, trouble: str) -> HttpResponse:
    context = {"form": form, "wait": wait, "complaint": wait.complaint, "trouble": trouble}
    return render(request, f"workplace/sheets/{name}.html", context, status=422 if form.is_bound else 200)
