"""Tags: words of the organisation's own by which complaints are found again.

Agents put them on and take them off, and add to the list by writing a new one; two spellings of one word are one tag.
What a complaint carries follows from its events. Administrators rename, merge and retire; that changes the list, and
no timeline: an event goes on naming what was put on then, and what was merged is found under what it was merged into.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from amends.desk.complaints.actions import append
from amends.desk.complaints.models import By, Complaint, Event, EventKind, Tag, Tagging
from amends.desk.complaints.search import words_of
from amends.desk.complaints.timeline import Happened
from amends.desk.complaints.visible import visible, visible_to
from amends.desk.customers.words import one_line
from amends.desk.people.models import Agent
from amends.desk.web import questions, wording
from amends.desk.web.questions import Among

MOST: Final = 12  # that one complaint carries
OFFERED: Final = 400
KINDS: Final = frozenset({EventKind.TAGGED, EventKind.UNTAGGED})
_SEPARATORS: Final = re.compile(r"[,;،؛\n]")


class UnableToTag(Exception):
    """There is no word in it, it is not used any more, or there are too many."""


class UnableToKeepTag(Exception):
    """The list would hold two of one name, or one that is merged into itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A tag as a row or a case shows it."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A tag in the list of administrators."""

    id: int
    name: str
    made_by: str
    made_at: datetime
    retired_at: datetime | None
    live: int  # complaints that carry it and go on
    all: int


# Acts.


@transaction.atomic
def put_on(*, complaint: Complaint, names: Sequence[str], by: Agent, now: datetime) -> Event:
    """Put tags on a complaint; a name that the list does not hold is added to it.

    :raises UnableToTag: if there is no word in a name, it is used no more, all are on it already, or they are too many
    """
    Complaint.objects.select_for_update().get(pk=complaint.pk)
    tags = [_find_or_make(name, by=by, now=now) for name in names]
    carried = set(Tagging.objects.filter(complaint=complaint).values_list("tag", flat=True))
    fresh = list({tag.pk: tag for tag in tags if tag.pk not in carried}.values())
    if not tags:
        raise UnableToTag(_("Write a tag."))
    if not fresh:
        raise UnableToTag(_("It has this tag already."))
    if len(carried) + len(fresh) > MOST:
        raise UnableToTag(_("It has as many tags as one can find one's way in. Take one off first."))
    data = {"tags": [tag.pk for tag in fresh], "names": [tag.name for tag in fresh]}
    return append(complaint=complaint, kind=EventKind.TAGGED, by=By.AGENT, agent=by, data=data, now=now)


@transaction.atomic
def take_off(*, complaint: Complaint, tags: Sequence[int], by: Agent, now: datetime) -> Event:
    """Take tags off a complaint.

    :raises UnableToTag: if it does not carry them
    """
    Complaint.objects.select_for_update().get(pk=complaint.pk)
    gone = [row.tag for row in Tagging.objects.filter(complaint=complaint, tag__in=tags).select_related("tag")]
    if not gone:
        raise UnableToTag(_("It does not have this tag."))
    # With all that were merged into them, so that what was put on under another name is taken off too.
    merged = Tag.objects.filter(merged_into__in=[tag.pk for tag in gone]).order_by("pk").values_list("pk", flat=True)
    data = {"tags": [*(tag.pk for tag in gone), *merged], "names": [tag.name for tag in gone]}
    return append(complaint=complaint, kind=EventKind.UNTAGGED, by=By.AGENT, agent=by, data=data, now=now)


@transaction.atomic
def rename(*, tag: Tag, name: str) -> Tag:
    """Give a tag another name, everywhere at once.

    :raises UnableToKeepTag: if there is no word in it, or another tag has this name
    """
    name, key = _name_and_key(name)
    if not key:
        raise UnableToKeepTag(_("Write a tag."))
    if Tag.objects.filter(key=key).exclude(pk=tag.pk).exists():
        raise UnableToKeepTag(_("There is a tag of this name already. Merge them instead."))
    tag.name, tag.key = name, key
    tag.save(update_fields=["name", "key"])
    return tag


@transaction.atomic
def merge(*, tag: Tag, into: Tag, now: datetime) -> int:
    """Let one tag go up in another; return how many complaints carry the other one by that.

    :raises UnableToKeepTag: if it is the same one, or either was merged before
    """
    if tag.pk == into.pk or tag.merged_into_id is not None or into.merged_into_id is not None:
        raise UnableToKeepTag(_("Choose another tag to merge it into."))
    moved = list(Tagging.objects.filter(tag=tag).values_list("complaint", flat=True))
    known = set(Tagging.objects.filter(tag=into, complaint__in=moved).values_list("complaint", flat=True))
    Tagging.objects.filter(tag=tag, complaint__in=known).delete()
    Tagging.objects.filter(tag=tag).update(tag=into)
    Tag.objects.filter(merged_into=tag).update(merged_into=into)
    tag.merged_into, tag.retired_at = into, tag.retired_at or now
    tag.save(update_fields=["merged_into", "retired_at"])
    return len(moved) - len(known)


