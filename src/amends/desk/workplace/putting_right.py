"""Putting right, in one step from the case: what, at whose cost, by when; a yes where needed; the customer told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from amends.desk.complaints.models import Complaint, Event
from amends.desk.people.models import Agent, Team
from amends.desk.remedies import actions, asking, fault, queries, room, rules, words
from amends.desk.remedies.models import Carrier, Fault, Kind, Remedy, Request, Rule, State
from amends.desk.web import wording
from amends.desk.web.fields import AmountField
from amends.desk.workplace import actions as workplace
from amends.desk.workplace.acts import UNABLE, done, refused
from amends.desk.workplace.forms import Moment, area, input_, line
from amends.desk.workplace.screens import find
from amends.engine.promises.calendar import NoWorkingTimeError

ALSO_UNABLE = (*UNABLE, asking.UnableToAsk, asking.UnableToAnswer)
ANOTHER_RULE = "other"
DAY_ENDS = time(18, 0)  # where nobody works by a calendar


class PutRight(forms.Form):
    """One step: what puts it right, what it costs, who carries it, by when, and which rule gives way."""

    kind = forms.ChoiceField(label=gettext_lazy("What puts it right"), choices=Kind.choices, widget=forms.RadioSelect)
    what = line(gettext_lazy("In words"), most=300, required=False)
    cost = AmountField(
        label=gettext_lazy("What it costs us"),
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
        initial=0,
        widget=forms.TextInput(attrs=input_(inputmode="decimal", autocomplete="off", dir="ltr")),
    )
    currency = forms.CharField(
        label=gettext_lazy("Currency"),
        max_length=3,
        required=False,
        widget=forms.TextInput(attrs=input_(dir="ltr")),
    )
    # Nothing is chosen before: what is only decided must not stand there as done.
    when = forms.ChoiceField(
        label=gettext_lazy("When"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say whether it is done already, or by when it will be.")},
    )
    due_at = Moment(label=gettext_lazy("By then"), required=False)
    carrier = forms.ChoiceField(
        label=gettext_lazy("Who carries it"),
        required=False,
        widget=forms.Select(attrs={"class": "select"}),
        initial=Carrier.US,
    )
    carrier_name = line(gettext_lazy("Which third party"), most=200, required=False)
    rule = forms.ChoiceField(
        label=gettext_lazy("Which rule it bends"), required=False, widget=forms.Select(attrs={"class": "select"})
    )
    reason = line(
        gettext_lazy("Why"),
        most=300,
        required=False,
        help_text=gettext_lazy("Needed when a rule gives way, and when somebody has to say yes."),
    )

    def __init__(
        self, *arguments: Any, complaint: Complaint, end_of_day: datetime, now: datetime, language: str, **named: Any
    ) -> None:
        super().__init__(*arguments, **named)
        self._end_of_day = end_of_day
        end = wording.due(
            timezone.localtime(end_of_day), now=timezone.localtime(now), whole_day=False, language=language
        )
        self._choose(
            "when",
            [
                ("now", _("it is done")),
                ("today", _("to be done: %(time)s") % {"time": end}),
                ("by", _("to be done by another time")),
                ("open", _("to be done, without a time")),
            ],
        )
        teams = [(f"team:{team.pk}", team.name) for team in Team.objects.order_by("name")]
        self._choose(
            "carrier",
            [(Carrier.US, Carrier.US.label), *teams, (Carrier.THIRD_PARTY, Carrier.THIRD_PARTY.label)],
        )
        meant = {str(self.initial.get("rule", "")), str(self.data.get("rule", ""))}
        known = [(str(pk), title) for pk, title in queries.rules_to_bend(complaint=complaint, meant=meant)]
        self._choose("rule", [("", _("none")), *known, (ANOTHER_RULE, _("one that is not written down"))])

    def clean(self) -> dict[str, Any]:
        """Ask in which money it costs something, and by when it is to be done."""
        given = super().clean() or {}
        if given.get("cost") and not given.get("currency"):
            self.add_error("currency", _("In which money? Three letters: TRY, IRR, MNT, EUR …"))
        if given.get("when") == "by" and not given.get("due_at") and "due_at" not in self.errors:
            self.add_error("due_at", _("Choose the time."))
        return given

    def plan(self) -> actions.Plan:
        """What was chosen, as the action takes it."""
        told = self.cleaned_data
        carrier, when = told["carrier"] or Carrier.US, told["when"]
        team = carrier.removeprefix("team:") if carrier.startswith("team:") else ""
        rule = told["rule"] if told["rule"] not in {"", ANOTHER_RULE} else ""
        due = {"today": self._end_of_day, "by": told["due_at"]}.get(when)
        return actions.Plan(
            kind=told["kind"],
            what=told["what"],
            cost=told["cost"],
            currency=told["currency"],
            is_exception=bool(told["rule"]),
            rule=Rule.objects.get(pk=rule) if rule else None,
            reason=told["reason"],
            carrier=Carrier.TEAM if team else carrier,
            carrier_team=Team.objects.get(pk=team) if team else None,
            carrier_name=told["carrier_name"],
            to_be_done=when != "now",
            due_at=due,
        )

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


class Word(forms.Form):
    """A word to the customer that is proposed, and that a person sends."""

    text = forms.CharField(label=gettext_lazy("What you write to the customer"), widget=area(7))


class HoldingWord(Word):
    due_at = Moment(label=gettext_lazy("The time that you name in it"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the sheet says beside its fields."""

    room: room.Room
    asked: str  # who would be asked above it


