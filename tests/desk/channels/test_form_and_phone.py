"""Forms, calls and visits: kept raw, read once."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError

from amends.desk.channels import actions, comings
from amends.desk.channels.form.actions import MOST_IN_AN_HOUR, UnableToTakeForm, take_in_form
from amends.desk.channels.models import Arrival, Outgoing
from amends.desk.channels.phone.actions import UnableToTypeIn, type_in
from amends.desk.complaints.models import Complaint
from amends.desk.portal.actions import send_links
from amends.desk.portal.queries import page
from amends.desk.web import wording
from amends.desk.workplace.actions import reply

FORM = {
    "name": "مریم رضایی",
    "email": "maryam@mail.example",
    "phone": "",
    "text": "سلام، سفارش من هنوز نرسیده است و کسی پاسخ نمی‌دهد.",
    "wish": "لطفاً پول را برگردانید.",
    "language": "fa",
    "token": "one",
}


def letter_of(outgoing):
    return message_from_bytes(bytes(outgoing.mime), policy=policy.default)


def photo():
    return SimpleUploadedFile("photo.jpg", b"\xff\xd8\xff", content_type="image/jpeg")


def _busy(**_: object) -> None:
    raise OperationalError("database is locked")


class TestForm:
    @pytest.mark.django_db(transaction=True)
    def test_while_the_database_is_busy_it_is_kept_and_read_later(self, make_agent, monkeypatch, now):
        """Nobody who complains sees an error of ours, and nothing is lost."""
        make_agent()
        with monkeypatch.context() as patched:
            patched.setattr(actions, "take_in_record", _busy)
            with pytest.raises(UnableToTakeForm):
                take_in_form(data=FORM, files=[], now=now)
        assert not Complaint.objects.exists()
        assert actions.retry_waiting(now=now) == 1
        assert take_in_form(data=FORM, files=[], now=now) == Complaint.objects.get()

    def test_it_opens_a_complaint_with_wish_files_and_owner(self, make_agent, now):
        agent = make_agent()
        complaint = take_in_form(data=FORM, files=[photo()], now=now)
        assert (complaint.language, complaint.channel, complaint.owner) == ("fa", "form", agent)
        assert complaint.wish == FORM["wish"]
        assert complaint.events.get(kind="customer-wrote").attachments.get().name == "photo.jpg"
        assert Arrival.objects.get().event.complaint == complaint

    def test_it_is_acknowledged_in_the_customers_language(self, make_agent, now):
        make_agent()
        complaint = take_in_form(data=FORM, files=[], now=now)
        assert complaint.events.get(kind="acknowledged").language == "fa"
        assert b'dir="rtl"' in _html(Outgoing.objects.get())

    def test_receipt_and_answer_have_one_subject_and_so_one_thread(self, make_agent, now):
        agent = make_agent()
        complaint = take_in_form(data=FORM, files=[], now=now)
        reply(complaint=complaint, by=agent, text="سلام، همین حالا نگاه می‌کنم.", now=now)
        receipt, answer = (letter_of(row) for row in Outgoing.objects.order_by("pk"))
        # Who wrote no mail is answered without "Re:".
        assert receipt["Subject"] == answer["Subject"] == complaint.subject
        assert answer["In-Reply-To"] == receipt["Message-ID"]

    def test_to_know_somebodys_number_opens_nothing_of_theirs(self, make_agent, now):
        make_agent()
        number = "0912 345 67 89"
        theirs = take_in_form(data={**FORM, "phone": number}, files=[], now=now)
        stranger = {**FORM, "email": "stranger@mail.example", "phone": number, "name": "", "token": "two"}
        other = take_in_form(data=stranger, files=[], now=now)
        assert other.customer != theirs.customer
        assert number in other.events.get(kind="noted").content.text  # a person may know that they are one
        Outgoing.objects.all().delete()
        assert send_links(email="stranger@mail.example", now=now + timedelta(hours=1)) == 1
        assert Outgoing.objects.get().complaint == other

    def test_to_know_somebodys_address_shows_nothing_of_theirs(self, make_agent, now):
        make_agent()
        first = take_in_form(data={**FORM, "phone": "0912 345 67 89"}, files=[], now=now)
        second = take_in_form(data={**FORM, "name": "", "token": "two"}, files=[], now=now)
        assert first.customer == second.customer
        shown = page(complaint=second, now=now)
        assert (shown.phone, {item.who for item in shown.items if item.is_message and not item.ours}) == ("", {"You"})
        assert page(complaint=first, now=now).phone == "0912 345 67 89"  # which they gave here

    def test_the_letter_counts_in_the_customers_digits(self, make_agent, now):
        make_agent()
        complaint = take_in_form(data=FORM, files=[], now=now)
        words = letter_of(Outgoing.objects.get()).get_body(("plain",)).get_content()
        assert f"شمارهٔ {wording.digits(complaint.number, language='fa')}:" in words

    def test_without_an_address_nothing_is_sent(self, make_agent, now):
        make_agent()
        take_in_form(data={**FORM, "email": "", "phone": "0912 345 67 89"}, files=[], now=now)
        assert not Outgoing.objects.exists()

    def test_who_left_a_number_is_promised_a_call(self, make_agent, now):
        agent = make_agent()
        complaint = take_in_form(data={**FORM, "email": "", "phone": "0912 345 67 89"}, files=[], now=now)
        promise = complaint.promises.get()
        assert (promise.owner, promise.state) == (agent, "open")
        assert promise.due_at > now
        assert complaint.promise_due_at == promise.due_at
        assert "استانبول" in promise.words  # whose hour it is

    def test_a_promised_call_is_kept_by_a_call_and_not_by_a_letter(self, make_agent, now):
        agent = make_agent()
        complaint = take_in_form(data={**FORM, "email": "", "phone": "0912 345 67 89"}, files=[], now=now)
        assert actions.keep_next_word(complaint=complaint, by=agent, now=now) == 0
        assert actions.keep_next_word(complaint=complaint, by=agent, called=True, now=now) == 1

    def test_whom_no_mail_reaches_is_promised_a_word_on_the_page(self, make_agent, now):
        make_agent()
        complaint = take_in_form(data={**FORM, "email": "maryam@mail example"}, files=[], now=now)
        assert complaint.promises.get().made_in.channel == "portal"

    def test_sending_twice_is_sending_once(self, make_agent, now):
        make_agent()
        one, two = (take_in_form(data=FORM, files=[], now=now) for _ in range(2))
        assert one == two
        assert Complaint.objects.count() == 1

    def test_what_cannot_be_opened_is_kept_and_the_customer_told(self, db, now):
        with pytest.raises(UnableToTakeForm, match="kept"):
            take_in_form(data=FORM, files=[], now=now)
        assert Arrival.objects.get().problem == "no-agent"

    def test_a_flood_from_one_address_is_stopped(self, make_agent, now):
        make_agent()
        for number in range(MOST_IN_AN_HOUR):
            take_in_form(
                data={**FORM, "email": "", "phone": "1", "token": str(number)},
                files=[],
                now=now,
                address="198.51.100.7",
            )
        with pytest.raises(UnableToTakeForm, match="hour"):
            take_in_form(data={**FORM, "token": "x"}, files=[], now=now, address="198.51.100.7")
        take_in_form(data={**FORM, "token": "y"}, files=[], now=now, address="198.51.100.8")

    @pytest.mark.parametrize("raw", [b"", b"{", b'{"fields": []}', b'{"fields": {}, "files": [{"name": "x"}]}'])
    def test_a_record_cut_off_is_parked(self, make_agent, now, raw):
        make_agent()
        arrival = actions.keep_raw(channel="form", identity="x", raw=raw, now=now)
        assert actions.take_in(arrival=arrival, now=now) is None
        arrival.refresh_from_db()
        assert arrival.problem.startswith("cut")


def _html(outgoing):
    from email import message_from_bytes, policy

    return message_from_bytes(bytes(outgoing.mime), policy=policy.default).get_body(["html"]).get_content().encode()


class TestTypingIn:
    def test_who_heard_it_owns_it(self, make_agent, now):
        make_agent()
        agent = make_agent()
        complaint = type_in(
            by=agent, name="Ayşe Yılmaz", language="tr", text="Kargo gelmemiş.", phone="0532 000 00 00",
            honorific="Hanım", now=now,
        )  # fmt: skip
        assert (complaint.owner, complaint.channel, complaint.customer.honorific) == (agent, "phone", "Hanım")
        assert Arrival.objects.get().channel == "phone"

    def test_one_form_makes_one_complaint(self, make_agent, now):
        agent = make_agent()
        for _ in range(2):
            type_in(by=agent, name="Ayşe", language="tr", text="Kargo.", channel="visit", key="k", now=now)
        assert Complaint.objects.count() == 1

    @pytest.mark.parametrize("missing", [{"name": " "}, {"text": ""}, {"channel": "mail"}])
    def test_it_says_what_is_missing(self, make_agent, now, missing):
        with pytest.raises(UnableToTypeIn):
            type_in(**{"by": make_agent(), "name": "A", "language": "tr", "text": "x", "now": now, **missing})


def test_who_came_by_a_form_an_hour_ago_is_forgotten(db, now):
    comings.may_come(door="form", address="192.0.2.1", most=1, now=now)
    assert comings.forget(now=now) == 0
    assert comings.forget(now=now + comings.AN_HOUR) == 1
