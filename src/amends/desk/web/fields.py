"""Form fields that read what people type in their own digits."""

from __future__ import annotations

import re
from datetime import time
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import get_language, gettext_lazy

from amends.desk.web import wording
from amends.engine.languages.figures import LATIN_DIGITS

_FIGURES: Final = LATIN_DIGITS | {ord("٫"): ".", ord("٬"): None}
_GROUPS: Final = re.compile(r"[\s\u00a0\u202f'’٬]")
_HUNDREDTHS: Final = re.compile(r"[.,٫](\d{1,2})$")
_THOUSANDS: Final = re.compile(r"[.,٫](?=\d{3}(?:\D|$))")
# '9', '930', '0930', '9:30', '9.30' and '9h30', of a day of 24 hours or with the half of it: '5 pm', '۵ ب.ظ'.
_HOUR: Final = re.compile(r"(\d{1,2})(?:\s*[:.,٫h٬]?\s*(\d{2}))?\s*h?(?:\s*(\D+))?")
_MARKS: Final = re.compile("[\u200e\u200f]")  # that come along when an hour is copied out of a line of Persian
_HALVES: Final = {"am": 0, "pm": 12, "öö": 0, "ös": 12, "قظ": 0, "بظ": 12, "үө": 0, "үх": 12}


class AmountField(forms.DecimalField):
    """An amount of money as people write it: '12.50', '12,5', '1.250,00', '۱۲٫۵', '۳۰٬۰۰۰'."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Decimal | None:
        """Return the amount.

        :raises ValidationError: when it is no number
        """
        return super().to_python(_plain(value) if isinstance(value, str) else value)


class FiguresInput(forms.NumberInput):
    """A number; for readers of Persian in their digits, which a field of the browser's own does not write."""

    def format_value(self, value: Any) -> str | None:
        """Write a whole amount without hundredths."""
        if isinstance(value, Decimal) and value == value.to_integral_value():
            value = f"{value:.0f}"
        written = super().format_value(value)
        if written is None or not _is_persian():
            return written
        return wording.digits(written, language="fa").replace(".", "٫")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Leave out what only a field of the browser's own knows."""
        context = super().get_context(name, value, attrs)
        if _is_persian():
            told = context["widget"]
            told["type"] = "text"
            kept = {one: words for one, words in told["attrs"].items() if one not in {"min", "max", "step"}}
            told["attrs"] = {"inputmode": "decimal", "autocomplete": "off", "dir": "ltr"} | kept
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Read digits of any script."""
        told = super().value_from_datadict(data, files, name)
        return told.translate(_FIGURES) if isinstance(told, str) else told


def _is_persian() -> bool:
    return (get_language() or "en")[:2] == "fa"


class HourInput(forms.TextInput):
    """An hour as the desk writes hours, in its reader's digits; a field of the browser's own speaks as that does."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        usual = {"class": "input hour", "inputmode": "numeric", "autocomplete": "off", "dir": "ltr", "data-hour": ""}
        super().__init__(attrs=usual | {"maxlength": "12"} | (attrs or {}))

    def format_value(self, value: Any) -> str | None:
        """Write a time of day with two figures for the hour; what was typed stays as it was typed."""
        written = f"{value:%H:%M}" if isinstance(value, time) else super().format_value(value)
        return None if written is None else wording.digits_of_reader(written)


class HourField(forms.TimeField):
    """A time of day as people type it: '9', '17:30', '1730', '5 pm', '۱۷:۳۰'."""

    widget = HourInput
    default_error_messages = {"invalid": gettext_lazy("Write the hour like 09:00.")}

    def to_python(self, value: Any) -> time | None:
        """Return the time.

        :raises ValidationError: when it is none
        """
        if value in self.empty_values or isinstance(value, time):
            return super().to_python(value)
        found = hour_of(str(value))
        if found is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return found


def hour_of(typed: str) -> time | None:
    """Read a time of day; None where it is none."""
    plain = _MARKS.sub("", wording.without_bidi_controls(typed)).translate(LATIN_DIGITS)
    told = _HOUR.fullmatch(plain.strip())
    if told is None:
        return None
    hour, minute, half = int(told[1]), int(told[2] or 0), told[3]
    if half is not None:
        later = _HALVES.get(re.sub(r"[.\s\u200c]", "", half).casefold())
        if later is None or not 1 <= hour <= 12:
            return None
        hour = hour % 12 + later
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _plain(typed: str) -> str:
    """Return an amount with Latin digits, a point before the hundredths and nothing between the thousands."""
    text = _GROUPS.sub("", typed.strip().translate(LATIN_DIGITS))
    end = _HUNDREDTHS.search(text)
    whole = _THOUSANDS.sub("", text[: end.start()] if end else text)
    return f"{whole}.{end[1]}" if end else whole