@login_required
@never_cache
def put_right(request: HttpRequest, number: int) -> HttpResponse:
    """Put a complaint right; what is above one's limit is asked for."""
    row, now = find(number), timezone.now()
    form = PutRight(
        request.POST or None,
        complaint=row,
        initial=_beginning(request, row),
        end_of_day=end_of_day(agent=row.owner, now=now),
        now=now,
        language=request.user.language,
    )
    trouble = ""
    if form.is_valid():
        try:
            made = put_right_or_ask(complaint=row, by=request.user, plan=form.plan(), now=now)
        except ALSO_UNABLE as error:
            trouble = str(error)
        else:
            return _after(request, row, made, now=now)
    context = {
        "form": form,
        "complaint": row,
        "trouble": trouble,
        "choices": _choices(row, request.user, now=now),
        "fault": Fault.objects.filter(complaint=row, lifted_at__isnull=True).exists(),
    }
    return render(request, "workplace/sheets/put-right.html", context, status=422 if form.is_bound else 200)


def put_right_or_ask(*, complaint: Complaint, by: Agent, plan: actions.Plan, now: datetime) -> Remedy | Request:
    """Put right what is within one's room, and ask for the rest.

    :raises UnableToPutRight: if something in the plan does not do
    :raises UnableToAsk: if nobody else could say yes
    """
    given = {name: getattr(plan, name) for name in plan.__dataclass_fields__}
    try:
        with transaction.atomic():
            return actions.put_right(complaint=complaint, by=by, now=now, **given)
    except actions.AboveTheLimit:
        return asking.ask(complaint=complaint, by=by, plan=plan, now=now)


def hold_customer(*, request: Request, by: Agent, text: str, due_at: datetime, now: datetime) -> Event:
    """Write to the customer when they hear more, while somebody is asked; the time in it is a promise.

    :raises UnableToReply: if nothing is written
    :raises UnableToPromise: if the time has passed already
    """
    row = request.complaint
    undertaken = workplace.Undertaken(
        words=words.word_promised(complaint=row, by=due_at), start=0, end=0, due_at=due_at
    )
    return workplace.reply(complaint=row, by=by, text=text, undertaken=[undertaken], is_on_the_way=True, now=now)


def end_of_day(*, agent: Agent, now: datetime) -> datetime:
    """When work ends today, else on the next working day: 'replace it today'."""
    calendar = agent.calendar()
    try:
        begins = calendar.next_opening(now + timedelta(minutes=1))
    except NoWorkingTimeError:
        begins = now
    ends = calendar.last_working_moment(begins.astimezone(calendar.zone).date())
    if ends is not None and ends > now:
        return ends
    local = now.astimezone(calendar.zone)
    day = local.date() if local.time() < DAY_ENDS else local.date() + timedelta(days=1)
    return datetime.combine(day, DAY_ENDS, calendar.zone)


