"""The forms of pages as shapes of the API, so that what may be typed is said in one place.

A form's fields become the fields of a body, with their kinds, limits and choices; what a program sends is handed to the
very form, and what that refuses is told with the place of each mistake. What a program leaves out stays as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, cast

from django import forms
from django.db.models import Model
from django.forms.models import ModelChoiceField, ModelMultipleChoiceField
from django.utils.datastructures import MultiValueDict
from django.utils.translation import override
from ninja import Schema
from pydantic import Field, StrictBool, create_model
from pydantic.fields import FieldInfo

from amends.desk.api.problems import Problem
from amends.desk.api.schemas import LARGEST, LAST_DAY, In
from amends.desk.people.forms import DaysField, HoursField

MOST: Final = 1000  # values of one list
LONGEST: Final = 100_000
FIRST_DAY: Final = date(1900, 1, 1)
type Fields = Mapping[str, forms.Field]
Number = Annotated[int, Field(ge=1, le=LARGEST)]
Hour = Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
Hours = Annotated[list[Hour], Field(min_length=2, max_length=2)]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]


def is_secret(field: forms.Field) -> bool:
    """Whether a field is written and never read."""
    return isinstance(field.widget, forms.PasswordInput)


def sent(name: str, fields: Fields, *, is_new: bool) -> type[In]:
    """The shape that a program sends: of something new all that is needed, of a change only what changes."""
    shapes: dict[str, Any] = {}
    for key, field in fields.items():
        if isinstance(field, forms.FileField) or (field.disabled and not is_new):
            continue
        needed = is_new and field.required and field.initial is None and not isinstance(field, forms.BooleanField)
        shapes[key] = (_kind(field), _told(field, needed=needed))
    return create_model(name, __base__=In, __doc__=_about(name, is_new=is_new), **shapes)


def told(name: str, fields: Fields, about: str, **more: Any) -> type[Schema]:
    """The shape that a program gets: what the form shows of something, without its secrets, and `more` beside it."""
    shapes: dict[str, Any] = {key: (kind, ...) for key, kind in more.items()}
    for key, field in fields.items():
        if not is_secret(field) and not isinstance(field, forms.FileField):
            shapes.setdefault(key, (_plain(field), Field(description=_words(field))))
    return cast("type[Schema]", create_model(name, __base__=Schema, __doc__=about, **shapes))


def values(form: forms.BaseForm, fields: Fields) -> dict[str, Any]:
    """What a form shows of these fields before anybody types, as plain values; what it lacks is not told."""
    return {
        name: _value(field, form.get_initial_for_field(field, name))
        for name, field in form.fields.items()
        if name in fields and not is_secret(field) and not isinstance(field, forms.FileField)
    }


def typed(form: forms.BaseForm, fields: Fields, body: In) -> MultiValueDict[str, Any]:
    """What a form would be sent by its page: what it shows, with what the program changes."""
    every = values(form, fields) | body.model_dump(exclude_unset=True)
    return MultiValueDict(
        {
            name: written
            for name, value in every.items()
            if name in fields and name in form.fields
            if (written := _written(form.fields[name], value)) is not None
        }
    )


def filled(begin: Callable[[Any], Any], fields: Fields, body: In) -> Any:
    """The form of a page with what a program sent; `begin` makes it, empty or with what is typed.

    :raises Problem: if the form refuses it
    """
    form = begin(typed(begin(None), fields, body))
    stop_at_mistakes(form)
    return form


def stop_at_mistakes(form: forms.BaseForm) -> None:
    """Let a form look at what it was sent.

    :raises Problem: if it refuses anything, with the place of each mistake
    """
    if form.is_valid():
        return
    errors = [
        {"place": "" if name == "__all__" else name, "code": str(one["code"] or "invalid"), "detail": one["message"]}
        for name, ones in form.errors.get_json_data().items()
        for one in ones
    ]
    raise Problem("not-valid", errors=errors)


# ── One field ────────────────────────────────────────────────────────────────


def _kind(field: forms.Field) -> Any:  # noqa: PLR0911, C901 - one for each kind of field
    """Of which kind a value is that is sent."""
    if isinstance(field, forms.BooleanField):
        return StrictBool
    if isinstance(field, ModelMultipleChoiceField):
        return Annotated[list[Number], Field(max_length=MOST)]
    if isinstance(field, ModelChoiceField):
        return Number if field.required else Number | None
    if isinstance(field, forms.MultipleChoiceField):
        return Annotated[list[_one_of(field)], Field(max_length=MOST)]  # type: ignore[misc]
    if isinstance(field, forms.ChoiceField):
        return _one_of(field)
    if isinstance(field, forms.DecimalField):
        places = {"max_digits": field.max_digits, "decimal_places": field.decimal_places, "ge": field.min_value}
        kind = Annotated[Decimal, Field(**{key: value for key, value in places.items() if value is not None})]
        return kind if field.required else kind | None
    if isinstance(field, forms.IntegerField):
        least, most = field.min_value, field.max_value
        number = Annotated[int, Field(ge=-LARGEST if least is None else least, le=LARGEST if most is None else most)]
        return number if field.required else number | None
    if isinstance(field, forms.DateField):
        return Day if field.required else Day | None
    if isinstance(field, HoursField):
        return Annotated[list[Hours], Field(max_length=12)]
    if isinstance(field, DaysField):
        return Annotated[list[Day], Field(max_length=MOST)]
    least = 1 if field.required else 0
    longest = getattr(field, "max_length", None) or LONGEST
    return Annotated[str, Field(min_length=least, max_length=longest)]


def _plain(field: forms.Field) -> Any:  # noqa: PLR0911 - one for each kind of field
    """Of which kind a value is that is read: the same without its limits."""
    if isinstance(field, forms.BooleanField):
        return bool
    if isinstance(field, ModelMultipleChoiceField):
        return list[int]
    if isinstance(field, ModelChoiceField | forms.IntegerField) and not isinstance(field, forms.DecimalField):
        return int | None
    if isinstance(field, forms.DecimalField):
        return Decimal | None
    if isinstance(field, forms.MultipleChoiceField):
        return list[int] if _is_of_numbers(field) else list[str]
    if isinstance(field, forms.DateField):
        return date | None
    if isinstance(field, HoursField):
        return list[list[str]]
    if isinstance(field, DaysField):
        return list[date]
    return str


def _one_of(field: forms.ChoiceField) -> Any:
    """One of the choices that are always there; of others any word, at which the form looks."""
    choices = field.choices
    if not isinstance(choices, list) or not choices:  # asked for anew each time: roles, time zones, people
        return Annotated[str, Field(max_length=100)]
    known = [value for value, _words in _flat(choices)]
    if not field.required and "" not in known and not isinstance(field, forms.MultipleChoiceField):
        known.insert(0, "")
    return Literal[tuple(int(one) if _is_of_numbers(field) else str(one) for one in known)]


def _flat(choices: Iterable[tuple[Any, Any]]) -> Iterable[tuple[Any, Any]]:
    for value, words in choices:
        if isinstance(words, list | tuple):
            yield from words
        else:
            yield value, words


def _is_of_numbers(field: forms.Field) -> bool:
    return isinstance(field, forms.TypedMultipleChoiceField) and field.coerce is int


def _told(field: forms.Field, *, needed: bool) -> FieldInfo:
    """Say in the document what a field is; one that may be left out has no value of its own there."""
    more: dict[str, Any] = {"description": _words(field)}
    return cast("FieldInfo", Field(..., **more) if needed else Field(default_factory=str, **more))


def _words(field: forms.Field) -> str:
    with override("en"):
        said = [str(field.label or ""), str(field.help_text or ""), "Written, never read." if is_secret(field) else ""]
    return " ".join(f"{one.rstrip('.')}." for one in said if one)


def _about(name: str, *, is_new: bool) -> str:
    return "What there is to say of it." if is_new else f"What changes; what is left out stays ({name})."


def _value(field: forms.Field, shown: Any) -> Any:
    """A value as the form shows it, in plain words of JSON."""
    if callable(shown):
        shown = shown()
    if isinstance(field, forms.BooleanField):
        return bool(shown)
    if isinstance(field, ModelMultipleChoiceField | forms.MultipleChoiceField | HoursField | DaysField):
        return [one.pk if isinstance(one, Model) else one for one in (shown or [])]
    if isinstance(field, ModelChoiceField):
        return shown.pk if isinstance(shown, Model) else (shown or None)
    if isinstance(field, forms.DecimalField | forms.IntegerField | forms.DateField):
        return None if shown in {None, ""} else shown
    return "" if shown is None else str(shown)


def _written(field: forms.Field, value: Any) -> list[Any] | None:
    """A value as a browser sends it; nothing for what it leaves out."""
    if isinstance(field, HoursField | DaysField):
        told = [str(one) if isinstance(one, date) else one for one in value]
        return [field.prepare_value(told)]
    if isinstance(value, bool):
        return ["on"] if value else None
    if value is None:
        return None
    if isinstance(value, list):
        return [str(one) for one in value]
    if isinstance(value, Decimal) and isinstance(field, forms.DecimalField) and field.decimal_places is not None:
        return [f"{value:.{field.decimal_places}f}"]
    return [str(value)]
