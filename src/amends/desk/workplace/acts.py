"""What the agent does. Each act is one call into the rooms below; what they refuse comes back as a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from amends.desk.channels import actions as channels
from amends.desk.channels.models import Outgoing
from amends.desk.channels.phone import actions as phone
from amends.desk.channels.phone.conversing import UnableToLogCall
from amends.desk.complaints import actions as complaints
from amends.desk.complaints import mentions, pins
from amends.desk.complaints.aside import UnableToPutAside
from amends.desk.complaints.models import Complaint, Event
from amends.desk.people.models import Agent
from amends.desk.promises import actions as promises
from amends.desk.promises.models import Promise
from amends.desk.remedies import actions as remedies
from amends.desk.third_parties import actions as third_parties
from amends.desk.web import wording
from amends.desk.workplace import actions, enclosed, forms, outside, queries, screens
from amends.desk.workplace.enclosed_views import read_kept
from amends.desk.workplace.undoing import Line, events_line

UNABLE = (
    actions.UnableToReply,
    enclosed.UnableToEnclose,
    channels.UnableToSend,
    phone.UnableToTypeIn,
    forms.UnableToAttach,
    UnableToLogCall,
    complaints.UnableToWrite,
    complaints.UnableToHandOver,
    complaints.UnableToBringIn,
    complaints.UnableToPause,
    complaints.UnableToClose,
    promises.UnableToPromise,
    promises.UnableToSettle,
    remedies.UnableToPutRight,
    third_parties.UnableToWait,
    forms.UnableToRead,
)

Act = Callable[[HttpRequest, Complaint, Any], str]


def done(request: HttpRequest, number: int, said: str = "", *, undo: Line | None = None) -> HttpResponse:
    """Answer a deed: htmx closes the sheet and draws the complaint anew, a plain browser goes back to it.

    `undo` is the line with which it can be taken back.
    """
    if not request.htmx:
        if said:
            messages.success(request, said)
        return redirect("workplace:complaint", number)
    response = HttpResponse(status=204)
    response["HX-Trigger"] = json.dumps(
        {
            "close-sheet": {},
            "changed": {},
            f"changed-{number}": {},
            **({"said": {"words": said, **(undo or {})}} if said else {}),
        }
    )
    return response


def undo_of(request: HttpRequest, events: Iterable[Event]) -> Line:
    """Write the line with which what these events say is taken back."""
    return events_line(by=request.user, events=events)


def refused(request: HttpRequest, number: int, error: Exception) -> HttpResponse:
    """Say why not, in the one sentence that the action gave."""
    said = str(error) or _("This did not work. Load the page again and try once more.")
    if request.htmx:
        return HttpResponse(said, status=409, content_type="text/plain; charset=utf-8")
    messages.error(request, said)
    return redirect("workplace:complaint", number)


def sheet_act(name: str) -> Callable[[Act], Callable[..., HttpResponse]]:
    """Turn 'what to do with a valid form' into the view of a side sheet."""

    def wrap(act: Act) -> Callable[..., HttpResponse]:
        @login_required
        @require_POST
        @wraps(act)
        def view(request: HttpRequest, number: int) -> HttpResponse:
            row = screens.find(number)
            kind = screens.SHEETS[name]
            form = None
            if kind is not None:
                facts = queries.sheet_facts(reader=request.user, complaint=row, now=timezone.now())
                form = screens.fill(kind, row=row, facts=facts, data=request.POST)
                if not form.is_valid():
                    return screens.show_sheet(request, row, name, form=form)
            try:
                said = act(request, row, form.cleaned_data if form is not None else {})
            except UNABLE as error:
                return screens.show_sheet(request, row, name, form=form, trouble=str(error))
            return done(request, number, said)

        return view

    return wrap


@login_required
@require_POST
def reply(request: HttpRequest, number: int) -> HttpResponse:
    row = screens.find(number)
    try:
        actions.reply(
            complaint=row,
            by=request.user,
            text=request.POST.get("text", ""),
            undertaken=forms.read_undertaken(request.POST.get("promises", "")),
            as_it_is_reason=request.POST.get("reason", ""),
            key=request.POST.get("key", ""),
            attachments=forms.read_files(request.FILES.getlist("files")),
            kept=read_kept(request.POST),
            with_marks=request.POST.get("marks") == "1",
            seen=forms.read_seen(request.POST),
            now=timezone.now(),
        )
    except UNABLE as error:
        return refused(request, number, error)
    said = _after_reply(row, request.POST.get("then", ""), by=request.user)
    if said and request.htmx:
        return HttpResponse(said, content_type="text/plain; charset=utf-8")
    return done(request, number, said)


def _after_reply(row: Complaint, then: str, *, by: Any) -> str:
    """Do what was to be done once the reply is on its way, and say so; or why not: the reply has gone all the same."""
    from amends.desk.workplace import aside

    now = timezone.now()
    try:
        if then == "close":
            complaints.close(complaint=row, by=by, now=now)
            return _("On its way, and closed.")
        if then == "aside":
            until = aside.next_working_day(agent=by, now=now)
            aside.put_aside(complaint=row, by=by, until=until, now=now)
            day = wording.weekday_and_day(until.date(), language=(get_language() or "en")[:2])
            return _("On its way, and put aside until %(day)s.") % {"day": day}
    except complaints.UnableToClose as error:
        return _("On its way, but not closed. %(why)s") % {"why": error}
    except UnableToPutAside as error:
        return _("On its way, but not put aside. %(why)s") % {"why": error}
    return ""


@login_required
@require_POST
def note(request: HttpRequest, number: int) -> HttpResponse:
    try:
        mentions.note(
            complaint=screens.find(number),
            by=request.user,
            text=request.POST.get("text", ""),
            people=forms.read_people(request.POST.get("people", "")),
            now=timezone.now(),
        )
    except UNABLE as error:
        return refused(request, number, error)
    return done(request, number)


@login_required
@require_POST
def pin(request: HttpRequest, number: int) -> HttpResponse:
    """Pin selected words of the customer beside the person."""
    event = request.POST.get("event", "")
    try:
        pins.pin(
            complaint=screens.find(number),
            event=int(event[:18]) if event.isdecimal() else 0,
            words=request.POST.get("words", ""),
            by=request.user,
            now=timezone.now(),
        )
    except pins.UnableToPin as error:
        return refused(request, number, error)
    return done(request, number, _("Pinned beside the person."))


@login_required
@require_POST
def unpin(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Take a pin off."""
    pins.take_off(complaint=screens.find(number), pk=pk)
    return done(request, number)


