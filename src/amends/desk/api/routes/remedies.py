"""Putting complaints right."""

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
from amends.desk.api.schemas import RemediesOut, RemedyIn, RemedyOut
from amends.desk.api.scopes import Scope
from amends.desk.remedies import actions, queries
from amends.desk.remedies.models import Remedy, Request
from amends.desk.workplace.putting_right import put_right_or_ask

router = Router()


@router.get(
    "complaints/{number}/remedies",
    auth=needs(Scope.READ_REMEDIES),
    response=answers(200, RemediesOut, may=("not-found",)),
    operation_id="list_remedies",
    summary=_("List what puts a complaint right"),
)
def list_remedies(request: HttpRequest, number: Number) -> RemediesOut:
    """List what was done, what is to be done and what waits for a yes."""
    del request
    complaint = find(number)
    asked = Request.objects.select_related("asked", "by").filter(complaint=complaint, state="waiting").order_by("pk")
    rows = queries.remedies_of(complaint=complaint)
    return RemediesOut(
        remedies=[
            *(RemedyOut.model_validate(row, from_attributes=True) for row in rows),
            *(_as_asked(one, complaint.number) for one in asked),
        ]
    )


@router.post(
    "complaints/{number}/remedies",
    auth=needs(Scope.WRITE_REMEDIES),
    response=answers(201, RemedyOut, may=("not-found", "unable")),
    operation_id="put_right",
    summary=_("Put a complaint right"),
    openapi_extra={"parameters": [KEY]},
)
def put_right(request: HttpRequest, number: Number, told: RemedyIn) -> HttpResponse:
    """Put a complaint right, or decide it for a time, which the customer is promised.

    What is above the room to decide of the person for whom the token acts is asked for: the answer says `asked`.
    """
    now, agent = timezone.now(), agent_of(request)
    plan = actions.Plan(**told.model_dump())

    def act() -> RemedyOut:
        complaint = find(number)
        with refusals():
            made = put_right_or_ask(complaint=complaint, by=agent, plan=plan, now=now)
        return _as_asked(made, number) if isinstance(made, Request) else _as_remedy(made)

    return once.once(request, act=act, status=201, now=now)


@router.post(
    "remedies/{pk}/finish",
    auth=needs(Scope.WRITE_REMEDIES),
    response=answers(200, RemedyOut, may=("not-found", "unable")),
    operation_id="finish_remedy",
    summary=_("Tick a remedy off: it is done"),
    openapi_extra={"parameters": [KEY]},
)
def finish_remedy(request: HttpRequest, pk: Pk) -> HttpResponse:
    """Say that it is done; the promise that said by when is kept."""
    now, agent = timezone.now(), agent_of(request)
    return _settle(request, pk, lambda remedy: actions.finish(remedy=remedy, by=agent, now=now))


@router.post(
    "remedies/{pk}/drop",
    auth=needs(Scope.WRITE_REMEDIES),
    response=answers(200, RemedyOut, may=("not-found", "unable")),
    operation_id="drop_remedy",
    summary=_("Give a remedy up that is not done"),
    openapi_extra={"parameters": [KEY]},
)
def drop_remedy(request: HttpRequest, pk: Pk) -> HttpResponse:
    """Give it up; a promise of it stays open, for only the customer lets us off a promise."""
    now, agent = timezone.now(), agent_of(request)
    return _settle(request, pk, lambda remedy: actions.drop(remedy=remedy, by=agent, now=now))


def _settle(request: HttpRequest, pk: int, act: Callable[[Remedy], Remedy]) -> HttpResponse:
    def settle() -> RemedyOut:
        remedy = Remedy.objects.select_related("complaint").filter(pk=pk).first()
        if remedy is None:
            raise Problem("not-found")
        with refusals():
            return _as_remedy(act(remedy))

    return once.once(request, act=settle, now=timezone.now())


def _as_remedy(remedy: Remedy) -> RemedyOut:
    return RemedyOut(
        id=remedy.pk,
        number=remedy.complaint.number,
        kind=remedy.kind,
        what=remedy.what,
        cost=remedy.cost,
        currency=remedy.currency,
        state=remedy.state,
        carrier=remedy.carrier,
        due_at=remedy.promise.due_at if remedy.promise is not None else None,
        by_name=remedy.by.name,
        at=remedy.at,
        is_exception=remedy.is_exception,
        reason=remedy.reason,
    )


def _as_asked(asked: Request, number: int) -> RemedyOut:
    return RemedyOut(
        id=asked.pk,
        number=number,
        kind=asked.kind,
        what=asked.what,
        cost=asked.cost,
        currency=asked.currency,
        state="asked",
        carrier=asked.carrier,
        due_at=asked.due_at,
        by_name=asked.by.name,
        at=asked.at,
        is_exception=asked.is_exception,
        reason=asked.reason,
        asked_name=asked.asked.name,
    )
