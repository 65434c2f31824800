"""Addresses that hear what happens: signed, tried again, one line each."""

import json
import threading
import time
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from amends.desk.api import actions, deliver, queries
from amends.desk.api.models import Endpoint, Heard, Message
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import Event
from amends.desk.remedies import hooks
from amends.desk.remedies.line import Answer, UnableToReach, over_http

MINUTE = timedelta(minutes=1)


@pytest.fixture
def listens(make_agent, now):
    """`listens(name, *kinds)`: an address that hears of them."""

    def make(name="Shop", *kinds):
        address = f"https://{name.casefold()}.example/hooks"
        by = make_agent(role="administrator")
        return actions.set_up(name=name, address=address, kinds=kinds or ["received", "noted"], by=by, now=now)

    return make


class Listener:
    """Takes messages and answers as it is told, by address."""

    def __init__(self, **statuses):
        self.statuses = statuses
        self.heard = []

    def __call__(self, address, body, headers):
        self.heard.append((address, json.loads(body), headers, body))
        status = self.statuses.get(address.split("/")[2].split(".")[0], 204)
        if status is None:
            raise UnableToReach("nobody there")
        return Answer(status=status, detail="ok")


def post(line):
    """A worker's lines that wait long enough, however slow the machine is."""
    return deliver.Post(line=line, patience=60)


def arrived(worker, count, *, now):
    """Take as many turns as it needs for so many messages, while others hang."""
    found = 0
    for _ in range(400):
        found += worker.turn(now=now)
        if found >= count:
            break
    return found


def test_an_address_hears_of_what_it_chose_signed_and_without_private_keys(listens, make_complaint, now):
    before = make_complaint()
    endpoint = listens("Shop", "received", "acknowledged", "noted")
    assert endpoint.kinds == ["received", "noted"]  # the desk's own housekeeping is not among what can be chosen
    assert deliver.listen(now=now) == 0
    complaint = make_complaint()
    complaints.note(complaint=complaint, by=complaint.owner, text=f"see /follow/{complaint.key}/", now=now)
    complaints.note(complaint=before, by=before.owner, text="old complaint, new note", now=now)
    assert deliver.listen(now=now) == 3
    assert deliver.listen(now=now) == 0
    line = Listener()
    assert post(line).turn(now=now) == 3
    assert [told["type"] for _a, told, _h, _b in line.heard] == [
        "complaint.received",
        "complaint.noted",
        "complaint.noted",
    ]
    address, told, headers, body = line.heard[1]
    assert address == endpoint.address
    assert told["data"]["complaint"]["number"] == complaint.number
    assert told["data"]["event"]["text"] == "see /follow/…/"
    assert complaint.key not in body.decode()
    assert headers["webhook-signature"] == hooks.signature(
        secret=endpoint.secret, identity=headers["webhook-id"], at=now, body=body
    )
    complaints.erase(customer=complaint.customer, by=complaint.owner, now=now)
    message = Message.objects.get(identity=headers["webhook-id"])
    assert deliver.body_of(message, now=now)["data"]["event"]["text"] == ""


def test_where_nobody_listens_no_event_is_read(make_complaint, now, django_assert_num_queries):
    make_complaint()
    with django_assert_num_queries(1):
        assert deliver.listen(now=now) == 0


def test_who_begins_to_listen_has_nobody_read_the_past(listens, make_complaint, now, monkeypatch):
    monkeypatch.setattr(deliver, "LOOK_BACK", 0)
    make_complaint()
    listens("Shop", "received")
    deliver.listen(now=now)
    assert Heard.objects.get().last == 0  # nothing was found that is new
    make_complaint()
    assert deliver.listen(now=now) == 1
    assert Heard.objects.get().last == Event.objects.latest("pk").pk


def test_what_was_committed_late_is_told_and_nothing_twice(listens, make_complaint, now):
    listens("Shop", "noted")
    complaint = make_complaint()
    first = complaints.note(complaint=complaint, by=complaint.owner, text="first", now=now)
    complaints.note(complaint=complaint, by=complaint.owner, text="second", now=now)
    Event.objects.filter(pk=first.pk).update(kind="warned")  # as if it were not there yet
    assert deliver.listen(now=now) == 1
    Event.objects.filter(pk=first.pk).update(kind="noted")
    Heard.objects.update(near=0)  # how many there were has changed
    assert deliver.listen(now=now) == 1
    assert sorted(Message.objects.values_list("event__content__text", flat=True)) == ["first", "second"]


