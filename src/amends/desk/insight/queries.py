"""
What hurts, in figures that carry their denominator and a door to what is behind them.

The list behind a figure is in lists.py; a test holds every number of the page against the length of its list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from amends.desk.coaching.models import Kind
from amends.desk.complaints.models import Complaint
from amends.desk.improvements.models import Theme
from amends.desk.insight import risk, waits
from amends.desk.insight.facts import (
    ASKS,
    COMPLAINTS,
    COURSE,
    NO_MONEY,
    PROMISES,
    PUT_RIGHT,
    REPLIES,
    SEEN,
    Array,
    code,
    word_of,
)
from amends.desk.insight.frame import Frame
from amends.desk.insight.kept import Facts, Table
from amends.desk.insight.spans import Part
from amends.desk.insight.waits import Waits
from amends.desk.people.models import Agent
from amends.desk.people.organisation import organisation_currency
from amends.engine.measures import RateRatio, Share, YearlyValue, pareto, rate_ratio, share
from amends.engine.measures.counted import BANDS, MANY, where_from

FEWEST_AUTHORS = 3  # a team of two would let each read the other's figures
MOST_THEMES = 8  # on the page of what hurts; the page of causes has more
EVERY_THEME = 60
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


def figures(
    *,
    frame: Frame,
    parts: Sequence[Part],
    now: datetime,
    currency: str = "",
    reader: Agent | None = None,
    facts: Facts | None = None,
) -> Figures:
    """Count everything on the page of insight; causes are weighed in one currency.

    It is the one chosen, or the organisation's own, or the one in which the reader's limit is counted, or that of most
    customers.
    """
    facts = facts or Facts()
    span = (frame.since, frame.until)
    before = (frame.with_before.since, frame.until)
    facts.expect(
        {COMPLAINTS: span, PROMISES: span, ASKS: span, COURSE: span, PUT_RIGHT: span, REPLIES: before, SEEN: before}
    )
    known = currencies(frame=frame, facts=facts)
    currency = shown_currency(known, currency, reader.goodwill_currency if reader is not None else "")
    found = causes(frame=frame, facts=facts)
    return Figures(
        frame=frame,
        is_new=not found.complaints and not Complaint.objects.exists(),
        currency=currency,
        currencies=known,
        causes=found,
        themes=themes(frame=frame, currency=currency, facts=facts),
        promises=promises(frame=frame, parts=parts, facts=facts),
        reach=reach(frame=frame, now=now, facts=facts),
        writing=writing(frame=frame, facts=facts),
        course=course(frame=frame, facts=facts),
        money=money(frame=frame, facts=facts),
    )


def causes(*, frame: Frame, facts: Facts | None = None) -> Causes:
    """Shares of the three groups among confirmed causes, third parties apart."""
    every = (facts or Facts()).of(COMPLAINTS, frame)
    confirmed = every["confirmed"] > 0
    found = where_from(tally(every["layer"][confirmed]).items())
    return Causes(
        groups=tuple(
            Group(name=name, share=part, band=BANDS[name], door=f"cause-{name}") for name, part in found.groups
        ),
        confirmed=found.third_party.n - found.third_party.k,
        third_party=found.third_party.k,
        unconfirmed=count((every["layer"] > 0) & ~confirmed),
        complaints=len(every),
    )


def tally(codes: Array) -> dict[str, int]:
    """Count words that stand as numbers; none stands as ''."""
    found, counts = np.unique(codes, return_counts=True)
    return {word_of(one): int(many) for one, many in zip(found, counts, strict=True)}


def count(mask: Array) -> int:
    """Count the rows for which it holds."""
    return int(np.count_nonzero(mask))


def by_cause(rows: Table, mask: Array) -> tuple[list[CauseKey], Array]:
    """Group rows by theme and layer: the causes there are, and for each row of the mask which of them it has."""
    theme, layer = rows["theme"][mask].astype(np.int64), rows["layer"][mask]
    layers = np.unique(layer)
    both = theme * max(1, len(layers)) + np.searchsorted(layers, layer)
    found = np.flatnonzero(np.bincount(both))  # themes are numbered from one: counting is quicker than sorting
    place = np.zeros(found[-1] + 1 if len(found) else 0, dtype=np.int64)
    place[found] = np.arange(len(found))
    names = dict(Theme.objects.values_list("pk", "name")) if len(found) else {}
    keys = [
        CauseKey(theme=names.get(number, ""), layer=word_of(layers[at]), id=number)
        for number, at in (divmod(one, len(layers)) for one in found.tolist())
    ]
    return keys, place[both]


def once(numbers: Array) -> Array:
    """Say of rows which are the last one of their customer, or of whatever is numbered: each of them once."""
    last = np.zeros(int(numbers.max()) + 1 if len(numbers) else 0, dtype=np.int64)
    order = np.arange(len(numbers))
    last[numbers] = order
    mask: Array = last[numbers] == order
    return mask


class CauseKey(NamedTuple):
    """A cause, in the order in which causes of equal weight are told."""

    theme: str
    layer: str
    id: int  # of the theme; 0 where there is none

    @property
    def key(self) -> str:
        """Name it as in the address of what is behind it."""
        return f"{self.id}-{self.layer}"


def themes(*, frame: Frame, currency: str, most: int = MOST_THEMES, facts: Facts | None = None) -> tuple[ThemeRow, ...]:
    """The themes of confirmed causes, the most frequent first, with what the customers they hit spend a year."""
    facts = facts or Facts()
    every = facts.of(COMPLAINTS, frame)
    confirmed = every["confirmed"] > 0
    keys, place = by_cause(every, confirmed)
    if not keys:
        return ()
    counts = np.bincount(place, minlength=len(keys))
    order = sorted(range(len(keys)), key=lambda at: keys[at])
    ranked = pareto([(at, int(counts[at])) for at in order])[:most]
    customer, spends = every["customer"][confirmed], every["spends"][confirmed]
    is_known = (spends != NO_MONEY) & (every["currency"][confirmed] == code(currency))
    costs = _remedy_costs(frame, currency, facts=facts)
    bars = []
    for one in ranked:
        theme, at = keys[one.key], one.key
        rows = np.flatnonzero(place == at)
        rows = rows[once(customer[rows])]  # each customer once for each cause
        known = rows[is_known[rows]]
        bars.append(
            ThemeRow(
                theme=theme.theme,
                layer=theme.layer,
                count=int(counts[at]),
                cumulative=one.cumulative,
                spend=money_of(spends[known]),
                customers=len(rows),
                known=len(known),
                remedies=costs.get((theme.id, theme.layer), Decimal(0)),
                share=one.share,
                is_apart=one.is_apart,
                key=theme.key,
                theme_id=theme.id,
            )
        )
    return tuple(bars)


def money_of(hundredths: Array) -> Decimal:
    """Add money up."""
    return Decimal(int(hundredths.sum())) / 100


def _remedy_costs(frame: Frame, currency: str, *, facts: Facts) -> dict[tuple[int, str], Decimal]:
    """What it cost to put complaints right, by their confirmed cause, in one currency."""
    rows = facts.of(PUT_RIGHT, frame)
    mask = (rows["confirmed"] > 0) & (rows["paid_in"] == code(currency))
    both = rows["theme"][mask].astype(np.uint64) << np.uint64(32) | rows["layer"][mask]
    costs = rows["cost"][mask]
    return {(int(one) >> 32, word_of(int(one) & 0xFFFFFFFF)): money_of(costs[both == one]) for one in np.unique(both)}


def promises(*, frame: Frame, parts: Sequence[Part], facts: Facts | None = None) -> Promises:
    """How many promises were kept of those that came to their end, and in which week or month."""
    rows = (facts or Facts()).of(PROMISES, frame)
    is_kept = rows["kept"] > 0
    columns = []
    for part in parts:
        here = inside(rows["at"], part)
        kept = count(here & is_kept)
        columns.append(
            Column(
                words=part.label,
                kept=kept,
                broken=count(here) - kept,
                door=f"promises-in-{int(part.since.timestamp())}-{int(part.until.timestamp())}",
            )
        )
    return Promises(share=share(count(is_kept), len(rows)), columns=tuple(columns))


def inside(at: Array, part: Part) -> Array:
    """Say which moments are in a week or month."""
    mask: Array = (at >= part.since.timestamp()) & (at < part.until.timestamp())
    return mask


def reach(*, frame: Frame, now: datetime, facts: Facts | None = None) -> Reach:
    """Time to a person, and people per complaint. Who still waits counts as waiting so long: they are the bad cases."""
    facts = facts or Facts()
    every = facts.of(COMPLAINTS, frame)
    asked = waits_for_a_person(frame=frame, now=now, facts=facts)
    people = np.bincount(np.minimum(every["people"], MANY), minlength=MANY + 1)
    one, two, many = (int(people[number]) for number in (1, 2, MANY))
    return Reach(
        asked=len(asked),
        waiting=asked.still,
        asked_median=waits.median(asked),
        waits=tuple(np.bincount(classes(asked), minlength=len(WAITS) + 2).tolist()),
        answer_median=waits.median(waits_for_an_answer(frame=frame, now=now, facts=facts)),
        unanswered=count(every["person"] == 0),
        complaints=len(every),
        people=(one, two, many),
        at_most_two=share(one + two, one + two + many),
    )


def waits_for_an_answer(*, frame: Frame, now: datetime, facts: Facts | None = None) -> Waits:
    """How long each complaint waited until a person came for the first time, as one knew it at a moment."""
    return until_a_person((facts or Facts()).of(COMPLAINTS, frame), now=now)


def until_a_person(rows: Table, *, now: datetime) -> Waits:
    """The same of rows; who came later than now had not come then."""
    came = np.where(rows["person"] <= now.timestamp(), rows["person"], 0)
    return waits.until(since=rows["at"], came=came, ends=now.timestamp(), ids=rows["complaint"])


def waits_for_a_person(*, frame: Frame, now: datetime, kind: str = "", facts: Facts | None = None) -> Waits:
    """The longest wait of each complaint whose customer asked for somebody, and whether it has ended.

    `kind` is the event of asking for a person, or for a manager; both count unless it is told. As long as nobody came
    since, it is the wait from the first time that they asked in vain.
    """
    rows = (facts or Facts()).of(ASKS, frame)
    if kind:
        rows = rows.where(rows["kind"] == code(kind))
    ids, place = np.unique(rows["complaint"], return_inverse=True)
    came, at = rows["came"].astype(np.int64), rows["at"].astype(np.int64)
    open_since = np.full(len(ids), np.iinfo(np.int64).max)
    np.minimum.at(open_since, place[came == 0], at[came == 0])
    longest = np.zeros(len(ids), dtype=np.int64)
    np.maximum.at(longest, place[came > 0], (came - at)[came > 0])
    is_open = open_since < np.iinfo(np.int64).max
    seconds = np.where(is_open, int(now.timestamp()) - open_since, longest)
    return Waits(ids=ids, seconds=np.maximum(seconds, 0), came=~is_open)


def classes(found: Waits) -> Array:
    """Which class each wait belongs to, from 0: within each limit, longer, and still waiting."""
    limits = np.array([limit.total_seconds() for limit in WAITS])
    place: Array = np.where(found.came, np.searchsorted(limits, found.seconds), len(WAITS) + 1)
    return place


def writing(*, frame: Frame, facts: Facts | None = None) -> Writing:
    """Failings and good signs per hundred replies; never by person, and not for so few people that it would be."""
    facts = facts or Facts()
    replies = facts.of(REPLIES, frame.with_before)
    since = frame.since.timestamp()
    is_now = replies["at"] >= since
    n = count(is_now)
    if frame.is_narrow and len(np.unique(replies["agent"][is_now])) < FEWEST_AUTHORS:
        return Writing(replies=n, is_hidden=True, failings=(), good=(), change=None)
    seen = _seen(facts.of(SEEN, frame.with_before), since=since)
    counted = [one for one in seen if one.kind == Kind.FAILING and one.name not in risk.preview_failings()]
    return Writing(
        replies=n,
        is_hidden=False,
        failings=_habits(seen, kind=Kind.FAILING, n=n),
        good=_habits(seen, kind=Kind.GOOD, n=n),
        # Against the same time before; what is in preview is shown and not counted.
        change=rate_ratio(
            before=sum(one.before for one in counted),
            of_before=len(replies) - n,
            after=sum(one.times for one in counted),
            of_after=n,
        ),
    )


class _Seen(NamedTuple):
    """How often something was seen in replies: in how many, how many times, and how many in the same time before."""

    kind: str
    name: str
    replies: int
    times: int
    before: int


def _seen(rows: Table, *, since: float) -> list[_Seen]:
    is_now = rows["at"] >= since
    names = np.unique(rows["name"])
    place, many = np.searchsorted(names, rows["name"]), len(names)
    found = []
    for kind in (Kind.FAILING, Kind.GOOD):
        mine = rows["kind"] == code(kind)
        replies = np.bincount(place[mine & is_now], minlength=many)
        times = np.bincount(place[mine & is_now], weights=rows["times"][mine & is_now], minlength=many)
        before = np.bincount(place[mine & ~is_now], weights=rows["times"][mine & ~is_now], minlength=many)
        found += [
            _Seen(kind, word_of(name), int(replies[at]), int(times[at]), int(before[at]))
            for at, name in enumerate(names)
        ]
    return found


def _habits(seen: Iterable[_Seen], *, kind: str, n: int) -> tuple[Habit, ...]:
    preview = risk.preview_failings()
    here = sorted((one for one in seen if one.replies and one.kind == kind), key=lambda one: (-one.replies, one.name))
    return tuple(
        Habit(name=one.name, share=share(one.replies, n), is_preview=one.name in preview, door=f"{kind}-{one.name}")
        for one in here
    )


def course(*, frame: Frame, facts: Facts | None = None) -> Course:
    """Failings that no single reply shows: waiting, sending around, promises, the same trouble again."""
    facts = facts or Facts()
    every = facts.of(COMPLAINTS, frame)
    counts = tally(facts.of(COURSE, frame)["name"])
    preview = risk.preview_failings()
    return Course(
        habits=tuple(
            Habit(name=name, share=share(many, len(every)), is_preview=name in preview, door=f"course-{name}")
            for name, many in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        ),
        complaints=len(every),
        not_looked_at=count(every["looked"] == 0),
    )


def money(*, frame: Frame, facts: Facts | None = None) -> Money:
    """What customers who may leave spend a year, each customer once."""
    every = (facts or Facts()).of(COMPLAINTS, frame)
    reasons = risk.reasons(every)
    anybody = np.logical_or.reduce(list(reasons.values()))
    customers, first = np.unique(every["customer"][anybody], return_index=True)
    spends, paid_in = every["spends"][anybody][first], every["currency"][anybody][first]
    is_known = spends != NO_MONEY
    totals = {
        word_of(one): money_of(spends[is_known & (paid_in == one)]) for one in np.unique(paid_in[is_known]).tolist()
    }
    return Money(
        value=YearlyValue(tuple(sorted(totals.items())), count(is_known), len(customers)),
        reasons=tuple((name, count(mask)) for name, mask in reasons.items()),
        complaints=count(anybody),
        spenders=tally(paid_in[is_known]),
    )


def shown_currency(known: Sequence[str], chosen: str, own: str = "") -> str:
    """Return the currency in which sums are shown: what was chosen, the organisation's or the reader's own, or any."""
    if chosen in known or len(known) < 2:
        return chosen if chosen in known else next(iter(known), "")
    wanted = (organisation_currency(), own)
    return next((one for one in wanted if one in known), known[0])


def currencies(*, frame: Frame, facts: Facts) -> tuple[str, ...]:
    """The currencies of customers who complained, that of most first; they are never added up."""
    every = facts.of(COMPLAINTS, frame)
    counts = tally(every["currency"][once(every["customer"])])
    counts.pop("", None)
    return tuple(sorted(counts, key=lambda one: (-counts[one], one)))
