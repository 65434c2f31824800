"""What happens in one moment is written as it happens; what follows from it is written once."""

from datetime import timedelta

import pytest

from amends.desk.channels.form.actions import take_in_form
from amends.desk.clocks.models import Clock
from amends.desk.complaints import actions, one_moment
from amends.desk.complaints.models import By, Complaint, EventKind, SearchEntry
from amends.desk.promises.models import Promise, State
from amends.desk.workplace.actions import reply

FORM_ASKS = 55
REPLY_ASKS = 45


def said(text="", kind=EventKind.NOTED, **more):
    return {"kind": kind, "by": By.SYSTEM, "text": text, **more}


def test_columns_follow_at_once_in_hand_and_in_the_row_at_the_end(make_complaint, now):
    complaint = make_complaint()
    later = now + timedelta(minutes=5)
    with actions.in_one_moment():
        actions.append(complaint=complaint, now=later, **said("One"))
        assert complaint.last_event_at == later
        assert Complaint.objects.get(pk=complaint.pk).last_event_at == now
        actions.append(complaint=complaint, now=later, **said("Two"))
    row = Complaint.objects.get(pk=complaint.pk)
    assert row.last_event_at == later
    assert {"one", "two"} <= set(SearchEntry.objects.get(complaint=complaint).words.split())
    assert actions.rebuild(complaint=complaint) == []


def test_two_times_are_two_moments(make_complaint, now):
    complaint = make_complaint()
    with actions.in_one_moment():
        for minute in (1, 2):
            moment = now + timedelta(minutes=minute)
            actions.append(complaint=complaint, now=moment, **said(f"Word {minute}"))
            before = Complaint.objects.get(pk=complaint.pk).last_event_at
            assert before == now + timedelta(minutes=minute - 1) if minute == 2 else now
    assert actions.rebuild(complaint=complaint) == []


def test_another_row_of_the_same_complaint_comes_up_to_it_too(make_complaint, now):
    complaint = make_complaint()
    other = Complaint.objects.get(pk=complaint.pk)
    later = now + timedelta(minutes=5)
    with actions.in_one_moment():
        actions.append(complaint=complaint, now=later, **said("One"))
        actions.append(complaint=other, now=later, **said("Two"))
    assert other.last_event_at == complaint.last_event_at == later
    assert list(complaint.events.order_by("sequence").values_list("sequence", flat=True)) == [1, 2, 3, 4, 5]


def test_what_fails_leaves_nothing_in_hand(make_complaint, now):
    complaint = make_complaint()

    def fail():
        with actions.in_one_moment():
            actions.take_in_hand(complaint)
            raise ValueError("enough")

    with pytest.raises(ValueError, match="enough"):
        fail()
    assert one_moment.pages() is None


def test_a_story_is_read_once(make_complaint, now, django_assert_num_queries):
    complaint = make_complaint()
    with actions.in_one_moment():
        events = actions.take_in_hand(complaint)
        with django_assert_num_queries(0):
            assert actions.take_in_hand(complaint) is events
        actions.append(complaint=complaint, now=now, **said("One"))
        assert [event.content.text for event in events][-1] == "One"


@pytest.mark.django_db(transaction=True)
def test_a_form_asks_few_questions_and_leaves_all_that_follows(make_agent, now, django_assert_max_num_queries):
    make_agent(languages=["en"])
    told = {"name": "Ann", "email": "ann@mail.example", "text": "My parcel is lost.", "language": "en"}
    take_in_form(data={**told, "token": "first"}, files=[], now=now)
    with django_assert_max_num_queries(FORM_ASKS):
        complaint = take_in_form(data={**told, "email": "b@mail.example", "token": "second"}, files=[], now=now)
    kinds = list(complaint.events.order_by("sequence").values_list("kind", flat=True))
    assert kinds == ["received", "owner-taken", "customer-wrote", "acknowledged", "promise-made"]
    assert Promise.objects.get(complaint=complaint).state == State.OPEN
    assert Clock.objects.filter(complaint=complaint).exists()
    assert complaint.outgoing.count() == 1
    assert actions.rebuild(complaint=Complaint.objects.get(pk=complaint.pk)) == []


@pytest.mark.django_db(transaction=True)
def test_a_reply_asks_few_questions_and_keeps_the_word_that_was_promised(
    make_agent, now, django_assert_max_num_queries
):
    make_agent(languages=["en"])
    told = {"name": "Ann", "email": "ann@mail.example", "text": "My parcel is lost.", "language": "en"}
    complaint = take_in_form(data={**told, "token": "first"}, files=[], now=now)
    complaint = Complaint.objects.select_related("customer", "owner__team__calendar").get(pk=complaint.pk)
    later = now + timedelta(minutes=5)
    with django_assert_max_num_queries(REPLY_ASKS):
        event = reply(complaint=complaint, by=complaint.owner, text="We look for it.", key="1", now=later)
    assert Promise.objects.get(complaint=complaint).state == State.KEPT
    assert Complaint.objects.get(pk=complaint.pk).promise_due_at is None
    assert complaint.outgoing.count() == 2
    assert reply(complaint=complaint, by=complaint.owner, text="Again.", key="1", now=later).pk == event.pk
    assert actions.rebuild(complaint=complaint) == []
