"""Several complaints at once: what cannot be done to one leaves the others alone."""

from datetime import timedelta

from amends.desk.complaints import actions, together
from amends.desk.complaints.models import Complaint, ReadMark


def test_closing_tells_which_were_left_and_why(make_agent, make_complaint, now):
    agent = make_agent()
    answered, waiting, promised = (make_complaint(owner=agent) for _ in range(3))
    for complaint in (answered, promised):
        actions.append(complaint=complaint, kind="replied", by="agent", agent=agent, text="Sorry.", now=now)
    chosen = together.of_numbers([answered.number, waiting.number, waiting.number, 999])
    outcome = together.close(complaints=chosen, by=agent, reason="Done.", now=now)
    assert [event.complaint_id for event in outcome.events] == [answered.pk]
    (refused,) = outcome.refused
    assert refused.number == waiting.number
    assert "waits for an answer" in refused.why
    assert outcome.events[0].content.data["reason"] == "Done."
    assert set(Complaint.objects.filter(live=True)) == {waiting, promised}
    undone = together.undo(events=outcome.events, by=agent, now=now + timedelta(minutes=1))
    assert [event.kind for event in undone.events] == ["undone"]
    assert Complaint.objects.get(pk=answered.pk).stage == "answered"


def test_marks_of_reading_go_and_come_back(make_agent, make_complaint, now):
    agent = make_agent()
    read, fresh = make_complaint(owner=agent), make_complaint(owner=agent)
    earlier = now - timedelta(days=1)
    actions.mark_read(complaint=read, agent=agent, now=earlier)
    before = together.mark_read(complaints=[read, fresh], agent=agent, now=now)
    assert before == {read.pk: earlier, fresh.pk: None}
    assert set(ReadMark.objects.values_list("at", flat=True)) == {now}
    together.set_marks(agent=agent, marks=before)
    assert dict(ReadMark.objects.values_list("complaint", "at")) == {read.pk: earlier}
    assert together.mark_unread(complaints=[read, fresh], agent=agent) == {read.pk: earlier}
    assert not ReadMark.objects.exists()
