"""Two complaints about one trouble become one: the other one goes on in this one, and can be taken out again.

Nothing is moved on the timelines: each keeps what was told of it. What happens from then on is told of the one that
stays, its columns count what stood in the other one when they were merged (`timeline`), and who reads it reads both.
What other rooms keep of a complaint (promises, time limits, remedies) goes along as rows (`following.also_carry`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from amends.desk.complaints import following, links, search, tags, timeline, whole
from amends.desk.complaints.actions import OPEN, append_here, hand_over_by_desk, lock_itself, rebuild
from amends.desk.complaints.models import By, Complaint, Event, EventKind, FieldValue, How, Link, Stage, Tagging, Watch
from amends.desk.complaints.visible import may_carry_out, needs_yes, visible
from amends.desk.people.models import Agent
from amends.desk.people.queries import choose_owner

MOST: Final = 20  # that go up in one
# What is told of the one that stays in the moment of merging, and taken back with it.
ALONG: Final = frozenset({EventKind.MERGED, EventKind.TAGGED, EventKind.LINKED, EventKind.UNLINKED})
PARTS: Final = (EventKind.WAITING_ON_THIRD_PARTY, EventKind.FILLED_IN)


class UnableToMerge(Exception):
    """They are one, one of them is part of another one, or the one that has ended would take what goes on."""


class OfSomebodyElse(UnableToMerge):
    """They are of two customers, and nobody has said that these are one person."""


class UnableToTakeApart(Exception):
    """It was taken apart before, or something that came along was settled since."""


@transaction.atomic
def merge(*, other: Complaint, into: Complaint, by: Agent, now: datetime, same_person: bool = False) -> Event:
    """Let one complaint go up in another; told on both. Returns the event on the one that stays.

    The owner of the one that stays stays; who owned the other one watches it. `same_person` says that the agent knows
    that two records of customers are one person: whoever holds the link of either page sees both from then on.

    :raises OfSomebodyElse: if they are of two customers, and it was not said that these are one person
    :raises UnableToMerge: if it is the same one, one is part of another one, or what goes on would end
    """
    _lock(other, into)
    _check(other, into, same_person=same_person)
    if not may_carry_out(by, other, to=into.team_id):
        raise UnableToMerge(needs_yes(other))
    data = {"other": other.pk, "number": other.number}
    watching = _watch(into, other, now=now)
    carried = _carry(other, into)
    moved_links = _links_of(other, into)
    tagged = _tags_of(other, into)
    waits = _waits_of(other)
    filled_in = _fields_of(other, into)
    append_here(
        complaint=other,
        kind=EventKind.MERGED_INTO,
        by=By.AGENT,
        agent=by,
        data={"other": into.pk, "number": into.number},
        now=now,
    )
    merged = append_here(
        complaint=into,
        kind=EventKind.MERGED,
        by=By.AGENT,
        agent=by,
        data={**data, "carried": carried, "mine": watching},
        now=now,
    )
    if tagged:
        append_here(complaint=into, kind=EventKind.TAGGED, by=By.AGENT, agent=by, data=tagged, now=now)
    if filled_in:
        append_here(complaint=into, kind=EventKind.FILLED_IN, by=By.AGENT, agent=by, data=filled_in, now=now)
    for wait in waits:
        append_here(complaint=into, kind=EventKind.WAITING_ON_THIRD_PARTY, by=By.AGENT, agent=by, data=wait, now=now)
    if Link.objects.filter(complaint=into, other=other).exists():  # they are one now
        links.tell(complaint=into, other=other, kind=EventKind.UNLINKED, by=by, now=now)
    for third, how in moved_links:
        links.tell(complaint=into, other=third, kind=EventKind.LINKED, by=by, now=now, how=how)
        links.tell(complaint=third, other=other, kind=EventKind.UNLINKED, by=by, now=now)
        links.tell(complaint=third, other=into, kind=EventKind.LINKED, by=by, now=now, how=links.MIRRORED[how])
    search.index(into)
    return merged


@transaction.atomic
def take_apart(*, event: Event, by: Agent, now: datetime) -> Complaint:
    """Take a merged complaint out again: it stands as it stood, and what was said since stays with the other one.

    :raises UnableToTakeApart: if it was done before, or something that came along was settled since
    """
    into = event.complaint
    other = Complaint.objects.get(pk=int(event.content.data["other"]))
    _lock(other, into)
    if event.kind != EventKind.MERGED or other.merged_into_id != into.pk or not _stands(event):
        raise UnableToTakeApart(_("These are two again already."))
    if into.merged_into_id is not None:
        raise UnableToTakeApart(_("#%(number)s is part of another complaint itself.") % {"number": into.number})
    _nothing_settled_since(event, other)
    _carry_back(event.content.data["carried"], into=into, other=other)
    Watch.objects.filter(complaint=into, agent__in=event.content.data.get("mine", ())).delete()
    touched = {into.pk: into}
    for one in Event.objects.filter(at=event.at, agent=event.agent_id, kind__in=[*ALONG, *PARTS]).select_related(
        "complaint"
    ):
        if one.complaint_id == into.pk or _is_of(one, into, other):
            touched.setdefault(one.complaint_id, one.complaint)
    for complaint in touched.values():
        lock_itself(complaint)
        kinds = set(complaint.events.filter(at=event.at, kind__in=[*ALONG, *PARTS]).values_list("kind", flat=True))
        for kind in sorted(kinds - {EventKind.MERGED}) + ([EventKind.MERGED] if complaint.pk == into.pk else []):
            _back(complaint, kind=kind, event=event, by=by, now=now)
    _back(other, kind=EventKind.MERGED_INTO, event=event, by=by, now=now)
    for complaint in (*touched.values(), other):
        rebuild(complaint=complaint)
    _has_an_owner(other, now=now)
    return other


def proposed(*, complaint: Complaint) -> list[Complaint]:
    """List the customer's other complaints, of which one may be about the same trouble; what goes on first."""
    others = Complaint.objects.filter(visible(), customer=complaint.customer_id, merged_into=None).exclude(
        pk=complaint.pk
    )
    return list(others.select_related("customer", "owner").order_by("-live", "-received_at")[:10])


