"""A person is erased; what happened, and when, stays."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.storage import default_storage

from amends.desk.complaints import actions, queries, search
from amends.desk.complaints.models import Attachment, Complaint, Event, EventContent
from amends.desk.customers.models import ContactWay, Customer
from amends.desk.promises import actions as promises
from amends.desk.promises.models import Promise
from amends.desk.remedies import actions as remedies

SECRET = "Gizli-Söz"


@pytest.fixture
def lived(make_complaint, make_agent, make_customer, now):
    customer = make_customer(name=SECRET, email="secret@mail.example", note=SECRET, yearly_value=Decimal(5))
    complaint = make_complaint(
        customer=customer,
        owner=make_agent(goodwill_limit=10),
        subject=SECRET,
        text=SECRET,
        html=f"<p>{SECRET}</p>",
        wish=SECRET,
        attachments=[actions.Upload(name=SECRET, media_type="text/plain", body=SECRET.encode())],
    )
    owner = complaint.owner
    event = actions.append(complaint=complaint, kind="replied", by="agent", agent=owner, text=SECRET, now=now)
    actions.ask_for(complaint=complaint, what="call", phone=SECRET, now=now)
    actions.save_draft(complaint=complaint, agent=owner, text=SECRET, now=now)
    promises.make(
        complaint=complaint,
        owner=owner,
        made_in=event,
        words=SECRET,
        due_at=now + timedelta(hours=1),
        whole_day=False,
        now=now,
    )
    remedies.put_right(
        complaint=complaint,
        by=owner,
        kind="gift",
        what=SECRET,
        cost=Decimal(3),
        reason=SECRET,
        is_exception=True,
        now=now,
    )
    return complaint


def test_no_word_of_the_person_is_left(lived, now, django_capture_on_commit_callbacks):
    place, key = Attachment.objects.get().file.name, lived.key
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.erase(customer=lived.customer, by=lived.owner, now=now) == 1
    rows = [
        *EventContent.objects.values(),
        *Customer.objects.values(),
        *Complaint.objects.values(),
        *Promise.objects.values(),
        *lived.remedies.values(),
        *lived.drafts.values(),
    ]
    assert SECRET not in repr(rows)
    assert not ContactWay.objects.exists()
    assert not Attachment.objects.exists()
    assert not default_storage.exists(place)
    assert list(search.matching(Complaint.objects.all(), SECRET)) == []
    assert queries.by_key(key=key) is None


def test_the_order_of_events_and_their_facts_stay(lived, now):
    before = list(Event.objects.values("sequence", "kind", "at", "by", "agent"))
    columns = Complaint.objects.values("promise_due_at", "people", "stage").get()
    actions.erase(customer=lived.customer, by=lived.owner, now=now)
    after = list(Event.objects.values("sequence", "kind", "at", "by", "agent"))
    assert after[:-1] == before
    assert after[-1]["kind"] == "erased"
    complaint = Complaint.objects.get()
    assert actions.rebuild(complaint=complaint) == []
    assert Complaint.objects.values("promise_due_at", "people", "stage").get() == columns
    assert queries.conversation(complaint=complaint, reader=complaint.owner)
    assert queries.person(complaint=complaint, now=now, reader=complaint.owner).address_form == "Erased customer"


def test_a_file_that_another_complaint_holds_stays_for_it(
    lived, make_complaint, now, django_capture_on_commit_callbacks
):
    same = actions.Upload(name="x", media_type="text/plain", body=SECRET.encode())
    other = make_complaint(attachments=[same])
    with django_capture_on_commit_callbacks(execute=True):
        actions.erase(customer=lived.customer, by=lived.owner, now=now)
    kept = Attachment.objects.get()
    assert kept.event.complaint == other
    assert default_storage.exists(kept.file.name)


def test_it_happens_once(lived, now):
    actions.erase(customer=lived.customer, by=lived.owner, now=now)
    with pytest.raises(actions.UnableToErase):
        actions.erase(customer=lived.customer, by=lived.owner, now=now)
