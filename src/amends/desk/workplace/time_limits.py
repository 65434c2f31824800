"""Extending a legal time limit: the letter to the customer and the extension are one act, or neither happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from amends.desk.clocks import actions as clocks
from amends.desk.clocks import letters, queries
from amends.desk.clocks.forms import HoldingForm, NoticeForm
from amends.desk.clocks.models import Clock
from amends.desk.clocks.words import OMBUDSMEN
from amends.desk.complaints.models import Event
from amends.desk.people.models import Agent
from amends.desk.people.organisation import organisation_name
from amends.desk.workplace import actions
from amends.desk.workplace.acts import UNABLE, done
from amends.engine.clocks.legal import LegalClock

EVENING: Final = time(18)
UNABLE_TO_EXTEND = (*UNABLE, clocks.UnableToExtend, letters.UnableToWriteNotice)


@transaction.atomic
def extend_with_notice(*, clock: Clock, by: Agent, notice: letters.Notice, now: datetime) -> Event:
    """Write to the customer why it takes longer and by when they hear, and extend the limit by this letter.

    :raises UnableToWriteNotice: if the letter would lack what the law wants in it
    :raises UnableToExtend: if the law allows no extension, or no more
    """
    known = queries.law(code=clock.code)
    if known is None or not known[0].can_be_extended:
        raise clocks.UnableToExtend(_("This time limit cannot be extended."))
    law, latest = known[0], queries.latest_due(clock=clock, law=known[0])
    letters.check(notice, law=law, latest=latest, now=now)
    words = letters.text(notice, clock=clock, law=law, organisation=organisation_name())
    promised = actions.Undertaken(
        words=letters.promise(notice, language=clock.complaint.language),
        start=0,
        end=0,
        due_at=notice.expected,
        whole_day=True,
    )
    event = actions.reply(complaint=clock.complaint, by=by, text=words, undertaken=[promised], now=now)
    clocks.extend(clock=clock, by=by, notice=event, now=now)
    return event


@login_required
@never_cache
def extend(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Ask for what belongs into the letter, then send it and extend the limit."""
    clock, law = _clock_and_law(number, pk)
    if not law.can_be_extended:
        raise Http404
    last_day = (queries.latest_due(clock=clock, law=law) - timedelta(minutes=1)).date()

    def send(told: dict[str, Any]) -> str:
        notice = letters.Notice(
            reason=told["reason"],
            expected=_by_evening(told["expected"], request),
            decided_by=told.get("decided_by", ""),
        )
        extend_with_notice(clock=clock, by=request.user, notice=notice, now=timezone.now())
        return _("The customer is told, and the time limit is extended.")

    form = NoticeForm(request.POST or None, law=law, initial={"expected": last_day})
    more = {"requires": queries.required_words(law.requires), "last_day": last_day}
    return _ask_and_send(request, clock, form, send, template="clocks/extend.html", more=more)


@transaction.atomic
def hold_with_letter(*, clock: Clock, by: Agent, holding: letters.Holding, now: datetime) -> Event:
    """Write to the customer what the law wants while there is no final answer; the day in it is a promise.

    :raises UnableToWriteNotice: if the letter would lack what the law wants in it, or the law asks for none
    """
    known = queries.law(code=clock.code)
    if known is None or not known[0].otherwise or clock.done_at is not None:
        raise letters.UnableToWriteNotice(_("The law asks for no such letter."))
    letters.check_holding(holding, law=known[0], now=now)
    words = letters.holding_text(holding, clock=clock, law=known[0], organisation=organisation_name())
    promised = actions.Undertaken(
        words=letters.promise(holding, language=clock.complaint.language),
        start=0,
        end=0,
        due_at=holding.expected,
        whole_day=True,
    )
    return actions.reply(complaint=clock.complaint, by=by, text=words, undertaken=[promised], now=now)


@login_required
@never_cache
def law_letter(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Ask for what belongs into the letter, then send it."""
    clock, law = _clock_and_law(number, pk)
    if not law.otherwise:
        raise Http404

    def send(told: dict[str, Any]) -> str:
        holding = letters.Holding(
            reason=told.get("reason", ""),
            expected=_by_evening(told["expected"], request),
            ombudsman=told.get("ombudsman", ""),
        )
        hold_with_letter(clock=clock, by=request.user, holding=holding, now=timezone.now())
        return _("The customer is told.")

    body = OMBUDSMEN.get(clock.code.partition(".")[0], "")
    form = HoldingForm(request.POST or None, law=law, initial={"ombudsman": body})
    more = {"requires": queries.required_words(law.otherwise)}
    return _ask_and_send(request, clock, form, send, template="clocks/holding.html", more=more)


def _clock_and_law(number: int, pk: int) -> tuple[Clock, LegalClock]:
    found = Clock.objects.select_related("complaint__customer", "complaint__owner")
    clock = get_object_or_404(found, pk=pk, complaint__number=number)
    known = queries.law(code=clock.code)
    if known is None:
        raise Http404
    return clock, known[0]


def _by_evening(day: date, request: HttpRequest) -> datetime:
    return datetime.combine(day, EVENING, ZoneInfo(request.user.time_zone))


def _ask_and_send(
    request: HttpRequest,
    clock: Clock,
    form: Form,
    send: Callable[[dict[str, Any]], str],
    *,
    template: str,
    more: Mapping[str, object],
) -> HttpResponse:
    """Draw the sheet of a letter; with all that belongs into it, send it, or say in the sheet why not."""
    trouble = ""
    if form.is_valid():
        try:
            return done(request, clock.complaint.number, send(form.cleaned_data))
        except UNABLE_TO_EXTEND as error:
            trouble = str(error)
    context = {"form": form, "clock": clock, "complaint": clock.complaint, "trouble": trouble, **more}
    return render(request, template, context, status=422 if form.is_bound else 200)
