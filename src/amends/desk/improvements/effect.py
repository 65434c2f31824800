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

from django.db.models import Min, Q, QuerySet, Sum

from amends.desk.complaints.models import Complaint
from amends.desk.improvements.models import Improvement, State
from amends.desk.people.organisation import beginning_of, organisation_zone
from amends.desk.remedies.models import Remedy, RuleTrouble
from amends.desk.remedies.models import State as RemedyState
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
    first = Complaint.objects.aggregate(first=Min("received_at"))["first"]
    return _sides(improvement, zone=organisation_zone(), first=first, now=now)


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
    found = sides(improvement=improvement, now=now)
    if found is None:
        return Effect(
            told="not-yet", before=None, after=None, here=None, others=None, lines=None, weeks=(), nameless=None,
            spent=(), waits_days=0,
        )  # fmt: skip
    before, after = found
    moments = sorted(
        moment for side in found for moment in complaints_about(improvement, side).values_list("received_at", flat=True)
    )
    rest = [other_complaints(improvement, side).count() for side in found]
    nameless = tuple(share(nameless_complaints(side).count(), side.complaints().count()) for side in found)
    judged = _judge(moments, others=(rest[0], rest[1]), nameless=nameless[1], before=before, after=after)
    return Effect(
        told=judged.told,
        before=before,
        after=after,
        here=judged.here,
        others=judged.others,
        lines=judged.lines,
        weeks=judged.weeks,
        nameless=(nameless[0], nameless[1]),
        spent=_spent(improvement, before, after),
        waits_days=max(0, SOONEST - int(after.days)) if judged.told == "too-early" else 0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """What counts bear: this cause, all others, the lines through the weeks, and what may be said."""

    told: Told
    here: Comparison | None
    others: Comparison | None
    lines: Interrupted | None
    weeks: tuple[Week, ...]


def _judge(moments: list[datetime], *, others: tuple[int, int], nameless: Share, before: Side, after: Side) -> _Judged:
    """Hold what came before against what came after; `moments` are those of complaints of the cause, in order."""
    weeks = _weeks(moments, before=before, after=after)
    had, has = (sum(side.since <= at < side.until for at in moments) for side in (before, after))
    earlier = [week.count for week in weeks if not week.is_after]
    here = before_and_after(
        before=had, of_before=before.days, after=has, of_after=after.days, spread=spread_of(earlier)
    )
    rest = before_and_after(before=others[0], of_before=before.days, after=others[1], of_after=after.days)
    lines = interrupted([week.count for week in weeks], at=len(earlier))
    told = _told(before=before, after=after, here=here, others=rest, nameless=nameless, lines=lines)
    return _Judged(told=told, here=here, others=rest, lines=lines, weeks=weeks)


def told_of(*, improvements: Sequence[Improvement], now: datetime) -> dict[int, Told]:
    """What may be said of each of many improvements in force, by `effect`; asked for in few questions."""
    told: dict[int, Told] = {one.pk: "not-yet" for one in improvements}
    if not any(one.in_force_on for one in improvements):
        return told
    zone = organisation_zone()
    first = Complaint.objects.aggregate(first=Min("received_at"))["first"]
    found = {one.pk: _sides(one, zone=zone, first=first, now=now) for one in improvements}
    spans = [side for both in found.values() if both is not None for side in both]
    columns = ("pk", "received_at", "cause__layer", "cause__theme_id")
    within = Side(since=min(side.since for side in spans), until=max(side.until for side in spans)).complaints()
    rows = list(within.order_by("received_at").values_list(*columns))
    by_rule = _by_rule({one.rule_id for one in improvements if one.rule_id})
    for one in improvements:
        both = found[one.pk]
        if both is None:
            continue
        moments, others, nameless, whole = [], [0, 0], 0, 0
        for pk, at, layer, theme in rows:
            place = next((place for place, side in enumerate(both) if side.since <= at < side.until), None)
            if place is None:
                continue
            whole += place
            nameless += place and layer is None
            if _is_about(one, pk=pk, layer=layer, theme=theme, by_rule=by_rule):
                moments.append(at)
            elif layer is not None:
                others[place] += 1
        judged = _judge(
            moments, others=(others[0], others[1]), nameless=share(nameless, whole), before=both[0], after=both[1]
        )
        told[one.pk] = judged.told
    return told


def _is_about(
    one: Improvement, *, pk: int, layer: str | None, theme: int | None, by_rule: Mapping[int, frozenset[int]]
) -> bool:
    """The same as `about` says, of a complaint that was read."""
    if not one.rule_id and not one.theme_id:
        return layer == one.layer
    of_rule = bool(one.rule_id) and pk in by_rule.get(one.rule_id or 0, frozenset())
    return of_rule or (bool(one.theme_id) and theme == one.theme_id)


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


def _weeks(moments: list[datetime], *, before: Side, after: Side) -> tuple[Week, ...]:
    """Count whole weeks back and forth from the day of coming into force."""
    start = after.since
    back, forth = int(before.days // 7), int(after.days // 7)
    counts = dict.fromkeys(range(-back, forth), 0)
    for at in moments:
        place = (at - start) // A_WEEK
        if place in counts:
            counts[place] += 1
    return tuple(
        Week(since=start + place * A_WEEK, count=count, is_after=place >= 0) for place, count in counts.items()
    )


def _spent(improvement: Improvement, before: Side, after: Side) -> tuple[Spent, ...]:
    sums: list[dict[str, Decimal]] = []
    for side in (before, after):
        done = Remedy.objects.filter(
            complaint__in=complaints_about(improvement, side), state=RemedyState.DONE, cost__gt=0
        )
        sums.append(dict(done.values_list("currency").annotate(sum=Sum("cost"))))
    return tuple(
        Spent(currency=currency, before=sums[0].get(currency, Decimal(0)), after=sums[1].get(currency, Decimal(0)))
        for currency in sorted({*sums[0], *sums[1]})
    )


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
