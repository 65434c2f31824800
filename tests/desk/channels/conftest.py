"""Mail made in one line, and a post that says what it is told to say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import pytest

from amends.desk.channels import actions
from amends.desk.channels.mail.identity import identity_of
from amends.desk.channels.models import Arrival
from amends.desk.jobs.post import Outcome


@pytest.fixture(autouse=True)
def _desk_address(settings: Any) -> None:
    settings.MAIL_FROM = "desk@acme.example"
    settings.SMTP = ""


def letter(
    *,
    text: str = "Kargom üç gündür gelmedi, lütfen yardım edin.",
    subject: str = "Kargo gelmedi",
    sender: str = "Ayşe Yılmaz <ayse@mail.example>",
    to: str = "desk@acme.example",
    message_id: str = "<first@mail.example>",
    **headers: str,
) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    if message_id:
        message["Message-ID"] = message_id
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


@pytest.fixture
def arrive(db: None, now: Any) -> Callable[..., Arrival]:
    """`arrive(letter(…))` keeps a mail raw and takes it in; returns the arrival as it stands then."""

    def take(message: EmailMessage | bytes, *, mailbox: str = "desk", at: Any = None) -> Arrival:
        raw = message if isinstance(message, bytes) else message.as_bytes()
        identity = identity_of(raw, mailbox=mailbox)
        arrival = actions.keep_raw(
            channel="mail", identity=identity.value, digest=identity.digest, raw=raw, now=at or now
        )
        actions.take_in(arrival=arrival, now=at or now)
        arrival.refresh_from_db()
        return arrival

    return take


@dataclass
class Told:
    """A post that answers as it is told and remembers what it was given."""

    outcomes: list[Outcome] = field(default_factory=list)
    is_open: bool = True
    letters: list[tuple[str, bytes]] = field(default_factory=list)

    def deliver(self, *, mime: bytes, sender: str, recipient: str) -> Outcome:
        self.letters.append((recipient, mime))
        return self.outcomes.pop(0) if self.outcomes else Outcome("sent", "250 ok")
