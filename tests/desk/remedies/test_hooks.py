import base64
import hashlib
import hmac
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.db import connection

from amends.desk.remedies import actions, hooks
from amends.desk.remedies.line import Answer, UnableToReach, over_http, refusal
from amends.desk.remedies.models import Delivery, Hook

MINUTE = timedelta(minutes=1)


@pytest.fixture
def hook(db):
    return hooks.set_up(name="Store", address="https://store.example/remedies", kinds=["replacement"])


class Listener:
    """Takes messages, and answers as it is told."""

    def __init__(self, *statuses):
        self.statuses = list(statuses) or [204]
        self.heard = []

    def __call__(self, address, body, headers):
        self.heard.append((address, json.loads(body), headers, body))
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if status is None:
            raise UnableToReach("nobody there")
        return Answer(status=status, detail="ok")


def give(complaint, now, **fields):
    given = {"kind": "replacement", "what": "a new CD", "cost": Decimal(20), "currency": "EUR", **fields}
    return actions.put_right(complaint=complaint, by=complaint.owner, now=now, **given)


def test_it_hears_of_its_kinds_signed(complaint, hook, now):
    give(complaint, now, kind="gift")
    assert not Delivery.objects.exists()
    remedy = give(complaint, now, due_at=now + 60 * MINUTE)
    line = Listener()
    assert hooks.deliver_due(now=now, line=line) == 1
    ((address, told, headers, body),) = line.heard
    assert address == hook.address
    assert (told["type"], told["data"]["remedy"]["id"]) == ("remedy.planned", remedy.pk)
    assert told["data"]["remedy"]["what"] == "a new CD"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(hook.secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert hooks.deliver_due(now=now, line=line) == 0
    actions.finish(remedy=remedy, by=complaint.owner, now=now)
    hooks.deliver_due(now=now, line=line)
    assert line.heard[1][1]["type"] == "remedy.done"


def test_it_is_tried_again_under_the_same_identity_and_given_up_in_the_end(complaint, hook, now):
    give(complaint, now)
    line = Listener(500, None, 204)
    assert hooks.deliver_due(now=now, line=line) == 0
    assert hooks.deliver_due(now=now + MINUTE / 4, line=line) == 0
    assert len(line.heard) == 1
    hooks.deliver_due(now=now + MINUTE, line=line)
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.status, row.detail) == ("waiting", 2, None, "nobody there")
    assert hooks.deliver_due(now=now + 3 * MINUTE, line=line) == 1
    assert len({headers["webhook-id"] for _a, _t, headers, _b in line.heard}) == 1
    row.refresh_from_db()
    assert (row.state, row.attempts, row.status) == ("delivered", 3, 204)

    give(complaint, now)
    dead, at = Listener(None), now
    for _ in range(hooks.MOST_ATTEMPTS + 3):
        at += timedelta(hours=7)
        hooks.deliver_due(now=at, line=dead)
    assert len(dead.heard) == hooks.MOST_ATTEMPTS
    lost = Delivery.objects.get(state="failed")
    hooks.again(delivery=lost, now=at)
    assert hooks.deliver_due(now=at, line=Listener()) == 1


def test_who_wants_no_more_is_asked_no_more(complaint, hook, now):
    give(complaint, now)
    hooks.deliver_due(now=now, line=Listener(410))
    assert Delivery.objects.get().state == "failed"
    hooks.switch(hook=hook, on=False)
    give(complaint, now)
    assert Delivery.objects.count() == 1


def test_a_worker_that_dies_on_the_way_leaves_it_to_the_next(complaint, hook, now):
    give(complaint, now)

    def dies(*_args):
        raise SystemExit

    with pytest.raises(SystemExit):
        hooks.deliver_due(now=now, line=dies)
    line = Listener()
    assert hooks.deliver_due(now=now + MINUTE, line=line) == 0
    assert hooks.deliver_due(now=now + 3 * MINUTE, line=line) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_it_once(complaint, now):
    hooks.set_up(name="Store", address="https://store.example/", kinds=[])
    for _ in range(2):
        give(complaint, now)
    line = Listener()

    def work(_number):
        try:
            return hooks.deliver_due(now=now, line=line)
        finally:
            if connection.vendor != "sqlite":
                connection.close()

    if connection.vendor == "sqlite":
        taken = [work(number) for number in range(3)]
    else:
        with ThreadPoolExecutor(4) as pool:
            taken = list(pool.map(work, range(4)))
    assert (sum(taken), len(line.heard)) == (2, 2)


class TestNeverInside:
    @pytest.mark.parametrize(
        "address",
        [
            "http://127.0.0.1/x",
            "http://localhost:8000/",
            "https://10.1.2.3/",
            "http://[::1]/",
            "http://169.254.169.254/latest/meta-data/",
            "http://[::ffff:192.168.1.1]/",
            "http://[::ffff:0:10.0.0.1]/",
            "http://[::10.0.0.1]/",
            "http://[64:ff9b::169.254.169.254]/",  # by way of a NAT64 gateway
            "http://[fec0::1]/",
            "http://0.0.0.0/",
            "ftp://store.example/",
            "store.example",
            "https://me:word@store.example/",
            "http://[broken/",
        ],
    )
    def test_such_an_address_is_refused(self, address, db):
        assert refusal(address)
        with pytest.raises(hooks.UnableToHook):
            hooks.set_up(name="x", address=address, kinds=[])
        assert not Hook.objects.exists()

    def test_a_name_that_leads_inside_is_refused_when_it_is_used(self):
        for places in (["10.0.0.7"], ["93.184.216.34", "127.0.0.1"], []):
            with pytest.raises(UnableToReach):
                over_http("http://store.example/", b"{}", {}, look=lambda _host, _port, places=places: places)

    def test_who_runs_the_desk_can_allow_it(self, settings):
        settings.HOOKS_INSIDE = ["10.0.0.0/8"]
        assert not refusal("https://10.1.2.3/")
        assert refusal("https://192.168.1.3/")


@pytest.mark.enable_socket
def test_over_a_real_line(settings):
    settings.HOOKS_INSIDE = ["127.0.0.1"]
    heard = []

    class Store(BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append((self.path, self.headers["Host"], self.rfile.read(int(self.headers["Content-Length"]))))
            status = 302 if self.path.startswith("/moved") else 200
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(b"thank you")

        def log_message(self, *_args):
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Store) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        port = server.server_address[1]

        def look(_host, _port):
            return ["127.0.0.1"]

        answer = over_http(f"http://store.example:{port}/in?x=1", b'{"a":1}', {"X": "y"}, look=look)
        moved = over_http(f"http://store.example:{port}/moved", b"{}", {}, look=look)
        server.shutdown()
        thread.join(5)
    assert (answer.status, answer.detail) == (200, "thank you")
    assert moved.status == 302  # nobody follows it
    assert [path for path, _host, _body in heard] == ["/in?x=1", "/moved"]
    assert heard[0][1:] == (f"store.example:{port}", b'{"a":1}')
