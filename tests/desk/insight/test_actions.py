from datetime import timedelta

import pytest

from amends.desk.complaints.models import Complaint
from amends.desk.insight import actions
from amends.desk.insight.frame import Frame
from amends.desk.insight.models import Look, OnTheWay
from amends.desk.insight.queries import course
from amends.desk.people.limits import change_limits


@pytest.fixture
def frame(now):
    return Frame(since=now - timedelta(days=90), until=now + timedelta(days=1))


def test_every_complaint_is_looked_at_once_and_then_only_when_something_happens(make_complaint, make_agent, now):
    complaint = make_complaint(at=now - timedelta(hours=1))
    make_complaint(at=now - timedelta(hours=1))
    assert actions.look_again(now=now) == 2
    assert actions.look_again(now=now + timedelta(minutes=1)) == 0
    Complaint.objects.filter(pk=complaint.pk).update(last_event_at=now + timedelta(minutes=2))
    assert actions.look_again(now=now + timedelta(minutes=3)) == 1


def test_time_alone_makes_who_waits_wait_too_long(make_complaint, now, frame):
    make_complaint(at=now, language="en")
    actions.look_again(now=now + timedelta(minutes=1))
    assert course(frame=frame).habits == ()
    actions.look_again(now=now + timedelta(days=6))
    assert [habit.name for habit in course(frame=frame).habits] == ["on-hold"]
    assert OnTheWay.objects.get().name == "on-hold"


def test_the_organisations_own_limits_decide(make_complaint, make_agent, now, frame):
    make_complaint(at=now, language="en")
    change_limits(given={"answer_days": "20"}, by=make_agent(), now=now)
    actions.look_again(now=now + timedelta(days=6))
    assert course(frame=frame).habits == ()
    assert actions.look_again(now=now + timedelta(days=6, minutes=2)) == 0
    change_limits(given={"answer_days": "1"}, by=make_agent(), now=now + timedelta(days=6, minutes=3))
    assert actions.look_again(now=now + timedelta(days=6, minutes=4)) == 1
    assert [(habit.name, habit.share.k, habit.share.n) for habit in course(frame=frame).habits] == [("on-hold", 1, 1)]


def test_a_run_does_no_more_than_it_may_and_lets_others_write(make_complaint, now):
    for _ in range(3):
        make_complaint(at=now - timedelta(hours=1))
    pauses = []
    assert actions.look_again(now=now, most=2, rest=lambda: pauses.append(1)) == 2
    assert len(pauses) == 1
    assert Look.objects.count() == 2