def retire(*, tag: Tag, now: datetime) -> None:
    """Offer a tag no more; what carries it goes on carrying it, and it can be taken off."""
    Tag.objects.filter(pk=tag.pk, retired_at=None).update(retired_at=now)


def use_again(*, tag: Tag) -> None:
    """Offer a retired tag again."""
    Tag.objects.filter(pk=tag.pk, merged_into=None).update(retired_at=None)


# What follows from the events.


def carried(story: Iterable[Happened]) -> list[int]:
    """Say which tags the events leave on a complaint, as they were called then."""
    on: dict[int, None] = {}
    for event in story:
        if event.kind in KINDS:
            for tag in event.data.get("tags", ()):
                on.pop(int(tag), None)
                if event.kind == EventKind.TAGGED:
                    on[int(tag)] = None
    return list(on)


def follow(*, complaint: Complaint, story: Sequence[Happened]) -> None:
    """Bring what a complaint carries up to its events."""
    if not any(event.kind in KINDS or event.kind == EventKind.UNDONE for event in story):
        return
    said = carried(story)
    into = dict(Tag.objects.filter(pk__in=said).values_list("pk", "merged_into"))
    wanted = {into[pk] or pk for pk in said if pk in into}
    now = set(Tagging.objects.filter(complaint=complaint).values_list("tag", flat=True))
    Tagging.objects.filter(complaint=complaint, tag__in=now - wanted).delete()
    Tagging.objects.bulk_create([Tagging(complaint=complaint, tag_id=pk) for pk in sorted(wanted - now)])


# Reading.


def of(*, complaint_ids: Iterable[int]) -> Mapping[int, list[Word]]:
    """Tell for some complaints which tags they carry, by name; one question."""
    found: dict[int, list[Word]] = {}
    for complaint, tag, name in questions.ask("tags", _carried_by, complaints=complaint_ids):
        found.setdefault(complaint, []).append(Word(id=tag, name=name))
    return found


def _carried_by() -> QuerySet[Any, Any]:
    among = Tagging.objects.filter(Among("complaint", "complaints"))
    return among.order_by("tag__name", "tag").values_list("complaint", "tag", "tag__name")


def offered() -> list[Word]:
    """List the tags that can be put on, by name."""
    rows = Tag.objects.filter(retired_at=None).order_by("name", "pk").values_list("pk", "name")
    return [Word(id=pk, name=name) for pk, name in rows[:OFFERED]]


def often(*, agent: Agent, but: Iterable[int] = (), most: int = 8) -> list[Word]:
    """List what is put on most in the agent's part of the house, of what goes on."""
    live = Q(taggings__complaint__live=True) & visible_to(agent, "taggings__complaint__")
    if agent.team_id is not None:
        live &= Q(taggings__complaint__team=agent.team_id)
    rows = Tag.objects.filter(retired_at=None).exclude(pk__in=list(but)).annotate(n=Count("taggings", filter=live))
    return [Word(id=tag.pk, name=tag.name) for tag in rows.order_by("-n", "name", "pk")[:most]]


def listed() -> list[Listed]:
    """List all tags that were not merged, with how many complaints carry them; those in use first, by name.

    Complaints behind a wall for whoever reads are not counted.
    """
    rows, seen = Tag.objects.filter(merged_into=None).select_related("made_by"), visible("taggings__complaint__")
    rows = rows.annotate(
        all_of_them=Count("taggings", filter=seen),
        going_on=Count("taggings", filter=seen & Q(taggings__complaint__live=True)),
    )
    found = [
        Listed(
            id=tag.pk,
            name=tag.name,
            made_by=tag.made_by.name if tag.made_by is not None else "",
            made_at=tag.made_at,
            retired_at=tag.retired_at,
            live=tag.going_on,
            all=tag.all_of_them,
        )
        for tag in rows.order_by("name", "pk")
    ]
    return sorted(found, key=lambda one: one.retired_at is not None)


def ids_of(names: Iterable[str]) -> list[int]:
    """Find the tags of some names, under what they were merged into."""
    rows = Tag.objects.filter(key__in=[_name_and_key(name)[1] for name in names]).values_list("pk", "merged_into")
    return [into or pk for pk, into in rows]


def split(text: str) -> list[str]:
    """Read several names out of one line: commas of any script part them."""
    return [name for part in _SEPARATORS.split(text) if (name := one_line(part, limit=200).lstrip("#").strip())]


def _name_and_key(name: str) -> tuple[str, str]:
    """A name as it is shown, and folded without spaces, by which two spellings of one word are alike."""
    name = one_line(name, limit=Tag.LONGEST).lstrip("#").strip()
    return name, "".join(words_of([name]))[:80]


def _find_or_make(name: str, *, by: Agent, now: datetime) -> Tag:
    name, key = _name_and_key(name)
    if not key:
        raise UnableToTag(_("Write a tag."))
    tag, _made = Tag.objects.select_related("merged_into").get_or_create(
        key=key, defaults={"name": name, "made_by": by, "made_at": now}
    )
    tag = tag.merged_into or tag
    if tag.retired_at is not None:
        raise UnableToTag(_("The tag “%(name)s” is not used any more.") % {"name": wording.apart(tag.name)})
    return tag
