"""One of two and two of one: complaints merged and split, records of one person joined, and each way back."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Router

from amends.desk.api import queries
from amends.desk.api.problems import Problem
from amends.desk.api.routes.common import Call, Number, Pk, acts, find, reads
from amends.desk.api.schemas import (
    AlikeOut,
    ApartIn,
    JoinedOut,
    JoinIn,
    MergedOut,
    MergeIn,
    PartOut,
    PartsOut,
    RecordsOut,
    SplitIn,
    SplitOut,
    ToSplitOut,
)
from amends.desk.api.scopes import Scope
from amends.desk.complaints import merging, one_person, splitting, timeline
from amends.desk.complaints.models import Complaint, Event, EventKind
from amends.desk.complaints.visible import visible
from amends.desk.customers.models import Customer, Joining
from amends.desk.people.models import Agent

router = Router()
BOTH = (EventKind.MERGED, EventKind.SPLIT)


# ── Complaints ───────────────────────────────────────────────────────────────


@reads(
    router,
    "complaints/{number}/parts",
    scope=Scope.READ_COMPLAINTS,
    summary=_("List what was merged into a complaint, and what may be split off"),
)
def list_parts(_call: Call, number: Number) -> PartsOut:
    """List what was merged into it or split off and can be taken back, and the messages that may be split off."""
    complaint = find(number)
    undone = timeline.taken_back(complaint.events.filter(kind=EventKind.UNDONE).values_list("kind", "content__data"))
    rows = complaint.events.filter(kind__in=BOTH).select_related("content").order_by("sequence")
    return PartsOut(
        number=complaint.number,
        parts=[
            PartOut(event=one.pk, what=one.kind, number=int(one.content.data["number"]), at=one.at)
            for one in rows
            if (one.kind, one.at) not in undone
        ],
        to_split=[
            ToSplitOut(event=one.pk, kind=one.kind, at=one.at, text=one.content.text)
            for one in splitting.to_choose(complaint=complaint)
        ],
    )


@acts(
    router.post,
    "complaints/{number}/merge",
    scope=Scope.WRITE_COMPLAINTS,
    summary=_("Let another complaint go on in this one"),
)
def merge(call: Call, number: Number, told: MergeIn) -> MergedOut:
    """Let another one go on in this one, which keeps its owner and its number; `event` takes it back.

    Those of two customers are merged only where `same_person` says that these are one person.
    """
    complaint, other = find(number), find(told.number)
    event = merging.merge(other=other, into=complaint, by=call.agent, same_person=told.same_person, now=call.now)
    return MergedOut(number=complaint.number, other=other.number, event=event.pk)


@acts(
    router.post,
    "complaints/{number}/split",
    scope=Scope.WRITE_COMPLAINTS,
    status=201,
    summary=_("Make a complaint of its own out of some messages"),
)
def split(call: Call, number: Number, told: SplitIn) -> SplitOut:
    """Split messages off, as `list_parts` names them: with the same customer and owner, told on both."""
    complaint = find(number)
    new, event = splitting.split(
        complaint=complaint, events=told.events, by=call.agent, subject=told.subject, now=call.now
    )
    return SplitOut(number=complaint.number, new=new.number, event=event.pk)


@acts(
    router.post,
    "complaints/{number}/take-apart",
    scope=Scope.WRITE_COMPLAINTS,
    summary=_("Take back a merging or a split"),
)
def take_apart(call: Call, number: Number, told: ApartIn) -> MergedOut:
    """Take a merged complaint out again as it stood, or put back what was split off; `list_parts` names the event."""
    complaint = find(number)
    rows = Event.objects.select_related("complaint", "content").filter(complaint=complaint, kind__in=BOTH)
    event = get_object_or_404(rows, pk=told.event)
    back = merging.take_apart if event.kind == EventKind.MERGED else splitting.put_back
    other = back(event=event, by=call.agent, now=call.now)
    return MergedOut(number=complaint.number, other=other.number, event=event.pk)


# ── Records of one person ────────────────────────────────────────────────────


@reads(
    router,
    "complaints/{number}/records",
    scope=Scope.READ_CUSTOMERS,
    summary=_("List other records that may be of the same person"),
)
def list_records(call: Call, number: Number) -> RecordsOut:
    """List the records that may be of the customer of a complaint, the surest first, and those that were joined."""
    return _records(find(number), reader=call.agent)


@acts(
    router.post,
    "complaints/{number}/records/join",
    scope=Scope.WRITE_CUSTOMERS,
    summary=_("Join two records of one person"),
)
def join_records(call: Call, number: Number, told: JoinIn) -> RecordsOut:
    """Let another record go into that of the customer of this complaint. Say `same_person` only where you know it."""
    complaint, other = find(number), _other(told.record)
    one_person.join(other=other, into=complaint.customer, by=call.agent, now=call.now)
    return _records(find(number), reader=call.agent)


@acts(
    router.post,
    "complaints/{number}/records/{pk}/take-apart",
    scope=Scope.WRITE_CUSTOMERS,
    summary=_("Take two joined records apart"),
)
def part_records(call: Call, number: Number, pk: Pk) -> RecordsOut:
    """Make two records of it again, each with what was its own; `list_records` names what was joined."""
    joining = get_object_or_404(Joining, pk=pk, into=find(number).customer_id)
    one_person.take_apart(joining=joining, by=call.agent, now=call.now)
    return _records(find(number), reader=call.agent)


def _other(pk: int) -> Customer:
    """The record that goes; one of whom everything is behind a wall is not there.

    :raises Problem: if there is none
    """
    found = queries.customer(pk=pk)
    theirs = Complaint.objects.filter(customer=pk)
    if found is None or (theirs.exists() and not theirs.filter(visible()).exists()):
        raise Problem("not-found")
    return found


def _records(complaint: Complaint, *, reader: Agent) -> RecordsOut:
    customer = complaint.customer
    return RecordsOut(
        customer_id=customer.pk,
        customer_name=customer.name,
        alike=[
            AlikeOut(
                id=one.customer.pk,
                name=one.customer.name,
                why=one.why,
                ways=list(one.ways),
                complaints=one.complaints,
                newest=one.newest or None,
            )
            for one in one_person.candidates(customer=customer, reader=reader)
        ],
        joined=[JoinedOut.model_validate(one, from_attributes=True) for one in one_person.joined(customer=customer)],
    )
