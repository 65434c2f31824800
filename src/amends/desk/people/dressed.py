"""Forms in the clothes of the design system."""

from __future__ import annotations

from typing import Any

from django import forms

CLASSES: dict[type[forms.Widget], str] = {
    forms.CheckboxSelectMultiple: "choices",
    forms.RadioSelect: "choices",
    forms.CheckboxInput: "checkbox",
    forms.ClearableFileInput: "file-input",
    forms.Textarea: "textarea",
    forms.Select: "select",
    forms.widgets.Input: "input",
}


class Dressed(forms.Form):
    """Give each widget the class under which the design system knows it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)


def dress(form: forms.BaseForm) -> None:
    """Add the classes; a field added later is dressed by a second call."""
    for field in form.fields.values():
        name = next(name for kind, name in CLASSES.items() if isinstance(field.widget, kind))
        given = field.widget.attrs.get("class", "")
        if name not in given.split():
            field.widget.attrs["class"] = f"{given} {name}".strip()
