"""
What is behind a figure: the complaints, the promises, or the replies without their author.

No figure leads to a list of people, and no reply leads to its complaint, where its author could be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from amends.desk.coaching.models import Kind, Seen
from amends.desk.complaints.models import Complaint, Event
from amends.desk.improvements.models import Theme
from amends.desk.insight import risk, words
from amends.desk.insight.frame import Frame
from amends.desk.insight.queries import A_PERSON_CAME, FEWEST_AUTHORS
from amends.desk.people.models import Agent
from amends.desk.promises.models import Promise, State
from amends.engine.causes import LAYERS, group_of

PAGE = 50
HIDDEN = "•••"
FIGURE = re.compile(r"[a-z0-9-]{1,60}")


class UnableToOpen(Exception):
    """There is no such figure, or so few people stand behind it that it would name them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintRow:
    number: int
    subject: str
    customer: str
    language: str
    stage: str
    received_at: datetime
    quote: str = ""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    title: str
    total: int
    complaints: tuple[ComplaintRow, ...] = ()
    replies: tuple[ReplyRow, ...] = ()
    next_page: int = 0


def behind(*, figure: str, frame: Frame, language: str, page: int = 1) -> Behind:
    """Return what a figure counted.

    :raises UnableToOpen: if no figure has this name
    """
    if not FIGURE.fullmatch(figure):
        raise UnableToOpen(_("There is no such figure."))
    kind, _dash, name = figure.partition("-")
    if kind in {Kind.FAILING, Kind.GOOD}:
        return _replies(kind, name, frame=frame, language=language, page=page)
    complaints, promises = _complaints(kind, name, frame), _promises(figure, frame)
    here = slice((page - 1) * PAGE, page * PAGE)
    if promises is not None:
        total, rows = promises.count(), [_promise_row(promise) for promise in promises[here]]
    elif complaints is not None:
        total, rows = complaints.count(), [_complaint_row(complaint) for complaint in complaints[here]]
    else:
        raise UnableToOpen(_("There is no such figure."))
    return Behind(
        title=title(figure, language=language),
        total=total,
        complaints=tuple(rows),
        next_page=page + 1 if total > page * PAGE else 0,
    )


# ── Complaints ───────────────────────────────────────────────────────────────

_SIMPLE: Mapping[str, Callable[[Frame], QuerySet[Complaint]]] = {
    "complaints": Frame.complaints,
    "unanswered": lambda frame: frame.complaints().filter(first_person_at__isnull=True),
    "asked": lambda frame: Complaint.objects.filter(events__in=frame.asked()).distinct(),
    "waiting": lambda frame: Complaint.objects.filter(pk__in=_still_waiting(frame)),
    "risk": risk.at_risk,
    "unconfirmed": lambda frame: frame.complaints().filter(cause__isnull=False, cause__confirmed_at__isnull=True),
}


def _complaints(kind: str, name: str, frame: Frame) -> QuerySet[Complaint] | None:
    found: QuerySet[Complaint] | None = None
    confirmed = frame.complaints().filter(cause__confirmed_at__isnull=False)
    if not name and kind in _SIMPLE:
        found = _SIMPLE[kind](frame)
    elif kind == "risk" and name in risk.REASONS:
        found = risk.REASONS[name](frame)
    elif kind == "cause" and (layers := _layers_of(name)):
        found = confirmed.filter(cause__layer__in=layers)
    elif kind == "course" and name:
        found = frame.complaints().filter(on_the_way__name=name)
    elif kind == "people" and name in {"1", "2", "3"}:
        found = frame.complaints().filter(**({"people__gte": 3} if name == "3" else {"people": int(name)}))
    elif kind == "theme" and (match := re.fullmatch(r"(\d{1,9})-([a-z-]+)", name)):
        theme = {"cause__theme": int(match[1])} if int(match[1]) else {"cause__theme__isnull": True}
        found = confirmed.filter(cause__layer=match[2], **theme)
    return None if found is None else found.select_related("customer").order_by("-received_at", "-pk")


def _layers_of(name: str) -> list[str]:
    if name == "all":
        return [layer for layer in LAYERS if group_of(layer) != "third-party"]
    return [layer for layer in LAYERS if group_of(layer) == name]


