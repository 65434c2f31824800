"""Does it help? Failings per hundred replies of the trained against the not yet trained, with what chance can do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from amends.desk.academy.cures import confirmed_by_layer, cure_words
from amends.desk.academy.models import Attempt
from amends.desk.coaching.models import Kind, Seen
from amends.desk.complaints.models import By, Event, EventKind
from amends.desk.improvements.models import Layer
from amends.desk.improvements.words import layer_words
from amends.desk.insight.queries import FEWEST_AUTHORS
from amends.desk.web.wording import number
from amends.engine.failings import catalogue
from amends.engine.measures.change import RateRatio
from amends.engine.measures.people import Wrote, between_people, side, within_people
from amends.engine.measures.rates import PerHundred
from amends.engine.measures.share import Share, share

SPAN = timedelta(days=180)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a comparison; no rate where so few wrote that it would be somebody's own."""

    rate: PerHundred
    authors: int

    @property
    def is_hidden(self) -> bool:
        return self.authors < FEWEST_AUTHORS


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two sides, and what to make of their difference in plain words."""

    without: Side
    trained: Side
    ratio: RateRatio | None
    verdict: str
    told: tuple[str, ...] = ()  # what is held against what, in words

    @property
    def is_hidden(self) -> bool:
        return self.without.is_hidden or self.trained.is_hidden


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseRow:
    name: str
    share: Share
    cure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    since: datetime
    people: Comparison  # trained people against people not yet trained
    times: Comparison  # the same people, before and after
    causes: tuple[CauseRow, ...]
    of_training: Share  # confirmed causes that lie with employees


def effect(*, language: str, now: datetime) -> Effect:
    """Compare the last half year."""
    since = now - SPAN
    first = Attempt.objects.filter(agent=OuterRef("agent"), ended_at__isnull=False).order_by()
    started = first.values("agent").annotate(first=Min("ended_at")).values("first")
    replies = Event.objects.filter(kind=EventKind.REPLIED, by=By.AGENT, at__gte=since, at__lt=now)
    replies = replies.annotate(trained_at=Subquery(started))
    after = replies.filter(trained_at__lte=F("at"))
    before = replies.filter(trained_at__gt=F("at"))
    causes = confirmed_by_layer()
    n = sum(causes.values())
    between = _compare(
        replies.filter(Q(trained_at__isnull=True) | Q(trained_at__gt=F("at"))), after, ratio=between_people
    )
    within = _compare(
        before.filter(agent__in=after.values("agent")),
        after.filter(agent__in=before.values("agent")),
        ratio=within_people,
    )
    return Effect(
        since=since,
        people=replace(between, told=_told_between(between, language=language)),
        times=replace(within, told=_told_within(within, language=language)),
        causes=tuple(
            CauseRow(name=layer_words(layer, language=language), share=share(count, n), cure=cure_words(layer))
            for layer, count in sorted(causes.items(), key=lambda item: -item[1])
        ),
        of_training=share(causes.get(Layer.EMPLOYEE, 0), n),
    )


def _compare(
    without: QuerySet[Event], trained: QuerySet[Event], *, ratio: Callable[[list[Wrote]], RateRatio | None]
) -> Comparison:
    before, after = _by_author(without), _by_author(trained)
    people = [
        Wrote(
            before=before.get(agent, (0, 0))[0],
            of_before=before.get(agent, (0, 0))[1],
            after=after.get(agent, (0, 0))[0],
            of_after=after.get(agent, (0, 0))[1],
        )
        for agent in sorted({*before, *after})
    ]
    first, second = (Side(rate=side(list(one.values())), authors=len(one)) for one in (before, after))
    found = ratio(people)
    return Comparison(without=first, trained=second, ratio=found, verdict=_verdict(first, second, found))


def _told_between(found: Comparison, *, language: str) -> tuple[str, ...]:
    """Say whose failings are held against whose."""
    if found.is_hidden or found.ratio is None:
        return ()
    of_hundred = _of_hundred(found.ratio, language=language)
    return (
        _(
            "All replies of people who are trained against all replies of people who are not yet: in as many replies, "
            "where those not yet trained have 100 failings, the trained have {value}. "
            "By chance alone it could be anything between {low} and {high}."
        ).format(**of_hundred),
    )


def _told_within(found: Comparison, *, language: str) -> tuple[str, ...]:
    """Say what is held against what, and why it need not be the quotient of the two rates above it."""
    if found.is_hidden or found.ratio is None:
        return ()
    of_hundred = _of_hundred(found.ratio, language=language)
    return (
        _(
            "Everybody held against themselves: in as many replies, where somebody had 100 failings before the first "
            "drill, they have {value} after it. By chance alone it could be anything between {low} and {high}."
        ).format(**of_hundred),
        _(
            "This is not one of the two figures above divided by the other: those count all replies together, so that "
            "whoever writes much weighs much; here each person is compared with themselves first."
        ),
    )


def _of_hundred(ratio: RateRatio, *, language: str) -> dict[str, str]:
    """How many failings stand against a hundred: plainer to most than a factor."""
    sides = {"value": ratio.value, "low": ratio.low, "high": ratio.high}
    return {name: number(round(100 * one), language=language) for name, one in sides.items()}


def _by_author(replies: QuerySet[Event]) -> dict[int, tuple[int, int]]:
    """Count each author's failings and replies; nobody's own figure leaves this file."""
    wrote = dict(replies.order_by().values_list("agent").annotate(count=Count("pk")))
    sure = [one.id for one in catalogue() if one.status == "stable"]  # what is only tried out is never counted
    seen = Seen.objects.filter(kind=Kind.FAILING, name__in=sure, event__in=replies.values("pk")).order_by()
    failings = dict(seen.values_list("event__agent").annotate(count=Count("pk")))
    return {agent: (failings.get(agent, 0), count) for agent, count in wrote.items() if agent is not None}


def _verdict(without: Side, trained: Side, ratio: RateRatio | None) -> str:
    if not trained.authors:
        return _("Nobody who has played a drill to its end has written replies since: there is nothing to compare yet.")
    if not without.authors and not trained.is_hidden:
        return _("Everybody who wrote replies was trained by then: there is nobody to compare them with.")
    if without.is_hidden or trained.is_hidden:
        return _("So few people stand on one of the sides that a figure would be theirs.")
    if ratio is None or ratio.verdict == "too-few":
        return _("Too few to say.")
    told: dict[str, Callable[[], str]] = {
        "improved": lambda: _("Fewer failings with training; more than chance would do."),
        "worse": lambda: _("More failings with training; more than chance would do. Look at the drills."),
        "no-evidence": lambda: _("No difference that chance could not have made."),
    }
    return told[ratio.verdict]()
