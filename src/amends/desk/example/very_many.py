"""
Very many complaints on an empty desk, to see whether it stays quick: three to ten messages each, in four languages.

What has ended is cut from patterns: a pattern is a story within a week whose columns and clocks were counted once, by
the functions that count them always, and it is laid over any week of two years. The calendars have no holidays and
their zones no summer time, so that a week later everything falls just a week later. What still goes on is told and
counted one by one. The same seed gives the same complaints, the private keys of customers' pages apart.

A million has to be drawn in minutes. So a pattern is written once as lines in which days, people and words are left
open; laid over a week it has its days, and each complaint fills in the rest. A sentence is folded for searching once.
"""

from __future__ import annotations

import json
import random
import re
import secrets
import tomllib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

from amends.desk.clocks import counting, deriving
from amends.desk.clocks.models import Clock
from amends.desk.complaints import search, timeline
from amends.desk.complaints.models import (
    By,
    Channel,
    Complaint,
    Event,
    EventContent,
    EventKind,
    ReadMark,
    SearchEntry,
)
from amends.desk.customers.models import ContactWay, Customer
from amends.desk.customers.words import shortened
from amends.desk.example.in_bulk import NOTHING, Rows, line, table
from amends.desk.example.stories import HERE
from amends.desk.promises.models import Promise
from amends.engine.promises.calendar import Hours, WorkingCalendar

# What comes of twenty complaints: where they are from decides the language, the team and its calendar.
LANGUAGES: Final = ("tr",) * 7 + ("en",) * 5 + ("fa",) * 4 + ("mn",) * 4
ZONES: Final = {"tr": "Europe/Istanbul", "en": "UTC", "fa": "Asia/Tehran", "mn": "Asia/Ulaanbaatar"}
_OFFICE: Final = [["09:00", "18:00"]]
WEEKS: Final = {
    **{code: {str(day): _OFFICE for day in range(5)} for code in ("tr", "en", "mn")},
    "fa": {**dict.fromkeys(("5", "6", "0", "1", "2"), _OFFICE), "3": [["09:00", "13:00"]]},
}
DAYS: Final = 730
WEEK: Final = timedelta(days=7)
LIVE: Final = 100  # one of so many still goes on
PATTERNS: Final = 700  # for each language
MOST_EVENTS: Final = 40  # of one complaint: so many ids are kept for it
OWNER, COLLEAGUE = 1, 2  # whoever they are in the end
_VOCABULARY: Final = 40_000  # names made of syllables in each language; the first come up most
_FIRST_NUMBER: Final = 1001
CHANNELS: Final = tuple(one.value for one in (Channel.FORM, Channel.MAIL, Channel.MAIL, Channel.CHAT, Channel.PORTAL))

