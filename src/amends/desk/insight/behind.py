"""
What is behind a figure: the complaints, the promises, the customers, or the replies without their author.

No figure leads to a list of people who work here, and no reply leads to its complaint, where its author could be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import pairwise
from operator import attrgetter
from typing import Any

import numpy as np
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from amends.desk.coaching.models import Kind, Seen
from amends.desk.complaints.models import By, Complaint, Event
from amends.desk.complaints.visible import visible
from amends.desk.customers.models import BuyingRhythm
from amends.desk.customers.words import one_line
from amends.desk.insight import curves, lasting, lists, picked, severity
from amends.desk.insight.facts import REPLIES, Array, moment
from amends.desk.insight.frame import Frame
from amends.desk.insight.kept import Facts
from amends.desk.insight.models import OnTheWay
from amends.desk.insight.picked import Chosen, Moments
from amends.desk.insight.queries import FEWEST_AUTHORS
from amends.desk.insight.titles import title
from amends.desk.insight.waits import Waits
from amends.desk.insight.words import failing_words, hurt_words
from amends.desk.people.models import Agent
from amends.desk.promises.models import Promise, State
from amends.desk.remedies.models import Remedy
from amends.desk.third_parties.models import Wait as ThirdPartyWait
from amends.engine.measures import Share, share
from amends.engine.measures.counted import Wait

PAGE = 50
HIDDEN = "•••"
LONGEST_SAID = 280  # of what a customer said last: the rest stands in the complaint
FIGURE = re.compile(r"[a-z0-9-]{1,60}")


class UnableToOpen(Exception):
    """There is no such figure, or so few people stand behind it that it would name them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintRow:
    number: int
    subject: str
    customer: str
    stage: str
    received_at: datetime
    quote: str = ""
    kept: bool | None = None  # what became of the promise that is quoted
    wait: Wait | None = None
    cost: Decimal | None = None
    points: int = 0  # how bad it is, where that is counted
    hurts: tuple[str, ...] = ()  # and by what


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRow:
    """A customer, once: what they spend a year, their complaints, what went wrong in them and what they said last."""

    id: int
    name: str
    value: Decimal | None
    currency: str
    complaints: tuple[tuple[int, str], ...]
    happened: tuple[str, ...] = ()
    said: str = ""
    said_at: datetime | None = None
    bought_on: date | None = None  # for the last time, as far as the records tell
    usual_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a reply, marked when it is what the figure counts."""

    text: str
    is_marked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRow:
    """A reply, as anybody's."""

    pieces: tuple[Piece, ...]
    language: str
    at: datetime

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What a figure counts: how many they are, what they are a part of, and a page of them."""

    title: str
    total: int
    whole: str = ""  # the figure that this one is a part of
    of: int = 0  # and how many that counts
    complaints: tuple[ComplaintRow, ...] = ()
    customers: tuple[CustomerRow, ...] = ()
    replies: tuple[ReplyRow, ...] = ()
    amount: Decimal | None = None  # what they spend, or cost, together
    currency: str = ""
    median: timedelta | None = None
    between: str = ""  # where the true median lies, as far as chance lets one say
    next_page: int = 0
    points: int | None = None  # how bad they are together

    @property
    def share(self) -> Share:
        return share(self.total, self.of)


def behind(*, figure: str, frame: Frame, language: str, currency: str = "", page: int = 1) -> Behind:
    """Return what a figure counted; money is counted in one currency.

    :raises UnableToOpen: if no figure has this name
    """
    found = _found(figure, frame=frame, language=language, currency=currency, page=page)
    whole = lists.whole_of(figure)
    if not whole:
        return found
    return replace(
        found, whole=whole, of=_found(whole, frame=frame, language=language, currency=currency, page=1).total
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What is asked for: a figure, of what, in which words, and which page of its list."""

    figure: str
    frame: Frame
    language: str
    currency: str
    page: int

    @property
    def heading(self) -> str:
        return title(self.figure, language=self.language)

    @property
    def here(self) -> slice:
        return slice((self.page - 1) * PAGE, self.page * PAGE)


