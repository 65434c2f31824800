"""What agents type: a complaint after a call or a visit, and the side sheets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from amends.desk.complaints import listed
from amends.desk.complaints.actions import Upload
from amends.desk.complaints.models import Branch, Complaint, Product
from amends.desk.complaints.queries import by_number
from amends.desk.people.models import Agent, Language
from amends.desk.web import wording
from amends.desk.web.fields import FiguresInput
from amends.desk.workplace.actions import Undertaken
from amends.engine.languages.figures import LATIN_DIGITS

MOST_PROMISES = 20


def input_(**attributes: str) -> dict[str, str]:
    return {"class": "input", **attributes}


def read_people(told: str) -> list[int]:
    """Read who was chosen, as the note's form tells them: '3,5'."""
    return [int(one) for one in told[:2_000].split(",") if one.isdecimal() and len(one) < 10]


class NumberOfAnother(forms.CharField):
    """The number of another complaint, however its digits are written: it is the complaint itself, once clean.

    `offered` names the list of the page from which one may choose.
    """

    def __init__(self, *, offered: str = "", label: str = "", required: bool = True) -> None:
        at_once = {"list": offered, "autofocus": ""} if offered else {}
        super().__init__(
            label=label or _("Number of the other complaint"),
            required=required,
            max_length=12,
            widget=forms.TextInput(attrs=input_(inputmode="numeric", autocomplete="off", dir="ltr", **at_once)),
        )

    def clean(self, value: Any) -> Complaint | None:
        told = super().clean(value).translate(LATIN_DIGITS).strip().lstrip("#")
        if not told:
            return None
        other = by_number(number=int(told[:9])) if told.isdecimal() else None
        if other is None:
            raise forms.ValidationError(gettext("There is no complaint of this number."))
        return other


def area(rows: int, **attributes: str) -> forms.Textarea:
    return forms.Textarea(attrs={"class": "textarea", "rows": rows, "dir": "auto", **attributes})


def line(label: Any, *, most: int, required: bool = True, help_text: Any = "", **attributes: str) -> forms.CharField:
    """One line of words, in whichever direction they are written."""
    widget = forms.TextInput(attrs=input_(dir="auto", **attributes))
    return forms.CharField(label=label, max_length=most, required=required, help_text=help_text, widget=widget)