# What goes along.


def _check(other: Complaint, into: Complaint, *, same_person: bool) -> None:
    if other.pk == into.pk:
        raise UnableToMerge(_("This is the same complaint. Write the number of another one."))
    for one in (other, into):
        if one.merged_into_id is not None:
            raise UnableToMerge(_("#%(number)s is part of another complaint already.") % {"number": one.number})
        if one.customer.erased_at is not None:
            raise UnableToMerge(_("The customer of #%(number)s was erased.") % {"number": one.number})
    if other.live and into.stage not in OPEN:
        raise UnableToMerge(
            _("#%(ended)s has ended, and #%(number)s goes on. Merge them the other way round.")
            % {"ended": into.number, "number": other.number}
        )
    if len(whole.ids(other)) + len(whole.ids(into)) > MOST:
        raise UnableToMerge(_("So many complaints are part of it that nobody finds their way in it any more."))
    if other.customer_id != into.customer_id and not same_person:
        raise OfSomebodyElse(
            _("#%(other)s is of %(one)s, #%(number)s of %(two)s. Merge them only if this is one person.")
            % {
                "other": other.number,
                "one": other.customer.name,
                "number": into.number,
                "two": into.customer.name,
            }
        )


def _watch(into: Complaint, other: Complaint, *, now: datetime) -> list[int]:
    """Have who owned or watched the other one watch this one; return who did not before."""
    wanted = {other.owner_id, *Watch.objects.filter(complaint=other).values_list("agent", flat=True)}
    wanted -= {into.owner_id, *Watch.objects.filter(complaint=into).values_list("agent", flat=True)}
    Watch.objects.bulk_create([Watch(complaint=into, agent_id=pk, since=now) for pk in sorted(wanted)])
    return sorted(wanted)


def _carry(other: Complaint, into: Complaint) -> dict[str, list[int]]:
    """Let the rows of other rooms go along; one of which there may be only one stays where it is."""
    moved: dict[str, list[int]] = {}
    for label, carried in following.carried().items():
        rows = carried.rows.filter(complaint=other)
        for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
            try:
                with transaction.atomic():
                    carried.rows.filter(pk=pk).update(complaint=into)
            except IntegrityError:
                continue
            moved.setdefault(label, []).append(pk)
    return moved


def _carry_back(moved: Mapping[str, Sequence[int]], *, into: Complaint, other: Complaint) -> None:
    rooms = following.carried()
    for label, pks in moved.items():
        if label in rooms:
            rooms[label].rows.filter(pk__in=pks, complaint=into).update(complaint=other)