def _found(figure: str, *, frame: Frame, language: str, currency: str, page: int) -> Behind:
    if not FIGURE.fullmatch(figure):
        raise UnableToOpen(_("There is no such figure."))
    kind, _dash, name = figure.partition("-")
    if kind in {Kind.FAILING, Kind.GOOD} or figure == "replies":
        return _replies(kind, name, frame=frame, language=language, page=page)
    asked = _Asked(figure=figure, frame=frame, language=language, currency=currency, page=page)
    for find in (_of_waits, _of_severity, _from_days, _of_customers, _from_tables):
        if (found := find(asked)) is not None:
            return found
    raise UnableToOpen(_("There is no such figure."))


def _of_waits(asked: _Asked) -> Behind | None:
    bulk = Complaint.objects.filter(visible()).select_related("customer").in_bulk
    for waits, find in (
        (lists.waits(figure=asked.figure, frame=asked.frame), bulk),
        (lists.outside(figure=asked.figure, frame=asked.frame), _complaints_of),
    ):
        if waits is not None:
            return _waits(waits, find=find, heading=asked.heading, language=asked.language, page=asked.page)
    if (ids := lists.picked(figure=asked.figure, frame=asked.frame)) is not None:
        return _picked(ids, heading=asked.heading, page=asked.page)
    return None


def _of_severity(asked: _Asked) -> Behind | None:
    """The complaints of a cause, the worst first, each with what makes it so."""
    found = severity.worse(asked.figure, frame=asked.frame, facts=Facts())
    if found is None:
        return None
    known = hurt_words()
    told = {
        int(found.ids[place]): (
            int(found.points[place]),
            tuple(known[name] for name, hurt in found.hurts.items() if hurt[place]),
        )
        for place in range(*asked.here.indices(len(found.ids)))
    }
    page = _picked(found.ids, heading=asked.heading, page=asked.page, told=told)
    return replace(page, points=int(found.points.sum()))


def _from_days(asked: _Asked) -> Behind | None:
    """What the kept days tell of a figure; only to who sees everything, for they know of no closed teams."""
    facts = Facts()
    if visible() or not facts.are_kept:
        return None
    if (promises := picked.promises(asked.figure, frame=asked.frame, facts=facts)) is not None:
        known = lists.promises(figure=asked.figure, frame=asked.frame)
        rows = tuple(_promise_row(one) for one in _told(promises, known, at="settled_at", page=asked.page))
        total = len(promises)
        return Behind(title=asked.heading, total=total, complaints=rows, next_page=_next(total, asked.page))
    if (remedies := picked.remedies(asked.figure, frame=asked.frame, facts=facts, currency=asked.currency)) is not None:
        known = lists.remedies(figure=asked.figure, frame=asked.frame, currency=asked.currency)
        here = list(_told(remedies[0], known, at="complaint__received_at", page=asked.page))
        found = _remedies(here, heading=asked.heading, currency=asked.currency, page=1)
        total = len(remedies[0])
        return replace(found, total=total, amount=remedies[1], next_page=_next(total, asked.page))
    customers = lists.customers(figure=asked.figure, frame=asked.frame, currency=asked.currency)
    if customers is None:
        ids = picked.complaints(asked.figure, frame=asked.frame, facts=facts)
        return None if ids is None else _picked(ids, heading=asked.heading, page=asked.page)
    chosen = picked.customers(asked.figure, frame=asked.frame, facts=facts, asked=customers)
    if chosen is None:
        return None
    return _chosen(chosen, customers, heading=asked.heading, language=asked.language, page=asked.page)


