"""What is chosen when it gets hot: how long to rest, when to call, whom to ask."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from amends.desk.calm import said
from amends.desk.workplace.forms import area
from amends.engine.promises.calendar import NoWorkingTimeError, WorkingCalendar

LENGTHS: Final = (10, 20, 40, 60)  # minutes
ROUND: Final = 300  # seconds: a time that can be said
AFTER_OPENING: Final = timedelta(minutes=30)
MOST_SLOTS: Final = 4


def times_to_return(*, calendar: WorkingCalendar, now: datetime) -> list[datetime]:
    """By when somebody can be back: in minutes that can be said, and on the next morning when their day ends before.

    Before their hours the minutes count from the opening, for nobody is to be promised a word while nobody works.
    """
    found: list[datetime] = []
    try:
        begins = calendar.next_opening(now)
    except NoWorkingTimeError:
        begins = now
    for minutes in LENGTHS:
        at = _rounded(begins + timedelta(minutes=minutes)).astimezone(calendar.zone)
        if not calendar.is_open(at):
            at = _next_morning(calendar, at)
        if at not in found:
            found.append(at)
    return found


def _rounded(at: datetime) -> datetime:
    over = at.timestamp() % ROUND
    return at if not over else at + timedelta(seconds=ROUND - over)


def _next_morning(calendar: WorkingCalendar, at: datetime) -> datetime:
    try:
        return calendar.next_opening(at) + AFTER_OPENING
    except NoWorkingTimeError:
        return at


class _Moments(forms.TypedMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


class Rest(forms.Form):
    """Until when, and what the customer is told."""

    until = forms.TypedChoiceField(
        label=_("The customer hears from me by"), coerce=parse_datetime, widget=forms.RadioSelect
    )
    tell = forms.BooleanField(
        label=_("Tell the customer now"),
        required=False,
        initial=True,
        widget=forms.CheckboxInput({"class": "checkbox"}),
    )
    message = forms.CharField(label=_("What you write to the customer"), required=False, widget=area(5))

    def __init__(self, *given: Any, untils: Mapping[str, str], always_tells: bool = False, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["until"].choices = list(untils.items())  # type: ignore[attr-defined]
        if always_tells:
            del self.fields["tell"]

    def told(self) -> str:
        """Return what is to be sent; nothing when they do not tell the customer."""
        return str(self.cleaned_data["message"]) if self.cleaned_data.get("tell", True) else ""

    def clean(self) -> dict[str, Any]:
        """What is told has words."""
        given = super().clean() or {}
        if given.get("tell", True) and not str(given.get("message", "")).strip():
            self.add_error("message", _("Write a word to the customer, or choose not to tell them."))
        return given


class OfferCall(forms.Form):
    """At which times we could call, and the letter that says so."""

    slots = _Moments(label=_("Times that you can keep free"), coerce=parse_datetime)
    message = forms.CharField(label=_("What you write to the customer"), widget=area(11))

    def __init__(self, *given: Any, free: Mapping[str, str], **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["slots"].choices = list(free.items())  # type: ignore[attr-defined]


def with_time(message: str, *, was: datetime | None, until: datetime, now: datetime, language: str) -> str:
    """Put another time into a letter in the place of the one that stood there, whatever else was changed in it."""
    if was is None:
        return message
    for say in (said.by, said.at):
        message = message.replace(say(was, now=now, language=language), say(until, now=now, language=language))
    return message.replace(said.hour(was, language=language), said.hour(until, language=language))
