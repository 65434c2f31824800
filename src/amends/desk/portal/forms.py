"""Forms that strangers fill in; every error says what to do, and nothing that was written is lost."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from amends.desk.people.dressed import Dressed
from amends.desk.web import wording
from amends.engine.languages.figures import LATIN_DIGITS

MOST_FILES = 10
LONGEST = 50_000
TELEPHONE = re.compile(r"^\+?[0-9][0-9 ()./-]{4,24}$")


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(attrs={"class": "file-input"})


class FilesField(forms.FileField):
    """Several files, none larger than what the desk keeps."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = data if isinstance(data, list | tuple) else [data]
        kept = [super(FilesField, self).clean(file, initial) for file in files if file]
        if len(kept) > MOST_FILES:
            raise ValidationError(gettext("Send at most %(count)s files at once.") % {"count": MOST_FILES})
        for file in kept:
            if file.size > settings.ATTACHMENT_LIMIT:
                raise ValidationError(
                    gettext("'%(name)s' is larger than %(limit)s. Send a smaller one, or send it without this file.")
                    % {"name": file.name, "limit": _size(settings.ATTACHMENT_LIMIT)}
                )
        if sum(file.size for file in kept) > settings.MAIL_LIMIT:
            raise ValidationError(
                gettext("Together these files are larger than %(limit)s. Send some of them later.")
                % {"limit": _size(settings.MAIL_LIMIT)}
            )
        return kept


class TelephoneField(forms.CharField):
    """A telephone number in any digits."""

    def clean(self, value: Any) -> str:
        number = super().clean(value).translate(LATIN_DIGITS).strip()
        if number and not TELEPHONE.match(number):
            raise ValidationError(gettext("This does not look like a telephone number. Write its digits only."))
        return number


def telephone(*, required: bool) -> TelephoneField:
    return TelephoneField(
        label=_("Telephone"),
        required=required,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel", "dir": "ltr"}),
        error_messages={"required": _("Write the number at which we reach you.")},
    )


def files() -> FilesField:
    return FilesField(
        label=_("Photos or files"),
        required=False,
        help_text=_("If they help to understand what happened."),
    )


def words(*, label: Any, rows: int, required: bool, missing: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}),
        error_messages={
            "required": missing,
            "max_length": _("This is too long to send in one piece. Put the rest into a file."),
        },
    )


class ComplainForm(Dressed):
    text = words(label=_("What happened?"), rows=7, required=True, missing=_("Write what happened, in your own words."))
    wish = words(label=_("What would put it right?"), rows=3, required=False)
    files = files()
    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
        error_messages={"required": _("Write your name, so that we know how to address you.")},
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
        error_messages={"invalid": _("This e-mail address is not complete. Look for a missing part, like '.com'.")},
    )
    phone = telephone(required=False)
    # For robots: people never see it.
    website = forms.CharField(
        required=False,
        label=_("Leave this field empty"),
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    field_order = ("text", "wish", "files", "name", "email", "phone", "website")

    def clean_text(self) -> str:
        return _something(self.cleaned_data["text"], _("Write what happened, in your own words."))

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError(gettext("Leave this field empty: it is there to keep robots out."))
        return ""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        untouched = not self.errors.keys() & {"email", "phone"}
        if untouched and not cleaned.get("email") and not cleaned.get("phone"):
            self.add_error("email", gettext("Give an e-mail address or a telephone number, so that we can answer you."))
        return cleaned


class WriteForm(Dressed):
    text = words(label=_("Your message"), rows=4, required=False)
    files = files()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not cleaned["text"].strip() and not cleaned["files"]:
            self.add_error("text", gettext("Write a message, or choose a file."))
        return cleaned


class CallForm(Dressed):
    phone = telephone(required=True)


class NotContentForm(Dressed):
    text = words(label=_("What is still missing?"), rows=3, required=False)


class RateForm(Dressed):
    """One question on the outcome, one on how it was handled."""

    outcome = forms.TypedChoiceField(coerce=int, choices=[(mark, mark) for mark in range(1, 6)])
    handling = forms.TypedChoiceField(coerce=int, choices=[(mark, mark) for mark in range(1, 6)])


class LostForm(Dressed):
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}))


def _something(text: str, missing: Any) -> str:
    if not text.strip():
        raise ValidationError(str(missing))
    return text


def _size(size: int) -> str:
    return wording.file_size(size, language=(get_language() or "en")[:2])
