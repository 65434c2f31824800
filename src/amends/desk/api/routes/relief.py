"""All that somebody owns who leaves or is away, handed over at once."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from ninja import Router

from amends.desk.api.problems import Problem
from amends.desk.api.routes.common import Call, Pk, acts
from amends.desk.api.schemas import HandedOut, HandedRowOut, RelieveIn
from amends.desk.api.scopes import Scope
from amends.desk.complaints import relief
from amends.desk.people.models import Agent
from amends.desk.people.queries import UnableToChooseOwner, colleagues, may_relieve
from amends.desk.workplace import actions as workplace

router = Router()


@acts(
    router.post,
    "people/{pk}/hand-over",
    scope=Scope.WRITE_COMPLAINTS,
    summary=_("Hand over everything that somebody owns"),
)
def hand_over_all(call: Call, pk: Pk, told: RelieveIn) -> HandedOut:
    """Give all that somebody owns to others: to whom `to` names, the rest by the rule that gives out new complaints.

    For administrators, the lead of their team, and they themselves. With `only_plan` nothing is done, and it is said
    who would own each. Nobody is let out by it: that is for people.
    """
    agent = get_object_or_404(Agent.objects.select_related("team"), pk=pk, is_active=True)
    if not may_relieve(by=call.agent, agent=agent):
        raise Problem("not-allowed")
    to = _chosen(told, agent)
    try:
        plan = relief.plan(agent=agent, to=to, now=call.now)
    except UnableToChooseOwner as trouble:
        raise workplace.UnableToRelieve(
            gettext("Nobody else works here who could take them. Let somebody in first.")
        ) from trouble
    if not told.only_plan:
        chosen = {one.complaint.number: one.to for one in plan}
        workplace.relieve(agent=agent, by=call.agent, to=chosen, reason=told.reason, leaves=False, now=call.now)
    return HandedOut(
        done=not told.only_plan,
        complaints=[
            HandedRowOut(number=one.complaint.number, to_id=one.to.pk, to_name=one.to.name, by_rule=one.by_rule)
            for one in plan
        ],
    )


def _chosen(told: RelieveIn, agent: Agent) -> dict[int, Agent]:
    """Who was chosen, by the number of the complaint.

    :raises Problem: if a complaint is not theirs, or somebody does not work here
    """
    people = {one.pk: one for one in colleagues(of=agent)}
    numbers = {one.number for one in relief.owned_by(agent=agent)}
    errors = [
        {"place": f"to.{place}.{name}", "code": "unknown", "detail": detail}
        for place, one in enumerate(told.to)
        for name, wrong, detail in (
            ("number", one.number not in numbers, gettext("This is none of the complaints that they own.")),
            ("to", one.to not in people, gettext("Nobody here has this number.")),
        )
        if wrong
    ]
    if errors:
        raise Problem("not-valid", errors=errors)
    return {one.number: people[one.to] for one in told.to}
