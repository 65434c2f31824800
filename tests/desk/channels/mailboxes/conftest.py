"""Mailboxes on loopback: an IMAP server of our own, an SMTP server, and a mailbox that uses both."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from amends.desk.channels.mailboxes import actions, lines
from amends.desk.channels.mailboxes.fetching import Round
from amends.desk.channels.mailboxes.models import Mailbox
from tests.desk.channels.mailboxes.imap_server import ImapServer


@pytest.fixture(autouse=True)
def _key_of_the_test(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    server = ImapServer()
    yield server
    server.end()


@pytest.fixture
def make_mailbox(db: None, now: Any) -> Callable[..., Mailbox]:
    """`make_mailbox(imap=server, **fields)`: a mailbox that fetches there and sends nowhere."""

    def make(*, imap: ImapServer | None = None, **fields: Any) -> Mailbox:
        return actions.save_mailbox(
            now=now,
            **{
                "name": "Complaints",
                "address": "desk@acme.example",
                "imap_host": "127.0.0.1" if imap else "",
                "imap_port": imap.port if imap else 993,
                "imap_security": "none",
                "receives": imap is not None,
                "sends": False,
                "user": "desk",
                "password": "right",
                "take_since": now - timedelta(days=1),
                **fields,
            },
        )

    return make


@pytest.fixture
def fetch(now: Any) -> Callable[..., Any]:
    """`fetch(mailbox)` reads it once, as a fetcher does."""

    def once(
        mailbox: Mailbox, *, at: Any = None, still_ours: Callable[[], bool] = lambda: True, timeout: float = 60
    ) -> Any:
        mailbox.refresh_from_db()
        with lines.imap(mailbox, now=at or now, timeout=timeout) as line:
            return Round(mailbox, line, lambda: at or now, still_ours).read()

    return once


class Sink:
    """A mail server's manners, as a test wants them, and what it was given."""

    def __init__(self, *, sender: str = "250 ok", rcpt: str = "250 ok", data: str = "250 kept") -> None:
        self.sender, self.rcpt, self.data = sender, rcpt, data
        self.letters: list[bytes] = []

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if self.sender.startswith("250"):
            envelope.mail_from = address
        return self.sender

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.letters.append(envelope.content)
        return self.data


@pytest.fixture
def smtp() -> Iterator[Callable[..., int]]:
    """`smtp(Sink(), **options)` starts an SMTP server and returns its port."""
    running: list[Controller] = []

    def start(sink: Sink, **options: Any) -> int:
        with socket.create_server(("127.0.0.1", 0)) as door:
            port = int(door.getsockname()[1])
        controller = Controller(sink, hostname="127.0.0.1", port=port, **options)
        controller.start()
        running.append(controller)
        return port

    yield start
    for controller in running:
        controller.stop()
