"""A message that is about something else becomes a complaint of its own, and can be put back.

The words stay on the timeline on which they came, and count there no more; the new complaint tells them at the time at
which they were said, so that its time limits begin when the customer spoke. What we wrote stays where it was sent from.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from amends.desk.complaints import timeline, whole
from amends.desk.complaints.actions import (
    Said,
    append_here,
    lock_itself,
    new_key,
    next_number,
    rebuild,
    write_first,
)
from amends.desk.complaints.models import Attachment, By, Complaint, Event, EventKind
from amends.desk.customers.words import one_line
from amends.desk.people.models import Agent
from amends.engine import languages
from amends.engine.languages.sentences import beyond_salutation

# What may be split off: what the customer said, and what colleagues noted about it.
WORDS: Final = frozenset({EventKind.CUSTOMER_WROTE})
MOVABLE: Final = WORDS | {EventKind.NOTED}
TITLE_FROM: Final = 2_000


class UnableToSplit(Exception):
    """There is nothing of the customer in it, or nothing of them would be left."""


class UnableToPutBack(Exception):
    """It was put back before, or somebody has gone on with the new one."""


@transaction.atomic
def split(
    *, complaint: Complaint, events: Collection[int], by: Agent, now: datetime, subject: str = ""
) -> tuple[Complaint, Event]:
    """Make a complaint of its own out of some messages and notes, with the same customer and owner; told on both.

    Returns the new complaint, and the event on the one they came from.

    :raises UnableToSplit: if none of it is the customer's words, or none of theirs would be left
    """
    lock_itself(complaint)
    if complaint.merged_into_id is not None:
        raise UnableToSplit(_("#%(number)s is part of another complaint already.") % {"number": complaint.number})
    rows = [event for event in whole.events(complaint) if event.complaint_id == complaint.pk]
    there = whole.holding(rows)
    chosen = [event for event in there if event.pk in set(events) and event.kind in MOVABLE]
    words = [event for event in chosen if event.kind in WORDS]
    if not words:
        raise UnableToSplit(_("Choose at least one message of the customer."))
    if not any(event.kind in WORDS for event in there if event not in chosen):
        raise UnableToSplit(_("A message of the customer has to stay here."))
    new = _open(complaint, chosen, words[0], subject=subject, by=by, now=now)
    event = append_here(
        complaint=complaint,
        kind=EventKind.SPLIT,
        by=By.AGENT,
        agent=by,
        data={"other": new.pk, "number": new.number, "moved": [event.sequence for event in chosen]},
        now=now,
    )
    return new, event


@transaction.atomic
def put_back(*, event: Event, by: Agent, now: datetime) -> Complaint:
    """Put what was split off back where it came from; the new complaint is part of that one, with nothing in it.

    :raises UnableToPutBack: if it was done before, or somebody has gone on with the new one; then they can be merged
    """
    complaint = event.complaint
    new = Complaint.objects.get(pk=int(event.content.data["other"]))
    for one in sorted((complaint, new), key=lambda one: one.pk):
        lock_itself(one)
    told = complaint.events.filter(kind=EventKind.UNDONE).values_list("kind", "content__data")
    if event.kind != EventKind.SPLIT or (event.kind, event.at) in timeline.taken_back(told):
        raise UnableToPutBack(_("This was taken back already."))
    # A reminder by the desk is nobody's work: a late complaint gets its first within a minute.
    last = new.events.exclude(kind=EventKind.WARNED, by=By.SYSTEM).order_by("-sequence").first()
    if complaint.merged_into_id is not None or new.merged_into_id is not None or last is None:
        raise UnableToPutBack(_("Somebody has gone on from there, so it cannot be taken back any more."))
    if last.kind != EventKind.SPLIT_FROM:
        raise UnableToPutBack(
            _("#%(new)s has gone on by itself. Merge it into #%(number)s instead.")
            % {"new": new.number, "number": complaint.number}
        )
    append_here(
        complaint=complaint,
        kind=EventKind.UNDONE,
        by=By.AGENT,
        agent=by,
        data={"kind": EventKind.SPLIT, "at": event.at.isoformat(), "number": new.number},
        now=now,
    )
    append_here(
        complaint=new,
        kind=EventKind.MERGED_INTO,
        by=By.AGENT,
        agent=by,
        data={"other": complaint.pk, "number": complaint.number},
        now=now,
    )
    rebuild(complaint=complaint)
    return new


def to_choose(*, complaint: Complaint) -> list[Event]:
    """List what of a complaint may be split off, in order."""
    rows = [event for event in whole.events(complaint) if event.complaint_id == complaint.pk]
    return [event for event in whole.holding(rows) if event.kind in MOVABLE and event.content.text.strip()]


def _open(
    complaint: Complaint, chosen: list[Event], first: Event, *, subject: str, by: Agent, now: datetime
) -> Complaint:
    text = first.content.text
    reading = languages.get(complaint.language)
    new = Complaint.objects.create(
        number=next_number(),
        key=new_key(),
        customer_id=complaint.customer_id,
        owner_id=complaint.owner_id,
        team_id=complaint.team_id,
        subject=one_line(subject, limit=300)
        or one_line(beyond_salutation(text[:TITLE_FROM], language=reading), limit=80)
        or complaint.subject,
        language=complaint.language,
        channel=first.channel or complaint.channel,
        received_at=first.at,
        last_event_at=now,
    )
    owner = Agent.objects.get(pk=complaint.owner_id)
    told: list[tuple[datetime, Said]] = [
        (
            chosen[0].at,
            {"kind": EventKind.RECEIVED, "by": By.CUSTOMER, "channel": new.channel, "language": new.language},
        ),
        (chosen[0].at, {"kind": EventKind.OWNER_TAKEN, "by": By.SYSTEM, "agent": owner}),
        *((event.at, _again(event)) for event in chosen),
        (
            now,
            {
                "kind": EventKind.SPLIT_FROM,
                "by": By.AGENT,
                "agent": by,
                "data": {"other": complaint.pk, "number": complaint.number},
            },
        ),
    ]
    written = write_first(new, told)
    for event, copy in zip(chosen, written[2:-1], strict=True):
        for file in event.attachments.all():
            # The file itself is kept once, by its digest.
            Attachment.objects.create(
                event=copy,
                name=file.name,
                media_type=file.media_type,
                size=file.size,
                sha256=file.sha256,
                content_id=file.content_id,
                file=file.file.name,
            )
    return new


def _again(event: Event) -> Said:
    """What was said, told again where it belongs; heat and signals stay as they were heard."""
    content = event.content
    return {
        "kind": event.kind,
        "by": event.by,
        "agent": event.agent,
        "text": content.text,
        "html": content.html,
        "quoted": content.quoted,
        "data": {**content.data, "said_in": event.pk},
        "channel": event.channel,
        "language": event.language,
    }
