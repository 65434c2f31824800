"""How a person is: whether they are here, take five, what they carry; and who is rung as a manager."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from ninja import Router

from amends.desk.api.own_schemas import (
    DayOut,
    LoadOut,
    LoadsOut,
    LongerIn,
    PresenceIn,
    RestingOut,
    RestOut,
    RotaIn,
    RotaOut,
    TakeFiveIn,
    TurnOut,
)
from amends.desk.api.problems import Problem
from amends.desk.api.routes.common import Call, Number, Pk, acts, find, reads
from amends.desk.api.scopes import Scope
from amends.desk.calm import actions as calm
from amends.desk.calm import carrying, queries
from amends.desk.calm.models import Pause
from amends.desk.people.actions import set_presence
from amends.desk.people.models import Agent
from amends.desk.people.queries import is_at_work
from amends.desk.reaching import actions as reaching
from amends.desk.reaching import rota
from amends.desk.workplace import actions

router = Router()


# ── Taking five ──────────────────────────────────────────────────────────────


@reads(router, "me/rest", scope=Scope.READ_OWN, summary=_("Read whether the person is here or rests"))
def read_rest(call: Call) -> RestingOut:
    """Read their presence, and the pause that runs."""
    return _resting(call)


@acts(router.put, "me/presence", scope=Scope.WRITE_OWN, summary=_("Say whether the person is here"))
def say_presence(call: Call, told: PresenceIn) -> RestingOut:
    """Say whether they are here, away, or take five."""
    set_presence(agent=call.agent, presence=told.presence, now=call.now)
    return _resting(call)


@acts(
    router.post,
    "complaints/{number}/take-five",
    scope=Scope.WRITE_OWN,
    status=201,
    summary=_("Take five over a complaint"),
)
def take_five(call: Call, number: Number, told: TakeFiveIn) -> RestingOut:
    """Rest before answering. What the customer is told names the hour, and is a promise; no words tell nothing."""
    actions.take_five(complaint=find(number), by=call.agent, until=told.until, message=told.text, now=call.now)
    return _resting(call)


@acts(router.post, "me/rest/longer", scope=Scope.WRITE_OWN, summary=_("Rest longer"))
def rest_longer(call: Call, told: LongerIn) -> RestingOut:
    """Tell the customer another time before the first one passes, and rest on."""
    pauses = Pause.objects.select_related("agent", "complaint", "promise")
    pause = pauses.filter(agent=call.agent, ended_at=None).first()
    if pause is None:
        raise calm.UnableToRest(gettext("You are back already."))
    actions.rest_longer(pause=pause, until=told.until, message=told.text, now=call.now)
    return _resting(call)


@acts(router.post, "me/rest/end", scope=Scope.WRITE_OWN, summary=_("Come back from a rest"))
def come_back(call: Call) -> RestingOut:
    """Come back, whenever the heat has gone; who is here already stays here."""
    calm.come_back(agent=call.agent, now=call.now)
    return _resting(call)


def _resting(call: Call) -> RestingOut:
    agent = Agent.objects.get(pk=call.agent.pk)
    rest = queries.resting(agent=agent, now=call.now)
    return RestingOut(
        presence=agent.presence,
        rest=RestOut.model_validate(rest, from_attributes=True) if rest is not None else None,
    )


# ── What one carries ─────────────────────────────────────────────────────────


@reads(router, "me/load", scope=Scope.READ_OWN, summary=_("Read what the person carries"))
def read_load(call: Call) -> LoadOut:
    """Read what others laid on them in these seven days, today first. It is no measure of how good anybody is."""
    return _as_load(carrying.load(agent=call.agent, now=call.now))


@reads(router, "me/load/led", scope=Scope.READ_OWN, summary=_("List what the people carry whom the person leads"))
def list_loads(call: Call) -> LoadsOut:
    """List whom they lead, by name and never by how much they carry, with today."""
    rows = carrying.loads(agents=carrying.led_by(lead=call.agent), now=call.now, days=1)
    return LoadsOut(people=[_as_load(one) for one in rows])


@reads(router, "people/{pk}/load", scope=Scope.READ_OWN, summary=_("Read what somebody carries, for their lead"))
def read_load_of(call: Call, pk: Pk) -> LoadOut:
    """Read it, as their lead and nobody else may."""
    agent = get_object_or_404(Agent.objects.select_related("team__lead", "team__calendar"), pk=pk, is_active=True)
    if not carrying.may_see(reader=call.agent, agent=agent):
        raise Problem("not-allowed")
    return _as_load(carrying.load(agent=agent, now=call.now))


def _as_load(load: carrying.Load) -> LoadOut:
    return LoadOut(
        agent_id=load.agent.pk,
        agent_name=load.agent.name,
        days=[
            DayOut(
                day=one.day,
                people=one.people,
                answers=one.answers,
                heat=one.heat,
                hot=one.hot,
                insults=one.insults,
                rested_seconds=int(one.rested.total_seconds()),
                at_once=one.at_once,
                occupancy=one.occupancy,
            )
            for one in load.days
        ],
        holds=load.holds,
        holds_at_most=load.holds_at_most,
        owns=load.owns,
        owns_hot=load.owns_hot,
        hint=load.hint,
    )


# ── Who is rung ──────────────────────────────────────────────────────────────


@reads(router, "rota", scope=Scope.READ_COMPLAINTS, summary=_("List who is rung as a manager"))
def read_rota(call: Call) -> RotaOut:
    """List who is rung when a customer asks for a manager, in their order."""
    return _rota(call)


@acts(router.put, "rota/{pk}", scope=Scope.WRITE_COMPLAINTS, summary=_("Say whether somebody is rung as a manager"))
def change_rota(call: Call, pk: Pk, told: RotaIn) -> RotaOut:
    """Put somebody on the rota or take them off; as on the pages, leads and administrators can."""
    if not call.agent.leads_people:
        raise Problem("not-allowed")
    reaching.put_on_rota(agent=get_object_or_404(Agent, pk=pk, is_active=True), is_on=told.on)
    return _rota(call)


def _rota(call: Call) -> RotaOut:
    rows = [TurnOut(id=one.pk, name=one.name, at_work=is_at_work(agent=one, now=call.now)) for one in rota.managers()]
    return RotaOut(managers=rows)
