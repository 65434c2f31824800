"""Rows of other tables as a list in a column, in their order, on SQLite and on PostgreSQL."""

from datetime import UTC

import pytest
from django.db.models import OuterRef

from amends.desk.complaints.in_one import RowsOf, moment
from amends.desk.complaints.models import Complaint, Event, Tagging

pytestmark = pytest.mark.django_db


def test_rows_come_in_order_and_none_is_an_empty_list(make_complaint, now):
    row = make_complaint()
    events = Event.objects.filter(complaint=OuterRef("pk")).order_by("-sequence")
    read = Complaint.objects.values(
        told_=RowsOf(events, "sequence", "kind", "at", "agent"), none=RowsOf(Tagging.objects.none(), "pk")
    ).get(pk=row.pk)
    assert [(place, kind) for place, kind, _at, _agent in read["told_"]] == [
        (3, "customer-wrote"), (2, "owner-taken"), (1, "received"),
    ]  # fmt: skip
    assert {moment(at) for _place, _kind, at, _agent in read["told_"]} == {now.astimezone(UTC)}
    assert [agent for *_more, agent in read["told_"]] == [None, row.owner_id, None]
    assert read["none"] == []
    assert moment(None) is None
