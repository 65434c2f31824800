"""The ledger of promises."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Router

from amends.desk.api import once
from amends.desk.api.door import needs
from amends.desk.api.problems import Problem
from amends.desk.api.routes.common import KEY, Number, Pk, agent_of, answers, find, refusals
from amends.desk.api.schemas import MoveIn, PromiseIn, PromiseOut, PromisesOut, YesIn
from amends.desk.api.scopes import Scope
from amends.desk.complaints.models import Complaint
from amends.desk.promises import actions, queries
from amends.desk.promises.models import Promise
from amends.desk.workplace.ledger import promise_by_hand

router = Router()


def as_promise(promise: Promise) -> PromiseOut:
    complaint = promise.complaint
    return PromiseOut(
        id=promise.pk,
        number=complaint.number,
        words=promise.words,
        made_at=promise.made_at,
        due_at=promise.due_at,
        whole_day=promise.whole_day,
        state=promise.state,
        moved=promise.moved,
        every=promise.every,
        owner_id=complaint.owner_id,
        owner_name=complaint.owner.name,
        told_in_advance=promise.notice_at is not None,
    )


def promise_rows(complaint: Complaint) -> list[PromiseOut]:
    """Every promise of a complaint, in the order in which they were made."""
    rows = queries.all_for(complaint=complaint)
    return [PromiseOut.model_validate(row, from_attributes=True) for row in rows]


@router.get(
    "complaints/{number}/promises",
    auth=needs(Scope.READ_PROMISES),
    response=answers(200, PromisesOut, may=("not-found",)),
    operation_id="list_promises",
    summary=_("List the promises of a complaint"),
)
def list_promises(request: HttpRequest, number: Number) -> PromisesOut:
    """List every promise of a complaint, in the order in which they were made."""
    del request
    return PromisesOut(promises=promise_rows(find(number)))


@router.get(
    "promises",
    auth=needs(Scope.READ_PROMISES),
    response=answers(200, PromisesOut),
    operation_id="open_promises",
    summary=_("List the open promises of the person for whom the token acts"),
)
def open_promises(request: HttpRequest) -> PromisesOut:
    """List what that person owes to customers: broken and not made good first, then by when it falls due."""
    board = queries.board(agent=agent_of(request), now=timezone.now())
    today = [card for hour in board.today for card in hour.cards]
    cards = [*board.broken, *today, *board.tomorrow, *board.week, *board.later]
    return PromisesOut(promises=[PromiseOut.model_validate(card, from_attributes=True) for card in cards])


@router.post(
    "complaints/{number}/promises",
    auth=needs(Scope.WRITE_PROMISES),
    response=answers(201, PromiseOut, may=("not-found", "unable")),
    operation_id="add_promise",
    summary=_("Write down a promise that was made aloud"),
    openapi_extra={"parameters": [KEY]},
)
def add_promise(request: HttpRequest, number: Number, told: PromiseIn) -> HttpResponse:
    """Write down what was promised on the telephone or face to face: it enters the ledger, and is warned of in time."""
    now, agent = timezone.now(), agent_of(request)

    def act() -> PromiseOut:
        complaint = find(number)
        with refusals():
            promise = promise_by_hand(
                complaint=complaint,
                by=agent,
                words=told.words,
                due_at=told.due_at,
                every=told.every,
                told_in=told.told_in,
                now=now,
            )
        return _again(promise)

    return once.once(request, act=act, status=201, now=now)


@router.post(
    "promises/{pk}/keep",
    auth=needs(Scope.WRITE_PROMISES),
    response=answers(200, PromiseOut, may=("not-found", "unable")),
    operation_id="keep_promise",
    summary=_("Say that a promise was kept"),
    openapi_extra={"parameters": [KEY]},
)
def keep_promise(request: HttpRequest, pk: Pk) -> HttpResponse:
    """Say that a promise was kept; one that comes again is open again for its next time."""
    now, agent = timezone.now(), agent_of(request)
    return _settle(request, pk, lambda promise: actions.keep(promise=promise, by=agent, now=now))


@router.post(
    "promises/{pk}/move",
    auth=needs(Scope.WRITE_PROMISES),
    response=answers(200, PromiseOut, may=("not-found", "unable")),
    operation_id="move_promise",
    summary=_("Move a promise with the customer's yes"),
    openapi_extra={"parameters": [KEY]},
)
def move_promise(request: HttpRequest, pk: Pk, told: MoveIn) -> HttpResponse:
    """Move a promise to another time, to which the customer said yes."""
    now, agent = timezone.now(), agent_of(request)
    return _settle(
        request,
        pk,
        lambda promise: actions.move(
            promise=promise, by=agent, due_at=told.due_at, yes=told.yes, whole_day=False, now=now
        ),
    )


@router.post(
    "promises/{pk}/withdraw",
    auth=needs(Scope.WRITE_PROMISES),
    response=answers(200, PromiseOut, may=("not-found", "unable")),
    operation_id="withdraw_promise",
    summary=_("Withdraw a promise with the customer's yes"),
    openapi_extra={"parameters": [KEY]},
)
def withdraw_promise(request: HttpRequest, pk: Pk, told: YesIn) -> HttpResponse:
    """Withdraw a promise of which the customer let us off."""
    now, agent = timezone.now(), agent_of(request)
    return _settle(request, pk, lambda promise: actions.withdraw(promise=promise, by=agent, yes=told.yes, now=now))


def _settle(request: HttpRequest, pk: int, act: Callable[[Promise], object]) -> HttpResponse:
    def settle() -> PromiseOut:
        promise = Promise.objects.select_related("complaint", "owner").filter(pk=pk).first()
        if promise is None:
            raise Problem("not-found")
        with refusals():
            act(promise)
        return _again(promise)

    return once.once(request, act=settle, now=timezone.now())


def _again(promise: Promise) -> PromiseOut:
    """Read a promise as it stands after an act."""
    return as_promise(Promise.objects.select_related("complaint__owner").get(pk=promise.pk))
