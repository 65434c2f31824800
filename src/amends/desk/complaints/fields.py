"""Fields of the organisation's own: what it wants to know of a complaint beside what everybody asks.

What a field says of a complaint follows from its events, so it stands on the timeline who filled it in when. Which
fields there are is a list that administrators keep; a field that is retired goes on saying what it said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from amends.desk.complaints import search
from amends.desk.complaints.actions import append
from amends.desk.complaints.models import By, Complaint, Event, EventKind, Field, FieldValue
from amends.desk.complaints.timeline import Happened
from amends.desk.customers.words import one_line, storable
from amends.desk.people.models import Agent, Language, Team
from amends.engine.languages.figures import LATIN_DIGITS

LONGEST: Final = 500
MOST_CHOICES: Final = 100
MOST_DIGITS: Final = 14
LISTS: Final = frozenset({Field.Kind.CHOICE, Field.Kind.SEVERAL, Field.Kind.CHECKLIST})
MANY: Final = frozenset({Field.Kind.SEVERAL, Field.Kind.CHECKLIST})
NO_WORDS: Final[Mapping[str, str]] = MappingProxyType({})
YES: Final = "yes"
NO: Final = "no"


class UnableToFillIn(Exception):
    """A value is none of the field's kind; says which field."""

    def __init__(self, message: str, *, field: int) -> None:
        super().__init__(message)
        self.field = field


class UnableToKeepField(Exception):
    """The field has no name, another one has it, or its list is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A field with what it says of a complaint: keys and plain values, and for a reader."""

    field: Field
    name: str
    kind: str
    values: tuple[str, ...]
    shown: str  # of words, a number or a list, in the reader's language; empty for a day and for yes or no
    day: date | None
    needed: bool
    choices: tuple[tuple[str, str], ...]

    @property
    def is_checklist(self) -> bool:
        """Whether it is ticked off line by line, and stands on its own."""
        return self.kind == Field.Kind.CHECKLIST

    @property
    def ticked(self) -> int:
        """How many lines of a checklist are done, of those that are asked for."""
        return sum(key in self.values for key, _called in self.choices)

    @property
    def box(self) -> str:
        """What its box in a form is called."""
        return f"field-{self.field.pk}"


# Acts.


@transaction.atomic
def fill_in(*, complaint: Complaint, values: Mapping[int, Sequence[str]], by: Agent, now: datetime) -> Event | None:
    """Fill in fields of a complaint, by their ids; an empty value empties one. Nothing changed writes nothing.

    :raises UnableToFillIn: if a value does not fit its field, or the field is not one of this complaint's
    """
    Complaint.objects.select_for_update().get(pk=complaint.pk)
    there = {field.pk: field for field in of_team(complaint.team_id)}
    before = _values([complaint.pk]).get(complaint.pk, {})
    changed: dict[str, list[str]] = {}
    for pk, typed in values.items():
        field = there.get(pk)
        if field is None:
            raise UnableToFillIn(_("This field is not asked for here any more."), field=pk)
        read = read_values(field, typed)
        if read != before.get(pk, []):
            changed[str(pk)] = read
    if not changed:
        return None
    event = append(
        complaint=complaint,
        kind=EventKind.FILLED_IN,
        by=By.AGENT,
        agent=by,
        data={
            "fields": changed,
            "what": ", ".join(there[int(pk)].name for pk in changed),
            "called": {code: ", ".join(there[int(pk)].called(code) for pk in changed) for code in Language.values},
        },
        now=now,
    )
    words = [_as_words(there[int(pk)], one) for pk, told in changed.items() for one in told]
    search.add(complaint_id=complaint.pk, texts=words)
    return event


