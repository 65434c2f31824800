"""The form of the second reader."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from amends.desk.people.dressed import Dressed

LTR = {"dir": "ltr", "autocapitalize": "off", "autocomplete": "off", "spellcheck": "false"}


class SecondReaderForm(Dressed):
    is_on = forms.BooleanField(label=_("Let a second reader read replies"), required=False)
    address = forms.CharField(
        label=_("Address"),
        required=False,
        max_length=300,
        help_text=_("Of an OpenAI-compatible interface, up to /v1: a server of your own or a provider's."),
        widget=forms.TextInput(attrs={**LTR, "placeholder": "http://127.0.0.1:11434/v1"}),
    )
    model = forms.CharField(
        label=_("Model"), required=False, max_length=150, help_text=_("Its name there."), widget=forms.TextInput(LTR)
    )
    key = forms.CharField(
        label=_("Key"),
        required=False,
        max_length=500,
        help_text=_("Kept encrypted and never shown again. Left empty, the key stays as it is."),
        widget=forms.PasswordInput(attrs={**LTR, "autocomplete": "new-password"}),
    )
    forget_key = forms.BooleanField(label=_("Forget the key"), required=False)
    budget = forms.IntegerField(
        label=_("Questions a day, at most"),
        min_value=0,
        max_value=1_000_000,
        help_text=_("After that, replies of the day are read without it."),
        widget=forms.NumberInput(attrs={"dir": "ltr"}),
    )

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"]).strip().rstrip("/").removesuffix("/chat/completions")
        if not address:
            return ""
        try:
            parts = urlsplit(address)
            good = parts.scheme in {"http", "https"} and bool(parts.hostname) and not (parts.username or parts.password)
        except ValueError:
            good = False
        if not good:
            raise forms.ValidationError(
                _now("Write an address that begins with http:// or https://, without a password.")
            )
        return address

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("is_on"):
            for name in ("address", "model"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _now("Without this it cannot be asked."))
        return given
