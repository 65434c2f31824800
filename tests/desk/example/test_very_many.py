"""Very many complaints at once are as if each had come by itself."""

from __future__ import annotations

import pytest

from amends.desk.complaints import search
from amends.desk.complaints.actions import rebuild
from amends.desk.complaints.models import Complaint, Event, SearchEntry
from amends.desk.complaints.timeline import MESSAGES
from amends.desk.example import laying_in, very_many
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
    Complaint.objects.filter(number=1001).update(heat=3)
    assert Touched.objects.filter(complaint=Complaint.objects.get(number=1001).pk).exists()
    some = Complaint.objects.get(number=1001)
    found = search.matching(Complaint.objects.all(), f"1001 {some.customer.name}")
    assert [one.number for one in found] == [1001]

    with pytest.raises(laying_in.UnableToLayIn):
        laying_in.lay_in(complaints=120, seed=3, now=now)
