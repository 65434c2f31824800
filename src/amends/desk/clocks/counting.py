"""From a wanted clock to its row: when it is due, when it ages, when to warn."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet

from amends.desk.clocks.deriving import Wanted
from amends.desk.clocks.models import CustomerGroup, GroupMember, LegalRow, State
from amends.desk.clocks.models import Rule as RuleRow
from amends.desk.complaints.models import Complaint
from amends.desk.customers.models import Customer
from amends.desk.people.models import Agent, Calendar, Team
from amends.desk.web import questions
from amends.desk.web.questions import Among
from amends.engine.clocks.ageing import USUAL
from amends.engine.clocks.choosing import Rule
from amends.engine.clocks.legal import LegalClock, changed, read, shipped
from amends.engine.clocks.limits import Term, term
from amends.engine.clocks.reckoning import Pause, Reckoning, moment_of, reckon, working_time_before
from amends.engine.promises.calendar import NoWorkingTimeError, WorkingCalendar

# What holds until somebody writes rules: an answer and a next word within a working day, the end within five.
USUAL_RULES: Final = (
    Rule(id=0, what="answer", allowed=timedelta(hours=8)),
    Rule(id=0, what="next-word", allowed=timedelta(hours=8)),
    Rule(id=0, what="resolution", allowed=timedelta(hours=45)),
)
WARN_AT_MOST: Final = timedelta(hours=2)
WARN_LEGAL: Final = timedelta(hours=16)  # of working time: two days
MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holds:
    """A legal clock, and for whom it holds here."""

    clock: LegalClock
    language: str = ""
    channel: str = ""
    team_id: int | None = None
    group_id: int | None = None

    def is_for(self, complaint: Complaint, *, group_id: int | None) -> bool:
        return (
            self.language in {"", complaint.language}
            and self.channel in {"", complaint.channel}
            and (self.team_id is None or self.team_id == complaint.team_id)
            and (self.group_id is None or self.group_id == group_id)
        )


@dataclass(slots=True, kw_only=True)
class Books:
    """Everything by which clocks are counted, read once for any number of complaints."""

    rules: tuple[Rule, ...]
    laws: tuple[Holds, ...]
    groups: tuple[CustomerGroup, ...]
    calendars: dict[int, tuple[WorkingCalendar, WorkingCalendar]] = field(default_factory=dict)

    def gather(self, owner_ids: Iterable[int]) -> None:
        """Read in one question the calendars of owners that are not known yet."""
        if missing := {*owner_ids} - self.calendars.keys():
            for owner in questions.ask("owners' calendars", _owners, ids=missing):
                self.know(owner)

    def know(self, owner: Agent) -> None:
        """Take the calendars of somebody who is at hand with their team."""
        own = owner.calendar()
        self.calendars[owner.pk] = (own, owner.team.calendar.as_value() if owner.team is not None else own)

    def calendars_of(self, owner_id: int) -> tuple[WorkingCalendar, WorkingCalendar]:
        """The owner's own working hours, and the calendar of their team by which laws are counted."""
        self.gather([owner_id])
        return self.calendars[owner_id]

    def group_of(self, customer_id: int) -> CustomerGroup | None:
        """The group a customer was put into, else the first that they belong to by what they spend."""
        if not self.groups:
            return None
        member = GroupMember.objects.filter(customer=customer_id).values_list("group", flat=True).first()
        if member is not None:
            return next((group for group in self.groups if group.pk == member), None)
        spends, currency = Customer.objects.values_list("yearly_value", "currency").get(pk=customer_id)
        if spends is None:
            return None
        return next(
            (
                group
                for group in self.groups
                if group.spends_from is not None and spends >= group.spends_from and group.currency in {"", currency}
            ),
            None,
        )


def _owners() -> QuerySet[Agent]:
    return Agent.objects.select_related("team__calendar").filter(Among("pk", "ids"))


_at_hand: ContextVar[Books | None] = ContextVar("books", default=None)


@contextmanager
def reading_once() -> Iterator[None]:
    """Read the books once for everything inside: a pass of the worker, a story that is laid out.

    What is changed in them meanwhile counts afterwards, as everything is counted anew when they were changed.
    """
    before = _at_hand.set(_at_hand.get() or _read_books())
    try:
        yield
    finally:
        _at_hand.reset(before)


def open_books() -> Books:
    """The books that are at hand, else read now."""
    return _at_hand.get() or _read_books()


def _read_books() -> Books:
    rows: list[RuleRow] = questions.ask("rules", lambda: RuleRow.objects.order_by("pk"))
    rules = tuple(as_rule(row) for row in rows) or USUAL_RULES
    laws = tuple(laws_that_hold())
    needs_groups = any(rule.group for rule in rules) or any(law.group_id is not None for law in laws)
    return Books(rules=rules, laws=laws, groups=tuple(CustomerGroup.objects.all()) if needs_groups else ())


