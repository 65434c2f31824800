"""Who works here: letting people in and out, what they may, roles of one's own, and how they sign in.

A token makes no administrator and changes none, hands out no link to a password, and makes no token: whoever has it
could otherwise make themselves anybody. Those stay with people, on the pages.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import BooleanField, Form
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from ninja import Router

from amends.desk.api.routes.common import Call
from amends.desk.api.scopes import Scope
from amends.desk.api.things import Act, Sheet, Thing, administrators, open_routes, open_sheet
from amends.desk.people import administering, forms, own_roles, second_factor, sessions, tasks
from amends.desk.people.factor_forms import DemandForm
from amends.desk.people.models import Agent, DoorEvent, OwnRole, Role
from amends.desk.people.organisation import organisation_currency
from amends.desk.people.sign_in import sends_mail

router = Router()


def _no_administrator(row: Agent | None, role: str) -> None:
    """Look whether a token may touch somebody.

    :raises PermissionDenied: if they are an administrator, or would become one
    """
    if role == Role.ADMINISTRATOR or (row is not None and row.role == Role.ADMINISTRATOR):
        raise PermissionDenied(gettext("Administrators are made and changed on the pages, by people."))


# ── People ───────────────────────────────────────────────────────────────────


def _person(_call: Call, row: Agent | None, data: Any) -> Form:
    if row is not None:
        return forms.CorrectForm(data, instance=row)
    begins = {
        "language": "en",
        "languages": ["en"],
        "role": Role.AGENT,
        "goodwill_limit": 0,
        "goodwill_currency": organisation_currency(),
    }
    return forms.PersonForm(data, initial=begins)


def _let_in(call: Call, form: Form) -> Agent:
    _no_administrator(None, form.cleaned_data["role"])
    agent = administering.let_in(now=call.now, **form.cleaned_data)
    _mail_link(call, agent)
    return agent


def _correct(_call: Call, row: Agent, form: Form) -> None:
    _no_administrator(row, form.cleaned_data["role"])
    administering.correct(agent=row, **form.cleaned_data)


def _mail_link(_call: Call, row: Agent) -> None:
    _no_administrator(row, row.role)
    if sends_mail() and row.is_active and not row.is_example:
        tasks.send_new_password_link.enqueue(row.pk)


def _let_out(call: Call, row: Agent) -> None:
    _no_administrator(row, row.role)
    administering.let_out(agent=row, by=call.agent, now=call.now)


def _let_back_in(_call: Call, row: Agent) -> None:
    _no_administrator(row, row.role)
    administering.let_back_in(agent=row)


def _reset_factor(call: Call, row: Agent) -> None:
    _no_administrator(row, row.role)
    second_factor.reset(agent=row, by=call.agent, now=call.now)
    sessions.end(agent=row)


def _end_sessions(call: Call, row: Agent) -> None:
    if sessions.end(agent=row):
        second_factor.note(DoorEvent.Kind.ENDED, about=row, by=call.agent, now=call.now)


PEOPLE = Thing(
    one="person",
    many="people",
    title=_("People"),
    about="Somebody who works here. They choose a password at a link that the desk mails; it is in no answer.",
    may=administrators,
    fields=forms.PersonForm.base_fields,
    fields_of_change=forms.CorrectForm.base_fields,
    begin=_person,
    rows=lambda _call: Agent.objects.select_related("team", "own_role").order_by("-is_active", "name", "pk"),
    make=_let_in,
    change=_correct,
    more={
        "email": str,
        "language": str,
        "is_active": bool,
        "is_example": bool,
        "waits_for_password": bool,
        "presence": str,
        "last_seen": datetime | None,
    },
    tell=lambda row: {
        "email": row.email,
        "language": row.language,
        "is_active": row.is_active,
        "is_example": row.is_example,
        "waits_for_password": not row.has_usable_password(),
        "presence": row.presence,
        "last_seen": row.last_login,
    },
    unable=(administering.UnableToLetIn, administering.UnableToChange, administering.UnableToLetOut),
    writes=Scope.WRITE_PEOPLE,
    acts=(
        Act(
            name="let-out",
            title=_("Let out"),
            says="Close the door behind somebody; who still owns complaints hands them over first.",
            do=_let_out,
        ),
        Act(name="let-back-in", title=_("Let back in"), says="Open the door again.", do=_let_back_in),
        Act(
            name="new-password",
            title=_("New password"),
            says="Mail them a link at which they choose one, where the desk sends mail.",
            do=_mail_link,
        ),
        Act(
            name="reset-second-factor",
            title=_("Take the second factor away"),
            says="For who has lost it; they are signed out wherever they are.",
            do=_reset_factor,
        ),
        Act(
            name="end-sessions",
            title=_("open sessions"),
            says="Sign them out wherever they are.",
            do=_end_sessions,
        ),
    ),
)

# ── Roles of one's own ───────────────────────────────────────────────────────


def _keep_role(call: Call, row: OwnRole, form: Form) -> OwnRole:
    return own_roles.keep(row=row, by=call.agent, now=call.now, **form.cleaned_data)


ROLES = Thing(
    one="role",
    many="roles",
    title=_("Roles of your own"),
    about="A role of the organisation's own: whose work it does, and what it may do of what is for administrators.",
    may=administrators,
    fields=forms.OwnRoleForm.base_fields,
    begin=lambda _call, row, data: forms.OwnRoleForm(data, instance=row),
    rows=lambda _call: own_roles.listed(),
    make=lambda call, form: _keep_role(call, OwnRole(), form),
    change=_keep_role,
    remove=lambda call, row: own_roles.remove(row=row, by=call.agent, now=call.now),
    unable=(own_roles.UnableToKeepRole,),
    writes=Scope.WRITE_PEOPLE,
)

# ── How they sign in, and how many they have at once ─────────────────────────

TWO_FACTORS = Sheet(
    name="two-factors",
    title=_("Two factors"),
    about="From which roles two factors are asked.",
    may=administrators,
    fields=DemandForm.base_fields,
    begin=lambda _call, data: DemandForm(data, initial={"roles": second_factor.demanded()}),
    keep=lambda call, form: second_factor.demand(roles=form.cleaned_data["roles"], by=call.agent, now=call.now),
    writes=Scope.WRITE_PEOPLE,
)


class AtOnceForm(Form):
    all = BooleanField(label=_("Ask for every new complaint who has room, not for chats alone"), required=False)


AT_ONCE = Sheet(
    name="at-once",
    title=_("How many at once"),
    about="Whether it is asked for every new complaint who has room, or for chats alone.",
    may=administrators,
    fields=AtOnceForm.base_fields,
    begin=lambda _call, data: AtOnceForm(data, initial={"all": administering.capping()[0]}),
    keep=lambda call, form: administering.cap_all(on=form.cleaned_data["all"], by=call.agent, now=call.now),
    writes=Scope.WRITE_PEOPLE,
)

THINGS: Iterable[Thing] = (PEOPLE, ROLES)
for thing in THINGS:
    open_routes(router, thing)
for sheet in (TWO_FACTORS, AT_ONCE):
    open_sheet(router, sheet)
