"""Against Dovecot, as Debian packages it: what our own little server only plays."""

from __future__ import annotations

import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest
import trustme
from django.utils import timezone

from amends.desk.channels.mailboxes import actions, watch
from amends.desk.channels.mailboxes.checking import try_mailbox
from amends.desk.channels.models import Arrival
from amends.desk.complaints.models import Complaint
from tests.desk.channels.conftest import letter
from tools.wire import Wire

DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
SETTINGS = """
protocols = imap
base_dir = {home}/run
state_dir = {home}/run
log_path = {home}/log
listen = 127.0.0.1
ssl = yes
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{home}/mail/%u:INDEX=MEMORY
mmap_disable = yes
mail_fsync = never
namespace inbox {{
  inbox = yes
  mailbox Junk {{
    auto = create
  }}
}}
passdb {{
  driver = static
  args = password=right
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}/mail/%u
}}
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 0
first_valid_gid = 0
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
service stats {{
  chroot =
}}
"""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


class Dovecot:
    """One running server in a folder of its own."""

    def __init__(self, home: Path, authority: trustme.CA) -> None:
        self.home, self.plain, self.tls = home, _free_port(), _free_port()
        self.certificate = authority.cert_pem.bytes().decode()
        issued = authority.issue_cert("localhost", "127.0.0.1")
        issued.private_key_pem.write_to_path(str(home / "key.pem"))
        issued.cert_chain_pems[0].write_to_path(str(home / "cert.pem"))
        # Dovecot refuses to read mail as root: in a container it becomes somebody else.
        person = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        (home / "mail").mkdir()
        if os.getuid() == 0:
            os.chown(home / "mail", person.pw_uid, person.pw_gid)
            for folder in (home, *home.parents):
                if str(folder).startswith("/tmp/") and not folder.stat().st_mode & 0o001:
                    folder.chmod(folder.stat().st_mode | 0o011)
        group = subprocess.run(["id", "-gn", person.pw_name], capture_output=True, text=True, check=True).stdout.strip()
        settings = SETTINGS.format(home=home, user=person.pw_name, group=group, plain=self.plain, tls=self.tls)
        (home / "dovecot.conf").write_text(settings, encoding="utf-8")
        self.process = subprocess.Popen([DOVECOT, "-F", "-c", home / "dovecot.conf"], stderr=subprocess.PIPE)

    def wait(self) -> None:
        end = time.monotonic() + 120
        while True:
            try:
                with self.line():
                    return
            except OSError:
                assert self.process.poll() is None, self.process.stderr.read().decode()
                assert time.monotonic() < end, (self.home / "log").read_text()
                threading.Event().wait(0.05)

    def line(self) -> imaplib.IMAP4:
        found = imaplib.IMAP4("127.0.0.1", self.plain, timeout=60)
        found.login("desk", "right")
        return found

    def put(self, raw: bytes, *, folder: str = "INBOX") -> None:
        with self.line() as line:
            line.append(folder, None, imaplib.Time2Internaldate(datetime.now(UTC)), raw)

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        self.process.stderr.close()


@pytest.fixture(scope="module")
def dovecot():
    if DOVECOT is None:
        if os.environ.get("AMENDS_NO_SKIPS"):
            pytest.fail("Dovecot is not here, and this run forbids skips: install Debian's dovecot-imapd")
        pytest.skip("Dovecot is not here: install Debian's dovecot-imapd to run this")
    # Not in the folder of pytest, which every later run closes to the person that Dovecot becomes.
    with tempfile.TemporaryDirectory(prefix="amends-dovecot-") as home:
        running = Dovecot(Path(home), trustme.CA())
        running.wait()
        yield running
        running.end()


@pytest.fixture
def mailbox(dovecot, make_mailbox, make_agent):
    make_agent()
    with dovecot.line() as line:
        for folder in ("INBOX", "Junk"):
            count = int(line.select(folder)[1][0])
            if count:
                line.store(f"1:{count}", "+FLAGS", "\\Deleted")
                line.expunge()
    return make_mailbox(
        receives=True,
        imap_host="127.0.0.1",
        imap_port=dovecot.tls,
        imap_security="tls",
        certificate=dovecot.certificate,
        spam_folder="Junk",
        take_since=timezone.now() - timedelta(days=1),
    )


def mail(number: int, **fields: str) -> bytes:
    text = f"Kargo {number} gelmedi."
    return letter(message_id=f"<{number}@x>", subject=f"Kargo {number}", text=text, **fields).as_bytes()


def subjects() -> list[str]:
    return sorted(Complaint.objects.values_list("subject", flat=True))


def test_trying_it(mailbox, dovecot, now):
    dovecot.put(mail(1))
    trial = try_mailbox(mailbox=mailbox, now=now)
    assert trial.is_well, trial
    assert trial.incoming[3].words == "1 e-mail lies there."


