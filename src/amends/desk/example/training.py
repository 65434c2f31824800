"""Who at Karvan has practised what: read from TOML, laid out without playing it again, moved along with the days.

What the file says about an end or the engine's opinion is played once more by a test, not by every desk that starts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from django.db import transaction

from amends.desk.academy import making
from amends.desk.academy.models import Attempt, Opinion, OwnDrill, OwnVersion, Trainee
from amends.desk.academy.paths import usual_rank
from amends.desk.example.models import Practised
from amends.desk.example.moments import Moments
from amends.desk.example.stories import HERE
from amends.desk.people.models import Agent
from amends.engine import drills as engine

SHOWN_AFTER: Final = timedelta(minutes=4)
JUDGED_AT: Final = "15:10"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One try at a drill; `opinions` says for each colleague which answers would do, letter by letter."""

    by: str
    drill: str
    language: str
    days_ago: int
    at: str
    said: tuple[str, ...]
    ended: str
    engine: str = ""  # which answers would do, by the engine; only of a talk that was shown
    opinions: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.by}/{self.drill}/{self.days_ago}"

    @property
    def answers(self) -> list[str]:
        """What was answered, in the situation's own words."""
        if engine.situation(self.drill).kind == "figures":
            return list(self.said)
        script = engine.script_of(self.drill, self.language)
        told = (one.split() for one in self.said)
        return [getattr(script.answers[step], kind)[int(place)] for step, kind, place in told]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCard:
    """A drill of the house's own."""

    by: str
    days_ago: int
    is_checked: bool
    plan: making.Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    paths: Mapping[str, str]  # only where it is another one than the role's
    practised: tuple[Card, ...]
    own: tuple[OwnCard, ...]


@cache
def training() -> Training:
    """Read who has practised what."""
    told = tomllib.loads((HERE / "training.toml").read_text(encoding="utf-8"))
    return Training(
        paths=told["path"],
        practised=tuple(Card(**{**card, "said": tuple(card["said"])}) for card in told["practised"]),
        own=tuple(_own(card) for card in told["own"]),
    )


def _own(card: dict[str, Any]) -> OwnCard:
    by, days_ago, is_checked = card.pop("by"), card.pop("days_ago"), card.pop("checked")
    usual = making.first_words()[card["language"]]
    plan = making.Plan(
        **{
            **card,
            "before": tuple((who, words) for who, words in card["before"]),
            "good": tuple(card["good"]),
            "ranks": ("new-agent", "agent", "lead"),
            "name": usual["name"],
            "is_who": usual["is_who"],
        }
    )
    return OwnCard(by=by, days_ago=days_ago, is_checked=is_checked, plan=plan)


@transaction.atomic
def lay_out(*, agents: Mapping[str, Agent], now: datetime) -> None:
    """Put down what everybody has practised, what colleagues thought of it, and the house's own drills."""
    for card in training().practised:
        if card.by in agents:
            _practise(card, agents=agents, now=now)
    for own in training().own:
        if own.by in agents:
            _keep(own, by=agents[own.by], now=now)


def _practise(card: Card, *, agents: Mapping[str, Agent], now: datetime) -> None:
    agent, at = agents[card.by], _at(card, agents[card.by], now=now)
    rank = training().paths.get(card.by) or usual_rank(agent, now=now)
    Trainee.objects.get_or_create(agent=agent, defaults={"rank": rank, "since": at})
    attempt = Attempt.objects.create(
        agent=agent,
        slug=card.drill,
        version=engine.situation(card.drill).version,
        language=card.language,
        said=card.answers,
        ended=card.ended,
        **_times(card, at),
    )
    Practised.objects.create(attempt=attempt, card=card.key, at=now)
    judged = _judged(card, agent, now=now)
    Opinion.objects.bulk_create(
        Opinion(
            attempt=attempt,
            place=place,
            by=agents[by],
            would_do=letter == "y",
            engine_would_do=card.engine[place] == "y",
            words=card.words.get(by, "") if not place else "",
            at=judged,
        )
        for by, letters in card.opinions.items()
        if by in agents
        for place, letter in enumerate(letters)
    )


def _keep(card: OwnCard, *, by: Agent, now: datetime) -> None:
    at = Moments(now=now, calendar=by.calendar()).at(f"-{card.days_ago} 11:20")
    situation, script = making.tables(card.plan)
    drill = OwnDrill.objects.create(title=card.plan.title, made_at=at)
    OwnVersion.objects.create(
        drill=drill,
        number=1,
        language=card.plan.language,
        situation=situation,
        script=script,
        made_at=at,
        made_by=by,
        checked_at=at + SHOWN_AFTER if card.is_checked else None,
        checked_by=by if card.is_checked else None,
    )


@transaction.atomic
def move_along(*, agents: Mapping[str, Agent], now: datetime) -> None:
    """Let everybody have practised as many days ago as the file says, seen from today."""
    cards = {card.key: card for card in training().practised if card.by in agents}
    begun: dict[int, datetime] = {}
    for row in Practised.objects.select_related("attempt"):
        card = cards.get(row.card)
        if card is None or row.at.date() == now.date():
            continue
        agent = agents[card.by]
        times = _times(card, _at(card, agent, now=now))
        begun[agent.pk] = min(begun.get(agent.pk, now), times["started_at"] or now)
        if row.attempt.shown_at is None:
            times["shown_at"] = None  # its author shows it no longer
        Attempt.objects.filter(pk=row.attempt_id).update(**times)
        told = [agents[name].pk for name in card.opinions if name in agents]
        judged = _judged(card, agent, now=now)
        Opinion.objects.filter(attempt=row.attempt_id, by__in=told, at__lte=row.at).update(at=judged)
        Trainee.objects.filter(agent=agent, since__lt=row.at).update(since=begun[agent.pk])
        Practised.objects.filter(pk=row.pk).update(at=now)


def _at(card: Card, agent: Agent, *, now: datetime) -> datetime:
    return Moments(now=now, calendar=agent.calendar()).at(f"-{card.days_ago} {card.at}")


def _times(card: Card, at: datetime) -> dict[str, datetime | None]:
    ended = at + timedelta(minutes=engine.situation(card.drill).minutes)
    return {"started_at": at, "ended_at": ended, "shown_at": ended + SHOWN_AFTER if card.engine else None}


def _judged(card: Card, agent: Agent, *, now: datetime) -> datetime:
    return Moments(now=now, calendar=agent.calendar()).at(f"-{card.days_ago - 1} {JUDGED_AT}")
