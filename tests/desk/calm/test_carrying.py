"""What somebody carried on a day: counted by their own clock, while it was theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from amends.desk.calm import carrying
from amends.desk.calm.models import Pause
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import By, EventKind
from amends.desk.people.models import Limit

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def agent(make_agent, make_team):
    return make_agent(team=make_team())


@pytest.fixture
def day(now):
    return now + 3 * HOUR  # noon in Istanbul, three hours into the day


def told(complaint, *, heat, at):
    return complaints.customer_writes(complaint=complaint, text="So.", channel="mail", heat=heat, now=at)


def answered(complaint, *, by, at):
    return complaints.append(
        complaint=complaint, kind=EventKind.REPLIED, by=By.AGENT, agent=by, text="I am on it.", now=at
    )


def today(agent, day):
    return carrying.load(agent=agent, now=day).today


def test_heat_is_added_up_message_by_message(agent, make_complaint, now, day):
    complaint = make_complaint(owner=agent, heat=1, at=now)
    told(complaint, heat=3, at=now + HOUR)
    found = today(agent, day)
    assert (found.heat, found.hot, found.insults) == (4, 1, 1)


def test_who_takes_over_carries_what_comes_after_and_not_what_came_before(agent, make_agent, make_complaint, now, day):
    other = make_agent()
    complaint = make_complaint(owner=other, heat=3, at=now)
    complaints.hand_over(complaint=complaint, by=other, to=agent, reason="asked", now=now + MINUTE)
    told(complaint, heat=2, at=now + HOUR)
    assert (today(agent, day).heat, today(other, day).heat) == (2, 3)


def test_days_are_those_of_the_persons_own_clock(agent, make_complaint, now, day):
    late = now.replace(hour=21, minute=30) - timedelta(days=1)  # half past midnight in Istanbul: today
    make_complaint(owner=agent, heat=3, at=late)
    assert today(agent, day).heat == 3


def test_much_heat_hints_at_a_pause(agent, make_complaint, now, day):
    complaint = make_complaint(owner=agent, heat=3, at=now)
    assert carrying.load(agent=agent, now=day).hint == ""
    for hour in (1, 2):
        told(complaint, heat=3, at=now + hour * HOUR)
    assert carrying.load(agent=agent, now=day).hint == "heat"


def test_conversations_at_once_are_held_against_the_limit(agent, make_complaint, now, day):
    Limit.objects.create(name="at_once", value="1")
    for _ in range(2):
        complaint = make_complaint(owner=agent, at=day - 5 * MINUTE)
        answered(complaint, by=agent, at=day - MINUTE)
    found = carrying.load(agent=agent, now=day)
    assert (found.holds, found.holds_at_most, found.hint) == (2, 1, "many")


def test_time_in_conversations_counts_no_minute_twice(agent, make_complaint, now, day):
    complaint = make_complaint(owner=agent, at=now)
    for minutes in (30, 34, 60):
        answered(complaint, by=agent, at=now + minutes * MINUTE)
    found = today(agent, day)
    assert (found.busy, found.worked) == (24 * MINUTE, 3 * HOUR)
    assert found.occupancy == pytest.approx(24 / 180)


def test_an_answer_before_work_is_no_working_time(agent, make_complaint, now, day):
    complaint = make_complaint(owner=agent, at=now - 2 * HOUR)
    answered(complaint, by=agent, at=now - HOUR)
    assert today(agent, day).busy == timedelta()


def test_too_early_in_the_day_says_nothing(agent, now):
    assert today(agent, now + HOUR).occupancy is None


def test_rest_is_counted_until_they_came_back(agent, make_complaint, now, day):
    complaint = make_complaint(owner=agent, at=now)
    Pause.objects.create(complaint=complaint, agent=agent, since=now, until=now + HOUR, ended_at=now + 12 * MINUTE)
    assert today(agent, day).rested == 12 * MINUTE
