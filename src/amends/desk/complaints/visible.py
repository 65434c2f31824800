"""Which complaints somebody sees: the one condition of every list, count, search, door and line.

A desk without closed teams has no condition at all. Where a team is closed (`people/walls.py`), who is not of it sees
of its complaints those that they own and those into which somebody let them: as a companion, by naming
them in a note, or by a question that waits for their answer. Rooms above name such rows by `also_let_in`.

A page has one reader, and says so once (`reading`): what is looked up for them by number, by event or by promise goes
through the same condition wherever it is looked up. Work that nobody reads (letters that arrive, the worker, the
command line, a customer's own page) has no reader, and sees everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from asgiref.local import Local
from django.apps import apps
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from amends.desk.complaints.models import Companion, Complaint
from amends.desk.people.models import Agent, Right
from amends.desk.people.walls import shut_out

_readers: Final = Local()
_letting_in: Final[dict[str, tuple[Callable[[], QuerySet[Any]], str]]] = {}


def also_let_in(rows: Callable[[], QuerySet[Any]], *, to: str) -> None:
    """Name rows of a room that let somebody into their `complaint`; `to` is the column that says whom.

    Naming a model twice changes nothing.
    """
    _letting_in[rows().model._meta.label] = (rows, to)  # noqa: SLF001


@contextmanager
def reading(reader: Callable[[], Any]) -> Iterator[None]:
    """Do what is inside for a reader, who is asked for when it matters: a program is known only at its door."""
    before = getattr(_readers, "reader", None)
    _readers.reader = reader
    try:
        yield
    finally:
        _readers.reader = before


def reader() -> Agent | None:
    """Who reads now, or nobody."""
    asked = getattr(_readers, "reader", None)
    found = asked() if asked is not None else None
    return found if isinstance(found, Agent) or getattr(found, "is_authenticated", False) else None


def visible_to(agent: Agent, way: str = "") -> Q:
    """Say that somebody sees a complaint; `way` leads to it from other rows, as 'complaint__'."""
    shut = shut_out(agent)
    if not shut:
        return Q()
    seen = ~Q(**{f"{way}team__in": sorted(shut)}) | Q(**{f"{way}owner": agent.pk})
    for rows, to in _let_in():
        seen |= Q(**{f"{way}pk__in": rows().filter(**{to: agent.pk}).values("complaint")})
    return seen


def visible(way: str = "") -> Q:
    """Say that whoever reads now sees a complaint: nothing where nobody does."""
    who = reader()
    return visible_to(who, way) if who is not None else Q()


def has_walls(agent: Agent) -> bool:
    """Whether anything is closed to somebody."""
    return bool(shut_out(agent))


def sees(agent: Agent, complaint: Complaint) -> bool:
    """Whether somebody sees one complaint."""
    if complaint.team_id not in shut_out(agent) or complaint.owner_id == agent.pk:
        return True
    return Complaint.objects.filter(visible_to(agent), pk=complaint.pk).exists()


def is_seen(complaint: Complaint) -> bool:
    """Whether whoever reads now sees one complaint."""
    who = reader()
    return who is None or sees(who, complaint)


def may_carry_out(agent: Agent, complaint: Complaint, *, to: int | None) -> bool:
    """Whether somebody may let what a closed team has be seen by another one: with the yes of who answers for it.

    That is the team's lead, or who has the right to look behind walls; they give it by doing it themselves.
    """
    team = complaint.team
    if team is None or not team.is_closed or team.pk == to:
        return True
    return team.lead_id == agent.pk or Right.BEHIND_WALLS in agent.rights


def needs_yes(complaint: Complaint) -> str:
    """Say whose yes it needs to let a complaint out of its closed team."""
    team = complaint.team
    return _("“%(team)s” is closed to other teams. %(name)s can say yes to that.") % {
        "team": team.name if team is not None else "",
        "name": team.lead.name if team is not None and team.lead is not None else _("An administrator"),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A complaint behind a wall: whose it is, and who was let in."""

    team: int
    people: frozenset[int]


def behind_walls(numbers: Iterable[int], *, teams: Iterable[int]) -> dict[int, Closed]:
    """Tell which of some complaints belong to these teams, and who sees them all the same; for open lines."""
    found = Complaint.objects.filter(number__in=set(numbers), team__in=set(teams))
    rows = {pk: (number, team, owner) for pk, number, team, owner in found.values_list("pk", "number", "team", "owner")}
    people: dict[int, set[int]] = {pk: {owner} for pk, (_number, _team, owner) in rows.items()}
    if rows:
        for beside, to in _let_in():
            for pk, agent in beside().filter(complaint__in=rows).values_list("complaint", to):
                people[pk].add(agent)
    return {
        number: Closed(team=team, people=frozenset(people[pk]))
        for pk, (number, team, _owner) in rows.items()
        if team is not None
    }


