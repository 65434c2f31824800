"""Putting complaints right."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Router

from amends.desk.api.routes.common import Call, Number, Pk, acts, find, named, reads
from amends.desk.api.schemas import RemediesOut, RemedyIn, RemedyOut
from amends.desk.api.scopes import Scope
from amends.desk.people.models import Team
from amends.desk.remedies import actions, queries
from amends.desk.remedies.models import Remedy, Request, Rule
from amends.desk.workplace.putting_right import put_right_or_ask

router = Router()


@reads(router, "complaints/{number}/remedies", scope=Scope.READ_REMEDIES, summary=_("List what puts a complaint right"))
def list_remedies(_call: Call, number: Number) -> RemediesOut:
    """List what was done, what is to be done and what waits for a yes."""
    complaint = find(number)
    asked = Request.objects.select_related("asked", "by").filter(complaint=complaint, state="waiting").order_by("pk")
    rows = queries.remedies_of(complaint=complaint)
    return RemediesOut(
        remedies=[
            *(RemedyOut.model_validate(row, from_attributes=True) for row in rows),
            *(_as_asked(one, complaint.number) for one in asked),
        ]
    )


@acts(
    router.post,
    "complaints/{number}/remedies",
    scope=Scope.WRITE_REMEDIES,
    status=201,
    summary=_("Put a complaint right"),
)
def put_right(call: Call, number: Number, told: RemedyIn) -> RemedyOut:
    """Put a complaint right, or decide it for a time, which the customer is promised.

    What is above the room to decide of the person for whom the token acts is asked for: the answer says `asked`.
    """
    rule = named(Rule.objects.all(), told.rule, place="rule")
    team = named(Team.objects.all(), told.carrier_team, place="carrier_team")
    given = told.model_dump(exclude={"rule", "carrier_team"})
    given["is_exception"] = told.is_exception or rule is not None
    plan = actions.Plan(**given, rule=rule, carrier_team=team)
    made = put_right_or_ask(complaint=find(number), by=call.agent, plan=plan, now=call.now)
    return _as_asked(made, number) if isinstance(made, Request) else _as_remedy(made)


@acts(router.post, "remedies/{pk}/finish", scope=Scope.WRITE_REMEDIES, summary=_("Tick a remedy off: it is done"))
def finish_remedy(call: Call, pk: Pk) -> RemedyOut:
    """Say that it is done; the promise that said by when is kept."""
    return _as_remedy(actions.finish(remedy=_remedy(pk), by=call.agent, now=call.now))


@acts(router.post, "remedies/{pk}/drop", scope=Scope.WRITE_REMEDIES, summary=_("Give a remedy up that is not done"))
def drop_remedy(call: Call, pk: Pk) -> RemedyOut:
    """Give it up; a promise of it stays open, for only the customer lets us off a promise."""
    return _as_remedy(actions.drop(remedy=_remedy(pk), by=call.agent, now=call.now))


def _remedy(pk: int) -> Remedy:
    return get_object_or_404(Remedy.objects.select_related("complaint"), pk=pk)


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
