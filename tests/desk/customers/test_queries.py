from datetime import timedelta

import pytest

from amends.desk.complaints import actions as complaints
from amends.desk.customers.queries import address_form, been_through, email_of, greeting_name
from amends.desk.improvements.models import Cause, Theme


@pytest.mark.parametrize(
    ("language", "name", "honorific", "form"),
    [
        ("tr", "Ayşe Yılmaz", "Hanım", "Ayşe Hanım"),
        ("tr", "Mehmet Ali Öz", "Bey", "Mehmet Ali Bey"),
        ("tr", "Ayşe", "Hanım", "Ayşe Hanım"),
        ("tr", "Ayşe Yılmaz", "", "Sayın Ayşe Yılmaz"),
        ("fa", "رضا رضایی", "آقای", "آقای رضایی"),
        ("fa", "سید محمد رضا کریمی", "آقای", "آقای کریمی"),
        ("fa", "علی رضایی نژاد", "آقای", "آقای رضایی نژاد"),
        ("fa", "محمدرضا شجریان", "استاد", "استاد شجریان"),
        ("fa", "مریم", "خانم", "خانم مریم"),
        ("fa", "مریم احمدی", "", "مریم احمدی"),
        ("mn", "Болормаа", "гуай", "Болормаа гуай"),
        ("mn", "Батын Болормаа", "гуай", "Болормаа гуай"),
        ("mn", "Б.Болормаа", "", "Болормаа гуай"),
        ("mn", "Bolormaa", "", "Bolormaa guai"),
        ("en", "Emily Carter", "Ms", "Ms Carter"),
        ("en", "Emily Carter", "", "Emily Carter"),
        ("en", "Carter", "Mr", "Mr Carter"),
    ],
)
def test_a_customer_is_addressed_as_their_language_does(make_customer, language, name, honorific, form):
    customer = make_customer(name=name, language=language, honorific=honorific)
    assert address_form(customer=customer, reader_language="en") == form


def test_a_customer_without_a_name_is_called_so(make_customer):
    assert address_form(customer=make_customer(name=""), reader_language="en") == "Customer without a name"


def test_the_same_cause_within_a_year_is_remembered(make_customer, make_complaint, now):
    customer = make_customer()
    late, milk = Theme.objects.create(name="late"), Theme.objects.create(name="milk")

    def complain(days, theme):
        complaint = make_complaint(customer=customer, at=now - timedelta(days=days))
        Cause.objects.create(complaint=complaint, layer="process", theme=theme)
        return complaint

    complain(500, late)
    latest = complain(0, late)
    assert been_through(customer=customer, complaint=latest, now=now)["same_cause_at"] is None
    complain(20, milk)
    expected = complain(100, late).received_at.date()
    gone = been_through(customer=customer, complaint=latest, now=now)
    assert (gone["same_cause_at"], gone["complaints"]) == (expected, 4)


def test_waits_add_up_to_this_moment(make_complaint, now):
    complaint = make_complaint(at=now - timedelta(hours=5))
    complaints.append(
        complaint=complaint, kind="replied", by="agent", agent=complaint.owner, text="x", now=now - timedelta(hours=3)
    )
    complaints.customer_writes(complaint=complaint, text="?", channel="mail", now=now - timedelta(hours=1))
    gone = been_through(customer=complaint.customer, complaint=complaint, now=now)
    assert (gone["waited"], gone["times_told"]) == (timedelta(hours=3), 2)


def test_mail_goes_to_the_address_on_record(make_customer):
    assert email_of(customer=make_customer(email="a@mail.example")) == "a@mail.example"
    assert email_of(customer=make_customer(email="")) == ""


@pytest.mark.parametrize(("honorific", "greeted"), [("", "Ayşe Yılmaz"), ("Hanım", "Ayşe Hanım")])
def test_a_letter_greets_once(make_customer, honorific, greeted):
    customer = make_customer(name="Ayşe Yılmaz", language="tr", honorific=honorific)
    assert greeting_name(customer=customer, reader_language="tr") == greeted
