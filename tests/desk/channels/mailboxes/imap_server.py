"""A small IMAP server of our own: as much of RFC 3501 and 2177 as a fetcher asks for, and bad manners on demand."""

from __future__ import annotations

import base64
import re
import socketserver
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

_COMMAND = re.compile(rb"(\S+) (?:(UID) )?(\S+)\s?(.*?)\r?\n$", re.IGNORECASE | re.DOTALL)


@dataclass
class Mail:
    raw: bytes
    uid: int
    came: datetime
    flags: set[str] = field(default_factory=set)


@dataclass
class Box:
    """One folder."""

    uid_validity: int = 1
    uid_next: int = 1
    mails: list[Mail] = field(default_factory=list)

    def put(self, raw: bytes, came: datetime) -> int:
        self.mails.append(Mail(raw, self.uid_next, came))
        self.uid_next += 1
        return self.uid_next - 1


class ImapServer(socketserver.ThreadingTCPServer):
    """`put()` lays a mail in; `manners` is asked before each command and may raise Cut, wait, or answer itself."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *, context: ssl.SSLContext | None = None, from_the_first_byte: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.context, self.from_the_first_byte = context, from_the_first_byte
        self.boxes: dict[str, Box] = {"INBOX": Box()}
        self.password = "right"
        self.token = "token-1"
        self.idles = True
        self.said: list[str] = []  # every command, as 'UID FETCH'
        self.bytes_out = 0
        self.manners: Callable[[_Session, str, bytes], None] = lambda _session, _name, _rest: None
        self.news = threading.Condition()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return self.server_address[1]

    def put(self, raw: bytes, *, folder: str = "INBOX", came: datetime | None = None) -> int:
        with self.news:
            uid = self.boxes.setdefault(folder, Box()).put(raw, came or datetime.now(UTC))
            self.news.notify_all()
        return uid

    def end(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join(5)

    def handle_error(self, request: object, client_address: object) -> None:
        """A line that a test cut is no news."""


class CutError(Exception):
    """The server breaks the line off."""


class _Session(socketserver.StreamRequestHandler):
    server: ImapServer
    disable_nagle_algorithm = True  # what it says goes out at once, as with servers that say it in one piece

    def setup(self) -> None:
        if self.server.from_the_first_byte:
            self.request = self.server.context.wrap_socket(
                self.request, server_side=True, do_handshake_on_connect=False
            )
        super().setup()

    def handle(self) -> None:
        self.box: Box | None = None
        self.told = 0  # how many mails of the folder the client knows of
        self.say("* OK ready")
        while line := self.rfile.readline():
            parts = _COMMAND.match(line)
            if not parts:
                return
            self.tag = parts[1].decode()
            name = " ".join(part.decode().upper() for part in (parts[2], parts[3]) if part)
            self.server.said.append(name)
            try:
                self.server.manners(self, name, parts[4])
                if getattr(self, f"do_{name.lower().replace(' ', '_')}", self.unknown)(parts[4].decode("utf-8")):
                    return
            except (CutError, OSError):
                return

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        self.connection.close()

    # What is said.

    def say(self, text: str | bytes) -> None:
        data = (text.encode() if isinstance(text, str) else text) + b"\r\n"
        self.server.bytes_out += len(data)
        self.wfile.write(data)

    def ok(self, text: str = "done") -> None:
        self.say(f"{self.tag} OK {text}")

    def no(self, text: str) -> None:
        self.say(f"{self.tag} NO {text}")

    def unknown(self, _rest: str) -> None:
        self.say(f"{self.tag} BAD unknown")

    # Commands.

    def do_capability(self, _rest: str) -> None:
        starttls = " STARTTLS" if self.server.context and not self.server.from_the_first_byte else ""
        idle = " IDLE" if self.server.idles else ""
        self.say(f"* CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS{idle}{starttls}")
        self.ok()

    def do_starttls(self, _rest: str) -> None:
        self.ok("begin TLS")
        self.request = self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb", self.rbufsize)
        self.wfile = socketserver._SocketWriter(self.connection)

    def do_login(self, rest: str) -> None:
        if rest.endswith((f'"{self.server.password}"', f" {self.server.password}")):
            self.ok("signed in")
        else:
            self.no("[AUTHENTICATIONFAILED] Authentication failed.")

    def do_authenticate(self, rest: str) -> None:
        self.say("+ ")
        given = base64.b64decode(self.rfile.readline().strip()).decode()
        right = f"Bearer {self.server.token}\x01" in given or given.endswith(f"\0{self.server.password}")
        self.ok("signed in") if right else self.no("[AUTHENTICATIONFAILED] no")

    def do_select(self, rest: str) -> None:
        box = self.server.boxes.get(rest.strip().strip('"'))
        if box is None:
            self.no("[NONEXISTENT] Mailbox doesn't exist")
            return
        self.box, self.told = box, len(box.mails)
        self.say(f"* {self.told} EXISTS")
        self.say(f"* OK [UIDVALIDITY {box.uid_validity}] ok")
        self.say(f"* OK [UIDNEXT {box.uid_next}] ok")
        self.ok("[READ-WRITE] selected")

    do_examine = do_select

    def do_list(self, rest: str) -> None:
        wanted = rest.rpartition(" ")[2].strip('"')
        for name in self.server.boxes:
            if wanted in {"*", name}:
                self.say(f'* LIST (\\HasNoChildren) "/" "{name}"')
        self.ok()

    def do_noop(self, _rest: str) -> None:
        self.ok()

    def do_logout(self, _rest: str) -> bool:
        self.say("* BYE")
        self.ok()
        return True

    def do_uid_search(self, rest: str) -> None:
        found = [mail.uid for mail in self.box.mails if self._fits(mail, rest)]
        self.say(f"* SEARCH {' '.join(map(str, found))}".rstrip())
        self.ok()

    def _fits(self, mail: Mail, rest: str) -> bool:
        if since := re.search(r"SINCE (\S+)", rest):
            assert '"' not in since[1]  # some servers take no quoted date
            return mail.came.date() >= datetime.strptime(f"{since[1]} +0000", "%d-%b-%Y %z").date()
        if span := re.search(r"UID (\d+):\*", rest):
            highest = max((one.uid for one in self.box.mails), default=0)
            return min(int(span[1]), highest) <= mail.uid
        return True

    def do_uid_fetch(self, rest: str) -> None:
        wanted, _space, items = rest.partition(" ")
        uids = {uid for part in wanted.split(",") for uid in _span(part)}
        for place, mail in enumerate(self.box.mails, start=1):
            if mail.uid not in uids:
                continue
            if part := re.search(r"BODY\.PEEK\[\](?:<(\d+)\.(\d+)>)?", items):
                begin, length = (int(part[1]), int(part[2])) if part[1] else (0, len(mail.raw))
                body = mail.raw[begin : begin + length]
                label = f"BODY[]<{begin}>" if part[1] else "BODY[]"
                self.say(f"* {place} FETCH (UID {mail.uid} {label} {{{len(body)}}}\r\n".encode() + body + b")")
            else:
                came = mail.came.strftime("%d-%b-%Y %H:%M:%S +0000")
                self.say(f'* {place} FETCH (UID {mail.uid} RFC822.SIZE {len(mail.raw)} INTERNALDATE "{came}")')
        self.ok()

    def do_uid_store(self, rest: str) -> None:
        uids = {uid for part in rest.split(" ", maxsplit=1)[0].split(",") for uid in _span(part)}
        for mail in self.box.mails:
            if mail.uid in uids:
                mail.flags.add("\\Seen")
        self.ok()

    def do_idle(self, _rest: str) -> None:
        self.say("+ idling")
        self.connection.settimeout(0.02)
        until = time.monotonic() + 120
        while time.monotonic() < until:
            if len(self.box.mails) != self.told:
                self.told = len(self.box.mails)
                self.say(f"* {self.told} EXISTS")
            try:
                said = self.connection.recv(100)
            except TimeoutError:
                continue
            if not said.upper().startswith(b"DONE"):
                return
            break
        self.connection.settimeout(None)
        self.rfile = self.connection.makefile("rb", self.rbufsize)  # a read that timed out spoils the old one
        self.ok()


def _span(part: str) -> range:
    first, _colon, last = part.partition(":")
    return range(int(first), int(last or first) + 1)
