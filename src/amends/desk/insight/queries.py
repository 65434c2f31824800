"""
What hurts, in figures that carry their denominator and a door to what is behind them.

The list behind a figure is in lists.py; a test holds every number of the page against the length of its list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, Sum

from amends.desk.coaching.models import Kind, Seen
from amends.desk.complaints.models import Complaint, Event, EventKind
from amends.desk.insight import risk
from amends.desk.insight.frame import Frame
from amends.desk.insight.models import OnTheWay
from amends.desk.insight.spans import Part
from amends.desk.people.models import Agent
from amends.desk.people.organisation import organisation_currency
from amends.desk.promises.models import State
from amends.desk.remedies.models import State as RemedyState
from amends.engine.measures import (
    RateRatio,
    Share,
    YearlyValue,
    pareto,
    rate_ratio,
    share,
    told_median,
    yearly_value_at_risk,
)
from amends.engine.measures.counted import BANDS, MANY, Wait, first_wait, longest_wait, where_from

FEWEST_AUTHORS = 3  # a team of two would let each read the other's figures
MOST_THEMES = 8  # on the page of what hurts; the page of causes has more
EVERY_THEME = 60
A_PERSON_CAME = (EventKind.REPLIED, EventKind.CALLED)
WAITS = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(days=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One of the three groups of causes, held against what others found."""

    name: str
    share: Share
    band: tuple[float, float]
    door: str

    @property
    def verdict(self) -> str:
        """more, fewer or like, by the whole interval; empty when there are too few."""
        if self.share.too_few:
            return ""
        if self.share.low > self.band[1]:
            return "more"
        return "fewer" if self.share.high < self.band[0] else "like"


@dataclass(frozen=True, slots=True, kw_only=True)
class Causes:
    groups: tuple[Group, ...]
    confirmed: int  # without third parties
    third_party: int
    unconfirmed: int
    complaints: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeRow:
    """One bar of the Pareto: how often, and what the customers it hit spend a year."""

    theme: str  # empty: confirmed without a theme
    layer: str
    count: int
    cumulative: float
    spend: Decimal
    customers: int
    known: int
    remedies: Decimal
    share: Share  # of all confirmed causes
    is_apart: bool  # from the next one, by more than chance
    key: str  # of the lists behind it: the theme's number and the layer
    theme_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One week or month of a trend."""

    words: str
    kept: int
    broken: int
    door: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    share: Share
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How customers reach people."""

    asked: int
    waiting: int
    asked_median: timedelta | None
    waits: tuple[int, ...]  # within each limit of WAITS, longer, and still waiting
    answer_median: timedelta | None
    unanswered: int
    complaints: int
    people: tuple[int, int, int]  # complaints with one person, two, more
    at_most_two: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """A failing or a good sign, per hundred replies."""

    name: str
    share: Share  # replies that have it, of all replies
    is_preview: bool
    door: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    replies: int
    is_hidden: bool
    failings: tuple[Habit, ...]
    good: tuple[Habit, ...]
    change: RateRatio | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What went wrong on the way: failings of the course of events, of all complaints."""

    habits: tuple[Habit, ...]  # here shares of complaints
    complaints: int
    not_looked_at: int  # complaints that wait for their first look


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What at-risk customers spend a year: the most that can leave with them, no forecast."""

    value: YearlyValue
    reasons: tuple[tuple[str, int], ...]
    complaints: int
    spenders: Mapping[str, int] = field(default_factory=dict)  # those with a figure on record, by its currency


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    frame: Frame
    is_new: bool  # no complaint has ever come in
    currency: str
    currencies: tuple[str, ...]
    causes: Causes
    themes: tuple[ThemeRow, ...]
    promises: Promises
    reach: Reach
    writing: Writing
    course: Course
    money: Money


class Row(NamedTuple):
    """One complaint of the span, as most figures need it."""

    pk: int
    received_at: datetime
    first_person_at: datetime | None
    people: int
    customer: int
    spends: Decimal | None
    currency: str
    layer: str | None
    theme_id: int | None
    theme: str | None
    confirmed_at: datetime | None

    @property
    def is_confirmed(self) -> bool:
        """Whether a person said why it happened."""
        return self.confirmed_at is not None