@transaction.atomic
def tick(*, complaint: Complaint, field: int, key: str, on: bool, by: Agent, now: datetime) -> Event | None:
    """Tick something off a list, or take the tick away; nothing where it stands so already.

    :raises UnableToFillIn: if the list is not one of this complaint's, or has no such line
    """
    Complaint.objects.select_for_update().get(pk=complaint.pk)
    row = next((one for one in of_team(complaint.team_id) if one.pk == field), None)
    if row is None or row.kind != Field.Kind.CHECKLIST:
        raise UnableToFillIn(_("This field is not asked for here any more."), field=field)
    _chosen(row, key)
    before = _values([complaint.pk]).get(complaint.pk, {}).get(field, [])
    after = sorted({*before, key}) if on else [one for one in before if one != key]
    if after == before:
        return None
    called = {code: f"{row.called(code)}: {_as_words(row, key, language=code)}" for code in Language.values}
    return append(
        complaint=complaint,
        kind=EventKind.FILLED_IN,
        by=By.AGENT,
        agent=by,
        data={
            "fields": {str(field): after},
            "what": f"{row.name}: {_as_words(row, key)}",
            "called": called,
            "tick": "on" if on else "off",
        },
        now=now,
    )


def read_values(field: Field, typed: Sequence[str]) -> list[str]:
    """Return what is stored of what was typed; several only where several may be chosen.

    :raises UnableToFillIn: if it does not fit
    """
    told = list(dict.fromkeys(value for one in typed if (value := one_line(storable(one), limit=LONGEST))))
    if not told:
        return []
    if field.kind in MANY:
        return sorted(_chosen(field, one) for one in told)
    one = told[0]
    match field.kind:
        case Field.Kind.CHOICE:
            return [_chosen(field, one)]
        case Field.Kind.YES_NO:
            if one not in {YES, NO}:
                raise UnableToFillIn(_("Choose yes or no."), field=field.pk)
        case Field.Kind.NUMBER:
            return [_number(field, one)]
        case Field.Kind.DATE:
            try:
                return [date.fromisoformat(one.translate(LATIN_DIGITS)).isoformat()]
            except ValueError as error:
                raise UnableToFillIn(_("This is no day."), field=field.pk) from error
    return [one]


@transaction.atomic
def keep(
    *,
    field: Field | None,
    name: str,
    names: Mapping[str, str],
    kind: str,
    choices: str = "",
    choices_in: Mapping[str, str] = NO_WORDS,
    team: Team | None = None,
    needed_to_close: bool = False,
) -> Field:
    """Make a field, or change what it is called and asked for; its kind stays what it was.

    A list is written one choice a line, and in another language in the same order (`choices_in`). A choice that is no
    longer in it is offered no more, and stays where it was chosen.

    :raises UnableToKeepField: if it has no name, another one of this team has it, or its list is empty
    """
    name = one_line(storable(name), limit=80)
    if not name:
        raise UnableToKeepField(_("Write a name."))
    same = Field.objects.filter(name__iexact=name, team=team, retired_at=None)
    if same.exclude(pk=field.pk if field is not None else None).exists():
        raise UnableToKeepField(_("There is one of this name already."))
    row = field or Field(kind=Field.Kind(kind), place=Field.objects.count())
    if row.kind in LISTS:
        row.choices = _listed(row.choices, choices, choices_in)
        if not any(not choice.get("retired") for choice in row.choices):
            raise UnableToKeepField(_("Write at least one choice, one a line."))
    told = {code: one_line(storable(names.get(code, "")), limit=80) for code in Language.values}
    row.name, row.names = name, {code: called for code, called in told.items() if called and called != name}
    row.team, row.needed_to_close = team, needed_to_close
    row.save()
    return row


def retire(*, field: Field, now: datetime) -> None:
    """Ask for it no more; what it said of complaints stays."""
    Field.objects.filter(pk=field.pk, retired_at=None).update(retired_at=now)


def use_again(*, field: Field) -> None:
    """Ask for it again."""
    Field.objects.filter(pk=field.pk).update(retired_at=None)


# What follows from the events.


