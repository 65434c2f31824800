"""
Very many complaints on an empty desk, to see whether it stays quick: three to ten messages each, in four languages.

What has ended is cut from patterns: a pattern is a story within a week whose columns and clocks were counted once, by
the functions that count them always, and it is laid over any week of two years. The calendars have no holidays and
their zones no summer time, so that a week later everything falls just a week later. What still goes on is told and
counted one by one. The same seed gives the same complaints, the private keys of customers' pages apart.
"""

from __future__ import annotations

import json
import random
import secrets
import tomllib
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
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
from amends.desk.example.in_bulk import Rows, plain, table
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


@dataclass(slots=True)
class _Words:
    """What is said in a language; the words of each are folded once."""

    cards: Mapping[str, Any]
    made: list[str]
    folded: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def message(self, voice: str, dice: random.Random, gaps: Mapping[str, str]) -> str:
        """Say one to four sentences of a voice."""
        rows = self.cards["answered" if voice == "promised" else voice]
        told = [dice.choice(rows) for _one in range(1 if voice == "noted" else dice.choice((1, 2, 2, 3, 4)))]
        if voice == "promised":
            told.append(gaps["promised"])
        return " ".join(dict.fromkeys(told)).format_map(gaps)

    def gaps(self, dice: random.Random) -> dict[str, str]:
        """Choose what fills the gaps in one complaint's sentences."""
        return {
            "thing": dice.choice(self.cards["things"]),
            "brand": self._name(dice),
            "place": self._name(dice),
            "order": str(dice.randrange(1_000_000, 9_999_999)),
            "sum": str(dice.randrange(20, 900) * 10),
            "promised": dice.choice(self.cards["promised"]),
        }

    def _name(self, dice: random.Random) -> str:
        # As in every language: the name of rank n comes up about 1/n as often as the first.
        return self.made[int(len(self.made) ** dice.random()) - 1]

    def words_of(self, texts: Sequence[str]) -> str:
        """Write a search entry's line: what `search.words_of` finds, word by word."""
        found: dict[str, None] = {}
        for text in texts:
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
        return " ".join(found)


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
    made, ended = Rows(TABLES), plan.complaints - plan.live
    lain: dict[tuple[Pattern, timedelta], _Laid] = {}
    monday = datetime.combine((plan.now - timedelta(days=plan.now.weekday())).date(), datetime.min.time(), UTC)
    for number in range(first, first + count):
        customer = dice.randrange(1, plan.customers + 1)
        language = language_of(customer)
        team = dice.choice([one for one in plan.teams if one.language == language])
        if number <= ended:
            pattern, shift = _ended(plan, dice, language, monday, (number - 1) / max(1, ended))
        else:
            pattern, shift = _going_on(plan, dice, language, (number - ended) / plan.live), timedelta(0)
        laid = lain.get((pattern, shift)) or lain.setdefault((pattern, shift), _lay(pattern, shift))
        agents = dict(zip((OWNER, COLLEAGUE), dice.sample(team.agents, 2), strict=True))
        _write(made, dice, number=number, customer=customer, team=team.id, agents=agents, pattern=pattern, laid=laid)
    return made


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Laid:
    """A pattern laid over a week, as its rows tell it: drawn once for all complaints of a part that have it."""

    at: tuple[str, ...]
    columns: Mapping[str, Any]
    clocks: tuple[tuple[str | None, ...], ...]
    data: tuple[Mapping[str, Any], ...]
    promise: tuple[Any, ...]
    places: Mapping[str, int]


def _lay(pattern: Pattern, shift: timedelta) -> _Laid:
    columns = {name: plain(_later(value, shift)) for name, value in pattern.columns.items()}
    clocks = []
    for clock in pattern.clocks:
        pauses = [[_iso(at + shift) if at is not None else None for at in pause] for pause in clock["pauses"]]
        told = {name: _later(value, shift) for name, value in clock.items()} | {"pauses": json.dumps(pauses)}
        clocks.append(tuple(map(plain, told.values())))
    data = tuple(
        {name: _iso(value + shift) if isinstance(value, datetime) else value for name, value in step.data.items()}
        for step in pattern.steps
    )
    return _Laid(
        at=tuple(str(plain(step.at + shift)) for step in pattern.steps),
        columns=columns,
        clocks=tuple(clocks),
        data=data,
        promise=_promise(pattern, shift),
        places={step.kind: place for place, step in enumerate(pattern.steps, start=1)},
    )


