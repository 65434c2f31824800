"""Opening many complaints at once: what came together is written together, in few questions of the database.

`actions.open_complaint` opens one. Here a first moment is begun for many, more is said in it, and it is ended: only
then are columns, search entries and what other rooms count from the timeline written, once for all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from amends.desk.complaints import actions, following, search, timeline
from amends.desk.complaints.actions import Said, Upload
from amends.desk.complaints.models import By, Channel, Complaint, Event, EventKind, SearchEntry
from amends.desk.complaints.rows import update_all
from amends.desk.complaints.side_by_side import Numbers
from amends.desk.customers.models import Customer
from amends.desk.people.models import Language
from amends.desk.people.queries import Rotation


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What opens a complaint: whose words they are, and how they came."""

    customer: Customer
    subject: str
    text: str
    language: str
    channel: str
    mood: Mapping[str, Any]  # of `actions.mood`, read before anything is locked
    html: str = ""
    quoted: str = ""
    attachments: Sequence[Upload] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Begun:
    """A complaint in its first moment."""

    complaint: Complaint
    events: list[Event]

    @property
    def words(self) -> Event:
        """The event of the customer's words."""
        return self.events[2]


def begin(*, openings: Sequence[Opening], now: datetime, numbers: Numbers | None = None) -> list[Begun]:
    """Open complaints, in the caller's transaction, each with an owner and the customer's words; then call `end`.

    No customer may come twice: whom one of these complaints goes to decides who is known in the next. `numbers` are
    theirs where they were taken before.
    """
    rotation = Rotation(now=now)
    returning = _who_came_before({one.customer.pk for one in openings})
    many = len(openings)
    first = numbers.take(many) if numbers is not None else actions.next_number(many=many)
    rows = []
    for number, one in enumerate(openings, start=first):
        language = one.language if one.language in Language.values else one.customer.language
        known = actions.known_person(one.customer) if one.customer.pk in returning else None
        owner = rotation.choose(language=language, known_to=known)
        rotation.took(owner)
        rows.append(
            Complaint(
                number=number,
                key=actions.new_key(),
                customer=one.customer,
                owner=owner,
                team=owner.team,
                subject=actions.title_of(subject=one.subject, text=one.text, language=language),
                language=language,
                channel=Channel(one.channel),
                received_at=now,
                last_event_at=now,
            )
        )
    begun = [Begun(row, []) for row in Complaint.objects.bulk_create(rows)]
    said = [
        (started, one)
        for started, opening in zip(begun, openings, strict=True)
        for one in _first_words(started.complaint, opening)
    ]
    say(told=said, now=now)
    return begun


def _who_came_before(customer_ids: Collection[int]) -> set[int]:
    return set(Complaint.objects.filter(customer__in=customer_ids).values_list("customer", flat=True))


def _first_words(complaint: Complaint, opening: Opening) -> list[Said]:
    return [
        {
            "kind": EventKind.RECEIVED,
            "by": By.CUSTOMER,
            "channel": complaint.channel,
            "language": complaint.language,
        },
        {"kind": EventKind.OWNER_TAKEN, "by": By.SYSTEM, "agent": complaint.owner},
        {
            "kind": EventKind.CUSTOMER_WROTE,
            "by": By.CUSTOMER,
            "text": opening.text,
            "html": opening.html,
            "quoted": opening.quoted,
            "data": {**opening.mood, **opening.data},
            "channel": complaint.channel,
            "language": complaint.language,
            "attachments": opening.attachments,
        },
    ]


def say(*, told: Sequence[tuple[Begun, Said]], now: datetime) -> list[Event]:
    """Say more in the first moment of complaints; return the events in this order."""
    place: dict[int, int] = {}
    rows = []
    for begun, one in told:
        last = place.get(begun.complaint.pk, len(begun.events))
        place[begun.complaint.pk] = last + 1
        rows.append((begun.complaint, last + 1, one))
    events = actions.write_events(rows, now=now)
    for (begun, _said), event in zip(told, events, strict=True):
        begun.events.append(event)
    return events


def end(*, begun: Sequence[Begun]) -> None:
    """Write what follows from the first moment: columns, search entries, clocks, notices."""
    stories = []
    for one in begun:
        story = [actions.happened(event) for event in one.events]
        columns = timeline.derive(story).columns
        for name in actions.COLUMNS:
            setattr(one.complaint, name, getattr(columns, name))
        stories.append((one.complaint, story))
    update_all([one.complaint for one in begun], fields=actions.COLUMNS)
    SearchEntry.objects.bulk_create(
        SearchEntry(complaint=one.complaint, words=search.line_of_new(one.complaint, one.events)) for one in begun
    )
    following.follow(stories)
