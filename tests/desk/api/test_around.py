"""What stands around a complaint, by the API: files, colleagues, until later, links, own fields."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from django.utils import timezone

from amends.desk.complaints import actions as complaints
from amends.desk.complaints import fields
from amends.desk.complaints.models import EventKind
from amends.desk.promises import actions as promises

pytestmark = pytest.mark.django_db


def test_files_are_listed_and_read_as_they_came(program, complaint, make_complaint, now):
    upload = complaints.Upload(name="kutu.png", media_type="image/png", body=b"\x89PNG")
    event = complaints.customer_writes(
        complaint=complaint, text="", channel="portal", attachments=[upload], now=complaint.received_at
    )
    (row,) = program("GET", f"complaints/{complaint.number}/files").json()["files"]
    assert row == {
        "id": row["id"], "event": event.pk, "name": "kutu.png", "media_type": "image/png", "size": 4,
    }  # fmt: skip
    told = program("GET", f"complaints/{complaint.number}/files/{row['id']}").json()
    assert base64.b64decode(told["content"]) == b"\x89PNG"
    other = make_complaint()
    assert program("GET", f"complaints/{other.number}/files/{row['id']}").status_code == 404


def test_a_colleague_is_asked_and_the_owner_stays(program, complaint, make_agent):
    expert = make_agent(name="Usta")
    at = f"complaints/{complaint.number}/colleagues"
    assert program("POST", at, {"agent": expert.pk, "question": "Is it glass?"}).status_code == 201
    assert [one.agent for one in complaint.companions.all()] == [expert]
    assert program("POST", at, {"agent": complaint.owner_id, "question": "Is it?"}).json()["code"] == "unable"
    assert program("POST", at, {"agent": 999_999, "question": "Is it?"}).json()["errors"][0]["place"] == "agent"


def test_it_is_put_aside_unless_something_falls_due_before(program, complaint, now):
    at, today = f"complaints/{complaint.number}/put-aside", timezone.now()
    promises.make(
        complaint=complaint, owner=complaint.owner, made_in=complaint.events.first(), words="A call",
        due_at=today + timedelta(days=2), whole_day=False, now=now,
    )  # fmt: skip
    until = (today + timedelta(days=3)).isoformat()
    assert program("POST", at, {"until": until}).json()["code"] == "unable"
    assert program("POST", at, {"until": until, "knows": True}).status_code == 200
    complaint.refresh_from_db()
    assert complaint.snoozed_until == today + timedelta(days=3)
    back = f"complaints/{complaint.number}/bring-back"
    assert program("POST", back).status_code == 200
    assert program("POST", back).json()["code"] == "unable"
    past = (timezone.now() - timedelta(days=1)).isoformat()
    assert program("POST", at, {"until": past}).json()["code"] == "unable"


def test_two_are_linked_and_no_longer(program, complaint, make_complaint):
    other, at = make_complaint(), f"complaints/{complaint.number}/links"
    (row,) = program("POST", at, {"number": other.number, "how": "part-of"}).json()["links"]
    assert (row["number"], row["how"]) == (other.number, "part-of")
    assert program("GET", f"complaints/{other.number}/links").json()["links"][0]["how"] == "holds"
    assert program("POST", at, {"number": complaint.number}).json()["code"] == "unable"
    assert program("POST", at, {"number": 999_999}).json()["code"] == "not-found"
    assert program("POST", f"{at}/take-off", {"number": other.number}).json()["links"] == []
    assert program("POST", f"{at}/take-off", {"number": other.number}).json()["code"] == "unable"


def test_own_fields_are_filled_in_and_emptied(program, complaint):
    field = fields.keep(field=None, name="Batch", names={}, kind="text")
    at = f"complaints/{complaint.number}/fields"
    told = program("PUT", at, {"fields": [{"id": field.pk, "values": ["B-7"]}]}).json()
    assert [(one["name"], one["values"]) for one in told["fields"]] == [("Batch", ["B-7"])]
    assert program("PUT", at, {"fields": [{"id": field.pk, "values": []}]}).json()["fields"][0]["values"] == []
    assert complaint.events.filter(kind=EventKind.FILLED_IN).count() == 2
    assert program("PUT", at, {"fields": [{"id": 999_999, "values": []}]}).json()["code"] == "unable"
