"""Letters are delivered by a worker; what is not known is said to be unknown."""

from __future__ import annotations

import socket
import socketserver
import threading
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller

from amends.desk.channels import actions
from amends.desk.channels.models import Outgoing
from amends.desk.complaints import actions as complaints
from amends.desk.jobs.post import NoPost, Outcome, Smtp, post_from_settings
from tests.desk.channels.conftest import Told


@pytest.fixture
def reply(make_complaint, now):
    complaint = make_complaint()

    def write(**fields):
        event = complaints.append(
            complaint=complaint, kind="replied", by="agent", agent=complaint.owner, text="Yolda.", now=now
        )
        return actions.send(
            **{
                "event": event,
                "complaint": complaint,
                "recipient": "ayse@mail.example",
                "subject": "",
                "text": "Kargonuz yolda.",
                "now": now,
                **fields,
            }
        )

    return write


class TestWriting:
    def test_a_letter_waits_and_is_signed(self, reply):
        letter = reply()
        assert letter.state == "waiting"
        assert f"desk+c.{letter.complaint.number}." in bytes(letter.mime).decode()

    @pytest.mark.parametrize("recipient", ["", "nobody", "desk@acme.example", "desk+c.1.aaaaaaaaaaaaaaaa@acme.example"])
    def test_it_never_goes_to_ourselves(self, reply, recipient):
        with pytest.raises(actions.UnableToSend):
            reply(recipient=recipient)

    def test_it_can_be_taken_back_until_it_goes(self, reply, now):
        letter = reply(not_before=now + timedelta(seconds=10))
        assert actions.take_back(outgoing=letter, now=now).state == "taken-back"
        assert actions.deliver_due(now=now + timedelta(minutes=1), post=Told()) == 0
        with pytest.raises(actions.UnableToSend):
            actions.take_back(outgoing=reply(), now=now)


class TestDelivering:
    def test_without_a_mail_server_it_waits(self, reply, now):
        reply()
        assert post_from_settings() == NoPost()
        assert actions.deliver_due(now=now) == 0
        assert Outgoing.objects.get().state == "waiting"

    def test_it_goes_out_once(self, reply, now):
        reply()
        post = Told()
        assert actions.deliver_due(now=now, post=post) == 1
        assert actions.deliver_due(now=now, post=post) == 0
        letter = Outgoing.objects.get()
        assert (letter.state, letter.sent_at, len(post.letters)) == ("sent", now, 1)

    def test_it_waits_for_its_time(self, reply, now):
        reply(not_before=now + timedelta(seconds=10))
        assert actions.deliver_due(now=now, post=Told()) == 0
        assert actions.deliver_due(now=now + timedelta(seconds=10), post=Told()) == 1

    def test_a_passing_trouble_is_tried_again_later_and_later(self, reply, now):
        reply()
        waits = []
        for _ in range(4):
            at = Outgoing.objects.get().not_before
            actions.deliver_due(now=at, post=Told([Outcome("later", "451 busy")]))
            waits.append(Outgoing.objects.get().not_before - at)
        assert waits == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
        assert actions.deliver_due(now=Outgoing.objects.get().not_before, post=Told()) == 1
        assert Outgoing.objects.get().state == "sent"

    def test_after_days_of_trouble_it_failed(self, reply, now):
        Outgoing.objects.filter(pk=reply().pk).update(attempts=39)
        actions.deliver_due(now=now, post=Told([Outcome("later", "451 busy")]))
        assert Outgoing.objects.get().state == "failed"

    @pytest.mark.parametrize(("kind", "state"), [("refused", "failed"), ("unknown", "maybe-sent")])
    def test_its_owner_is_warned_and_it_is_not_sent_again_by_itself(self, reply, now, kind, state):
        reply()
        actions.deliver_due(now=now, post=Told([Outcome(kind, "why")]))
        letter = Outgoing.objects.get()
        assert (letter.state, letter.problem) == (state, "why")
        assert actions.deliver_due(now=now + timedelta(days=1), post=Told()) == 0
        warned = letter.complaint.events.get(kind="warned").content.data
        assert (warned["about"], warned["to"]) == (f"mail-{state}", letter.complaint.owner_id)

    def test_a_person_may_send_it_again(self, reply, now):
        letter = reply()
        with pytest.raises(actions.UnableToSend):
            actions.resend(outgoing=letter, by=letter.complaint.owner, now=now)
        actions.deliver_due(now=now, post=Told([Outcome("unknown")]))
        actions.resend(outgoing=letter, by=letter.complaint.owner, now=now)
        post = Told()
        assert actions.deliver_due(now=now, post=post) == 1
        assert post.letters[0][1] == bytes(letter.mime)

    def test_what_a_stopped_worker_left_half_sent_is_maybe_sent(self, reply, now):
        Outgoing.objects.filter(pk=reply().pk).update(state="sending", claimed_at=now)
        actions.deliver_due(now=now + timedelta(minutes=5), post=Told())
        assert Outgoing.objects.get().state == "sending"
        actions.deliver_due(now=now + timedelta(minutes=11), post=Told())
        assert Outgoing.objects.get().state == "maybe-sent"


