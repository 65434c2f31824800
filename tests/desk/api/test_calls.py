"""Calls that a telephone system tells of."""

import base64

import pytest

from amends.desk.channels.models import Arrival
from amends.desk.complaints.models import Complaint
from tests.intake.test_calls import line

pytestmark = pytest.mark.django_db(transaction=True)
AT = "2026-03-02T10:00:00+03:00"


def call(**more):
    return {"id": "1", "at": AT, "number": "0532 123 45 67", "seconds": 192, **more}


def test_a_call_stands_once_in_the_complaint_of_its_customer_with_recording_and_transcript(
    make_program, make_complaint, make_customer, make_agent
):
    owner = make_agent(email="deniz@desk.example", language="en")
    complaint = make_complaint(customer=make_customer(phone="+905321234567"), owner=owner)
    program = make_program()
    recording = {"name": "1.opus", "media_type": "audio/ogg", "content": base64.b64encode(b"sound").decode()}
    told = {
        "system": "pbx",
        "calls": [call(agent="Deniz@desk.example", text="Promised nothing.", transcript="Hello.", files=[recording])],
    }
    for _again in range(2):
        answer = program("POST", "calls", told).json()
        assert answer == {"calls": [{"id": "1", "became": "call", "complaint": complaint.number}]}
    (event,) = complaint.events.filter(kind="called")
    assert event.agent == owner
    assert "The customer called at" in event.content.text
    assert "3:12" in event.content.text
    assert event.content.text.endswith("Promised nothing.")
    assert sorted(file.name for file in event.attachments.all()) == ["1.opus", "transcript.txt"]


def test_who_reached_nobody_wants_to_be_called_and_a_stranger_of_whom_nothing_is_known_is_set_aside(
    make_program, make_complaint, make_customer
):
    complaint = make_complaint(customer=make_customer(phone="+905321234567"))
    program = make_program()
    stranger = "+905550000000"
    told = [
        call(seconds=0),
        call(id="2", number=stranger),
        call(id="3", number=stranger, language="tr", name="Ali", text="Kargom üç haftadır gelmedi."),
        call(id="4", number=stranger, incoming=False, seconds=0),
    ]
    became = program("POST", "calls", {"system": "pbx", "calls": told}).json()["calls"]
    opened = Complaint.objects.latest("pk")
    assert [(one["became"], one["complaint"]) for one in became] == [
        ("wish", complaint.number), ("set-aside", None), ("complaint", opened.number), ("call", opened.number),
    ]  # fmt: skip
    assert complaint.events.filter(kind="asked-for-call").exists()
    assert (opened.channel, opened.language, opened.customer.name) == ("phone", "tr", "Ali")
    assert Arrival.objects.get(identity="call pbx 2").problem == "call-of-nobody"


def test_lines_of_asterisk_are_taken_as_they_are(make_program, make_complaint, make_customer):
    complaint = make_complaint(customer=make_customer(phone="+905321234567"))
    program = make_program()
    told = {"system": "asterisk", "zone": "Europe/Istanbul", "asterisk": f"{line()}\n{line(src='101', dst='102')}\n"}
    assert [one["complaint"] for one in program("POST", "calls", told).json()["calls"]] == [complaint.number]
    for wrong in ({**told, "asterisk": line()[:90]}, {**told, "zone": "Mars/Base"}, {**told, "system": "a b"}):
        assert program("POST", "calls", wrong).json()["code"] == "not-valid"
