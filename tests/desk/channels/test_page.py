"""The administrator's page of the post."""

from __future__ import annotations

import pytest
from django.urls import reverse

from amends.desk.channels.models import Arrival, Outgoing
from tests.desk.channels.conftest import letter


@pytest.fixture
def administrator(client, make_agent):
    agent = make_agent(role="administrator", email="admin@acme.example")
    client.force_login(agent)
    return agent


def test_it_is_for_administrators(client, make_agent):
    page = reverse("channels:arrivals")
    assert client.get(page).status_code == 302
    client.force_login(make_agent())
    assert client.get(page).status_code == 403


def test_a_parked_arrival_is_seen_and_taken_in(client, arrive, administrator):
    administrator.is_active = False
    administrator.save()
    parked = arrive(letter(subject="Kargo <script>"))
    administrator.is_active = True
    administrator.save()
    assert parked.state == "parked"
    page = client.get(reverse("channels:arrivals")).content.decode()
    assert "Nobody works at the desk yet" in page
    assert "<script>" not in page.split("<main", 1)[1]
    client.post(reverse("channels:retry", args=[parked.pk]))
    assert Arrival.objects.get().state == "taken-in"


def test_what_was_set_aside_can_be_taken_in(client, arrive, administrator):
    aside = arrive(letter(Precedence="bulk"))
    client.post(reverse("channels:retry", args=[aside.pk]))
    assert Arrival.objects.get().state == "set-aside"
    client.post(reverse("channels:retry", args=[aside.pk]), {"anyway": "1"})
    assert Arrival.objects.get().state == "taken-in"


def test_the_raw_mail_opens_in_no_browser(client, arrive, administrator):
    arrival = arrive(b"From: x@mail.example\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>")
    answer = client.get(reverse("channels:raw", args=[arrival.pk]))
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.content == bytes(arrival.raw)


def test_a_letter_that_may_not_have_arrived_is_sent_again(client, arrive, administrator):
    arrive(letter())
    Outgoing.objects.update(state="maybe-sent", problem="The line broke")
    assert "The line broke" in client.get(reverse("channels:arrivals")).content.decode()
    client.post(reverse("channels:resend", args=[Outgoing.objects.get().pk]))
    assert Outgoing.objects.get().state == "waiting"


def test_erasing_a_person_empties_their_post(arrive, administrator, now):
    from amends.desk.complaints import actions as complaints

    complaint = arrive(letter()).event.complaint
    aside = arrive(letter(message_id="<n@x>", Precedence="bulk"))
    complaints.erase(customer=complaint.customer, by=administrator, now=now)
    assert not any(bytes(row.raw) or row.sender or row.subject for row in Arrival.objects.all())
    assert not any(bytes(row.mime) or row.recipient for row in Outgoing.objects.all())
    assert Arrival.objects.filter(pk=aside.pk).exists()


class TestWithoutOutgoingMail:
    @pytest.fixture(autouse=True)
    def _no_post(self, settings):
        settings.SMTP = ""

    def test_the_page_says_so_and_what_to_do(self, client, arrive, administrator):
        arrive(letter())
        page = client.get(reverse("channels:arrivals")).content.decode()
        assert "No outgoing mail is set up." in page
        assert "AMENDS_SMTP" in page

    def test_the_agent_reads_why_a_letter_waits(self, client, arrive, administrator):
        number = arrive(letter()).event.complaint.number
        page = client.get(reverse("workplace:complaint", args=[number])).content.decode()
        assert "No outgoing mail is set up" in page
        assert "waiting to be sent" not in page

    def test_nothing_is_said_where_letters_go_out(self, client, arrive, administrator, settings):
        settings.SMTP = "smtp://127.0.0.1:9"
        number = arrive(letter()).event.complaint.number
        assert "No outgoing mail" not in client.get(reverse("channels:arrivals")).content.decode()
        page = client.get(reverse("workplace:complaint", args=[number])).content.decode()
        assert "waiting to be sent" in page
