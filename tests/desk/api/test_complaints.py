"""Complaints over the API: each act is the one that a page calls."""

import base64
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from amends.desk.channels.models import Arrival, Outgoing
from amends.desk.complaints import actions
from amends.desk.complaints.models import Attachment, Complaint, EventKind
from amends.engine.conversation import from_json

TOLD = {
    "name": "Ayşe Yılmaz",
    "email": "ayse@mail.example",
    "text": "Kargom üç haftadır gelmedi, doğum günü cumartesi.",
    "wish": "Hediye cumartesiye yetişsin.",
    "language": "tr",
}


def key():
    return uuid.uuid4().hex


class TestOpening:
    @pytest.mark.django_db(transaction=True)
    def test_it_is_kept_raw_owned_and_answered_once(self, make_program, make_agent):
        program = make_program()
        file = {"name": "photo.txt", "media_type": "text/plain", "content": base64.b64encode(b"box").decode()}
        one = key()
        first = program("POST", "complaints", {**TOLD, "files": [file]}, key=one)
        assert first.status_code == 201
        complaint = Complaint.objects.get(number=first.json()["number"])
        assert (complaint.customer.name, complaint.wish, complaint.channel) == (TOLD["name"], TOLD["wish"], "form")
        assert first.json()["owner_name"] == complaint.owner.name
        assert Attachment.objects.get().name == "photo.txt"
        assert Arrival.objects.get().event.complaint == complaint
        assert complaint.events.filter(kind=EventKind.ACKNOWLEDGED).exists()

        actions.note(complaint=complaint, by=complaint.owner, text="changed since", now=timezone.now())
        again = program("POST", "complaints", {**TOLD, "files": [file]}, key=one)
        assert (again.status_code, again.json()) == (201, first.json())
        assert again.headers["Idempotency-Replayed"] == "true"
        other = program("POST", "complaints", TOLD, key=one)
        assert (other.status_code, other.json()["code"]) == (422, "key-used")
        assert (Complaint.objects.count(), Arrival.objects.count()) == (1, 1)
        # An answer that was forgotten, or never kept because the machine stopped: the arrival knows the key too.
        from amends.desk.api.models import Answer

        Answer.objects.all().delete()
        assert program("POST", "complaints", TOLD, key=one).json()["code"] == "key-used"
        assert program("POST", "complaints", {**TOLD, "files": [file]}, key=one).json() == first.json()
        assert Complaint.objects.count() == 1

        heard = program("POST", "complaints", {**TOLD, "channel": "phone"}, key=key()).json()
        assert Complaint.objects.get(number=heard["number"]).owner == complaint.owner  # whom the customer knows
        assert make_program()("POST", "complaints", TOLD, key=one).status_code == 201  # keys are each token's own

    @pytest.mark.django_db(transaction=True)
    def test_what_cannot_be_opened_yet_is_kept_and_the_key_tries_again(self, make_program, monkeypatch):
        program, one = make_program(), key()
        from amends.desk.channels.form import record

        def breaks(**_named):
            raise RuntimeError("no shelf")

        monkeypatch.setattr(record.complaints, "open_complaint", breaks)
        told = program("POST", "complaints", TOLD, key=one)
        assert (told.status_code, told.json()["code"], told.headers["Retry-After"]) == (503, "not-readable-yet", "60")
        assert Arrival.objects.count() == 1
        monkeypatch.undo()
        assert program("POST", "complaints", TOLD, key=one).status_code == 201
        assert Arrival.objects.count() == 1

    def test_what_is_missing_is_named(self, make_program):
        program = make_program()
        assert program("POST", "complaints", TOLD).json()["code"] == "no-key"
        for wrong, place in (
            ({"text": ""}, "text"),
            ({"text": " \n"}, "text"),
            ({"name": " "}, "name"),
            ({"email": ""}, "email"),
            ({"language": "de"}, "language"),
            ({"files": [{"name": "x", "content": "§"}]}, "files.0.content"),
            ({"chanel": "phone"}, "chanel"),
        ):
            told = program("POST", "complaints", {**TOLD, **wrong}, key=key())
            assert (told.status_code, told.json()["errors"][0]["place"]) == (422, place)
        assert not Arrival.objects.exists()


