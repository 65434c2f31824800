"""What an organisation's own app does for its customer, what becomes of letters, and replies that leave later."""

from __future__ import annotations

import base64
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from amends.desk.channels import actions as channels
from amends.desk.channels.models import Arrival, Outgoing
from amends.desk.complaints import actions
from amends.desk.complaints.models import EventKind
from amends.desk.workplace.models import LaterReply


def key() -> str:
    return uuid.uuid4().hex


def file(content: bytes = b"a broken lid", name: str = "lid.png") -> dict[str, str]:
    return {"name": name, "media_type": "image/png", "content": base64.b64encode(content).decode()}


@pytest.fixture
def complaint(make_complaint):
    return make_complaint(language="en")


class TestTheCustomer:
    def test_writes_once_with_files_kept_raw_and_opens_again_what_had_ended(self, program, complaint, now):
        actions.say_content(complaint=complaint, by_customer=True, now=now)
        path, one = f"complaints/{complaint.number}/messages", key()
        body = {"text": "It broke again.", "files": [file()]}
        assert program("POST", path, body).json()["code"] == "no-key"
        told = program("POST", path, body, key=one)
        assert (told.status_code, told.json()["stage"]) == (201, "received")
        assert program("POST", path, body, key=one).json() == told.json()
        event = complaint.events.filter(kind=EventKind.CUSTOMER_WROTE).last()
        assert [each.name for each in event.attachments.all()] == ["lid.png"]
        assert Arrival.objects.get().event == event
        assert program("POST", path, {"text": "Other"}, key=one).json()["code"] == "key-used"
        assert program("POST", path, {"text": " "}, key=key()).json()["errors"][0]["place"] == "text"
        broken = {"files": [{**file(), "content": "no base64!"}]}
        assert program("POST", path, broken, key=key()).json()["errors"][0]["place"] == "files.0.content"
        assert program("POST", "complaints/77/messages", body, key=key()).status_code == 404

    def test_what_cannot_be_read_yet_is_kept_and_the_key_tries_again(self, program, complaint, monkeypatch):
        path, one = f"complaints/{complaint.number}/messages", key()
        with monkeypatch.context() as patched:
            patched.setattr(channels, "take_in_or_leave", lambda **_: None)
            assert program("POST", path, {"text": "Late."}, key=one).json()["code"] == "not-readable-yet"
        assert Arrival.objects.count() == 1
        assert program("POST", path, {"text": "Late."}, key=one).status_code == 201
        assert Arrival.objects.count() == 1

    def test_asks_is_not_content_and_answers_the_two_questions(self, program, complaint):
        at = f"complaints/{complaint.number}"
        for what, kind in (("call", EventKind.ASKED_FOR_CALL), ("manager", EventKind.ASKED_FOR_MANAGER)):
            assert program("POST", f"{at}/wishes", {"what": what, "phone": "0532 000 00 00"}).status_code == 201
            assert complaint.events.filter(kind=kind).exists()
        assert program("POST", f"{at}/wishes", {"what": "miracle"}).status_code == 422
        assert program("POST", f"{at}/content").json()["stage"] == "resolved"
        one = key()
        rated = program("POST", f"{at}/ratings", {"outcome": 4, "handling": 5}, key=one)
        assert rated.status_code == 201
        assert program("POST", f"{at}/ratings", {"outcome": 4, "handling": 5}, key=one).json() == rated.json()
        assert complaint.events.filter(kind=EventKind.RATED).count() == 1
        assert program("POST", f"{at}/ratings", {"outcome": 9, "handling": 5}).status_code == 422
        told = program("POST", f"{at}/not-content", {"text": "The lid is still broken."})
        assert (told.status_code, told.json()["stage"]) == (201, "received")


class TestLetters:
    def test_a_reply_takes_files_and_marks_along(self, program, complaint):
        body = {"text": "**Today** I sent a new lid.", "files": [file(name="receipt.pdf")], "marks": True}
        told = program("POST", f"complaints/{complaint.number}/reply", body, key=key())
        assert told.status_code == 201
        event = complaint.events.get(pk=told.json()["event"])
        assert (event.content.text, "<strong>Today</strong>" in event.content.html) == ("Today I sent a new lid.", True)
        assert [each.name for each in event.attachments.all()] == ["receipt.pdf"]
        assert b"receipt.pdf" in bytes(Outgoing.objects.get().mime)

    def test_what_is_maybe_sent_is_told_and_sent_again(self, program, complaint):
        at = f"complaints/{complaint.number}"
        program("POST", f"{at}/reply", {"text": "I sent a new lid today."}, key=key())
        (letter,) = program("GET", f"{at}/letters").json()["letters"]
        assert letter["state"] == "waiting"
        assert program("POST", f"letters/{letter['id']}/send-again").json()["code"] == "unable"
        Outgoing.objects.update(state="maybe-sent")
        assert program("POST", f"letters/{letter['id']}/send-again").json()["state"] == "waiting"
        assert program("POST", "letters/99999/send-again").status_code == 404

    def test_a_reply_waits_for_its_time_and_is_taken_back(self, program, make_program, complaint):
        at = f"complaints/{complaint.number}"
        seen = program("GET", at).json()["last_event"]
        body = {"text": "Did it come?", "send_at": (timezone.now() + timedelta(days=1)).isoformat(), "seen": seen}
        kept = program("POST", f"{at}/later-replies", body, key=key())
        assert (kept.status_code, kept.json()["state"]) == (201, "waiting")
        past = {**body, "send_at": "2020-01-01T00:00:00Z"}
        assert program("POST", f"{at}/later-replies", past, key=key()).json()["code"] == "unable"
        back = f"later-replies/{kept.json()['id']}/take-back"
        assert make_program()("POST", back).status_code == 404  # not theirs
        assert program("POST", back).json()["state"] == "withdrawn"
        assert program("POST", back).json()["code"] == "unable"
        assert LaterReply.objects.get().state == "withdrawn"