def rows(*, frame: Frame) -> list[Row]:
    """Read the complaints of a span once, for all that is counted of them."""
    found = frame.complaints().order_by("pk")
    return [
        Row(*one)
        for one in found.values_list(
            "pk",
            "received_at",
            "first_person_at",
            "people",
            "customer_id",
            "customer__yearly_value",
            "customer__currency",
            "cause__layer",
            "cause__theme_id",
            "cause__theme__name",
            "cause__confirmed_at",
        )
    ]


def figures(
    *, frame: Frame, parts: Sequence[Part], now: datetime, currency: str = "", reader: Agent | None = None
) -> Figures:
    """Count everything on the page of insight; causes are weighed in one currency.

    It is the one chosen, or the organisation's own, or the one in which the reader's limit is counted, or that of most
    customers.
    """
    every = rows(frame=frame)
    known = currencies_of(every)
    currency = shown_currency(known, currency, reader.goodwill_currency if reader is not None else "")
    return Figures(
        frame=frame,
        is_new=not every and not Complaint.objects.exists(),
        currency=currency,
        currencies=known,
        causes=causes(frame=frame, of=every),
        themes=themes(frame=frame, currency=currency, of=every),
        promises=promises(frame=frame, parts=parts),
        reach=reach(frame=frame, now=now, of=every),
        writing=writing(frame=frame),
        course=course(frame=frame),
        money=money(frame=frame),
    )


def causes(*, frame: Frame, of: Sequence[Row] | None = None) -> Causes:
    """Shares of the three groups among confirmed causes, third parties apart; `of` are rows read already."""
    every = rows(frame=frame) if of is None else of
    confirmed = Counter(row.layer for row in every if row.is_confirmed and row.layer)
    found = where_from(confirmed.items())
    return Causes(
        groups=tuple(
            Group(name=name, share=part, band=BANDS[name], door=f"cause-{name}") for name, part in found.groups
        ),
        confirmed=found.third_party.n - found.third_party.k,
        third_party=found.third_party.k,
        unconfirmed=sum(row.layer is not None and not row.is_confirmed for row in every),
        complaints=len(every),
    )


def themes(
    *, frame: Frame, currency: str, most: int = MOST_THEMES, of: Sequence[Row] | None = None
) -> tuple[ThemeRow, ...]:
    """The themes of confirmed causes, the most frequent first, with what the customers they hit spend a year."""
    found: dict[tuple[str, str, int], list[Row]] = {}
    for row in rows(frame=frame) if of is None else of:
        if row.is_confirmed:
            found.setdefault((row.theme or "", row.layer or "", row.theme_id or 0), []).append(row)
    costs = _remedy_costs(frame, currency) if found else {}
    ranked = pareto([(key, len(found[key])) for key in sorted(found)])[:most]
    bars = []
    for place in ranked:
        (theme, layer, theme_id), complaints = place.key, found[place.key]
        customers = {row.customer: row for row in complaints}
        spends = [row.spends for row in customers.values() if row.spends is not None and row.currency == currency]
        bars.append(
            ThemeRow(
                theme=theme,
                layer=layer,
                count=len(complaints),
                cumulative=place.cumulative,
                spend=sum(spends, Decimal(0)),
                customers=len(customers),
                known=len(spends),
                remedies=sum((costs.get(row.pk, Decimal(0)) for row in complaints), Decimal(0)),
                share=place.share,
                is_apart=place.is_apart,
                key=f"{theme_id}-{layer}",
                theme_id=theme_id,
            )
        )
    return tuple(bars)


def _remedy_costs(frame: Frame, currency: str) -> dict[int, Decimal]:
    """What it cost to put complaints with a confirmed cause right, in one currency."""
    return dict(
        frame.complaints()
        .filter(cause__confirmed_at__isnull=False, remedies__currency=currency, remedies__state=RemedyState.DONE)
        .order_by()
        .values_list("pk")
        .annotate(cost=Sum("remedies__cost"))
    )


