"""The form of what customers see."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from amends.desk.people.dressed import Dressed
from amends.desk.people.face import USUAL, Look
from amends.desk.people.logos import LARGEST, Logo, UnableToTakeLogo, checked
from amends.desk.people.models import Language
from amends.desk.web import colours

LONGEST_WELCOME: Final = 200
TROUBLES: Final = {
    "kind": _("Choose a PNG or JPEG picture."),
    "bytes": _("This picture is larger than 256 kB. Choose a smaller one."),
    "points": _("This picture is larger than 2000 points. Choose a smaller one."),
    "broken": _("This picture is not whole. Save it once more and choose that."),
}


def _site(label: Any, help_text: Any = "") -> forms.URLField:
    return forms.URLField(
        label=label,
        required=False,
        max_length=300,
        assume_scheme="https",
        help_text=help_text,
        validators=[URLValidator(schemes=["http", "https"])],
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "url", "placeholder": "https://"}),
        error_messages={"invalid": _("Write the whole address, like https://www.example.org.")},
    )


class FaceForm(Dressed):
    """Everything on one sheet; a logo that was only looked at comes along, so that nobody chooses it twice."""

    name = forms.CharField(
        label=_("Name of the organisation"),
        max_length=150,
        widget=forms.TextInput(attrs={"dir": "auto"}),
        error_messages={"required": _("Write the name under which your customers know you.")},
    )
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG or JPEG, up to 256 kB. It stands before the name, 40 points high."),
        widget=forms.FileInput(attrs={"class": "file-input", "accept": "image/png,image/jpeg"}),
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    without_logo = forms.BooleanField(label=_("Show no logo"), required=False)
    colour = forms.CharField(
        label=_("Colour"),
        required=False,
        max_length=7,
        help_text=_(
            "As your designers write it, like #0f5f63. Where it is too pale or too dark to read, it is shifted."
        ),
        widget=forms.TextInput(attrs={"dir": "ltr", "placeholder": "#0f5f63", "autocomplete": "off"}),
    )
    site = _site(_("Your own site"), _("The name and the logo lead there."))
    privacy = _site(_("Your privacy page"), _("Stands at the foot of every page and letter."))
    languages = forms.MultipleChoiceField(
        label=_("Languages offered"), choices=Language.choices, widget=forms.CheckboxSelectMultiple
    )
    first = forms.ChoiceField(
        label=_("The first of them"),
        choices=Language.choices,
        help_text=_(
            "For customers of whom we know no language, or another one. What they write is taken in all the same."
        ),
    )

    def __init__(self, *args: Any, look: Look, name: str, is_named: bool, **kwargs: Any) -> None:
        codes = [code for code, _name in look.offered]
        initial: dict[str, Any] = {
            "name": name,
            "colour": look.colour,
            "site": look.site,
            "privacy": look.privacy,
            "languages": codes,
            "first": (look.languages or USUAL)[0],
            **{f"welcome_{code}": words for code, words in look.welcome.items()},
        }
        super().__init__(*args, initial=initial, **kwargs)
        for code, own in settings.LANGUAGES:
            self.fields[f"welcome_{code}"] = forms.CharField(
                label=own,
                required=False,
                max_length=LONGEST_WELCOME,
                widget=forms.TextInput(attrs={"class": "input", "dir": "rtl" if code == "fa" else "ltr", "lang": code}),
            )
        if not is_named:  # a desk that was filled another way has its name from the settings
            del self.fields["name"]
        if not look.logo:
            del self.fields["without_logo"]

    def welcomes(self) -> list[forms.BoundField]:
        return [self[f"welcome_{code}"] for code, _name in settings.LANGUAGES]

    def clean_colour(self) -> str:
        written: str = self.cleaned_data["colour"].strip()
        try:
            return colours.plain(written) if written else ""
        except colours.UnableToReadColour as trouble:
            raise ValidationError(gettext("Write a colour as pages know it, like #0f5f63.")) from trouble

    def clean_logo(self) -> Logo | None:
        file = self.cleaned_data["logo"]
        if file is None:
            return None
        if file.size > LARGEST:
            raise ValidationError(str(TROUBLES["bytes"]))
        try:
            return checked(file.read())
        except UnableToTakeLogo as trouble:
            raise ValidationError(str(TROUBLES[str(trouble)])) from trouble

    def clean_kept(self) -> Logo | None:
        """A logo that was looked at before comes back from a stranger as far as anybody knows: it is checked again."""
        try:
            written = base64.b64decode(self.cleaned_data["kept"], validate=True)
            return checked(written) if written else None
        except (binascii.Error, UnableToTakeLogo):
            return None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        codes, first = cleaned.get("languages"), cleaned.get("first")
        if codes and first and first not in codes:
            self.add_error("first", gettext("Choose one of the languages that you offer."))
        return cleaned

    def told(self) -> dict[str, Any]:
        """Return what is to be kept, as `face.change` takes it."""
        given = self.cleaned_data
        first, codes = given["first"], given["languages"]
        named = {code: given[f"welcome_{code}"] for code, _name in settings.LANGUAGES}
        return {
            "name": given.get("name", ""),
            "logo": given["logo"] or given["kept"],
            "without_logo": bool(given.get("without_logo")),
            "colour": given["colour"],
            "welcome": named,
            "site": given["site"],
            "privacy": given["privacy"],
            "languages": [first, *(code for code, _name in settings.LANGUAGES if code in codes and code != first)],
        }
