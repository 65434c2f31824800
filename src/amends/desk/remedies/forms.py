"""What is typed about rules, limits and webhooks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from amends.desk.people.dressed import Dressed
from amends.desk.people.models import Agent, Role
from amends.desk.remedies.models import Kind
from amends.desk.web.fields import AmountField


class RuleForm(Dressed):
    title = forms.CharField(label=_("What it is called"), max_length=120, widget=forms.TextInput(attrs={"dir": "auto"}))
    text = forms.CharField(
        label=_("The rule"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"})
    )
    purpose = forms.CharField(
        label=_("What it is for"),
        max_length=300,
        help_text=_("Whoever bends it asks: is this still served?"),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    room = forms.CharField(
        label=_("What may be done instead"),
        max_length=300,
        required=False,
        help_text=_("The coach says it to whoever cites the rule: take it back two weeks later, against credit …"),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    called = forms.CharField(
        label=_("Words by which it is cited"),
        max_length=4000,
        required=False,
        help_text=_("One a line, in every language in which you write: return period, iade süresi, مهلت مرجوعی …"),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    owner = forms.ModelChoiceField(label=_("Who owns it"), queryset=Agent.objects.none())

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        field = self.fields["owner"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Agent.objects.filter(
                is_active=True, role__in=[Role.LEAD, Role.QUALITY, Role.ADMINISTRATOR]
            ).order_by("name")


def amount(label: Any, *, help_text: Any = "") -> AmountField:
    return AmountField(
        label=label,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        help_text=help_text,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "dir": "ltr"}),
    )


class AllowanceForm(Dressed):
    whose = forms.ChoiceField(label=_("Whose"))
    currency = forms.RegexField(
        label=_("Currency"),
        regex="^[A-Za-z]{3}$",
        error_messages={"invalid": _("Write the three letters of the currency, for instance EUR.")},
        widget=forms.TextInput(attrs={"dir": "ltr", "maxlength": 3}),
    )
    per_case = amount(_("On one complaint"))
    per_period = amount(_("In one period"), help_text=_("Empty: only the limit on one complaint holds."))
    share = forms.IntegerField(
        label=_("Or per cent of what the customer spends in a year"), min_value=0, max_value=100, required=False,
        help_text=_("Whichever is more holds on one complaint."),
    )  # fmt: skip

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        people = Agent.objects.filter(is_active=True).order_by("name").values_list("pk", "name")
        self.fields["whose"].choices = [  # type: ignore[attr-defined]
            (_("Everybody in a role"), [(role.value, role.label) for role in Role]),
            (_("One person"), [(str(pk), name) for pk, name in people]),
        ]


class GroundForm(Dressed):
    period_days = forms.IntegerField(label=_("Days of a period"), min_value=1, max_value=366)
    answer_minutes = forms.IntegerField(
        label=_("Minutes of working time in which a request is answered"),
        min_value=5,
        max_value=2400,
        help_text=_("After that it goes up one step: from a lead to a manager."),
    )
    bent_often = forms.IntegerField(
        label=_("Exceptions after which a rule is proposed for change"), min_value=1, max_value=1000
    )
    bent_days = forms.IntegerField(label=_("counted over so many days"), min_value=1, max_value=3660)


class HookForm(Dressed):
    name = forms.CharField(label=_("What it is called"), max_length=100, widget=forms.TextInput(attrs={"dir": "auto"}))
    address = forms.CharField(
        label=_("Address"), max_length=500, widget=forms.TextInput(attrs={"dir": "ltr", "placeholder": "https://"})
    )
    kinds = forms.MultipleChoiceField(
        label=_("For which remedies"),
        choices=Kind.choices,
        required=False,
        help_text=_("None chosen: for all of them."),
        widget=forms.CheckboxSelectMultiple,
    )
