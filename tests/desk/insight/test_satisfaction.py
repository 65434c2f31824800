"""Satisfied or not, with two things apart; and how much people carry, without naming anybody."""

from __future__ import annotations

import pytest

from amends.desk.complaints import actions as complaints
from amends.desk.insight.load import load
from amends.desk.insight.satisfaction import satisfaction

pytestmark = pytest.mark.django_db


def test_outcome_and_handling_are_told_apart_and_the_last_answer_counts(desk, frame, now):
    for complaint in desk[:10]:
        complaints.say_content(complaint=complaint, by_customer=True, now=now)
    complaints.rate(complaint=desk[0], outcome=1, handling=1, now=now)
    for place in range(6):
        complaints.rate(complaint=desk[place], outcome=5 if place < 2 else 2, handling=4 if place < 5 else 1, now=now)
    found = satisfaction(frame=frame)
    outcome, handling = found.questions
    assert (found.answered.k, found.answered.n) == (6, 10)
    assert (outcome.good.k, handling.good.k, outcome.good.n) == (2, 5, 6)
    assert dict(outcome.stars) == {5: 2, 4: 0, 3: 0, 2: 4, 1: 0}
    assert (found.fair.k, found.fair.n) == (3, 4)  # a no that was taken well
    assert outcome.good.too_few  # six answers are no per cent


def test_load_tells_nothing_of_a_team_of_two(desk, frame, make_agent, make_team):
    large, small = make_team(name="Large"), make_team(name="Small")
    people = [make_agent(team=large) for _ in range(4)] + [make_agent(team=small) for _ in range(2)]
    for place, complaint in enumerate(desk):
        complaint.owner = people[place % 3 if place < 9 else 4]
        complaint.save()
    found = {one.team: one for one in load(frame=frame).teams}
    assert (found[large.pk].people, found[large.pk].complaints) == (4, 9)
    assert (found[large.pk].half, found[large.pk].most) == (3, 3)
    assert (found[small.pk].people, found[small.pk].complaints, found[small.pk].most) == (2, 3, None)
    assert load(frame=frame).a_week == pytest.approx(12 / 3 / (90 / 7), rel=0.01)


def test_nobody_answered_and_nothing_goes_on(frame, db):
    assert satisfaction(frame=frame).answered.n == 0
    assert load(frame=frame).whole.complaints == 0
