"""Asking for a yes above one's own limit. A request ends once: yes, no, or taken back.

Whoever may say yes answers in the desk or from a letter. After so much of their working time it goes up one step, from
a lead to a manager; whoever was asked before may still answer. The last guard is the condition in each update: of two
who answer at once, or of an answer and the clock, one is first and the other hears that it was.
"""

from __future__ import annotations

from datetime import datetime

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import By, Complaint, Event, EventKind, Stage
from amends.desk.customers.words import one_line
from amends.desk.jobs.groups import Patience, in_groups
from amends.desk.people.models import Agent
from amends.desk.remedies import room
from amends.desk.remedies.actions import Plan, UnableToPutRight, carry_out, checked
from amends.desk.remedies.models import Remedy, Request, RequestState

SALT = "amends.remedies.request"
LINK_HOLDS = 3 * 24 * 3600  # seconds: over a weekend, and not for as long as a letter lies about
BATCH = 200
_patience = Patience()


class UnableToAsk(Exception):
    """Nobody could say yes, or nothing is left to ask."""


class UnableToAnswer(Exception):
    """The request has ended, or somebody else has to answer it."""


@transaction.atomic
def ask(*, complaint: Complaint, by: Agent, plan: Plan, now: datetime) -> Request:
    """Ask whoever can say yes to a remedy above one's limit: a lead first, then a manager.

    :raises UnableToAsk: if nobody else here could say yes
    :raises UnableToPutRight: if something in the plan does not do
    """
    complaint = Complaint.objects.select_for_update(of=("self",)).select_related("customer").get(pk=complaint.pk)
    plan = checked(plan, now=now)
    if not plan.reason:
        raise UnableToPutRight(_("Write in a few words why: it is what the other person decides by."))
    found = room.whom_to_ask(complaint=complaint, by=by, cost=plan.cost, currency=plan.currency, step=0, now=now)
    if found is None:
        raise UnableToAsk(_("Nobody else here may say yes to so much. An administrator can give more room."))
    asked, step = found
    request = Request.objects.create(
        complaint=complaint,
        by=by,
        at=now,
        kind=plan.kind,
        what=plan.what,
        cost=plan.cost,
        currency=plan.currency,
        is_exception=plan.is_exception,
        rule=plan.rule,
        reason=plan.reason,
        carrier=plan.carrier,
        carrier_team=plan.carrier_team,
        carrier_name=plan.carrier_name,
        due_at=plan.due_at,
        asked=asked,
        asked_at=now,
        step=step,
        goes_up_at=room.answer_by(agent=asked, now=now, minutes=room.ground().answer_minutes),
    )
    _tell_asked(request, complaint=complaint, agent=by, now=now)
    return request


@transaction.atomic
def answer(*, request: Request, by: Agent, yes: bool, words: str = "", now: datetime) -> Remedy | None:
    """Say yes or no. A yes puts it right at once; return the remedy.

    :raises UnableToAnswer: if it has ended, or is not theirs to answer, or a no gives no reason
    """
    complaint, request = _locked(request)
    words = one_line(words, limit=300)
    if request.state != RequestState.WAITING:
        raise UnableToAnswer(ended(request))
    if not room.may_answer(agent=by, complaint=complaint, by=request.by, cost=request.cost, currency=request.currency):
        raise UnableToAnswer(_("Somebody with more room has to answer this."))
    if not yes and not words:
        raise UnableToAnswer(_("Say in a few words why not, and what could be done instead."))
    state = RequestState.AGREED if yes else RequestState.REFUSED
    _end(request, state, by=by, words=words, now=now)
    _tell_ended(request, complaint=complaint, agent=by, now=now)
    if not yes:
        return None
    remedy = carry_out(complaint=complaint, by=request.by, plan=_plan(request, now=now), agreed_by=by, now=now)
    Request.objects.filter(pk=request.pk).update(remedy=remedy)
    return remedy


@transaction.atomic
def take_back(*, request: Request, by: Agent | None, now: datetime) -> None:
    """Take a request back: who asked needs it no more, or the complaint has ended.

    :raises UnableToAnswer: if it has ended
    """
    complaint, request = _locked(request)
    if request.state != RequestState.WAITING:
        raise UnableToAnswer(ended(request))
    _end(request, RequestState.WITHDRAWN, by=by, words="", now=now)
    _tell_ended(request, complaint=complaint, agent=by, now=now)


def look_after(*, now: datetime) -> int:
    """Let requests go up whose time has passed, and take back those of complaints that have ended; return how many.

    Each is a transaction of its own and is looked at again under its lock, so that two workers say everything once.

    :raises PartlyFailed: once all the others are done, if there are requests with which it did not work
    """
    waiting = Request.objects.filter(state=RequestState.WAITING).exclude(pk__in=_patience.left_alone(now=now))
    ended_ = waiting.filter(complaint__stage__in=[Stage.RESOLVED, Stage.CLOSED]).order_by("pk")
    late = waiting.filter(goes_up_at__lte=now).order_by("goes_up_at", "pk")
    spoken = in_groups(
        [*ended_.values_list("pk", flat=True)[:BATCH], *late.values_list("pk", flat=True)[:BATCH]],
        lambda one: _look_at(one[0], now=now),
        key=int,
        patience=_patience,
        now=now,
        at_once=1,
    )
    _patience.tell(now=now)
    return spoken


