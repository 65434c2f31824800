"""Putting tags on a complaint and taking them off, and the list of tags that administrators keep."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from amends.desk.complaints import tags
from amends.desk.complaints.models import Tag
from amends.desk.people.models import Right
from amends.desk.web import wording
from amends.desk.workplace import acts, screens
from amends.desk.workplace.forms import line
from amends.desk.workplace.undoing import events_line


class Names(forms.Form):
    """One tag or several, with commas between."""

    names = line(
        gettext_lazy("Tags"),
        most=300,
        help_text=gettext_lazy("Several with commas between. What the list does not hold is added to it."),
        autocomplete="off",
        list="tags-offered",
        autofocus="",
    )

    def clean_names(self) -> list[str]:
        return tags.split(self.cleaned_data["names"])


class NamesTogether(Names):
    what = forms.ChoiceField(
        label=gettext_lazy("What to do"),
        choices=[("on", gettext_lazy("put them on")), ("off", gettext_lazy("take them off"))],
        widget=forms.RadioSelect,
        initial="on",
    )


@login_required
@never_cache
def sheet(request: HttpRequest, number: int) -> HttpResponse:
    """Show what a complaint is tagged with, and put more on."""
    row = screens.find(number)
    asked = request.method == "POST"
    told = request.POST.copy()
    if told.get("add"):  # one of those that are offered
        told["names"] = told["add"]
    form, trouble = Names(told if asked else None), ""
    if form.is_valid():
        given = form.cleaned_data["names"]
        try:
            event = tags.put_on(complaint=row, names=given, by=request.user, now=timezone.now())
        except tags.UnableToTag as error:
            trouble = str(error)
        else:
            said = _("Tagged: %(tags)s") % {"tags": wording.listed_for_reader(event.content.data["names"])}
            return acts.done(request, number, said, undo=events_line(by=request.user, events=[event]))
    on = tags.of(complaint_ids=[row.pk]).get(row.pk, [])
    context = {
        "complaint": row,
        "form": form,
        "trouble": trouble,
        "on": on,
        "often": tags.often(agent=request.user, but=[word.id for word in on]),
        "offered": tags.offered(),
    }
    return render(request, "workplace/sheets/tag.html", context, status=422 if asked else 200)


@login_required
@require_POST
def off(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Take one tag off."""
    try:
        event = tags.take_off(complaint=screens.find(number), tags=[pk], by=request.user, now=timezone.now())
    except tags.UnableToTag as error:
        return acts.refused(request, number, error)
    said = _("Taken off: %(tags)s") % {"tags": wording.listed_for_reader(event.content.data["names"])}
    return acts.done(request, number, said, undo=events_line(by=request.user, events=[event]))


@login_required
@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """The list of tags: everybody sees it, administrators change it."""
    rows = tags.listed()
    context = {
        "rows": rows,
        "in_use": [row for row in rows if row.retired_at is None],
        "may_change": Right.TAGS in request.user.rights,
        "longest": Tag.LONGEST,
        "here": "tags",
    }
    return render(request, "workplace/tags.html", context)


@login_required
@require_POST
def change(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Rename a tag, merge it into another, retire it or use it again."""
    if Right.TAGS not in request.user.rights:
        raise PermissionDenied
    if what not in CHANGES:
        raise Http404
    tag = get_object_or_404(Tag, pk=pk, merged_into=None)
    try:
        messages.success(request, CHANGES[what](request, tag, timezone.now()))
    except tags.UnableToKeepTag as error:
        messages.error(request, str(error))
    return redirect("workplace:tags")


def _rename(request: HttpRequest, tag: Tag, now: datetime) -> str:
    del now
    before = tag.name
    after = tags.rename(tag=tag, name=request.POST.get("name", "")).name
    return _("“%(before)s” is called “%(after)s” now.") % {"before": before, "after": after}


def _merge(request: HttpRequest, tag: Tag, now: datetime) -> str:
    told = request.POST.get("into", "")
    into = Tag.objects.filter(pk=int(told[:9]), merged_into=None).first() if told.isdecimal() else None
    if into is None:
        raise tags.UnableToKeepTag(_("Choose another tag to merge it into."))
    count = tags.merge(tag=tag, into=into, now=now)
    words = ngettext(
        "“%(tag)s” is “%(into)s” now, on %(count)s more complaint.",
        "“%(tag)s” is “%(into)s” now, on %(count)s more complaints.",
        count,
    )
    return words % {"tag": tag.name, "into": into.name, "count": wording.digits_of_reader(count)}


def _retire(request: HttpRequest, tag: Tag, now: datetime) -> str:
    del request
    tags.retire(tag=tag, now=now)
    return _("“%(tag)s” is offered no more. Where it stands it stays.") % {"tag": wording.apart(tag.name)}


def _use_again(request: HttpRequest, tag: Tag, now: datetime) -> str:
    del request, now
    tags.use_again(tag=tag)
    return _("“%(tag)s” is offered again.") % {"tag": wording.apart(tag.name)}


CHANGES: Final[dict[str, Callable[[HttpRequest, Tag, datetime], str]]] = {
    "rename": _rename,
    "merge": _merge,
    "retire": _retire,
    "use-again": _use_again,
}


def together_words(count: int, *, what: Any) -> str:
    """Say how many were tagged, or rid of a tag."""
    words = (
        ngettext("%(count)s rid of the tag.", "%(count)s rid of the tag.", count)
        if what == "off"
        else ngettext("%(count)s tagged.", "%(count)s tagged.", count)
    )
    return words % {"count": wording.digits_of_reader(count)}
