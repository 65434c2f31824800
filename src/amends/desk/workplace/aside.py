"""Putting a complaint aside until later: at which times it could come back, and what falls due before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from amends.desk.clocks import queries as clocks
from amends.desk.clocks.models import State as ClockState
from amends.desk.complaints import aside
from amends.desk.complaints.models import Complaint, Event
from amends.desk.people.models import Agent
from amends.desk.promises.models import Promise
from amends.desk.promises.models import State as PromiseState
from amends.desk.web import wording
from amends.desk.web.fields import HourField
from amends.desk.workplace import acts, screens
from amends.desk.workplace.undoing import events_line
from amends.engine.promises.calendar import NoWorkingTimeError, WorkingCalendar

NINE: Final = time(9, 0)
DAYS_OFFERED: Final = 60
LATER_TODAY: Final = (timedelta(hours=3), timedelta(hours=1))
HALF_HOUR: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A time at which a complaint could come back, under the word by which one means it."""

    word: str
    at: datetime
    aside: str  # its hour, with the day unless the word says it

    @property
    def value(self) -> str:
        return self.at.isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """A promise or a time limit that falls due before."""

    words: str  # the very words of a promise, or the name of a limit
    is_promise: bool
    due_at: datetime
    whole_day: bool


def offered(*, agent: Agent, now: datetime) -> list[Offered]:
    """List later today, the next working day and the beginning of the next week, in the agent's calendar.

    Later today is left out near the end of the day; whose week begins on Saturday is offered that.
    """
    calendar, language = agent.calendar(), _language()
    today = now.astimezone(calendar.zone).date()
    found = [
        Offered(word=_("Later today"), at=at, aside=wording.clock(at, language=language))
        for at in _later_today(calendar, now)
    ]
    mornings = [_morning(calendar, today + timedelta(days=1)), _morning(calendar, _next_week(calendar, today))]
    for at in dict.fromkeys(mornings):
        tomorrow = at.date() == today + timedelta(days=1)
        word = _("Tomorrow") if tomorrow else wording.weekday(at.date(), language=language)
        hour = wording.clock(at, language=language)
        beside = hour if tomorrow else f"{wording.day(at.date(), language=language, year=False)} · {hour}"
        found.append(Offered(word=word[:1].upper() + word[1:], at=at, aside=beside))
    return found


def next_working_day(*, agent: Agent, now: datetime) -> datetime:
    """The morning of the next day that the agent works, by their own calendar."""
    calendar = agent.calendar()
    return _morning(calendar, now.astimezone(calendar.zone).date() + timedelta(days=1))


def falls_before(*, complaint: Complaint, until: datetime, now: datetime) -> list[Before]:
    """Find the open promises and running time limits of a complaint that fall due by then, the first one first."""
    due = Promise.objects.filter(complaint=complaint, state=PromiseState.OPEN, due_at__lte=until)
    found = [Before(words=row.words, is_promise=True, due_at=row.due_at, whole_day=row.whole_day) for row in due]
    found += [
        Before(words=line.name, is_promise=False, due_at=line.due_at, whole_day=line.whole_day)
        for line in clocks.pane(complaint=complaint, now=now).lines
        if line.state == ClockState.RUNNING and line.due_at is not None and line.due_at <= until
    ]
    return sorted(found, key=lambda one: one.due_at)


def put_aside(*, complaint: Complaint, by: Agent, until: datetime, now: datetime, knows: bool = False) -> Event:
    """Put a complaint aside, and past what falls due before only if the agent was told and knows.

    :raises PassesOver: if something falls due before, and they have not said that they know
    :raises UnableToPutAside: if it cannot be put aside
    """
    passes = bool(falls_before(complaint=complaint, until=until, now=now))
    if passes and not knows:
        raise aside.PassesOver(_("Something falls due before then."))
    return aside.put_aside(complaint=complaint, by=by, until=until, passes=passes, now=now)