def test_it_is_tried_again_under_the_same_identity_given_up_and_sent_again(listens, make_complaint, now):
    listens("Shop", "received")
    make_complaint()
    deliver.listen(now=now)
    dead, at = Listener(shop=None), now
    for _ in range(hooks.MOST_ATTEMPTS + 3):
        assert post(dead).turn(now=at) == 0
        at += timedelta(hours=7)
    assert len(dead.heard) == hooks.MOST_ATTEMPTS
    message = Message.objects.get()
    assert (message.state, message.detail) == ("failed", "nobody there")
    (row,) = queries.endpoints()
    assert (row.trouble, row.waiting) == (True, 0)
    actions.send_again(message=message, now=at)
    live = Listener()
    assert post(live).turn(now=at) == 1
    assert live.heard[0][2]["webhook-id"] == dead.heard[0][2]["webhook-id"]
    assert queries.endpoints()[0].trouble is False


def test_switched_off_it_hears_nothing_of_what_happens_meanwhile(listens, make_complaint, now):
    endpoint = listens("Shop", "received")
    actions.switch(endpoint=endpoint, on=False)
    make_complaint()
    deliver.listen(now=now)
    actions.switch(endpoint=endpoint, on=True)
    make_complaint()
    assert deliver.listen(now=now) == 1
    actions.try_out(endpoint=Endpoint.objects.get(), now=now)
    line = Listener(shop=410)
    assert post(line).turn(now=now) == 0
    assert {told["type"] for _a, told, _h, _b in line.heard} == {"complaint.received", "desk.trial"}
    assert set(Message.objects.values_list("state", flat=True)) == {"failed"}  # 410: gone


def test_one_that_hangs_holds_no_other_up_and_is_asked_later(listens, make_complaint, now):
    listens("Slow", "received")
    listens("Shop", "received")
    for _ in range(3):
        make_complaint()
    deliver.listen(now=now)
    go, line = threading.Event(), Listener()

    def speak(address, body, headers):
        if "slow" in address:
            go.wait(120)
        return line(address, body, headers)

    worker = deliver.Post(line=speak, patience=0.05)
    assert arrived(worker, 3, now=now) == 3
    assert {address for address, *_rest in line.heard} == {"https://shop.example/hooks"}
    make_complaint()
    deliver.listen(now=now)
    assert arrived(worker, 1, now=now) == 1  # and again, while it still hangs
    go.set()
    worker.patience = 60
    assert worker.turn(now=now) == 4
    # A worker that died on the way leaves it to the next one.
    Message.objects.update(state="waiting", next_at=now + MINUTE)
    assert post(line).turn(now=now) == 0
    assert post(line).turn(now=now + MINUTE) == 8


def test_never_to_a_machine_inside(make_agent, now, settings):
    by = make_agent(role="administrator")
    whole = {"name": "x", "kinds": ["received"], "by": by, "now": now}
    for address in ("http://127.0.0.1/x", "http://localhost/", "https://10.1.2.3/", "http://[::1]/", "file:///etc/x"):
        with pytest.raises(actions.UnableToTell):
            actions.set_up(address=address, **whole)
    settings.HOOKS_INSIDE = ["10.0.0.0/8"]
    assert actions.set_up(address="https://10.1.2.3/", **whole).is_on
    for wrong in ({"name": ""}, {"kinds": []}, {"kinds": ["warned"]}):
        with pytest.raises(actions.UnableToTell):
            actions.set_up(**{**whole, "address": "https://shop.example/", **wrong})


@pytest.mark.enable_socket
def test_an_answer_that_drips_is_cut(settings):
    settings.HOOKS_INSIDE = ["127.0.0.1"]

    class Drips(BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(200)
            self.end_headers()
            for _ in range(200):
                try:
                    self.wfile.write(b".")
                except OSError:
                    return
                time.sleep(0.05)

        def log_message(self, *_args):
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Drips) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        began = time.monotonic()
        with suppress(UnableToReach):  # cut in the middle, or at what came until then: both are well
            over_http(f"http://127.0.0.1:{server.server_address[1]}/", b"{}", {}, timeout=0.4)
        took = time.monotonic() - began
        server.shutdown()
        thread.join(5)
    assert took < 8


def test_what_is_old_is_forgotten(listens, make_complaint, make_program, now):
    endpoint = listens("Shop", "received")
    make_complaint()
    deliver.listen(now=now)
    post(Listener()).turn(now=now)
    actions.try_out(endpoint=endpoint, now=now)
    program = make_program()
    program("POST", f"complaints/{1001}/notes", {"text": "x"}, key="k")
    assert actions.forget_old(now=now) == 0
    assert actions.forget_old(now=now + timedelta(days=400)) == 2
    assert Message.objects.get().state == "waiting"  # what was never sent is not forgotten
