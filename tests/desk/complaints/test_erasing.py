"""A person is erased; what happened, and when, stays."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.storage import default_storage
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from amends.desk.complaints import actions, queries, search
from amends.desk.complaints.laying_down import lay_down
from amends.desk.complaints.models import Attachment, Complaint, Event, EventContent
from amends.desk.complaints.tasks import forget_files
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


@pytest.fixture
def no_files_go(monkeypatch):
    """Yield the delete of a store that is out of reach; afterwards it is what it was."""

    def refuse(_place):
        raise ConnectionResetError("the line to the store")

    with monkeypatch.context() as out_of_reach:
        out_of_reach.setattr(default_storage._wrapped, "delete", refuse)
        yield out_of_reach


def test_files_that_cannot_be_deleted_now_are_deleted_later(
    lived, now, no_files_go, django_capture_on_commit_callbacks
):
    place = Attachment.objects.get().file.name
    with django_capture_on_commit_callbacks(execute=True):
        actions.erase(customer=lived.customer, by=lived.owner, now=now)
    work = DBTaskResult.objects.get(task_path=forget_files.module_path)
    assert default_storage.exists(place)
    no_files_go.undo()
    forget_files.call(*work.args_kwargs["args"])
    assert not default_storage.exists(place)


def test_who_dies_before_files_are_deleted_leaves_that_to_a_worker(lived, now):
    actions.erase(customer=lived.customer, by=lived.owner, now=now)  # what comes after the commit never runs
    assert DBTaskResult.objects.filter(task_path=forget_files.module_path, status=TaskResultStatus.READY).exists()


def test_files_that_went_at_once_leave_no_work(lived, now, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        actions.erase(customer=lived.customer, by=lived.owner, now=now)
    assert not DBTaskResult.objects.filter(task_path=forget_files.module_path).exists()


def test_somebody_else_sends_the_same_file_while_it_is_forgotten(
    lived, make_complaint, now, django_capture_on_commit_callbacks
):
    same = actions.Upload(name="x", media_type="text/plain", body=SECRET.encode())
    with django_capture_on_commit_callbacks() as once_it_is_in:
        place = lay_down(Attachment.objects.get().file.name, same.body)  # it is there, and is not written again
    with django_capture_on_commit_callbacks(execute=True):
        actions.erase(customer=lived.customer, by=lived.owner, now=now)
    assert not default_storage.exists(place)
    for look in once_it_is_in:
        look()
    with default_storage.open(place) as file:
        assert file.read() == same.body
    other = make_complaint(attachments=[same])
    forget_files.call([place])  # a worker that comes late
    assert default_storage.exists(Attachment.objects.get(event__complaint=other).file.name)


def test_it_happens_once(lived, now):
    actions.erase(customer=lived.customer, by=lived.owner, now=now)
    with pytest.raises(actions.UnableToErase):
        actions.erase(customer=lived.customer, by=lived.owner, now=now)
