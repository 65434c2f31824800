"""What others ask of a person, by the API: seen by them alone, and answered as on the pages."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from amends.desk.api import actions
from amends.desk.complaints.models import Complaint, EventKind
from amends.desk.people.models import Role
from amends.desk.reaching.models import Ring

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(make_agent):
    return make_agent(name="Deniz")


def test_a_hand_over_is_seen_and_is_theirs_once_they_say_yes(program, make_program, complaint, colleague):
    at, theirs = f"complaints/{complaint.number}", make_program(agent=colleague)
    program("POST", f"{at}/hand-over", {"to": colleague.pk, "reason": "Knows the workshop"})
    (asked,) = theirs("GET", "asked-of-me").json()["take_over"]
    assert (asked["number"], asked["reason"]) == (complaint.number, "Knows the workshop")
    answer = f"take-overs/{asked['id']}/answer"
    assert program("POST", answer, {"answer": "yes"}).json()["code"] == "unable"  # somebody else was asked
    assert theirs("POST", answer, {"answer": "yes"}).status_code == 200
    assert Complaint.objects.get(pk=complaint.pk).owner == colleague
    assert theirs("POST", answer, {"answer": "no"}).json()["code"] == "unable"
    assert theirs("GET", "asked-of-me").json()["take_over"] == []


def test_it_stays_with_its_owner_by_a_no_and_when_they_take_the_question_back(
    program, make_program, complaint, colleague
):
    at, theirs = f"complaints/{complaint.number}", make_program(agent=colleague)
    body = {"to": colleague.pk, "reason": "Away"}
    program("POST", f"{at}/hand-over", body)
    (asked,) = theirs("GET", "asked-of-me").json()["take_over"]
    assert theirs("POST", f"take-overs/{asked['id']}/answer", {"answer": "no"}).status_code == 200
    program("POST", f"{at}/hand-over", body)
    assert theirs("POST", f"{at}/hand-over/take-back").json()["code"] == "unable"  # it is not theirs
    assert program("POST", f"{at}/hand-over/take-back").status_code == 200
    assert program("POST", f"{at}/hand-over/take-back").status_code == 404
    assert Complaint.objects.get(pk=complaint.pk).owner == complaint.owner


def test_a_question_waits_until_it_is_answered_by_a_note(program, make_program, complaint, colleague):
    at, theirs = f"complaints/{complaint.number}", make_program(agent=colleague)
    program("POST", f"{at}/colleagues", {"agent": colleague.pk, "question": "Is it glass?"})
    assert [one["number"] for one in theirs("GET", "asked-of-me").json()["questions"]] == [complaint.number]
    assert theirs("POST", f"{at}/notes", {"text": "It is."}).status_code == 201
    assert theirs("GET", "asked-of-me").json()["questions"] == []


def test_a_manager_is_rung_and_comes_or_is_called_off_by_nobody(program, make_program, complaint, make_agent):
    manager = make_agent(role=Role.LEAD, name="Nermin")
    at = f"complaints/{complaint.number}"
    assert program("POST", f"{at}/asks-for-manager", {"channel": "phone"}).status_code == 201
    Ring.objects.update(state=Ring.State.RINGING, manager=manager)
    assert program("POST", f"{at}/asks-for-no-manager").json()["code"] == "unable"  # somebody recorded it
    (ring,) = make_program(agent=manager)("GET", "asked-of-me").json()["managers"]
    come = f"managers-rung/{ring['id']}/come"
    assert make_program(agent=manager)("POST", come).status_code == 200
    assert complaint.events.filter(kind=EventKind.MANAGER_CAME).exists()
    assert program("POST", come).json()["code"] == "unable"
    assert program("POST", f"{at}/same-person-again").json()["code"] == "unable"


class TestAYes:
    @pytest.fixture
    def asked(self, program, complaint, make_agent):
        make_agent(role=Role.ADMINISTRATOR, name="Nermin", goodwill_limit=Decimal(900))
        body = {"kind": "refund", "what": "All of it", "cost": "500", "currency": "EUR", "reason": "Broken twice"}
        made = program("POST", f"complaints/{complaint.number}/remedies", body).json()
        assert made["state"] == "asked"
        return made["id"]

    def test_is_asked_for_and_the_customer_hears_when(self, program, asked, complaint):
        rows = program("GET", "requests").json()
        assert [one["id"] for one in rows["mine"]] == [asked]
        word = program("GET", f"requests/{asked}/hold").json()
        assert program("POST", f"requests/{asked}/hold", word, key="h").status_code == 201
        assert complaint.promises.filter(state="open").exists()
        assert program("POST", f"requests/{asked}/take-back").json()["state"] == "withdrawn"
        assert program("POST", f"requests/{asked}/take-back").json()["code"] == "unable"

    def test_is_given_by_who_may(self, program, make_program, asked, complaint, make_agent):
        answer = f"requests/{asked}/answer"
        assert make_program()("POST", answer, {"answer": "yes"}).json()["code"] == "unable"
        assert make_program()("POST", f"requests/{asked}/take-back").json()["code"] == "unable"
        from amends.desk.remedies.models import Request

        lead = make_program(agent=Request.objects.get(pk=asked).asked)
        assert asked in [one["id"] for one in lead("GET", "requests").json()["waiting"]]
        assert lead("POST", answer, {"answer": "no"}).json()["code"] == "unable"  # a no gives its reason
        assert lead("POST", answer, {"answer": "yes"}).json()["state"] == "agreed"
        assert complaint.remedies.count() == 1


def test_what_is_a_persons_own_is_opened_to_a_token_that_they_made_themselves(make_agent, make_program, now):
    agent, boss = make_agent(), make_agent(role=Role.ADMINISTRATOR)
    with pytest.raises(actions.UnableToMakeToken, match=agent.name):
        actions.make_token(name="Watch", agent=agent, scopes=["own:read"], by=boss, now=now)
    assert make_program(agent=agent, scopes=("own:read",))("GET", "me").json()["id"] == agent.pk
    assert make_program(agent=agent, scopes=("complaints:read",))("GET", "me/load").json()["code"] == "scope-missing"


def test_what_a_closed_team_has_is_not_there(make_program, make_agent, complaint, closed_team):
    Complaint.objects.filter(pk=complaint.pk).update(team=closed_team)
    outside = make_program()
    for method, place, body in (
        ("GET", "pins", None), ("GET", "about", None), ("GET", "because", None), ("GET", "heat", None),
        ("GET", "time-limits", None), ("GET", "marks", None), ("GET", "draft", None),
        ("PUT", "marks", {"watch": True}), ("PUT", "draft", {"text": "x"}), ("POST", "final-answer", None),
        ("POST", "take-five", {"until": (timezone.now() + timedelta(hours=1)).isoformat()}),
    ):  # fmt: skip
        assert outside(method, f"complaints/{complaint.number}/{place}", body).status_code == 404, place