def promises(*, frame: Frame, parts: Sequence[Part]) -> Promises:
    """How many promises were kept of those that came to their end, and in which week or month."""
    settled = [(state, at) for state, at in frame.promises().values_list("state", "settled_at") if at is not None]
    kept = [at for state, at in settled if state == State.KEPT]
    broken = [at for state, at in settled if state == State.BROKEN]
    return Promises(
        share=share(len(kept), len(settled)),
        columns=tuple(
            Column(
                words=part.label,
                kept=sum(part.has(at) for at in kept),
                broken=sum(part.has(at) for at in broken),
                door=f"promises-in-{int(part.since.timestamp())}-{int(part.until.timestamp())}",
            )
            for part in parts
        ),
    )


def reach(*, frame: Frame, now: datetime, of: Sequence[Row] | None = None) -> Reach:
    """Time to a person, and people per complaint. Who still waits counts as waiting so long: they are the bad cases."""
    every = rows(frame=frame) if of is None else of
    waits = list(waits_for_a_person(frame=frame, now=now).values())
    answers = [wait_until(since=row.received_at, came=row.first_person_at, now=now) for row in every]
    people = Counter(min(row.people, MANY) for row in every)
    return Reach(
        asked=len(waits),
        waiting=sum(not wait.came for wait in waits),
        asked_median=median_of(waits),
        waits=_in_classes(waits),
        answer_median=median_of(answers),
        unanswered=sum(row.first_person_at is None for row in every),
        complaints=len(answers),
        people=(people[1], people[2], people[MANY]),
        at_most_two=share(people[1] + people[2], people[1] + people[2] + people[MANY]),
    )


def waits_for_an_answer(*, frame: Frame, now: datetime) -> dict[int, Wait]:
    """How long each complaint waited until a person came for the first time."""
    rows = frame.complaints().values_list("pk", "received_at", "first_person_at")
    return {pk: wait_until(since=received, came=came, now=now) for pk, received, came in rows}


def wait_until(*, since: datetime, came: datetime | None, now: datetime) -> Wait:
    """How long somebody waited as one knew it at a moment: who came later had not come then."""
    return first_wait(since=since, came=came if came is not None and came <= now else None, now=now)


def waits_for_a_person(*, frame: Frame, now: datetime, kind: str = "") -> dict[int, Wait]:
    """The longest wait of each complaint whose customer asked for somebody, and whether it has ended.

    `kind` is the event of asking for a person, or for a manager; both count unless it is told.
    """
    events = frame.asked().filter(kind=kind) if kind else frame.asked()
    spoke = Event.objects.filter(kind__in=A_PERSON_CAME, complaint__in=events.order_by().values("complaint"))
    asked: dict[int, list[datetime]] = {}
    came: dict[int, list[datetime]] = {}
    columns = ("kind", "complaint_id", "at")
    both = events.order_by().values_list(*columns).union(spoke.order_by().values_list(*columns), all=True)
    for what, complaint, at in both.order_by("at"):
        (came if what in A_PERSON_CAME else asked).setdefault(complaint, []).append(at)
    found = {pk: longest_wait(asked=moments, came=came.get(pk, []), now=now) for pk, moments in asked.items()}
    return {pk: wait for pk, wait in found.items() if wait is not None}


def class_of(wait: Wait) -> int:
    """Which class a wait belongs to, from 0: within each limit, longer, and still waiting."""
    if not wait.came:
        return len(WAITS) + 1
    return next((place for place, limit in enumerate(WAITS) if wait.length <= limit), len(WAITS))


def _in_classes(waits: Iterable[Wait]) -> tuple[int, ...]:
    classes = [0] * (len(WAITS) + 2)
    for wait in waits:
        classes[class_of(wait)] += 1
    return tuple(classes)


def median_of(cases: Collection[Wait]) -> timedelta | None:
    """The time by which half of the cases ended; None for fewer cases than a middle can be told of."""
    seconds = told_median([(wait.length.total_seconds(), wait.came) for wait in cases])
    return None if seconds is None else timedelta(seconds=seconds)


