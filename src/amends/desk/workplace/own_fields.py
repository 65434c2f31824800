"""Fields of the organisation's own beside a complaint, and the page on which administrators keep them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from amends.desk.complaints import fields
from amends.desk.complaints.models import Field
from amends.desk.people.models import Language, Right, Team
from amends.desk.web import wording
from amends.desk.web.templatetags.look import own_name
from amends.desk.workplace import acts, screens
from amends.desk.workplace.forms import area, line


class Kept(forms.Form):
    """A field as an administrator writes it down."""

    name = line(gettext_lazy("Name"), most=80)
    kind = forms.ChoiceField(
        label=gettext_lazy("What is filled in"),
        choices=Field.Kind.choices,
        widget=forms.Select(attrs={"class": "select"}),
    )
    choices = forms.CharField(
        label=gettext_lazy("The list, one choice a line"),
        help_text=gettext_lazy("Only where something is chosen from a list, or ticked off."),
        max_length=8_000,
        required=False,
        widget=area(4),
    )
    team = forms.ModelChoiceField(
        label=gettext_lazy("Asked for in"),
        queryset=Team.objects.order_by("name"),
        required=False,
        empty_label=gettext_lazy("every team"),
        widget=forms.Select(attrs={"class": "select"}),
    )
    needed_to_close = forms.BooleanField(
        label=gettext_lazy("Nothing is closed before it is filled in"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "checkbox"}),
    )

    def __init__(self, *given: Any, field: Field | None = None, **named: Any) -> None:
        super().__init__(*given, **named)
        for code in Language.values:
            self.fields[f"name_{code}"] = line(own_name(code), most=80, required=False, lang=code)
            self.fields[f"choices_{code}"] = forms.CharField(
                label=_("The same list, line for line: %(language)s") % {"language": own_name(code)},
                max_length=8_000,
                required=False,
                widget=area(4),
            )
        if field is not None:
            self.fields["kind"].disabled = True  # what was filled in would not fit any more

    def names(self) -> dict[str, str]:
        """What it is called in each language."""
        return {code: self.cleaned_data[f"name_{code}"] for code in Language.values}

    def choices_in(self) -> dict[str, str]:
        """The list in each language, line for line."""
        return {code: self.cleaned_data[f"choices_{code}"] for code in Language.values}

    def other_names(self) -> list[Any]:
        """The boxes of the names in languages, for the template: of the field, and of the lines of its list."""
        return [self[f"{what}_{code}"] for code in Language.values for what in ("name", "choices")]


@login_required
@require_POST
def tick(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Tick a line of a list off, or take the tick away: `on` is sent by a box that is ticked."""
    try:
        fields.tick(
            complaint=screens.find(number),
            field=pk,
            key=request.GET.get("key", ""),
            on="on" in request.POST,
            by=request.user,
            now=timezone.now(),
        )
    except fields.UnableToFillIn as error:
        return acts.refused(request, number, error)
    return acts.done(request, number)


@login_required
@never_cache
def sheet(request: HttpRequest, number: int) -> HttpResponse:
    """Fill them in."""
    row = screens.find(number)
    every = fields.of(complaint=row, language=request.user.language)
    told = [one for one in every if one.field.retired_at is None and not one.is_checklist]
    trouble, wrong = "", 0
    if request.method == "POST":
        values = {one.field.pk: request.POST.getlist(f"field-{one.field.pk}") for one in told}
        try:
            event = fields.fill_in(complaint=row, values=values, by=request.user, now=timezone.now())
        except fields.UnableToFillIn as error:
            trouble, wrong = str(error), error.field
            told = [one if one.field.pk not in values else _as_typed(one, values[one.field.pk]) for one in told]
        else:
            return acts.done(request, number, _("Filled in.") if event is not None else "")
    context = {
        "complaint": row,
        "fields": told,
        "trouble": trouble,
        "wrong": wrong,
        "may_keep_fields": Right.FIELDS in request.user.rights,
    }
    return render(request, "workplace/sheets/fields.html", context, status=422 if trouble else 200)


def _as_typed(one: fields.Told, values: list[str]) -> fields.Told:
    return fields.Told(
        field=one.field,
        name=one.name,
        kind=one.kind,
        values=tuple(values),
        shown=one.shown,
        day=None,
        needed=one.needed,
        choices=one.choices,
    )


@login_required
@never_cache
def listed(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """The list of fields, and one of them open to be changed, or a new one."""
    if Right.FIELDS not in request.user.rights:
        raise PermissionDenied
    field = get_object_or_404(Field, pk=pk) if pk else None
    if request.method == "POST" and field is not None and (what := request.POST.get("what")) in {"retire", "again"}:
        if what == "retire":
            fields.retire(field=field, now=timezone.now())
            messages.success(request, _("It is asked for no more. What it said stays."))
        else:
            fields.use_again(field=field)
            messages.success(request, _("It is asked for again."))
        return redirect("workplace:own-fields")
    form = Kept(request.POST or None, field=field, initial=initial(field))
    if form.is_valid():
        given = form.cleaned_data
        try:
            kept = fields.keep(
                field=field,
                name=given["name"],
                names=form.names(),
                kind=given["kind"],
                choices=given["choices"],
                choices_in=form.choices_in(),
                team=given["team"],
                needed_to_close=given["needed_to_close"],
            )
        except fields.UnableToKeepField as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("“%(name)s” is kept.") % {"name": wording.apart(kept.name)})
            return redirect("workplace:own-fields")
    context = {
        "rows": [(row, fields.told(row, [], language=request.user.language)) for row in fields.listed()],
        "form": form,
        "field": field,
        "here": "own-fields",
    }
    return render(request, "workplace/own_fields.html", context, status=422 if form.is_bound else 200)


def initial(field: Field | None) -> dict[str, Any]:
    """What the form shows of a field."""
    if field is None:
        return {}
    return {
        "name": field.name,
        "kind": field.kind,
        "choices": fields.as_lines(field),
        "team": field.team_id,
        "needed_to_close": field.needed_to_close,
        **{f"name_{code}": called for code, called in field.names.items()},
        **{f"choices_{code}": fields.as_lines_in(field, code) for code in Language.values},
    }
