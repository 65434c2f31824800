"""Reading improvements: the board, one of them, and the complaints behind each of its figures."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet

from amends.desk.complaints.models import Complaint
from amends.desk.complaints.visible import visible
from amends.desk.improvements import effect as effects
from amends.desk.improvements.effect import Side
from amends.desk.improvements.models import ENDED, Improvement, State, Step
from amends.desk.improvements.room_words import told_words
from amends.desk.improvements.words import layer_words, theme_words
from amends.desk.remedies.models import Remedy
from amends.desk.remedies.models import State as RemedyState

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One improvement on the board."""

    id: int
    title: str
    cause: str
    layer: str
    owner: str
    state: str
    state_words: str
    due_on: date
    is_late: bool
    in_force_on: date | None
    look_on: date | None
    is_to_be_looked_at: bool
    fewer: int | None
    saves: Decimal | None
    currency: str
    told: str = ""
    told_words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    columns: tuple[tuple[str, str, tuple[Card, ...]], ...]  # state, its name, cards
    ended: tuple[Card, ...]
    to_be_looked_at: tuple[Card, ...]

    @property
    def is_empty(self) -> bool:
        return not self.ended and not any(cards for *_, cards in self.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A complaint behind a figure."""

    number: int
    subject: str
    customer: str
    stage: str
    received_at: datetime
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    total: int
    rows: tuple[Row, ...]
    next_page: int
    since: datetime
    until: datetime
    amount: Decimal | None = None
    currency: str = ""


def board(*, language: str, now: datetime) -> Board:
    """Lay out all improvements; of those in force their effect is counted."""
    rows = list(Improvement.objects.select_related("theme", "rule", "owner").order_by("due_on", "pk"))
    told = effects.told_of(improvements=[row for row in rows if row.state == State.IN_FORCE], now=now)
    cards = [_card(row, told=told.get(row.pk, ""), language=language, now=now) for row in rows]
    working = (State.PLANNED, State.UNDER_WAY, State.IN_FORCE)
    return Board(
        columns=tuple(
            (state.value, str(state.label), tuple(one for one in cards if one.state == state)) for state in working
        ),
        ended=tuple(one for one in cards if one.state in ENDED),
        to_be_looked_at=tuple(one for one in cards if one.is_to_be_looked_at),
    )


def card(*, improvement: Improvement, told: str, language: str, now: datetime) -> Card:
    """Return one improvement as it stands on the board; of one in force it is told what may be said of its effect."""
    told = told if improvement.state == State.IN_FORCE else ""
    return _card(improvement, told=told, language=language, now=now)


def _card(improvement: Improvement, *, told: str, language: str, now: datetime) -> Card:
    is_in_force = improvement.state == State.IN_FORCE
    return Card(
        id=improvement.pk,
        title=improvement.title,
        cause=cause_words(improvement, language=language),
        layer=layer_words(improvement.layer, language=language),
        owner=improvement.owner.name,
        state=improvement.state,
        state_words=str(State(improvement.state).label),
        due_on=improvement.due_on,
        is_late=improvement.state in {State.PLANNED, State.UNDER_WAY} and improvement.due_on < now.date(),
        in_force_on=improvement.in_force_on,
        look_on=improvement.look_on,
        is_to_be_looked_at=is_in_force and improvement.look_on is not None and improvement.look_on <= now.date(),
        fewer=improvement.fewer,
        saves=improvement.saves,
        currency=improvement.currency,
        told=told,
        told_words=told_words(told),
    )


def cause_words(improvement: Improvement, *, language: str) -> str:
    """Name what an improvement is about: its rule, its theme, or its layer."""
    if improvement.rule is not None:
        return improvement.rule.title
    if improvement.theme is not None:
        return theme_words(improvement.theme.name, language=language)
    return layer_words(improvement.layer, language=language)


def steps(*, improvement: Improvement) -> list[Step]:
    """Return what happened to it, the last first."""
    return list(improvement.steps.select_related("by").order_by("-at", "-pk"))


# ── Behind the figures ───────────────────────────────────────────────────────

type Picks = Callable[[Improvement, Side], QuerySet[Complaint]]
_LISTS: Mapping[str, Picks] = {
    "here": effects.complaints_about,
    "others": effects.other_complaints,
    "nameless": lambda _improvement, side: effects.nameless_complaints(side),
    "all": lambda _improvement, side: side.complaints(),
}
_PLACE = re.compile(r"(here|others|nameless|all|spent)-(before|after)(?:-([a-z]{3}))?|week-(-?\d{1,3})")


def behind(*, improvement: Improvement, figure: str, now: datetime, page: int = 1) -> Behind | None:
    """Return the complaints that a figure of an improvement counts; None where there is no such figure."""
    match, found = _PLACE.fullmatch(figure), effects.sides(improvement=improvement, now=now)
    if match is None or found is None:
        return None
    before, after = found
    if match[4] is not None:
        start = after.since + int(match[4]) * effects.A_WEEK
        week = Side(since=start, until=start + effects.A_WEEK)
        return _listed(effects.complaints_about(improvement, week), side=week, page=page)
    side = before if match[2] == "before" else after
    if match[1] == "spent":
        return _spent(improvement, side, currency=(match[3] or "").upper(), page=page)
    return _listed(_LISTS[match[1]](improvement, side), side=side, page=page)


def _listed(complaints: QuerySet[Complaint], *, side: Side, page: int) -> Behind:
    complaints = complaints.filter(visible())
    total = complaints.count()
    here = complaints.select_related("customer").order_by("-received_at", "-pk")[(page - 1) * PAGE : page * PAGE]
    return Behind(
        total=total,
        rows=tuple(_row(one) for one in here),
        next_page=page + 1 if total > page * PAGE else 0,
        since=side.since,
        until=side.until,
    )


def _spent(improvement: Improvement, side: Side, *, currency: str, page: int) -> Behind:
    done = Remedy.objects.filter(
        complaint__in=effects.complaints_about(improvement, side),
        state=RemedyState.DONE,
        cost__gt=0,
        currency=currency,
    )
    found = list(done.filter(visible("complaint__")).select_related("complaint__customer").order_by("-at", "-pk"))
    return Behind(
        total=len(found),
        rows=tuple(_row(one.complaint, cost=one.cost) for one in found[(page - 1) * PAGE : page * PAGE]),
        next_page=page + 1 if len(found) > page * PAGE else 0,
        since=side.since,
        until=side.until,
        amount=sum((one.cost for one in found), Decimal(0)),
        currency=currency,
    )


def _row(complaint: Complaint, *, cost: Decimal | None = None) -> Row:
    return Row(
        number=complaint.number,
        subject=complaint.subject,
        customer=complaint.customer.name,
        stage=complaint.get_stage_display(),
        received_at=complaint.received_at,
        cost=cost,
    )