def writing(*, frame: Frame) -> Writing:
    """Failings and good signs per hundred replies; never by person, and not for so few people that it would be."""
    now = Q(at__gte=frame.since)
    told = frame.with_before.replies().aggregate(
        n=Count("pk", filter=now),
        before=Count("pk", filter=~now),
        authors=Count("agent", filter=now, distinct=True),
    )
    n = told["n"]
    if frame.is_narrow and told["authors"] < FEWEST_AUTHORS:
        return Writing(replies=n, is_hidden=True, failings=(), good=(), change=None)
    seen = _seen(frame)
    counted = [one for one in seen if one.kind == Kind.FAILING and one.name not in risk.preview_failings()]
    return Writing(
        replies=n,
        is_hidden=False,
        failings=_habits(seen, kind=Kind.FAILING, n=n),
        good=_habits(seen, kind=Kind.GOOD, n=n),
        # Against the same time before; what is in preview is shown and not counted.
        change=rate_ratio(
            before=sum(one.times for one in counted if not one.is_now),
            of_before=told["before"],
            after=sum(one.times for one in counted if one.is_now),
            of_after=n,
        ),
    )


class _Seen(NamedTuple):
    """How often something was seen in replies, in the span or in the same time before."""

    kind: str
    name: str
    is_now: bool
    replies: int
    times: int


def _seen(frame: Frame) -> list[_Seen]:
    found = (
        Seen.objects.filter(kind__in=[Kind.FAILING, Kind.GOOD], event__in=frame.with_before.replies())
        .annotate(is_now=ExpressionWrapper(Q(event__at__gte=frame.since), output_field=BooleanField()))
        .order_by()
        .values_list("kind", "name", "is_now")
        .annotate(replies=Count("event", distinct=True), times=Count("pk"))
    )
    return [_Seen(*one) for one in found]


def _habits(seen: Iterable[_Seen], *, kind: str, n: int) -> tuple[Habit, ...]:
    preview = risk.preview_failings()
    here = sorted((one for one in seen if one.is_now and one.kind == kind), key=lambda one: (-one.replies, one.name))
    return tuple(
        Habit(name=one.name, share=share(one.replies, n), is_preview=one.name in preview, door=f"{kind}-{one.name}")
        for one in here
    )


def course(*, frame: Frame) -> Course:
    """Failings that no single reply shows: waiting, sending around, promises, the same trouble again."""
    told = frame.complaints().aggregate(n=Count("pk"), unseen=Count("pk", filter=Q(look__isnull=True)))
    counts = (
        OnTheWay.objects.filter(complaint__in=frame.complaints())
        .values_list("name")
        .annotate(count=Count("complaint"))
        .order_by("-count", "name")
    )
    preview = risk.preview_failings()
    return Course(
        habits=tuple(
            Habit(name=name, share=share(count, told["n"]), is_preview=name in preview, door=f"course-{name}")
            for name, count in counts
        ),
        complaints=told["n"],
        not_looked_at=told["unseen"],
    )


def money(*, frame: Frame) -> Money:
    """What customers who may leave spend a year, each customer once."""
    found = risk.told(frame)
    customers = {one.customer: (one.spends, one.currency) for one in found}
    return Money(
        value=yearly_value_at_risk(list(customers.values())),
        reasons=tuple((name, sum(name in one.reasons for one in found)) for name in risk.REASONS),
        complaints=len(found),
        spenders=Counter(currency for spends, currency in customers.values() if spends is not None),
    )


def shown_currency(known: Sequence[str], chosen: str, own: str = "") -> str:
    """Return the currency in which sums are shown: what was chosen, the organisation's or the reader's own, or any."""
    if chosen in known or len(known) < 2:
        return chosen if chosen in known else next(iter(known), "")
    wanted = (organisation_currency(), own)
    return next((one for one in wanted if one in known), known[0])


def currencies_of(found: Iterable[Row]) -> tuple[str, ...]:
    """The currencies of customers who complained, that of most first; they are never added up."""
    customers = {row.customer: row.currency for row in found if row.currency}
    counts = Counter(customers.values())
    return tuple(sorted(counts, key=lambda one: (-counts[one], one)))
