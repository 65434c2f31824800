"""Replies that leave later: kept, sent at their time, stopped when something new was said, taken back."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from amends.desk.complaints import actions as complaints
from amends.desk.complaints import queries as complaint_queries
from amends.desk.complaints.actions import Upload
from amends.desk.complaints.models import Event, SearchEntry
from amends.desk.promises.models import Promise
from amends.desk.workplace import enclosed, later, queries
from amends.desk.workplace.actions import Undertaken
from amends.desk.workplace.later_views import next_morning
from amends.desk.workplace.models import LaterReply

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def complaint(make_complaint, now):
    return make_complaint(at=now - 3 * HOUR)


def keep(complaint, now, **given):
    return later.keep(
        **{
            "complaint": complaint, "by": complaint.owner, "text": "Dear Ayşe.", "send_at": now + HOUR,
            "seen": queries.newest_event(), "now": now, **given,
        }
    )  # fmt: skip


def draft(complaint):
    return complaint_queries.draft(complaint=complaint, agent=complaint.owner)


def replies(complaint):
    return [event.content.text for event in Event.objects.filter(complaint=complaint, kind="replied")]


def test_it_leaves_at_its_time_and_once(complaint, now):
    due = now + 5 * HOUR
    promise = Undertaken(words="I will call", start=0, end=11, due_at=due)
    keep(complaint, now, text="I will call you.", undertaken=[promise])
    assert later.send_due(now=now) == 0
    assert replies(complaint) == []
    assert later.send_due(now=now + HOUR) == 1
    assert later.send_due(now=now + HOUR) == 0
    assert replies(complaint) == ["I will call you."]
    assert Promise.objects.get(words="I will call").due_at == due
    assert LaterReply.objects.get().state == "sent"
    assert Event.objects.get(kind="replied").agent == complaint.owner


def test_what_the_customer_says_before_stops_it_and_its_words_come_back(complaint, now):
    keep(complaint, now)
    complaints.save_draft(complaint=complaint, agent=complaint.owner, text="PS", now=now)
    complaints.customer_writes(complaint=complaint, text="It came!", channel="mail", now=now + HOUR / 2)
    assert later.send_due(now=now + HOUR) == 1
    row = LaterReply.objects.get()
    assert (row.state, replies(complaint), draft(complaint)) == ("stopped", [], "Dear Ayşe.\n\nPS")
    assert "It came!" in row.why
    said = [item.sentence for item in complaint_queries.conversation(complaint=complaint, reader=complaint.owner)]
    assert any("was stopped" in sentence for sentence in said)


def test_what_its_author_began_since_stays_their_draft_when_it_leaves(complaint, now):
    keep(complaint, now)
    complaints.save_draft(complaint=complaint, agent=complaint.owner, text="PS", now=now)
    later.send_due(now=now + HOUR)
    assert (replies(complaint), draft(complaint)) == (["Dear Ayşe."], "PS")


def test_a_file_that_was_lost_stops_its_own_reply_and_no_other(complaint, make_complaint, now):
    upload = Upload(name="lid.png", media_type="image/png", body=b"a picture")
    row = enclosed.add(complaint=complaint, agent=complaint.owner, upload=upload, now=now)
    keep(complaint, now, kept=[row.pk])
    other = make_complaint(at=now - 3 * HOUR)
    keep(other, now)
    row.file.storage.delete(row.file.name)
    later.send_due(now=now + HOUR)
    assert (replies(complaint), draft(complaint)) == ([], "Dear Ayşe.")
    assert replies(other) == ["Dear Ayşe."]


def test_of_who_left_meanwhile_it_is_stopped(complaint, now):
    keep(complaint, now)
    type(complaint.owner).objects.filter(pk=complaint.owner_id).update(is_active=False)
    later.send_due(now=now + HOUR)
    assert LaterReply.objects.get().state == "stopped"
    assert replies(complaint) == []


def test_it_is_taken_back_into_the_draft(complaint, make_agent, now):
    row = keep(complaint, now)
    assert not later.take_back(later=row, by=make_agent(), now=now)
    assert later.take_back(later=row, by=complaint.owner, now=now)
    assert not later.take_back(later=row, by=complaint.owner, now=now)
    assert draft(complaint) == "Dear Ayşe."
    assert later.send_due(now=now + HOUR) == 0


def test_a_second_one_takes_the_place_of_the_first(complaint, now):
    keep(complaint, now)
    keep(complaint, now, text="Better.")
    later.send_due(now=now + HOUR)
    assert replies(complaint) == ["Better."]


def test_it_is_refused_where_it_makes_no_sense(complaint, now):
    for given in ({"send_at": now}, {"send_at": now + timedelta(days=100)}):
        with pytest.raises(later.UnableToWait):
            keep(complaint, now, **given)
    sooner = Undertaken(words="x", start=0, end=1, due_at=now + HOUR / 2)
    with pytest.raises(later.UnableToWait):
        keep(complaint, now, undertaken=[sooner])
    with pytest.raises(later.UnableToReply):
        keep(complaint, now, text="  ")
    with pytest.raises(later.UnableToReply):
        keep(complaint, now, seen=0)  # they have not seen what the customer wrote


def test_erasing_forgets_it(complaint, make_agent, now):
    keep(complaint, now)
    complaints.erase(customer=complaint.customer, by=make_agent(), now=now)
    row = LaterReply.objects.get()
    assert (row.text, row.state) == ("", "withdrawn")
    assert not SearchEntry.objects.filter(words__contains="dear").exists()


def test_the_sheet_keeps_it_and_the_conversation_shows_it(client, complaint, now):
    client.force_login(complaint.owner)
    address = reverse("workplace:later", args=[complaint.number])
    assert "T09:00" in client.get(address, headers=HTMX).content.decode()
    at = timezone.localtime(now + 2 * HOUR, complaint.owner.calendar().zone)
    given = {"text": "Dear Ayşe.", "seen": queries.newest_event(), "send_at": f"{at:%Y-%m-%dT%H:%M}"}
    answer = client.post(address, given, headers=HTMX)
    assert (answer.status_code, "kept-for-later" in answer["HX-Trigger"]) == (204, True)
    page = client.get(reverse("workplace:complaint", args=[complaint.number])).content.decode()
    assert "turn-later" in page
    assert client.post(address, {**given, "text": ""}, headers=HTMX).status_code == 422
    back = reverse("workplace:take-back-later", args=[LaterReply.objects.get().pk])
    assert client.post(back, headers=HTMX)["HX-Refresh"] == "true"
    assert client.post(back, headers=HTMX).status_code == 409


def test_the_next_morning_is_one_on_which_people_work(make_agent, make_team):
    agent = make_agent(team=make_team())  # Monday to Friday
    friday = datetime(2026, 11, 20, 15, 0, tzinfo=agent.calendar().zone)
    assert f"{next_morning(agent=agent, now=friday):%a %H:%M}" == "Mon 09:00"
