"""Promises, remedies and customers over the API."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from amends.desk.complaints import actions as complaints
from amends.desk.remedies.models import Remedy


def by(**span):
    return (timezone.now() + timedelta(**span)).isoformat()


class TestPromises:
    def test_from_the_first_word_to_its_end(self, make_program, make_complaint):
        complaint = make_complaint()
        program = make_program(agent=complaint.owner)
        path = f"complaints/{complaint.number}/promises"
        made = program("POST", path, {"words": "I call you", "due_at": by(days=1)}, key="a")
        assert made.status_code == 201
        assert (
            program("POST", path, {"words": "I call you", "due_at": by(days=1)}, key="a").json()["code"] == "key-used"
        )
        first = made.json()
        assert (first["number"], first["state"], first["owner_name"]) == (
            complaint.number,
            "open",
            complaint.owner.name,
        )
        assert program("GET", "promises").json()["promises"][0]["id"] == first["id"]

        moved = program("POST", f"promises/{first['id']}/move", {"due_at": by(days=2), "yes": "phone"}).json()
        assert (moved["moved"], moved["due_at"] > first["due_at"]) == (1, True)
        assert program("POST", f"promises/{first['id']}/keep").json()["state"] == "kept"
        assert program("POST", f"promises/{first['id']}/keep").json()["code"] == "unable"

        second = program("POST", path, {"words": "a parcel", "due_at": by(days=3), "every": "week"}).json()
        assert program("POST", f"promises/{second['id']}/withdraw", {"yes": "nod"}).status_code == 422
        assert program("POST", f"promises/{second['id']}/withdraw", {"yes": "phone"}).json()["state"] == "withdrawn"
        rows = program("GET", path).json()["promises"]
        assert [row["state"] for row in rows] == ["kept", "withdrawn"]
        assert program("POST", "promises/999999/keep").json()["code"] == "not-found"
        assert program("POST", path, {"words": "too late", "due_at": by(days=-1)}).json()["code"] == "unable"


class TestRemedies:
    def test_within_the_persons_room_or_asked_for(self, make_program, make_team, make_agent, make_complaint):
        team = make_team()
        room = {"team": team, "goodwill_currency": "EUR"}
        agent = make_agent(goodwill_limit=Decimal(50), **room)
        team.lead = make_agent(name="Leyla", role="lead", goodwill_limit=Decimal(500), **room)
        team.save()
        complaint = make_complaint(owner=agent)
        program = make_program(agent=agent)
        path = f"complaints/{complaint.number}/remedies"
        given = {"kind": "replacement", "what": "a new CD", "cost": "20", "currency": "EUR"}
        made = program("POST", path, {**given, "due_at": by(days=1)}, key="r")
        assert (made.status_code, made.json()["state"]) == (201, "to-do")
        assert program("GET", f"complaints/{complaint.number}").json()["promises"][0]["words"] == "a new CD"
        assert program("POST", f"remedies/{made.json()['id']}/finish").json()["state"] == "done"
        assert program("POST", f"remedies/{made.json()['id']}/drop").json()["code"] == "unable"

        above = {"kind": "refund", "cost": "300", "currency": "EUR"}
        assert program("POST", path, above).json()["code"] == "unable"  # who is asked wants a reason
        asked = program("POST", path, {**above, "reason": "our fault"}).json()
        assert (asked["state"], asked["asked_name"]) == ("asked", "Leyla")
        assert Remedy.objects.count() == 1
        assert [row["state"] for row in program("GET", path).json()["remedies"]] == ["done", "asked"]
        for wrong in ({"cost": "-1"}, {"cost": "1e40"}, {"cost": "nan"}, {"kind": "hug"}, {"currency": "euro"}):
            assert program("POST", path, {**given, **wrong}).status_code == 422


class TestCustomers:
    def test_found_read_and_corrected_by_who_may(self, make_program, make_agent, make_customer, make_complaint, now):
        customer = make_customer(name="İrem Çağlar", email="irem@mail.example", phone="+905551112233")
        complaint = make_complaint(customer=customer)
        make_complaint(text="irem caglar was rude")
        program = make_program()
        for query in ("words=irem%20caglar", "email=IREM@mail.example", "phone=0090%20555%20111%2022%2033"):
            assert [one["id"] for one in program("GET", f"customers?{query}").json()["customers"]] == [customer.pk]
        assert program("GET", "customers").status_code == 422
        whole = program("GET", f"customers/{customer.pk}").json()
        assert (whole["complaints"], len(whole["ways"])) == ([complaint.number], 2)

        path, facts = f"customers/{customer.pk}", {"honorific": "Hanım", "orders": 3, "yearly_value": "1200.50"}
        assert program("PATCH", path, facts).json()["code"] == "not-allowed"
        administrator = make_program(agent=make_agent(role="administrator"))
        told = administrator("PATCH", path, facts, key="c").json()
        assert (told["honorific"], told["orders"], told["yearly_value"]) == ("Hanım", 3, "1200.50")
        assert administrator("PATCH", path, {"name": "Irem Caglar-Öz"}).json()["name"] == "Irem Caglar-Öz"
        assert program("GET", "customers?words=caglar-oz").json()["customers"]
        assert administrator("PATCH", path, {"name": "\u200f"}).json()["code"] == "unable"
        assert administrator("PATCH", path, {"erased_at": "2020-01-01"}).status_code == 422
        complaints.erase(customer=customer, by=make_agent(role="administrator"), now=now)
        assert program("GET", path).json()["code"] == "not-found"