class Moment(forms.DateTimeField):
    """A date-and-time field in the reader's own time."""

    widget = forms.DateTimeInput(attrs={"class": "input", "type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    input_formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class TypedIn(forms.Form):
    """A complaint that somebody told on the telephone or at a visit."""

    channel = forms.ChoiceField(
        label=_("How it reached us"),
        choices=[("phone", _("telephone")), ("visit", _("visit"))],
        widget=forms.RadioSelect,
        initial="phone",
    )
    name = line(_("Name, as the customer writes it"), most=200, autocomplete="off")
    honorific = line(
        _("Address as"), most=40, required=False,
        help_text=_("For instance Ms, Hanım, خانم or гуай."), autocomplete="off",
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs=input_(type="tel", dir="ltr", autocomplete="off")),
    )
    email = forms.EmailField(
        label=_("E-mail"), required=False, widget=forms.EmailInput(attrs=input_(dir="ltr", autocomplete="off"))
    )
    language = forms.ChoiceField(
        label=_("Language of the customer"),
        choices=Language.choices,
        widget=forms.Select(attrs={"class": "select"}),
    )
    subject = line(_("In a few words"), most=300, required=False, autocomplete="off")
    text = forms.CharField(label=_("What happened, in the customer's own words"), widget=area(7))
    wish = forms.CharField(label=_("What would put it right"), required=False, widget=area(2))
    product = forms.ModelChoiceField(
        label=_("Product it is about"), queryset=Product.objects.none(), required=False,
        empty_label=_("none of the list"), widget=forms.Select(attrs={"class": "select"}),
    )  # fmt: skip
    branch = forms.ModelChoiceField(
        label=_("Branch it is about"), queryset=Branch.objects.none(), required=False,
        empty_label=_("none of the list"), widget=forms.Select(attrs={"class": "select"}),
    )  # fmt: skip

    def __init__(self, *arguments: Any, language: str, **named: Any) -> None:
        super().__init__(*arguments, **named)
        for name in ("product", "branch"):
            offered, field = listed.choices(name, language=language), self.fields[name]
            if not offered:  # the organisation keeps no such list
                del self.fields[name]
            elif isinstance(field, forms.ModelChoiceField):
                field.queryset = listed.LISTS[name].objects.filter(pk__in=[one.id for one in offered])
                field.choices = [("", field.empty_label), *((one.id, one.name) for one in offered)]

    def clean(self) -> dict[str, Any]:
        """Ask for one way to reach the customer."""
        given = super().clean() or {}
        if not given.get("phone") and not given.get("email") and not self.errors.get("email"):
            self.add_error("phone", _("Write a telephone number or an e-mail address, so that we can answer."))
        return given


class BringIn(forms.Form):
    agent = forms.ModelChoiceField(
        label=_("Whom"), queryset=Agent.objects.none(), widget=forms.Select(attrs={"class": "select"})
    )
    question = forms.CharField(label=_("What you would like to know"), widget=area(4, **{"data-naming": ""}))

    def __init__(self, *arguments: Any, colleagues: Sequence[Agent] = (), speaking: str = "", **named: Any) -> None:
        super().__init__(*arguments, **named)
        _choose_among(self, "agent", colleagues, speaking=speaking)


class HandOver(forms.Form):
    to = forms.ModelChoiceField(
        label=_("To whom"), queryset=Agent.objects.none(), widget=forms.Select(attrs={"class": "select"})
    )
    reason = forms.CharField(label=_("Why it is better there"), widget=area(3))

    def __init__(self, *arguments: Any, colleagues: Sequence[Agent] = (), speaking: str = "", **named: Any) -> None:
        super().__init__(*arguments, **named)
        _choose_among(self, "to", colleagues, speaking=speaking)


class Call(forms.Form):
    """A call while it happens, or a visit; the page counts the minutes and the times on hold from `began`."""

    way = forms.ChoiceField(
        label=_("What it is"),
        choices=[("phone", _("telephone")), ("visit", _("visit"))],
        widget=forms.RadioSelect,
        initial="phone",
        required=False,
    )
    began = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    holds = forms.CharField(required=False, max_length=2_000, widget=forms.HiddenInput)
    length = forms.IntegerField(
        label=_("Minutes in all"),
        required=False,
        min_value=0,
        max_value=24 * 60,
        widget=FiguresInput(attrs=input_(inputmode="numeric", autocomplete="off")),
    )
    spoken_with = line(_("Spoken with"), most=200, required=False, list="spoken-with", autocomplete="off")
    said = forms.CharField(
        label=_("What the customer said, in their words"), required=False, widget=area(4, autofocus="")
    )
    minutes = forms.CharField(label=_("What you said and agreed"), required=False, widget=area(3))
    promised = line(_("What you promised"), most=500, required=False)
    due_at = Moment(label=pgettext_lazy("a promise", "By when"), required=False)

    def clean_holds(self) -> list[int]:
        """Read how many seconds each time on hold lasted, as the page counts them: '65,120'."""
        told = str(self.cleaned_data["holds"]).split(",")
        return [int(one) for one in told if one.isascii() and one.isdecimal() and len(one) < 6]

    def clean(self) -> dict[str, Any]:
        """A promise has words and a time; nobody is on hold at a visit."""
        given = super().clean() or {}
        if given.get("promised") and not given.get("due_at") and "due_at" not in self.errors:
            self.add_error("due_at", _("A promise needs a time."))
        if given.get("due_at") and not given.get("promised"):
            self.add_error("promised", _("Write what you promised for then."))
        if given.get("way") == "visit":
            given["holds"] = []
        return given


class ThirdParty(forms.Form):
    who = line(_("Whom we wait for"), most=200, list="parties", autocomplete="off")
    until = Moment(label=_("Next word to the customer by"))
    told = forms.ChoiceField(
        label=_("How the customer hears of it"),
        choices=[
            ("write", _("write it to them now")),
            ("phone", _("I told them on the telephone")),
            ("visit", _("I told them face to face")),
        ],
        widget=forms.RadioSelect,
        initial="write",
    )
    own_words = forms.CharField(label=_("In your own words, if you like"), required=False, widget=area(3))


class NextWord(forms.Form):
    """The word at the promised time, news or none."""

    text = forms.CharField(label=_("What you write to the customer"), widget=area(6))
    until = Moment(label=_("Next word to the customer by"))


class TheyAnswered(forms.Form):
    answer = forms.ChoiceField(
        label=_("What it is"),
        choices=[
            ("news", _("news: we go on waiting")),
            ("yes", _("a yes")),
            ("no", _("a no")),
        ],
        widget=forms.RadioSelect,
    )
    said = forms.CharField(label=_("What they said"), required=False, widget=area(4))

    def clean(self) -> dict[str, Any]:
        """News has words; a yes and a no speak for themselves."""
        given = super().clean() or {}
        if given.get("answer") == "news" and not given.get("said"):
            self.add_error("said", _("Write what they said."))
        return given


def customers_yes() -> forms.ChoiceField:
    """How the customer agreed: a promise moves or ends by no other way."""
    return forms.ChoiceField(
        label=_("How did the customer say yes?"),
        choices=[
            ("phone", _("on the telephone")),
            ("mail", _("by e-mail")),
            ("portal", _("on their page")),
            ("visit", _("face to face")),
        ],
        widget=forms.RadioSelect,
    )


class MovePromise(forms.Form):
    due_at = Moment(label=_("New time"))
    yes = customers_yes()


class WithdrawPromise(forms.Form):
    yes = customers_yes()


class PromiseByHand(forms.Form):
    """A promise that was made where no words of it were written: at the counter, on the stairs."""

    words = line(_("What you promised"), most=500)
    due_at = Moment(label=pgettext_lazy("a promise", "By when"))
    every = forms.ChoiceField(
        label=_("Does it come again?"),
        choices=[
            ("", _("no, once")),
            ("day", _("every day")),
            ("week", _("every week")),
            ("2-week", _("every two weeks")),
            ("month", _("every month")),
        ],
        required=False,
        widget=forms.Select(attrs={"class": "select"}),
    )
    told_in = forms.ChoiceField(
        label=_("How you told the customer"),
        choices=[("called", _("on the telephone")), ("visit", _("face to face"))],
        widget=forms.RadioSelect,
        initial="called",
    )


class NoticeOfPromise(forms.Form):
    """Telling a customer before the time that a promise will not be kept."""

    text = forms.CharField(label=_("What you write to the customer"), widget=area(7))
    due_at = Moment(label=_("The new time that you name in it"))


def _choose_among(form: forms.Form, name: str, agents: Sequence[Agent], *, speaking: str) -> None:
    """Offer colleagues; those who do not speak the customer's language come last, and it is said of them."""
    field = form.fields[name]
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = Agent.objects.filter(pk__in=[one.pk for one in agents])
        mute = {one.pk for one in agents if speaking and speaking not in {one.language, *one.languages}}
        named = wording.language_name(speaking, reader=(get_language() or "en").split("-")[0]) if mute else ""
        beside = " · " + gettext("does not speak %(language)s") % {"language": named}
        by_pk = {
            one.pk: f"{one.name} · {one.get_presence_display()}{beside if one.pk in mute else ''}"
            for one in sorted(agents, key=lambda one: one.pk in mute)
        }
        empty = [("", field.empty_label)] if field.empty_label is not None else []
        field.choices = [*empty, *by_pk.items()]


class UnableToRead(Exception):
    """A promise in the form is not one that the page wrote."""


def read_undertaken(text: str) -> list[Undertaken]:
    """Read the promises that the composer sends: a JSON list, times in the reader's own time.

    :raises UnableToRead: if it is anything else
    """
    if not text:
        return []
    try:
        rows = json.loads(text)
        return [
            Undertaken(
                words=str(row["words"]),
                start=int(row["start"]),
                end=int(row["end"]),
                due_at=_aware(str(row["due_at"])),
                whole_day=row.get("whole_day") is True,
            )
            for row in rows[:MOST_PROMISES]
        ]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnableToRead from error


class UnableToAttach(Exception):
    """A file is larger than we keep."""


def read_files(files: Sequence[UploadedFile[Any]]) -> list[Upload]:
    """Read the files that go along with a reply.

    :raises UnableToAttach: if one is too large
    """
    for one in files:
        if (one.size or 0) > settings.ATTACHMENT_LIMIT:
            raise UnableToAttach(_("%(name)s is larger than we can send.") % {"name": wording.apart(one.name)})
    return [
        Upload(name=one.name or "", media_type=one.content_type or "application/octet-stream", body=one.read())
        for one in files
    ]


def _aware(text: str) -> datetime:
    moment = parse_datetime(text)
    if moment is None:
        raise ValueError(text)
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def read_seen(told: Mapping[str, str]) -> int | None:
    """Read the last event that the author of a reply had on the page."""
    seen = told.get("seen", "")
    return int(seen[:18]) if seen.isascii() and seen.isdecimal() else None
