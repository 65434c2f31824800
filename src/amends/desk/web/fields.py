"""Form fields that read what people type in their own digits."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final

from django import forms

from amends.engine.languages.figures import LATIN_DIGITS

_GROUPS: Final = re.compile(r"[\s\u00a0\u202f'’٬]")
_HUNDREDTHS: Final = re.compile(r"[.,٫](\d{1,2})$")
_THOUSANDS: Final = re.compile(r"[.,٫](?=\d{3}(?:\D|$))")


class AmountField(forms.DecimalField):
    """An amount of money as people write it: '12.50', '12,5', '1.250,00', '۱۲٫۵', '۳۰٬۰۰۰'."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Decimal | None:
        """Return the amount.

        :raises ValidationError: when it is no number
        """
        return super().to_python(_plain(value) if isinstance(value, str) else value)


def _plain(typed: str) -> str:
    """Return an amount with Latin digits, a point before the hundredths and nothing between the thousands."""
    text = _GROUPS.sub("", typed.strip().translate(LATIN_DIGITS))
    end = _HUNDREDTHS.search(text)
    whole = _THOUSANDS.sub("", text[: end.start()] if end else text)
    return f"{whole}.{end[1]}" if end else whole
