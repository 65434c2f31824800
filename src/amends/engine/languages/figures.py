"""Numbers and money as readers of each language write them: one place for pages, pictures and reports."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from babel.numbers import format_decimal

LOCALES: Final = {"en": "en_GB", "tr": "tr_TR", "fa": "fa_IR", "mn": "mn_MN"}
# Babel gives every language but Turkish the English marks. Persian has marks of its own (U+066C, U+066B), never the
# Latin comma; Mongolian spelling parts thousands by a blank, which must not break, and decimals by a comma.
_MARKS: Final = {
    "fa": str.maketrans("0123456789,.", "۰۱۲۳۴۵۶۷۸۹٬٫"),
    "mn": str.maketrans(",.", "\u00a0,"),
}
# Persian and Arabic digits, as people type them.
LATIN_DIGITS: Final = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_SIGNS: Final = {"TRY": "₺", "MNT": "₮", "EUR": "€", "USD": "$", "GBP": "£"}
_PERSIAN_CURRENCIES: Final = {
    "IRR": "ریال", "TRY": "لیر", "MNT": "توگروگ", "EUR": "یورو", "USD": "دلار", "GBP": "پوند",
}  # fmt: skip


def number(value: float | Decimal, *, language: str, form: str | None = None) -> str:
    """Write a number: '1,234.5', '1.234,5', '۱٬۲۳۴٫۵', '1 234,5'; `form` is a pattern of Babel's, '#,##0.00'."""
    if language not in _MARKS:
        return str(format_decimal(value, form, locale=LOCALES.get(language, "en_GB")))
    return str(format_decimal(value, form, locale="en_GB")).translate(_MARKS[language])


def money(amount: Decimal | float, *, currency: str, language: str) -> str:
    """Write an amount with its currency, without hundredths when there are none.

    '₺18,400', '₺18.400', '۱۸٬۴۰۰ لیر', '18 400 ₺'.
    """
    value = Decimal(str(amount))
    whole = value == value.to_integral_value()
    text = number(value.quantize(Decimal(1)) if whole else value, language=language, form=None if whole else "#,##0.00")
    if not currency:
        return text
    if language == "fa":
        return f"{text}\u00a0{_PERSIAN_CURRENCIES.get(currency, currency)}"
    sign = _SIGNS.get(currency, currency)
    return f"{text}\u00a0{sign}" if language == "mn" or len(sign) > 1 else f"{sign}{text}"
