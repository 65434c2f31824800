"""A worker killed in the middle: every state changes once and every warning goes out at most once."""

import random
from datetime import timedelta

import pytest

from amends.desk.clocks import actions as clocks
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import Event
from amends.desk.promises import actions as promises
from amends.desk.promises.models import Promise

HOUR = timedelta(hours=1)
ROUNDS = 2


class Killed(BaseException):
    """No handler catches it, as none catches a kill."""


@pytest.fixture
def owner(make_agent, make_team):
    return make_agent(team=make_team(lead=make_agent(role="lead")))


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_everything_is_said_once(monkeypatch, owner, make_complaint, now, seed):
    chance = random.Random(seed)
    for hours in (3, 5, 6):
        complaint = make_complaint(owner=owner)
        event = complaints.append(complaint=complaint, kind="noted", by="agent", agent=owner, text="…", now=now)
        promises.make(
            complaint=complaint, owner=owner, made_in=event, words="by then", due_at=now + hours * HOUR,
            whole_day=False, now=now,
        )  # fmt: skip
    append = complaints.append_to_each

    def sometimes(**named):
        written = append(**named)
        if chance.random() < 0.3:
            raise Killed
        return written

    monkeypatch.setattr(complaints, "append_to_each", sometimes)
    moment = now
    for _ in range(200):
        moment += timedelta(minutes=20)
        for work in (promises.break_due, clocks.look):
            try:
                work(now=moment)
            except Killed:
                continue
        if moment > now + 9 * HOUR:
            break
    told = [
        (event.complaint_id, event.content.data["to"], event.content.data["about"], event.content.data.get("promise"))
        for event in Event.objects.filter(kind="warned")
    ]
    assert len(told) == len(set(told))
    assert set(Promise.objects.values_list("state", flat=True)) == {"broken"}
    assert Event.objects.filter(kind="promise-broken").count() == 3
    assert {about for _, _, about, _ in told} == {"promise-due", "promise-broken", "clock-due", "clock-missed"}
