"""Taking back what was just done: an event of its own, after which it is as if it had not been done."""

from datetime import timedelta

import pytest

from amends.desk.clocks.models import Clock, State
from amends.desk.complaints import actions, queries
from amends.desk.complaints.as_conversation import as_conversation
from amends.desk.complaints.models import Complaint
from amends.desk.portal import queries as portal

MINUTE = timedelta(minutes=1)


@pytest.fixture
def complaint(make_complaint, make_agent, make_team):
    return make_complaint(owner=make_agent(team=make_team()))


def columns(complaint):
    return Complaint.objects.filter(pk=complaint.pk).values().get()


def answered(complaint, now):
    actions.append(complaint=complaint, kind="replied", by="agent", agent=complaint.owner, text="Sorry.", now=now)


def test_closing_is_taken_back_and_stays_on_the_timeline(complaint, now):
    answered(complaint, now)
    before = columns(complaint)
    event = actions.close(complaint=complaint, by=complaint.owner, reason="A test", now=now)
    assert columns(complaint)["stage"] == "closed"
    actions.undo(event=event, by=complaint.owner, now=now + MINUTE)
    after = columns(complaint)
    assert after | {"last_event_at": before["last_event_at"]} == before
    assert [one.kind for one in complaint.events.order_by("sequence")][-2:] == ["closed", "undone"]
    assert actions.rebuild(complaint=complaint) == []
    said = [item.sentence for item in queries.conversation(complaint=complaint, reader=complaint.owner)]
    assert "A test" in said[-2]
    assert "at once" in said[-1]


def test_a_hand_over_is_taken_back_whole(complaint, make_agent, make_team, now):
    owner, other = complaint.owner, make_agent(team=make_team())
    before = columns(complaint)
    event = actions.hand_over(complaint=complaint, by=owner, to=other, reason="A slip", now=now)
    assert (columns(complaint)["owner_id"], columns(complaint)["team_id"]) == (other.pk, other.team_id)
    actions.undo(event=event, by=owner, now=now + MINUTE)
    after = columns(complaint)
    assert after | {"last_event_at": before["last_event_at"]} == before
    assert (after["people"], after["handovers"]) == (1, 0)
    # Neither the engine nor the customer hears of a slip.
    complaint = queries.by_number(number=complaint.number)
    kinds = [one.kind for one in as_conversation(complaint=complaint, now=now).events]
    assert "handed-over" not in kinds
    told = [item.kind for item in queries.conversation(complaint=complaint, reader=None)]
    assert not {"handed-over", "undone"} & set(told)
    assert "A slip" not in str(portal.page(complaint=complaint, now=now + MINUTE))


def test_what_the_customer_said_meanwhile_stays(complaint, make_agent, now):
    event = actions.hand_over(complaint=complaint, by=complaint.owner, to=make_agent(), reason="A slip", now=now)
    owner = event.agent
    actions.customer_writes(complaint=complaint, text="Hello?", channel="mail", heat=3, now=now + MINUTE)
    actions.undo(event=event, by=owner, now=now + 2 * MINUTE)
    assert (complaint.heat, columns(complaint)["owner_id"], columns(complaint)["heat"]) == (3, owner.pk, 3)


def test_time_limits_run_on_as_before(complaint, now):
    answered(complaint, now)
    before = list(Clock.objects.filter(complaint=complaint).order_by("pk").values_list("what", "state", "due_at"))
    event = actions.close(complaint=complaint, by=complaint.owner, now=now)
    assert Clock.objects.filter(complaint=complaint, state=State.ENDED).exists()
    actions.undo(event=event, by=complaint.owner, now=now + MINUTE)
    after = Clock.objects.filter(complaint=complaint).order_by("pk").values_list("what", "state", "due_at")
    assert sorted(after) == sorted(before)


class TestItIsRefused:
    @pytest.fixture
    def event(self, complaint, make_agent, now):
        return actions.hand_over(complaint=complaint, by=complaint.owner, to=make_agent(), reason="x", now=now)

    def test_to_others(self, event, make_agent, now):
        with pytest.raises(actions.UnableToUndo):
            actions.undo(event=event, by=make_agent(), now=now)

    def test_after_ten_minutes(self, event, now):
        with pytest.raises(actions.UnableToUndo):
            actions.undo(event=event, by=event.agent, now=now + 11 * MINUTE)

    def test_a_second_time(self, event, now):
        actions.undo(event=event, by=event.agent, now=now)
        with pytest.raises(actions.UnableToUndo):
            actions.undo(event=event, by=event.agent, now=now)

    def test_once_the_new_owner_has_gone_on(self, event, complaint, now):
        actions.note(complaint=complaint, by=queries.by_number(number=complaint.number).owner, text="Mine.", now=now)
        with pytest.raises(actions.UnableToUndo):
            actions.undo(event=event, by=event.agent, now=now + MINUTE)

    def test_for_what_cannot_be_unsaid(self, complaint, now):
        event = actions.note(complaint=complaint, by=complaint.owner, text="x", now=now)
        with pytest.raises(actions.UnableToUndo):
            actions.undo(event=event, by=complaint.owner, now=now)