@login_required
@require_POST
def finish(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Tick a remedy off beside its case, or drop it."""
    remedy = get_object_or_404(Remedy, pk=pk, complaint__number=number)
    act = actions.drop if "drop" in request.GET else actions.finish
    try:
        act(remedy=remedy, by=request.user, now=timezone.now())
    except ALSO_UNABLE as error:
        return refused(request, number, error)
    return done(request, number, _("Recorded."))


@login_required
@never_cache
def tell(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Propose the word in which the customer hears what was done, or what will be."""
    row, now = find(number), timezone.now()
    remedy = get_object_or_404(Remedy.objects.select_related("promise"), pk=pk, complaint=row)
    form = Word(request.POST) if request.method == "POST" else None
    trouble = ""
    if form is not None and form.is_valid():
        try:
            workplace.reply(complaint=row, by=request.user, text=form.cleaned_data["text"], now=now)
            return done(request, number, _("The customer knows."))
        except ALSO_UNABLE as error:
            trouble = str(error)
    return _show_tell(request, row, remedy, form=form, trouble=trouble)


@login_required
@never_cache
def hold(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Propose the word that keeps the customer while somebody is asked, with a time that can be kept."""
    row, now = find(number), timezone.now()
    asked = get_object_or_404(Request.objects.select_related("asked"), pk=pk, complaint=row)
    form = HoldingWord(request.POST) if request.method == "POST" else None
    trouble = ""
    if form is not None and form.is_valid():
        try:
            hold_customer(request=asked, by=request.user, now=now, **form.cleaned_data)
            return done(request, number, _("The customer knows when they hear from you."))
        except ALSO_UNABLE as error:
            trouble = str(error)
    return _show_hold(request, row, asked, now=now, form=form, trouble=trouble)


@login_required
@require_POST
def take_back(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Take a request back that is not needed any more."""
    asked = get_object_or_404(Request, pk=pk, complaint__number=number)
    if request.user.pk not in {asked.by_id, asked.complaint.owner_id}:
        return refused(request, number, asking.UnableToAnswer(_("Only who asked can take it back.")))
    try:
        asking.take_back(request=asked, by=request.user, now=timezone.now())
    except ALSO_UNABLE as error:
        return refused(request, number, error)
    return done(request, number, _("Taken back."))


@login_required
@require_POST
def our_fault(request: HttpRequest, number: int) -> HttpResponse:
    """Mark it as our fault, or take that back."""
    act = fault.lift if "lift" in request.GET else fault.mark
    act(complaint=find(number), by=request.user, now=timezone.now())
    return done(request, number)


@login_required
@require_POST
def because(request: HttpRequest, number: int) -> HttpResponse:
    """Say which rule brought the complaint about."""
    pk = request.POST.get("rule", "")
    rule = get_object_or_404(Rule, pk=int(pk)) if pk.isdecimal() else None
    rules.say_trouble(complaint=find(number), rule=rule, by=request.user, now=timezone.now())
    return done(request, number, _("Saved."))


def _after(request: HttpRequest, row: Complaint, made: Remedy | Request, *, now: datetime) -> HttpResponse:
    """Go on to the word for the customer where one is due: of what was asked for, of what is to be done by when."""
    if isinstance(made, Request):
        said = _("%(name)s is asked.") % {"name": made.asked.name}
        if request.htmx:
            return _and_on(_show_hold(request, row, made, now=now), row, said)
        messages.success(request, said)
        return redirect("workplace:hold", row.number, made.pk)
    if made.promise is None:
        return done(request, row.number, _("Recorded."))
    if request.htmx:
        return _and_on(_show_tell(request, row, made), row, _("Recorded."))
    messages.success(request, _("Recorded."))
    return redirect("workplace:tell", row.number, made.pk)


def _and_on(response: HttpResponse, row: Complaint, said: str) -> HttpResponse:
    """Draw the case anew beside the next sheet."""
    response["HX-Trigger"] = json.dumps({"changed": {}, f"changed-{row.number}": {}, "said": {"words": said}})
    return response


def _show_tell(
    request: HttpRequest, row: Complaint, remedy: Remedy, *, form: Word | None = None, trouble: str = ""
) -> HttpResponse:
    status = 422 if form is not None else 200
    form = form or Word(initial={"text": _told(row, remedy)})
    context = {"form": form, "complaint": row, "remedy": remedy, "trouble": trouble}
    return render(request, "workplace/sheets/tell.html", context, status=status)


def _show_hold(
    request: HttpRequest,
    row: Complaint,
    asked: Request,
    *,
    now: datetime,
    form: HoldingWord | None = None,
    trouble: str = "",
) -> HttpResponse:
    status = 422 if form is not None else 200
    if form is None:
        by = words.word_by(request=asked, owner=row.owner, now=now)
        form = HoldingWord(initial={"text": words.holding(complaint=row, by=by), "due_at": timezone.localtime(by)})
    context = {"form": form, "complaint": row, "asked": asked, "trouble": trouble}
    return render(request, "workplace/sheets/hold.html", context, status=status)


def _told(row: Complaint, remedy: Remedy) -> str:
    what = remedy.what or str(remedy.get_kind_display())
    if remedy.state == State.TO_DO and remedy.promise is not None:
        return words.planned(complaint=row, what=what, by=remedy.promise.due_at)
    return words.done(complaint=row, what=what)


def _beginning(request: HttpRequest, row: Complaint) -> dict[str, Any]:
    kind = request.GET.get("kind", "")
    currency = row.customer.currency or request.user.goodwill_currency
    return {"currency": currency, "kind": kind if kind in Kind.values else None, "rule": request.GET.get("rule", "")}


def _choices(row: Complaint, agent: Agent, *, now: datetime) -> Choices:
    mine = room.room_of(complaint=row, agent=agent, now=now)
    found = room.whom_to_ask(complaint=row, by=agent, cost=mine.left, currency=mine.currency, step=0, now=now)
    return Choices(room=mine, asked=found[0].name_for((get_language() or "en")[:2]) if found is not None else "")
