"""Setting up the frame: teams, working calendars, what is too long, what customers see, lists, tags and fields."""

from __future__ import annotations

from typing import Annotated, Any

from django import forms as django_forms
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from ninja import Router
from pydantic import Field as Shape

from amends.desk.api.routes.common import Call
from amends.desk.api.schemas import In
from amends.desk.api.things import Act, Sheet, Thing, administrators, everybody, open_routes, open_sheet, with_right
from amends.desk.complaints import fields, listed, tags
from amends.desk.complaints.models import Branch, Field, Product, Tag
from amends.desk.people import administering, face, forms, limit_form, limits, walls
from amends.desk.people.face_form import FaceForm
from amends.desk.people.models import Calendar, Language, Organisation, Right, Team
from amends.desk.people.organisation import organisation_name
from amends.desk.workplace.own_fields import Kept, initial

router = Router()

# ── Teams and calendars ──────────────────────────────────────────────────────

TEAMS = Thing(
    one="team",
    many="teams",
    title=_("Teams"),
    about="A team with its lead and its working calendar; a closed one is not seen by others.",
    may=administrators,
    fields=forms.TeamForm.base_fields,
    begin=lambda _call, row, data: forms.TeamForm(data, instance=row),
    rows=lambda _call: Team.objects.order_by("name", "pk"),
    make=lambda call, form: walls.save_team(team=Team(), by=call.agent, now=call.now, **form.cleaned_data),
    change=lambda call, row, form: walls.save_team(team=row, by=call.agent, now=call.now, **form.cleaned_data),
)


def _keep_calendar(row: Calendar, form: forms.CalendarForm) -> Calendar:
    told = form.cleaned_data
    administering.save_calendar(
        calendar=row, name=told["name"], time_zone=told["time_zone"], week=form.week(), days_off=told["days_off"]
    )
    return row


class HolidaysIn(In):
    country: Annotated[str, Shape(pattern="^([A-Z]{2})?$", description="ISO 3166; without one none are added any more")]
    year: Annotated[int, Shape(ge=2020, le=2060)]


def _holidays(row: Calendar, told: HolidaysIn) -> None:
    if told.country:
        administering.add_holidays(calendar=row, country=told.country, year=told.year)
    else:
        administering.leave_holidays(calendar=row)


CALENDARS = Thing(
    one="calendar",
    many="calendars",
    title=_("Working calendars"),
    about="Working hours of each day of the week (`day_0` is Monday), and days off.",
    may=administrators,
    fields=forms.CalendarForm().fields,
    begin=lambda _call, row, data: forms.CalendarForm(data, calendar=row),
    rows=lambda _call: Calendar.objects.order_by("name", "pk"),
    make=lambda _call, form: _keep_calendar(Calendar(), form),
    change=lambda _call, row, form: _keep_calendar(row, form),
    unable=(administering.UnableToAddHolidays,),
    acts=(
        Act(
            name="holidays",
            title=_("Public holidays"),
            says="Add the public holidays of a country and year as days off; later years come by themselves.",
            do=lambda _call, row, told: _holidays(row, told),
            sends=HolidaysIn,
        ),
    ),
)

# ── What is too long, too many, too late ─────────────────────────────────────

LIMITS = Sheet(
    name="limits",
    title=_("What is too long, too many, too late"),
    about="By what the course of a complaint is judged.",
    may=with_right(Right.LIMITS),
    fields=limit_form.LimitsForm(now={}).fields,
    begin=lambda _call, data: limit_form.LimitsForm(data, now=limits.all_limits()),
    keep=lambda call, form: limits.change_limits(given=form.cleaned_data, by=call.agent, now=call.now),
)

# ── What customers see ───────────────────────────────────────────────────────


def _face_fields() -> dict[str, django_forms.Field]:
    known = dict(FaceForm(look=face.Look(logo="known"), name="", is_named=True).fields)
    del known["logo"]  # a file; `kept` is the same in Base64
    known["kept"].label = _("Logo")
    known["kept"].help_text = _("PNG or JPEG, up to 256 kB. It stands before the name, 40 points high.")
    return known


def _face(_call: Call, data: Any) -> FaceForm:
    form = FaceForm(data, look=face.look(), name=organisation_name(), is_named=Organisation.objects.exists())
    form.initial["kept"] = ""
    return form


FACE = Sheet(
    name="face",
    title=_("What customers see"),
    about="Name, logo (`kept`, in Base64; never read), colour, welcome, links, and the languages offered.",
    may=administrators,
    fields=_face_fields(),
    begin=_face,
    keep=lambda call, form: face.change(**form.told(), by=call.agent, now=call.now),
)

# ── Lists of products and branches ───────────────────────────────────────────


def _whether_retired(row: Product | Branch | Tag | Field) -> dict[str, bool]:
    return {"is_retired": row.retired_at is not None}


class EntryForm(django_forms.Form):
    """An entry of a list: its name, and what it is called in each language."""

    name = django_forms.CharField(label=_("Name"), max_length=listed.LONGEST)
    name_tr, name_fa, name_mn, name_en = (
        django_forms.CharField(label=code, max_length=listed.LONGEST, required=False)
        for code in ("tr", "fa", "mn", "en")
    )


