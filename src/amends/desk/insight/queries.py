"""
What hurts, in figures that carry their denominator and a door to what is behind them.

The list behind a figure is in lists.py; a test holds every number of the page against the length of its list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Sum

from amends.desk.coaching.models import Kind, Seen
from amends.desk.complaints.models import Complaint, Event, EventKind
from amends.desk.improvements.models import Cause
from amends.desk.insight import risk
from amends.desk.insight.frame import Frame
from amends.desk.insight.models import OnTheWay
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
    """One column of a trend."""

    since: datetime
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


def figures(*, frame: Frame, buckets: int, now: datetime, currency: str = "", reader: Agent | None = None) -> Figures:
    """Count everything on the page of insight; causes are weighed in one currency.

    It is the one chosen, or the organisation's own, or the one in which the reader's limit is counted, or that of most
    customers.
    """
    known = currencies(frame=frame)
    currency = shown_currency(known, currency, reader.goodwill_currency if reader is not None else "")
    return Figures(
        frame=frame,
        is_new=not Complaint.objects.exists(),
        currency=currency,
        currencies=known,
        causes=causes(frame=frame),
        themes=themes(frame=frame, currency=currency),
        promises=promises(frame=frame, buckets=buckets),
        reach=reach(frame=frame, now=now),
        writing=writing(frame=frame),
        course=course(frame=frame),
        money=money(frame=frame),
    )


def causes(*, frame: Frame) -> Causes:
    """Shares of the three groups among confirmed causes, third parties apart."""
    complaints = frame.complaints()
    confirmed = Cause.objects.filter(complaint__in=complaints, confirmed_at__isnull=False)
    found = where_from(confirmed.values_list("layer").annotate(count=Count("pk")))
    return Causes(
        groups=tuple(
            Group(name=name, share=part, band=BANDS[name], door=f"cause-{name}") for name, part in found.groups
        ),
        confirmed=found.third_party.n - found.third_party.k,
        third_party=found.third_party.k,
        unconfirmed=Cause.objects.filter(complaint__in=complaints, confirmed_at__isnull=True).count(),
        complaints=complaints.count(),
    )


def themes(*, frame: Frame, currency: str, most: int = MOST_THEMES) -> tuple[ThemeRow, ...]:
    """The themes of confirmed causes, the most frequent first, with what the customers they hit spend a year."""
    rows = (
        Cause.objects.filter(complaint__in=frame.complaints(), confirmed_at__isnull=False)
        .order_by("complaint_id")
        .values_list(
            "theme__name",
            "layer",
            "theme_id",
            "complaint_id",
            "complaint__customer_id",
            "complaint__customer__yearly_value",
            "complaint__customer__currency",
        )
    )
    found: dict[tuple[str, str, int], list[tuple[int, int, Decimal | None, str]]] = {}
    for theme, layer, theme_id, complaint, customer, value, money_of in rows:
        key = (theme or "", layer, theme_id or 0)
        found.setdefault(key, []).append((complaint, customer, value, money_of))
    costs = _remedy_costs({complaint for rows in found.values() for complaint, *_ in rows}, currency)
    ranked = pareto([(key, len(found[key])) for key in sorted(found)])[:most]
    bars = []
    for place in ranked:
        (theme, layer, theme_id), complaints = place.key, found[place.key]
        customers = {customer: (value, money_of) for _, customer, value, money_of in complaints}
        spends = [value for value, money_of in customers.values() if value is not None and money_of == currency]
        bars.append(
            ThemeRow(
                theme=theme,
                layer=layer,
                count=len(complaints),
                cumulative=place.cumulative,
                spend=sum(spends, Decimal(0)),
                customers=len(customers),
                known=len(spends),
                remedies=sum((costs.get(complaint, Decimal(0)) for complaint, *_ in complaints), Decimal(0)),
                share=place.share,
                is_apart=place.is_apart,
                key=f"{theme_id}-{layer}",
                theme_id=theme_id,
            )
        )
    return tuple(bars)


def _remedy_costs(complaints: Iterable[int], currency: str) -> dict[int, Decimal]:
    return dict(
        Complaint.objects.filter(pk__in=complaints, remedies__currency=currency, remedies__state=RemedyState.DONE)
        .values_list("pk")
        .annotate(cost=Sum("remedies__cost"))
    )


def promises(*, frame: Frame, buckets: int) -> Promises:
    """How many promises were kept of those that came to their end, and when."""
    settled = list(frame.promises().values_list("state", "settled_at"))
    columns = [Counter[str]() for _ in range(buckets)]
    for state, at in settled:
        if at is not None:
            columns[column_of(at, frame=frame, buckets=buckets)][state] += 1
    kept = sum(state == State.KEPT for state, _ in settled)
    return Promises(
        share=share(kept, len(settled)),
        columns=tuple(
            Column(
                since=frame.since + place * (frame.until - frame.since) / buckets,
                kept=column[State.KEPT],
                broken=column[State.BROKEN],
                door=f"promises-in-{place}-{buckets}",
            )
            for place, column in enumerate(columns)
        ),
    )


def column_of(at: datetime, *, frame: Frame, buckets: int) -> int:
    """Which column of a trend a moment stands in, from 0."""
    return min(buckets - 1, (at - frame.since) * buckets // (frame.until - frame.since))


def reach(*, frame: Frame, now: datetime) -> Reach:
    """Time to a person, and people per complaint. Who still waits counts as waiting so long: they are the bad cases."""
    waits = list(waits_for_a_person(frame=frame, now=now).values())
    answers = list(waits_for_an_answer(frame=frame, now=now).values())
    people = Counter(min(number, MANY) for number in frame.complaints().values_list("people", flat=True))
    return Reach(
        asked=len(waits),
        waiting=sum(not wait.came for wait in waits),
        asked_median=median_of(waits),
        waits=_in_classes(waits),
        answer_median=median_of(answers),
        unanswered=sum(not wait.came for wait in answers),
        complaints=len(answers),
        people=(people[1], people[2], people[MANY]),
        at_most_two=share(people[1] + people[2], people[1] + people[2] + people[MANY]),
    )


def waits_for_an_answer(*, frame: Frame, now: datetime) -> dict[int, Wait]:
    """How long each complaint waited until a person came for the first time."""
    rows = frame.complaints().values_list("pk", "received_at", "first_person_at")
    return {pk: first_wait(since=received, came=came, now=now) for pk, received, came in rows}


def waits_for_a_person(*, frame: Frame, now: datetime, kind: str = "") -> dict[int, Wait]:
    """The longest wait of each complaint whose customer asked for somebody, and whether it has ended.

    `kind` is the event of asking for a person, or for a manager; both count unless it is told.
    """
    asked: dict[int, list[datetime]] = {}
    events = frame.asked().filter(kind=kind) if kind else frame.asked()
    for complaint, at in events.order_by("at").values_list("complaint_id", "at"):
        asked.setdefault(complaint, []).append(at)
    came: dict[int, list[datetime]] = {}
    spoke = Event.objects.filter(kind__in=A_PERSON_CAME, complaint__in=asked)
    for complaint, at in spoke.order_by("at").values_list("complaint_id", "at"):
        came.setdefault(complaint, []).append(at)
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
    replies = frame.replies()
    n = replies.count()
    if frame.is_narrow and replies.values("agent").distinct().count() < FEWEST_AUTHORS:
        return Writing(replies=n, is_hidden=True, failings=(), good=(), change=None)
    return Writing(
        replies=n,
        is_hidden=False,
        failings=_habits(frame, kind=Kind.FAILING, n=n),
        good=_habits(frame, kind=Kind.GOOD, n=n),
        change=_change(frame, n=n),
    )


def _change(frame: Frame, *, n: int) -> RateRatio | None:
    """Failings per reply against the same time before; what is in preview is shown and not counted."""
    counted = Seen.objects.filter(kind=Kind.FAILING).exclude(name__in=risk.preview_failings())
    before = frame.before.replies()
    return rate_ratio(
        before=counted.filter(event__in=before).count(),
        of_before=before.count(),
        after=counted.filter(event__in=frame.replies()).count(),
        of_after=n,
    )


def _habits(frame: Frame, *, kind: str, n: int) -> tuple[Habit, ...]:
    counts = (
        Seen.objects.filter(kind=kind, event__in=frame.replies())
        .values_list("name")
        .annotate(count=Count("event", distinct=True))
        .order_by("-count", "name")
    )
    preview = risk.preview_failings()
    return tuple(
        Habit(name=name, share=share(count, n), is_preview=name in preview, door=f"{kind}-{name}")
        for name, count in counts
    )


def course(*, frame: Frame) -> Course:
    """Failings that no single reply shows: waiting, sending around, promises, the same trouble again."""
    n = frame.complaints().count()
    counts = (
        OnTheWay.objects.filter(complaint__in=frame.complaints())
        .values_list("name")
        .annotate(count=Count("complaint"))
        .order_by("-count", "name")
    )
    preview = risk.preview_failings()
    return Course(
        habits=tuple(
            Habit(name=name, share=share(count, n), is_preview=name in preview, door=f"course-{name}")
            for name, count in counts
        ),
        complaints=n,
        not_looked_at=frame.complaints().filter(look__isnull=True).count(),
    )


def money(*, frame: Frame) -> Money:
    """What customers who may leave spend a year, each customer once."""
    at_risk = risk.at_risk(frame)
    customers = at_risk.order_by().values_list("customer", "customer__yearly_value", "customer__currency").distinct()
    return Money(
        value=yearly_value_at_risk([(value, currency) for _, value, currency in customers]),
        reasons=tuple((name, reason(frame).count()) for name, reason in risk.REASONS.items()),
        complaints=at_risk.count(),
    )


def shown_currency(known: Sequence[str], chosen: str, own: str = "") -> str:
    """Return the currency in which sums are shown: what was chosen, the organisation's or the reader's own, or any."""
    wanted = (chosen, organisation_currency(), own)
    return next((one for one in wanted if one in known), next(iter(known), ""))


def currencies(*, frame: Frame) -> tuple[str, ...]:
    """The currencies of customers who complained, that of most first; they are never added up."""
    return tuple(
        frame.complaints()
        .exclude(customer__currency="")
        .values_list("customer__currency", flat=True)
        .annotate(count=Count("customer", distinct=True))
        .order_by("-count", "customer__currency")
    )
