"""A complaint with all that was merged into it: whose events are read together, and what happened there until then."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from django.db.models import BigIntegerField, QuerySet, prefetch_related_objects

from amends.desk.complaints.models import Attachment, Complaint, Event, EventKind
from amends.desk.complaints.timeline import Happened, split_off, standing, taken_back
from amends.desk.web import questions
from amends.desk.web.questions import Among, Blank

# What is told of a complaint's own life, and not of one that was merged into it.
OF_ITS_OWN: Final = frozenset({
    EventKind.RECEIVED, EventKind.OWNER_TAKEN, EventKind.CLOSED, EventKind.REOPENED, EventKind.CONTENT, EventKind.RATED,
})  # fmt: skip


def merged_into(complaint_ids: Collection[int]) -> dict[int, list[int]]:
    """Say for some complaints which others are part of them, at any depth; one question where there is none."""
    found: dict[int, list[int]] = {pk: [] for pk in complaint_ids}
    belongs = {pk: pk for pk in complaint_ids}
    layer: Collection[int] = complaint_ids
    while layer:
        rows = Complaint.objects.filter(merged_into__in=layer).order_by("pk").values_list("pk", "merged_into")
        layer = []
        for pk, into in rows:
            belongs[pk] = belongs[into]
            found[belongs[into]].append(pk)
            layer.append(pk)
    return found


def ids(complaint: Complaint) -> list[int]:
    """Return the complaint's own id and those of what was merged into it."""
    return [complaint.pk, *merged_into([complaint.pk])[complaint.pk]]


def events(complaint: Complaint) -> list[Event]:
    """Read all that happened, there and here, in the order of time, with contents, authors and files."""
    rows: list[Event] = questions.ask("events", _there, complaint=complaint.pk)
    own = [event for event in rows if event.complaint_id == complaint.pk]
    told = _told_with_merged({complaint.pk: own}, known=rows)[complaint.pk]
    _with_files(told)
    return told


def _there() -> QuerySet[Event]:
    complaint = Blank("complaint", BigIntegerField())
    # Not as one condition with "or": where SQLite has counted that hardly anything is merged, it walks through all.
    itself = Complaint.objects.order_by().filter(pk=complaint).values("pk")
    merged = Complaint.objects.order_by().filter(merged_into=complaint).values("pk")
    return in_order(Event.objects.filter(complaint__in=itself.union(merged, all=True)))


def _with_files(events_: Sequence[Event]) -> None:
    """Fetch the files of events, as Django does for rows that are named beforehand (`prefetch_related`)."""
    files: dict[int, list[Attachment]] = {event.pk: [] for event in events_}
    for file in questions.ask("files", lambda: Attachment.objects.filter(Among("event", "events")), events=list(files)):
        files[file.event_id].append(file)
    for event in events_:
        for file in files[event.pk]:
            file.event = event
        found = Attachment.objects.all()
        found._result_cache = files[event.pk]  # type: ignore[attr-defined]  # noqa: SLF001
        event.__dict__.setdefault("_prefetched_objects_cache", {})["attachments"] = found


def told_with_merged(own: Mapping[int, list[Event]]) -> dict[int, list[Event]]:
    """Put events of merged complaints among those of some complaints, each in one order of time.

    Where nothing was merged it costs no question. Of one moment the merged ones come first. That a complaint was
    merged into another one is told there, and no more here.
    """
    told = _told_with_merged(own)
    fresh = {event.pk for events_ in own.values() for event in events_}
    prefetch_related_objects(
        [event for events_ in told.values() for event in events_ if event.pk not in fresh], "attachments"
    )
    return told


def _told_with_merged(own: Mapping[int, list[Event]], *, known: Iterable[Event] = ()) -> dict[int, list[Event]]:
    """Do so; of what was read already (`known`) nothing is read again."""
    told = {pk: list(rows) for pk, rows in own.items()}
    home = {pk: pk for pk in own}
    at_hand: dict[int, list[Event]] = {}
    for event in known:
        at_hand.setdefault(event.complaint_id, []).append(event)
    fresh: Mapping[int, Sequence[Event]] = told
    while others := {
        int(event.content.data["other"]): home[pk]
        for pk, rows in fresh.items()
        for event in holding(rows)
        if event.kind == EventKind.MERGED
    }:
        home |= others
        read: dict[int, list[Event]] = {pk: at_hand.get(pk, []) for pk in others}
        if unread := [pk for pk in others if pk not in at_hand]:
            for event in in_order(Event.objects.filter(complaint__in=unread)):
                read[event.complaint_id].append(event)
        for pk, rows in read.items():
            told[others[pk]] += [event for event in rows if event.kind != EventKind.MERGED_INTO]
        fresh = read
    return {
        pk: rows if len(rows) == len(own[pk]) else sorted(rows, key=lambda event: (event.at, event.complaint_id == pk))
        for pk, rows in told.items()
    }


