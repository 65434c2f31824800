"""What the agent sees: the list, one complaint, the sheets beside it, the palette."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from amends.desk.clocks.queries import ages
from amends.desk.complaints import actions as complaint_actions
from amends.desk.complaints import queries as complaints
from amends.desk.complaints.models import Attachment, Complaint
from amends.desk.customers.queries import ways
from amends.desk.third_parties.queries import names as parties
from amends.desk.web.pictures import PICTURES
from amends.desk.workplace import forms, queries
from amends.desk.workplace.actions import holding_message
from amends.desk.workplace.outside import next_time

# Shown as they are; everything else is downloaded, so that a stranger's file never runs as a page of ours.
HARMLESS = PICTURES | {"application/pdf"}


def find(number: int) -> Complaint:
    """Return the complaint of a number, or the page that says there is none."""
    complaint = complaints.by_number(number=number)
    if complaint is None:
        raise Http404
    return complaint


def view_words(view: str) -> str:
    """The title of a list."""
    return {
        "now": _("Needs me now"),
        "mine": _("My complaints"),
        "team": _("My team's complaints"),
        "hot": _("Hot"),
        "due": _("Promises due"),
        "waiting": _("Waiting for the customer"),
        "third": _("Waiting for a third party"),
    }.get(view, _("All complaints"))


@login_required
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    return render(request, "workplace/desk.html", _list(request))


@login_required
@never_cache
def rows(request: HttpRequest) -> HttpResponse:
    """The rows alone: after a change, a search, or at the end of a page of them."""
    return render(request, "workplace/rows.html", _list(request) | {"fragment": True})


@login_required
@never_cache
def counts(request: HttpRequest) -> HttpResponse:
    found = complaints.views_with_counts(agent=request.user, now=timezone.now())
    return render(request, "workplace/counts.html", {"counts": found})


@login_required
@never_cache
def complaint(request: HttpRequest, number: int) -> HttpResponse:
    """One complaint beside the list; htmx asks for the complaint alone."""
    row = find(number)
    now_ = timezone.now()
    complaint_actions.mark_read(complaint=row, agent=request.user, now=now_)
    context = _focus(request, row) | {
        "draft": complaints.draft(complaint=row, agent=request.user),
        "composer_key": uuid.uuid4().hex,
    }
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "workplace/focus.html", context)
    return render(request, "workplace/desk.html", context | _list(request))


@login_required
@never_cache
def now(request: HttpRequest, number: int) -> HttpResponse:
    """The complaint as it is now, around the composer that is left alone."""
    row = find(number)
    complaint_actions.mark_read(complaint=row, agent=request.user, now=timezone.now())
    return render(request, "workplace/now.html", _focus(request, row))


@login_required
@never_cache
def sheet(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """One of the side sheets."""
    return show_sheet(request, find(number), name)


SHEETS: dict[str, type[forms.forms.Form] | None] = {
    "bring-in": forms.BringIn,
    "hand-over": forms.HandOver,
    "call": forms.Call,
    "take-five": forms.TakeFive,
    "third-party": forms.ThirdParty,
    "content": None,
    "close": None,
}


def show_sheet(request: HttpRequest, row: Complaint, name: str, *, form: Any = None, trouble: str = "") -> HttpResponse:
    """Draw a sheet, anew or with what is wrong in it."""
    if name not in SHEETS:
        raise Http404
    facts = queries.sheet_facts(reader=request.user)
    if form is None and (kind := SHEETS[name]) is not None:
        form = fill(kind, row=row, facts=facts)
    context = {
        "complaint": row,
        "form": form,
        "facts": facts,
        "trouble": trouble,
        "ways": ways(customer=row.customer),
        "holding": holding_message(language=row.language, time="··:··"),
        "parties": parties() if name == "third-party" else [],
    }
    status = 422 if trouble or (form is not None and form.is_bound) else 200
    return render(request, f"workplace/sheets/{name}.html", context, status=status)


def fill(kind: type[forms.forms.Form], *, row: Complaint, facts: queries.SheetFacts, data: Any = None) -> Any:
    """Make a sheet's form with the choices that it offers."""
    named: dict[str, Any] = {}
    if kind in {forms.BringIn, forms.HandOver}:
        named["colleagues"] = facts.colleagues
    if kind is forms.ThirdParty:
        named["initial"] = {"until": next_time(agent=row.owner, now=timezone.now()), "told": "write"}
    return kind(data, **named)


@login_required
@never_cache
def palette(request: HttpRequest) -> HttpResponse:
    """Every action and complaint that the words find."""
    words = request.GET.get("q", "")
    number = request.GET.get("number", "")
    return render(
        request,
        "workplace/palette.html",
        {
            "choices": queries.choices(words=words, number=int(number) if number.isdecimal() else 0),
            "found": queries.found(agent=request.user, words=words, now=timezone.now()),
            "words": words,
        },
    )


@login_required
def file(request: HttpRequest, pk: int) -> FileResponse:
    """A file that came with a message."""
    del request
    row = get_object_or_404(Attachment, pk=pk)
    shown = row.media_type in HARMLESS
    response = FileResponse(
        row.file.open("rb"),
        as_attachment=not shown,
        filename=row.name,
        content_type=row.media_type if shown else "application/octet-stream",
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'"
    return response


def _list(request: HttpRequest) -> dict[str, Any]:
    asked = request.GET
    view = asked.get("view", "now")
    view = view if view in complaints.VIEWS else "all"
    search = asked.get("q", "").strip()[:200]
    open_number, place, shown = asked.get("open", ""), asked.get("place", ""), asked.get("shown", "")
    try:
        found, more = queries.page_of_rows(
            agent=request.user,
            view=view,
            now=timezone.now(),
            search=search,
            after=asked.get("after", ""),
            open_number=int(open_number) if open_number.isdecimal() else 0,
            place=int(place) if place.isdecimal() else -1,
            shown=int(shown[:6]) if shown.isdecimal() else 0,
        )
    except complaints.UnableToContinue as error:
        raise Http404 from error
    return {
        "rows": found,
        "ages": ages(complaint_ids=[row.id for row in found], now=timezone.now()),
        "more": more,
        "view": view,
        "here": view,
        "search": search,
        "list_title": view_words(view),
        "list_count": complaints.count(agent=request.user, view=view, now=timezone.now(), search=search),
        "list_address": reverse("workplace:list"),
    }


def _focus(request: HttpRequest, row: Complaint) -> dict[str, Any]:
    return {
        "complaint": row,
        "focus": queries.focus(complaint=row, reader=request.user, now=timezone.now()),
        "view": request.GET.get("view", "now"),
    }
