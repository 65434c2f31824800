"""What can be counted from a complaint's events: pure, values in, values out.

`actions.append` and `actions.rebuild` write the same columns from the same function, so that they cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from amends.desk.complaints.models import By, EventKind, Stage, Turn
from amends.desk.customers.words import shortened

PREVIEW_LENGTH = 200
ANGRY = 2
HOTTEST = 3
GOING_ON = frozenset({Stage.RECEIVED, Stage.ANSWERED})

# Who has the floor in the words of a conversation.
MESSAGES = frozenset({EventKind.CUSTOMER_WROTE, EventKind.REPLIED, EventKind.ACKNOWLEDGED, EventKind.NOT_CONTENT})
# What brings somebody in beside the owner: who is brought in follows from these events.
BRINGING_IN = frozenset({EventKind.COMPANION, EventKind.MANAGER_CAME, EventKind.MERGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One event as the derivation reads it."""

    kind: str
    at: datetime
    by: str
    agent: int | None = None
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    place: int = 0  # its sequence, by which what was split off is named
    row: int = 0  # the key of the event, for who points at it
    # Of a complaint that was merged into this one: what happened there until then.
    there: tuple[Happened, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPromise:
    """A promise that is neither kept nor broken nor withdrawn."""

    id: int
    words: str
    due_at: datetime
    whole_day: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A companion, and when they first answered."""

    agent: int
    since: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The derived columns of a complaint, under their names there."""

    owner_id: int | None
    stage: str
    live: bool
    turn: str
    turn_since: datetime | None
    heat: int
    received_at: datetime
    waiting_since: datetime | None
    first_person_at: datetime | None
    last_event_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    people: int
    handovers: int
    times_told: int
    waited_seconds: int
    promise_due_at: datetime | None
    promise_whole_day: bool
    broken_promises: int
    broken_since: datetime | None
    failed_again: bool
    back_at: datetime | None
    snoozed_until: datetime | None
    preview: str
    product_id: int | None
    branch_id: int | None
    merged_into_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """Everything that the events say: the columns, who is brought in, and what is still promised."""

    columns: Columns
    companions: tuple[Beside, ...]
    promises: tuple[OpenPromise, ...]


def columns_from(events: Iterable[Happened]) -> Columns:
    """Count the columns from all events, in order."""
    return derive(events).columns


def taken_back(told: Iterable[tuple[str, Mapping[str, Any]]]) -> set[tuple[str, datetime]]:
    """Find what was taken back, by its kind and its moment, among the kinds and data of events."""
    return {
        (data["kind"], datetime.fromisoformat(data["at"])) for kind, data in told if kind == EventKind.UNDONE and data
    }


def split_off(told: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[int, int]:
    """Find which places became part of another complaint, and its number, among what stands."""
    return {
        int(place): int(data.get("number", 0))
        for kind, data in told
        if kind == EventKind.SPLIT and data
        for place in data.get("moved", ())
    }


def standing(events: Iterable[Happened]) -> list[Happened]:
    """Leave out what was taken back or split off: it stays on the timeline and counts no more."""
    events = list(events)
    gone = taken_back((event.kind, event.data) for event in events)
    if gone:
        events = [event for event in events if (event.kind, event.at) not in gone]
    away = split_off((event.kind, event.data) for event in events)
    return [event for event in events if event.place not in away] if away else events


def derive(events: Iterable[Happened]) -> Derived:
    """Read all events, in order; there is at least one."""
    return _fold(standing(events)).result()


def _fold(standing_events: Sequence[Happened]) -> _Fold:
    first = standing_events[0]
    fold = _Fold(received_at=first.at, last_event_at=first.at, turn_since=first.at)
    for event in standing_events:
        fold.take(event)
    return fold


def lines(standing_events: Sequence[Happened]) -> list[list[Happened]]:
    """Tell a story with merged ones in it as one line each, for who counts time: its own up to merging, then the one.

    A time limit that ran there runs on here as it stood. What had ended by itself is no line of its own.
    """
    if not any(event.there for event in standing_events):
        return [list(standing_events)]
    told = [[replace(event, there=()) for event in standing_events]]
    for place, event in enumerate(standing_events):
        there = standing(event.there)
        if there and _fold(there).stage in GOING_ON:
            told += [[*before, *told[0][place:]] for before in lines(there)]
    return told


def whose_turn(*, going_on: bool, customer_waits: bool, third_party: bool, promised: bool, broken: bool) -> Turn:
    """Say who has the next move; the first that holds decides.

    1. A promise was broken and not made good: ours, even where the complaint has ended.
    2. Somebody outside was named whom we wait for: theirs, until they answer, the customer writes, or it ends.
    3. The customer waits for a word of ours: ours.
    4. A promise is open: ours, for whoever promised has the next move, whatever was answered or asked meanwhile.
    5. It has ended: nobody's.
    6. We answered, or asked, and owe nothing: the customer's.
    """
    if broken:
        return Turn.OURS
    if third_party and going_on:
        return Turn.THIRD_PARTY
    if customer_waits or promised:
        return Turn.OURS
    return Turn.THEIRS if going_on else Turn.NOBODY


def turns(events: Iterable[Happened]) -> list[tuple[datetime, str]]:
    """Tell who had the next move from when on, in order; each entry is a change."""
    story = iter(standing(events))
    first = next(story)
    fold = _Fold(received_at=first.at, last_event_at=first.at, turn_since=first.at)
    fold.take(first)
    told = [(first.at, str(fold.whose_turn()))]
    for event in story:
        fold.take(event)
        if (turn := str(fold.whose_turn())) != told[-1][1]:
            told.append((event.at, turn))
    return told


@dataclass(slots=True, kw_only=True)
class _Fold:
    """The story so far."""

    received_at: datetime
    last_event_at: datetime
    turn_since: datetime
    owner: int | None = None
    stage: Stage = Stage.RECEIVED
    turn: Turn = Turn.OURS
    heat: int = 0
    waiting_since: datetime | None = None
    first_person_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    met: set[int] = field(default_factory=set)
    handovers: int = 0
    times_told: int = 0
    broken_promises: int = 0
    broken_since: datetime | None = None
    failed_again: bool = False
    back_at: datetime | None = None
    snoozed_until: datetime | None = None
    outside: set[str] = field(default_factory=set)  # whom we wait for
    preview: str = ""
    product: int | None = None
    branch: int | None = None
    merged_into: int | None = None
    last_said_at: datetime | None = None
    waits: list[tuple[datetime, datetime]] = field(default_factory=list)  # for us, from when to when
    promises: dict[int, OpenPromise] = field(default_factory=dict)
    companions: dict[int, Beside] = field(default_factory=dict)

    def take(self, event: Happened) -> None:
        self.last_event_at = event.at
        if event.kind in MESSAGES and event.kind != EventKind.ACKNOWLEDGED and event.text.strip():
            self.preview = shortened(" ".join(event.text.split()), limit=PREVIEW_LENGTH)
            self.last_said_at = event.at
        if event.agent in self.companions and event.by == By.AGENT:
            self._companion_answers(event.agent, event.at)
        if (reaction := _REACTIONS.get(event.kind)) is not None:
            reaction(self, event)

    def result(self) -> Derived:
        due = min(self.promises.values(), key=lambda promise: promise.due_at, default=None)
        return Derived(
            columns=Columns(
                owner_id=self.owner,
                stage=self.stage,
                live=self.stage in GOING_ON or due is not None or self.broken_since is not None,
                turn=self.whose_turn(),
                turn_since=self.turn_since,
                heat=self.heat,
                received_at=self.received_at,
                waiting_since=self.waiting_since,
                first_person_at=self.first_person_at,
                last_event_at=self.last_event_at,
                resolved_at=self.resolved_at,
                closed_at=self.closed_at,
                people=len(self.met),
                handovers=self.handovers,
                times_told=self.times_told,
                waited_seconds=_seconds_of(self.waits),
                promise_due_at=due.due_at if due else None,
                promise_whole_day=due.whole_day if due else False,
                broken_promises=self.broken_promises,
                broken_since=self.broken_since,
                failed_again=self.failed_again,
                back_at=self.back_at,
                snoozed_until=self.snoozed_until,
                preview=self.preview,
                product_id=self.product,
                branch_id=self.branch,
                merged_into_id=self.merged_into,
            ),
            companions=tuple(self.companions.values()),
            promises=tuple(sorted(self.promises.values(), key=lambda promise: (promise.due_at, promise.id))),
        )

    def whose_turn(self) -> Turn:
        return whose_turn(
            going_on=self.stage in GOING_ON,
            customer_waits=self.waiting_since is not None,
            third_party=self.turn == Turn.THIRD_PARTY,
            promised=bool(self.promises),
            broken=self.broken_since is not None,
        )

    # What each kind of event changes.

    def received(self, event: Happened) -> None:
        self._customer_waits(event.at)

    def owner_taken(self, event: Happened) -> None:
        self.owner = event.agent
        self._meets(event.agent)

    def handed_over(self, event: Happened) -> None:
        self.owner = int(event.data["to"])
        self.handovers += 1
        self.snoozed_until = None  # the new owner has to see it
        self._meets(self.owner)

    def customer_wrote(self, event: Happened) -> None:
        self.times_told += self.stage in GOING_ON
        said = min(int(event.data.get("heat", 0)), HOTTEST)
        # Anger cools by one with each calmer message; it does not vanish because the next one is short.
        self.heat = said if said >= self.heat else max(said, self.heat - 1)
        # Angry although, or because, a person has answered: what was done to put it right failed too.
        self.failed_again = self.failed_again or (said >= ANGRY and self.first_person_at is not None)
        self._customer_waits(event.at)
        if event.agent is not None:  # told to a person on the telephone or at a visit
            self._a_person(event.agent, event.at)

    def replied(self, event: Happened) -> None:
        self._a_person(event.agent, event.at)
        if self.stage == Stage.RECEIVED:
            self.stage = Stage.ANSWERED
        self._waits_no_more(event.at)
        self.back_at = self.snoozed_until = None
        self.broken_since = None
        if self.stage == Stage.ANSWERED:
            # A word that there is no news leaves us waiting for them.
            self._turn(Turn.THIRD_PARTY if self.outside else Turn.THEIRS, event.at)

    def companion(self, event: Happened) -> None:
        agent = int(event.data["agent"])
        self.companions[agent] = Beside(agent=agent, since=event.at, answered_at=None)

    def manager_came(self, event: Happened) -> None:
        if event.agent not in {None, self.owner, *self.companions}:
            self.companion(event)

    def paused(self, event: Happened) -> None:
        self.back_at = _moment(event.data.get("until"))

    def snoozed(self, event: Happened) -> None:
        self.snoozed_until = _moment(event.data.get("until"))

    def woken(self, event: Happened) -> None:
        # The desk only says that the time has come; it is back until somebody does something about it.
        if event.by == By.AGENT:
            self.snoozed_until = None

    def third_party(self, event: Happened) -> None:
        self.back_at = _moment(event.data.get("until"))
        self.outside.add(_outside(event))
        self._turn(Turn.THIRD_PARTY, event.at)

    def third_party_answered(self, event: Happened) -> None:
        self.snoozed_until = None
        if event.data.get("answer") == "news":
            return
        self.outside.discard(_outside(event))
        if self.stage in GOING_ON and not self.outside:
            self.back_at = None
            self._customer_waits(event.at)

    def promise_made(self, event: Happened) -> None:
        promise = int(event.data["promise"])
        self.promises[promise] = OpenPromise(
            id=promise,
            words=str(event.data.get("words", "")),
            due_at=datetime.fromisoformat(event.data["due"]),
            whole_day=bool(event.data.get("whole_day")),
        )

    def promise_settled(self, event: Happened) -> None:
        self.promises.pop(int(event.data["promise"]), None)

    def promise_broken(self, event: Happened) -> None:
        self.promises.pop(int(event.data["promise"]), None)
        self.broken_promises += 1
        self.failed_again = True
        self.broken_since = self.broken_since or event.at
        self.snoozed_until = None
        if self.stage in GOING_ON:
            self._customer_waits(event.at)

    def remedy(self, event: Happened) -> None:
        del event
        self.broken_since = None

    def asked(self, event: Happened) -> None:
        self._customer_waits(event.at)

    def content(self, event: Happened) -> None:
        self._ends(Stage.RESOLVED, event.at)
        self.resolved_at = event.at
        self.heat = 0
        self.failed_again = False

    def closed(self, event: Happened) -> None:
        self._ends(Stage.CLOSED, event.at)
        self.closed_at = event.at

    def reopened(self, event: Happened) -> None:
        self.stage = Stage.RECEIVED if self.first_person_at is None else Stage.ANSWERED
        self.resolved_at = self.closed_at = None
        self._customer_waits(event.at)

    def not_content(self, event: Happened) -> None:
        self.failed_again = True
        self.heat = max(self.heat, min(int(event.data.get("heat", 0)), HOTTEST))
        self._customer_waits(event.at)

    def placed(self, event: Happened) -> None:
        self.product, self.branch = event.data.get("product"), event.data.get("branch")

    def erased(self, event: Happened) -> None:
        del event
        self.preview = ""

    def merged(self, event: Happened) -> None:
        """Take over how the other one stands: what is waited for, promised and known there is so here from now on."""
        there = standing(event.there)
        if not there:
            return
        other = _fold(there)
        self.received_at = min(self.received_at, other.received_at)
        self.first_person_at = _earliest(self.first_person_at, other.first_person_at)
        self.met |= other.met
        self.handovers += other.handovers
        self.times_told += other.times_told
        self.waits += other.waits
        self.broken_promises += other.broken_promises
        self.failed_again = self.failed_again or other.failed_again
        self.companions = {
            pk: beside for pk, beside in (other.companions | self.companions).items() if pk != self.owner
        }
        self.product, self.branch = self.product or other.product, self.branch or other.branch
        if other.last_said_at is not None and (self.last_said_at is None or other.last_said_at > self.last_said_at):
            self.preview, self.last_said_at = other.preview, other.last_said_at
        self.promises |= other.promises
        self.broken_since = _earliest(self.broken_since, other.broken_since)
        if other.stage not in GOING_ON:
            return
        if self.first_person_at is not None and self.stage == Stage.RECEIVED:
            self.stage = Stage.ANSWERED
        self.heat = max(self.heat, other.heat)
        self.back_at = _earliest(self.back_at, other.back_at)
        self.snoozed_until = None  # its owner has to see what came
        self.waiting_since = _earliest(self.waiting_since, other.waiting_since)
        if self.waiting_since is not None and self.turn != Turn.THIRD_PARTY:
            self._turn(Turn.OURS, event.at)

    def goes_up_in_another(self, event: Happened) -> None:
        self._ends(Stage.CLOSED, event.at)
        self.closed_at = event.at
        self.promises = {}
        self.merged_into = int(event.data["other"])

    def _turn(self, turn: Turn, at: datetime) -> None:
        if turn != self.turn:
            self.turn, self.turn_since = turn, at

    def _customer_waits(self, at: datetime) -> None:
        self.snoozed_until = None  # whoever speaks to us is heard at once
        self.waiting_since = self.waiting_since or at
        self._turn(Turn.OURS, at)

    def _waits_no_more(self, at: datetime) -> None:
        if self.waiting_since is not None:
            self.waits.append((self.waiting_since, at))
            self.waiting_since = None

    def _a_person(self, agent: int | None, at: datetime) -> None:
        self.first_person_at = self.first_person_at or at
        self._meets(agent)

    def _meets(self, agent: int | None) -> None:
        if agent is not None:
            self.met.add(agent)

    def _ends(self, stage: Stage, at: datetime) -> None:
        self.stage = stage
        self._waits_no_more(at)
        self.broken_since = self.back_at = self.snoozed_until = None
        self.outside.clear()
        self._turn(Turn.NOBODY, at)

    def _companion_answers(self, agent: int | None, at: datetime) -> None:
        if agent is not None and (beside := self.companions[agent]).answered_at is None:
            self.companions[agent] = Beside(agent=agent, since=beside.since, answered_at=at)


def _outside(event: Happened) -> str:
    """Who it is outside: their number where there is one, since the name goes when the customer is erased."""
    return str(event.data.get("party") or event.data.get("who", ""))


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)


def _seconds_of(waits: Iterable[tuple[datetime, datetime]]) -> int:
    """How long was waited in all; where two complaints of one person waited at once, it was one wait."""
    seconds, last = 0, None
    for since, until in sorted(waits):
        begins = since if last is None else max(since, last)
        seconds += max(0, int((until - begins).total_seconds()))
        last = until if last is None else max(last, until)
    return seconds


def _moment(value: object) -> datetime | None:
    return datetime.fromisoformat(str(value)) if value else None


_REACTIONS: Final[Mapping[str, Callable[[_Fold, Happened], None]]] = {
    EventKind.RECEIVED: _Fold.received,
    EventKind.OWNER_TAKEN: _Fold.owner_taken,
    EventKind.HANDED_OVER: _Fold.handed_over,
    EventKind.CUSTOMER_WROTE: _Fold.customer_wrote,
    EventKind.REPLIED: _Fold.replied,
    EventKind.CALLED: _Fold.replied,
    EventKind.COMPANION: _Fold.companion,
    EventKind.MANAGER_CAME: _Fold.manager_came,
    EventKind.PAUSED: _Fold.paused,
    EventKind.SNOOZED: _Fold.snoozed,
    EventKind.WOKEN: _Fold.woken,
    EventKind.WAITING_ON_THIRD_PARTY: _Fold.third_party,
    EventKind.THIRD_PARTY_ANSWERED: _Fold.third_party_answered,
    EventKind.PROMISE_MADE: _Fold.promise_made,
    EventKind.PROMISE_MOVED: _Fold.promise_made,
    EventKind.PROMISE_KEPT: _Fold.promise_settled,
    EventKind.PROMISE_WITHDRAWN: _Fold.promise_settled,
    EventKind.PROMISE_BROKEN: _Fold.promise_broken,
    EventKind.REMEDY: _Fold.remedy,
    EventKind.ASKED_FOR_PERSON: _Fold.asked,
    EventKind.ASKED_FOR_MANAGER: _Fold.asked,
    EventKind.ASKED_FOR_CALL: _Fold.asked,
    EventKind.CONTENT: _Fold.content,
    EventKind.NOT_CONTENT: _Fold.not_content,
    EventKind.CLOSED: _Fold.closed,
    EventKind.REOPENED: _Fold.reopened,
    EventKind.PLACED: _Fold.placed,
    EventKind.ERASED: _Fold.erased,
    EventKind.MERGED: _Fold.merged,
    EventKind.MERGED_INTO: _Fold.goes_up_in_another,
}
