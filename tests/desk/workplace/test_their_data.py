"""What is kept about one customer, handed out and erased by an administrator."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.urls import reverse

from amends.desk.complaints import actions as complaints
from amends.desk.complaints.handing_out import hand_out
from amends.desk.complaints.models import EventKind

PICTURE = complaints.Upload(name="../lid.png", media_type="image/png", body=b"\x89PNG cracked")


@pytest.fixture
def complaint(make_complaint, make_customer, now):
    row = make_complaint(customer=make_customer(name="Ayşe Yılmaz", phone="+905551112233"), attachments=[PICTURE])
    complaints.note(complaint=row, by=row.owner, text="She rings at noon.", now=now)
    return row


@pytest.fixture
def administrator(client, make_agent):
    agent = make_agent(role="administrator")
    client.force_login(agent)
    return agent


def test_the_archive_has_all_of_one_customer_and_nothing_of_another(complaint, make_complaint, make_customer, now):
    make_complaint(customer=make_customer(name="Bat Bold"), text="Another's words.")
    into = io.BytesIO()
    assert hand_out(customer=complaint.customer, now=now, into=into) == 1
    archive = zipfile.ZipFile(into)
    told = {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}
    person = json.loads(told["person.json"])
    assert person["name"] == "Ayşe Yılmaz"
    assert {way["kind"] for way in person["contact_ways"]} == {"email", "phone"}
    assert json.loads(told["complaints.jsonl"])["turns"][0]["text"] == "My parcel did not come."
    assert json.loads(told["notes.jsonl"])["text"] == "She rings at noon."
    (file,) = (name for name in told if name.startswith("files/"))
    assert file.count("/") == 2
    assert ".." not in file.split("/")
    assert archive.read(file) == PICTURE.body
    everything = "".join(told.values())
    assert "Another's" not in everything
    assert complaint.key not in everything


def test_an_administrator_hands_it_out_and_erases_it(client, administrator, complaint):
    page = reverse("workplace:their-data", args=[complaint.number])
    assert "1 of these complaints still goes on" in client.get(page).content.decode()
    answer = client.post(reverse("workplace:take-along", args=[complaint.number]))
    assert zipfile.ZipFile(io.BytesIO(answer.getvalue())).testzip() is None
    assert "Tick the box" in client.post(page).content.decode()
    complaint.customer.refresh_from_db()
    assert complaint.customer.erased_at is None
    done = client.post(page, {"sure": "on"}, follow=True).content.decode()
    assert "Erased." in done
    assert "Ayşe" not in done
    assert complaint.events.get(kind=EventKind.ERASED).agent == administrator
    assert "erased before" in client.post(page, {"sure": "on"}, follow=True).content.decode()


def test_the_way_to_it_is_shown_to_administrators_alone(client, administrator, complaint, make_agent):
    case, page = (reverse(f"workplace:{name}", args=[complaint.number]) for name in ("complaint", "their-data"))
    assert page in client.get(case).content.decode()
    client.force_login(make_agent())
    assert page not in client.get(case).content.decode()
