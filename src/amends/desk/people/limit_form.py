"""The form of limits: every one of them, as it is told now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from amends.desk.people.dressed import dress
from amends.desk.people.limit_words import GROUPS, NAMED
from amends.desk.web.wording import digits_of_reader
from amends.engine.languages.figures import LATIN_DIGITS
from amends.engine.measures.limits import TOLD, USUAL, BadLimitError, plain, value

DIGITS = LATIN_DIGITS | {ord("؛"): ord(";")}


class LimitsForm(forms.Form):
    """A field for each limit; what is typed in Persian digits is a number too."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, now: Mapping[str, str]) -> None:
        super().__init__(data, initial=_shown(now))
        for name, told in TOLD.items():
            field = forms.CharField(
                label=NAMED[name].title, help_text=NAMED[name].help, max_length=300, required=told.unit != "money"
            )
            if told.unit != "money":
                field.widget.attrs |= {"inputmode": "numeric"}
            field.widget.attrs |= {"dir": "ltr", "autocomplete": "off"}
            self.fields[name] = field
        dress(self)

    def groups(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Yield the limits as they stand together on the page."""
        for title, names in GROUPS:
            yield (
                str(title),
                [{"field": self[name], "named": NAMED[name], "usual": plain(USUAL, name)} for name in names],
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in [name for name in TOLD if name in cleaned]:
            cleaned[name] = cleaned[name].translate(DIGITS)
            try:
                value(name, cleaned[name])
            except BadLimitError:
                self.add_error(name, _why(name))
        return cleaned


def _shown(now: Mapping[str, str]) -> dict[str, str]:
    """Numbers in the digits of the reader; sums stand beside letters of currencies."""
    return {name: words if TOLD[name].unit == "money" else digits_of_reader(words) for name, words in now.items()}


def _why(name: str) -> str:
    told = TOLD[name]
    if told.unit == "money":
        return _("Write each currency once, before its amount, as in: USD 5400; TRY 150000.")
    return _("Write a whole number between %(least)s and %(most)s.") % {"least": told.least, "most": told.most}
