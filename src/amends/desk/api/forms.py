"""What administrators fill in: a token, an address that hears what happens."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from amends.desk.api.actions import KINDS, MOST_A_MINUTE
from amends.desk.api.models import USUAL_LIMIT
from amends.desk.api.scopes import PERSONAL, Scope
from amends.desk.people.dressed import Dressed
from amends.desk.people.models import Agent


class TokenForm(Dressed):
    name = forms.CharField(
        label=_("For which program"),
        max_length=100,
        help_text=_("For instance the shop, or the assistant on the web site."),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    agent = forms.ModelChoiceField(
        label=_("For whom it acts"),
        queryset=Agent.objects.none(),
        help_text=_("What it does stands under this name, and it may do what this person may do."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    per_minute = forms.IntegerField(
        label=_("Calls a minute, at most"), min_value=1, max_value=MOST_A_MINUTE, initial=USUAL_LIMIT
    )
    expires_on = forms.DateField(
        label=_("Valid until the end of this day"),
        required=False,
        help_text=_("Empty: until somebody ends it."),
        widget=forms.DateInput(attrs={"type": "date", "dir": "ltr"}),
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        field = self.fields.get("agent")
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Agent.objects.filter(is_active=True).order_by("name", "pk")

    def values(self) -> dict[str, Any]:
        """Return what the action takes; a day ends where the administrator's does."""
        given = dict(self.cleaned_data)
        day = given.pop("expires_on")
        ends = datetime.combine(day, time.max, timezone.get_current_timezone()) if day else None
        return {**given, "expires_at": ends}


class OwnTokenForm(TokenForm):
    """What a person fills in to let a program into what is their own."""

    agent = None  # type: ignore[assignment]
    per_minute = None  # type: ignore[assignment]

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        own = self.fields["scopes"]
        if isinstance(own, forms.MultipleChoiceField):
            own.choices = [(scope.value, scope.label) for scope in Scope if scope in PERSONAL]


class EndpointForm(Dressed):
    name = forms.CharField(
        label=_("What it is called"),
        max_length=100,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    address = forms.CharField(
        label=_("Address"), max_length=500, widget=forms.TextInput(attrs={"dir": "ltr", "placeholder": "https://"})
    )
    kinds = forms.MultipleChoiceField(
        label=_("What it hears of"),
        choices=[(kind.value, kind.label) for kind in KINDS],
        widget=forms.CheckboxSelectMultiple,
    )


class KindsForm(Dressed):
    kinds = forms.MultipleChoiceField(
        label=_("What it hears of"),
        choices=[(kind.value, kind.label) for kind in KINDS],
        widget=forms.CheckboxSelectMultiple,
    )
