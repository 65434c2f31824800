"""The letters that a law knows: each leaves with all that the law wants in it, together with what it does, or not."""

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
from amends.desk.clocks.forms import FinalForm, HoldingForm, NoticeForm
from amends.desk.clocks.models import Clock
from amends.desk.clocks.words import LETTERS, body_of
from amends.desk.complaints.models import Event, EventKind, Stage
from amends.desk.people.models import Agent
from amends.desk.people.organisation import organisation_name
from amends.desk.workplace import actions
from amends.desk.workplace.acts import UNABLE, done
from amends.engine.clocks.legal import LegalClock

EVENING: Final = time(18)
UNABLE_TO_EXTEND = (*UNABLE, clocks.UnableToExtend, clocks.UnableToMark, letters.UnableToWriteNotice)


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
            expected=by_evening(told["expected"], agent=request.user),
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


@transaction.atomic
def confirm_receipt(*, clock: Clock, by: Agent, now: datetime) -> Event:
    """Write to the customer that the complaint is here, with what the law wants in it; the day in it is a promise.

    :raises UnableToWriteNotice: if the law asks for no such letter, or its time has passed
    """
    law = _law_of(clock)
    if law is None or not law.receipt or clock.due_at is None or clock.due_at <= now:
        raise letters.UnableToWriteNotice(_("The law asks for no such letter."))
    language, last_day = clock.complaint.language, _last_day(clock)
    words = letters.receipt_text(clock=clock, law=law, last_day=last_day, organisation=organisation_name())
    promised = actions.Undertaken(
        words=letters.receipt_promise(law=law, last_day=last_day, language=language),
        start=0,
        end=0,
        due_at=datetime.combine(last_day, EVENING, clock.complaint.owner.calendar().zone),
        whole_day=True,
    )
    undertaken = [promised] if "answer-time" in law.receipt and promised.due_at > now else []
    return actions.reply(complaint=clock.complaint, by=by, text=words, undertaken=undertaken, now=now)


@transaction.atomic
def send_final_letter(*, clock: Clock, by: Agent, kind: str, letter: letters.FinalLetter, now: datetime) -> Event:
    """Write the final answer, a no, or what follows the customer's yes, with the customer's own rights in it.

    The first two are marked as the final answer of the law in the same moment.

    :raises UnableToWriteNotice: if the law knows no such letter, or it would lack what the law wants in it
    :raises UnableToMark: if a reply is marked as the final answer already
    """
    law = _law_of(clock)
    wanted = law.letters.get(kind, ()) if law is not None else ()
    is_over = clock.complaint.stage not in {Stage.RECEIVED, Stage.ANSWERED}
    if not wanted or kind not in letters.FINAL or is_over != (kind == "settled"):
        raise letters.UnableToWriteNotice(_("The law asks for no such letter."))
    letters.check_final(letter, wanted=wanted, now=now)
    words = letters.final_text(letter, kind=kind, clock=clock, wanted=wanted, organisation=organisation_name())
    event = actions.reply(complaint=clock.complaint, by=by, text=words, now=now)
    if kind != "settled":
        clocks.mark_final_answer(complaint=clock.complaint, by=by, now=now)
    return event


@login_required
@never_cache
def law_letter(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Ask for what belongs into a letter of the law, then send it; `kind` says which one."""
    clock, law = _clock_and_law(number, pk)
    kind = request.GET.get("kind") or next(iter(law.letters), "")
    if kind not in law.letters:
        raise Http404
    more: dict[str, object] = {
        "requires": queries.letter_words(law, kind=kind),
        "kind": kind,
        "title": LETTERS[kind],
        "kinds": [(name, LETTERS[name]) for name in may_leave(law, clock)],
    }
    match kind:
        case "receipt":
            return _send_receipt(request, clock, law, more)
        case "holding":
            return _send_holding(request, clock, law, more)
        case _:
            return _send_final(request, clock, law, kind, more)


def _send_receipt(request: HttpRequest, clock: Clock, law: LegalClock, more: Mapping[str, object]) -> HttpResponse:
    def send(told: dict[str, Any]) -> str:
        del told
        confirm_receipt(clock=clock, by=request.user, now=timezone.now())
        return _("The customer is told.")

    text = letters.receipt_text(clock=clock, law=law, last_day=_last_day(clock), organisation=organisation_name())
    form = Form(request.POST if request.method == "POST" else None)
    return _ask_and_send(request, clock, form, send, template="clocks/letter.html", more={**more, "preview": text})


def _send_holding(request: HttpRequest, clock: Clock, law: LegalClock, more: Mapping[str, object]) -> HttpResponse:
    def send(told: dict[str, Any]) -> str:
        holding = letters.Holding(
            reason=told.get("reason", ""),
            expected=by_evening(told["expected"], agent=request.user),
            ombudsman=told.get("ombudsman", ""),
        )
        hold_with_letter(clock=clock, by=request.user, holding=holding, now=timezone.now())
        return _("The customer is told.")

    form = HoldingForm(request.POST or None, law=law, initial={"ombudsman": body_of(clock.code)})
    return _ask_and_send(request, clock, form, send, template="clocks/letter.html", more=more)


def _send_final(
    request: HttpRequest, clock: Clock, law: LegalClock, kind: str, more: Mapping[str, object]
) -> HttpResponse:
    now = timezone.now()

    def send(told: dict[str, Any]) -> str:
        send_final_letter(clock=clock, by=request.user, kind=kind, letter=letters.FinalLetter(**told), now=now)
        return _("The customer has it.") if kind == "settled" else _("The customer has our final answer.")

    form = FinalForm(
        request.POST or None,
        kind=kind,
        wanted=law.letters[kind],
        initial={"ombudsman": body_of(clock.code), "until": queries.referral_day(clock=clock, law=law, now=now)},
    )
    return _ask_and_send(request, clock, form, send, template="clocks/letter.html", more=more)


def may_leave(law: LegalClock, clock: Clock) -> list[str]:
    """Between which letters one may choose in the sheet: after the customer's yes it is another than before."""
    is_over = clock.complaint.stage not in {Stage.RECEIVED, Stage.ANSWERED}
    spoke = clock.complaint.events.filter(kind=EventKind.REPLIED).exists()
    return [name for name in law.letters if (name == "settled") == is_over and not (name == "receipt" and spoke)]


def _law_of(clock: Clock) -> LegalClock | None:
    known = queries.law(code=clock.code)
    return known[0] if known is not None else None


def _last_day(clock: Clock) -> date:
    """The last day of a limit, where the customer's team is; of one in hours the day on which it ends."""
    if clock.due_day is not None:
        return clock.due_day
    zone = clock.complaint.owner.calendar().zone
    return (clock.due_at or clock.started_at).astimezone(zone).date()


def _clock_and_law(number: int, pk: int) -> tuple[Clock, LegalClock]:
    found = Clock.objects.select_related("complaint__customer", "complaint__owner")
    clock = get_object_or_404(found, pk=pk, complaint__number=number)
    known = queries.law(code=clock.code)
    if known is None:
        raise Http404
    return clock, known[0]


def by_evening(day: date, *, agent: Agent) -> datetime:
    """The end of a day where somebody works."""
    return datetime.combine(day, EVENING, ZoneInfo(agent.time_zone))


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
