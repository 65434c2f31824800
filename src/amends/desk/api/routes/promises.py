"""The ledger of promises."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Router

from amends.desk.api.routes.common import Call, Number, Pk, acts, find, reads
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


@reads(router, "complaints/{number}/promises", scope=Scope.READ_PROMISES, summary=_("List the promises of a complaint"))
def list_promises(_call: Call, number: Number) -> PromisesOut:
    """List every promise of a complaint, in the order in which they were made."""
    return PromisesOut(promises=promise_rows(find(number)))


@reads(
    router,
    "promises",
    scope=Scope.READ_PROMISES,
    summary=_("List the open promises of the person for whom the token acts"),
)
def open_promises(call: Call) -> PromisesOut:
    """List what that person owes to customers: broken and not made good first, then by when it falls due."""
    board = queries.board(agent=call.agent, now=call.now)
    today = [card for hour in board.today for card in hour.cards]
    cards = [*board.broken, *today, *board.tomorrow, *board.week, *board.later]
    return PromisesOut(promises=[PromiseOut.model_validate(card, from_attributes=True) for card in cards])


@acts(
    router.post,
    "complaints/{number}/promises",
    scope=Scope.WRITE_PROMISES,
    status=201,
    summary=_("Write down a promise that was made aloud"),
)
def add_promise(call: Call, number: Number, told: PromiseIn) -> PromiseOut:
    """Write down what was promised on the telephone or face to face: it enters the ledger, and is warned of in time."""
    complaint = find(number)
    promise = promise_by_hand(
        complaint=complaint,
        by=call.agent,
        words=told.words,
        due_at=told.due_at,
        every=told.every,
        told_in=told.told_in,
        now=call.now,
    )
    return _again(promise)


@acts(router.post, "promises/{pk}/keep", scope=Scope.WRITE_PROMISES, summary=_("Say that a promise was kept"))
def keep_promise(call: Call, pk: Pk) -> PromiseOut:
    """Say that a promise was kept; one that comes again is open again for its next time."""
    promise = _promise(pk)
    actions.keep(promise=promise, by=call.agent, now=call.now)
    return _again(promise)


@acts(
    router.post, "promises/{pk}/move", scope=Scope.WRITE_PROMISES, summary=_("Move a promise with the customer's yes")
)
def move_promise(call: Call, pk: Pk, told: MoveIn) -> PromiseOut:
    """Move a promise to another time, to which the customer said yes."""
    promise = _promise(pk)
    actions.move(promise=promise, by=call.agent, due_at=told.due_at, yes=told.yes, whole_day=False, now=call.now)
    return _again(promise)


@acts(
    router.post,
    "promises/{pk}/withdraw",
    scope=Scope.WRITE_PROMISES,
    summary=_("Withdraw a promise with the customer's yes"),
)
def withdraw_promise(call: Call, pk: Pk, told: YesIn) -> PromiseOut:
    """Withdraw a promise of which the customer let us off."""
    promise = _promise(pk)
    actions.withdraw(promise=promise, by=call.agent, yes=told.yes, now=call.now)
    return _again(promise)


def _promise(pk: int) -> Promise:
    return get_object_or_404(Promise.objects.select_related("complaint", "owner"), pk=pk)


def _again(promise: Promise) -> PromiseOut:
    """Read a promise as it stands after an act."""
    return as_promise(Promise.objects.select_related("complaint__owner").get(pk=promise.pk))
