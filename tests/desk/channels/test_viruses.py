r"""A virus scanner is asked where one runs; what it finds is parked and shown, and a silent one holds up nobody.

A stand-in speaks clamd's INSTREAM: `zINSTREAM\0`, chunks with their length before them, a length of nought, an answer.
Where clamd itself is installed, it is asked too.
"""

from __future__ import annotations

import io
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time
import zipfile
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from amends.desk.channels import actions, viruses
from amends.desk.channels.form.record import to_record
from amends.desk.channels.models import Arrival, ArrivalState
from amends.desk.channels.problems import describe
from amends.desk.complaints.actions import Upload
from amends.desk.people.models import Agent

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
BAD = b"not-a-virus-but-called-one"
MAIL = b"From: Ay <ay@mail.example>\r\nSubject: Kargo\r\nMessage-ID: <%d@mail.example>\r\n\r\nKargom gelmedi. %s\r\n"

pytestmark = pytest.mark.enable_socket


@pytest.fixture(params=["unix", "tcp"])
def clamd(request, tmp_path):
    """A scanner that finds BAD; `heard` is how much it was given."""
    if request.param == "unix":
        line = socket.socket(socket.AF_UNIX)
        where = str(tmp_path / "c.sock")
        line.bind(where)
    else:
        line = socket.socket()
        line.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{line.getsockname()[1]}"
    line.listen()
    heard: list[int] = []

    def serve() -> None:
        while True:
            try:
                talk, _ = line.accept()
            except OSError:
                return
            with talk, talk.makefile("rb") as said:
                assert said.read(10) == b"zINSTREAM\0"
                content = b""
                while length := struct.unpack(">I", said.read(4))[0]:
                    content += said.read(length)
                heard.append(len(content))
                if b"too much" in content:
                    talk.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                elif BAD in content:
                    talk.sendall(b"stream: Test.Signature-1 FOUND\0")
                else:
                    talk.sendall(b"stream: OK\0")

    threading.Thread(target=serve, daemon=True).start()
    yield where, heard
    line.close()


def test_it_is_given_every_byte_and_its_answer_is_understood(clamd):
    where, heard = clamd
    large = b"x" * (3 * viruses.CHUNK + 5)
    assert viruses.scan(large, where=where) == ""
    assert viruses.scan(large + BAD, where=where) == "Test.Signature-1"
    assert viruses.scan(b"", where=where) == ""
    assert heard == [len(large), len(large) + len(BAD), 0]
    with pytest.raises(viruses.ScannerSilentError, match="size limit exceeded"):
        viruses.scan(b"too much", where=where)


@pytest.mark.django_db(transaction=True)
def test_what_it_finds_is_parked_shown_and_never_dropped(clamd, settings, tmp_path, client):
    (tmp_path / "static").mkdir()
    settings.STATIC_ROOT = tmp_path / "static"
    Agent.objects.create_user(email="deniz@desk.example", name="Deniz Kaya")
    settings.CLAMAV, heard = clamd

    def mail(number: int, words: bytes) -> Arrival:
        raw = MAIL % (number, words)
        arrival = actions.keep_raw(channel="mail", identity=f"mail {number}", raw=raw, now=NOW)
        actions.take_in(arrival=arrival, now=NOW)
        arrival.refresh_from_db()
        return arrival

    assert mail(1, b"").state == ArrivalState.TAKEN_IN
    found = mail(2, BAD)
    assert (found.state, found.problem) == (ArrivalState.PARKED, "virus: Test.Signature-1")
    assert "virus scanner" in describe(found.problem)
    assert BAD in bytes(found.raw)
    record = to_record(fields={"text": "Broken."}, files=[Upload(name="x.bin", media_type="", body=BAD)])
    form = actions.keep_raw(channel="form", identity="form 1", raw=record, now=NOW)
    assert actions.take_in(arrival=form, now=NOW) is None
    # An administrator who knows better may have it taken in; nobody else is shown it.
    assert actions.retry(arrival=found, now=NOW) is None
    admin = Agent.objects.create_user(email="ada@desk.example", name="Ada", role="administrator")
    client.force_login(admin)
    page = client.get("/desk/arrivals/").content.decode()
    assert page.count("Take it in anyway") == 2
    client.post(f"/desk/arrivals/{found.pk}/retry/")
    found.refresh_from_db()
    assert found.state == ArrivalState.PARKED
    client.post(f"/desk/arrivals/{found.pk}/retry/", {"anyway": "1"})
    found.refresh_from_db()
    assert found.state == ArrivalState.TAKEN_IN
    # A silent one holds up nobody, and by default nobody is asked.
    asked = len(heard)
    settings.CLAMAV = str(tmp_path / "nobody.sock")
    assert mail(3, BAD).state == ArrivalState.TAKEN_IN
    settings.CLAMAV = ""
    assert mail(4, BAD).state == ArrivalState.TAKEN_IN
    assert len(heard) == asked


CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
SETTINGS = """
Foreground yes
DatabaseDirectory {home}/known
LocalSocket {home}/clamd.sock
TCPSocket {port}
TCPAddr 127.0.0.1
StreamMaxLength 1M
LogFile {home}/log
"""


@pytest.fixture(scope="module")
def real_clamd():
    """ClamAV's own daemon, that knows one signature of ours; its two doors."""
    if CLAMD is None:
        pytest.skip("ClamAV is not here: install Debian's clamav-daemon to run this")
    with tempfile.TemporaryDirectory(prefix="amends-clamd-") as folder, socket.create_server(("127.0.0.1", 0)) as door:
        home, port = Path(folder), door.getsockname()[1]
        door.close()
        (home / "known").mkdir()
        (home / "known" / "own.ndb").write_text(f"Test.Signature-1:0:*:{BAD.hex()}\n", encoding="ascii")
        (home / "clamd.conf").write_text(SETTINGS.format(home=home, port=port), encoding="ascii")
        process = subprocess.Popen(
            [CLAMD, "--config-file", home / "clamd.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        end = time.monotonic() + 120
        while True:
            try:
                viruses.scan(b"", where=f"127.0.0.1:{port}")
                break
            except viruses.ScannerSilentError:
                assert process.poll() is None, process.stderr.read().decode()
                assert time.monotonic() < end
                threading.Event().wait(0.05)
        yield [str(home / "clamd.sock"), f"127.0.0.1:{port}"]
        process.terminate()
        process.wait(20)
        process.stderr.close()


class TestClamAV:
    """Against the daemon that Debian packages, where it is installed: what the stand-in only plays."""

    def test_it_answers_at_both_its_doors(self, real_clamd):
        for where in real_clamd:
            assert viruses.scan(b"A broken lid.", where=where) == ""
            assert viruses.scan(b"x" * (viruses.CHUNK + 5) + BAD, where=where).startswith("Test.Signature-1")
            with pytest.raises(viruses.ScannerSilentError):
                viruses.scan(b"x" * 3_000_000, where=where)

    @pytest.mark.django_db(transaction=True)
    def test_it_takes_a_mail_apart_and_what_is_too_long_for_it_is_taken_in(self, real_clamd, settings):
        Agent.objects.create_user(email="deniz@desk.example", name="Deniz Kaya")
        settings.CLAMAV = real_clamd[0]

        def mail(number: int, content: bytes) -> Arrival:
            message = EmailMessage()
            message["From"], message["Subject"], message["Message-ID"] = "ay@mail.example", "Kargo", f"<{number}@x>"
            message.set_content("Kargom gelmedi.")
            message.add_attachment(content, maintype="application", subtype="zip", filename="lid.zip")  # in Base64
            arrival = actions.keep_raw(channel="mail", identity=f"mail {number}", raw=message.as_bytes(), now=NOW)
            actions.take_in(arrival=arrival, now=NOW)
            arrival.refresh_from_db()
            return arrival

        zipped = io.BytesIO()
        with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("lid.txt", b"lid " * 500 + BAD)
        assert mail(1, b"a picture").state == ArrivalState.TAKEN_IN
        found = mail(2, zipped.getvalue())
        assert (found.state, found.problem.split("-")[0]) == (ArrivalState.PARKED, "virus: Test.Signature")
        assert mail(3, b"x" * 2_000_000).state == ArrivalState.TAKEN_IN
