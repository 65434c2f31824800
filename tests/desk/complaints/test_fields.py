"""Fields of one's own: kinds, teams, closing, finding, and what follows from the events alone."""

import pytest
from django.utils import translation

from amends.desk.complaints import actions, fields, inbox, search
from amends.desk.complaints.models import Complaint, FieldValue

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(make_agent, make_team):
    return make_agent(team=make_team())


@pytest.fixture
def row(make_complaint, agent):
    return make_complaint(owner=agent)


def made(name="Order", kind="text", **more):
    return fields.keep(field=None, name=name, names={"fa": "سفارش"}, kind=kind, **more)


def says(row, language="en"):
    return {one.name: (one.values, one.shown) for one in fields.of(complaint=row, language=language)}


@pytest.mark.parametrize(
    ("typed", "kept"), [("1.250", "1250"), ("1.250,5", "1250.5"), ("1,250", "1.25"), ("12,5", "12.5")]
)
def test_thousands_are_read_as_turkish_writes_them(typed, kept):
    with translation.override("tr"):
        assert fields.read_values(made(kind="number"), [typed]) == [kept]


@pytest.mark.parametrize(
    "asked",
    [
        ("text", [" two  words "], ["two words"]),
        ("number", ["۱٬۲۵۰٫۵۰"], ["1250.5"]),
        ("number", ["12,50"], ["12.5"]),
        ("number", ["100"], ["100"]),
        ("number", ["1,250"], ["1250"]),
        ("number", ["-1,250,000.5"], ["-1250000.5"]),
        ("number", ["1.250"], ["1.25"]),
        ("date", ["2026-10-14"], ["2026-10-14"]),
        ("yes-no", ["no"], ["no"]),
        ("choice", ["late"], ["late"]),
        ("several", ["late", "broken", "late"], ["broken", "late"]),
        ("several", [], []),
        ("number", ["12 pieces"], None),
        ("number", ["NaN"], None),
        ("number", ["9" * 30], None),
        ("date", ["2026-02-30"], None),
        ("yes-no", ["perhaps"], None),
        ("choice", ["stolen"], None),
    ],
)
def test_what_is_typed_is_kept_plainly_or_refused(row, agent, now, asked):
    kind, typed, kept = asked
    field = made(kind=kind, choices="Late\nBroken")
    if kept is None:
        with pytest.raises(fields.UnableToFillIn) as refused:
            fields.fill_in(complaint=row, values={field.pk: typed}, by=agent, now=now)
        assert refused.value.field == field.pk
        return
    fields.fill_in(complaint=row, values={field.pk: typed}, by=agent, now=now)
    assert says(row)["Order"][0] == tuple(kept)
    FieldValue.objects.all().delete()
    assert actions.rebuild(complaint=Complaint.objects.get(pk=row.pk)) == []
    assert says(row)["Order"][0] == tuple(kept)


def test_it_is_written_found_needed_and_emptied(row, agent, make_team, now):
    order = made(needed_to_close=True, team=agent.team)
    how = made("How", "several", choices="Late\nBroken")
    made("Elsewhere", team=make_team(), needed_to_close=True)
    assert set(says(row)) == {"Order", "How"}
    assert set(says(row, "fa")) == {"سفارش"}
    actions.append(complaint=row, kind="replied", by="agent", agent=agent, text="Sorry.", now=now)
    with pytest.raises(actions.UnableToClose, match="Order"):
        actions.close(complaint=row, by=agent, now=now)
    values = {order.pk: ["AB-77"], how.pk: ["late", "broken"]}
    event = fields.fill_in(complaint=row, values=values, by=agent, now=now)
    assert event.content.data["what"] == "Order, How"
    assert fields.fill_in(complaint=row, values=values, by=agent, now=now) is None
    for asked, finds in [("ab", 1), ("", 1), ("zz", 0)]:
        narrowed = inbox.Filters(own=f"{order.pk}:{asked}")
        assert inbox.count(agent=agent, view="all", now=now, filters=narrowed) == finds
    assert inbox.count(agent=agent, view="all", now=now, filters=inbox.Filters(own=f"{how.pk}:BROKEN")) == 1
    search.index(Complaint.objects.get(pk=row.pk))
    assert search.matching(Complaint.objects.all(), "ab 77 broken").count() == 1
    # A choice that is offered no more stays where it was chosen, and so does a field.
    fields.keep(field=how, name="How", names={}, kind="several", choices="Broken\nLost")
    fields.retire(field=how, now=now)
    assert says(row)["How"] == (("broken", "late"), "Broken, Late")
    fields.use_again(field=how)
    fields.fill_in(complaint=row, values={how.pk: []}, by=agent, now=now)
    assert says(row)["How"] == ((), "")
    actions.close(complaint=row, by=agent, now=now)
    actions.erase(customer=row.customer, by=agent, now=now)
    assert not FieldValue.objects.exists()


def test_a_field_without_a_name_or_a_list_is_refused(agent):
    made()
    for more in ({"name": " "}, {"name": "order"}, {"name": "How", "kind": "choice", "choices": " \n"}):
        with pytest.raises(fields.UnableToKeepField):
            made(**more)
    assert made("order", team=agent.team).team == agent.team