class TestReading:
    def test_a_list_is_narrowed_and_turned_page_by_page(self, make_program, make_agent, make_complaint, now):
        agent = make_agent()
        numbers = {make_complaint(owner=agent, at=now - timedelta(hours=hour)).number for hour in range(5)}
        make_complaint(subject="Kettle leaks", language="en", at=now)
        program = make_program(agent=agent)
        seen, after = [], ""
        while True:
            page = program("GET", f"complaints?view=mine&limit=2&after={after}").json()
            seen += [row["number"] for row in page["complaints"]]
            after = page["next"]
            if after is None:
                break
        assert len(seen) == 5
        assert set(seen) == numbers
        assert len(program("GET", "complaints").json()["complaints"]) == 6
        (found,) = program("GET", "complaints?words=kettle").json()["complaints"]
        assert found["subject"] == "Kettle leaks"
        assert program("GET", "complaints?language=en&heat=3").json()["complaints"] == []
        for wrong in ("view=nothing", "after=xyz", "promise=some", "heat=9", "limit=0", "owner=x"):
            assert program("GET", f"complaints?{wrong}").status_code == 422

    def test_one_comes_with_its_conversation_and_no_private_key(
        self, make_program, make_complaint, django_assert_max_num_queries, now
    ):
        complaint = make_complaint()
        actions.note(complaint=complaint, by=complaint.owner, text="ask the courier", now=now)
        actions.append(
            complaint=complaint, kind="acknowledged", by="system", text=f"See /follow/{complaint.key}/", now=now
        )
        program = make_program()
        with django_assert_max_num_queries(15):
            told = program("GET", f"complaints/{complaint.number}")
        whole = told.json()
        talk = from_json(whole["conversation"])
        assert [turn.by for turn in talk.turns] == ["customer", "system"]
        assert complaint.key not in told.text
        assert [note["text"] for note in whole["notes"]] == ["ask the courier"]
        assert whole["owner_name"] == complaint.owner.name
        assert whole["last_event"] == complaint.events.order_by("-sequence").first().pk


class TestAnswering:
    def test_a_reply_goes_through_the_outbox_once_with_what_the_coach_saw(self, make_program, make_complaint):
        complaint = make_complaint(language="en")
        program, one = make_program(agent=complaint.owner), key()
        due = (timezone.now() + timedelta(days=2)).isoformat()
        body = {
            "text": "I am sorry, Ms Yılmaz. I will send a new one by tomorrow 17:00. We will get back to you soon.",
            "promises": [{"words": "a new one", "due_at": due}],
        }
        path = f"complaints/{complaint.number}/reply"
        assert program("POST", path, body).json()["code"] == "no-key"
        told = program("POST", path, body, key=one)
        assert told.status_code == 201
        whole = told.json()
        assert whole["goes_by"] == "mail"
        assert any(finding["failing"] == "vague-promise" for finding in whole["findings"])
        assert [promise["words"] for promise in whole["promised"]] == ["a new one"]
        assert len(whole["found"]) == 1  # tomorrow 17:00 was not given
        assert program("POST", path, body, key=one).json() == whole
        assert Outgoing.objects.count() == complaint.promises.count() == 1
        assert complaint.events.filter(kind=EventKind.REPLIED, agent=complaint.owner).count() == 1
        assert program("POST", path, {"text": "Other"}, key=one).json()["code"] == "key-used"

    def test_with_only_if_clean_nothing_goes_out_where_something_is_found(self, make_program, make_complaint):
        complaint = make_complaint(language="en")
        program, one = make_program(), key()
        path = f"complaints/{complaint.number}/reply"
        body = {"text": "That is our policy. We will get back to you soon.", "only_if_clean": True}
        told = program("POST", path, body, key=one)
        assert (told.status_code, told.json()["code"]) == (409, "found-something")
        assert told.json()["findings"]
        assert not Outgoing.objects.exists()
        # A refusal is kept under no key: the better words go out with the same one.
        better = {
            "text": "I am sorry that your parcel is late. I sent a new one today, it comes by tomorrow 17:00.",
            "only_if_clean": True,
        }
        sent = program("POST", path, better, key=one)
        assert sent.status_code == 201, sent.text

    def test_what_the_customer_said_meanwhile_stops_it(self, make_program, make_complaint, now):
        complaint = make_complaint()
        program = make_program(agent=complaint.owner)
        seen = program("GET", f"complaints/{complaint.number}").json()["last_event"]
        actions.customer_writes(complaint=complaint, text="It came!", channel="mail", now=now)
        path = f"complaints/{complaint.number}/reply"
        told = program("POST", path, {"text": "We are looking for it.", "seen": seen}, key=key())
        assert (told.status_code, told.json()["code"]) == (409, "unable")
        assert "It came!" in told.json()["detail"]
        late = {"text": "x", "promises": [{"words": "x", "due_at": "2020-01-01T00:00:00Z"}]}
        assert program("POST", path, late, key=key()).json()["code"] == "unable"
        naive = {"text": "x", "promises": [{"words": "x", "due_at": "2030-01-01T00:00:00"}]}
        assert program("POST", path, naive, key=key()).json()["errors"][0]["place"] == "promises.0.due_at"
        assert not Outgoing.objects.exists()


