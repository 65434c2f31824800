"""Merging, splitting, joining records, handing over all, by the API: done, taken back, refused, and behind a wall."""

from __future__ import annotations

import pytest

from amends.desk.complaints import actions as complaints
from amends.desk.complaints import heard_names
from amends.desk.complaints.models import Complaint
from amends.desk.customers.models import Joining
from amends.desk.people.models import Role

pytestmark = pytest.mark.django_db
READING = ("complaints:read", "customers:read")


@pytest.fixture
def closed(make_agent, closed_team, make_complaint, make_customer):
    """A complaint of a closed team."""
    row = make_complaint(customer=make_customer(name="Gizli Sirkecioğlu"), owner=make_agent(team=closed_team))
    Complaint.objects.filter(pk=row.pk).update(team=closed_team)
    return Complaint.objects.get(pk=row.pk)


def test_two_are_merged_and_two_again(program, complaint, make_complaint):
    other, at = make_complaint(customer=complaint.customer), f"complaints/{complaint.number}"
    told = program("POST", f"{at}/merge", {"number": other.number}, key="m").json()
    assert (told["number"], told["other"]) == (complaint.number, other.number)
    assert program("POST", f"{at}/merge", {"number": other.number}, key="m").headers["Idempotency-Replayed"] == "true"
    other.refresh_from_db()
    assert other.merged_into_id == complaint.pk
    (part,) = program("GET", f"{at}/parts").json()["parts"]
    assert (part["what"], part["number"], part["event"]) == ("merged", other.number, told["event"])
    assert program("POST", f"{at}/take-apart", {"event": told["event"]}).status_code == 200
    other.refresh_from_db()
    assert other.merged_into_id is None
    assert program("GET", f"{at}/parts").json()["parts"] == []
    assert program("POST", f"{at}/take-apart", {"event": told["event"]}).json()["code"] == "unable"
    assert program("POST", f"{at}/take-apart", {"event": 999_999}).json()["code"] == "not-found"


def test_those_of_two_people_are_merged_only_knowingly(program, complaint, make_complaint, make_customer):
    other = make_complaint(customer=make_customer(name="Nora Whitaker"))
    at = f"complaints/{complaint.number}/merge"
    refused = program("POST", at, {"number": other.number}).json()
    assert (refused["code"], "Nora Whitaker" in refused["detail"]) == ("unable", True)
    assert program("POST", at, {"number": other.number, "same_person": True}).status_code == 200
    assert program("POST", at, {"number": complaint.number}).json()["code"] == "unable"


def test_a_message_is_split_off_and_put_back(program, complaint, now):
    more = complaints.customer_writes(complaint=complaint, text="And the invoice is wrong.", channel="mail", now=now)
    at = f"complaints/{complaint.number}"
    assert [one["event"] for one in program("GET", f"{at}/parts").json()["to_split"]][-1] == more.pk
    told = program("POST", f"{at}/split", {"events": [more.pk], "subject": "Invoice"})
    assert told.status_code == 201
    new = Complaint.objects.get(number=told.json()["new"])
    assert (new.subject, new.customer_id) == ("Invoice", complaint.customer_id)
    assert program("POST", f"{at}/split", {"events": [more.pk]}).json()["code"] == "unable"
    back = program("POST", f"{at}/take-apart", {"event": told.json()["event"]}).json()
    assert back["other"] == new.number
    new.refresh_from_db()
    assert new.merged_into_id == complaint.pk


def test_two_records_are_joined_and_two_again(program, complaint, make_complaint, make_customer):
    twin = make_complaint(customer=make_customer(name="Ayse Yilmaz")).customer
    heard_names.hear_new()
    at = f"complaints/{complaint.number}/records"
    (alike,) = program("GET", at).json()["alike"]
    assert (alike["id"], alike["why"]) == (twin.pk, "name")
    assert program("POST", f"{at}/join", {"record": twin.pk}).json()["errors"][0]["place"] == "same_person"
    told = program("POST", f"{at}/join", {"record": twin.pk, "same_person": True}).json()
    assert ([one["name"] for one in told["joined"]], told["alike"]) == (["Ayse Yilmaz"], [])
    again = program("POST", f"{at}/join", {"record": twin.pk, "same_person": True})
    assert again.json()["code"] == "unable"
    apart = f"{at}/{told['joined'][0]['id']}/take-apart"
    assert program("POST", apart).json()["joined"] == []
    assert program("POST", apart).json()["code"] == "unable"
    assert program("POST", f"{at}/999999/take-apart").json()["code"] == "not-found"
    assert Joining.objects.get().apart_by == complaint.owner


def test_all_that_somebody_owns_is_planned_then_handed_over(make_program, make_agent, make_complaint, make_team):
    team = make_team()
    leaving, there = make_agent(name="Elif", team=team), make_agent(name="Can", team=team)
    rows = [make_complaint(owner=leaving) for _ in range(2)]
    lead, at = make_program(agent=make_agent(role=Role.LEAD, team=team)), f"people/{leaving.pk}/hand-over"
    body = {"reason": "On leave", "to": [{"number": rows[0].number, "to": there.pk}]}
    planned = lead("POST", at, {**body, "only_plan": True}).json()
    assert (planned["done"], Complaint.objects.filter(owner=leaving).count()) == (False, 2)
    assert next((one["to_id"], one["by_rule"]) for one in planned["complaints"]) == (there.pk, False)
    assert lead("POST", at, body).json()["done"] is True
    assert not Complaint.objects.filter(owner=leaving).exists()
    assert Complaint.objects.get(pk=rows[0].pk).owner == there
    wrong = lead("POST", at, body).json()["errors"][0]  # they own it no more
    assert wrong["place"] == "to.0.number"
    assert make_program()("POST", at, body).json()["code"] == "not-allowed"
    assert lead("POST", "people/999999/hand-over", body).json()["code"] == "not-found"


def test_a_token_without_the_scope_does_none_of_it(make_program, complaint):
    reader, at = make_program(agent=complaint.owner, scopes=READING), f"complaints/{complaint.number}"
    for place, body in (
        (f"{at}/merge", {"number": 1}), (f"{at}/split", {"events": [1]}), (f"{at}/take-apart", {"event": 1}),
        (f"{at}/records/join", {"record": 1, "same_person": True}), (f"{at}/records/1/take-apart", None),
        (f"people/{complaint.owner_id}/hand-over", {"reason": "Leave"}),
    ):  # fmt: skip
        assert reader("POST", place, body).json()["code"] == "scope-missing", place


def test_what_a_closed_team_has_is_not_there(program, complaint, closed, make_complaint):
    at = f"complaints/{complaint.number}"
    assert program("POST", f"{at}/merge", {"number": closed.number, "same_person": True}).status_code == 404
    joined = program("POST", f"{at}/records/join", {"record": closed.customer_id, "same_person": True})
    assert (joined.status_code, Joining.objects.count()) == (404, 0)
    for place in ("parts", "records"):
        assert program("GET", f"complaints/{closed.number}/{place}").status_code == 404
    for place, body in (
        ("merge", {"number": complaint.number}), ("split", {"events": [1]}), ("take-apart", {"event": 1}),
        ("records/join", {"record": complaint.customer_id, "same_person": True}), ("records/1/take-apart", None),
    ):  # fmt: skip
        assert program("POST", f"complaints/{closed.number}/{place}", body).status_code == 404, place
    closed.refresh_from_db()
    assert closed.merged_into_id is None
