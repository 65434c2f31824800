from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from amends.desk.people.models import Language
from amends.desk.web import wording


class Write(forms.Form):
    """A name, and the words in four languages side by side."""

    name = forms.CharField(label=_("Name"), max_length=80, widget=forms.TextInput({"class": "input", "dir": "auto"}))
    is_shared = forms.BooleanField(label=_("Everybody may use it"), required=False)

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        for code in Language.values:
            look = {"class": "textarea", "rows": 9, "lang": code, "dir": wording.direction(code)}
            self.fields[f"text_{code}"] = forms.CharField(
                label=Language(code).label, required=False, max_length=4000, widget=forms.Textarea(look)
            )

    def texts(self) -> dict[str, str]:
        return {code: self.cleaned_data.get(f"text_{code}", "") for code in Language.values}

    def wordings(self) -> list[forms.BoundField]:
        return [self[f"text_{code}"] for code in Language.values]
