"""What a reply asks of the database, and how the customer is reached, in one question."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from amends.desk.channels.models import Chat
from amends.desk.channels.outbox import way_back
from amends.desk.customers.models import ContactWay

pytestmark = pytest.mark.django_db

MOST = 30  # on PostgreSQL; SQLite reads what happened before the complaint is locked, and once more under the lock
_ASKED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


@pytest.fixture
def complaint(make_complaint):
    return make_complaint()


def test_a_reply_asks_little(desk, complaint):
    text = "I have spoken to the warehouse. Your order leaves today."

    def send(key: str) -> None:
        assert desk.post(f"/desk/{complaint.number}/reply/", {"text": text, "key": key}).status_code == 302

    send("first")
    with CaptureQueriesContext(connection) as seen:
        send("second")
    asked = [one["sql"] for one in seen.captured_queries if one["sql"].startswith(_ASKED)]
    assert len(asked) <= MOST + (connection.vendor == "sqlite"), "\n".join(asked)


def test_how_the_customer_is_reached(complaint, now):
    ContactWay.objects.filter(customer=complaint.customer).delete()
    assert way_back(complaint, now) == ("", False)
    for kind, value in ((ContactWay.Kind.PHONE, "+90 212"), (ContactWay.Kind.EMAIL, "a@mail.example")):
        ContactWay.objects.create(customer=complaint.customer, kind=kind, value=value)
    assert way_back(complaint, now) == ("a@mail.example", False)
    ContactWay.objects.create(customer=complaint.customer, kind=ContactWay.Kind.EMAIL, value="b@mail.example")
    Chat.objects.create(complaint=complaint, opened_at=now, heard_at=now - timedelta(minutes=30))
    assert way_back(complaint, now) == ("a@mail.example", False)
    Chat.objects.update(heard_at=now)
    assert way_back(complaint, now) == ("a@mail.example", True)
    Chat.objects.update(ended_at=now)
    assert way_back(complaint, now) == ("a@mail.example", False)