def follow(*, complaint: Complaint, story: Sequence[Happened]) -> None:
    """Bring what fields say of a complaint up to its events."""
    if not any(event.kind == EventKind.FILLED_IN for event in story) and not any(
        event.kind == EventKind.UNDONE for event in story
    ):
        return
    wanted = standing_values(story)
    kinds = dict(Field.objects.filter(pk__in=wanted).values_list("pk", "kind"))
    rows = {(pk, text) for pk, told in wanted.items() if pk in kinds for text in told}
    there = set(FieldValue.objects.filter(complaint=complaint).values_list("field", "text"))
    for pk, text in there - rows:
        FieldValue.objects.filter(complaint=complaint, field=pk, text=text).delete()
    FieldValue.objects.bulk_create(_row(complaint, pk, text, kinds[pk]) for pk, text in sorted(rows - there))


def standing_values(story: Sequence[Happened]) -> dict[int, list[str]]:
    """Say what the events leave in each field."""
    found: dict[int, list[str]] = {}
    for event in story:
        if event.kind == EventKind.FILLED_IN:
            for pk, told in event.data.get("fields", {}).items():
                found[int(pk)] = [str(one) for one in told]
    return {pk: told for pk, told in found.items() if told}


# Reading.


def of_team(team: int | None) -> list[Field]:
    """List the fields that are asked for in a team's complaints: everybody's and its own."""
    return list(Field.objects.filter(Q(team=None) | Q(team=team), retired_at=None))


def of(*, complaint: Complaint, language: str) -> list[Told]:
    """Tell the fields of a complaint with what they say, for a reader of a language; retired ones where they say it."""
    values = _values([complaint.pk]).get(complaint.pk, {})
    rows = Field.objects.filter(Q(pk__in=values) | ((Q(team=None) | Q(team=complaint.team_id)) & Q(retired_at=None)))
    return [told(field, values.get(field.pk, []), language=language) for field in rows]


def told(field: Field, values: Sequence[str], *, language: str) -> Told:
    """Tell one field with what it says, for a reader of a language."""
    choices = tuple(
        (str(choice["key"]), _called(choice, language)) for choice in field.choices if not choice.get("retired")
    )
    is_plain = field.kind not in {Field.Kind.DATE, Field.Kind.YES_NO}
    return Told(
        field=field,
        name=field.called(language),
        kind=field.kind,
        values=tuple(values),
        shown=", ".join(_as_words(field, one, language=language) for one in values) if is_plain else "",
        day=date.fromisoformat(values[0]) if values and field.kind == Field.Kind.DATE else None,
        needed=field.needed_to_close,
        choices=choices,
    )


def matching(asked: str) -> Q:
    """Say that a field says what is asked, as `12:words`: a number, a day or words alike; a choice by its name."""
    told, _colon, words = asked.partition(":")
    field = Field.objects.filter(pk=int(told[:9])).first() if told.isdecimal() else None
    if field is None:
        return Q()
    rows = FieldValue.objects.filter(field=field)
    words = words.strip()
    if words and field.kind in LISTS:
        wanted = search.folded(words)
        keys = [
            choice["key"]
            for choice in field.choices
            if wanted in {search.folded(name) for name in (choice["key"], choice["name"], *choice["names"].values())}
        ]
        rows = rows.filter(text__in=keys)
    elif words and field.kind == Field.Kind.TEXT:
        rows = rows.filter(text__icontains=words)
    elif words:
        try:
            rows = rows.filter(text__in=read_values(field, [words]))
        except UnableToFillIn:
            rows = rows.none()
    return Q(pk__in=rows.values("complaint"))


def listed() -> QuerySet[Field]:
    """List all fields as administrators keep them: those that are asked for first."""
    rows = Field.objects.select_related("team").annotate(is_past=Q(retired_at__isnull=False))
    return rows.order_by("is_past", "place", "pk")


def as_lines_in(field: Field, language: str) -> str:
    """The same list in a language, an empty line where a choice has no name of its own in it."""
    names = [choice.get("names", {}).get(language, "") for choice in field.choices if not choice.get("retired")]
    return "\n".join(names) if any(names) else ""