def _later(value: Any, shift: timedelta) -> Any:
    return value + shift if isinstance(value, datetime) else value


def _promise(pattern: Pattern, shift: timedelta) -> tuple[Any, ...]:
    """Tell of the one promise of a story: who made it, and its moments and state as its row has them."""
    found = {step.kind: step for step in pattern.steps}
    if (made := found.get(EventKind.PROMISE_MADE)) is None:
        return ()
    kept, broken = found.get(EventKind.PROMISE_KEPT), found.get(EventKind.PROMISE_BROKEN)
    settled = kept or broken
    due = made.data["due"] + shift
    return (
        made.agent, plain(made.at + shift), plain(due), plain(due - timedelta(hours=2)),
        "kept" if kept else "broken" if broken else "open", plain(settled.at + shift) if settled else None,
        plain(due - timedelta(hours=1)), plain(broken.at + shift) if broken else None,
    )  # fmt: skip


def _write(
    made: Rows,
    dice: random.Random,
    *,
    number: int,
    customer: int,
    team: int,
    agents: Mapping[int, int],
    pattern: Pattern,
    laid: _Laid,
) -> None:
    language = language_of(customer)
    words = _words(language)
    gaps = words.gaps(dice)
    channel = dice.choice((Channel.FORM, Channel.MAIL, Channel.MAIL, Channel.CHAT, Channel.PORTAL)).value
    wish = dice.choice(words.cards["wishes"]).format_map(gaps) if dice.random() < 0.2 else ""
    first_id, preview = number * MOST_EVENTS, ""
    texts: list[str] = []
    for place, (step, at, data) in enumerate(zip(pattern.steps, laid.at, laid.data, strict=True), start=1):
        text, filled = "", {}
        if step.voice:
            text = words.message(step.voice, dice, gaps)
            texts.append(text)
            if step.kind in timeline.MESSAGES and step.kind != EventKind.ACKNOWLEDGED:
                preview = text
        if data:
            made_in = first_id + laid.places.get(EventKind.PROMISE_MADE, 1) - 1
            filled = _filled(data, agents=agents, promise=number, gaps=gaps, made_in=made_in, because=words.cards)
        told = step.voice == "said" or step.kind == EventKind.RECEIVED
        made.add(
            Event, first_id + place, number, place, step.kind.value, at, step.by.value,
            agents.get(step.agent or 0), channel if told else "", language if step.voice else "",
        )  # fmt: skip
        made.add(EventContent, first_id + place, text, json.dumps(filled, ensure_ascii=False) if data else "{}")
    owner = agents[pattern.columns["owner_id"]]
    subject = shortened(texts[0].partition(".")[0], limit=80)
    preview = shortened(" ".join(preview.split()), limit=timeline.PREVIEW_LENGTH)
    columns = {**laid.columns, "owner_id": owner, "preview": preview}
    called = _FIRST_NUMBER + number - 1
    row = [number, called, secrets.token_urlsafe(24), customer, team, subject, language, channel, wish]
    made.add(Complaint, *row, *columns.values())
    if laid.promise:
        by, *moments = laid.promise
        made_in = first_id + laid.places[EventKind.PROMISE_MADE] - 1
        made.add(Promise, number, number, agents[by], made_in, gaps["promised"], *moments)
    for clock in laid.clocks:
        made.add(Clock, number, *clock)
    read = laid.at[-1] if dice.random() < 0.8 else laid.at[0]
    made.add(ReadMark, number, owner, read)
    made.add(SearchEntry, number, words.words_of([str(called), customer_name(customer), subject, wish, *texts]))


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _filled(
    data: Mapping[str, Any],
    *,
    agents: Mapping[int, int],
    promise: int,
    gaps: Mapping[str, str],
    made_in: int,
    because: Mapping[str, Any],
) -> dict[str, Any]:
    """Put the real people and promises into the data of a step."""
    found = dict(data)
    if "to" in found:
        found |= {"from": agents[data["from"]], "to": agents[data["to"]], "reason": because["because"]}
    if "promise" in found:
        found |= {"promise": promise, "words": gaps["promised"], "made_in": made_in}
    return found