def as_rule(row: RuleRow) -> Rule:
    return Rule(
        id=row.pk,
        what=row.what,  # type: ignore[arg-type]
        allowed=timedelta(minutes=row.minutes),
        group=str(row.group_id or ""),
        priority=row.priority,  # type: ignore[arg-type]
        channel=row.channel,
    )


def laws_that_hold() -> Iterable[Holds]:
    for row in questions.ask("laws", lambda: LegalRow.objects.filter(is_on=True).order_by("code")):
        yield Holds(
            clock=law_of(row),
            language=row.language,
            channel=row.channel,
            team_id=row.team_id,
            group_id=row.group_id,
        )


def law_of(row: LegalRow) -> LegalClock:
    """The legal clock as this organisation has it."""
    known = shipped().get(row.code)
    if known is not None:
        return changed(known, row.changed)
    return read({"id": row.code, **row.changed}, checked=date.fromisoformat(row.changed["checked"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The columns of a clock that are counted."""

    state: str
    due_at: datetime | None
    due_day: date | None
    ageing_at: datetime | None
    late_at: datetime | None
    done_at: datetime | None
    warn_at: datetime | None


def count_own(wanted: Wanted, *, allowed: timedelta, calendar: WorkingCalendar, as_of: datetime) -> Counted:
    """Count one of our own clocks; by a calendar without hours it stands still."""
    try:
        found: Reckoning | None = reckon(
            start=wanted.started_at, allowed=allowed, calendar=calendar, pauses=wanted.pauses, as_of=as_of, why=False
        )
    except NoWorkingTimeError:
        found = None
    due = found.due if found is not None else None
    return Counted(
        state=_state(wanted, due, as_of),
        due_at=due,
        due_day=None,
        ageing_at=moment_of(found, allowed * USUAL.ageing) if found else None,
        late_at=moment_of(found, allowed * USUAL.late) if found else None,
        done_at=wanted.done[0] if wanted.done else None,
        warn_at=moment_of(found, allowed - min(WARN_AT_MOST, allowed / 4)) if found and due else None,
    )


def count_legal(
    wanted: Wanted, *, clock: LegalClock, calendar: WorkingCalendar, own: WorkingCalendar, as_of: datetime
) -> Counted:
    """Count a legal clock by the holidays of the team's calendar; the owner is warned in their own hours."""
    found = legal_term(wanted, clock=clock, calendar=calendar)
    length = found.due - wanted.started_at
    return Counted(
        state=_state(wanted, found.due, as_of),
        due_at=found.due,
        due_day=None if clock.unit == "hours" else found.day,
        ageing_at=wanted.started_at + length * USUAL.ageing,
        late_at=wanted.started_at + length * USUAL.late,
        done_at=wanted.done[0] if wanted.done else None,
        warn_at=working_time_before(
            found.due, min(WARN_LEGAL, own.working_time_between(wanted.started_at, found.due) / 4), calendar=own
        ),
    )


def legal_term(wanted: Wanted, *, clock: LegalClock, calendar: WorkingCalendar) -> Term:
    limit = clock.longest if wanted.notice is not None and clock.can_be_extended else clock.limit
    return term(limit, start=wanted.started_at, calendar=calendar)


def _state(wanted: Wanted, due: datetime | None, as_of: datetime) -> str:
    if wanted.done is not None:
        at, end = wanted.done
        if due is not None and at >= due:
            return State.MISSED
        return State.MET if end == "met" else State.ENDED
    if due is None:
        return State.STILL
    return State.MISSED if due <= as_of else State.RUNNING


def pauses_as_json(pauses: Sequence[Pause]) -> list[list[str | None]]:
    return [[pause.start.isoformat(), pause.end.isoformat() if pause.end else None] for pause in pauses]


def pauses_from_json(rows: Sequence[Sequence[str | None]]) -> tuple[Pause, ...]:
    return tuple(
        Pause(datetime.fromisoformat(str(start)), datetime.fromisoformat(end) if end else None) for start, end in rows
    )


def digest() -> str:
    """A digest of everything by which clocks are counted, beside the timeline."""
    told: list[Mapping[str, Any]] = [
        *Calendar.objects.order_by("pk").values("pk", "time_zone", "week", "days_off"),
        *Team.objects.order_by("pk").values("pk", "calendar"),
        *Agent.objects.order_by("pk").values("pk", "team", "time_zone"),
        *RuleRow.objects.order_by("pk").values(),
        *LegalRow.objects.order_by("pk").values("code", "is_on", "changed", "language", "channel", "team", "group"),
        *CustomerGroup.objects.order_by("pk").values(),
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()
