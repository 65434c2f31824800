"""What went wrong on the way is told of the case, in the reader's language, and of nobody."""

from datetime import timedelta

import pytest
from django.urls import reverse

from amends.desk.coaching.course import course_of
from amends.desk.complaints import actions
from amends.desk.improvements import actions as improvements

pytestmark = pytest.mark.django_db


def names(complaint, now):
    return [passage.name for passage in course_of(complaint=complaint, language="en", now=now)]


def test_quiet_complaint_has_nothing_to_tell(make_complaint, now):
    assert names(make_complaint(), now + timedelta(minutes=5)) == []


def test_second_hand_over_is_told_without_a_name(make_complaint, make_agent, client, now):
    complaint = make_complaint(owner=make_agent(name="Can Demir"))
    for person in ("Deniz Kaya", "Ece Ak"):
        actions.hand_over(
            complaint=complaint, by=complaint.owner, to=make_agent(name=person), reason="holiday", now=now
        )
        complaint.refresh_from_db()
    assert names(complaint, now) == ["passing-around"]
    (passage,) = course_of(complaint=complaint, language="en", now=now)
    assert (passage.words, passage.at) == ("", now)
    client.force_login(complaint.owner)
    page = client.get(reverse("coaching:course", args=[complaint.number])).content.decode()
    assert passage.title in page
    assert "Deniz" not in page
    assert "Ece" not in page


def test_letter_that_waits_too_long_is_quoted(make_complaint, now):
    (passage,) = course_of(complaint=make_complaint(), language="en", now=now + timedelta(days=4))
    assert (passage.name, passage.words) == ("on-hold", "My parcel did not come")


def test_asking_for_a_manager_is_met_by_a_manager_only(make_complaint, make_agent, now):
    complaint = make_complaint(owner=make_agent(role="agent"))
    actions.ask_for(complaint=complaint, what="manager", now=now)
    later = now + timedelta(minutes=30)
    for agent in (make_agent(role="agent"), make_agent(role="lead")):
        assert names(complaint, now + timedelta(hours=22)) == ["unreachable"]
        actions.append(complaint=complaint, kind="replied", by="agent", agent=agent, text="I am here.", now=later)
    assert names(complaint, now + timedelta(hours=22)) == []


def test_same_confirmed_cause_again_within_a_year(make_complaint, make_customer, make_agent, now):
    customer, owner = make_customer(), make_agent()
    for at in (now - timedelta(days=100), now):
        complaint = make_complaint(customer=customer, owner=owner, at=at)
        improvements.confirm(complaint=complaint, layer="process", theme="late", by=owner, now=at)
    assert names(complaint, now + timedelta(minutes=5)) == ["repeated-mistake"]


def test_what_the_ledger_tells_is_not_told_twice(make_complaint, now):
    from amends.desk.promises import actions as promises

    complaint = make_complaint()
    event = actions.append(
        complaint=complaint, kind="replied", by="agent", agent=complaint.owner, text="By noon.", now=now
    )
    due = now + timedelta(hours=1)
    promises.make(
        complaint=complaint, owner=complaint.owner, made_in=event, words="By noon", due_at=due, whole_day=False, now=now
    )
    promises.break_due(now=due + timedelta(minutes=1))
    assert names(complaint, due + timedelta(hours=1)) == []


def test_strangers_are_sent_to_sign_in(client, make_complaint):
    assert client.get(reverse("coaching:course", args=[make_complaint().number])).status_code == 302