def test_starttls_and_a_wrong_password(mailbox, dovecot, now):
    actions.save_mailbox(mailbox=mailbox, now=now, imap_port=dovecot.plain, imap_security="starttls")
    assert try_mailbox(mailbox=mailbox, now=now).is_well
    actions.save_mailbox(mailbox=mailbox, now=now, password="wrong")
    wrong = next(step for step in try_mailbox(mailbox=mailbox, now=now).incoming if step.outcome == "wrong")
    assert wrong.name == "sign-in"


def test_mail_comes_in_once_from_both_folders(mailbox, dovecot, fetch):
    for number in range(3):
        dovecot.put(mail(number))
    dovecot.put(mail(9, sender="Win <win@prize.example>"), folder="Junk")
    for _ in range(2):
        fetch(mailbox, at=timezone.now())
    assert subjects() == ["Kargo 0", "Kargo 1", "Kargo 2"]
    assert Arrival.objects.get(state="set-aside").problem == "spam"


def test_the_raw_mail_is_what_the_server_holds(mailbox, dovecot, fetch):
    raw = mail(1).replace(b"\n", b"\r\n")
    dovecot.put(raw)
    fetch(mailbox, at=timezone.now())
    assert bytes(Arrival.objects.get().raw) == raw


def test_a_folder_that_was_made_anew_brings_nothing_twice(mailbox, dovecot, fetch):
    actions.save_mailbox(mailbox=mailbox, now=timezone.now(), folder="Complaints", spam_folder="")
    with dovecot.line() as line:
        line.create("Complaints")
    dovecot.put(mail(1), folder="Complaints")
    fetch(mailbox, at=timezone.now())
    before = mailbox.folders.get(name="Complaints").uid_validity
    with dovecot.line() as line:
        line.delete("Complaints")
    with dovecot.line() as line:
        line.create("Complaints")
    for number in (2, 1):
        dovecot.put(mail(number), folder="Complaints")
    fetch(mailbox, at=timezone.now())
    assert mailbox.folders.get(name="Complaints").uid_validity != before
    assert subjects() == ["Kargo 1", "Kargo 2"]


@pytest.mark.parametrize(
    ("mood", "last"), [*(("cut", last) for last in (0, 1_500, 4_000, 7_000, 10_000)), ("silent", 0), ("silent", 7_000)]
)
def test_its_line_cut_or_silent_anywhere_loses_and_doubles_nothing(mailbox, dovecot, fetch, mood, last):
    """After so many bytes of Dovecot's: before its greeting, while the line is made secure, in the middle of a mail."""
    for number in range(3):
        dovecot.put(mail(number) + b"Kutu ezik, vazo kirik.\r\n" * 150)
    wire = Wire("127.0.0.1", dovecot.tls, chance=Mock(randrange=lambda _most: last))
    try:
        actions.save_mailbox(mailbox=mailbox, now=timezone.now(), imap_port=wire.port)
        wire.mood = mood
        with pytest.raises((OSError, imaplib.IMAP4.error)):
            fetch(mailbox, at=timezone.now(), timeout=1.5 if mood == "silent" else 60)
        wire.mood = "well"
        fetch(mailbox, at=timezone.now())
    finally:
        wire.end()
    assert subjects() == ["Kargo 0", "Kargo 1", "Kargo 2"]
    assert Arrival.objects.count() == 3


def test_a_slow_line_brings_all_of_it_whole(mailbox, dovecot, fetch):
    """Some hundred bytes at a time, with a rest after each; no rest is so long as to be taken for the end."""
    whole = [mail(number).replace(b"\n", b"\r\n") + b"Kutu ezik, vazo kirik.\r\n" * 150 for number in range(3)]
    for raw in whole:
        dovecot.put(raw)
    wire = Wire("127.0.0.1", dovecot.tls, chance=Mock())
    wire.mood, wire.piece = "slow", 200
    try:
        actions.save_mailbox(mailbox=mailbox, now=timezone.now(), imap_port=wire.port)
        fetch(mailbox, at=timezone.now())
    finally:
        wire.end()
    assert sorted(bytes(raw) for raw in Arrival.objects.values_list("raw", flat=True)) == whole
    assert subjects() == ["Kargo 0", "Kargo 1", "Kargo 2"]
    assert Arrival.objects.count() == 3


def test_mail_is_there_at_once(mailbox, dovecot):
    """IDLE as Dovecot speaks it."""
    one = watch.Watch(slice_=0.1)
    one.holder = "one"
    assert actions.hold(mailbox=mailbox, holder="one", now=timezone.now())
    mailbox.refresh_from_db()
    dovecot.put(mail(1))
    began = threading.Event()
    original = watch.Watch._wait

    def waiting(self, *args):
        began.set()
        if Arrival.objects.count() == 2:
            self.stopping.set()
        return original(self, *args)

    def more():
        began.wait(10)
        dovecot.put(mail(2))

    thread = threading.Thread(target=more, daemon=True)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(watch.Watch, "_wait", waiting)
        thread.start()
        one.attend(mailbox)
    thread.join(10)
    assert subjects() == ["Kargo 1", "Kargo 2"]
