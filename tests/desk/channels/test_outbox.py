"""Letters are delivered by a worker; what is not known is said to be unknown."""

from __future__ import annotations

import socket
import socketserver
import struct
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller

from amends.desk.channels import actions, outbox
from amends.desk.channels.models import Outgoing
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.actions import Upload
from amends.desk.jobs import post as post_room
from amends.desk.jobs.post import NoPost, Outcome, Smtp, _is_this_machine, post_from_settings
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

    def test_a_file_too_large_for_it_is_named_in_it_and_is_on_their_page(self, make_complaint, now, monkeypatch):
        monkeypatch.setattr(outbox, "MOST_ENCLOSED", 10)
        complaint = make_complaint()
        names = {"tutanak.txt": b"x", "uzun.pdf": b"x" * 11}
        files = [Upload(name=name, media_type="text/plain", body=body) for name, body in names.items()]
        event = complaints.append(
            complaint=complaint,
            kind="replied",
            by="agent",
            agent=complaint.owner,
            text="Ekte.",
            attachments=files,
            now=now,
        )
        letter = actions.send(
            event=event, complaint=complaint, recipient="ayse@mail.example", subject="", text="Ekte.", now=now
        )
        read = message_from_bytes(bytes(letter.mime), policy=policy.default)
        assert [file.get_filename() for file in read.iter_attachments()] == ["tutanak.txt"]
        for kind in ("plain", "html"):
            words = read.get_body((kind,)).get_content()
            assert "uzun.pdf" in words
            assert "tutanak.txt" not in words


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

    def test_to_who_was_erased_meanwhile_nothing_goes(self, reply, now):
        waiting = reply(not_before=now + timedelta(seconds=10))
        complaints.erase(customer=waiting.complaint.customer, by=waiting.complaint.owner, now=now)
        waiting.refresh_from_db()
        assert (waiting.state, bytes(waiting.mime)) == ("taken-back", b"")
        post = Told()
        Outgoing.objects.update(state="waiting")  # as if a worker had claimed it in the same moment
        assert actions.deliver_due(now=now + timedelta(minutes=1), post=post) == 0
        assert (post.letters, Outgoing.objects.get().state) == ([], "taken-back")

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
        return Smtp(host="127.0.0.1", port=port, timeout=60)

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

    def test_no_password_goes_over_a_line_that_others_can_read(self, server, reply, now, monkeypatch):
        reply()
        handler = Handler()
        far = replace(server(handler), user="desk", password="a password")
        monkeypatch.setattr("amends.desk.jobs.post._is_this_machine", lambda _host: False)
        actions.deliver_due(now=now, post=far)
        letter = Outgoing.objects.get()
        assert (letter.state, handler.letters) == ("waiting", [])
        assert "our password is not sent" in letter.problem

    @pytest.mark.parametrize(
        ("host", "is_this"),
        [("127.0.0.1", True), ("::1", True), ("localhost", True), ("10.0.0.5", False), ("mx", False)],
    )
    def test_to_this_machine_it_may_go_as_it_is(self, host, is_this):
        assert _is_this_machine(host) is is_this

    def test_nobody_at_home_is_a_passing_trouble(self, reply, now):
        reply()
        actions.deliver_due(now=now, post=Smtp(host="127.0.0.1", port=1, timeout=5))
        assert Outgoing.objects.get().state == "waiting"


STEPS = ["connect", "EHLO", "MAIL", "RCPT", "DATA", "words", "dot"]  # a server's, in the order in which it hears them


class _Cutting(socketserver.StreamRequestHandler):
    """A mail server that at a chosen step cuts the line, or says nothing any more."""

    def handle(self) -> None:
        with suppress(OSError):  # the other side hung up
            self._talk()

    def _talk(self) -> None:
        if self._breaks("connect"):
            return
        self._say(b"220 mx.test\r\n")
        while line := self.rfile.readline():
            command = line[:4].upper().decode()
            if self._breaks(command):
                return
            self._say(b"354 go on\r\n" if command == "DATA" else b"250 ok\r\n")
            if command == "DATA":
                self.rfile.readline()
                if self._breaks("words"):
                    return
                while (line := self.rfile.readline()) not in {b".\r\n", b""}:
                    pass
                if line:
                    self.server.kept += 1
                if self._breaks("dot"):
                    return
                self._say(b"250 kept\r\n")

    def _say(self, words: bytes) -> None:
        for piece in (words[at : at + 1] for at in range(len(words))) if self.server.drips else (words,):
            self.request.sendall(piece)

    def _breaks(self, step: str) -> bool:
        if self.server.step != step:
            return False
        if self.server.silent:
            self.server.ended.wait(10)
        else:  # at once, and not by a farewell after what is still to be read
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return True


@pytest.fixture
def cutting():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Cutting) as running:
        running.daemon_threads = True
        running.step, running.silent, running.drips = "", False, False
        running.kept, running.ended = 0, threading.Event()
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield running
        running.ended.set()
        running.shutdown()
        thread.join()


class Killed(BaseException):
    """The process is gone: nothing after this line happens."""


class TestBrokenLine:
    @pytest.mark.parametrize(("step", "silent"), [(step, silent) for silent in (False, True) for step in STEPS])
    def test_at_every_step_it_goes_out_once_or_is_said_to_be_unknown(self, cutting, reply, now, step, silent):
        cutting.step, cutting.silent = step, silent
        reply()
        post = Smtp(host="127.0.0.1", port=cutting.server_address[1], timeout=0.9 if silent else 60)
        actions.deliver_due(now=now, post=post)
        unknown = step in {"words", "dot"}  # the closing dot had left, and nobody can know whether it was heard
        assert Outgoing.objects.get().state == ("maybe-sent" if unknown else "waiting")
        cutting.step, before = "", cutting.kept
        actions.deliver_due(now=now + timedelta(hours=1), post=Smtp(host=post.host, port=post.port, timeout=60))
        letter = Outgoing.objects.get()
        assert (letter.state, cutting.kept - before) == (("maybe-sent", 0) if unknown else ("sent", 1))
        assert cutting.kept <= 1

    def test_a_server_that_speaks_byte_by_byte_is_understood(self, cutting, reply, now):
        cutting.drips = True
        reply()
        actions.deliver_due(now=now, post=Smtp(host="127.0.0.1", port=cutting.server_address[1], timeout=60))
        assert (Outgoing.objects.get().state, cutting.kept) == ("sent", 1)

    @pytest.mark.parametrize(
        ("where", "state", "kept"),
        [
            ("_post_of", "sent", 1),  # before it is claimed: the next worker sends it
            ("hand_over", "maybe-sent", 0),  # claimed, and not a word said: nobody can know
            ("_settle", "maybe-sent", 1),  # said and kept there, and not written down
        ],
    )
    def test_killed_at_every_step_no_letter_goes_twice(  # noqa: PLR0917 - what pytest hands over
        self, cutting, reply, now, where, state, kept, monkeypatch
    ):
        reply()
        monkeypatch.setattr(
            outbox, "post_from_settings", lambda: Smtp(host="127.0.0.1", port=cutting.server_address[1], timeout=60)
        )

        def dies(*_arguments, **_named):
            raise Killed

        with monkeypatch.context() as patched:
            patched.setattr(post_room if where == "hand_over" else outbox, where, dies)
            with pytest.raises(Killed):
                actions.deliver_due(now=now)
        for minutes in (1, 11, 600):  # after the restart
            actions.deliver_due(now=now + timedelta(minutes=minutes))
        assert (Outgoing.objects.get().state, cutting.kept) == (state, kept)


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
