"""Reading about remedies: beside a case, as work to be carried out, as figures."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Count, F, Q, QuerySet, Sum
from django.utils.translation import get_language

from amends.desk.complaints.models import Complaint, Event, EventKind, Stage
from amends.desk.complaints.visible import visible
from amends.desk.people.models import Agent, Team
from amends.desk.remedies.models import Carrier, Fault, Remedy, Request, RequestState, Rule, RuleTrouble, State
from amends.desk.remedies.room import may_answer, room_of, who_can_agree
from amends.desk.web import questions
from amends.desk.web.questions import Blank
from amends.engine.languages.recognition import recognise

__all__ = ["limit_left", "room_of", "who_can_agree"]

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One remedy as it is shown."""

    id: int
    kind: str
    label: str
    what: str
    cost: Decimal
    currency: str
    by_name: str
    at: datetime
    is_exception: bool
    rule: str
    rule_id: int | None
    reason: str
    agreed_by_name: str
    carrier: str
    carrier_words: str
    state: str
    due_at: datetime | None
    settled_at: datetime | None
    settled_by_name: str
    number: int
    customer_name: str
    subject: str
    customer_knows: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """One request for a yes as it is shown."""

    id: int
    label: str
    what: str
    cost: Decimal
    currency: str
    rule: str
    reason: str
    by_id: int
    by_name: str
    asked_id: int
    asked_name: str
    at: datetime
    goes_up_at: datetime | None
    step: int
    state: str
    state_words: str
    answered_by_name: str
    answered_at: datetime | None
    answer: str
    number: int
    customer_name: str
    subject: str
    customer_knows: bool = True  # that we are at it: a word of ours went out since it was asked


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRow:
    """'Our fault' beside a case, with what is counted while the mark is on."""

    at: datetime
    by_name: str
    questions: int
    replies: int
    fixed_at: datetime | None
    same_day: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """Everything about putting one case right."""

    remedies: Sequence[Row]
    requests: Sequence[RequestRow]
    fault: FaultRow | None
    rule: str  # what brought the complaint about, as somebody said
    rule_id: int | None
    rules: Sequence[tuple[int, str]]

    @property
    def waiting(self) -> Sequence[RequestRow]:
        return [row for row in self.requests if row.state == RequestState.WAITING]

    @property
    def offered(self) -> bool:
        """Whether anything was done or decided to put it right."""
        return any(row.state != State.DROPPED for row in self.remedies)

    @property
    def to_tell(self) -> Row | None:
        """The first remedy that was carried out, or promised, since we wrote last: the customer does not know yet."""
        return next((row for row in self.remedies if not row.customer_knows), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FixFirst:
    """How quickly what was our fault was put right, each figure with its denominator."""

    cases: int  # marked as our fault
    fixed: int
    same_day: int  # of those that were put right
    questions: int  # asked before the fix, in all of them
    without_a_question: int  # of those that were put right
    questions_per_case: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomFigures:
    """How the room to decide was used."""

    given: int  # remedies that cost something
    alone: int  # of these, without asking anybody
    exceptions: int
    asked: int
    agreed: int
    refused: int
    waiting: int
    typical_wait: timedelta | None  # from asking to the answer


def limit_left(*, complaint: Complaint, agent: Agent, now: datetime, currency: str = "") -> Decimal:
    """Return what the agent may still spend on this complaint without asking anybody, in a currency.

    Without one it is the currency of the agent's limit.
    """
    return room_of(complaint=complaint, agent=agent, now=now, currency=currency).left


def remedies_of(*, complaint: Complaint) -> list[Row]:
    """Return a complaint's remedies, in order."""
    return _remedies_of(complaint, heard=_heard(complaint))


def _remedies_of(complaint: Complaint, *, heard: datetime | None) -> list[Row]:
    going_on = complaint.stage in {Stage.RECEIVED, Stage.ANSWERED}
    return [_row(one, heard=heard, going_on=going_on) for one in _whole().filter(complaint=complaint)]


def _heard(complaint: Complaint) -> datetime | None:
    """When the customer heard from a person of ours last."""
    spoken = Event.objects.filter(complaint=complaint, kind__in=[EventKind.REPLIED, EventKind.CALLED])
    return spoken.order_by("-sequence").values_list("at", flat=True).first()


def right_of(*, complaint: Complaint) -> Right:
    """Gather what a case's putting right looks like."""
    fault = Fault.objects.select_related("by").filter(complaint=complaint, lifted_at__isnull=True).first()
    trouble = RuleTrouble.objects.select_related("rule").filter(complaint=complaint).first()
    heard = _heard(complaint)
    asked = _requests().filter(complaint=complaint).order_by("at", "pk")
    return Right(
        remedies=_remedies_of(complaint, heard=heard),
        requests=[_request_row(one, heard=heard, going_on=True) for one in asked],
        fault=None
        if fault is None
        else FaultRow(
            at=fault.at,
            by_name=fault.by.name,
            questions=fault.questions,
            replies=fault.replies,
            fixed_at=fault.fixed_at,
            same_day=fault.same_day,
        ),
        rule=trouble.rule.title if trouble is not None else "",
        rule_id=trouble.rule_id if trouble is not None else None,
        rules=_rules_beside(complaint, trouble.rule if trouble is not None else None),
    )


def rules_in_force(*, for_complaint: Complaint | None = None) -> list[tuple[int, str]]:
    """The organisation's rules by name; those in the reader's own language first, for they are written in many.

    Beside a complaint only those in its language or the reader's are told, where there are any in the reader's: the
    same rule written for others is no choice. A rule in a language that nobody recognises is always told.
    """
    rules = Rule.objects.filter(retired_at__isnull=True).order_by("title").values_list("pk", "title", "text")
    mine = (get_language() or "en")[:2]
    told = sorted(
        ((language_of(title, text, prior=mine), pk, title) for pk, title, text in rules),
        key=lambda one: one[0] != mine,
    )
    if for_complaint is not None and any(language == mine for language, _pk, _title in told):
        wanted = {mine, for_complaint.language, ""}
        told = [one for one in told if one[0] in wanted]
    return [(pk, title) for _language, pk, title in told]


def rules_to_bend(*, complaint: Complaint, meant: Collection[str]) -> list[tuple[int, str]]:
    """The rules told beside a complaint, and those that are meant already, whatever their language."""
    beside = rules_in_force(for_complaint=complaint)
    if {one for one in meant if one.isdecimal()} <= {str(pk) for pk, _title in beside}:
        return beside
    wanted = {*meant, *(str(pk) for pk, _title in beside)}
    return [one for one in rules_in_force() if str(one[0]) in wanted]


def _rules_beside(complaint: Complaint, chosen: Rule | None) -> list[tuple[int, str]]:
    """The rules among which one is chosen beside a complaint, and the one that was chosen, whatever its language."""
    rules = rules_in_force(for_complaint=complaint)
    if chosen is None or chosen.pk in {pk for pk, _title in rules}:
        return rules
    return [*rules, (chosen.pk, chosen.title)]


def language_of(title: str, text: str, *, prior: str) -> str:
    """The language in which a rule is written: by its text, for a title of two words tells little."""
    return recognise(f"{title}. {text}", prior=prior)[:2]


def to_carry_out(*, team: Team | None = None) -> list[Row]:
    """What is to be carried out, by a team or by all, the next one first.

    A remedy that our own team carries is the work of the team that has the complaint.
    """
    rows = _whole().filter(visible("complaint__"), state=State.TO_DO)
    if team is not None:
        ours = Q(complaint__team=team) | Q(complaint__team__isnull=True, complaint__owner__team=team)
        rows = rows.filter(Q(carrier=Carrier.TEAM, carrier_team=team) | (~Q(carrier=Carrier.TEAM) & ours))
    found = [_row(one, heard=None, going_on=False) for one in rows[:MOST_SHOWN]]
    return sorted(found, key=lambda row: (row.due_at is None, row.due_at or row.at))


def carried_out(*, team: Team | None = None, limit: int = 20) -> list[Row]:
    """What was carried out last of what had to be."""
    done = _whole().filter(visible("complaint__"), state=State.DONE, settled_at__gt=F("at"))
    rows = done.order_by("-settled_at")
    if team is not None:
        rows = rows.filter(Q(carrier_team=team) | Q(complaint__team=team))
    return [_row(one, heard=None, going_on=False) for one in rows[:limit]]


def requests_for(*, agent: Agent) -> list[RequestRow]:
    """The waiting requests that somebody may answer, those that are asked of them first, then by their time."""
    rows = [
        _request_row(one)
        for one in _requests().filter(state=RequestState.WAITING)
        if may_answer(agent=agent, complaint=one.complaint, by=one.by, cost=one.cost, currency=one.currency)
    ]
    return sorted(rows, key=lambda row: (row.asked_id != agent.pk, row.goes_up_at or row.at, row.id))


def asked_by(*, agent: Agent, limit: int = 30) -> list[RequestRow]:
    """What somebody has asked for, the newest first."""
    return [_request_row(one) for one in _requests().filter(by=agent).order_by("-at", "-pk")[:limit]]


def answered(*, limit: int = 30) -> list[RequestRow]:
    """What was answered last."""
    ended = _requests().exclude(state=RequestState.WAITING).order_by("-answered_at", "-pk")
    return [_request_row(one) for one in ended[:limit]]


def count_for(*, agent: Agent) -> int:
    """How many requests are asked of somebody now."""
    return counted_for(agent=agent).asked()


def counted_for(*, agent: Agent) -> questions.Count:
    """The same, to be asked together with other counts."""
    return questions.Count("requests", _asked_of, {"agent": agent.pk})


def _asked_of() -> QuerySet[Any, Any]:
    agent = Blank("agent", BigIntegerField())
    return Request.objects.filter(state=RequestState.WAITING, asked=agent).order_by().values("pk")


def request_row(*, request: Request) -> RequestRow:
    """One request as it is shown."""
    return _request_row(_requests().get(pk=request.pk))


def fix_first(*, since: datetime, until: datetime, team: Team | None = None) -> FixFirst:
    """Count cases that came in within a time and are marked as our fault."""
    faults = Fault.objects.filter(
        lifted_at__isnull=True, complaint__received_at__gte=since, complaint__received_at__lt=until
    )
    if team is not None:
        faults = faults.filter(complaint__team=team)
    fixed = Q(fixed_at__isnull=False)
    told = faults.aggregate(
        cases=Count("pk"),
        fixed=Count("pk", filter=fixed),
        same_day=Count("pk", filter=fixed & Q(same_day=True)),
        asked=Sum("questions", default=0),
        silent=Count("pk", filter=fixed & Q(questions=0)),
    )
    return FixFirst(
        cases=told["cases"],
        fixed=told["fixed"],
        same_day=told["same_day"],
        questions=told["asked"],
        without_a_question=told["silent"],
        questions_per_case=told["asked"] / told["cases"] if told["cases"] else None,
    )


def room_figures(*, since: datetime, until: datetime) -> RoomFigures:
    """Count how the room to decide was used within a time."""
    given = Remedy.objects.filter(at__gte=since, at__lt=until, cost__gt=0).exclude(state=State.DROPPED)
    bent = Remedy.objects.filter(at__gte=since, at__lt=until, is_exception=True).exclude(state=State.DROPPED)
    requests = Request.objects.filter(at__gte=since, at__lt=until)
    by_state = dict(requests.order_by().values_list("state").annotate(Count("pk")))
    told = requests.filter(state__in=[RequestState.AGREED, RequestState.REFUSED], answered_at__isnull=False)
    waits = sorted(one.answered_at - one.at for one in told if one.answered_at is not None)
    return RoomFigures(
        given=given.count(),
        alone=given.filter(agreed_by__isnull=True).count(),
        exceptions=bent.count(),
        asked=sum(by_state.values()),
        agreed=by_state.get(RequestState.AGREED, 0),
        refused=by_state.get(RequestState.REFUSED, 0),
        waiting=by_state.get(RequestState.WAITING, 0),
        typical_wait=waits[len(waits) // 2] if waits else None,
    )


def _whole() -> QuerySet[Remedy]:
    return Remedy.objects.select_related(
        "complaint__customer", "by", "agreed_by", "rule", "carrier_team", "promise", "settled_by"
    ).order_by("at", "pk")


def _requests() -> QuerySet[Request]:
    seen = Request.objects.filter(visible("complaint__"))
    return seen.select_related("complaint__customer", "by__team", "asked", "answered_by", "rule")


def _row(remedy: Remedy, *, heard: datetime | None, going_on: bool) -> Row:
    later = remedy.settled_at is not None and remedy.settled_at > remedy.at
    unheard = heard is None or heard < (remedy.settled_at or remedy.at)
    # What is done at once is told with it or seen; a time that was named for later is a promise nobody heard yet.
    owed = remedy.state == State.TO_DO and remedy.promise is not None
    unknown = going_on and unheard and (owed or (remedy.state == State.DONE and later))
    return Row(
        id=remedy.pk,
        kind=remedy.kind,
        label=remedy.get_kind_display(),
        what=remedy.what,
        cost=remedy.cost,
        currency=remedy.currency,
        by_name=remedy.by.name,
        at=remedy.at,
        is_exception=remedy.is_exception,
        rule=remedy.rule.title if remedy.rule is not None else "",
        rule_id=remedy.rule_id,
        reason=remedy.reason,
        agreed_by_name=remedy.agreed_by.name if remedy.agreed_by is not None else "",
        carrier=remedy.carrier,
        carrier_words=_carrier(remedy),
        state=remedy.state,
        due_at=remedy.promise.due_at if remedy.promise is not None else None,
        settled_at=remedy.settled_at,
        settled_by_name=remedy.settled_by.name if remedy.settled_by is not None else "",
        number=remedy.complaint.number,
        customer_name=remedy.complaint.customer.name,
        subject=remedy.complaint.subject,
        customer_knows=not unknown,
    )


def _carrier(remedy: Remedy) -> str:
    match remedy.carrier:
        case Carrier.TEAM:
            return remedy.carrier_team.name if remedy.carrier_team is not None else ""
        case Carrier.THIRD_PARTY:
            return remedy.carrier_name
        case _:
            return ""


def _request_row(request: Request, *, heard: datetime | None = None, going_on: bool = False) -> RequestRow:
    return RequestRow(
        id=request.pk,
        label=request.get_kind_display(),
        what=request.what,
        cost=request.cost,
        currency=request.currency,
        rule=request.rule.title if request.rule is not None else "",
        reason=request.reason,
        by_id=request.by_id,
        by_name=request.by.name,
        asked_id=request.asked_id,
        asked_name=request.asked.name,
        at=request.at,
        goes_up_at=request.goes_up_at,
        step=request.step,
        state=request.state,
        state_words=request.get_state_display(),
        answered_by_name=request.answered_by.name if request.answered_by is not None else "",
        answered_at=request.answered_at,
        answer=request.answer,
        number=request.complaint.number,
        customer_name=request.complaint.customer.name,
        subject=request.complaint.subject,
        customer_knows=not going_on or (heard is not None and heard >= request.at),
    )
