"""What an agent does to the complaints chosen in the list, and taking it back (undoing.py)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from amends.desk.calm import actions as calm
from amends.desk.complaints import links, tags, together
from amends.desk.complaints.aside import UnableToPutAside
from amends.desk.complaints.merging import UnableToTakeApart
from amends.desk.complaints.models import Complaint, Event, EventKind
from amends.desk.complaints.splitting import UnableToPutBack
from amends.desk.complaints.together import Outcome, Refused
from amends.desk.people.models import Agent
from amends.desk.people.queries import colleagues
from amends.desk.web import wording
from amends.desk.workplace import aside, merging, tagging, undoing
from amends.desk.workplace.forms import HandOver, area
from amends.desk.workplace.undoing import Done


class Close(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why they can be closed"), max_length=300, widget=area(2))


@login_required
@never_cache
def act(request: HttpRequest, name: str) -> HttpResponse:
    """Do something to the chosen complaints; what needs a word more asks for it in a sheet first."""
    if name in SHEETS:
        return _sheet(request, name)
    if name not in AT_ONCE or request.method != "POST":
        raise Http404
    chosen = _chosen(request.POST.getlist("number"))
    if not chosen:
        return _done(request, _("Choose some complaints first."))
    words, done = AT_ONCE[name](request.user, chosen, timezone.now())
    return _done(request, words, done=done)


@login_required
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take back what the signed line says was done."""
    done = undoing.read(request.POST.get("line", ""))
    if done is None:
        return _done(request, _("This was too long ago to be taken back. Do the opposite instead."))
    agent, now = request.user, timezone.now()
    if done["by"] != agent.pk:
        raise Http404
    events = Event.objects.filter(pk__in=done.get("events", ())).select_related("complaint__customer", "content")
    asked = [event for event in events if event.kind == EventKind.TAKEOVER_ASKED]
    shapes = [event for event in events if event.kind in {EventKind.MERGED, EventKind.SPLIT}]
    rest = [event for event in events if event not in asked and event not in shapes]
    apart = together.each(
        [event.complaint for event in shapes],
        lambda one: _take_apart(next(event for event in shapes if event.complaint_id == one.pk), by=agent),
        unable=(UnableToTakeApart, UnableToPutBack),
    )
    outcome = together.undo(events=rest, by=agent, now=now)
    kept = calm.take_back_asking_all(events=asked, by=agent, now=now)
    marks = {int(pk): datetime.fromisoformat(at) if at else None for pk, at in done.get("marks", {}).items()}
    together.set_marks(agent=agent, marks=marks)
    together.unwatch(complaints=done.get("watched", ()), agent=agent)
    left = Complaint.objects.filter(pk__in=done.get("unwatched", ()))
    together.watch(complaints=list(left), agent=agent, now=now)
    _link_back(agent, done, now)
    return _done(request, _("Taken back."), refused=(*apart.refused, *outcome.refused, *kept))


def _take_apart(event: Event, *, by: Agent) -> Event:
    merging.take_back(event, by=by)
    return event


def _link_back(agent: Agent, done: Done, now: datetime) -> None:
    """Take a link away that was just made, or make it again; where colleagues did so meanwhile, it is left."""
    told = (*done.get("linked", ()), *done.get("unlinked", ()))
    if not told:
        return
    rows = Complaint.objects.in_bulk(told[:2])
    one, other = (rows[pk] for pk in told[:2])
    with suppress(links.UnableToLink):
        if done.get("linked"):
            links.unlink(complaint=one, other=other, by=agent, now=now)
        else:
            links.link(complaint=one, other=other, how=told[2], by=agent, now=now)


def _sheet(request: HttpRequest, name: str) -> HttpResponse:
    told = request.POST if request.method == "POST" else request.GET
    chosen = _chosen(told.getlist("number"))
    if not chosen:
        return _done(request, _("Choose some complaints first."))
    form = SHEETS[name](request)
    if not form.is_valid():
        page = {"form": form, "chosen": chosen, "name": name, "offered": tags.offered() if name == "tag" else []}
        return render(request, f"workplace/sheets/{name}-together.html", page, status=422 if form.is_bound else 200)
    outcome, words = FINISH[name](request.user, chosen, form.cleaned_data, timezone.now())
    done = {"events": [event.pk for event in outcome.events]}
    return _done(request, words if done["events"] or not outcome.refused else "", done=done, refused=outcome.refused)


def _chosen(numbers: Sequence[str]) -> list[Complaint]:
    return together.of_numbers(int(number[:9]) for number in numbers if number.isdecimal())


def _done(
    request: HttpRequest, words: str, *, done: Done | None = None, refused: Sequence[Refused] = ()
) -> HttpResponse:
    """Say what was done, with a way back; where something could not be done, say which and why."""
    if not request.htmx:
        if words:
            messages.success(request, words)
        for one in refused:
            messages.error(request, f"#{one.number}: {one.why}")
        return redirect("workplace:inbox")
    if refused:
        response = render(request, "workplace/sheets/refused.html", {"refused": refused, "words": words})
    else:
        response = HttpResponse(status=204)
    told: dict[str, Any] = {"close-sheet": {}, "changed": {}, "done-together": {}}
    if words:
        told["said"] = {"words": words, **undoing.line(by=request.user, done=done)}
    response["HX-Trigger"] = json.dumps(told)
    return response


