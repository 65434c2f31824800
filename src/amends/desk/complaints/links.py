"""Linked complaints: this one belongs to that one, or both have the same cause.

A link is told on both timelines in one transaction, each from its own side, and each side follows from its own events;
whoever is in one has a door to the other. Linking merges nothing: each has its customer, its owner and its promises.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from amends.desk.complaints.actions import append
from amends.desk.complaints.models import By, Complaint, Event, EventKind, How, Link
from amends.desk.complaints.timeline import Happened
from amends.desk.complaints.visible import visible
from amends.desk.people.models import Agent

MOST: Final = 50
KINDS: Final = frozenset({EventKind.LINKED, EventKind.UNLINKED})
# How it is told from the other side.
MIRRORED: Final[Mapping[str, str]] = {
    How.PART_OF: How.HOLDS,
    How.HOLDS: How.PART_OF,
    How.SAME_CAUSE: How.SAME_CAUSE,
}


class UnableToLink(Exception):
    """They are one, are linked so already or not at all, or one would belong to two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """The other one, as a door to it."""

    how: str
    number: int
    subject: str
    customer_name: str
    owner_name: str
    stage: str
    turn: str
    live: bool
    language: str


@transaction.atomic
def link(*, complaint: Complaint, other: Complaint, how: str, by: Agent, now: datetime) -> tuple[Event, Event]:
    """Link two complaints, or say otherwise how they stand to each other; told on both.

    :raises UnableToLink: if it is the same one, they are linked so already, or it would belong to two
    """
    _lock(complaint, other)
    if complaint.pk == other.pk:
        raise UnableToLink(_("This is the same complaint. Write the number of another one."))
    if Link.objects.filter(complaint=complaint, other=other, how=how).exists():
        raise UnableToLink(_("They are linked like this already."))
    for part, whole in ((complaint, other), (other, complaint)):
        if (how if part is complaint else MIRRORED[how]) != How.PART_OF:
            continue
        if Link.objects.filter(complaint=part, how=How.PART_OF).exclude(other=whole).exists():
            raise UnableToLink(_("#%(number)s belongs to another one already.") % {"number": part.number})
        if Link.objects.filter(complaint=whole, how=How.PART_OF).exists():
            raise UnableToLink(
                _("#%(number)s belongs to another one itself. Link it with that one.") % {"number": whole.number}
            )
    if max(Link.objects.filter(complaint=one).count() for one in (complaint, other)) >= MOST:
        raise UnableToLink(_("It is linked with as many as one can find one's way in."))
    return (
        tell(complaint=complaint, other=other, kind=EventKind.LINKED, by=by, now=now, how=how),
        tell(complaint=other, other=complaint, kind=EventKind.LINKED, by=by, now=now, how=MIRRORED[how]),
    )


@transaction.atomic
def unlink(*, complaint: Complaint, other: Complaint, by: Agent, now: datetime) -> str:
    """Take a link away, on both; return how they stood to each other.

    :raises UnableToLink: if they are not linked
    """
    _lock(complaint, other)
    row = Link.objects.filter(complaint=complaint, other=other).first()
    if row is None:
        raise UnableToLink(_("They are not linked any more."))
    tell(complaint=complaint, other=other, kind=EventKind.UNLINKED, by=by, now=now)
    tell(complaint=other, other=complaint, kind=EventKind.UNLINKED, by=by, now=now)
    return row.how


def standing_links(story: Iterable[Happened]) -> dict[int, str]:
    """Say with which complaints the events leave one linked, and how."""
    found: dict[int, str] = {}
    for event in story:
        if event.kind in KINDS:
            found.pop(int(event.data["other"]), None)
            if event.kind == EventKind.LINKED:
                found[int(event.data["other"])] = str(event.data["how"])
    return found


def follow(*, complaint: Complaint, story: Sequence[Happened]) -> None:
    """Bring a complaint's side of its links up to its events."""
    if not any(event.kind in KINDS or event.kind == EventKind.UNDONE for event in story):
        return
    said = standing_links(story)
    there = set(Complaint.objects.filter(pk__in=said).values_list("pk", flat=True))
    wanted = {pk: how for pk, how in said.items() if pk in there}
    now = dict(Link.objects.filter(complaint=complaint).values_list("other", "how"))
    if wanted == now:
        return
    Link.objects.filter(
        complaint=complaint, other__in=[pk for pk, how in now.items() if wanted.get(pk) != how]
    ).delete()
    fresh = [(pk, how) for pk, how in wanted.items() if now.get(pk) != how]
    Link.objects.bulk_create([Link(complaint=complaint, other_id=pk, how=how) for pk, how in fresh])


def of(*, complaint: Complaint) -> list[Linked]:
    """List the complaints with which one is linked: what it belongs to, what belongs to it, then the same cause."""
    return told(rows(complaint).values_list(*COLUMNS))


COLUMNS: Final = (
    "how", "other__number", "other__subject", "other__customer__name", "other__owner__name", "other__stage",
    "other__turn", "other__live", "other__language",
)  # fmt: skip


def rows(complaint: Any) -> QuerySet[Link]:
    """The links of a complaint that its reader sees; the complaint may be a blank in a question."""
    return Link.objects.filter(visible("other__"), complaint=complaint).order_by("pk")


def told(read: Iterable[Sequence[Any]]) -> list[Linked]:
    """Make links of what was read in `COLUMNS`, in their order."""
    order = {How.PART_OF: 0, How.HOLDS: 1, How.SAME_CAUSE: 2}
    found = [
        Linked(
            how=how,
            number=number,
            subject=subject,
            customer_name=customer_name,
            owner_name=owner_name,
            stage=stage,
            turn=turn,
            live=bool(live),
            language=language,
        )
        for how, number, subject, customer_name, owner_name, stage, turn, live, language in read
    ]
    return sorted(found, key=lambda one: (order[How(one.how)], one.number))


def _lock(*complaints: Complaint) -> None:
    """Lock both in one order, so that two who link them at once do not wait for each other for ever."""
    list(Complaint.objects.select_for_update().filter(pk__in=[one.pk for one in complaints]).order_by("pk"))


def tell(*, complaint: Complaint, other: Complaint, kind: EventKind, by: Agent, now: datetime, how: str = "") -> Event:
    """Tell on one timeline that a link was made or taken away, and bring that side up to it."""
    data = {"other": other.pk, "number": other.number, **({"how": how} if how else {})}
    return append(complaint=complaint, kind=kind, by=By.AGENT, agent=by, data=data, now=now)