def _let_in() -> Iterator[tuple[Callable[[], QuerySet[Any]], str]]:
    yield Companion.objects.all, "agent"
    yield from _letting_in.values()


# ── Doors ────────────────────────────────────────────────────────────────────

# What an address is about where it does not say a complaint's number: by the name of the address, the model whose
# `pk` it says and the way from there to the complaint. Every address with a `pk` is here or in OF_NO_COMPLAINT.
BEHIND: Final[Mapping[str, tuple[str, str]]] = {
    "workplace:file": ("complaints.Attachment", "event__complaint"),
    "workplace:unpin": ("complaints.Pin", "complaint"),
    "workplace:raw": ("complaints.Event", "complaint"),
    "workplace:keep": ("promises.Promise", "complaint"),
    "workplace:move": ("promises.Promise", "complaint"),
    "workplace:withdraw": ("promises.Promise", "complaint"),
    "workplace:notice": ("promises.Promise", "complaint"),
    "workplace:draft-file": ("workplace.DraftFile", "complaint"),
    "workplace:draft-file-off": ("workplace.DraftFile", "complaint"),
    "workplace:take-back-later": ("workplace.LaterReply", "complaint"),
    "workplace:takeover": ("calm.Takeover", "complaint"),
    "workplace:come": ("reaching.Ring", "complaint"),
    "workplace:longer": ("calm.Pause", "complaint"),
    "clocks:why": ("clocks.Clock", "complaint"),
    "remedies:answer": ("remedies.Request", "complaint"),
    "remedies:finish": ("remedies.Remedy", "complaint"),
    "academy:own-make": ("complaints.Event", "complaint"),
    "academy:own-version": ("academy.OwnVersion", "drill__complaint"),
    "academy:own-edit": ("academy.OwnVersion", "drill__complaint"),
    "academy:own-download": ("academy.OwnVersion", "drill__complaint"),
    "academy:own-aside": ("academy.OwnDrill", "complaint"),
    "channels:raw": ("channels.Arrival", "event__complaint"),
    "channels:retry": ("channels.Arrival", "event__complaint"),
    "channels:resend": ("channels.Outgoing", "complaint"),
    "api:keep_promise": ("promises.Promise", "complaint"),
    "api:move_promise": ("promises.Promise", "complaint"),
    "api:withdraw_promise": ("promises.Promise", "complaint"),
    "api:finish_remedy": ("remedies.Remedy", "complaint"),
    "api:drop_remedy": ("remedies.Remedy", "complaint"),
    "api:third_party_answered": ("third_parties.Wait", "complaint"),
    "api:send_again": ("channels.Outgoing", "complaint"),
    "api:take_back": ("workplace.LaterReply", "complaint"),
    "api:retry_arrival": ("channels.Arrival", "event__complaint"),
    "api:unpin": ("complaints.Pin", "complaint"),
    "api:next_word": ("third_parties.Wait", "complaint"),
    "api:give_notice": ("promises.Promise", "complaint"),
    "api:read_why": ("clocks.Clock", "complaint"),
    "api:answer_takeover": ("calm.Takeover", "complaint"),
    "api:come": ("reaching.Ring", "complaint"),
    "api:answer_request": ("remedies.Request", "complaint"),
    "api:take_back_request": ("remedies.Request", "complaint"),
    "api:propose_hold": ("remedies.Request", "complaint"),
    "api:hold": ("remedies.Request", "complaint"),
    "api:take_from_draft": ("workplace.DraftFile", "complaint"),
}
# Addresses with a number or a `pk` of something that is no complaint, and shows of complaints only what lists show.
OF_NO_COMPLAINT: Final = frozenset(
    [
        "academy:again",
        "academy:attempt",
        "academy:opinion",
        "academy:show",
        "answers:remove",
        "answers:write",
        "programs:act",
        "programs:change",
        "programs:end-mine",
        "programs:end-token",
        "programs:send-again",
        "api:correct",
        "api:read_customer",
        "api:hand_over_all",
        "api:answer_drill",
        "api:change_rota",
        "api:close_feed",
        "api:drop_view",
        "api:give_opinions",
        "api:read_load_of",
        "api:read_shown",
        "api:read_try",
        "api:show_try",
        "api:try_again",
        "api:act_improvement",
        "api:change_answer",
        "api:change_branch",
        "api:change_calendar",
        "api:change_field",
        "api:change_mailbox",
        "api:change_person",
        "api:change_product",
        "api:change_role",
        "api:change_rule",
        "api:change_tag",
        "api:change_team",
        "api:change_webhook",
        "api:close_mailbox",
        "api:end_sessions_person",
        "api:end_token",
        "api:holidays_calendar",
        "api:let_back_in_person",
        "api:let_out_person",
        "api:let_stay_rule",
        "api:merge_tag",
        "api:new_password_person",
        "api:open_mailbox",
        "api:remove_allowance",
        "api:remove_answer",
        "api:remove_role",
        "api:remove_time_limit",
        "api:remove_webhook",
        "api:reset_second_factor_person",
        "api:retire_branch",
        "api:retire_field",
        "api:retire_product",
        "api:retire_rule",
        "api:retire_tag",
        "api:send_remedy_webhook_again",
        "api:send_webhook_again",
        "api:switch_off_remedy_webhook",
        "api:switch_off_webhook",
        "api:switch_on_remedy_webhook",
        "api:switch_on_webhook",
        "api:try_mailbox",
        "api:try_webhook",
        "api:use_again_branch",
        "api:use_again_field",
        "api:use_again_product",
        "api:use_again_tag",
        "api:behind_improvement",
        "api:change_improvement",
        "api:change_theme",
        "api:go_on_report",
        "api:hear_alarm",
        "api:merge_theme",
        "api:name_theme",
        "api:put_away_theme",
        "api:read_alarm",
        "api:read_improvement",
        "api:read_paper",
        "api:run_report",
        "api:stop_report",
        "channels:ask-mailbox-permission",
        "channels:mailbox",
        "channels:open-or-close-mailbox",
        "channels:try-mailbox",
        "clocks:remove-rule",
        "improving:act",
        "improving:behind",
        "improving:change",
        "improving:one",
        "insight:alarm",
        "insight:report-paper",
        "insight:saved-report",
        "people:calendar",
        "people:end-sessions",
        "people:holidays",
        "people:let-out",
        "people:own-role",
        "people:password-link",
        "people:person",
        "people:reset-factor",
        "people:take-key",
        "people:drop-key",
        "people:team",
        "people:sign-in-as-example",
        "promises:revoke",
        "remedies:edit-rule",
        "remedies:rule",
        "remedies:send-again",
        "remedies:settle-rule",
        "remedies:switch-hook",
        "workplace:change-tag",
        "workplace:drop-view",
        "workplace:two-people",
        "workplace:hand-over-all",
        "workplace:load-of",
        "workplace:own-field",
    ]
)
NUMBERS: Final = ("number", "other")  # in an address: of a complaint


