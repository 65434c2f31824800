"""How long it took to reach somebody, at every door, with what each figure is a part of."""

from __future__ import annotations

from datetime import timedelta

import pytest

from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import By, EventKind
from amends.desk.reaching import actions, queries

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def team(make_team):
    return make_team()


@pytest.fixture
def owner(make_agent, team):
    return make_agent(team=team)


@pytest.fixture
def lead(make_agent, team):
    return make_agent(role="lead", team=team)


def answered(complaint, *, by, at):
    complaints.append(complaint=complaint, kind=EventKind.REPLIED, by=By.AGENT, agent=by, text="Hello.", now=at)


def reach(now, *, later, **more):
    return queries.reach(since=now - HOUR, until=now + 5 * HOUR, now=now + later, **more)


def doors(rows):
    return {row.door: row for row in rows}


def test_the_first_word_is_measured_at_each_door(owner, make_complaint, now):
    mail = make_complaint(owner=owner, channel="mail", at=now)
    make_complaint(owner=owner, channel="mail", at=now)
    make_complaint(owner=owner, channel="phone", by=owner, at=now)
    answered(mail, by=owner, at=now + 20 * MINUTE)
    found = doors(reach(now, later=3 * HOUR).person)
    assert (found["mail"].n, found["mail"].reached, found["mail"].waiting) == (2, 1, 1)
    assert (found["mail"].in_time.k, found["mail"].in_time.n) == (1, 2)
    assert found["phone"].median == timedelta()


def test_who_still_waits_within_the_limit_is_not_decided(owner, make_complaint, now):
    make_complaint(owner=owner, channel="form", at=now)
    (form,) = reach(now, later=30 * MINUTE).person
    assert (form.n, form.in_time.n) == (1, 0)


def test_a_manager_is_reached_by_a_managers_word_only(owner, lead, make_complaint, now):
    complaint = make_complaint(owner=owner, at=now)
    complaints.ask_for(complaint=complaint, what="manager", now=now)
    answered(complaint, by=owner, at=now + 10 * MINUTE)
    (portal,) = reach(now, later=HOUR).asked_manager
    assert portal.reached == 0
    answered(complaint, by=lead, at=now + 90 * MINUTE)
    (portal,) = reach(now, later=2 * HOUR).asked_manager
    assert (portal.door, portal.reached, portal.median) == ("portal", 1, 90 * MINUTE)


def test_asking_again_while_nobody_came_is_one_wait_and_a_later_wish_another(owner, make_complaint, now):
    complaint = make_complaint(owner=owner, at=now)
    for minutes in (0, 20):
        complaints.ask_for(complaint=complaint, what="person", now=now + minutes * MINUTE)
    answered(complaint, by=owner, at=now + 40 * MINUTE)
    complaints.ask_for(complaint=complaint, what="person", now=now + 60 * MINUTE)
    (portal,) = reach(now, later=2 * HOUR).asked_person
    assert (portal.n, portal.reached) == (2, 1)


def test_the_night_does_not_count(owner, make_complaint, now):
    evening = now.replace(hour=14, minute=45)  # a quarter to six in Istanbul
    complaint = make_complaint(owner=owner, channel="mail", at=evening)
    answered(complaint, by=owner, at=evening + 15 * HOUR + 30 * MINUTE)
    found = queries.reach(since=now, until=now + timedelta(days=1), now=now + timedelta(days=2))
    assert found.person[0].median == 30 * MINUTE


def test_a_wish_told_on_the_telephone_is_measured_at_that_door(owner, lead, make_complaint, now):
    complaint = make_complaint(owner=owner, channel="phone", at=now)
    actions.ask_for_manager(complaint=complaint, by=owner, channel="phone", now=now)
    found = reach(now, later=HOUR)
    assert doors(found.asked_manager).keys() == {"phone"}
    assert (found.rings, found.came) == (1, 0)


def test_one_team_is_told_alone(owner, make_complaint, make_team, now):
    make_complaint(owner=owner, at=now)
    assert reach(now, later=HOUR, team=make_team()).person == ()
    assert reach(now, later=HOUR, team=owner.team).person[0].n == 1
