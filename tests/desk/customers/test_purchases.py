"""Purchases from a table, once; and who is gone by them, beside who said so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from amends.desk.complaints import actions as complaints
from amends.desk.customers.models import BuyingRhythm, Purchase
from amends.desk.customers.purchases import UnableToTakeIn, take_in
from amends.desk.insight import behind
from amends.desk.insight.frame import Frame
from amends.desk.insight.lost import lost

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyers(make_customer, make_complaint, now):
    """Two who buy weekly and complained: one goes on, one stopped; a third one says that they go."""
    made = [make_customer(name=name, email=f"{name}@mail.example") for name in ("stays", "stops", "says")]
    for customer in made:
        make_complaint(customer=customer, at=now - timedelta(days=40))
    lines = ["customer,day,amount,currency,reference"]
    for name, until in (("stays", 3), ("stops", 45)):
        for week in range(12):
            day = (now - timedelta(days=until + 7 * week)).date()
            lines.append(f"{name.upper()}@mail.example,{day},19.90,TRY,{name}-{week}")
    complaint = made[2].complaints.get()
    complaints.customer_writes(
        complaint=complaint, text="I buy elsewhere.", channel="portal", data={"signals": ["leaving"]}, now=now
    )
    return lines


def test_are_taken_in_once_and_say_what_they_could_not_read(buyers):
    wrong = ["stays@mail.example,31.03.2026,1,TRY,x-1", "stays@mail.example,2026-03-31,NaN,TRY,x-2"]
    taken = take_in(lines=[*buyers, "nobody@mail.example,2026-03-31,5,TRY,x-3", *wrong])
    assert (taken.new, taken.known, taken.nobody, [line for line, _ in taken.wrong]) == (24, 0, 1, [27, 28])
    assert (take_in(lines=buyers).known, Purchase.objects.count()) == (24, 24)
    with pytest.raises(UnableToTakeIn):
        take_in(lines=["customer,amount", "a,1"])


def test_who_stopped_buying_is_lost_beside_who_said_so(buyers, now):
    frame = Frame(since=now - timedelta(days=90), until=now + timedelta(minutes=1))
    assert (lost(frame=frame).has_purchases, lost(frame=frame).any) == (False, 1)
    take_in(lines=buyers)
    found = lost(frame=frame)
    assert (found.customers, found.watched, found.said, found.both, found.any) == (3, 2, 1, 0, 2)
    assert (found.silent.k, found.silent.n) == (1, 2)
    opened = behind.behind(figure="lost-silent", frame=frame, language="en")
    assert [row.name for row in opened.customers] == ["stops"]
    assert (opened.customers[0].usual_days, opened.customers[0].said) == (7, "My parcel did not come.")
    assert behind.behind(figure="lost-any", frame=frame, language="en").total == 2


def test_an_old_table_makes_nobody_gone(buyers, now, client, make_agent, monkeypatch):
    take_in(lines=buyers)
    later = now + timedelta(days=60)
    found = lost(frame=Frame(since=now - timedelta(days=90), until=later))
    assert (found.silent.k, found.silent.n) == (1, 2)  # who stopped; of the other nothing newer is known
    assert found.known_until == (now - timedelta(days=3)).date()
    assert lost(frame=Frame(since=now - timedelta(days=90), until=now)).known_until is None
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    client.force_login(make_agent(language="en"))
    assert "nobody knows" in client.get("/desk/insight/lost/?span=365").content.decode()


def test_go_with_a_person_who_is_erased(buyers, now, make_agent):
    take_in(lines=buyers)
    customer = Purchase.objects.first().customer
    complaints.erase(customer=customer, by=make_agent(), now=now)
    assert not Purchase.objects.filter(customer=customer).exists()
    assert not BuyingRhythm.objects.filter(customer=customer).exists()
