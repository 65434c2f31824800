"""Time limits of a complaint: those that run, why they are due then, and what people say of a law's."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Router

from amends.desk.api.routes.common import Call, Number, Pk, acts, done, find, named, reads
from amends.desk.api.schemas import (
    DoneOut,
    GroupIn,
    LimitOut,
    LimitsOut,
    ListedOut,
    StartableOut,
    StartIn,
    SumLineOut,
    SumOut,
)
from amends.desk.api.scopes import Scope
from amends.desk.clocks import actions, queries
from amends.desk.clocks.models import Clock, CustomerGroup, GroupMember
from amends.desk.clocks.words import language
from amends.desk.complaints.models import Complaint

router = Router()


@reads(
    router,
    "complaints/{number}/time-limits",
    scope=Scope.READ_COMPLAINTS,
    summary=_("List the time limits of a complaint"),
)
def list_limits(call: Call, number: Number) -> LimitsOut:
    """List those that run or stand still, and what was missed and is not done: ours and those of laws."""
    return _limits(find(number), now=call.now)


@reads(
    router,
    "time-limits/{pk}/why",
    scope=Scope.READ_COMPLAINTS,
    summary=_("Read why a time limit is due then"),
)
def read_why(call: Call, pk: Pk) -> SumOut:
    """Read the sum behind a due time."""
    clock = get_object_or_404(Clock.objects.select_related("complaint", "rule__group"), pk=pk)
    found = queries.why(clock=clock, now=call.now)
    return SumOut(
        id=clock.pk,
        number=found.number,
        began=found.began,
        rule=found.rule,
        allowed=found.allowed,
        used=found.used,
        left=found.left,
        total=found.total,
        zone=found.zone,
        source=found.source,
        lines=[SumLineOut(when=one.when, why=one.why, counted=one.counted) for one in found.parts],
    )


@acts(
    router.post,
    "complaints/{number}/final-answer",
    scope=Scope.WRITE_COMPLAINTS,
    summary=_("Mark the last reply as the final answer of a law"),
)
def mark_final_answer(call: Call, number: Number) -> DoneOut:
    """Mark it; the customer's yes is another thing, and so is closing."""
    complaint = find(number)
    event = actions.mark_final_answer(complaint=complaint, by=call.agent, now=call.now)
    return done(Complaint.objects.get(pk=complaint.pk), event)


@acts(
    router.post,
    "complaints/{number}/time-limits",
    scope=Scope.WRITE_COMPLAINTS,
    status=201,
    summary=_("Enter the day from which a law counts"),
)
def start_limit(call: Call, number: Number, told: StartIn) -> LimitsOut:
    """Start a law's clock on a day that only people know of: a delivery, a fault that was reported."""
    complaint = find(number)
    began = datetime.combine(told.began, time.min, ZoneInfo(call.agent.time_zone))
    actions.start(complaint=complaint, by=call.agent, code=told.code, began=began, now=call.now)
    return _limits(Complaint.objects.get(pk=complaint.pk), now=call.now)


@acts(
    router.put,
    "complaints/{number}/customer-group",
    scope=Scope.WRITE_COMPLAINTS,
    summary=_("Put the customer of a complaint into a group"),
)
def put_into_group(call: Call, number: Number, told: GroupIn) -> LimitsOut:
    """Put them into a group by name, or into none; their time limits are counted anew."""
    complaint = find(number)
    actions.put_into_group(complaint=complaint, group=named(CustomerGroup.objects.all(), told.group, place="group"))
    return _limits(Complaint.objects.get(pk=complaint.pk), now=call.now)


def _limits(complaint: Complaint, *, now: datetime) -> LimitsOut:
    pane = queries.pane(complaint=complaint, now=now)
    return LimitsOut(
        number=complaint.number,
        limits=[LimitOut.model_validate(one, from_attributes=True) for one in pane.lines],
        priority=pane.priority,
        priority_reason=pane.priority_reason,
        startable=[StartableOut(code=law.id, title=law.title(language())) for law in queries.startable_laws()],
        group=GroupMember.objects.filter(customer=complaint.customer_id).values_list("group", flat=True).first(),
        groups=[ListedOut(id=one.pk, name=one.name) for one in CustomerGroup.objects.all()],
    )
