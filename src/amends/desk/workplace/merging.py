"""Merging a complaint with another one, taking a part out of it, and both ways back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from amends.desk.complaints import merging, splitting
from amends.desk.complaints.models import Event, EventKind
from amends.desk.web.wording import digits_of_reader
from amends.desk.workplace import acts, screens
from amends.desk.workplace.forms import NumberOfAnother


class Other(forms.Form):
    """Which one, and which of the two stays."""

    number = NumberOfAnother(offered="merge-offered")
    stays = forms.ChoiceField(
        label=gettext_lazy("Which one stays"),
        choices=[("this", gettext_lazy("this one: its owner, its number")), ("that", gettext_lazy("the other one"))],
        widget=forms.RadioSelect,
        initial="this",
    )
    same_person = forms.BooleanField(
        label=gettext_lazy("I know that these two customers are one person"),
        required=False,
        widget=forms.CheckboxInput({"class": "checkbox"}),
    )


@login_required
@never_cache
def sheet(request: HttpRequest, number: int) -> HttpResponse:
    """Ask for the other one, with what the customer complained of beside it."""
    row = screens.find(number)
    form = Other(request.POST if request.method == "POST" else None)
    trouble, other_person = "", False
    if form.is_valid():
        told = form.cleaned_data
        other, into = (told["number"], row) if told["stays"] == "this" else (row, told["number"])
        try:
            event = merging.merge(
                other=other, into=into, by=request.user, now=timezone.now(), same_person=told["same_person"]
            )
        except merging.OfSomebodyElse as error:
            trouble, other_person = str(error), True
        except merging.UnableToMerge as error:
            trouble = str(error)
        else:
            words = _("Merged: #%(other)s goes on in #%(number)s.") % {
                "other": digits_of_reader(other.number),
                "number": digits_of_reader(into.number),
            }
            return acts.done(request, row.number, words, undo=acts.undo_of(request, [event]))
    context = {
        "complaint": row,
        "form": form,
        "trouble": trouble,
        "other_person": other_person or bool(form.data.get("same_person")),
        "others": merging.proposed(complaint=row),
    }
    return render(request, "workplace/sheets/merge.html", context, status=422 if request.method == "POST" else 200)


@login_required
@require_POST
def apart(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Take a merged complaint out again, or put a part back."""
    row = screens.find(number)
    event = get_object_or_404(Event.objects.select_related("complaint", "content"), pk=pk, complaint=row)
    try:
        words = take_back(event, by=request.user)
    except (merging.UnableToTakeApart, splitting.UnableToPutBack) as error:
        return acts.refused(request, number, error)
    return acts.done(request, number, words)


def take_back(event: Event, *, by: Any) -> str:
    """Take back a merging or a split, and say what came of it."""
    now = timezone.now()
    if event.kind == EventKind.MERGED:
        other = merging.take_apart(event=event, by=by, now=now)
        return _("Two again: #%(number)s stands as it stood.") % {"number": digits_of_reader(other.number)}
    if event.kind == EventKind.SPLIT:
        splitting.put_back(event=event, by=by, now=now)
        return _("Put back.")
    raise Http404


@login_required
@never_cache
def split(request: HttpRequest, number: int) -> HttpResponse:
    """Choose what becomes a complaint of its own."""
    row = screens.find(number)
    words = splitting.to_choose(complaint=row)
    chosen = {int(one[:18]) for one in request.POST.getlist("event") if one.isdecimal()}
    subject, trouble = request.POST.get("subject", ""), ""
    if request.method == "POST":
        try:
            new, event = splitting.split(
                complaint=row, events=chosen, by=request.user, now=timezone.now(), subject=subject
            )
        except splitting.UnableToSplit as error:
            trouble = str(error)
        else:
            said = _("#%(number)s is a complaint of its own now.") % {"number": digits_of_reader(new.number)}
            return acts.done(request, number, said, undo=acts.undo_of(request, [event]))
    context = {
        "complaint": row,
        "words": words,
        "chosen": chosen,
        "subject": subject,
        "trouble": trouble,
        "first": words[0].pk if words else 0,
    }
    return render(request, "workplace/sheets/split.html", context, status=422 if trouble else 200)