def _entry(_call: Call, row: Product | Branch | None, data: Any) -> EntryForm:
    shown = {} if row is None else {"name": row.name, **{f"name_{code}": word for code, word in row.names.items()}}
    return EntryForm(data, initial=shown)


def _list(which: listed.Which, *, many: str, title: Any) -> Thing:
    def keep(form: EntryForm, entry: int | None) -> Any:
        told = form.cleaned_data
        names = {code: told[f"name_{code}"] for code in Language.values}
        return listed.keep(which, entry=entry, name=told["name"], names=names)

    return Thing(
        one=which,
        many=many,
        title=title,
        about="An entry of the list: its name, and its name in each language where that is another one.",
        may=administrators,
        fields=EntryForm.base_fields,
        begin=_entry,
        rows=lambda _call: listed.by_name(which),
        make=lambda _call, form: keep(form, None),
        change=lambda _call, row, form: keep(form, row.pk),
        more={"is_retired": bool},
        tell=_whether_retired,
        unable=(listed.UnableToList,),
        acts=(
            Act(
                name="retire",
                title=_("Retire"),
                says="Let it be chosen no more; what was about it stays about it.",
                do=lambda call, row: listed.retire(which, entry=row.pk, now=call.now),
            ),
            Act(
                name="use-again",
                title=_("Use again"),
                says="Let it be chosen again.",
                do=lambda _call, row: listed.bring_back(which, entry=row.pk),
            ),
        ),
    )


PRODUCTS = _list("product", many="products", title=_("Products"))
BRANCHES = _list("branch", many="branches", title=_("Branches"))

# ── Tags ─────────────────────────────────────────────────────────────────────


class TagForm(django_forms.Form):
    name = django_forms.CharField(label=_("Name"), max_length=Tag.LONGEST)


class IntoIn(In):
    into: Annotated[int, Shape(ge=1, le=2**31 - 1, description="The number of the other one.")]


def _merge_tag(call: Call, row: Tag, told: IntoIn) -> None:
    into = Tag.objects.filter(pk=told.into, merged_into=None).first()
    if into is None:
        raise tags.UnableToKeepTag(gettext("Choose another tag to merge it into."))
    tags.merge(tag=row, into=into, now=call.now)


TAGS = Thing(
    one="tag",
    many="tags",
    title=_("Tags"),
    about="A tag of the list; new ones come by being put on a complaint.",
    may=with_right(Right.TAGS),
    may_read=everybody,
    fields=TagForm.base_fields,
    begin=lambda _call, row, data: TagForm(data, initial={"name": row.name}),
    rows=lambda _call: Tag.objects.filter(merged_into=None).order_by("name", "pk"),
    change=lambda _call, row, form: tags.rename(tag=row, name=form.cleaned_data["name"]),
    more={"is_retired": bool},
    tell=_whether_retired,
    unable=(tags.UnableToKeepTag,),
    acts=(
        Act(
            name="merge",
            title=_("Merge"),
            says="Let it go into another one; its complaints carry that.",
            do=_merge_tag,
            sends=IntoIn,
        ),
        Act(
            name="retire",
            title=_("Retire"),
            says="Offer it no more; where it stands it stays.",
            do=lambda call, row: tags.retire(tag=row, now=call.now),
        ),
        Act(
            name="use-again",
            title=_("Use again"),
            says="Offer it again.",
            do=lambda _call, row: tags.use_again(tag=row),
        ),
    ),
)

# ── Own fields ───────────────────────────────────────────────────────────────


def _keep_field(form: Kept, field: Field | None) -> Field:
    told = form.cleaned_data
    return fields.keep(
        field=field,
        name=told["name"],
        names=form.names(),
        kind=told["kind"],
        choices=told["choices"],
        choices_in=form.choices_in(),
        team=told["team"],
        needed_to_close=told["needed_to_close"],
    )


with translation.override("en"):
    FIELDS_OF_FIELDS = dict(Kept().fields)

FIELDS = Thing(
    one="field",
    many="fields",
    title=_("Own fields"),
    about="What the organisation asks of a complaint beside the usual; of lists, one choice a line.",
    may=with_right(Right.FIELDS),
    fields=FIELDS_OF_FIELDS,
    fields_of_change={name: one for name, one in FIELDS_OF_FIELDS.items() if name != "kind"},
    begin=lambda _call, row, data: Kept(data, field=row, initial=initial(row)),
    rows=lambda _call: fields.listed(),
    make=lambda _call, form: _keep_field(form, None),
    change=lambda _call, row, form: _keep_field(form, row),
    more={"is_retired": bool},
    tell=_whether_retired,
    unable=(fields.UnableToKeepField,),
    acts=(
        Act(
            name="retire",
            title=_("Retire"),
            says="Ask for it no more; what it said stays.",
            do=lambda call, row: fields.retire(field=row, now=call.now),
        ),
        Act(
            name="use-again",
            title=_("Use again"),
            says="Ask for it again.",
            do=lambda _call, row: fields.use_again(field=row),
        ),
    ),
)

for thing in (TEAMS, CALENDARS, PRODUCTS, BRANCHES, TAGS, FIELDS):
    open_routes(router, thing)
for sheet in (LIMITS, FACE):
    open_sheet(router, sheet)
