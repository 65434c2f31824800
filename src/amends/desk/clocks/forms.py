"""What is typed about time limits: rules, groups, laws, a first day, a notice of extension."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from amends.desk.clocks import words
from amends.desk.clocks.models import CustomerGroup, Priority, What
from amends.desk.complaints.models import Channel
from amends.desk.people.dressed import Dressed
from amends.desk.people.models import Language, Team
from amends.engine.clocks.legal import CONFIDENCES, LegalClock
from amends.engine.clocks.limits import ROLLS, UNITS

UNIT_NAMES = {
    "hours": _("hours"),
    "days": _("days"),
    "working-days": _("working days"),
    "weeks": _("weeks"),
    "months": _("months"),
}
ROLL_NAMES = {
    "none": _("it ends on that day"),
    "next": _("it ends on the next working day"),
    "previous": _("it ends on the working day before"),
}
WEEKDAYS = [
    (0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")), (4, _("Friday")),
    (5, _("Saturday")), (6, _("Sunday")),
]  # fmt: skip


class RuleForm(Dressed):
    what = forms.ChoiceField(
        label=_("For what"), choices=[(value, words.NAMES[value]) for value in What.values if value in words.NAMES]
    )
    hours = forms.IntegerField(label=_("Hours of working time"), min_value=0, max_value=2000, initial=8)
    minutes = forms.IntegerField(label=_("and minutes"), min_value=0, max_value=59, initial=0)
    group = forms.ModelChoiceField(
        label=_("Customer group"), queryset=CustomerGroup.objects.all(), required=False, empty_label=_("everybody")
    )
    priority = forms.ChoiceField(
        label=_("Priority"), choices=[("", _("any")), *((each.value, each.label) for each in Priority)], required=False
    )
    channel = forms.ChoiceField(
        label=_("Channel"), choices=[("", _("any")), *((each.value, each.label) for each in Channel)], required=False
    )

    def given(self) -> dict[str, Any]:
        """The rule as the action takes it."""
        told = dict(self.cleaned_data)
        told["minutes"] += 60 * told.pop("hours")
        return told


class GroupForm(Dressed):
    name = forms.CharField(label=_("Name"), max_length=100)
    spends_from = forms.DecimalField(
        label=_("spends a year at least"), min_value=0, max_digits=12, decimal_places=2, required=False
    )
    currency = forms.CharField(
        label=_("Currency"), max_length=3, required=False, widget=forms.TextInput(attrs={"dir": "ltr"})
    )


class LawForm(Dressed):
    """A legal clock, with the organisation's own figures."""

    is_on = forms.BooleanField(label=_("holds for us"), required=False)
    n = forms.IntegerField(label=_("How many"), min_value=1, max_value=99999)
    unit = forms.ChoiceField(label=_("of what"), choices=[(unit, UNIT_NAMES[unit]) for unit in UNITS])
    rest = forms.TypedMultipleChoiceField(
        label=_("Days of rest by this law"), coerce=int, choices=WEEKDAYS, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    roll = forms.ChoiceField(
        label=_("When the last day is a free one"), choices=[(roll, ROLL_NAMES[roll]) for roll in ROLLS]
    )
    source = forms.CharField(label=_("Source"), max_length=300, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}))
    confidence = forms.ChoiceField(
        label=_("How sure it is"), choices=[(code, words.CONFIDENCES[code]) for code in CONFIDENCES]
    )
    checked = forms.DateField(label=_("Checked on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    effective_from = forms.DateField(
        label=_("In force from"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    language = forms.ChoiceField(
        label=_("Only for customers who speak"), choices=[("", _("any language")), *Language.choices], required=False
    )
    channel = forms.ChoiceField(
        label=_("Only for what came by"), choices=[("", _("any")), *((each.value, each.label) for each in Channel)],
        required=False,
    )  # fmt: skip
    team = forms.ModelChoiceField(
        label=_("Only for the team"), queryset=Team.objects.order_by("name"), required=False, empty_label=_("any")
    )
    group = forms.ModelChoiceField(
        label=_("Only for the group"), queryset=CustomerGroup.objects.all(), required=False, empty_label=_("everybody")
    )

    @staticmethod
    def beginning(clock: LegalClock) -> dict[str, Any]:
        names = ("n", "unit", "roll", "source", "confidence", "checked", "effective_from")
        return {**{name: getattr(clock, name) for name in names}, "rest": sorted(clock.rest)}

    def figures(self) -> dict[str, Any]:
        """The figures as they are kept."""
        told = self.cleaned_data
        day = told["effective_from"]
        return {
            **{name: told[name] for name in ("n", "unit", "rest", "roll", "source", "confidence")},
            "checked": told["checked"].isoformat(),
            "effective_from": day.isoformat() if day else None,
        }


class StartForm(Dressed):
    code = forms.ChoiceField(label=_("Which time limit"))
    began = forms.DateField(
        label=_("The day from which it counts"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *arguments: Any, laws: list[LegalClock], **named: Any) -> None:
        super().__init__(*arguments, **named)
        choices = [(law.id, f"{law.title(words.language())} ({words.STARTS[law.starts_on]})") for law in laws]
        self.fields["code"].choices = choices  # type: ignore[attr-defined]


class NoticeForm(Dressed):
    reason = forms.CharField(
        label=_("Why it takes longer"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("It stands in the letter, in the customer's language."),
    )
    decided_by = forms.CharField(
        label=_("Who decided it: the head of the organisation"), max_length=150, required=False
    )
    expected = forms.DateField(
        label=pgettext_lazy("a promise", "By when"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *arguments: Any, law: LegalClock, **named: Any) -> None:
        super().__init__(*arguments, **named)
        if "decision-of-head" not in law.requires:
            del self.fields["decided_by"]


class FinalForm(Dressed):
    """What belongs into a letter that ends a matter."""

    text = forms.CharField(
        label=_("What came of it, and what we do"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text=_("It stands in the letter, in the customer's language."),
    )
    instead = forms.CharField(
        label=_("What we can do all the same"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    ombudsman = forms.CharField(
        label=_("Where the customer may turn"),
        max_length=300,
        required=False,
        help_text=_("Their name and how they are reached. Check it before you send the letter."),
    )
    until = forms.DateField(
        label=_("Until when they may turn there"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    may_be_late = forms.BooleanField(label=_("We agree that they turn there after that day, too"), required=False)

    def __init__(self, *arguments: Any, kind: str, wanted: tuple[str, ...], **named: Any) -> None:
        super().__init__(*arguments, **named)
        if kind == "refusal":
            self.fields["text"].label = _("Why it is a no")
        unused = {
            "text": kind == "settled",
            "instead": kind != "refusal",
            "ombudsman": kind == "answer" and "ombudsman" not in wanted,
            "until": "referral-time" not in wanted,
            "may_be_late": "waiver" not in wanted,
        }
        for name in (name for name, is_unused in unused.items() if is_unused):
            del self.fields[name]


class HoldingForm(Dressed):
    """What belongs into the letter that a law asks for while there is no final answer."""

    reason = forms.CharField(
        label=_("Why it takes longer"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("It stands in the letter, in the customer's language."),
    )
    expected = forms.DateField(
        label=pgettext_lazy("a promise", "By when"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ombudsman = forms.CharField(
        label=_("Where the customer may turn now"),
        max_length=300,
        required=False,
        help_text=_("Their name and how they are reached. Check it before you send the letter."),
    )

    def __init__(self, *arguments: Any, law: LegalClock, **named: Any) -> None:
        super().__init__(*arguments, **named)
        for name, wanted in (("reason", "why"), ("ombudsman", "ombudsman")):
            if wanted not in law.otherwise:
                del self.fields[name]
