"""A reply is stopped when something new was said after its author looked."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from amends.desk.complaints import actions as complaints
from amends.desk.workplace import actions, queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def complaint(make_complaint):
    return make_complaint(at=timezone.now() - timedelta(hours=3))


def reply(complaint, seen, by=None, key=""):
    return actions.reply(
        complaint=complaint, by=by or complaint.owner, text="Dear Ayşe.", seen=seen, key=key, now=timezone.now()
    )


def test_what_the_customer_wrote_meanwhile_stops_it(complaint):
    seen = queries.newest_event()
    complaints.customer_writes(complaint=complaint, text="It came!", channel="mail", now=timezone.now())
    with pytest.raises(actions.UnableToReply, match="It came!"):
        reply(complaint, seen)
    assert reply(complaint, queries.newest_event())


def test_what_a_colleague_answered_meanwhile_stops_it(complaint, make_agent):
    seen, mate = queries.newest_event(), make_agent(name="Ece Ak")
    assert reply(complaint, seen, by=mate)
    with pytest.raises(actions.UnableToReply, match="Ece Ak answered"):
        reply(complaint, seen)


def test_notes_and_ones_own_words_do_not(complaint, make_agent):
    seen = queries.newest_event()
    complaints.note(complaint=complaint, by=make_agent(), text="hm", now=timezone.now())
    assert reply(complaint, seen)
    assert reply(complaint, seen)


def test_what_was_sent_before_is_not_stopped_by_itself(complaint):
    seen = queries.newest_event()
    event = reply(complaint, seen, key="k")
    complaints.customer_writes(complaint=complaint, text="Thanks", channel="mail", now=timezone.now())
    assert reply(complaint, seen, key="k") == event


def test_the_page_tells_what_it_showed(client, complaint):
    client.force_login(complaint.owner)
    text = client.get(reverse("workplace:complaint", args=[complaint.number])).content.decode()
    seen = text.split('data-seen="')[1].split('"')[0]
    complaints.customer_writes(complaint=complaint, text="It came!", channel="mail", now=timezone.now())
    given = {"text": "Dear Ayşe.", "seen": seen}
    answer = client.post(reverse("workplace:reply", args=[complaint.number]), given, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "It came!" in answer.content.decode()
    given["seen"] = str(queries.newest_event())
    answer = client.post(reverse("workplace:reply", args=[complaint.number]), given, headers={"HX-Request": "true"})
    assert answer.status_code == 204
