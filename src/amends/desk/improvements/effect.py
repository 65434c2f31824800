"""
Did it help? Complaints of the cause before and after an improvement came into force, held against chance.

Causes that a person confirmed and those that the engine proposed count alike, on both sides: of young complaints few
are confirmed yet, and leaving those out would make every cure look good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Q, QuerySet

from amends.desk.complaints.models import Complaint
from amends.desk.improvements import counting
from amends.desk.improvements.counting import Array, Paid, Rows
from amends.desk.improvements.models import Improvement, State
from amends.desk.people.organisation import beginning_of, organisation_zone
from amends.desk.remedies.models import Remedy, RuleTrouble
from amends.engine.measures import Comparison, Interrupted, Share, before_and_after, interrupted, share, spread_of

A_YEAR: Final = timedelta(days=365)
A_WEEK: Final = timedelta(days=7)
SOONEST: Final = 28  # days in force before anything is told
MOST_NAMELESS: Final = 0.2  # complaints without a cause: above it a fall may be nothing but causes not written down

type Told = Literal[
    "not-yet", "too-early", "no-before", "too-few", "nameless", "others-too", "on-its-way", "improved", "no-evidence",
    "worse",
]  # fmt: skip
# Where it would be dishonest to say more than that one cannot tell yet.
CANNOT_TELL: Final[frozenset[Told]] = frozenset({"too-early", "no-before", "too-few", "nameless"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A length of time: from `since` up to but without `until`."""

    since: datetime
    until: datetime

    @property
    def days(self) -> float:
        return max(0.0, (self.until - self.since) / timedelta(days=1))

    def count(self, moments: Array) -> int:
        """How many moments are in it, of some that are in order."""
        first, last = np.searchsorted(moments, (self.since.timestamp(), self.until.timestamp()))
        return int(last - first)

    def holds(self, at: Array) -> Array:
        """Say which moments are in it."""
        mine: Array = (at >= self.since.timestamp()) & (at < self.until.timestamp())
        return mine

    def complaints(self) -> QuerySet[Complaint]:
        return Complaint.objects.filter(received_at__gte=self.since, received_at__lt=self.until, merged_into=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Complaints of the cause in one whole week; weeks are counted from the day of coming into force."""

    since: datetime
    count: int
    is_after: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What putting these complaints right cost on either side, in one currency."""

    currency: str
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What became of the complaints of a cause, and what may honestly be said of it."""

    told: Told
    before: Side | None
    after: Side | None
    here: Comparison | None  # complaints of this cause
    others: Comparison | None  # all other complaints with a cause, over the same time
    lines: Interrupted | None
    weeks: tuple[Week, ...]
    nameless: tuple[Share, Share] | None  # complaints without any cause, before and after
    spent: tuple[Spent, ...]
    waits_days: int  # until anything can be told; 0 where that is not the reason

    @property
    def cannot_tell(self) -> bool:
        return self.told in CANNOT_TELL


def about(improvement: Improvement) -> Q:
    """Return which complaints an improvement is about: those of its rule or theme, or of its whole layer."""
    found = Q()
    if improvement.rule_id:
        found |= Q(rule_troubles__rule=improvement.rule_id) | Q(
            remedies__rule=improvement.rule_id, remedies__is_exception=True
        )
    if improvement.theme_id:
        found |= Q(cause__theme=improvement.theme_id)
    return found or Q(cause__layer=improvement.layer)


def complaints_about(improvement: Improvement, side: Side) -> QuerySet[Complaint]:
    """Return the complaints of a side that an improvement is about, each once."""
    ids = Complaint.objects.filter(about(improvement)).order_by().values("pk")
    return side.complaints().filter(pk__in=ids)


def other_complaints(improvement: Improvement, side: Side) -> QuerySet[Complaint]:
    """Return the complaints of a side with another cause."""
    ids = Complaint.objects.filter(about(improvement)).order_by().values("pk")
    return side.complaints().filter(cause__isnull=False).exclude(pk__in=ids)


def nameless_complaints(side: Side) -> QuerySet[Complaint]:
    """Return the complaints of a side that have no cause at all, neither proposed nor confirmed."""
    return side.complaints().filter(cause__isnull=True)


def sides(*, improvement: Improvement, now: datetime) -> tuple[Side, Side] | None:
    """Return the time before and the time after, a year each at most; None while it is not in force."""
    if improvement.in_force_on is None:
        return None
    return _sides(improvement, zone=organisation_zone(), first=counting.reader().first(), now=now)


def _sides(
    improvement: Improvement, *, zone: ZoneInfo, first: datetime | None, now: datetime
) -> tuple[Side, Side] | None:
    """The same, where the first complaint of all and the zone are known."""
    if improvement.in_force_on is None:
        return None
    start = min(now, beginning_of(improvement.in_force_on, zone=zone))
    until = min(now, start + A_YEAR)
    if improvement.ended_at is not None and improvement.state == State.GIVEN_UP:
        until = max(start, min(until, improvement.ended_at))
    return Side(since=min(start, max(first or start, start - A_YEAR)), until=start), Side(since=start, until=until)


def effect(*, improvement: Improvement, now: datetime) -> Effect:
    """Count before and after, and say no more than that bears."""
    reader = counting.reader()
    first = reader.first() if improvement.in_force_on is not None else None
    found = _sides(improvement, zone=organisation_zone(), first=first, now=now)
    if found is None:
        return Effect(
            told="not-yet", before=None, after=None, here=None, others=None, lines=None, weeks=(), nameless=None,
            spent=(), waits_days=0,
        )  # fmt: skip
    before, after = found
    by_rule = _by_rule({improvement.rule_id} if improvement.rule_id else set())
    counted = _Whole(reader.complaints(before.since, after.until)).count(improvement, found, by_rule=by_rule)
    judged = _judge(counted, before=before, after=after)
    return Effect(
        told=judged.told,
        before=before,
        after=after,
        here=judged.here,
        others=judged.others,
        lines=judged.lines,
        weeks=judged.weeks,
        nameless=counted.nameless,
        spent=_spent(improvement, reader.paid(before.since, after.until), found, by_rule=by_rule),
        waits_days=max(0, SOONEST - int(after.days)) if judged.told == "too-early" else 0,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Counted:
    """What came in of an improvement's cause, in the order of their moments, and beside it: before and after."""

    moments: Array
    here: tuple[int, int]
    others: tuple[int, int]
    nameless: tuple[Share, Share]


class _Whole:
    """All complaints of a time, put in order once for as many improvements as there are."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._has_cause = rows.layer > 0
        self._every = np.sort(rows.at, kind="stable")  # nearly in order already
        self._caused = np.sort(rows.at[self._has_cause], kind="stable")

    def count(
        self, improvement: Improvement, both: tuple[Side, Side], *, by_rule: Mapping[int, frozenset[int]]
    ) -> _Counted:
        mine = _is_about(improvement, self._rows, by_rule=by_rule)
        moments, caused = np.sort(self._rows.at[mine]), np.sort(self._rows.at[mine & self._has_cause])
        before, after = both
        whole = [(side.count(self._every), side.count(self._caused)) for side in both]
        return _Counted(
            moments=moments,
            here=(before.count(moments), after.count(moments)),
            others=(whole[0][1] - before.count(caused), whole[1][1] - after.count(caused)),
            nameless=(share(whole[0][0] - whole[0][1], whole[0][0]), share(whole[1][0] - whole[1][1], whole[1][0])),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """What counts bear: this cause, all others, the lines through the weeks, and what may be said."""

    told: Told
    here: Comparison | None
    others: Comparison | None
    lines: Interrupted | None
    weeks: tuple[Week, ...]


def _judge(counted: _Counted, *, before: Side, after: Side) -> _Judged:
    """Hold what came before against what came after."""
    weeks = _weeks(counted.moments, before=before, after=after)
    earlier = [week.count for week in weeks if not week.is_after]
    here = before_and_after(
        before=counted.here[0], of_before=before.days, after=counted.here[1], of_after=after.days,
        spread=spread_of(earlier),
    )  # fmt: skip
    rest = before_and_after(
        before=counted.others[0], of_before=before.days, after=counted.others[1], of_after=after.days
    )
    lines = interrupted([week.count for week in weeks], at=len(earlier))
    told = _told(before=before, after=after, here=here, others=rest, nameless=counted.nameless[1], lines=lines)
    return _Judged(told=told, here=here, others=rest, lines=lines, weeks=weeks)


def told_of(*, improvements: Sequence[Improvement], now: datetime) -> dict[int, Told]:
    """What may be said of each of many improvements in force, by `effect`; all are counted from one reading."""
    told: dict[int, Told] = {one.pk: "not-yet" for one in improvements}
    if not any(one.in_force_on for one in improvements):
        return told
    zone = organisation_zone()
    reader = counting.reader()
    first = reader.first()
    found = {one.pk: _sides(one, zone=zone, first=first, now=now) for one in improvements}
    spans = [side for both in found.values() if both is not None for side in both]
    rows = reader.complaints(min(side.since for side in spans), max(side.until for side in spans))
    whole = _Whole(rows)
    by_rule = _by_rule({one.rule_id for one in improvements if one.rule_id})
    for one in improvements:
        if (both := found[one.pk]) is not None:
            told[one.pk] = _judge(whole.count(one, both, by_rule=by_rule), before=both[0], after=both[1]).told
    return told


def _is_about(improvement: Improvement, rows: Rows, *, by_rule: Mapping[int, frozenset[int]]) -> Array:
    """Say of rows what `about` says of complaints."""
    if not improvement.rule_id and not improvement.theme_id:
        of_layer: Array = rows.layer == rows.layers.get(improvement.layer, -1)
        return of_layer
    mine: Array = np.zeros(len(rows.at), dtype=bool)
    if improvement.rule_id:
        mine |= np.isin(rows.complaint, sorted(by_rule.get(improvement.rule_id, ())))
    if improvement.theme_id:
        mine |= rows.theme == improvement.theme_id
    return mine


def _by_rule(rules: set[int]) -> dict[int, frozenset[int]]:
    """Which complaints a rule brought about, or was bent for."""
    if not rules:
        return {}
    found: dict[int, set[int]] = {rule: set() for rule in rules}
    troubles = RuleTrouble.objects.filter(rule__in=rules).order_by().values_list("rule_id", "complaint_id")
    bent = Remedy.objects.filter(rule__in=rules, is_exception=True).order_by().values_list("rule_id", "complaint_id")
    for rule, complaint in (*troubles, *bent):
        if rule is not None:
            found[rule].add(complaint)
    return {rule: frozenset(complaints) for rule, complaints in found.items()}


def _told(  # noqa: PLR0911 - each reason for saying less is one of its own
    *,
    before: Side,
    after: Side,
    here: Comparison | None,
    others: Comparison | None,
    nameless: Share,
    lines: Interrupted | None,
) -> Told:
    if after.days < SOONEST:
        return "too-early"
    if here is None or before.days < SOONEST:
        return "no-before"
    if here.verdict == "too-few":
        return "too-few"
    if here.verdict == "improved":
        if nameless.n and nameless.k > MOST_NAMELESS * nameless.n:
            return "nameless"
        if not _is_its_own(here, others):
            return "others-too"
        if lines is not None and lines.told != "improved" and lines.slope[2] < 1:  # it fell clearly before
            return "on-its-way"
    return here.verdict


def _is_its_own(here: Comparison, others: Comparison | None) -> bool:
    """Whether this cause fell by more than all others did: a quiet season is no cure."""
    if others is None or others.verdict != "improved":
        return True
    relative = before_and_after(
        before=here.before, of_before=max(1, others.before), after=here.after, of_after=max(1, others.after),
        spread=here.spread,
    )  # fmt: skip
    return relative is not None and relative.verdict == "improved"


def _weeks(moments: Array, *, before: Side, after: Side) -> tuple[Week, ...]:
    """Count whole weeks back and forth from the day of coming into force."""
    start = after.since
    back, forth = int(before.days // 7), int(after.days // 7)
    edges = [(start + place * A_WEEK).timestamp() for place in range(-back, forth + 1)]
    counts = np.diff(np.searchsorted(moments, edges)).tolist()
    return tuple(
        Week(since=start + place * A_WEEK, count=count, is_after=place >= 0)
        for place, count in zip(range(-back, forth), counts, strict=True)
    )


def _spent(
    improvement: Improvement, rows: Paid, both: tuple[Side, Side], *, by_rule: Mapping[int, frozenset[int]]
) -> tuple[Spent, ...]:
    mine = _is_about(improvement, rows, by_rule=by_rule)
    found = []
    for currency, number in sorted(rows.currencies.items()):
        paid = mine & (rows.currency == number)
        before, after = (int(rows.cost[paid & side.holds(rows.at)].sum()) for side in both)
        if before or after:
            found.append(Spent(currency=currency, before=Decimal(before) / 100, after=Decimal(after) / 100))
    return tuple(found)


def as_kept(found: Effect) -> dict[str, object]:
    """Return the figures of this moment as a step keeps them."""
    if found.here is None or found.before is None or found.after is None:
        return {"told": found.told}
    return {
        "told": found.told,
        "before": found.here.before,
        "days_before": round(found.before.days),
        "after": found.here.after,
        "days_after": round(found.after.days),
    }