def stop_at_walls(*, agent: Agent, name: str, told: Mapping[str, Any]) -> None:
    """Look at an address before its page does.

    :raises Http404: if it is about a complaint that the agent does not see; no answer tells that it is there
    """
    if not told or not has_walls(agent):
        return
    hidden: set[int] = set()
    for kwarg in NUMBERS:
        if str(told.get(kwarg, "")).isdecimal():
            hidden |= _closed_numbers(agent, int(told[kwarg]))
    model, way = BEHIND.get(name, ("", ""))
    pk = told.get("pk", told.get("event", ""))
    if model and str(pk).isdecimal():
        hidden |= _closed_behind(agent, model, way, int(pk))
    if hidden:
        raise Http404


def _closed_numbers(agent: Agent, number: int) -> set[int]:
    """The complaint of a number and those in which it goes on, as far as they are closed to somebody."""
    found = Complaint.objects.filter(number=number).first()
    hidden = set()
    while found is not None:
        if not sees(agent, found):
            hidden.add(found.pk)
        found = Complaint.objects.filter(pk=found.merged_into_id).first() if found.merged_into_id else None
    return hidden


def _closed_behind(agent: Agent, model: str, way: str, pk: int) -> set[int]:
    rows = apps.get_model(model)._default_manager.filter(pk=pk)  # noqa: SLF001
    about = set(rows.exclude(**{way: None}).values_list(way, flat=True))
    return about - set(Complaint.objects.filter(visible_to(agent), pk__in=about).values_list("pk", flat=True))
