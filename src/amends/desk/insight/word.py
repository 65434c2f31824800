"""Keeping our word, third parties that are slow, and how people reach us: counted by team, channel and door."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Q, QuerySet

from amends.desk.complaints.models import EventKind
from amends.desk.insight.frame import Frame
from amends.desk.insight.lasting import Lasting, reckon
from amends.desk.insight.queries import waits_for_a_person
from amends.desk.promises.models import Promise, State
from amends.desk.third_parties.models import Outcome
from amends.engine.measures import Share, share
from amends.engine.measures.counted import Wait, first_wait

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


def promises(*, frame: Frame) -> Promises:
    """Count what was kept and broken in the span."""
    rows = (
        frame.promises()
        .order_by()
        .values_list("complaint__team", "complaint__channel")
        .annotate(
            kept=Count("pk", filter=Q(state=State.KEPT)),
            broken=Count("pk", filter=Q(state=State.BROKEN)),
            told=Count("pk", filter=TOLD),
        )
    )
    teams, channels = Counter[tuple[str, bool]](), Counter[tuple[str, bool]]()
    all_kept = all_broken = told = 0
    for team, channel, kept, broken, in_advance in rows:
        all_kept += kept
        all_broken += broken
        told += in_advance
        for counts, key in ((teams, team), (channels, channel)):
            if key is not None:
                counts[str(key), True] += kept
                counts[str(key), False] += broken
    return Promises(
        share=share(all_kept, all_kept + all_broken),
        told=share(told, all_broken),
        teams=_kept(teams),
        channels=_kept(channels),
    )


def _kept(counts: Counter[tuple[str, bool]]) -> tuple[Kept, ...]:
    keys = {key for key, _ in counts}
    found = (Kept(key=key, share=share(counts[key, True], counts[key, True] + counts[key, False])) for key in keys)
    return tuple(sorted(found, key=lambda one: (-one.share.n, one.key)))


def told_in_advance(frame: Frame) -> QuerySet[Promise]:
    """Promises that broke and whose customer had been told."""
    return frame.promises().filter(TOLD)


# ── Third parties ────────────────────────────────────────────────────────────


def outside_waits(frame: Frame, *, party: int, only: str = "") -> dict[int, Wait]:
    """How long each complaint waited for a party, by the number of the wait; `only` the open ones, or the refusals."""
    rows = frame.outside().filter(party=party)
    if only == "no":
        rows = rows.filter(outcome=Outcome.NO)
    if only == "open":
        rows = rows.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=frame.until))
    return {
        pk: _waited(since, ended, outcome, frame.until)
        for pk, since, ended, outcome in rows.values_list("pk", "since", "ended_at", "outcome")
    }


def _waited(since: datetime, ended: datetime | None, outcome: str, now: datetime) -> Wait:
    """It ended when they answered; where it ended without them it lasted at least so long."""
    if ended is None or ended > now:
        return first_wait(since=since, came=None, now=now)
    if outcome == Outcome.ENDED:
        return first_wait(since=since, came=None, now=ended)
    return first_wait(since=since, came=ended, now=now)


def parties(*, frame: Frame) -> tuple[Party, ...]:
    """The third parties that we waited for most often."""
    waits: dict[tuple[int, str], list[Wait]] = defaultdict(list)
    refused: dict[int, int] = defaultdict(int)
    without: dict[int, int] = defaultdict(int)
    rows = frame.outside().order_by("pk").values_list("party", "party__name", "since", "ended_at", "outcome")
    for party, name, since, ended, outcome in rows:
        waits[party, name].append(_waited(since, ended, outcome, frame.until))
        refused[party] += outcome == Outcome.NO
        without[party] += outcome == Outcome.ENDED and ended is not None and ended <= frame.until
    found = (
        Party(id=party, name=name, lasting=reckon(str(party), ones, without=without[party]), said_no=refused[party])
        for (party, name), ones in waits.items()
    )
    return tuple(sorted(found, key=lambda one: (-one.lasting.cases, one.name)))[:MOST_PARTIES]


# ── Reaching a person ────────────────────────────────────────────────────────


def by_channel(*, frame: Frame) -> tuple[Door, ...]:
    """From the complaint to a person, by the way it came in."""
    waits: dict[str, list[Wait]] = defaultdict(list)
    for channel, received, came in frame.complaints().values_list("channel", "received_at", "first_person_at"):
        waits[channel].append(first_wait(since=received, came=came, now=frame.until))
    doors = (Door(key=channel, lasting=reckon(channel, ones)) for channel, ones in waits.items())
    return tuple(sorted(doors, key=lambda one: -one.lasting.cases))


def asked_for(frame: Frame, *, whom: str) -> dict[int, Wait]:
    """The longest wait of each complaint whose customer asked for a person, or for a manager."""
    return waits_for_a_person(frame=frame, now=frame.until, kind=ASKED[whom])


def by_whom(*, frame: Frame) -> tuple[Door, ...]:
    """From asking to a person, by who was asked for."""
    return tuple(Door(key=whom, lasting=reckon(whom, asked_for(frame, whom=whom).values())) for whom in ASKED)