def with_all(rows: QuerySet[Event]) -> QuerySet[Event]:
    """Fetch what a reader needs of events together with them, in the order of each complaint."""
    return in_order(rows).prefetch_related("attachments")


def in_order(rows: QuerySet[Event]) -> QuerySet[Event]:
    """Fetch words and authors of events together with them, in the order of each complaint."""
    return rows.select_related("content", "agent").order_by("complaint", "sequence")


def holding(rows: Iterable[Event], *, moved: bool = False) -> list[Event]:
    """Leave out what was taken back, of events of one or of several complaints.

    What became part of another complaint is left out too, unless it is asked for.
    """
    by_complaint: dict[int, list[Event]] = {}
    for event in (rows := list(rows)):
        by_complaint.setdefault(event.complaint_id, []).append(event)
    gone: set[int] = set()
    for events_ in by_complaint.values():
        back = taken_back((event.kind, event.content.data) for event in events_)
        gone |= {event.pk for event in events_ if (event.kind, event.at) in back}
        if moved:
            continue
        away = split_off((event.kind, event.content.data) for event in events_ if event.pk not in gone)
        gone |= {event.pk for event in events_ if event.sequence in away}
    return [event for event in rows if event.pk not in gone] if gone else rows


def for_customer(rows: Iterable[Event], *, complaint: Complaint) -> list[Event]:
    """Leave out what was taken back, and who had a merged one and how it ended: the customer has one complaint.

    Their own words stay where they said them, also where a part became a complaint of its own.
    """
    return [
        event
        for event in holding(rows, moved=True)
        if event.complaint_id == complaint.pk or event.kind not in OF_ITS_OWN
    ]


def moved_to(rows: Iterable[Event]) -> dict[int, int]:
    """Say which events became part of another complaint, by their ids, and its number."""
    found: dict[int, int] = {}
    by_complaint: dict[int, list[Event]] = {}
    for event in rows:
        by_complaint.setdefault(event.complaint_id, []).append(event)
    for events_ in by_complaint.values():
        if not any(event.kind == EventKind.SPLIT for event in events_):
            continue
        back = taken_back((event.kind, event.content.data) for event in events_)
        away = split_off((event.kind, event.content.data) for event in events_ if (event.kind, event.at) not in back)
        found |= {event.pk: away[event.sequence] for event in events_ if event.sequence in away}
    return found


def numbers(rows: Iterable[Event], *, but: Complaint) -> dict[int, int]:
    """Name the other complaints of which these events are, by their ids: what was merged says its number."""
    told = {
        int(event.content.data["other"]): int(event.content.data["number"])
        for event in rows
        if event.kind == EventKind.MERGED
    }
    return {pk: number for pk, number in told.items() if pk != but.pk}


def stories(complaint_ids: Collection[int], *, texts: bool = False) -> Mapping[int, list[Happened]]:
    """Read what stands of some complaints as the counting reads it, with what was merged into each."""
    told = _told_of(complaint_ids, texts=texts)
    return {pk: standing(with_merged(story, texts=texts)) for pk, story in told.items()}


def _told_of(complaint_ids: Collection[int], *, texts: bool) -> dict[int, list[Happened]]:
    """Read what happened to each of some complaints, in order; texts only where they are asked for."""
    names = ["complaint", "sequence", "kind", "at", "by", "agent", "content__data"]
    told: dict[int, list[Happened]] = {pk: [] for pk in complaint_ids}
    rows = Event.objects.filter(complaint__in=complaint_ids).order_by("complaint", "sequence")
    for pk, place, kind, at, by, agent, data, *text in rows.values_list(*names, *(["content__text"] if texts else [])):
        told[pk].append(
            Happened(
                kind=kind, at=at, by=by, agent=agent, text=(text[0] or "") if text else "", data=data or {}, place=place
            )
        )
    return told


def with_merged(story: Sequence[Happened], *, texts: bool = True) -> list[Happened]:
    """Hand each merging what happened in the other one until then; a story without one costs no question."""
    merged = [int(event.data["other"]) for event in story if event.kind == EventKind.MERGED]
    if not merged:
        return list(story)
    there = _until_merged(merged, texts=texts)
    return [
        replace(event, there=tuple(there.get(int(event.data["other"]), {}).get(event.at, ())))
        if event.kind == EventKind.MERGED
        else event
        for event in story
    ]


def _until_merged(complaint_ids: Collection[int], *, texts: bool) -> Mapping[int, Mapping[object, list[Happened]]]:
    """Read some complaints up to each moment in which they were merged into another one."""
    found: dict[int, dict[object, list[Happened]]] = {}
    for pk, story in _told_of(complaint_ids, texts=texts).items():
        whole = with_merged(story, texts=texts)
        found[pk] = {
            event.at: whole[:index] for index, event in enumerate(whole) if event.kind == EventKind.MERGED_INTO
        }
    return found
