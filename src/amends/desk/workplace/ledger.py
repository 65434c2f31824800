"""The ledger of promises from the agent's side: by hand, withdrawn, told in advance, made good again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import By, Channel, Complaint, Event, EventKind
from amends.desk.customers.queries import greeting_name
from amends.desk.people.models import Agent
from amends.desk.promises import actions as promises
from amends.desk.promises import queries as ledger
from amends.desk.promises.models import Promise
from amends.desk.web import wording
from amends.desk.workplace import actions, forms, screens
from amends.desk.workplace.acts import UNABLE, done


@transaction.atomic
def promise_by_hand(
    *, complaint: Complaint, by: Agent, words: str, due_at: datetime, every: str, told_in: str, now: datetime
) -> Promise:
    """Write down what was promised aloud; the customer was spoken with, so that is on the timeline too.

    :raises UnableToPromise: if it lacks words or a time that is still ahead
    """
    event = complaints.append(
        complaint=complaint,
        kind=EventKind.CALLED,
        by=By.AGENT,
        agent=by,
        text=words,
        channel=Channel.VISIT if told_in == "visit" else Channel.PHONE,
        now=now,
    )
    return promises.make(
        complaint=complaint,
        owner=by,
        made_in=event,
        words=words,
        due_at=due_at,
        whole_day=False,
        every=every or None,
        now=now,
    )


@transaction.atomic
def tell_in_advance(*, promise: Promise, by: Agent, text: str, due_at: datetime, now: datetime) -> Event:
    """Write to the customer that a promise will not be kept, with a new time that is a promise itself.

    :raises UnableToReply: if nothing is written
    :raises UnableToPromise: if the new time has passed already, or they were told before
    """
    undertaken = actions.Undertaken(words=promise.words, start=0, end=0, due_at=due_at)
    event = actions.reply(complaint=promise.complaint, by=by, text=text, undertaken=[undertaken], now=now)
    promises.give_notice(promise=promise, by=by, told_in=event, now=now)
    return event


def opening_of_a_notice(*, promise: Promise) -> str:
    """The first sentences of telling in advance, in the customer's own language: sorry first, and no excuse."""
    complaint = promise.complaint
    with translation.override(complaint.language):
        return _(
            "Hello %(name)s,\n\nI am sorry. I promised you something for %(time)s, and I will not manage it by then. "
            "You hear it from me now so that you need not wait in vain.\n\n"
        ) % {
            "name": greeting_name(customer=complaint.customer, reader_language=complaint.language),
            "time": wording.weekday_and_day(timezone.localtime(promise.due_at).date(), language=complaint.language),
        }


@login_required
@never_cache
def by_hand(request: HttpRequest, number: int) -> HttpResponse:
    row = screens.find(number)
    form = forms.PromiseByHand(request.POST or None)
    trouble = ""
    if form.is_valid():
        try:
            promise_by_hand(complaint=row, by=request.user, now=timezone.now(), **form.cleaned_data)
            return done(request, number, _("It is in the ledger."))
        except UNABLE as error:
            trouble = str(error)
    return _sheet(request, "promise", {"form": form, "complaint": row, "trouble": trouble})


@login_required
@never_cache
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask how the customer agreed, then withdraw."""
    promise = _find(pk)
    form = forms.WithdrawPromise(request.POST or None)
    trouble = ""
    if form.is_valid():
        try:
            promises.withdraw(promise=promise, by=request.user, now=timezone.now(), **form.cleaned_data)
            return done(request, promise.complaint.number, _("The promise is withdrawn."))
        except UNABLE as error:
            trouble = str(error)
    return _sheet(
        request, "withdraw", {"form": form, "promise": promise, "complaint": promise.complaint, "trouble": trouble}
    )


@login_required
@never_cache
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell the customer before the time that a promise will not be kept."""
    promise = _find(pk)
    form = forms.NoticeOfPromise(request.POST or None, initial={"text": opening_of_a_notice(promise=promise)})
    trouble = ""
    if form.is_valid():
        try:
            tell_in_advance(promise=promise, by=request.user, now=timezone.now(), **form.cleaned_data)
            return done(
                request, promise.complaint.number, _("The customer knows. Ask whether the new time suits them.")
            )
        except UNABLE as error:
            trouble = str(error)
    return _sheet(
        request, "notice", {"form": form, "promise": promise, "complaint": promise.complaint, "trouble": trouble}
    )


@login_required
@require_POST
def sorry(request: HttpRequest, number: int) -> HttpResponse:
    """Check a draft that makes amends for a broken promise: its four steps, while it is written."""
    row = screens.find(number)
    steps = ledger.apology(
        complaint=row, text=request.POST.get("text", "")[: actions.LONGEST_REPLY], now=timezone.now()
    )
    return render(request, "promises/sorry.html", {"steps": steps, "complaint": row})


def _find(pk: int) -> Promise:
    return get_object_or_404(Promise.objects.select_related("complaint__customer", "complaint__owner", "owner"), pk=pk)


def _sheet(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    status = 422 if context["form"].is_bound else 200
    return render(request, f"workplace/sheets/{name}.html", context, status=status)
