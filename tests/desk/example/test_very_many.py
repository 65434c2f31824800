"""Very many complaints at once are as if each had come by itself."""

from __future__ import annotations

import re

import pytest
from django.db import connection

from amends.desk.complaints import search
from amends.desk.complaints.actions import rebuild
from amends.desk.complaints.models import Complaint, Event, EventContent, ReadMark, SearchEntry
from amends.desk.complaints.timeline import MESSAGES
from amends.desk.example import in_bulk, laying_in, very_many
from amends.desk.insight.models import Touched

pytestmark = pytest.mark.django_db


def test_every_column_and_word_is_what_the_timeline_gives(now, monkeypatch):
    monkeypatch.setattr(very_many, "PATTERNS", 12)
    monkeypatch.setattr(very_many, "_VOCABULARY", 400)
    Touched.objects.all().delete()  # emptying all tables after an earlier test may have set the triggers off
    plan = laying_in.lay_in(complaints=120, seed=3, now=now)
    assert Complaint.objects.filter(live=True).count() == plan.live
    assert not Touched.objects.exists()  # all days are made anew: nothing is noted for each of millions of rows
    for one in Complaint.objects.select_related("customer").order_by("-number")[:12]:
        before = SearchEntry.objects.get(complaint=one).words
        said = Event.objects.filter(complaint=one, kind__in=MESSAGES).count()
        assert said <= 11
        assert rebuild(complaint=one) == []
        assert SearchEntry.objects.get(complaint=one).words == before
    _assert_the_rest_is_as_in_new_rows()
    Complaint.objects.filter(number=1001).update(heat=3)
    assert Touched.objects.filter(complaint=Complaint.objects.get(number=1001).pk).exists()
    some = Complaint.objects.get(number=1001)
    found = search.matching(Complaint.objects.all(), f"1001 {some.customer.name}")
    assert [one.number for one in found] == [1001]

    with pytest.raises(laying_in.UnableToLayIn):
        laying_in.lay_in(complaints=120, seed=3, now=now)


def _assert_the_rest_is_as_in_new_rows() -> None:
    """No line tells what is the same in all rows, and no table keeps a default that was there for the lines only."""
    for one in very_many.TABLES:
        fields = {field.column: field for field in one.model._meta.concrete_fields}
        for column in one.same:
            field = fields[column]
            assert one.model.objects.values_list(field.attname, flat=True).distinct().get() == field.get_default()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_attrdef WHERE adrelid = 'clocks_clock'::regclass")
            assert cursor.fetchone() == (0,)


def test_a_part_is_drawn_alike_wherever_and_whenever(now, monkeypatch):
    monkeypatch.setattr(very_many, "PATTERNS", 12)
    monkeypatch.setattr(very_many, "_VOCABULARY", 400)
    monkeypatch.setattr(very_many.secrets, "token_urlsafe", lambda size: "k" * size)
    team = [very_many.Team(id=at, language=code, agents=(7, 8, 9)) for at, code in enumerate(very_many.ZONES)]
    plan = very_many.Plan(complaints=300, seed=5, now=now, teams=tuple(team))
    first = laying_in.draw(plan, "complaints", 101, 100, "sqlite")
    assert laying_in.draw(plan, "complaints", 1, 100, "sqlite") != first
    assert laying_in.draw(plan, "complaints", 101, 100, "sqlite") == first
    gaps = r"[\ue000-\uf8ff]|\{[a-z]+\}|%s"
    assert [name for name, lines in first.items() if re.search(gaps, lines)] == []
    copied = laying_in.draw(plan, "complaints", 101, 100, "postgresql")
    assert {name: lines.count(b"\n") for name, lines in copied.items()} == {
        name: lines.count("\n") for name, lines in first.items()
    }


def test_a_field_that_would_be_two_is_refused():
    rows = in_bulk.Rows(very_many.TABLES)
    rows.add(ReadMark, 1, 2, "a\tb")
    with pytest.raises(ValueError, match="tab"):
        rows.told()


def test_copy_reads_backslashes_and_nothing(now):
    rows = in_bulk.Rows(very_many.TABLES)
    rows.add(ReadMark, 1, None, now.replace(microsecond=5))
    rows.add(EventContent, 1, "", r'{"a": "\"b"}')
    told = in_bulk.for_copy(rows.told())
    assert told["complaints_readmark"].split(b"\t")[1] == rb"\N"
    assert told["complaints_eventcontent"] == rb"1" + b"\t\t" + rb'{"a": "\\"b"}' + b"\n"
