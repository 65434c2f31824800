"""Putting aside until later: back at its time, or when the customer speaks; never past a promise without saying so."""

from datetime import timedelta

import pytest

from amends.desk.complaints import actions, aside, queries
from amends.desk.complaints.models import Complaint
from amends.desk.promises import actions as promises

HOUR = timedelta(hours=1)


@pytest.fixture
def agent(make_agent, make_team):
    return make_agent(team=make_team())


def holds(agent, view, at):
    return [row.number for row in queries.inbox(agent=agent, view=view, now=at)]


def rebuilt(complaint):
    before = Complaint.objects.values().get(pk=complaint.pk)
    Complaint.objects.filter(pk=complaint.pk).update(snoozed_until=None)
    actions.rebuild(complaint=complaint)
    assert Complaint.objects.values().get(pk=complaint.pk) == before
    return before["snoozed_until"]


def test_it_leaves_what_needs_its_owner_now_and_comes_back_at_its_time(agent, make_complaint, now):
    other = make_complaint(owner=agent, at=now - HOUR)
    complaint = make_complaint(owner=agent, at=now - 2 * HOUR)
    until = now + 3 * HOUR
    aside.put_aside(complaint=complaint, by=agent, until=until, now=now)
    assert rebuilt(complaint) == until
    assert holds(agent, "now", now) == [other.number]
    assert holds(agent, "snoozed", now) == [complaint.number]
    assert holds(agent, "mine", now) == [other.number, complaint.number]  # after all others until then
    row = queries.inbox(agent=agent, view="mine", now=now)[1]
    assert (row.why, row.why_at, row.snoozed_until) == ("aside", until, until)
    counts = queries.views_with_counts(agent=agent, now=now)
    assert (counts["now"], counts["snoozed"], counts["mine"]) == (1, 1, 2)
    # At its time it is back, whether a worker has said so or not.
    assert holds(agent, "now", until) == [complaint.number, other.number]
    assert holds(agent, "snoozed", until) == []
    row = queries.inbox(agent=agent, view="now", now=until)[0]
    assert (row.why, row.why_at, row.snoozed_until) == ("woken", until, None)
    assert (aside.tell_who_is_back(now=until - HOUR), aside.tell_who_is_back(now=until)) == (0, 1)
    assert aside.tell_who_is_back(now=until + HOUR) == 0
    assert rebuilt(complaint) == until
    assert holds(agent, "now", until + HOUR)[0] == complaint.number
    said = [item.sentence for item in queries.conversation(complaint=complaint, reader=agent)]
    assert said[-2:] == [f"{agent.name} put it aside until later", "Back, for its time has come"]
    customers = [item.kind for item in queries.conversation(complaint=complaint, reader=None)]
    assert not {"snoozed", "woken"} & set(customers)
    aside.bring_back(complaint=complaint, by=agent, now=until + HOUR)
    assert rebuilt(complaint) is None
    with pytest.raises(aside.UnableToPutAside):
        aside.bring_back(complaint=complaint, by=agent, now=until + HOUR)


@pytest.mark.parametrize("what", ["writes", "not content", "asks", "hands over", "answers", "closes"])
def test_it_comes_back_when_somebody_speaks(agent, make_agent, make_complaint, now, what):
    complaint = make_complaint(owner=agent, at=now - HOUR)
    actions.append(complaint=complaint, kind="replied", by="agent", agent=agent, text="Sorry.", now=now - HOUR)
    aside.put_aside(complaint=complaint, by=agent, until=now + 30 * HOUR, now=now)
    match what:
        case "writes":
            actions.customer_writes(complaint=complaint, text="Well?", channel="mail", now=now)
        case "not content":
            actions.say_not_content(complaint=complaint, text="No.", now=now)
        case "asks":
            actions.ask_for(complaint=complaint, what="call", now=now)
        case "hands over":
            actions.hand_over(complaint=complaint, by=agent, to=make_agent(), reason="Knows it", now=now)
        case "answers":
            actions.append(complaint=complaint, kind="called", by="agent", agent=agent, text="Spoke.", now=now)
        case "closes":
            actions.close(complaint=complaint, by=agent, now=now)
    assert rebuilt(complaint) is None


def test_nothing_is_put_aside_past_a_promise_without_saying_so(agent, make_complaint, now):
    complaint = make_complaint(owner=agent, at=now - HOUR)
    event = actions.append(complaint=complaint, kind="replied", by="agent", agent=agent, text="By noon.", now=now)
    due = now + 2 * HOUR
    promises.make(
        complaint=complaint, owner=agent, made_in=event, words="by noon", due_at=due, whole_day=False, now=now
    )
    complaint.refresh_from_db()
    aside.put_aside(complaint=complaint, by=agent, until=now + HOUR, now=now)
    with pytest.raises(aside.PassesOver):
        aside.put_aside(complaint=complaint, by=agent, until=due, now=now)
    event = aside.put_aside(complaint=complaint, by=agent, until=due + 30 * HOUR, passes=True, now=now)
    said = queries.conversation(complaint=complaint, reader=agent)[-1].sentence
    assert "knowing what falls due before" in said
    # A promise of today is seen all the same, and a broken one brings it back.
    assert holds(agent, "now", now) == holds(agent, "today", now) == [complaint.number]
    promises.break_due(now=due)
    assert rebuilt(complaint) is None
    with pytest.raises(aside.UnableToPutAside, match="broken"):
        aside.put_aside(complaint=complaint, by=agent, until=due + HOUR, passes=True, now=due)
    with pytest.raises(actions.UnableToUndo):
        actions.undo(event=event, by=agent, now=due + HOUR)


def test_it_is_taken_back_whole(agent, make_complaint, now):
    complaint = make_complaint(owner=agent, at=now - HOUR)
    first = aside.put_aside(complaint=complaint, by=agent, until=now + HOUR, now=now)
    second = aside.put_aside(complaint=complaint, by=agent, until=now + 9 * HOUR, now=now + timedelta(minutes=1))
    actions.undo(event=second, by=agent, now=now + timedelta(minutes=2))
    assert rebuilt(complaint) == now + HOUR
    actions.undo(event=first, by=agent, now=now + timedelta(minutes=3))
    assert rebuilt(complaint) is None


def test_it_is_refused_where_it_would_let_something_slip(agent, make_agent, make_complaint, now):
    complaint = make_complaint(owner=agent, at=now - HOUR)
    lead = make_agent(role="lead")
    for by, until, why in [
        (make_agent(), now + HOUR, agent.name),
        (agent, now, "ahead"),
        (agent, now + timedelta(days=91), "three months"),
    ]:
        with pytest.raises(aside.UnableToPutAside, match=why):
            aside.put_aside(complaint=complaint, by=by, until=until, now=now)
    aside.put_aside(complaint=complaint, by=lead, until=now + HOUR, now=now)
    actions.say_content(complaint=complaint, by_customer=True, now=now)
    with pytest.raises(aside.UnableToPutAside, match="nothing to put aside"):
        aside.put_aside(complaint=complaint, by=agent, until=now + HOUR, now=now)