class TestToTheEnd:
    def test_note_hand_over_cause_content_and_close(self, make_program, make_complaint, make_agent):
        complaint, colleague = make_complaint(), make_agent(name="Leyla")
        at = f"complaints/{complaint.number}"
        owner, other = make_program(agent=complaint.owner), make_program(agent=colleague)
        one = key()
        noted = owner("POST", f"{at}/notes", {"text": "Courier called"}, key=one)
        assert noted.status_code == 201
        assert owner("POST", f"{at}/notes", {"text": "Courier called"}, key=one).json() == noted.json()
        assert complaint.events.filter(kind=EventKind.NOTED).count() == 1
        assert owner("POST", f"{at}/notes", {"text": "   "}).json()["code"] == "unable"
        named = {"text": "@Leyla, is it the courier?", "mentions": [colleague.pk]}
        assert owner("POST", f"{at}/notes", named).status_code == 201
        assert owner("POST", f"{at}/notes", {**named, "text": "The courier?"}).json()["code"] == "unable"
        assert owner("GET", at).json()["notes"][-1]["mentions"] == [colleague.pk]

        told = {"to": colleague.pk, "reason": "She knows couriers"}
        assert other("POST", f"{at}/hand-over", told).json()["code"] == "unable"  # only the owner can ask
        asked = owner("POST", f"{at}/hand-over", told)
        assert (asked.status_code, asked.json()["asked_name"]) == (202, "Leyla")
        complaint.refresh_from_db()
        assert complaint.owner_id != colleague.pk
        assert owner("POST", f"{at}/hand-over", {**told, "to": 999999}).status_code == 422

        assert owner("GET", f"{at}/cause").status_code == 200
        confirmed = owner("PUT", f"{at}/cause", {"layer": "third-party", "theme": "late parcel"}).json()
        assert (confirmed["layer"], confirmed["confirmed"]) == ("third-party", True)
        assert owner("PUT", f"{at}/cause", {"layer": "weather"}).status_code == 422

        assert owner("POST", f"{at}/close", {}).json()["code"] == "unable"  # the customer waits
        assert owner("POST", f"{at}/content").json()["stage"] == "resolved"
        closed = owner("POST", f"{at}/close", {"reason": "done"})
        assert (closed.status_code, closed.json()["stage"]) == (200, "closed")
        assert owner("POST", f"{at}/close", {}).json()["code"] == "unable"
        assert owner("POST", "complaints/77/content").json()["code"] == "not-found"
