"""What a mail provider hands over by HTTP, on the ways that fetched mail and bounces go."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import OperationalError

from amends.desk.channels import actions as arrivals
from amends.desk.channels.acknowledgement import FOR_GOOD
from amends.desk.channels.mail.actions import came_back, sent
from amends.desk.channels.mail.identity import identity_of
from amends.desk.channels.mail.keys import number_in_message_id
from amends.desk.channels.mailboxes.by_http import Fate
from amends.desk.channels.mailboxes.models import Mailbox

logger = logging.getLogger("amends.channels")


def take_in_mails(*, mailbox: Mailbox, mails: Sequence[tuple[bytes, bool]], now: datetime) -> None:
    """Keep mails raw and committed, then read them; what the provider sends a second time is known."""
    if not mails:
        return
    kept = arrivals.keep_mails(
        mails=[
            arrivals.Mail(
                raw=raw, identity=identity_of(raw, mailbox=f"box-{mailbox.pk}"), mailbox=mailbox, from_spam=spam
            )
            for raw, spam in mails
        ],
        now=now,
    )
    try:
        arrivals.take_in_all(arrivals=kept, now=now)
    except OperationalError as error:  # they are kept, and the worker reads them in a minute
        logger.warning("%s arrivals wait, from %s on: %s", len(kept), kept[0].pk, error)


def note_fates(*, fates: Sequence[Fate], now: datetime) -> None:
    """Treat a letter that a provider could not deliver as one that came back; only letters that we signed count."""
    for fate in fates:
        if number_in_message_id(fate.letter) is None:
            continue
        letter = sent(message_ids=[fate.letter])
        if letter is not None and not letter.problem.startswith(FOR_GOOD):  # told once, however often it is sent
            came_back(letter=letter, status=fate.status, detail=fate.detail, now=now)