class Until(forms.Form):
    """A time that was offered, or a day and an hour of one's own."""

    when = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M:%S%z"])
    day = forms.ChoiceField(label=gettext_lazy("Day"), widget=forms.Select(attrs={"class": "select"}), required=False)
    hour = HourField(label=gettext_lazy("Hour"), required=False)

    def __init__(self, *given: Any, agent: Agent, now: datetime, **named: Any) -> None:
        calendar = agent.calendar()
        self.zone = calendar.zone
        today = now.astimezone(self.zone).date()
        opening = _morning(calendar, today + timedelta(days=1))
        super().__init__(*given, initial={"day": opening.date().isoformat(), "hour": opening.time()}, **named)
        self.offers = offered(agent=agent, now=now)
        days = [today + timedelta(days=ahead) for ahead in range(DAYS_OFFERED)]
        choices = [(day.isoformat(), _day_words(day, today)) for day in days]
        self.fields["day"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Make one moment of what was chosen."""
        given = super().clean() or {}
        until = given.get("when")
        if until is None and given.get("day"):
            day = date.fromisoformat(given["day"])
            until = datetime.combine(day, given.get("hour") or NINE, self.zone)
        if until is None:
            raise forms.ValidationError(_("Choose when it is to come back."))
        return {**given, "until": until}


@login_required
@never_cache
def sheet(request: HttpRequest, number: int) -> HttpResponse:
    """Ask until when, and say what falls due before."""
    row, now = screens.find(number), timezone.now()
    asked = request.method == "POST"
    form = Until(request.POST if asked else None, agent=request.user, now=now)
    never = aside.why_not(complaint=row, by=request.user)
    trouble, before, until = never, [], None
    if not never and form.is_valid():
        until = form.cleaned_data["until"]
        try:
            event = put_aside(complaint=row, by=request.user, until=until, knows="knows" in request.POST, now=now)
        except aside.PassesOver:
            before = falls_before(complaint=row, until=until, now=now)
        except aside.UnableToPutAside as error:
            trouble = str(error)
        else:
            return acts.done(request, number, _said(until, now), undo=events_line(by=request.user, events=[event]))
    context = {"complaint": row, "form": form, "trouble": trouble, "never": never, "before": before, "until": until}
    return render(request, "workplace/sheets/snooze.html", context, status=422 if asked else 200)


@login_required
@require_POST
def back(request: HttpRequest, number: int) -> HttpResponse:
    """Put it back among the others."""
    try:
        event = aside.bring_back(complaint=screens.find(number), by=request.user, now=timezone.now())
    except aside.UnableToPutAside as error:
        return acts.refused(request, number, error)
    return acts.done(request, number, _("It is back in the list."), undo=events_line(by=request.user, events=[event]))


def _said(until: datetime, now: datetime) -> str:
    local, here = timezone.localtime(until), timezone.localtime(now)
    when = wording.due(local, now=here, whole_day=False, language=_language())
    return _("Put aside: %(when)s. If the customer writes before, it is back at once.") % {"when": when}


def _day_words(day: date, today: date) -> str:
    words = wording.weekday_and_day(day, language=_language())
    near = {0: _("today"), 1: _("tomorrow")}.get((day - today).days)
    return f"{near} · {words}" if near else words


def _later_today(calendar: WorkingCalendar, now: datetime) -> Iterable[datetime]:
    """In some hours, on the half-hour; in one hour where that would be after work."""
    for length in LATER_TODAY:
        at = _on_the_half_hour(now.astimezone(calendar.zone) + length)
        if calendar.is_open(at) and at.date() == now.astimezone(calendar.zone).date():
            return [at]
    return []


def _on_the_half_hour(at: datetime) -> datetime:
    past = timedelta(minutes=at.minute % 30, seconds=at.second, microseconds=at.microsecond)
    return at if not past else at + HALF_HOUR - past


def _next_week(calendar: WorkingCalendar, today: date) -> date:
    try:
        return calendar.start_of_week(today) + timedelta(days=7)
    except NoWorkingTimeError:
        return today + timedelta(days=7 - today.weekday())


def _morning(calendar: WorkingCalendar, day: date) -> datetime:
    """When work begins on a day, or on the next one that is worked; nine where nobody said when."""
    midnight = datetime.combine(day, time.min, calendar.zone)
    try:
        return calendar.next_opening(midnight)
    except NoWorkingTimeError:
        return datetime.combine(day, NINE, calendar.zone)


def _language() -> str:
    return (get_language() or "en").split("-")[0]