# What is done at once.


def _read(agent: Agent, chosen: Sequence[Complaint], now: datetime) -> tuple[str, Done]:
    before = together.mark_read(complaints=chosen, agent=agent, now=now)
    words = ngettext("%(count)s marked as read.", "%(count)s marked as read.", len(chosen)) % {
        "count": _digits(len(chosen))
    }
    return words, {"marks": _as_line(before)}


def _unread(agent: Agent, chosen: Sequence[Complaint], now: datetime) -> tuple[str, Done]:
    del now
    before = together.mark_unread(complaints=chosen, agent=agent)
    words = ngettext("%(count)s marked as unread.", "%(count)s marked as unread.", len(chosen))
    return words % {"count": _digits(len(chosen))}, {"marks": _as_line(before)}


def _watch(agent: Agent, chosen: Sequence[Complaint], now: datetime) -> tuple[str, Done]:
    fresh = together.watch(complaints=chosen, agent=agent, now=now)
    words = ngettext("You watch %(count)s complaint.", "You watch %(count)s complaints.", len(chosen))
    return words % {"count": _digits(len(chosen))}, {"watched": fresh}


def _unwatch(agent: Agent, chosen: Sequence[Complaint], now: datetime) -> tuple[str, Done]:
    del now
    gone = together.unwatch(complaints=[complaint.pk for complaint in chosen], agent=agent)
    words = ngettext("You watch %(count)s complaint no more.", "You watch %(count)s complaints no more.", len(chosen))
    return words % {"count": _digits(len(chosen))}, {"unwatched": gone}


def _digits(count: int) -> str:
    """A number as the reader writes it."""
    return wording.digits(count, language=(get_language() or "en").split("-")[0])


def _as_line(marks: Mapping[int, datetime | None]) -> dict[str, str]:
    return {str(pk): at.isoformat() if at is not None else "" for pk, at in marks.items()}


AT_ONCE: Final[Mapping[str, Callable[[Agent, Sequence[Complaint], datetime], tuple[str, Done]]]] = {
    "read": _read,
    "unread": _unread,
    "watch": _watch,
    "unwatch": _unwatch,
}

# What asks for a word more.


def _close(agent: Agent, chosen: Sequence[Complaint], given: Mapping[str, Any], now: datetime) -> tuple[Outcome, str]:
    outcome = together.close(complaints=chosen, by=agent, reason=given["reason"], now=now)
    count = len(outcome.events)
    return outcome, ngettext("%(count)s closed.", "%(count)s closed.", count) % {"count": _digits(count)}


def _put_aside(
    agent: Agent, chosen: Sequence[Complaint], given: Mapping[str, Any], now: datetime
) -> tuple[Outcome, str]:
    """Put them aside; where a promise or a time limit falls due before, it is left, and told."""
    outcome = together.each(
        chosen,
        lambda one: aside.put_aside(complaint=one, by=agent, until=given["until"], now=now),
        unable=(UnableToPutAside,),
    )
    count = len(outcome.events)
    words = ngettext("%(count)s put aside until later.", "%(count)s put aside until later.", count)
    return outcome, words % {"count": _digits(count)}


def _tag(agent: Agent, chosen: Sequence[Complaint], given: Mapping[str, Any], now: datetime) -> tuple[Outcome, str]:
    names = given["names"]
    if given["what"] == "off":
        ids = tags.ids_of(names)
        act = partial(tags.take_off, tags=ids, by=agent, now=now)
    else:
        act = partial(tags.put_on, names=names, by=agent, now=now)
    outcome = together.each(chosen, lambda one: act(complaint=one), unable=(tags.UnableToTag,))
    return outcome, tagging.together_words(len(outcome.events), what=given["what"])


def _hand_over(
    agent: Agent, chosen: Sequence[Complaint], given: Mapping[str, Any], now: datetime
) -> tuple[Outcome, str]:
    """Ask a colleague for all of them: each is theirs when they say yes to it, as with a single one."""
    outcome = calm.ask_to_take_over_all(complaints=chosen, by=agent, to=given["to"], reason=given["reason"], now=now)
    count = len(outcome.events)
    words = ngettext(
        "%(name)s is asked to take over %(count)s complaint. Until they say yes it is yours.",
        "%(name)s is asked to take over %(count)s complaints. Until they say yes they are yours.",
        count,
    )
    return outcome, words % {"count": _digits(count), "name": given["to"].name}


SHEETS: Final[Mapping[str, Callable[[HttpRequest], forms.Form]]] = {
    "close": lambda request: Close(request.POST or None),
    "tag": lambda request: tagging.NamesTogether(request.POST or None),
    "snooze": lambda request: aside.Until(request.POST or None, agent=request.user, now=timezone.now()),
    "hand-over": lambda request: HandOver(request.POST or None, colleagues=colleagues(of=request.user)),
}
FINISH: Final[
    Mapping[str, Callable[[Agent, Sequence[Complaint], Mapping[str, Any], datetime], tuple[Outcome, str]]]
] = {"close": _close, "hand-over": _hand_over, "snooze": _put_aside, "tag": _tag}