@login_required
@require_POST
def draft(request: HttpRequest, number: int) -> HttpResponse:
    """Keep what is being written; the page asks for this again and again. Words of another window come back to it."""
    kept = complaints.save_draft_over(
        complaint=screens.find(number),
        agent=request.user,
        text=request.POST.get("text", "")[: actions.LONGEST_REPLY],
        over=request.POST.get("over", "")[: actions.LONGEST_REPLY],
        now=timezone.now(),
    )
    if kept:
        return HttpResponse(kept, content_type="text/plain; charset=utf-8")
    return HttpResponse(status=204)


@sheet_act("bring-in")
def bring_in(request: HttpRequest, row: Complaint, given: dict[str, Any]) -> str:
    people = forms.read_people(request.POST.get("people", ""))
    mentions.ask(complaint=row, by=request.user, people=people, now=timezone.now(), **given)
    return _("%(name)s has your question. You stay the owner.") % {"name": given["agent"].name}


@sheet_act("call")
def call(request: HttpRequest, row: Complaint, given: dict[str, Any]) -> str:
    undertaken = []
    if given["promised"]:
        words = given["promised"]
        undertaken = [actions.Undertaken(words=words, start=0, end=len(words), due_at=given["due_at"])]
    is_visit = given["way"] == "visit"
    actions.log_call(
        complaint=row,
        by=request.user,
        minutes=given["minutes"],
        said=given["said"],
        spoken_with=given["spoken_with"],
        channel="visit" if is_visit else "phone",
        seconds=None if given["length"] is None else given["length"] * 60,
        holds=given["holds"],
        undertaken=undertaken,
        now=timezone.now(),
    )
    return _("The visit is recorded.") if is_visit else _("The call is recorded.")


@sheet_act("third-party")
def third_party(request: HttpRequest, row: Complaint, given: dict[str, Any]) -> str:
    outside.wait(complaint=row, by=request.user, now=timezone.now(), **given)
    return _("We wait, and the customer knows when they hear from you.")


@sheet_act("content")
def content(request: HttpRequest, row: Complaint, given: dict[str, Any]) -> str:
    del given
    now = timezone.now()
    complaints.say_content(complaint=row, by_customer=False, agent=request.user, now=now)
    if queries.sheet_facts(reader=request.user, complaint=row, now=now).promises:
        return _("Good work. What you promised stays on the ledger until it is kept or they let you off.")
    return _("Good work.")


@sheet_act("close")
def close(request: HttpRequest, row: Complaint, given: dict[str, Any]) -> str:
    del given
    complaints.close(complaint=row, by=request.user, now=timezone.now())
    return _("Closed.")


@login_required
@require_POST
def resend(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    outgoing = get_object_or_404(Outgoing, pk=pk, complaint__number=number)
    channels.resend(outgoing=outgoing, by=request.user, now=timezone.now())
    return done(request, number, _("It goes out once more."))


@login_required
@require_POST
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    return _settle(request, pk, lambda promise, by: promises.keep(promise=promise, by=by, now=timezone.now()))


@login_required
@never_cache
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the new time, then move the promise."""
    promise = get_object_or_404(Promise.objects.select_related("complaint__customer", "owner"), pk=pk)
    form = forms.MovePromise(request.POST or None, initial={"due_at": timezone.localtime(promise.due_at)})
    trouble = ""
    if form.is_valid():
        try:
            told = form.cleaned_data
            promises.move(promise=promise, by=request.user, **told, whole_day=False, now=timezone.now())
            return done(request, promise.complaint.number, _("The promise is moved."))
        except UNABLE as error:
            trouble = str(error)
    context = {"form": form, "promise": promise, "complaint": promise.complaint, "trouble": trouble}
    return render(request, "workplace/sheets/move.html", context, status=422 if request.POST else 200)


def _settle(request: HttpRequest, pk: int, act: Callable[[Promise, Agent], Any]) -> HttpResponse:
    promise = get_object_or_404(Promise.objects.select_related("complaint", "owner"), pk=pk)
    number = promise.complaint.number
    try:
        act(promise, request.user)
    except UNABLE as error:
        return refused(request, number, error)
    return done(request, number)


@login_required
@never_cache
def type_in(request: HttpRequest) -> HttpResponse:
    """A complaint that was told on the telephone or at a visit."""
    language = request.user.language
    form = forms.TypedIn(request.POST or None, initial={"language": language}, language=language)
    if form.is_valid():
        try:
            row = phone.type_in(by=request.user, now=timezone.now(), **form.cleaned_data)
        except UNABLE as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The complaint is yours. Nobody will ask the customer again."))
            return redirect("workplace:complaint", row.number)
    return render(request, "workplace/new.html", {"form": form, "here": "new"}, status=422 if form.is_bound else 200)
