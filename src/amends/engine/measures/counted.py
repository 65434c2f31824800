"""
What one complaint counts for: the definitions behind the figures, for the desk and for audits of any desk alike.

A person has come when somebody of the organisation wrote, called, or was told the complaint on the telephone or at a
visit; a letter that a machine wrote is no person. Who still waits counts as waiting so long: they are the bad cases.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from amends.engine.causes import LAYERS, group_of
from amends.engine.conversation import Conversation, Turn
from amends.engine.measures.rates import PerHundred
from amends.engine.measures.share import Share, share

type Ending = Literal["", "resolved", "closed"]
type Reason = Literal["leaving", "not-content", "hot"]

# What research found behind dissatisfied customers (S3.1; TARP, 50–60 elsewhere): from, to.
BANDS: Final[Mapping[str, tuple[float, float]]] = {
    "employee": (0.20, 0.20),
    "customer": (0.20, 0.30),
    "organisation": (0.50, 0.60),
}
REASONS: Final[tuple[Reason, ...]] = ("leaving", "not-content", "hot")
HOT: Final = 2
HOTTEST: Final = 3
MANY: Final = 3  # people: three and more are counted together
_ASKED: Final = frozenset({"asked-for-person", "asked-for-manager"})
_IN_PERSON: Final = frozenset({"phone", "visit"})
_TOOK_IT: Final = frozenset({"owner-taken", "handed-over", "called"})
_ENDS: Final[Mapping[str, Ending]] = {"content": "resolved", "closed": "closed", "reopened": ""}


@dataclass(frozen=True, slots=True, order=True)
class Wait:
    """How long somebody waited, and whether a person came."""

    length: timedelta
    came: bool

    @property
    def minutes(self) -> float:
        return self.length.total_seconds() / 60


# ── Waiting ──────────────────────────────────────────────────────────────────


def first_wait(*, since: datetime, came: datetime | None, now: datetime) -> Wait:
    """Return how long it took until a person came for the first time."""
    return Wait(max(timedelta(), (came or now) - since), came is not None)


def longest_wait(*, asked: Sequence[datetime], came: Sequence[datetime], now: datetime) -> Wait | None:
    """Return the longest wait of a customer who asked for somebody, once or again; None where nobody was asked for.

    Both are in order of time. As long as the last one who was asked for has not come, that wait is the longest.
    """
    if not asked:
        return None
    if not came or came[-1] < asked[-1]:
        since = next(at for at in asked if not came or at > came[-1])
        return Wait(now - since, came=False)
    return Wait(max(next(moment for moment in came if moment >= at) - at for at in asked), came=True)


def wait_for_answer(talk: Conversation) -> Wait | None:
    """Return how long the customer waited for a person at first; None where times are not known."""
    first = next((turn for turn in talk.turns if turn.by == "customer"), None)
    if first is None or first.at is None:
        return None
    came = [at for at in _came(talk, also_told=True) if _alike(at, first.at) and at >= first.at]
    if not _is_dated(talk, after=first) or not (came or _alike(talk.as_of, first.at)):
        return None
    return first_wait(since=first.at, came=min(came, default=None), now=talk.as_of)


def wait_for_somebody(talk: Conversation) -> Wait | None:
    """Return the longest wait after the customer had asked for a person or a manager."""
    asked = sorted(event.at for event in talk.events if event.kind in _ASKED)
    came = sorted(at for at in _came(talk, also_told=False) if asked and _alike(at, asked[0]))
    return longest_wait(asked=asked, came=came, now=talk.as_of)


def _came(talk: Conversation, *, also_told: bool) -> Iterator[datetime]:
    for turn in talk.turns:
        if turn.at is not None and (_is_a_person(turn) or (also_told and _is_told(turn))):
            yield turn.at
    yield from (event.at for event in talk.events if event.kind == "called")


def _is_a_person(turn: Turn) -> bool:
    return turn.by == "agent" and not turn.automatic and bool(turn.text.strip())


def _is_told(turn: Turn) -> bool:
    return turn.by == "customer" and turn.channel in _IN_PERSON


def _is_dated(talk: Conversation, *, after: Turn) -> bool:
    """Whether no answer without a time stands behind a turn: then nobody knows how long it took."""
    behind = talk.turns[talk.turns.index(after) :]
    return not any(_is_a_person(turn) and turn.at is None for turn in behind)


def _alike(one: datetime, other: datetime) -> bool:
    """Whether two times can be held against each other: both with a zone, or both without."""
    return (one.tzinfo is None) == (other.tzinfo is None)


# ── People ───────────────────────────────────────────────────────────────────


def people_met(talk: Conversation) -> int:
    """Count who took the complaint over or spoke to the customer; 0 where the record does not tell them apart."""
    agents = {party.id for party in talk.parties if party.by == "agent"}
    spoke = {turn.party for turn in talk.turns if _is_a_person(turn) and turn.party}
    return len(spoke | {event.party for event in talk.events if event.kind in _TOOK_IT and event.party in agents})


# ── How it stands ────────────────────────────────────────────────────────────


def ending(talk: Conversation) -> Ending:
    """Say how a complaint ended, by its events; nothing while it goes on."""
    last: Ending = ""
    for event in talk.events:
        last = _ENDS.get(event.kind, last)
    return last


def verdict(talk: Conversation) -> bool | None:
    """Return the customer's last word on whether they are content, by its events."""
    said = [event.kind == "content" for event in talk.events if event.kind in {"content", "not-content"}]
    return said[-1] if said else None


