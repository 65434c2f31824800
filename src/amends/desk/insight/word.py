"""Keeping our word, third parties that are slow, and how people reach us: counted by team, channel and door."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from django.db.models import Q, QuerySet

from amends.desk.complaints.models import EventKind
from amends.desk.insight import waits
from amends.desk.insight.facts import COMPLAINTS, OUTSIDE, PROMISES, Array, code, word_of
from amends.desk.insight.frame import Frame
from amends.desk.insight.kept import Facts, Table
from amends.desk.insight.lasting import Lasting, reckon
from amends.desk.insight.queries import count, until_a_person, waits_for_a_person
from amends.desk.insight.waits import Waits
from amends.desk.promises.models import Promise, State
from amends.desk.third_parties.models import Outcome
from amends.desk.third_parties.models import Party as ThirdParty
from amends.engine.measures import Share, share

ASKED: Final[Mapping[str, str]] = {"person": EventKind.ASKED_FOR_PERSON, "manager": EventKind.ASKED_FOR_MANAGER}
MOST_PARTIES: Final = 20
TOLD: Final = Q(state=State.BROKEN, notice_at__isnull=False)  # broke, and the customer had been told in advance


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Promises kept of those that came to their end, for one team or channel."""

    key: str  # the team's number or the channel
    share: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    share: Share
    told: Share  # of the broken ones, those whose customer was told in advance
    teams: tuple[Kept, ...]
    channels: tuple[Kept, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One third party: how often we waited for it in the span, how often we still do, and for how long."""

    id: int
    name: str
    lasting: Lasting
    said_no: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One way in: how long it took until a person came."""

    key: str
    lasting: Lasting


# ── Promises ─────────────────────────────────────────────────────────────────


def promises(*, frame: Frame, facts: Facts | None = None) -> Promises:
    """Count what was kept and broken in the span."""
    rows = (facts or Facts()).of(PROMISES, frame)
    is_kept = rows["kept"] > 0
    broken = len(rows) - count(is_kept)
    return Promises(
        share=share(count(is_kept), len(rows)),
        told=share(count(~is_kept & (rows["told"] > 0)), broken),
        teams=_kept(rows["team"], is_kept, str),
        channels=_kept(rows["channel"], is_kept, word_of),
    )


def _kept(values: Array, is_kept: Array, name: Callable[[int], str]) -> tuple[Kept, ...]:
    keys, place = np.unique(values, return_inverse=True)
    kept, of = np.bincount(place[is_kept], minlength=len(keys)), np.bincount(place, minlength=len(keys))
    found = (
        Kept(key=name(int(key)), share=share(int(kept[at]), int(of[at]))) for at, key in enumerate(keys) if key > 0
    )
    return tuple(sorted(found, key=lambda one: (-one.share.n, one.key)))


def told_in_advance(frame: Frame) -> QuerySet[Promise]:
    """Promises that broke and whose customer had been told."""
    return frame.promises().filter(TOLD)


# ── Third parties ────────────────────────────────────────────────────────────


def outside_waits(frame: Frame, *, party: int, only: str = "", facts: Facts | None = None) -> Waits:
    """How long each complaint waited for a party, by the number of the wait; `only` the open ones, or the refusals."""
    rows = (facts or Facts()).of(OUTSIDE, frame)
    rows = rows.where(rows["party"] == party)
    if only == "no":
        rows = rows.where(rows["outcome"] == code(Outcome.NO))
    if only == "open":
        rows = rows.where(~_ended(rows, frame))
    return _waited(rows, frame)


def _ended(rows: Table, frame: Frame) -> Array:
    found: Array = (rows["ended"] > 0) & (rows["ended"] <= frame.until.timestamp())
    return found


def _waited(rows: Table, frame: Frame) -> Waits:
    """It ended when they answered; where it ended without them it lasted at least so long."""
    has_ended = _ended(rows, frame)
    without = rows["outcome"] == code(Outcome.ENDED)
    return waits.until(
        since=rows["at"],
        came=np.where(has_ended & ~without, rows["ended"], 0),
        ends=np.where(has_ended, rows["ended"], frame.until.timestamp()),
        ids=rows["wait"],
    )


def parties(*, frame: Frame, facts: Facts | None = None) -> tuple[Party, ...]:
    """The third parties that we waited for most often."""
    rows = (facts or Facts()).of(OUTSIDE, frame)
    numbers, counts = np.unique(rows["party"], return_counts=True)
    names = dict(ThirdParty.objects.in_bulk(numbers.tolist())) if len(numbers) else {}
    order = sorted(range(len(numbers)), key=lambda at: (-counts[at], names[int(numbers[at])].name))[:MOST_PARTIES]
    found = []
    for at in order:
        mine = rows.where(rows["party"] == numbers[at])
        without = _ended(mine, frame) & (mine["outcome"] == code(Outcome.ENDED))
        found.append(
            Party(
                id=int(numbers[at]),
                name=names[int(numbers[at])].name,
                lasting=reckon(str(numbers[at]), _waited(mine, frame), without=count(without)),
                said_no=count(mine["outcome"] == code(Outcome.NO)),
            )
        )
    return tuple(found)


# ── Reaching a person ────────────────────────────────────────────────────────


def by_channel(*, frame: Frame, facts: Facts | None = None) -> tuple[Door, ...]:
    """From the complaint to a person, by the way it came in."""
    rows = (facts or Facts()).of(COMPLAINTS, frame)
    doors = []
    for channel in np.unique(rows["channel"]):
        mine = rows.where(rows["channel"] == channel)
        key = word_of(channel)
        doors.append(Door(key=key, lasting=reckon(key, until_a_person(mine, now=frame.until))))
    return tuple(sorted(doors, key=lambda one: (-one.lasting.cases, one.key)))


def asked_for(frame: Frame, *, whom: str, facts: Facts | None = None) -> Waits:
    """The longest wait of each complaint whose customer asked for a person, or for a manager."""
    return waits_for_a_person(frame=frame, now=frame.until, kind=ASKED[whom], facts=facts)


def by_whom(*, frame: Frame, facts: Facts | None = None) -> tuple[Door, ...]:
    """From asking to a person, by who was asked for."""
    facts = facts or Facts()
    return tuple(Door(key=whom, lasting=reckon(whom, asked_for(frame, whom=whom, facts=facts))) for whom in ASKED)