def _told(moments: Moments, known: QuerySet[Any] | None, *, at: str, page: int) -> Iterator[Any]:
    """The rows of one page, found by their complaint and second."""
    wanted = list(moments.page(page, of=PAGE))
    if known is None or not wanted:
        return
    there: dict[tuple[int, int], list[Any]] = {}
    for row in known.filter(complaint__in={complaint for complaint, _at, _place in wanted}).order_by("pk"):
        second = moment(attrgetter(at.replace("__", "."))(row))
        there.setdefault((row.complaint_id, second), []).append(row)
    for complaint, second, place in wanted:
        alike = there.get((complaint, second), ())
        if place < len(alike):
            yield alike[place]


def _of_customers(asked: _Asked) -> Behind | None:
    customers = lists.customers(figure=asked.figure, frame=asked.frame, currency=asked.currency)
    if customers is None:
        return None
    customers = replace(customers, complaints=customers.complaints.filter(visible()))
    return _customers(customers, heading=asked.heading, language=asked.language, page=asked.page)


def _from_tables(asked: _Asked) -> Behind | None:
    remedies = lists.remedies(figure=asked.figure, frame=asked.frame, currency=asked.currency)
    if remedies is not None:
        seen = list(remedies.filter(visible("complaint__")))
        return _remedies(seen, heading=asked.heading, currency=asked.currency, page=asked.page)
    if (promises := lists.promises(figure=asked.figure, frame=asked.frame)) is not None:
        promises = promises.filter(visible("complaint__"))
        total, rows = promises.count(), [_promise_row(promise) for promise in promises[asked.here]]
    elif (complaints := lists.complaints(figure=asked.figure, frame=asked.frame)) is not None:
        complaints = complaints.filter(visible())
        total, rows = complaints.count(), [_complaint_row(complaint) for complaint in complaints[asked.here]]
    else:
        return None
    return Behind(title=asked.heading, total=total, complaints=tuple(rows), next_page=_next(total, asked.page))


def _next(total: int, page: int) -> int:
    return page + 1 if total > page * PAGE else 0


# ── Complaints, promises, customers ──────────────────────────────────────────


def _complaint_row(
    complaint: Complaint,
    *,
    quote: str = "",
    kept: bool | None = None,
    wait: Wait | None = None,
    cost: Decimal | None = None,
) -> ComplaintRow:
    return ComplaintRow(
        number=complaint.number,
        subject=complaint.subject,
        customer=complaint.customer.name,
        stage=complaint.get_stage_display(),
        received_at=complaint.received_at,
        quote=quote,
        kept=kept,
        wait=wait,
        cost=cost,
    )


def _promise_row(promise: Promise) -> ComplaintRow:
    return _complaint_row(promise.complaint, quote=promise.words, kept=promise.state == State.KEPT)


def _remedies(remedies: list[Remedy], *, heading: str, currency: str, page: int) -> Behind:
    here = remedies[(page - 1) * PAGE : page * PAGE]
    return Behind(
        title=heading,
        total=len(remedies),
        complaints=tuple(_complaint_row(one.complaint, quote=one.what, cost=one.cost) for one in here),
        amount=sum((one.cost for one in remedies), Decimal(0)),
        currency=currency,
        next_page=_next(len(remedies), page),
    )


def _complaints_of(ids: Iterable[int]) -> dict[int, Complaint]:
    """The complaints of waits for third parties, by the number of the wait."""
    rows = ThirdPartyWait.objects.filter(visible("complaint__"), pk__in=ids).select_related("complaint__customer")
    return {row.pk: row.complaint for row in rows}


def _waits(
    waits: Waits,
    *,
    find: Callable[[list[int]], Mapping[int, Complaint]],
    heading: str,
    language: str,
    page: int,
) -> Behind:
    """Who still waits first, and then who waited longest."""
    here = waits.page(page, of=PAGE)
    found = find(list(here))
    return Behind(
        title=heading,
        total=len(waits),
        complaints=tuple(_complaint_row(found[pk], wait=wait) for pk, wait in here.items() if pk in found),
        median=(told := lasting.reckon("", waits)).median,
        between=curves.range_words(told, language=language),
        next_page=_next(len(waits), page),
    )


