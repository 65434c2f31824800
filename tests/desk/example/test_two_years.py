"""A simulated organisation in which a cause grows and is cured: the desk finds both."""

from __future__ import annotations

import random

import pytest

from amends.desk.complaints.actions import rebuild
from amends.desk.complaints.models import Complaint
from amends.desk.example import two_years
from amends.desk.improvements import effect
from amends.desk.improvements.models import Cause
from amends.desk.improvements.room_words import told_words

pytestmark = pytest.mark.django_db


def test_the_alarm_rings_and_before_and_after_tell_of_the_cure(now, client, make_agent, monkeypatch):
    found = two_years.lay_out(seed=1, now=now, days=300)
    rang = [one for one in found.alarms if one.kind == "theme" and one.name == str(found.theme.pk)]
    assert rang
    assert (rang[0].until - found.grew_on).days < 28
    seen = effect.effect(improvement=found.improvement, now=now)
    assert seen.told == "improved"
    assert seen.here.high < 1
    # And whoever reads the pages sees both: that it rises, what was done, and that it helped.
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    client.force_login(make_agent(role="lead"))
    name = found.theme.name
    for page in ("insight/alarms/", "insight/causes/?span=365", "insight/?span=365", "improvements/"):
        assert name in client.get(f"/desk/{page}").content.decode(), page
    cured = client.get(f"/desk/improvements/{found.improvement.pk}/").content.decode()
    assert name in cured
    assert told_words(seen.told) in cured
    assert found.complaints == Complaint.objects.count() == Cause.objects.count()
    for one in (*Complaint.objects.order_by("number")[:3], *Complaint.objects.order_by("-number")[:3]):
        assert rebuild(complaint=one) == []

    with pytest.raises(two_years.UnableToSeed):
        two_years.lay_out(seed=1, now=now)


def test_a_story_needs_its_time(now):
    with pytest.raises(two_years.UnableToSeed):
        two_years.lay_out(seed=1, now=now, days=two_years.FEWEST_DAYS - 1)


def test_chance_is_of_the_seed():
    counts = [two_years._poisson(0.8, random.Random(3)) for _ in range(3)]
    assert len(set(counts)) == 1
    dice = random.Random(4)
    assert sum(two_years._poisson(0.8, dice) for _ in range(4000)) / 4000 == pytest.approx(0.8, abs=0.05)
