"""Keeping what the coach saw in a reply that was sent, and its author's reason for sending it as it was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from amends.desk.coaching import readers, sent_before
from amends.desk.coaching.models import Kind, ReadBy, Seen, SentAsItWas
from amends.desk.coaching.queries import reply_of
from amends.desk.coaching.second import reading as second
from amends.desk.complaints.models import Event
from amends.desk.complaints.one_moment import in_transaction
from amends.desk.people.models import Agent
from amends.engine.canned import Reply
from amends.engine.failings import Judgement, Sign
from amends.engine.findings import Finding

REASON_LIMIT = 500


@in_transaction
def keep_what_was_seen(*, event: Event, judgement: Judgement, reader: str, is_first: bool = False) -> int:
    """Keep a judgement beside the message it is about, without its author; return how many rows it has.

    `reader` says who read: cues alone, or the learned reader as well. What was kept before makes room, if this is not
    the first time.
    """
    if not is_first:
        Seen.objects.filter(event=event).delete()
    rows = [
        *_rows(event, Kind.FAILING, judgement.failings),
        *_rows(event, Kind.HINT, judgement.hints),
        *_signs(event, Kind.GOOD, judgement.good),
        *_signs(event, Kind.SIGNAL, judgement.signals),
    ]
    for row in rows:
        row.reader = reader
    Seen.objects.bulk_create(rows)
    return len(rows)


def have_read_fully(*, event: Event, reader: str) -> bool:
    """Let a worker read once more, where there is somebody who has not read yet; tell whether one will."""
    from amends.desk.coaching.tasks import read_by_second, read_fully  # which keeps what it sees with this file

    if reader == ReadBy.CUES and readers.full.are_expected():
        read_fully.enqueue(event.pk)
    elif second.is_on():
        read_by_second.enqueue(event.pk)
    else:
        return False
    return True


def remember_what_was_sent(*, event: Event, reply: Reply | None = None) -> None:
    """Remember the text of a reply, so that the coach knows it when it goes to others as well.

    Who has just read it to send it hands it in (`reply`); then nobody can have remembered it.
    """
    sent_before.keep_text(event=event, reply=reply or reply_of(event), is_first=reply is not None)


@in_transaction
def keep_reason(*, event: Event, author: Agent, reason: str, names: Sequence[str], now: datetime) -> None:
    """Keep why a reply was sent although the coach had a word on it; for its author's eyes only."""
    del now
    if not (reason.strip() and names):
        return
    SentAsItWas.objects.update_or_create(
        event=event,
        defaults={"author": author, "reason": " ".join(reason.split())[:REASON_LIMIT], "names": sorted(set(names))},
    )


def _rows(event: Event, kind: str, findings: Iterable[Finding]) -> Iterable[Seen]:
    for one in findings:
        yield Seen(event=event, kind=kind, name=one.failing, start=one.start, end=one.end, confidence=one.confidence)


def _signs(event: Event, kind: str, signs: Iterable[Sign]) -> Iterable[Seen]:
    for one in signs:
        yield Seen(event=event, kind=kind, name=one.name, start=one.start, end=one.end, confidence=one.confidence)