def _picked(
    ids: Array, *, heading: str, page: int, told: Mapping[int, tuple[int, tuple[str, ...]]] | None = None
) -> Behind:
    """`told` says of each how bad it is and by what, where that is counted."""
    here = [int(pk) for pk in ids[(page - 1) * PAGE : page * PAGE]]
    found = Complaint.objects.filter(visible()).select_related("customer").in_bulk(here)
    rows = tuple(_complaint_row(found[pk]) for pk in here if pk in found)
    if told is not None:
        known = [told[pk] for pk in here if pk in found]
        rows = tuple(replace(row, points=points, hurts=hurts) for row, (points, hurts) in zip(rows, known, strict=True))
    return Behind(title=heading, total=len(ids), complaints=rows, next_page=_next(len(ids), page))


def _chosen(chosen: Chosen, asked: lists.Customers, *, heading: str, language: str, page: int) -> Behind:
    """The same from the days: only the customers of this page are read."""
    here, ids = chosen.page(page, of=PAGE)
    these = replace(asked, complaints=Complaint.objects.filter(pk__in=ids))
    found = _customers(these, heading=heading, language=language, page=1)
    rows = {row.id: row for row in found.customers}
    return replace(
        found,
        total=len(chosen),
        customers=tuple(rows[pk] for pk in here if pk in rows),
        amount=chosen.amount,
        next_page=_next(len(chosen), page),
    )


def _customers(asked: lists.Customers, *, heading: str, language: str, page: int) -> Behind:
    """Each customer once, who spends most first."""
    rows = asked.complaints.order_by("-received_at", "-pk").values_list(
        "customer_id", "customer__name", "customer__yearly_value", "customer__currency", "number", "subject", "pk"
    )
    found: dict[int, CustomerRow] = {}
    counted: dict[int, list[int]] = {}
    for customer, name, value, currency, number, subject, pk in rows:
        if not asked.has(value, currency):
            continue
        before = found.get(customer)
        complaints = (*(before.complaints if before else ()), (number, subject))
        found[customer] = CustomerRow(id=customer, name=name, value=value, currency=currency, complaints=complaints)
        counted.setdefault(customer, []).append(pk)
    order = sorted(found, key=lambda one: _most_first(found[one]))
    here = order[(page - 1) * PAGE : page * PAGE]
    told = _what_happened({pk for customer in here for pk in counted[customer]}, language=language)
    return Behind(
        title=heading,
        total=len(order),
        customers=tuple(replace(found[customer], **told.get(customer, {})) for customer in here),
        amount=None if asked.currency is None else sum((row.value or Decimal(0) for row in found.values()), Decimal(0)),
        currency=asked.currency or "",
        next_page=_next(len(order), page),
    )


def _most_first(row: CustomerRow) -> tuple[str, Decimal, tuple[int, str]]:
    return (row.currency, -(row.value or Decimal(0)), row.complaints[0])


def _what_happened(complaints: set[int], *, language: str) -> dict[int, dict[str, Any]]:
    """What went wrong on the way of each customer's complaints, and the last that they themselves said there."""
    told: dict[int, dict[str, Any]] = {}
    rhythms = BuyingRhythm.objects.filter(customer__complaints__in=complaints).distinct()
    for customer, last_on, usual in rhythms.values_list("customer", "last_on", "usual_days"):
        told[customer] = {"bought_on": last_on, "usual_days": max(1, round(usual))}
    wrong = (
        OnTheWay.objects.filter(complaint__in=complaints).order_by("name").values_list("complaint__customer", "name")
    )
    for customer, name in wrong.distinct():
        words = failing_words(name, language=language)
        told.setdefault(customer, {})["happened"] = (*told.get(customer, {}).get("happened", ()), words)
    said = Event.objects.filter(complaint__in=complaints, by=By.CUSTOMER).exclude(content__text="").order_by("at", "pk")
    for customer, at, text in said.values_list("complaint__customer", "at", "content__text"):
        told.setdefault(customer, {}).update(said=one_line(text, limit=LONGEST_SAID), said_at=at)
    return told


