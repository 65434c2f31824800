"""Much falls due at once: it is acted on in groups, and one complaint with which it does not work holds back nobody."""

from datetime import timedelta

import pytest

from amends.desk.clocks import actions as clocks
from amends.desk.clocks.models import Clock
from amends.desk.complaints import actions as complaints
from amends.desk.complaints import timeline
from amends.desk.complaints.models import Complaint, Event
from amends.desk.jobs.groups import PartlyFailed, Patience
from amends.desk.notices.models import Notice
from amends.desk.promises import actions as promises
from amends.desk.promises.models import Promise

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _nothing_failed_before(monkeypatch):
    for room in (promises, clocks):
        monkeypatch.setattr(room, "_patience", Patience())


@pytest.fixture
def lay_out(make_agent, make_team, make_customer, make_complaint, now):
    """So many complaints, each with a promise and an answer that are due in the same moment."""

    def lay(count):
        lead = make_agent(role="lead")
        team = make_team(lead=lead)
        owners = [make_agent(team=team) for _ in range(3)]
        customer = make_customer()
        for number in range(count):
            complaint = make_complaint(owner=owners[number % 3], customer=customer)
            event = complaints.append(
                complaint=complaint, kind="noted", by="agent", agent=complaint.owner, text="…", now=now
            )
            promises.make(
                complaint=complaint, owner=complaint.owner, made_in=event, words="by then", due_at=now + 8 * HOUR,
                whole_day=False, now=now,
            )  # fmt: skip
        due = now + 8 * HOUR
        Promise.objects.update(due_at=due, owner_warned_at=now, lead_warned_at=now)
        Clock.objects.filter(what="answer").update(due_at=due, warned_at=now)
        Clock.objects.exclude(what="answer").delete()
        return due

    return lay


def warned():
    return sorted(
        (event.complaint_id, event.content.data["to"], event.content.data["about"])
        for event in Event.objects.filter(kind="warned").select_related("content")
    )


def test_two_hundred_ask_the_database_for_little(lay_out, django_assert_max_num_queries):
    """A hundred promises and as many clocks: four groups each, some fifteen questions a group."""
    due = lay_out(100)
    with django_assert_max_num_queries(140):
        assert promises.break_due(now=due) == 100
        assert clocks.look(now=due) == 100
    assert Promise.objects.filter(state="broken", told_at=due, settled_at=due).count() == 100
    assert Clock.objects.filter(state="missed", told_at=due).count() == 100
    assert Complaint.objects.filter(broken_promises=1, broken_since=due).count() == 100
    assert Event.objects.filter(kind="promise-broken").count() == 100
    assert len(warned()) == len(set(warned())) == 400  # the owner and the lead, of a promise and of a clock
    assert Notice.objects.filter(kind="warned").count() == 400
    assert promises.break_due(now=due) == clocks.look(now=due) == 0


def test_a_group_writes_what_each_would_write_alone(lay_out, monkeypatch):
    due = lay_out(3)
    promises.break_due(now=due)
    clocks.look(now=due)
    at_once = _written()
    for complaint in Complaint.objects.all():
        assert complaints.rebuild(complaint=complaint) == []
    assert _written() == at_once


def _written():
    return [
        list(Complaint.objects.order_by("pk").values()),
        list(Clock.objects.order_by("complaint", "what", "started_at").values()),
        list(Notice.objects.order_by("pk").values()),
    ]


@pytest.mark.parametrize("room", [promises, clocks])
def test_one_that_fails_holds_back_none_of_the_others(lay_out, monkeypatch, room):
    due = lay_out(4)
    act = room.break_due if room is promises else room.look
    about = "promise-broken" if room is promises else "clock-missed"
    bad = Complaint.objects.order_by("pk")[1]
    derive = timeline.derive

    def stumble(story):
        story = list(story)
        if story[0].row == bad.events.earliest("sequence").pk:
            raise ValueError("this story cannot be read")
        return derive(story)

    with monkeypatch.context() as patched:
        patched.setattr(timeline, "derive", stumble)
        with pytest.raises(PartlyFailed):
            act(now=due)
        with pytest.raises(PartlyFailed):  # it is left alone, and still told of
            act(now=due + MINUTE / 2)
    others = set(Complaint.objects.exclude(pk=bad.pk).values_list("pk", flat=True))
    assert {pk for pk, _to, what in warned() if what == about} == others
    assert len(warned()) == len(set(warned()))
    assert bad.promises.get().state == "open"
    assert bad.clocks.get().state == "running"
    act(now=due + 2 * MINUTE)
    assert {pk for pk, _to, what in warned() if what == about} == others | {bad.pk}
    assert len(warned()) == len(set(warned()))
    assert bad.promises.get().settled_at in {due, None}  # it broke when it was due, not when it could be told


def test_two_promises_of_one_complaint_are_told_in_one_moment(make_complaint, now):
    complaint = make_complaint()
    event = complaints.append(complaint=complaint, kind="noted", by="agent", agent=complaint.owner, text="…", now=now)
    for words in ("the first", "the second"):
        promises.make(
            complaint=complaint, owner=complaint.owner, made_in=event, words=words, due_at=now + HOUR,
            whole_day=False, now=now,
        )  # fmt: skip
    assert promises.break_due(now=now + HOUR) == 2
    complaint.refresh_from_db()
    assert (complaint.broken_promises, complaint.promise_due_at) == (2, None)
    told = complaint.events.filter(kind="promise-broken").order_by("sequence")
    assert [event.content.data["words"] for event in told] == ["the first", "the second"]
