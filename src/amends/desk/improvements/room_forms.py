"""What is typed about an improvement."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from amends.desk.improvements.models import Layer, Theme
from amends.desk.improvements.words import layers, theme_words
from amends.desk.people.dressed import Dressed
from amends.desk.people.models import Agent
from amends.desk.remedies.models import Rule
from amends.desk.web.fields import AmountField


class ThemeChoice(forms.ModelChoiceField):
    """Themes by the names that the reader knows them under."""

    language = "en"

    def label_from_instance(self, obj: Any) -> str:
        return theme_words(obj.name, language=self.language)


class ImprovementForm(Dressed):
    title = forms.CharField(label=_("What is done"), max_length=160, widget=forms.TextInput(attrs={"dir": "auto"}))
    why = forms.CharField(
        label=_("What makes people unhappy"),
        max_length=4000,
        required=False,
        help_text=_("What do they expect, and what do they meet instead?"),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    layer = forms.ChoiceField(label=_("Where the cause lies"), choices=Layer)
    theme = ThemeChoice(
        label=_("Theme of the cause"), queryset=Theme.objects.none(), required=False, empty_label=_("none")
    )
    rule = forms.ModelChoiceField(
        label=_("Rule that it changes"), queryset=Rule.objects.none(), required=False, empty_label=_("none")
    )
    owner = forms.ModelChoiceField(label=_("Whose it is"), queryset=Agent.objects.none(), empty_label=None)
    due_on = forms.DateField(label=_("To be in force by"), widget=forms.DateInput(attrs={"type": "date"}))
    fewer = forms.IntegerField(
        label=_("How many per cent fewer complaints it should bring"),
        min_value=1,
        max_value=100,
        required=False,
        help_text=_("Say it before: what is hoped for afterwards always comes true."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr"}),
    )
    saves = AmountField(
        label=_("How much money a year it should save"),
        min_value=0,
        max_digits=14,
        decimal_places=2,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "dir": "ltr"}),
    )
    currency = forms.RegexField(
        label=_("Currency"),
        regex="^[A-Z]{3}$",
        required=False,
        error_messages={"invalid": _("Write the three letters of the currency, for instance EUR.")},
        widget=forms.TextInput(attrs={"dir": "ltr", "maxlength": 3}),
    )

    def __init__(self, *arguments: Any, language: str, **named: Any) -> None:
        super().__init__(*arguments, **named)
        theme, rule, owner, layer = (self.fields[name] for name in ("theme", "rule", "owner", "layer"))
        if isinstance(theme, ThemeChoice):
            theme.language = language
            theme.queryset = Theme.objects.filter(merged_into=None).order_by("name")
        if isinstance(rule, forms.ModelChoiceField):
            rule.queryset = Rule.objects.filter(retired_at__isnull=True).order_by("title")
        if isinstance(owner, forms.ModelChoiceField):
            owner.queryset = Agent.objects.filter(is_active=True).order_by("name")
        if isinstance(layer, forms.ChoiceField):
            layer.choices = layers(language=language)
