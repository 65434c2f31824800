from datetime import timedelta

import pytest

from amends.desk.people.limits import change_limits, changes, limits, own_limits
from amends.desk.people.models import Limit
from amends.engine.measures.limits import USUAL, BadLimitError


def test_an_organisation_begins_with_the_usual_ones(db):
    assert limits() == USUAL
    assert own_limits() == {}
    assert changes() == []


def test_what_was_changed_is_kept_with_who_and_when(make_agent, now):
    narges, elif_ = make_agent(name="Narges"), make_agent(name="Elif")
    assert change_limits(given={"hold": "5", "people": "2"}, by=narges, now=now) == 1
    assert limits().hold == timedelta(minutes=5)
    assert own_limits() == {"hold": "5"}
    assert change_limits(given={"hold": "3"}, by=elif_, now=now + timedelta(hours=1)) == 1
    assert limits() == USUAL
    assert not Limit.objects.exists()
    assert [(one.name, one.before, one.after, one.by) for one in changes()] == [
        ("hold", "3", "5", "Narges"),
        ("hold", "5", "3", "Elif"),
    ][::-1]


def test_one_bad_limit_keeps_all_as_they_were(make_agent, now):
    with pytest.raises(BadLimitError):
        change_limits(given={"hold": "5", "people": "400"}, by=make_agent(), now=now)
    assert limits() == USUAL
    assert changes() == []


def test_a_limit_of_an_older_version_is_left_aside(db):
    Limit.objects.create(name="patience", value="3")
    Limit.objects.create(name="hold", value="a while")
    assert limits() == USUAL