def as_lines(field: Field) -> str:
    """The choices of a list as an administrator writes them: one a line."""
    return "\n".join(str(choice["name"]) for choice in field.choices if not choice.get("retired"))


def _values(complaint_ids: Sequence[int]) -> dict[int, dict[int, list[str]]]:
    found: dict[int, dict[int, list[str]]] = {}
    rows = FieldValue.objects.filter(complaint__in=complaint_ids).order_by("field", "text")
    for complaint, field, text in rows.values_list("complaint", "field", "text"):
        found.setdefault(complaint, {}).setdefault(field, []).append(text)
    return found


def _row(complaint: Complaint, pk: int, text: str, kind: str) -> FieldValue:
    return FieldValue(
        complaint=complaint,
        field_id=pk,
        text=text,
        number=Decimal(text) if kind == Field.Kind.NUMBER else None,
        day=date.fromisoformat(text) if kind == Field.Kind.DATE else None,
    )


def _chosen(field: Field, key: str) -> str:
    if not any(choice["key"] == key for choice in field.choices):
        raise UnableToFillIn(_("Choose one of the list."), field=field.pk)
    return key


def _number(field: Field, typed: str) -> str:
    """A number as people type it, in any digits and with either mark; stored plainly."""
    plain = typed.translate(LATIN_DIGITS).replace(" ", "").replace("٬", "")
    # '1,250' is a thousand and more; in Turkish that is '1.250', and a comma stands before the parts of one.
    grouping, decimal = (".", ",") if (get_language() or "en").startswith("tr") else (",", ".")
    if re.fullmatch(rf"[+-]?\d{{1,3}}(?:\{grouping}\d{{3}})+(?:[\{decimal}٫]\d+)?", plain):
        plain = plain.replace(grouping, "")
    plain = plain.replace("٫", ".").replace(",", ".")
    try:
        value = Decimal(plain)
    except InvalidOperation as error:
        raise UnableToFillIn(_("This is no number."), field=field.pk) from error
    if not value.is_finite() or abs(value) >= 10**MOST_DIGITS:
        raise UnableToFillIn(_("This is no number."), field=field.pk)
    value = round(value, 6)
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"


def _called(choice: Mapping[str, Any], language: str) -> str:
    return str(choice.get("names", {}).get(language) or choice["name"])


def _as_words(field: Field, value: str, *, language: str = "") -> str:
    if field.kind not in LISTS:
        return value
    return next((_called(choice, language) for choice in field.choices if choice["key"] == value), value)


def _listed(
    before: Sequence[Mapping[str, Any]], lines: str, others: Mapping[str, str] = NO_WORDS
) -> list[dict[str, Any]]:
    """The list as it is written now, keeping the keys of what was there, and what is gone as retired."""
    written = [one_line(storable(line), limit=80) for line in lines.strip().splitlines()]
    names = list(dict.fromkeys(name for name in written if name))
    told: dict[str, dict[str, str]] = {name: {} for name in names}
    for code, text in others.items():
        # The first line stands beside the first one, also where no other line has a name in this language.
        for name, line in zip(written, text.rstrip().splitlines(), strict=False):
            if name and (called := one_line(storable(line), limit=80)) and called != name:
                told[name][code] = called
    known = {str(choice["name"]): dict(choice) for choice in before}
    keys = {str(choice["key"]) for choice in before}
    found: list[dict[str, Any]] = []
    for name in names[:MOST_CHOICES]:
        choice = known.pop(name, None)
        if choice is None:
            stem = slugify(name, allow_unicode=True)[:40] or "choice"
            key = next(one for one in (stem, *(f"{stem}-{n}" for n in range(2, len(keys) + 3))) if one not in keys)
            keys.add(key)
            choice = {"key": key, "name": name, "names": {}}
        choice.pop("retired", None)
        if others:
            choice["names"] = told[name]
        found.append(choice)
    return [*found, *({**choice, "retired": True} for choice in known.values())]