# ── Heat, and who may leave ──────────────────────────────────────────────────


def heat_of(signals: Collection[str]) -> int:
    """Weigh a message: 0 calm, 1 warm, 2 angry, 3 insulting, or angry and about to leave or back again."""
    warm = not {"leaving", "repeat-contact", "wants-person"}.isdisjoint(signals)
    if "insult" in signals:
        return HOTTEST
    if "anger" in signals:
        return HOTTEST if warm else HOT
    return int(warm)


def heat_after(heat: int, said: int) -> int:
    """Return the heat after another message: it cools by one with each calmer one, and does not vanish."""
    return said if said >= heat else max(said, heat - 1)


def heat_at_end(talk: Conversation, signals: Sequence[Collection[str]]) -> int:
    """Return how hot it is after the last word; `signals` are those of each message of the customer, in order.

    What somebody noted of a message goes before what a machine reads in it.
    """
    turns = [turn for turn in talk.turns if turn.by == "customer"]
    complained = {event.at for event in talk.events if event.kind == "not-content"}
    calmed = sorted(event.at for event in talk.events if event.kind == "content")
    heat, last = 0, None
    for turn, seen in zip(turns, signals, strict=True):
        if last is not None and turn.at is not None and any(last <= at < turn.at for at in calmed):
            heat = 0
        said = heat_of(seen) if turn.heat is None else turn.heat
        heat = max(heat, said) if turn.at in complained else heat_after(heat, said)
        last = turn.at or last
    return 0 if last is not None and any(at >= last for at in calmed) else heat


def may_leave(*, leaving: bool, content: bool | None, heat: int, ended: Ending) -> tuple[Reason, ...]:
    """Say why a customer may leave; nobody does whose complaint was put right.

    They said that they go elsewhere, or last that they are not content, or are angry while it goes on.
    """
    if ended == "resolved":
        return ()
    found: dict[Reason, bool] = {
        "leaving": leaving,
        "not-content": content is False,
        "hot": not ended and heat >= HOT,
    }
    return tuple(reason for reason in REASONS if found[reason])


# ── Causes and habits ────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class WhereFrom:
    """Shares of the three groups of causes among those three; third parties stand apart."""

    groups: tuple[tuple[str, Share], ...]
    third_party: Share  # of all causes


def where_from(layers: Iterable[tuple[str, int]]) -> WhereFrom:
    """Add causes up by group: `layers` tells how many complaints each layer has."""
    counts = dict.fromkeys((*BANDS, "third-party"), 0)
    for layer, number in layers:
        if layer in LAYERS:
            counts[group_of(layer)] += number
    everything = sum(counts.values())
    of_three = everything - counts["third-party"]
    return WhereFrom(
        groups=tuple((name, share(counts[name], of_three)) for name in BANDS),
        third_party=share(counts["third-party"], everything),
    )


def in_hundred_replies(k: int, n: int) -> PerHundred:
    """Return how many of a hundred replies show something: each reply shows it or not, so this is a share."""
    found = share(k, n)
    return PerHundred(k, n, 100 * found.low, 100 * found.high)
