"""What the agent sees: the list, one complaint, the sheets beside it, the palette."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from amends.desk.channels import queries as channels
from amends.desk.channels.phone import conversing
from amends.desk.complaints import actions as complaint_actions
from amends.desk.complaints import queries as complaints
from amends.desk.complaints import whole
from amends.desk.complaints.models import Attachment, Complaint, Event
from amends.desk.customers.queries import ways
from amends.desk.people.limits import limits
from amends.desk.third_parties.queries import names as parties
from amends.desk.web.files import SentFile, shown_aside
from amends.desk.web.pictures import PICTURES
from amends.desk.workplace import forms, lists, queries
from amends.desk.workplace.outside import next_time

# Shown as they are; everything else is downloaded, so that a stranger's file never runs as a page of ours.
HARMLESS = PICTURES | {"application/pdf"}


LONGEST_SHOWN = 2_000_000  # bytes of a letter; what is longer holds a file


def find(number: int) -> Complaint:
    """Return the complaint of a number, or the page that says there is none."""
    complaint = complaints.by_number(number=number)
    if complaint is None:
        raise Http404
    return complaint


@login_required
@never_cache
def complaint(request: HttpRequest, number: int) -> HttpResponse:
    """One complaint beside the list; htmx asks for the complaint alone."""
    alone = request.htmx and not request.htmx.history_restore_request
    newest = 0 if alone else queries.newest_event()  # before anything is read: what comes meanwhile is told
    row = find(number)
    complaint_actions.mark_read(complaint=row, agent=request.user, now=timezone.now())
    context = _focus(request, row) | {"composer_key": uuid.uuid4().hex}
    if alone:
        return render(request, "workplace/focus.html", context)
    # The list comes a moment later: who opens a conversation reads that first.
    context |= {"newest": newest, "list_later": True}
    return render(request, "workplace/desk.html", context)


@login_required
@never_cache
def now(request: HttpRequest, number: int) -> HttpResponse:
    """The complaint as it is now, around the composer that is left alone."""
    row = find(number)
    complaint_actions.mark_read(complaint=row, agent=request.user, now=timezone.now())
    return render(request, "workplace/now.html", _focus(request, row))


def message(number: int, pk: int) -> Event:
    """Return one of a complaint's messages, or of those merged into it, or the page that says there is none."""
    return get_object_or_404(Event, pk=pk, complaint__in=whole.ids(find(number)))


@login_required
@never_cache
def raw(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """A letter as it came, headers and all: shown as plain text that can run nothing."""
    del request
    letter = channels.raw_of_message(event_id=message(number, pk).pk)
    if letter is None:
        raise Http404
    answer = HttpResponse(letter[:LONGEST_SHOWN], content_type="text/plain; charset=utf-8")
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


@login_required
@never_cache
def sheet(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """One of the side sheets."""
    return show_sheet(request, find(number), name)


SHEETS: dict[str, type[forms.forms.Form] | None] = {
    "bring-in": forms.BringIn,
    "call": forms.Call,
    "third-party": forms.ThirdParty,
    "content": None,
    "close": None,
}


def show_sheet(request: HttpRequest, row: Complaint, name: str, *, form: Any = None, trouble: str = "") -> HttpResponse:
    """Draw a sheet, anew or with what is wrong in it."""
    if name not in SHEETS:
        raise Http404
    facts = queries.sheet_facts(reader=request.user, complaint=row, now=timezone.now())
    if form is None and (kind := SHEETS[name]) is not None:
        form = fill(kind, row=row, facts=facts)
    context = {
        "complaint": row,
        "form": form,
        "facts": facts,
        "trouble": trouble,
        "ways": ways(customer=row.customer),
        "parties": parties() if name == "third-party" else [],
    }
    if name == "call":
        now = timezone.now()
        context |= {"names": conversing.names(complaint=row), "clock": now, "hold_limit": limits().hold}
    status = 422 if trouble or (form is not None and form.is_bound) else 200
    return render(request, f"workplace/sheets/{name}.html", context, status=status)


def fill(kind: type[forms.forms.Form], *, row: Complaint, facts: queries.SheetFacts, data: Any = None) -> Any:
    """Make a sheet's form with the choices that it offers."""
    named: dict[str, Any] = {}
    if kind is forms.BringIn:
        named |= {"colleagues": facts.colleagues, "speaking": row.language}
    if kind is forms.ThirdParty:
        named["initial"] = {"until": next_time(agent=row.owner, now=timezone.now()), "told": "write"}
    if kind is forms.Call:
        named["initial"] = {"spoken_with": row.customer.name, "began": timezone.now().isoformat(), "way": "phone"}
    return kind(data, **named)


@login_required
@never_cache
def palette(request: HttpRequest) -> HttpResponse:
    """Every action and complaint that the words find."""
    words = request.GET.get("q", "")
    told = request.GET.get("number", "")
    number = int(told[:9]) if told.isdecimal() else 0
    return render(
        request,
        "workplace/palette.html",
        {
            "choices": queries.choices(agent=request.user, words=words, number=number),
            "found": queries.found(agent=request.user, words=words, now=timezone.now()),
            "words": words,
        },
    )


@login_required
def file(request: HttpRequest, pk: int) -> SentFile:
    """A file that came with a message."""
    del request
    return shown_aside(get_object_or_404(Attachment, pk=pk), kinds=HARMLESS)


def _focus(request: HttpRequest, row: Complaint) -> dict[str, Any]:
    return {
        "complaint": row,
        "focus": queries.focus(complaint=row, reader=request.user, now=timezone.now()),
        **lists.heading(lists.asked(request.GET, agent=request.user)),
    }
