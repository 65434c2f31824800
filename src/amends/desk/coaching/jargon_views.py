"""The page of the list of jargon."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from amends.desk.coaching import jargon
from amends.desk.people.dressed import Dressed
from amends.desk.people.guards import for_right
from amends.desk.people.models import Agent, Right
from amends.desk.web.wording import direction


class JargonForm(Dressed):
    """Two lists for each language, a word a line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in jargon.written():
            words = {"rows": 6, "dir": direction(one.language), "lang": one.language, "class": "textarea"}
            for name, label, text in (
                ("jargon", gettext_lazy("Jargon, with a plain word behind ="), one.jargon),
                ("everyday", gettext_lazy("No jargon here"), one.everyday),
            ):
                field = forms.CharField(
                    label=label, required=False, initial=text, strip=False, max_length=80_000,
                    widget=forms.Textarea(attrs=words),
                )  # fmt: skip
                self.fields[f"{name}_{one.language}"] = field

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in list(cleaned):
            what, _line, language = name.partition("_")
            read = jargon.read_jargon if what == "jargon" else jargon.read_everyday
            try:
                cleaned[name] = read(cleaned[name], language=language)
            except jargon.UnableToKeepJargon as trouble:
                self.add_error(name, ValidationError(str(trouble)))
        return cleaned

    def of(self, what: str) -> dict[str, Any]:
        return {code: self.cleaned_data[f"{what}_{code}"] for code, _name in settings.LANGUAGES}

    def groups(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """Each language with its own name and its two fields."""
        return [
            (code, name, [self[f"{what}_{code}"] for what in ("jargon", "everyday")])
            for code, name in settings.LANGUAGES
        ]


@for_right(Right.JARGON)
def listed(request: HttpRequest) -> HttpResponse:
    """Show what is jargon here and what is not, and change it."""
    form = JargonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by = cast("Agent", request.user)
        try:
            changed = jargon.keep(jargon=form.of("jargon"), everyday=form.of("everyday"), by=by, now=timezone.now())
        except jargon.UnableToKeepJargon as trouble:
            form.add_error(None, str(trouble))
        else:
            messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
            return redirect("coaching:jargon")
    context = {"form": form, "history": jargon.changes(), "here": "jargon"}
    return render(request, "coaching/jargon.html", context, status=422 if form.errors else 200)
