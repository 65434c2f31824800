"""Forms in the clothes of the design system."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from amends.desk.web.fields import FiguresInput

CLASSES: dict[type[forms.Widget], str] = {
    forms.CheckboxSelectMultiple: "choices",
    forms.RadioSelect: "choices",
    forms.CheckboxInput: "checkbox",
    forms.ClearableFileInput: "file-input",
    forms.Textarea: "textarea",
    forms.Select: "select",
    forms.widgets.Input: "input",
}


# What a form says when its author gave it no words of its own: what to do, where Django says what is wrong.
PLAIN: dict[tuple[type[forms.Field], str], Any] = {
    (forms.ChoiceField, "required"): _("Choose one of these."),
    (forms.ChoiceField, "invalid_choice"): _("Choose one of these."),
    (forms.ModelChoiceField, "required"): _("Choose one of these."),
    (forms.ModelChoiceField, "invalid_choice"): _("Choose one of these."),
    (forms.MultipleChoiceField, "required"): _("Choose at least one of these."),
    (forms.EmailField, "invalid"): _("This e-mail address is not complete. Look for a missing part, like '.com'."),
    (forms.TimeField, "invalid"): _("Write the hour like 09:00."),
    (forms.DateField, "invalid"): _("Write the day like 2027-01-31."),
    (forms.IntegerField, "invalid"): _("Write a whole number, in digits only."),
    (forms.DecimalField, "invalid"): _("Write a number, in digits only."),
    (forms.IntegerField, "min_value"): _("Write %(limit_value)s or more."),
    (forms.IntegerField, "max_value"): _("Write %(limit_value)s or less."),
    (forms.CharField, "max_length"): _("This is too long. Write at most %(limit_value)s characters."),
    (forms.Field, "required"): _("Please fill this in."),
}


class Dressed(forms.Form):
    """Give each widget the class under which the design system knows it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


def dress(form: forms.BaseForm) -> None:
    """Add the classes; a field added later is dressed by a second call."""
    for field in form.fields.values():
        if type(field.widget) is forms.NumberInput:
            field.widget = _in_figures(field)
        name = next(name for kind, name in CLASSES.items() if isinstance(field.widget, kind))
        given = field.widget.attrs.get("class", "")
        if name not in given.split():
            field.widget.attrs["class"] = f"{given} {name}".strip()
        speak_plainly(field)


def _in_figures(field: forms.Field) -> FiguresInput:
    widget = FiguresInput(attrs=field.widget.attrs)
    widget.is_required, widget.is_localized = field.required, field.localize
    return widget


def speak_plainly(field: forms.Field) -> None:
    """Put our words where a field still has Django's; what a form says in words of its own stays."""
    for (kind, code), words in PLAIN.items():
        if isinstance(field, kind) and field.error_messages.get(code) in {None, _usual(kind, code)}:
            field.error_messages[code] = words


def _usual(kind: type[forms.Field], code: str) -> Any:
    """What Django says by itself, the nearest kind first."""
    said = (one.__dict__.get("default_error_messages", {}).get(code) for one in kind.__mro__)
    return next((words for words in said if words is not None), None)