def _nothing_settled_since(event: Event, other: Complaint) -> None:
    """Whatever came along stands as it came: a promise that was kept here since was kept to this one."""
    moved = event.content.data["carried"]
    named = {
        carried.told_as: set(moved.get(label, ())) for label, carried in following.carried().items() if carried.told_as
    }
    later = event.complaint.events.filter(sequence__gt=event.sequence).select_related("content")
    for one in later:
        if any(one.content.data.get(name) in pks for name, pks in named.items()):
            raise UnableToTakeApart(
                _("Something that came with #%(number)s was settled here since: they stay together.")
                % {"number": other.number}
            )


def _links_of(other: Complaint, into: Complaint) -> list[tuple[Complaint, str]]:
    """The links of the other one that this one does not have yet, save those between the two."""
    known = set(Link.objects.filter(complaint=into).values_list("other", flat=True)) | {into.pk}
    part_of = Link.objects.filter(complaint=into, how=How.PART_OF).exists()
    rows = Link.objects.filter(complaint=other).select_related("other").order_by("pk")
    return [
        (row.other, row.how) for row in rows if row.other_id not in known and (row.how == How.SAME_CAUSE or not part_of)
    ]


def _tags_of(other: Complaint, into: Complaint) -> dict[str, Any]:
    """The tags of the other one that this one does not carry yet, as far as there is room."""
    known = set(Tagging.objects.filter(complaint=into).values_list("tag", flat=True))
    rows = Tagging.objects.filter(complaint=other).exclude(tag__in=known).select_related("tag").order_by("pk")
    fresh = [row.tag for row in rows][: max(0, tags.MOST - len(known))]
    return {"tags": [tag.pk for tag in fresh], "names": [tag.name for tag in fresh]} if fresh else {}


def _fields_of(other: Complaint, into: Complaint) -> dict[str, Any]:
    """What fields say of the other one and do not say of this one."""
    known = set(FieldValue.objects.filter(complaint=into).values_list("field", flat=True))
    rows = FieldValue.objects.filter(complaint=other).exclude(field__in=known).select_related("field").order_by("pk")
    told: dict[str, list[str]] = {}
    for row in rows:
        told.setdefault(str(row.field_id), []).append(row.text)
    names = dict.fromkeys(row.field.name for row in rows)
    return {"fields": told, "what": ", ".join(names)} if told else {}


def _waits_of(other: Complaint) -> list[dict[str, Any]]:
    """Whom the other one waits for outside, as events told it last."""
    waiting: dict[str, dict[str, Any]] = {}
    if other.stage not in OPEN:
        return []
    for event in whole.stories([other.pk])[other.pk]:
        party = str(event.data.get("party") or event.data.get("who", ""))
        if event.kind == EventKind.WAITING_ON_THIRD_PARTY:
            waiting[party] = dict(event.data)
        elif event.kind == EventKind.THIRD_PARTY_ANSWERED and event.data.get("answer") != "news":
            waiting.pop(party, None)
        elif event.kind in {EventKind.CONTENT, EventKind.CLOSED}:
            waiting = {}
    return list(waiting.values())


# Taking it back.


def _stands(event: Event) -> bool:
    told = event.complaint.events.filter(kind=EventKind.UNDONE).values_list("kind", "content__data")
    return (event.kind, event.at) not in timeline.taken_back(told)


def _is_of(one: Event, into: Complaint, other: Complaint) -> bool:
    return one.kind in {EventKind.LINKED, EventKind.UNLINKED} and one.content.data.get("other") in {into.pk, other.pk}


def _back(complaint: Complaint, *, kind: str, event: Event, by: Agent, now: datetime) -> None:
    append_here(
        complaint=complaint,
        kind=EventKind.UNDONE,
        by=By.AGENT,
        agent=by,
        data={"kind": kind, "at": event.at.isoformat(), "number": event.content.data["number"]},
        now=now,
    )


def _has_an_owner(complaint: Complaint, *, now: datetime) -> None:
    """Who owned it may have left while it was part of another one."""
    owner = Agent.objects.get(pk=complaint.owner_id)
    if complaint.stage in {Stage.RECEIVED, Stage.ANSWERED} and not owner.is_active:
        to = choose_owner(language=complaint.language, team=complaint.team, now=now)
        reason = _("%(name)s does not work here any more.") % {"name": owner.name}
        hand_over_by_desk(complaint=complaint, to=to, reason=reason, now=now)


def _lock(*complaints: Complaint) -> None:
    """Lock both in one order, so that two who merge them at once do not wait for each other for ever."""
    for one in sorted(complaints, key=lambda one: one.pk):
        lock_itself(one)