@transaction.atomic
def _look_at(pk: int, *, now: datetime) -> bool:
    complaint, request = _locked(Request.objects.only("complaint").get(pk=pk))
    if request.state != RequestState.WAITING:
        return False
    if complaint.stage in {Stage.RESOLVED, Stage.CLOSED}:
        _end(request, RequestState.WITHDRAWN, by=None, words="", now=now)
        _tell_ended(request, complaint=complaint, agent=None, now=now)
        return True
    if request.goes_up_at is None or request.goes_up_at > now:
        return False
    found = room.whom_to_ask(
        complaint=complaint,
        by=request.by,
        cost=request.cost,
        currency=request.currency,
        step=request.step + 1,
        now=now,
        without={request.asked_id},
    )
    before = request.goes_up_at
    if found is None:
        request.goes_up_at = None  # nobody stands above: it waits on, and its owner knows
    else:
        request.asked, request.step = found
        request.asked_at = now
        request.goes_up_at = room.answer_by(agent=request.asked, now=now, minutes=room.ground().answer_minutes)
    moved = Request.objects.filter(pk=pk, state=RequestState.WAITING, goes_up_at=before).update(
        asked=request.asked, step=request.step, asked_at=request.asked_at, goes_up_at=request.goes_up_at
    )
    if not moved:
        return False
    if found is None:
        _tell(request, EventKind.ROOM_ASKED, complaint=complaint, agent=None, now=now, to=None)
    else:
        _tell_asked(request, complaint=complaint, agent=None, now=now)
    return True


def ended(request: Request) -> str:
    """Say how a request ended, to somebody who comes too late."""
    who = request.answered_by.name if request.answered_by is not None else ""
    match request.state:
        case RequestState.AGREED:
            return _("%(name)s has said yes already.") % {"name": who}
        case RequestState.REFUSED:
            return _("%(name)s has said no already.") % {"name": who}
        case _:
            return _("This request was taken back. Nothing is left to decide.")


# The link in a letter.


def link_token(*, request: Request, agent: Agent) -> str:
    """Sign whom a letter asks about what; the link holds for three days and while the request waits."""
    return signing.dumps({"r": request.pk, "a": agent.pk}, salt=SALT)


def from_link(*, token: str) -> tuple[Request, Agent] | None:
    """Return the request and who was asked; nothing for a link that is false, too old, or of somebody who left."""
    try:
        told = signing.loads(token, salt=SALT, max_age=LINK_HOLDS)
    except signing.BadSignature:
        return None
    related = ("complaint__customer", "by", "answered_by", "rule")
    request = Request.objects.select_related(*related).filter(pk=told["r"]).first()
    agent = Agent.objects.filter(pk=told["a"], is_active=True).first()
    return (request, agent) if request is not None and agent is not None else None


def _plan(request: Request, *, now: datetime) -> Plan:
    """What was asked for, now that it may be done; a time that has passed while we waited is promised to nobody."""
    due = request.due_at if request.due_at is not None and request.due_at > now else None
    return Plan(
        kind=request.kind,
        what=request.what,
        cost=request.cost,
        currency=request.currency,
        is_exception=request.is_exception,
        rule=request.rule,
        reason=request.reason,
        carrier=request.carrier,
        carrier_team=request.carrier_team,
        carrier_name=request.carrier_name,
        to_be_done=True,
        due_at=due,
    )


def _locked(request: Request) -> tuple[Complaint, Request]:
    """Lock the complaint and then the request."""
    complaint = (
        Complaint.objects.select_for_update(of=("self",)).select_related("customer").get(pk=request.complaint_id)
    )
    Request.objects.select_for_update().values_list("pk").get(pk=request.pk)
    related = ("by__team", "asked", "answered_by", "rule", "carrier_team")
    fresh = Request.objects.select_related(*related).get(pk=request.pk)
    fresh.complaint = complaint
    return complaint, fresh


def _end(request: Request, state: RequestState, *, by: Agent | None, words: str, now: datetime) -> None:
    ended_now = Request.objects.filter(pk=request.pk, state=RequestState.WAITING).update(
        state=state, answered_by=by, answered_at=now, answer=words, goes_up_at=None
    )
    if not ended_now:
        raise UnableToAnswer(_("Somebody else has just answered this."))
    request.state, request.answered_by, request.answered_at, request.answer = state, by, now, words


def _tell_asked(request: Request, *, complaint: Complaint, agent: Agent | None, now: datetime) -> None:
    """Say on the timeline who is asked now, and write to them; the letter is queued in the same transaction."""
    from amends.desk.remedies.tasks import mail_request

    _tell(request, EventKind.ROOM_ASKED, complaint=complaint, agent=agent, now=now, to=request.asked_id)
    if not request.asked.is_example:
        mail_request.enqueue(request.pk, request.asked_id)


def _tell_ended(request: Request, *, complaint: Complaint, agent: Agent | None, now: datetime) -> None:
    _tell(request, EventKind.ROOM_ANSWERED, complaint=complaint, agent=agent, now=now, to=request.by_id)


def _tell(
    request: Request, kind: EventKind, *, complaint: Complaint, agent: Agent | None, now: datetime, to: int | None
) -> Event:
    return complaints.append(
        complaint=complaint,
        kind=kind,
        by=By.SYSTEM if agent is None else By.AGENT,
        agent=agent,
        data={
            "request": request.pk,
            "kind": request.kind,
            "what": request.what,
            "cost": str(request.cost),
            "currency": request.currency,
            "bends": request.rule_id,
            "reason": request.answer or request.reason,
            "to": to,
            "answer": request.state if kind == EventKind.ROOM_ANSWERED else "",
            "goes_up": request.goes_up_at.isoformat() if request.goes_up_at is not None else "",
        },
        now=now,
    )
