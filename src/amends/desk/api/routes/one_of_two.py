"""One of two and two of one: complaints merged and split, records of one person joined, and each way back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Router

from amends.desk.api import once, queries
from amends.desk.api.door import needs
from amends.desk.api.problems import Problem
from amends.desk.api.routes.common import KEY, Number, Pk, agent_of, answers, find, refusals
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


@router.get(
    "complaints/{number}/parts",
    auth=needs(Scope.READ_COMPLAINTS),
    response=answers(200, PartsOut, may=("not-found",)),
    operation_id="list_parts",
    summary=_("List what was merged into a complaint, and what may be split off"),
)
def list_parts(request: HttpRequest, number: Number) -> PartsOut:
    """List what was merged into it or split off and can be taken back, and the messages that may be split off."""
    del request
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


@router.post(
    "complaints/{number}/merge",
    auth=needs(Scope.WRITE_COMPLAINTS),
    response=answers(200, MergedOut, may=("not-found", "unable")),
    operation_id="merge",
    summary=_("Let another complaint go on in this one"),
    openapi_extra={"parameters": [KEY]},
)
def merge(request: HttpRequest, number: Number, told: MergeIn) -> HttpResponse:
    """Let another one go on in this one, which keeps its owner and its number; `event` takes it back.

    Those of two customers are merged only where `same_person` says that these are one person.
    """
    now, agent = timezone.now(), agent_of(request)

    def act() -> MergedOut:
        complaint, other = find(number), find(told.number)
        with refusals():
            event = merging.merge(other=other, into=complaint, by=agent, same_person=told.same_person, now=now)
        return MergedOut(number=complaint.number, other=other.number, event=event.pk)

    return once.once(request, act=act, now=now)


@router.post(
    "complaints/{number}/split",
    auth=needs(Scope.WRITE_COMPLAINTS),
    response=answers(201, SplitOut, may=("not-found", "unable")),
    operation_id="split",
    summary=_("Make a complaint of its own out of some messages"),
    openapi_extra={"parameters": [KEY]},
)
def split(request: HttpRequest, number: Number, told: SplitIn) -> HttpResponse:
    """Split messages off, as `list_parts` names them: with the same customer and owner, told on both."""
    now, agent = timezone.now(), agent_of(request)

    def act() -> SplitOut:
        complaint = find(number)
        with refusals():
            new, event = splitting.split(
                complaint=complaint, events=told.events, by=agent, subject=told.subject, now=now
            )
        return SplitOut(number=complaint.number, new=new.number, event=event.pk)

    return once.once(request, act=act, status=201, now=now)


@router.post(
    "complaints/{number}/take-apart",
    auth=needs(Scope.WRITE_COMPLAINTS),
    response=answers(200, MergedOut, may=("not-found", "unable")),
    operation_id="take_apart",
    summary=_("Take back a merging or a split"),
    openapi_extra={"parameters": [KEY]},
)
def take_apart(request: HttpRequest, number: Number, told: ApartIn) -> HttpResponse:
    """Take a merged complaint out again as it stood, or put back what was split off; `list_parts` names the event."""
    now, agent = timezone.now(), agent_of(request)

    def act() -> MergedOut:
        complaint = find(number)
        event = Event.objects.select_related("complaint", "content").filter(
            pk=told.event, complaint=complaint, kind__in=BOTH
        ).first()  # fmt: skip
        if event is None:
            raise Problem("not-found")
        with refusals():
            other = _take_back(event, by=agent)
        return MergedOut(number=complaint.number, other=other.number, event=event.pk)

    def _take_back(event: Event, *, by: Agent) -> Complaint:
        if event.kind == EventKind.MERGED:
            return merging.take_apart(event=event, by=by, now=now)
        return splitting.put_back(event=event, by=by, now=now)

    return once.once(request, act=act, now=now)


# ── Records of one person ────────────────────────────────────────────────────


@router.get(
    "complaints/{number}/records",
    auth=needs(Scope.READ_CUSTOMERS),
    response=answers(200, RecordsOut, may=("not-found",)),
    operation_id="list_records",
    summary=_("List other records that may be of the same person"),
)
def list_records(request: HttpRequest, number: Number) -> RecordsOut:
    """List the records that may be of the customer of a complaint, the surest first, and those that were joined."""
    return _records(find(number), reader=agent_of(request))


@router.post(
    "complaints/{number}/records/join",
    auth=needs(Scope.WRITE_CUSTOMERS),
    response=answers(200, RecordsOut, may=("not-found", "unable")),
    operation_id="join_records",
    summary=_("Join two records of one person"),
    openapi_extra={"parameters": [KEY]},
)
def join_records(request: HttpRequest, number: Number, told: JoinIn) -> HttpResponse:
    """Let another record go into that of the customer of this complaint. Say `same_person` only where you know it."""
    now, agent = timezone.now(), agent_of(request)

    def act() -> RecordsOut:
        complaint, other = find(number), _other(told.record)
        with refusals():
            one_person.join(other=other, into=complaint.customer, by=agent, now=now)
        return _records(find(number), reader=agent)

    return once.once(request, act=act, now=now)


@router.post(
    "complaints/{number}/records/{pk}/take-apart",
    auth=needs(Scope.WRITE_CUSTOMERS),
    response=answers(200, RecordsOut, may=("not-found", "unable")),
    operation_id="part_records",
    summary=_("Take two joined records apart"),
    openapi_extra={"parameters": [KEY]},
)
def part_records(request: HttpRequest, number: Number, pk: Pk) -> HttpResponse:
    """Make two records of it again, each with what was its own; `list_records` names what was joined."""
    now, agent = timezone.now(), agent_of(request)

    def act() -> RecordsOut:
        joining = Joining.objects.filter(pk=pk, into=find(number).customer_id).first()
        if joining is None:
            raise Problem("not-found")
        with refusals():
            one_person.take_apart(joining=joining, by=agent, now=now)
        return _records(find(number), reader=agent)

    return once.once(request, act=act, now=now)


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
