"""Calls, waits for somebody outside and tags over the API."""

from datetime import timedelta

from django.utils import timezone


def by(**span):
    return (timezone.now() + timedelta(**span)).isoformat()


def test_a_call_with_its_promise_is_written_down_once(make_program, make_complaint):
    complaint = make_complaint()
    program = make_program(agent=complaint.owner)
    path = f"complaints/{complaint.number}/calls"
    told = {"text": "She has the parcel.", "promises": [{"words": "I call on Friday", "due_at": by(days=2)}]}
    first, again = program("POST", path, told, key="call-1"), program("POST", path, told, key="call-1")
    assert (first.status_code, first.json()) == (201, again.json())
    assert complaint.events.filter(kind="called").count() == 1
    promises = program("GET", f"complaints/{complaint.number}/promises").json()["promises"]
    assert "I call on Friday" in [row["words"] for row in promises]
    assert program("POST", path, {"text": " "}).json()["code"] == "unable"
    assert program("POST", path, {"minutes": "x"}).json()["code"] == "not-valid"
    assert program("POST", "complaints/999999/calls", {"text": "x"}).json()["code"] == "not-found"


def test_both_sides_words_and_the_times_on_hold_are_kept(make_program, make_complaint):
    complaint = make_complaint()
    program = make_program(agent=complaint.owner)
    path = f"complaints/{complaint.number}/calls"
    told = {"customer_said": "It broke.", "spoken_with": "Her son", "seconds": 400, "holds": [200, 30]}
    assert program("POST", path, told).status_code == 201
    said, called = complaint.events.filter(kind__in=["customer-wrote", "called"]).order_by("-sequence")[:2][::-1]
    assert (said.content.text, said.by) == ("It broke.", "customer")
    kept = called.content.data
    assert (kept["with"], kept["seconds"], kept["holds"]) == ("Her son", 400, [200, 30])
    talk = program("GET", f"complaints/{complaint.number}").json()["conversation"]
    assert [one["lasted"] for one in talk["events"] if one["kind"] == "held"] == [200, 30]
    assert program("POST", path, {"text": "Seen.", "way": "visit"}).status_code == 201
    assert program("POST", path, {"text": "x", "way": "visit", "holds": [5]}).json()["code"] == "unable"
    assert program("POST", path, {"text": "x", "seconds": 60, "holds": [61]}).json()["code"] == "unable"
    assert program("POST", path, {"text": "x", "holds": [0]}).json()["code"] == "not-valid"
    assert program("POST", path, {"text": "x", "way": "mail"}).json()["code"] == "not-valid"


def test_waiting_for_somebody_outside_from_its_word_to_its_end(make_program, make_complaint):
    complaint = make_complaint()
    program = make_program(agent=complaint.owner)
    path = f"complaints/{complaint.number}/third-parties"
    begun = program("POST", path, {"who": "The carrier", "until": by(days=1), "told": "phone"}).json()
    assert (begun["who"], begun["ended_at"], begun["outcome"]) == ("The carrier", None, "")
    assert begun["next_word_promise"] is not None
    news = program("POST", f"third-parties/{begun['id']}/answer", {"answer": "news", "text": "Tomorrow."}).json()
    assert (news["ended_at"], news["last_word_at"] is not None) == (None, True)
    ended = program("POST", f"third-parties/{begun['id']}/answer", {"answer": "yes"}).json()
    assert (ended["outcome"], ended["ended_at"] is not None) == ("yes", True)
    assert program("POST", f"third-parties/{begun['id']}/answer", {"answer": "no"}).json()["code"] == "unable"
    assert program("POST", "third-parties/999999/answer", {"answer": "no"}).json()["code"] == "not-found"
    assert program("POST", path, {"who": "The bank", "until": by(days=-1), "told": "phone"}).json()["code"] == "unable"
    assert [row["id"] for row in program("GET", path).json()["waits"]] == [begun["id"]]


def test_tags_are_put_on_and_taken_off(make_program, make_complaint):
    complaint = make_complaint()
    program = make_program(agent=complaint.owner)
    path = f"complaints/{complaint.number}/tags"
    assert program("POST", path, {"tags": ["kettle", "glass"]}).json()["tags"] == ["kettle", "glass"]
    assert program("POST", path, {"tags": ["kettle"]}).json()["code"] == "unable"
    assert program("POST", f"{path}/take-off", {"tags": ["kettle", "unknown"]}).json()["tags"] == ["glass"]
    assert program("POST", f"{path}/take-off", {"tags": ["kettle"]}).json()["code"] == "unable"
    assert program("GET", path).json() == {"number": complaint.number, "tags": ["glass"]}
    assert program("POST", path, {"tags": []}).json()["code"] == "not-valid"