def _still_waiting(frame: Frame) -> list[int]:
    # Of several moments the last one stays.
    asked = dict(frame.asked().order_by("at").values_list("complaint_id", "at"))
    spoke = dict(
        Event.objects.filter(kind__in=A_PERSON_CAME, complaint__in=asked)
        .order_by("at")
        .values_list("complaint_id", "at")
    )
    return [complaint for complaint, at in asked.items() if complaint not in spoke or spoke[complaint] < at]


def _complaint_row(complaint: Complaint, *, quote: str = "") -> ComplaintRow:
    return ComplaintRow(
        number=complaint.number,
        subject=complaint.subject,
        customer=complaint.customer.name,
        language=complaint.language,
        stage=complaint.get_stage_display(),
        received_at=complaint.received_at,
        quote=quote,
    )


def _promises(figure: str, frame: Frame) -> QuerySet[Promise] | None:
    states = {
        "promises-kept": [State.KEPT],
        "promises-broken": [State.BROKEN],
        "promises-settled": [State.KEPT, State.BROKEN],
    }
    if figure not in states:
        return None
    return (
        frame.promises()
        .filter(state__in=states[figure])
        .select_related("complaint__customer")
        .order_by("-due_at", "-pk")
    )


def _promise_row(promise: Promise) -> ComplaintRow:
    return _complaint_row(promise.complaint, quote=promise.words)


# ── Replies, without their author ────────────────────────────────────────────


def _replies(kind: str, name: str, *, frame: Frame, language: str, page: int) -> Behind:
    replies = frame.replies()
    if frame.team and replies.values("agent").distinct().count() < FEWEST_AUTHORS:
        raise UnableToOpen(_("So few people wrote in this team that a figure would name them."))
    seen = Seen.objects.filter(kind=kind, name=name, event__in=replies)
    # In the order of a digest of nothing personal: an order of time would tell who was on duty.
    ids = sorted(set(seen.values_list("event_id", flat=True)), key=lambda pk: (pk * 2654435761) % 2**32)
    here = ids[(page - 1) * PAGE : page * PAGE]
    spans: dict[int, list[tuple[int, int]]] = {}
    for event, start, end in seen.filter(event__in=here).values_list("event_id", "start", "end"):
        spans.setdefault(event, []).append((start, end))
    names = _names()
    rows = {
        event.pk: ReplyRow(
            pieces=tuple(_pieces(event.content.text, spans[event.pk], names)),
            language=event.language or event.complaint.language,
            at=event.at,
        )
        for event in Event.objects.filter(pk__in=here).select_related("content", "complaint")
    }
    return Behind(
        title=title(f"{kind}-{name}", language=language),
        total=len(ids),
        replies=tuple(rows[pk] for pk in here),
        next_page=page + 1 if len(ids) > page * PAGE else 0,
    )


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


# ── Titles ───────────────────────────────────────────────────────────────────


def title(figure: str, *, language: str) -> str:
    """Name a figure as its list is headed."""
    kind, _dash, name = figure.partition("-")
    if kind in {Kind.FAILING, "course"}:
        return words.failing_words(name, language=language)
    if kind == Kind.GOOD:
        return words.good_words(name)
    if kind == "theme":
        number, _dash, layer = name.partition("-")
        theme = Theme.objects.filter(pk=int(number)).values_list("name", flat=True).first() or ""
        return words.cause_words(theme, layer, language=language)
    if kind == "risk" and name:
        return _("Customers who {reason}").format(reason=words.reason_words(name))
    if kind == "cause" and name in {"employee", "customer", "organisation"}:
        return words.group_words(name)
    return {
        "complaints": _("All complaints"),
        "unanswered": _("Nobody has answered yet"),
        "asked": _("Asked for a person or a manager"),
        "waiting": _("Asked for a person, and still wait"),
        "risk": _("Customers who may leave"),
        "unconfirmed": _("Causes that wait for a person's yes"),
        "cause-third-party": _("Third parties"),
        "cause-all": _("Confirmed causes"),
        "people-1": _("One person"),
        "people-2": _("Two people"),
        "people-3": _("Three people or more"),
        "promises-kept": _("Promises kept"),
        "promises-broken": _("Promises broken"),
        "promises-settled": _("Promises kept or broken"),
    }.get(figure, "")
