"""The post of a mailbox: its own server, its own sign-in, and its own rest when that server is in trouble."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from amends.desk.channels.mailboxes import lines
from amends.desk.channels.mailboxes.models import Mailbox
from amends.desk.channels.mailboxes.troubles import Trouble, trouble_of
from amends.desk.jobs.post import Outcome, hand_over

FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class MailboxPost:
    """Delivers through the mailbox's own server."""

    mailbox: Mailbox
    now: datetime
    timeout: float = lines.TIMEOUT
    is_open: bool = True

    def deliver(self, *, mime: bytes, sender: str, recipient: str) -> Outcome:
        outcome = Outcome("later")
        try:
            with lines.smtp(self.mailbox, now=self.now, timeout=self.timeout) as line:
                outcome = hand_over(line, mime=mime, sender=sender, recipient=recipient)
            if outcome.down:
                outcome = Outcome("later", str(Trouble("sender", outcome.detail)), down=True)
        except lines.TROUBLES as error:
            if outcome.kind == "later":  # otherwise the letter's fate is known, and the trouble came after it
                outcome = Outcome("later", str(trouble_of(error)), down=True)
        remember(self.mailbox, outcome, now=self.now)
        return outcome


def remember(mailbox: Mailbox, outcome: Outcome, *, now: datetime) -> None:
    """Let the mailbox rest when its server is in trouble; any letter that got an answer ends that."""
    row = Mailbox.objects.filter(pk=mailbox.pk)
    if outcome.down:
        failures = mailbox.send_failures
        row.update(
            send_failures=F("send_failures") + 1,
            send_failed_at=now,
            send_problem=outcome.detail,
            send_after=now + min(FIRST_REST * (1 << min(failures, 10)), LONGEST_REST),
        )
    elif outcome.kind != "unknown":
        row.update(send_failures=0, send_problem="", send_after=None)
        if outcome.kind == "sent":
            row.update(sent_at=now)