# ── Replies, without their author ────────────────────────────────────────────


def _replies(kind: str, name: str, *, frame: Frame, language: str, page: int) -> Behind:
    facts = Facts()
    find = _replies_by_tables if visible() or not facts.are_kept else partial(_replies_by_days, facts=facts)
    total, here = find(kind, name, frame=frame, page=page)
    spans: dict[int, list[tuple[int, int]]] = {}
    seen = Seen.objects.filter(kind=kind, name=name, event__in=here) if name else Seen.objects.none()
    for event, start, end in seen.values_list("event_id", "start", "end"):
        spans.setdefault(event, []).append((start, end))
    names = _names()
    rows = {
        event.pk: ReplyRow(
            pieces=tuple(_pieces(event.content.text, spans.get(event.pk, ()), names)),
            language=event.language or event.complaint.language,
            at=event.at,
        )
        for event in Event.objects.filter(pk__in=here).select_related("content", "complaint")
    }
    return Behind(
        title=title(f"{kind}-{name}" if name else kind, language=language),
        total=total,
        replies=tuple(rows[pk] for pk in here),
        next_page=_next(total, page),
    )


def _replies_by_tables(kind: str, name: str, *, frame: Frame, page: int) -> tuple[int, list[int]]:
    """How many replies there are, and which stand on a page."""
    replies = frame.replies().filter(visible("complaint__"))
    if frame.is_narrow:
        _stop_at_few(replies.values("agent").distinct().count())
    seen = Seen.objects.filter(kind=kind, name=name, event__in=replies)
    found = seen.values_list("event_id", flat=True) if name else replies.values_list("pk", flat=True)
    # In the order of a digest of nothing personal: an order of time would tell who was on duty.
    ids = sorted(set(found), key=lambda pk: (pk * 2654435761) % 2**32)
    return len(ids), ids[(page - 1) * PAGE : page * PAGE]


def _replies_by_days(kind: str, name: str, *, frame: Frame, page: int, facts: Facts) -> tuple[int, list[int]]:
    """The same from the days; only the replies of some fifty complaints are read."""
    if frame.is_narrow:
        _stop_at_few(len(np.unique(facts.of(REPLIES, frame)["agent"])))
    moments = picked.replies(kind, name, frame=frame, facts=facts)
    known = frame.replies()
    if name:
        known = known.filter(Exists(Seen.objects.filter(event=OuterRef("pk"), kind=kind, name=name)))
    return len(moments), [event.pk for event in _told(moments, known, at="at", page=page)]


def _stop_at_few(authors: int) -> None:
    if authors < FEWEST_AUTHORS:
        raise UnableToOpen(_("So few people wrote these replies that a figure would name them."))


def _pieces(text: str, spans: Iterable[tuple[int, int]], names: re.Pattern[str] | None) -> Iterable[Piece]:
    marked = [(max(0, start), min(len(text), end)) for start, end in spans]
    edges = sorted({0, len(text), *(edge for span in marked for edge in span)})
    for start, end in pairwise(edges):
        piece = text[start:end]
        yield Piece(
            text=names.sub(HIDDEN, piece) if names else piece,
            is_marked=any(first <= start and end <= last for first, last in marked),
        )


def _names() -> re.Pattern[str] | None:
    """Everybody's names, whole and in parts, as people sign with them."""
    parts = {part for name in Agent.objects.values_list("name", flat=True) for part in [name, *name.split()]}
    known = sorted((part for part in parts if len(part.strip(".")) > 1), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, known)) + r")(?!\w)") if known else None
