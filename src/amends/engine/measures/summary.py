"""Many conversations added up: the figures of a report, each with its denominator."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from amends.engine.causes import AGAINST_THE_PLAN, LAYERS, ORGANISATION
from amends.engine.measures.counted import MANY, REASONS, in_hundred_replies, where_from
from amends.engine.measures.figures import Figures
from amends.engine.measures.money import YearlyValue, yearly_value_at_risk
from amends.engine.measures.rates import PerHundred
from amends.engine.measures.share import Share, share
from amends.engine.measures.waiting import Step, survival, told_median

_EXAMPLES: Final = 3
_FINEST: Final = 0.005  # of the share that still waits
_LONGEST_EXAMPLE: Final = 160  # characters: a whole reply under a title is no example any more


@dataclass(frozen=True, slots=True)
class Example:
    """The very words of a finding, and where they stand; never whose they are."""

    conversation: str
    turn: int
    words: str
    language: str
    confidence: float


@dataclass(frozen=True, slots=True)
class FailingFigure:
    """How many replies show a failing, in all replies that were read."""

    name: str
    rate: PerHundred
    preview: bool
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class EventFigure:
    """How many conversations went wrong in a way that only the course of events shows."""

    name: str
    share: Share
    preview: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """All figures of a report. Where a whole is empty the figure says so by its `n`."""

    conversations: int
    messages: int
    replies: int
    unread: int
    first_day: str
    last_day: str
    languages: tuple[tuple[str, Share], ...]
    clean: Share  # replies with no failing that counts
    failings: tuple[FailingFigure, ...]
    hints: int
    good: tuple[tuple[str, PerHundred], ...]
    events: tuple[EventFigure, ...]
    signals: tuple[tuple[str, Share], ...]
    dated: Share  # promises with a time, of all promises
    kept: Share  # promises kept, of those whose end is known
    groups: tuple[tuple[str, Share], ...]  # employee, customer, organisation, of the three together
    third_party: Share  # of all conversations with a cause
    layers: tuple[tuple[str, Share], ...]  # of all conversations with a cause
    themes: tuple[tuple[str, str, Share], ...]  # layer, theme
    planned: tuple[tuple[str, str, Share], ...]  # of the organisation's causes: delivered as planned, and unhappy
    unknown: Share  # conversations whose cause nothing points at
    confirmed: Share  # causes that the organisation itself has confirmed, of all conversations with a cause
    confirmed_groups: tuple[tuple[str, Share], ...]  # as `groups`, of confirmed causes alone
    confirmed_third_party: Share
    people: tuple[tuple[int, Share], ...]  # 1, 2, 3 and more
    at_most_two: Share
    answered: Share  # a person came
    median_wait: float | None  # minutes until then; None for too few, and while most wait
    waits: tuple[Step, ...]  # minutes
    asked: Share  # somebody came, of those who asked for a person or a manager
    asked_median: float | None  # minutes
    content: Share  # customers who said they are, of those who said either
    risks: tuple[tuple[str, int], ...]  # conversations whose customer may leave, by why
    risky: int  # and in all, each once
    at_risk: YearlyValue  # of customers who may leave
    losses: tuple[tuple[str, str, YearlyValue], ...]  # the same by layer and theme; who has two causes is in both

    def as_dict(self) -> dict[str, Any]:
        """Return what `summary.json` holds: every share and rate with its count, whole and interval."""
        return {name: _plain(getattr(self, name)) for name in self.__slots__}


class Tally:
    """Adds up figures; the order in which they come does not matter."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.count: Counter[str] = Counter()
        self.by: dict[str, Counter[str]] = defaultdict(Counter)
        self.themes: Counter[tuple[str, str]] = Counter()
        self.planned: Counter[tuple[str, str]] = Counter()
        self.waits: list[tuple[float, bool]] = []
        self.asked: list[tuple[float, bool]] = []
        self.days: list[str] = []
        self.customers: dict[str, tuple[Decimal | None, str]] = {}
        self.leaving: dict[tuple[str, str], dict[str, tuple[Decimal | None, str]]] = defaultdict(dict)
        self.examples: dict[str, list[Example]] = defaultdict(list)

    def add(self, figures: Figures, examples: Iterable[tuple[str, Example]] = ()) -> None:
        """Add one conversation, and examples of its failings by name."""
        self.count["conversations"] += 1
        for name in ("messages", "replies", "unread", "flawed", "hints", "dated", "vague", "kept", "broken"):
            self.count[name] += getattr(figures, name)
        self._add_found(figures)
        self.by["languages"][figures.language] += 1
        if figures.layer:
            self.by["layers"][figures.layer] += 1
            self.themes[figures.layer, figures.theme] += 1
            if figures.layer in ORGANISATION and figures.theme not in AGAINST_THE_PLAN and not figures.broken:
                self.planned[figures.layer, figures.theme] += 1
            self.by["confirmed"][figures.layer] += figures.confirmed
        self._add_waits(figures)
        self._add_customer(figures)
        if figures.opened:
            first, last = self.days or (figures.opened, figures.opened)
            self.days = [min(first, figures.opened), max(last, figures.opened)]
        for name, example in examples:
            self._keep(name, example)

    def _add_found(self, figures: Figures) -> None:
        """Add what was found; in most conversations that is little."""
        for name in ("failings", "previews", "good"):
            if found := getattr(figures, name):
                self.by[name].update(found)
        for name in ("events", "event_previews"):
            if found := getattr(figures, name):
                self.by[name].update(found.keys())
        if figures.signals:
            self.by["signals"].update(figures.signals)

    def _add_waits(self, figures: Figures) -> None:
        if figures.people:
            self.by["people"][str(min(figures.people, MANY))] += 1
        if figures.waited is not None:
            self.waits.append((figures.waited, figures.answered))
        if figures.asked is not None:
            self.asked.append((figures.asked, figures.came))

    def _add_customer(self, figures: Figures) -> None:
        if figures.content is not None:
            self.by["content"][str(figures.content)] += 1
        if figures.risks:
            self.by["risks"].update(figures.risks)
            self.count["risky"] += 1
            value = Decimal(figures.yearly_value) if figures.yearly_value else None
            who, told = figures.customer or figures.conversation, (value, figures.currency if value is not None else "")
            # One customer once: of several figures the highest, and none only where no conversation has any.
            self.customers[who] = max(self.customers.get(who, told), told, key=_as_known)
            if figures.layer:
                of_cause = self.leaving[figures.layer, figures.theme]
                of_cause[who] = max(of_cause.get(who, told), told, key=_as_known)

    def _keep(self, name: str, example: Example) -> None:
        if not example.words.strip() or len(example.words) > _LONGEST_EXAMPLE:
            return
        kept = self.examples[name]
        if any(one.words == example.words for one in kept):
            return
        kept.append(example)
        kept.sort(key=lambda one: (-one.confidence, one.conversation, one.turn))
        del kept[_EXAMPLES:]

    def summary(self) -> Summary:
        """Return the figures of everything added so far."""
        count, by = self.count, self.by
        everything, replies = count["conversations"], count["replies"]
        with_cause = by["layers"].total()
        causes, confirmed = where_from(by["layers"].items()), where_from(by["confirmed"].items())
        people = by["people"].total()
        own = sum(by["layers"][layer] for layer in ORGANISATION)
        return Summary(
            conversations=everything,
            messages=count["messages"],
            replies=replies,
            unread=count["unread"],
            first_day=self.days[0] if self.days else "",
            last_day=self.days[-1] if self.days else "",
            languages=_ranked(by["languages"], everything),
            clean=share(replies - count["flawed"], replies),
            failings=self._failings(replies),
            hints=count["hints"],
            good=tuple((name, in_hundred_replies(k, replies)) for name, k in _sorted(by["good"])),
            events=tuple(
                EventFigure(name, share(k, everything), kind == "event_previews")
                for kind in ("events", "event_previews")
                for name, k in _sorted(by[kind])
            ),
            signals=_ranked(by["signals"], everything),
            dated=share(count["dated"], count["dated"] + count["vague"]),
            kept=share(count["kept"], count["kept"] + count["broken"]),
            groups=causes.groups,
            third_party=causes.third_party,
            layers=tuple((name, share(by["layers"][name], with_cause)) for name in LAYERS),
            themes=tuple(
                (layer, theme, share(k, with_cause))
                for (layer, theme), k in sorted(self.themes.items(), key=lambda one: (-one[1], one[0]))
            ),
            planned=tuple(
                (layer, theme, share(k, own))
                for (layer, theme), k in sorted(self.planned.items(), key=lambda one: (-one[1], one[0]))
            ),
            unknown=share(everything - with_cause, everything),
            confirmed=share(by["confirmed"].total(), with_cause),
            confirmed_groups=confirmed.groups,
            confirmed_third_party=confirmed.third_party,
            people=tuple((number, share(by["people"][str(number)], people)) for number in (1, 2, MANY)),
            at_most_two=share(people - by["people"][str(MANY)], people),
            answered=share(sum(done for _, done in self.waits), len(self.waits)),
            median_wait=told_median(self.waits),
            waits=_thinned(survival(self.waits)),
            asked=share(sum(done for _, done in self.asked), len(self.asked)),
            asked_median=told_median(self.asked),
            content=share(by["content"]["True"], by["content"].total()),
            risks=tuple((reason, by["risks"][reason]) for reason in REASONS),
            risky=count["risky"],
            at_risk=yearly_value_at_risk(self.customers.values()),
            losses=self._losses(),
        )

    def _losses(self) -> tuple[tuple[str, str, YearlyValue], ...]:
        """What may go with each cause, in the order of the highest sum in any currency; sums are never mixed."""
        found = [(*cause, yearly_value_at_risk(told.values())) for cause, told in self.leaving.items()]

        def dearest(one: tuple[str, str, YearlyValue]) -> tuple[Decimal, int, str, str]:
            layer, theme, value = one
            return (
                -max((amount for _currency, amount in value.totals), default=Decimal()),
                -value.customers,
                layer,
                theme,
            )

        return tuple(sorted(found, key=dearest))

    def _failings(self, replies: int) -> tuple[FailingFigure, ...]:
        figures = [
            FailingFigure(name, in_hundred_replies(k, replies), kind == "previews", tuple(self.examples[name]))
            for kind in ("failings", "previews")
            for name, k in _sorted(self.by[kind])
        ]
        return tuple(sorted(figures, key=lambda one: (one.preview, -one.rate.k, one.name)))


def _as_known(told: tuple[Decimal | None, str]) -> tuple[bool, str, Decimal]:
    value, currency = told
    return value is not None, currency, value or Decimal()


def _thinned(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Keep the steps that an eye can tell apart, and the last."""
    kept: list[Step] = []
    for step in steps:
        if not kept or kept[-1].share - step.share >= _FINEST or step is steps[-1]:
            kept.append(step)
    return tuple(kept)


def _sorted(counter: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counter.items(), key=lambda one: (-one[1], one[0]))


def _ranked(counter: Counter[str], whole: int) -> tuple[tuple[str, Share], ...]:
    return tuple((name, share(k, whole)) for name, k in _sorted(counter))


def _plain(value: Any) -> Any:  # walks whatever a summary is made of
    if isinstance(value, Share | PerHundred):
        return {"k": value.k, "n": value.n, "value": value.value, "low": value.low, "high": value.high}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, Decimal):
        return str(value)
    if hasattr(value, "__slots__") and not isinstance(value, str):
        return {name: _plain(getattr(value, name)) for name in value.__slots__}
    return value