class Handler:
    """A mail server's manners, as a test wants them."""

    def __init__(self, *, rcpt: str = "250 ok", data: str = "250 kept") -> None:
        self.rcpt, self.data = rcpt, data
        self.letters: list[bytes] = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.letters.append(envelope.content)
        return self.data


@pytest.fixture
def server():
    running = []

    def start(handler: Handler) -> Smtp:
        with socket.create_server(("127.0.0.1", 0)) as door:
            port = door.getsockname()[1]
        controller = Controller(handler, hostname="127.0.0.1", port=port)
        controller.start()
        running.append(controller)
        return Smtp(host="127.0.0.1", port=port, timeout=20)

    yield start
    for controller in running:
        controller.stop()


class TestRealServer:
    def test_a_letter_arrives_whole(self, server, reply, now):
        handler = Handler()
        reply(text="Merhaba.\n.nokta ile başlayan satır\n..iki nokta\n" + "ş" * 2000)
        assert actions.deliver_due(now=now, post=server(handler)) == 1
        assert Outgoing.objects.get().state == "sent"
        assert handler.letters[0].replace(b"\r\n", b"\n") == bytes(Outgoing.objects.get().mime).replace(b"\r\n", b"\n")

    @pytest.mark.parametrize(
        ("manners", "state"),
        [
            ({"rcpt": "450 mailbox busy"}, "waiting"),
            ({"rcpt": "550 no such user"}, "failed"),
            ({"data": "452 disk full"}, "waiting"),
            ({"data": "554 no thanks"}, "failed"),
        ],
    )
    def test_its_refusals_are_understood(self, server, reply, now, manners, state):
        reply()
        actions.deliver_due(now=now, post=server(Handler(**manners)))
        letter = Outgoing.objects.get()
        assert letter.state == state
        assert letter.problem.split(" ", 1)[1] in {"mailbox busy", "no such user", "disk full", "no thanks"}

    def test_nobody_at_home_is_a_passing_trouble(self, reply, now):
        reply()
        actions.deliver_due(now=now, post=Smtp(host="127.0.0.1", port=1, timeout=5))
        assert Outgoing.objects.get().state == "waiting"


class _Cutting(socketserver.StreamRequestHandler):
    """A mail server whose line breaks at a chosen moment."""

    def handle(self) -> None:
        self.wfile.write(b"220 mx.test\r\n")
        while line := self.rfile.readline():
            command = line[:4].upper()
            if command == b"DATA" and self.server.cuts == "before data":
                return
            self.wfile.write(b"354 go on\r\n" if command == b"DATA" else b"250 ok\r\n")
            if command == b"DATA":
                while (line := self.rfile.readline()) not in {b".\r\n", b""}:
                    pass
                return


@pytest.fixture
def cutting():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Cutting) as running:
        running.daemon_threads = True
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


class TestBrokenLine:
    @pytest.mark.parametrize(("cuts", "state"), [("before data", "waiting"), ("after data", "maybe-sent")])
    def test_only_what_cannot_be_known_is_maybe_sent(self, cutting, reply, now, cuts, state):
        cutting.cuts = cuts
        reply()
        actions.deliver_due(now=now, post=Smtp(host="127.0.0.1", port=cutting.server_address[1], timeout=20))
        assert Outgoing.objects.get().state == state


class TestSettings:
    @pytest.mark.parametrize(
        ("url", "post"),
        [
            ("smtp://mx.example", Smtp(host="mx.example", port=25)),
            ("smtp://a%40b:p%3Aw@mx.example:587", Smtp(host="mx.example", port=587, user="a@b", password="p:w")),
            ("smtps://mx.example", Smtp(host="mx.example", port=465, tls=True)),
        ],
    )
    def test_the_address_of_the_post_is_read(self, settings, url, post):
        settings.SMTP = url
        assert post_from_settings() == post
