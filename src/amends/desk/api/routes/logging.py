"""What was done elsewhere and is written down here: calls, what somebody outside owes, and tags."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from ninja import Router

from amends.desk.api.door import needs
from amends.desk.api.problems import not_valid
from amends.desk.api.routes.common import Call, Number, Pk, acts, agent_of, answers, done, find, reads, undertaken_of
from amends.desk.api.schemas import (
    CallIn,
    CallsIn,
    CallsOut,
    DoneOut,
    ListedCallOut,
    TagsIn,
    TagsOut,
    WaitAnswerIn,
    WaitIn,
    WaitOut,
    WaitsOut,
)
from amends.desk.api.scopes import Scope
from amends.desk.channels import actions as channels
from amends.desk.channels.models import Arrival, ArrivalState
from amends.desk.channels.phone import calls
from amends.desk.complaints import tags
from amends.desk.complaints.models import Channel, Complaint, Event, EventKind, Tagging
from amends.desk.people.models import Agent
from amends.desk.third_parties import actions as third_parties
from amends.desk.third_parties.models import Wait
from amends.desk.web.middleware import known_zone
from amends.desk.workplace import actions, outside
from amends.intake.calls import UnableToReadCallsError, from_asterisk

router = Router()


@acts(
    router.post,
    "complaints/{number}/calls",
    scope=Scope.WRITE_COMPLAINTS,
    status=201,
    summary=_("Write down a call with the customer"),
)
def log_call(call: Call, number: Number, told: CallIn) -> DoneOut:
    """Write down what was said on the telephone, and what was promised in it, for a telephone system, say."""
    complaint = find(number)
    event = actions.log_call(
        complaint=complaint,
        by=call.agent,
        minutes=told.text,
        said=told.customer_said,
        spoken_with=told.spoken_with,
        channel=told.way,
        seconds=told.seconds,
        holds=told.holds,
        undertaken=undertaken_of(told.promises),
        now=call.now,
    )
    return done(complaint, event)


@router.post(
    "calls",
    auth=needs(Scope.WRITE_COMPLAINTS),
    response=answers(200, CallsOut),
    operation_id="take_in_calls",
    summary=_("Take in calls that a telephone system tells of"),
)
def take_in_calls(request: HttpRequest, told: CallsIn) -> CallsOut:
    """Write each call into the complaint that it is about. A call that is told again stands there once."""
    now, agent = timezone.now(), agent_of(request)
    listed = [one.model_dump(mode="json") for one in told.calls] + _of_asterisk(told)
    addresses = {one["agent"].casefold() for one in listed if one.get("agent")}  # house: allow, addresses
    people = {one.email.casefold(): one.pk for one in Agent.objects.filter(is_active=True, email__in=addresses)}
    taken = []
    for one in listed:
        by = people.get(one.pop("agent", "").casefold(), agent.pk)  # house: allow, an address
        arrival = channels.keep_raw(
            channel=Channel.PHONE,
            identity=calls.identity_of(system=told.system, call=one["id"]),
            raw=calls.to_record({**one, "by": by}),
            now=now,
        )
        event = channels.take_in(arrival=arrival, now=now)
        arrival.refresh_from_db(fields=["state"])
        taken.append(ListedCallOut(id=one["id"], **_became(arrival, event)))
    return CallsOut(calls=taken)


_KINDS = {EventKind.CALLED: "call", EventKind.ASKED_FOR_CALL: "wish"}


def _became(arrival: Arrival, event: Event | None) -> dict[str, Any]:
    if event is None:
        return {"became": "parked" if arrival.state == ArrivalState.PARKED else "set-aside", "complaint": None}
    return {"became": _KINDS.get(EventKind(event.kind), "complaint"), "complaint": event.complaint.number}


def _of_asterisk(told: CallsIn) -> list[dict[str, Any]]:
    """
    Read the lines of a Master.csv.

    :raises Problem: if one of them is no such line
    """
    zone = known_zone(told.zone)
    if zone is None:
        raise not_valid("zone", gettext("There is no such time zone."), code="not-readable")
    try:
        found = list(from_asterisk(told.asterisk, zone=zone))
    except UnableToReadCallsError as error:
        detail = gettext("Line %(line)s is no line of Master.csv, or lacks its uniqueid.") % {"line": error.line}
        raise not_valid("asterisk", detail, code="not-readable") from error
    return [{**asdict(one), "at": one.at.isoformat()} for one in found]


# ── Somebody outside ─────────────────────────────────────────────────────────


def _waits(complaint: Complaint) -> list[Wait]:
    return list(Wait.objects.filter(complaint=complaint).select_related("party").order_by("since", "pk"))


def _as_wait(wait: Wait) -> WaitOut:
    return WaitOut(
        id=wait.pk,
        who=wait.party.name,
        since=wait.since,
        last_word_at=wait.last_word_at,
        next_word_promise=wait.promise_id,
        ended_at=wait.ended_at,
        outcome=wait.outcome,
    )


@reads(
    router,
    "complaints/{number}/third-parties",
    scope=Scope.READ_COMPLAINTS,
    summary=_("List whom outside a complaint waited for"),
)
def list_waits(_call: Call, number: Number) -> WaitsOut:
    """List whom it waits for and waited for, in order, with how it ended."""
    return WaitsOut(waits=[_as_wait(wait) for wait in _waits(find(number))])


@acts(
    router.post,
    "complaints/{number}/third-parties",
    scope=Scope.REPLY,
    status=201,
    summary=_("Wait for somebody outside, and promise the customer the next word"),
)
def wait(call: Call, number: Number, told: WaitIn) -> WaitOut:
    """Wait for a carrier, a bank, a supplier. The customer is told by when they hear from us, whatever comes."""
    complaint = find(number)
    outside.wait(
        complaint=complaint,
        by=call.agent,
        who=told.who,
        until=told.until,
        told=told.told,
        own_words=told.text,
        now=call.now,
    )
    return _as_wait(_waits(complaint)[-1])


@acts(
    router.post,
    "third-parties/{pk}/answer",
    scope=Scope.WRITE_COMPLAINTS,
    summary=_("Write down what somebody outside answered"),
)
def third_party_answered(call: Call, pk: Pk, told: WaitAnswerIn) -> WaitOut:
    """Write down news, after which the wait goes on, or the yes or no with which it ends."""
    found = get_object_or_404(Wait.objects.select_related("complaint", "party"), pk=pk)
    third_parties.answered(wait=found, by=call.agent, answer=told.answer, said=told.text, now=call.now)
    found.refresh_from_db()
    return _as_wait(found)


# ── Tags ─────────────────────────────────────────────────────────────────────


def _tags(complaint: Complaint) -> TagsOut:
    carried = Tagging.objects.filter(complaint=complaint).order_by("pk").values_list("tag__name", flat=True)
    return TagsOut(number=complaint.number, tags=list(carried))


@reads(router, "complaints/{number}/tags", scope=Scope.READ_COMPLAINTS, summary=_("List the tags of a complaint"))
def list_tags(_call: Call, number: Number) -> TagsOut:
    """List what a complaint carries."""
    return _tags(find(number))


@acts(router.post, "complaints/{number}/tags", scope=Scope.WRITE_COMPLAINTS, summary=_("Put tags on a complaint"))
def tag(call: Call, number: Number, told: TagsIn) -> TagsOut:
    """Put tags on; a name that the list does not hold is added to it."""
    complaint = find(number)
    tags.put_on(complaint=complaint, names=told.tags, by=call.agent, now=call.now)
    return _tags(complaint)


@acts(
    router.post,
    "complaints/{number}/tags/take-off",
    scope=Scope.WRITE_COMPLAINTS,
    summary=_("Take tags off a complaint"),
)
def untag(call: Call, number: Number, told: TagsIn) -> TagsOut:
    """Take tags off, by the names under which they are listed."""
    complaint = find(number)
    carried = Tagging.objects.filter(complaint=complaint, tag__name__in=told.tags)
    tags.take_off(complaint=complaint, tags=list(carried.values_list("tag", flat=True)), by=call.agent, now=call.now)
    return _tags(complaint)