TABLES: Final = (
    table(Customer, "id", "name", "language", "since", "orders", "yearly_value", "currency", "created_at"),
    table(ContactWay, "customer_id", "kind", "value"),
    table(
        Complaint, "id", "number", "key", "customer_id", "team_id", "subject", "language", "channel", "wish",
        *timeline.Columns.__slots__,
    ),
    table(Event, "id", "complaint_id", "sequence", "kind", "at", "by", "agent_id", "channel", "language"),
    table(EventContent, "event_id", "text", "data"),
    table(
        Promise, "id", "complaint_id", "owner_id", "made_in_id", "words", "made_at", "due_at", "warn_at", "state",
        "settled_at", "lead_warn_at", "told_at",
    ),
    table(
        Clock, "complaint_id", "what", "allowed_minutes", "started_at", "pauses", "state", "due_at", "ageing_at",
        "late_at", "done_at", "warn_at", "warned_at", "told_at",
    ),
    table(ReadMark, "complaint_id", "agent_id", "at"),
    table(SearchEntry, "complaint_id", "words"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Who answers in a language."""

    id: int
    language: str
    agents: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that decides what a part of the complaints is like."""

    complaints: int
    seed: int
    now: datetime
    teams: tuple[Team, ...]

    @property
    def customers(self) -> int:
        return max(len(LANGUAGES), self.complaints // 2)

    @property
    def live(self) -> int:
        return max(1, self.complaints // LIVE)


# ── Stories ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An event of a story before it has its words: `voice` says whose words it needs."""

    kind: str
    at: datetime
    by: str
    agent: int | None = None
    voice: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pattern:
    """A story and what is counted from it."""

    steps: tuple[Step, ...]
    columns: Mapping[str, Any]
    clocks: tuple[dict[str, Any], ...]
    start: datetime
    end: datetime


def _tell(dice: random.Random, start: datetime, *, until: datetime | None = None) -> list[Step]:
    """Tell a story from its arrival to its end, or as far as it has come by a moment."""
    owner = OWNER
    told = [
        Step(kind=EventKind.RECEIVED, at=start, by=By.CUSTOMER),
        Step(kind=EventKind.OWNER_TAKEN, at=start, by=By.SYSTEM, agent=owner),
        Step(kind=EventKind.CUSTOMER_WROTE, at=start, by=By.CUSTOMER, voice="said", data=_heat(dice)),
    ]
    at = start
    if dice.random() < 0.2:
        told.append(Step(kind=EventKind.ACKNOWLEDGED, at=start + timedelta(minutes=1), by=By.SYSTEM, voice="answered"))
    messages = dice.choice((3, 3, 3, 4, 4, 4, 5, 5, 6, 6, 7, 8, 9, 10))
    for place in range(1, messages):
        ours = place % 2 == 1
        at += timedelta(minutes=dice.randrange(20, 22 * 60) if ours else dice.randrange(40, 44 * 60))
        if not ours:
            told.append(Step(kind=EventKind.CUSTOMER_WROTE, at=at, by=By.CUSTOMER, voice="said", data=_heat(dice)))
            continue
        if owner == OWNER and dice.random() < 0.03:
            owner = COLLEAGUE
            handed = {"from": OWNER, "to": COLLEAGUE, "reason": "because"}
            told.append(Step(kind=EventKind.HANDED_OVER, at=at, by=By.AGENT, agent=OWNER, data=handed))
            at += timedelta(minutes=dice.randrange(5, 90))
        if dice.random() < 0.12:
            told.append(Step(kind=EventKind.NOTED, at=at, by=By.AGENT, agent=owner, voice="noted"))
            at += timedelta(minutes=dice.randrange(2, 30))
        promises = told[-1].kind != EventKind.NOTED and not any(step.voice == "promised" for step in told)
        promises = promises and dice.random() < 0.25
        voice = "promised" if promises else "answered"
        told.append(Step(kind=EventKind.REPLIED, at=at, by=By.AGENT, agent=owner, voice=voice))
        if promises:
            told += _promised(dice, at, owner)
    told.sort(key=lambda step: step.at)
    return [step for step in told if step.at <= until] if until is not None else [*told, *_end(dice, told[-1], owner)]


def _promised(dice: random.Random, at: datetime, owner: int) -> list[Step]:
    """Promise something; nearly always it is kept."""
    due = at + timedelta(hours=dice.randrange(20, 90))
    data = {"promise": 1, "due": due, "whole_day": False}
    made = Step(kind=EventKind.PROMISE_MADE, at=at, by=By.AGENT, agent=owner, data=data)
    if dice.random() < 0.88:
        kept = at + timedelta(hours=dice.randrange(1, 19))
        return [made, Step(kind=EventKind.PROMISE_KEPT, at=kept, by=By.AGENT, agent=owner, data=data)]
    return [made, Step(kind=EventKind.PROMISE_BROKEN, at=due, by=By.SYSTEM, data=data)]


def _end(dice: random.Random, last: Step, owner: int) -> list[Step]:
    """Give a last answer where it is missing, hear whether they are content, and close."""
    at, told = last.at, []
    if last.kind != EventKind.REPLIED:
        at += timedelta(minutes=dice.randrange(30, 600))
        told.append(Step(kind=EventKind.REPLIED, at=at, by=By.AGENT, agent=owner, voice="answered"))
    if dice.random() < 0.6:
        at += timedelta(minutes=dice.randrange(60, 40 * 60))
        told.append(Step(kind=EventKind.CONTENT, at=at, by=By.CUSTOMER))
    at += timedelta(minutes=dice.randrange(60, 30 * 60))
    return [*told, Step(kind=EventKind.CLOSED, at=at, by=By.AGENT, agent=owner)]


def _heat(dice: random.Random) -> dict[str, Any]:
    heat = dice.choice((0, 0, 0, 0, 0, 0, 1, 1, 2, 3))
    return {"heat": heat} if heat else {}


def _counted(steps: Sequence[Step], calendar: WorkingCalendar, *, now: datetime | None) -> Pattern:
    """Count a story as the desk does, without its words, which decide nothing but the preview."""
    story = [
        timeline.Happened(
            kind=step.kind, at=step.at, by=step.by, agent=step.agent, place=place,
            data={name: _iso(value) if isinstance(value, datetime) else value for name, value in step.data.items()},
        )
        for place, step in enumerate(steps, start=1)
    ]  # fmt: skip
    as_of = now or steps[-1].at
    clocks = tuple(
        _clock(wanted, counting.count_own(wanted, allowed=rule.allowed, calendar=calendar, as_of=as_of), rule.allowed)
        for wanted in deriving.own(story, turns=timeline.turns(story))
        for rule in counting.USUAL_RULES
        if rule.what == wanted.what
    )
    return Pattern(
        steps=tuple(steps),
        columns=asdict(timeline.columns_from(story)),
        clocks=tuple({(one["what"], one["started_at"]): one for one in clocks}.values()),
        start=steps[0].at,
        end=max(steps[-1].at, *(one["due_at"] or steps[0].at for one in clocks)),
    )


def _clock(wanted: deriving.Wanted, found: counting.Counted, allowed: timedelta) -> dict[str, Any]:
    over = found.state in {"met", "missed", "ended"}
    return {
        "what": wanted.what,
        "allowed_minutes": allowed // timedelta(minutes=1),
        "started_at": wanted.started_at,
        "pauses": [(pause.start, pause.end) for pause in wanted.pauses],
        "state": found.state,
        "due_at": found.due_at,
        "ageing_at": found.ageing_at,
        "late_at": found.late_at,
        "done_at": found.done_at,
        "warn_at": found.warn_at,
        # As a worker that was never late has left them.
        "warned_at": found.warn_at if over else None,
        "told_at": (found.done_at or found.due_at) if found.state == "missed" else None,
    }


# ── Words ────────────────────────────────────────────────────────────────────


type Drawn[T] = Callable[[Sequence[T]], T]
type Part = dict[str, None] | str  # of a sentence for searching: its words, or a word with a gap in it


@dataclass(slots=True)
class _Words:
    """What is said in a language; the words of each sentence are folded once."""

    cards: Mapping[str, Any]
    made: list[str]
    folded: dict[str, tuple[str, ...]] = field(default_factory=dict)
    parts: dict[str, tuple[Part, ...]] = field(default_factory=dict)

    def sentences(self, voice: str, pick: Drawn[Any], gaps: Mapping[str, str]) -> dict[str, None]:
        """Choose one to four sentences of a voice, with their gaps."""
        rows = self.cards["answered" if voice == "promised" else voice]
        told = {pick(rows): None for _one in range(1 if voice == "noted" else pick((1, 2, 2, 3, 4)))}
        if voice == "promised":
            told[gaps["promised"]] = None
        return told

    def gaps(self, dice: random.Random, pick: Drawn[Any]) -> dict[str, str]:
        """Choose what fills the gaps in one complaint's sentences."""
        return {
            "thing": pick(self.cards["things"]),
            "brand": self._name(dice),
            "place": self._name(dice),
            "order": str(dice.randrange(1_000_000, 9_999_999)),
            "sum": str(dice.randrange(20, 900) * 10),
            "promised": pick(self.cards["promised"]),
        }

    def _name(self, dice: random.Random) -> str:
        # As in every language: the name of rank n comes up about 1/n as often as the first.
        return self.made[int(len(self.made) ** dice.random()) - 1]

    def words_of(self, heads: Sequence[str], sentences: Iterable[str], gaps: Mapping[str, str]) -> str:
        """Write a search entry's line: what `search.words_of` finds, word by word."""
        found: dict[str, None] = {}
        for head in heads:
            self._add(found, head)
        for sentence in sentences:
            for part in self.parts.get(sentence) or self._parts(sentence):
                if isinstance(part, str):
                    self._add(found, part.format_map(gaps))
                else:
                    found.update(part)
        return " ".join(found)

    def _add(self, found: dict[str, None], text: str) -> None:
        for token in text.split():
            if token.isdigit():
                found[token] = None
                continue
            words = self.folded.get(token)
            if words is None:
                words = tuple(search.words_of([token]))
                if not any(letter.isdigit() for letter in token):
                    self.folded[token] = words
            for word in words:
                found[word] = None

    def _parts(self, sentence: str) -> tuple[Part, ...]:
        parts: list[Part] = []
        for holds_gaps, tokens in groupby(sentence.split(), key=lambda token: "{" in token):
            if holds_gaps:
                parts += tokens
            else:
                words: dict[str, None] = {}
                self._add(words, " ".join(tokens))
                parts.append(words)
        self.parts[sentence] = tuple(parts)
        return self.parts[sentence]


@cache
def _words(language: str) -> _Words:
    cards = tomllib.loads((HERE / "very_many.toml").read_text(encoding="utf-8"))[language]
    dice = random.Random(language)  # noqa: S311 - names, no secret
    made: dict[str, None] = {}
    while len(made) < _VOCABULARY:
        made["".join(dice.choices(cards["syllables"], k=dice.choice((2, 3, 3, 4)))).capitalize()] = None
    return _Words(cards, list(made))


def customer_name(number: int) -> str:
    """Name a customer; the same number is the same person."""
    cards = _words(language_of(number)).cards
    given, family = cards["first"], cards["last"]
    first, last = given[number * 7919 % len(given)], family[number // 20 * 31 % len(family)]
    return f"{last} {first}" if language_of(number) == "mn" else f"{first} {last}"


def agent_name(language: str, number: int) -> str:
    """Name somebody who answers in a language."""
    cards = _words(language).cards
    given, family = cards["first"], cards["last"]
    first, last = given[number * 7 % len(given)], family[(number + number // len(given)) * 5 % len(family)]
    return f"{last} {first}" if language == "mn" else f"{first} {last}"


def language_of(customer: int) -> str:
    return LANGUAGES[customer % len(LANGUAGES)]


# ── Rows ─────────────────────────────────────────────────────────────────────


@cache
def _calendar(language: str) -> WorkingCalendar:
    week = {int(day): tuple(Hours.of(*span) for span in spans) for day, spans in WEEKS[language].items()}
    return WorkingCalendar.of(zone=ZoneInfo(ZONES[language]), week=week, days_off=[])


@cache
def _patterns(language: str, seed: int, monday: datetime) -> list[Pattern]:
    """Draw and count the stories of a language that have ended, by the time of the week in which they begin."""
    dice = random.Random(f"{seed} {language}")  # noqa: S311 - stories, no secret
    drawn = []
    for _one in range(PATTERNS):
        day = dice.choice((0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 6))
        start = monday + timedelta(days=day, seconds=dice.randrange(4 * 3600, 20 * 3600))
        drawn.append(_counted(_tell(dice, start), _calendar(language), now=None))
    return sorted(drawn, key=lambda pattern: pattern.start)


def customers(plan: Plan, first: int, count: int) -> Rows:
    """Write the rows of some customers."""
    dice = random.Random(f"{plan.seed} customers {first}")  # noqa: S311 - people, no secret
    known, made = plan.now - timedelta(days=DAYS + 1), Rows(TABLES)
    for number in range(first, first + count):
        pays = dice.random() < 0.7
        made.add(
            Customer, number, customer_name(number), language_of(number),
            (known - timedelta(days=dice.randrange(3000))).date().isoformat(), dice.randrange(1, 60),
            dice.randrange(20, 900) * 100 if pays else None, "TRY" if pays else "", known,
        )  # fmt: skip
        made.add(ContactWay, number, ContactWay.Kind.EMAIL.value, f"c{number}@post.example")
    return made


def complaints(plan: Plan, first: int, count: int) -> Rows:
    """Write the rows of some complaints, with all that belongs to them."""
    dice = random.Random(f"{plan.seed} {first}")  # noqa: S311 - stories, no secret
    pick = _picking(dice)
    teams = {code: [one for one in plan.teams if one.language == code] for code in ZONES}
    made, ended = Rows(TABLES), plan.complaints - plan.live
    lain: dict[tuple[Pattern, timedelta], _Laid] = {}
    monday = datetime.combine((plan.now - timedelta(days=plan.now.weekday())).date(), datetime.min.time(), UTC)
    for number in range(first, first + count):
        customer = dice.randrange(1, plan.customers + 1)
        language = language_of(customer)
        team = pick(teams[language])
        if number <= ended:
            pattern, shift = _ended(plan, dice, language, monday, (number - 1) / max(1, ended))
        else:
            pattern, shift = _going_on(plan, dice, language, (number - ended) / plan.live), timedelta(0)
        laid = lain.get((pattern, shift)) or lain.setdefault((pattern, shift), _lay(pattern, shift))
        people = (NOTHING, *map(str, dice.sample(team.agents, 2)))
        _write(made, dice, pick, number=number, customer=customer, team=team.id, people=people, laid=laid)
    return made


def _picking(dice: random.Random) -> Drawn[Any]:
    """Choose as `dice.choice` does, by what it draws; millions of times it is its being called that takes long."""
    bits = dice.getrandbits

    def pick(rows: Sequence[Any]) -> Any:
        many = len(rows)
        drawn = many.bit_length()
        while (place := bits(drawn)) >= many:
            pass
        return rows[place]

    return pick


def _ended(plan: Plan, dice: random.Random, language: str, monday: datetime, share: float) -> tuple[Pattern, timedelta]:
    """Choose a pattern and the week over which it is laid: the higher the number, the later."""
    patterns = _patterns(language, plan.seed, monday)
    weeks = DAYS // 7
    week = share * weeks
    since = monday + (week % 1) * WEEK
    place = bisect_left(patterns, since, key=lambda one: one.start)
    shift = (int(week) - weeks + 1) * WEEK
    for _try in range(6):
        found = patterns[min(len(patterns) - 1, max(0, place + dice.randrange(-12, 13)))]
        if found.end + shift < plan.now:
            return found, shift
    while found.end + shift >= plan.now:
        shift -= WEEK
    return found, shift


def _going_on(plan: Plan, dice: random.Random, language: str, share: float) -> Pattern:
    """Tell one that still goes on: most of them came this week."""
    age = min(60.0, dice.expovariate(1 / 3.0)) * (1.2 - share) + 0.02
    start = (plan.now - timedelta(days=age)).replace(microsecond=0)
    steps = _tell(dice, start, until=plan.now)
    last, now, chance = steps[-1], plan.now.replace(microsecond=0), dice.random()
    is_open = not any(step.kind == EventKind.PROMISE_MADE for step in steps)
    if last.kind == EventKind.REPLIED and is_open and chance < 0.5:
        due = now + timedelta(minutes=dice.randrange(60, 5 * 24 * 60))
        told = {"promise": 1, "due": due, "whole_day": False}
        steps[-1] = Step(kind=last.kind, at=last.at, by=last.by, agent=last.agent, voice="promised")
        steps.append(Step(kind=EventKind.PROMISE_MADE, at=last.at, by=By.AGENT, agent=last.agent, data=told))
    elif chance > 0.95:
        owner = next((step.agent for step in reversed(steps) if step.by == By.AGENT), OWNER)
        at = min(now, last.at + timedelta(minutes=20))
        until = {"until": now + timedelta(hours=dice.randrange(2, 90))}
        steps.append(Step(kind=EventKind.SNOOZED, at=at, by=By.AGENT, agent=owner, data=until))
    return _counted(steps, _calendar(language), now=plan.now)


# What is left open in the lines of a pattern: letters that no language has, and no quotation in JSON changes.
_DAY, _PART_ENDS = "\ue000", "\ue001"
_OWNER, _PREVIEW, _NUMBER = "\ue002", "\ue003", "\ue004"
_FROM, _TO, _REASON, _PROMISE, _PROMISED, _MADE_IN = (chr(0xE010 + place) for place in range(6))
_A_DAY: Final = re.compile(f"{_DAY}([0-9]+);")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """The lines of a pattern, with a gap wherever a day stands, and which days those are."""

    text: str
    days: tuple[int, ...]
    steps: tuple[_OpenStep, ...]
    owner: int
    promise: tuple[int, int] | None  # whose the promise is, and in which step it was made


@dataclass(frozen=True, slots=True, kw_only=True)
class _OpenStep:
    """What of a step no day changes."""

    agent: int
    voice: str
    is_previewed: bool
    is_heard: bool
    has_gaps: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Laid:
    """A pattern laid over a week: drawn once for all complaints of a part that have it."""

    of: _Open
    middles: list[str]  # of each step's line in the table of events
    data: list[str]  # of each step's line in the table of contents
    columns: str
    clocks: str
    promise: str
    first: str
    last: str


@cache
def _opened(pattern: Pattern) -> _Open:
    """Write a pattern as lines whose days are still open."""
    steps = [
        _OpenStep(
            agent=step.agent or 0, voice=step.voice, is_heard=step.voice == "said" or step.kind == EventKind.RECEIVED,
            is_previewed=bool(step.voice and step.kind in timeline.MESSAGES and step.kind != EventKind.ACKNOWLEDGED),
            has_gaps=bool({"to", "promise"} & step.data.keys()),
        )
        for step in pattern.steps
    ]  # fmt: skip
    columns = {**pattern.columns, "owner_id": _OWNER, "preview": _PREVIEW}
    clocks = "".join(
        line([_NUMBER, *(_moment(value) for value in (clock | {"pauses": _pauses(clock["pauses"])}).values())])
        for clock in pattern.clocks
    )
    promise = _promise(pattern)
    parts = [
        *(
            line(["", place, step.kind, _moment(step.at), step.by, ""])[:-1]
            for place, step in enumerate(pattern.steps, start=1)
        ),
        *(_data(step.data) for step in pattern.steps),
        line(_moment(value) for value in columns.values()),
        clocks,
        line(promise[2:]) if promise else "",
        str(_moment(pattern.steps[0].at)),
        str(_moment(pattern.steps[-1].at)),
    ]
    texts = _A_DAY.split(_PART_ENDS.join(parts))
    return _Open(
        text="%s".join(text.replace("%", "%%") for text in texts[::2]),
        days=tuple(map(int, texts[1::2])),
        steps=tuple(steps),
        owner=pattern.columns["owner_id"],
        promise=(promise[0], promise[1]) if promise else None,
    )


def _lay(pattern: Pattern, shift: timedelta) -> _Laid:
    opened = _opened(pattern)
    parts = (opened.text % tuple([_named(day + shift.days) for day in opened.days])).split(_PART_ENDS)
    many = len(opened.steps)
    columns, clocks, promise, first, last = parts[2 * many :]
    return _Laid(
        of=opened, middles=parts[:many], data=parts[many : 2 * many], columns=columns, clocks=clocks, promise=promise,
        first=first, last=last,
    )  # fmt: skip


@cache
def _named(day: int) -> str:
    return date.fromordinal(day).isoformat()


def _moment(value: Any) -> Any:
    """Write a moment as `plain` does, its day left open."""
    if not isinstance(value, datetime):
        return value
    return f"{_DAY}{value.toordinal()};{value.isoformat(' ', 'seconds')[10:19]}"


def _moment_in_json(at: datetime) -> str:
    at = at.astimezone(UTC)
    return f"{_DAY}{at.toordinal()};{at.isoformat()[10:]}"


def _pauses(pauses: Sequence[tuple[datetime, datetime | None]]) -> str:
    return json.dumps(
        [[_moment_in_json(at) if at is not None else None for at in pause] for pause in pauses], ensure_ascii=False
    )


def _data(data: Mapping[str, Any]) -> str:
    """Write the data of a step; people, words and numbers are left open."""
    told = {name: _moment_in_json(value) if isinstance(value, datetime) else value for name, value in data.items()}
    if "to" in told:
        told |= {"from": _FROM, "to": _TO, "reason": _REASON}
    if "promise" in told:
        told |= {"promise": _PROMISE, "words": _PROMISED, "made_in": _MADE_IN}
    return json.dumps(told, ensure_ascii=False)


def _promise(pattern: Pattern) -> tuple[Any, ...]:
    """Tell of the one promise of a story: who made it, in which step, and its moments and state as its row has them."""
    found = {step.kind: step for step in pattern.steps}
    if (made := found.get(EventKind.PROMISE_MADE)) is None:
        return ()
    kept, broken = found.get(EventKind.PROMISE_KEPT), found.get(EventKind.PROMISE_BROKEN)
    settled = kept or broken
    due = made.data["due"]
    places = {step.kind: place for place, step in enumerate(pattern.steps, start=1)}
    return (
        made.agent, places[EventKind.PROMISE_MADE], _moment(made.at), _moment(due), _moment(due - timedelta(hours=2)),
        "kept" if kept else "broken" if broken else "open", _moment(settled.at) if settled else None,
        _moment(due - timedelta(hours=1)), _moment(broken.at) if broken else None,
    )  # fmt: skip


def _write(
    made: Rows,
    dice: random.Random,
    pick: Drawn[Any],
    *,
    number: int,
    customer: int,
    team: int,
    people: Sequence[str],
    laid: _Laid,
) -> None:
    language = language_of(customer)
    words = _words(language)
    gaps = words.gaps(dice, pick)
    channel = pick(CHANNELS)
    wish = pick(words.cards["wishes"]).format_map(gaps) if dice.random() < 0.2 else ""
    first_id, opened = number * MOST_EVENTS, laid.of
    made_in = first_id + opened.promise[1] - 1 if opened.promise else 0
    subject, preview = "", ""
    said: dict[str, None] = {}
    events, contents = made.of(Event), made.of(EventContent)
    for place, (step, middle, data) in enumerate(zip(opened.steps, laid.middles, laid.data, strict=True), start=1):
        text, spoken, told = "", "", data
        if step.voice:
            sentences = words.sentences(step.voice, pick, gaps)
            said |= sentences
            text, spoken = " ".join(sentences).format_map(gaps), language
            subject = subject or text
            if step.is_previewed:
                preview = text
        if step.has_gaps:
            told = _filled(data, people, number, made_in, promised=gaps["promised"], because=words.cards["because"])
        heard = channel if step.is_heard else ""
        events.append(f"{first_id + place}\t{number}{middle}{people[step.agent]}\t{heard}\t{spoken}\n")
        contents.append(f"{first_id + place}\t{text}\t{told}\n")
    subject = shortened(subject.partition(".")[0], limit=80)
    preview = shortened(" ".join(preview.split()), limit=timeline.PREVIEW_LENGTH)
    called = _FIRST_NUMBER + number - 1
    made.of(Complaint).append(
        f"{number}\t{called}\t{secrets.token_urlsafe(24)}\t{customer}\t{team}\t{subject}\t{language}\t{channel}\t{wish}\t"
        + laid.columns.replace(_OWNER, people[opened.owner]).replace(_PREVIEW, preview)
    )
    if opened.promise:
        agent = people[opened.promise[0]]
        made.of(Promise).append(f"{number}\t{number}\t{agent}\t{made_in}\t{gaps['promised']}\t{laid.promise}")
    if laid.clocks:
        made.of(Clock).extend(laid.clocks.replace(_NUMBER, str(number)).splitlines(keepends=True))
    read = laid.last if dice.random() < 0.8 else laid.first
    made.of(ReadMark).append(f"{number}\t{people[opened.owner]}\t{read}\n")
    heads = [str(called), customer_name(customer), subject, wish]
    made.of(SearchEntry).append(f"{number}\t{words.words_of(heads, said, gaps)}\n")


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _filled(data: str, people: Sequence[str], promise: int, made_in: int, *, promised: str, because: str) -> str:
    """Put the real people and promises into the data of a step."""
    for gap, told in (
        (_FROM, people[OWNER]), (_TO, people[COLLEAGUE]), (_REASON, _quoted(because)), (_PROMISE, str(promise)),
        (_PROMISED, _quoted(promised)), (_MADE_IN, str(made_in)),
    ):  # fmt: skip
        data = data.replace(f'"{gap}"', told)
    return data


@cache
def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)
