"""Times for a call and the letters of a law, by the API: sent whole, refused with a reason, and behind a wall."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from amends.desk.calm.models import CallOffer
from amends.desk.clocks import actions as clocks
from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Role

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def complaint(make_agent, make_complaint, make_customer):
    for code in ("uk.final", "mn.petition"):
        clocks.set_law(code=code, is_on=True, by=make_agent(role=Role.ADMINISTRATOR), now=timezone.now())
    customer = make_customer(language="en", name="Nora Whitaker")
    return make_complaint(customer=customer, language="en", at=timezone.now() - 2 * DAY)


@pytest.fixture
def outside(make_program, closed_team, complaint):
    """A program of somebody for whom the complaint is behind a wall."""
    Complaint.objects.filter(pk=complaint.pk).update(team=closed_team)
    return make_program()


def law(program, complaint, code):
    told = program("GET", f"complaints/{complaint.number}/law-letters").json()
    return next(one for one in told["laws"] if one["code"] == code)


class TestACall:
    def test_times_are_offered_and_one_is_booked(self, program, complaint):
        at = f"complaints/{complaint.number}"
        free = program("GET", f"{at}/call-times").json()["free"]
        told = program("POST", f"{at}/call-offers", {"slots": free[:2]}, key="o")
        assert (told.status_code, CallOffer.objects.count()) == (201, 1)
        assert "Whitaker" in complaint.events.get(kind="replied").content.text
        assert program("GET", f"{at}/call-times").json()["offer"] == told.json()
        book, slot = f"{at}/call-offers/{told.json()['id']}/book", datetime.fromisoformat(free[0])
        same = slot.astimezone(timezone.get_fixed_timezone(0)).isoformat()  # told in another zone
        promise = program("POST", book, {"slot": same}).json()
        assert (promise["number"], datetime.fromisoformat(promise["due_at"])) == (complaint.number, slot)
        assert program("POST", book, {"slot": free[1]}).json()["code"] == "unable"
        assert program("GET", f"{at}/call-times").json()["booked_at"] is not None

    def test_a_time_that_is_not_free_or_not_in_the_letter_is_not_offered(self, program, complaint):
        at = f"complaints/{complaint.number}/call-offers"
        free = program("GET", f"complaints/{complaint.number}/call-times").json()["free"]
        for wrong in ((timezone.now() - DAY).isoformat(), "0001-01-01T00:00:00+05:00", "9999-12-31T23:00:00-05:00"):
            assert program("POST", at, {"slots": [wrong]}, key="1").json()["code"] == "unable"
        assert program("POST", at, {"slots": free[:1], "text": "May I call?"}, key="2").json()["code"] == "unable"
        assert program("POST", at, {"slots": free[:1]}).json()["code"] == "no-key"
        assert not CallOffer.objects.exists()
        assert not complaint.events.filter(kind="replied").exists()


class TestALetterOfALaw:
    def test_a_no_leaves_with_all_that_belongs_into_it(self, program, complaint):
        one = law(program, complaint, "uk.final")
        (kind,) = (each for each in one["letters"] if each["kind"] == "refusal")
        assert {"text", "ombudsman", "until"} <= set(kind["has"])
        at = f"complaints/{complaint.number}/law-letters/{one['id']}"
        body = {"kind": "refusal", "text": "The seal was cut.", "ombudsman": one["ombudsman"], "until": one["until"]}
        assert program("POST", at, {**body, "text": ""}, key="1").json()["code"] == "unable"
        assert not complaint.events.filter(kind="replied").exists()
        told = program("POST", at, body, key="2")
        assert told.status_code == 201
        assert "The seal was cut." in complaint.events.get(pk=told.json()["event"]).content.text
        assert program("POST", at, body, key="3").json()["code"] == "unable"
        assert law(program, complaint, "uk.final")["state"] == "met"

    def test_one_that_says_it_takes_longer_promises_the_day(self, program, complaint):
        one = law(program, complaint, "uk.final")
        at = f"complaints/{complaint.number}/law-letters/{one['id']}"
        day = (timezone.now() + 20 * DAY).date()
        body = {"kind": "holding", "reason": "No report yet.", "expected": day.isoformat(), "ombudsman": "The Body"}
        assert program("POST", at, {**body, "instead": "A seal."}, key="1").json()["errors"][0]["place"] == "instead"
        missing = program("POST", at, {"kind": "holding", "reason": "No report yet."}, key="2").json()
        assert "expected" in [each["place"] for each in missing["errors"]]
        event = program("POST", at, body, key="3").json()["event"]
        assert complaint.promises.get(made_in=event).due_at.date() == day

    def test_an_extension_moves_the_limit_once(self, program, complaint):
        one = law(program, complaint, "mn.petition")
        assert one["letters"][0]["kind"] == "extension"
        at = f"complaints/{complaint.number}/law-letters/{one['id']}"
        has = {"reason": "The workshop.", "expected": (timezone.now() + 35 * DAY).date().isoformat(), "decided_by": "B"}
        body = {"kind": "extension", **{name: has[name] for name in one["letters"][0]["has"]}}
        assert program("POST", at, body, key="1").status_code == 201
        assert law(program, complaint, "mn.petition")["due_day"] > one["due_day"]
        assert program("POST", at, body, key="2").json()["code"] == "unable"

    def test_none_is_sent_where_the_law_asks_for_none(self, program, complaint, make_complaint):
        one = law(program, complaint, "uk.final")
        at = f"complaints/{complaint.number}/law-letters"
        assert program("POST", f"{at}/{one['id']}", {"kind": "settled"}, key="1").json()["code"] == "unable"
        assert program("POST", f"{at}/999999", {"kind": "answer"}, key="2").json()["code"] == "not-found"
        other = make_complaint()
        elsewhere = f"complaints/{other.number}/law-letters/{one['id']}"
        assert program("POST", elsewhere, {"kind": "answer"}, key="3").json()["code"] == "not-found"


CALLS = (
    ("call-offers", {"slots": ["2030-01-01T10:00:00Z"]}), ("call-offers/1/book", {"slot": "2030-01-01T10:00:00Z"}),
    ("law-letters/1", {"kind": "answer"}),
)  # fmt: skip


def test_a_token_without_the_scope_does_none_of_it(make_program, complaint):
    reader = make_program(agent=complaint.owner, scopes=("complaints:read",))
    for place, body in CALLS:
        told = reader("POST", f"complaints/{complaint.number}/{place}", body, key="1")
        assert told.json()["code"] == "scope-missing", place


def test_what_a_closed_team_has_is_not_there(outside, complaint):
    for place in ("call-times", "law-letters"):
        assert outside("GET", f"complaints/{complaint.number}/{place}").status_code == 404
    for place, body in CALLS:
        told = outside("POST", f"complaints/{complaint.number}/{place}", body, key="1")
        assert told.status_code == 404, place
