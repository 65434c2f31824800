"""Forms of the second factor."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from amends.desk.people.dressed import Dressed
from amends.desk.people.models import Role


def _code_field(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "dir": "ltr", **more}),
        error_messages={"required": _("Write the six digits that your app shows.")},
    )


class CodeForm(Dressed):
    """A code of the app, or a recovery code."""

    code = _code_field(_("Code"))


class StepForm(CodeForm):
    """The same, on a page that asks for nothing else."""

    code = _code_field(_("Code"), autofocus=True)


class PasswordAgain(Dressed):
    """The password of who sits there, unless they wrote it a moment ago."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Write your password, so that nobody does this at a desk you left open.")},
    )

    def __init__(self, *args: Any, asks_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_password:
            del self.fields["password"]


class SetUpForm(PasswordAgain):
    """The first code of a new app."""

    code = _code_field(_("The six digits in the app"))
    field_order = ("code", "password")


class KeyForm(PasswordAgain):
    """A new passkey: what it is called, and what it said."""

    name = forms.CharField(
        label=_("What you call it"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        help_text=_("By which you know it in the list: my telephone, the blue key."),
    )
    answer = forms.CharField(
        widget=forms.HiddenInput,
        max_length=20_000,
        error_messages={"required": _("The key's answer does not fit what was asked. Try once more.")},
    )
    field_order = ("name", "password", "answer")


class DemandForm(Dressed):
    roles = forms.MultipleChoiceField(
        label=_("Two factors are asked of"), choices=Role, required=False, widget=forms.CheckboxSelectMultiple
    )
