"""The shapes of figures: each with its denominator, its range, and the address of what is behind it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from amends.desk.api.schemas import LARGEST, In
from amends.desk.complaints.models import Channel
from amends.desk.improvements.models import Layer, Plan, State, StepKind
from amends.desk.insight.models import Rhythm, Way
from amends.desk.people.models import Language

type Span = Literal["30", "90", "365", "last-week", "this-month", "last-month", "last-quarter", "last-year"]
type ChosenSpan = Span | Literal["own"]
type PageName = Literal["hurts", "causes", "times", "over-time", "word", "satisfaction", "lost"]
type Unit = Literal[
    "complaints", "customers", "promises", "replies", "people", "share", "hours", "money", "points", "days", "years",
    "times",
]  # fmt: skip
Behind = Annotated[
    str | None, Field(description="The address of what is behind it, in the very span that was counted.")
]
Id = Annotated[int, Field(ge=1, le=LARGEST)]


# ── What is chosen ───────────────────────────────────────────────────────────


class BarIn(In):
    """What stands in the bar over the pages of figures. What is left out narrows nothing."""

    span: ChosenSpan = Field(
        "90",
        description="So many days up to now; a week, month, quarter or year of the calendar of `Accept-Language` "
        "(Jalali in Persian), told by the clock of the token's person; or `own`, from `first` to `last`.",
    )
    first: date | None = Field(None, description="Of `own`: the first day.")
    last: date | None = Field(None, description="Of `own`: the last day, counted with them.")
    by: Literal["week", "month"] | None = Field(None, description="By what the span is cut; else as suits its length.")
    team: Id | None = None
    product: Id | None = None
    branch: Id | None = None
    group: Id | None = Field(None, description="A customer group.")
    channel: Channel | None = None
    language: Language | None = None
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = Field(
        None, description="In which money is counted; currencies are never added up."
    )
    since: Annotated[int, Field(ge=10**8, lt=10**10)] | None = Field(
        None, description="Seconds since 1970, as addresses of what is behind a figure tell them; with `until`."
    )
    until: Annotated[int, Field(ge=10**8, lt=10**10)] | None = None


class BehindIn(BarIn):
    page: Annotated[int, Field(ge=1, le=99_999)] = 1


Typed = Annotated[str, Field(max_length=20)]


class TriedIn(BarIn):
    """Figures to try out: they go before those that the organisation keeps, and are kept nowhere.

    Per cents are told as people write them: 30 for 30 %.
    """

    mouth: bool = Field(False, description="Word of mouth too, as an estimate apart.")  # noqa: FBT003
    day_from: Typed = Field("", description="One customer spent a day, from; with it `day_to` and `day_count`.")
    day_to: Typed = ""
    day_count: Typed = ""
    margin: Typed = Field("", description="Per cent.")
    stays: Typed = Field("", description="From year to year, per cent.")
    discount: Typed = Field("", description="A year, per cent.")
    keeping: Typed = Field("", description="What keeping one customer costs.")
    times: Typed = Field("", description="Winning one costs so many times as much.")
    customers: Typed = Field("", description="In all.")
    problem: Typed = Field("", description="Have a problem, per cent.")
    complain: Typed = Field("", description="Complain of it, per cent.")
    content: Typed = Field("", description="Content afterwards, per cent.")
    half_content: Typed = ""
    no_problem: Typed = Field("", description="Stay without a problem, per cent.")
    silent: Typed = ""
    satisfied: Typed = ""
    mollified: Typed = ""
    dissatisfied: Typed = ""
    tells: Typed = ""
    swayed: Typed = ""


class OptionOut(Schema):
    value: str
    words: str


class FilterOut(Schema):
    """One thing to narrow by, and what may be chosen."""

    name: str
    title: str
    options: list[OptionOut]


class FigurePageOut(Schema):
    name: str
    title: str
    address: str


class FigurePagesOut(Schema):
    pages: list[FigurePageOut]
    tables: list[str] = Field(description="What `GET /api/figures/tables/{table}` has.")
    spans: list[OptionOut]
    filters: list[FilterOut]


# ── Figures ──────────────────────────────────────────────────────────────────


class InputOut(Schema):
    """One number of a formula: what it is, and where it comes from."""

    name: str
    value: float
    unit: Unit
    low: float | None
    high: float | None
    origin: Literal["counted", "record", "survey", "told", "default", "ours"]
    origin_words: str
    source: str = Field(description="Who found it, where it is a default.")
    behind: Behind


class OneFigureOut(Schema):
    """One figure. Where there is too little to tell it, `value` is null and `says` says so; the counts stand."""

    name: str = Field(description="For programs: the same in every language, once in its section.")
    title: str
    unit: Unit
    value: float | None
    counted: int | None = Field(description="How many it counts; of a share its numerator.")
    of: int | None = Field(description="Of how many: the denominator.")
    low: float | None = Field(description="Where the true value lies, with 95 %: from …")
    high: float | None = Field(description="… to; null where it has no end, or none is reckoned.")
    currency: str
    says: str = Field(description="What has to be said with it, in the reader's language.")
    formula: str
    inputs: list[InputOut]
    behind: Behind
    whole: Annotated[str | None, Field(description="The address of what is behind `of`.")]


class StepOut(Schema):
    """So many are left after so long."""

    hours: float
    left: float
    low: float
    high: float
    at_risk: int
    ended: int


class SectionOut(Schema):
    name: str
    title: str
    says: str
    figures: list[OneFigureOut]
    curve: list[StepOut] = Field(description="Of times: the part that still waits (Kaplan and Meier).")


class FiguresOut(Schema):
    """One page of figures under what was chosen."""

    page: str
    since: datetime
    until: datetime
    span: str = Field(description="From which day to which, in words.")
    by: Literal["week", "month"]
    narrowed: dict[str, str] = Field(description="To what, by its value as it is chosen.")
    currency: str
    currencies: list[str]
    says: str = Field(description="What has to be said of the whole page: that nothing came in, or too little.")
    sections: list[SectionOut]


class ColumnOut(Schema):
    name: str
    title: str


class TableOut(Schema):
    """A table as the file of it tells it: the same columns and rows as CSV, XLSX and Parquet."""

    name: str
    columns: list[ColumnOut]
    rows: list[list[str | int | float | None]]


class BehindComplaintOut(Schema):
    number: int
    subject: str
    customer: str
    stage: str
    received_at: datetime
    quote: str = Field(description="The promise, or what put it right.")
    kept: bool | None
    waited_hours: float | None
    came: bool | None = Field(description="Whether the wait is over.")
    cost: float | None
    points: int
    hurts: list[str]


class BehindCustomerOut(Schema):
    id: int
    name: str
    spends: float | None
    currency: str
    complaints: list[int]
    happened: list[str]
    said: str = Field(description="What they said last.")
    said_at: datetime | None
    bought_on: date | None
    usual_days: int


class BehindReplyOut(Schema):
    """A reply, as anybody's: who wrote it is told nowhere."""

    text: str
    marked: list[str] = Field(description="The words that the figure counts.")
    language: str
    at: datetime


class BehindOut(Schema):
    """What a figure counts, in pages of fifty."""

    figure: str
    title: str
    total: int
    whole: str = Field(description="The figure that it is a part of.")
    of: int | None
    amount: float | None
    currency: str
    points: int | None
    median_hours: float | None
    complaints: list[BehindComplaintOut]
    customers: list[BehindCustomerOut]
    replies: list[BehindReplyOut]
    next_page: int | None


# ── The organisation's own figures for reckoning money ───────────────────────


class OwnFigureOut(Schema):
    name: str
    title: str
    is_per_cent: bool = Field(description="Then `value` is a share: 0.3 for 30 %.")
    value: float | None = Field(description="None: a default holds.")
    currency: str
    source: str
    by: str
    at: datetime | None


class OwnFiguresOut(Schema):
    currency: str
    figures: list[OwnFigureOut]


class OwnFigureIn(In):
    name: Literal[
        "margin", "stays", "discount", "keeping", "times", "customers", "problem", "complain", "content",
        "half_content", "no_problem", "silent", "satisfied", "mollified", "dissatisfied", "tells", "swayed",
    ]  # fmt: skip
    value: Annotated[str, Field(max_length=20)] = Field(
        description="As people write it, per cents as 30; empty: the default holds again."
    )
    source: Annotated[str, Field(max_length=200)] = Field("", description="Where it comes from.")


class OwnFiguresIn(In):
    figures: Annotated[list[OwnFigureIn], Field(min_length=1, max_length=20, description="What is left out stays.")]


# ── Alarms ───────────────────────────────────────────────────────────────────


class AlarmOut(Schema):
    id: int
    way: Way
    kind: str = Field(description="Of what: theme, product, branch, layer, team, channel, or all.")
    name: str = Field(description="Its number or word.")
    subject: str
    says: str
    since: date
    until: date
    seen: int = Field(description="Complaints of these days.")
    usual: float = Field(description="How many there would usually have been.")
    rung_at: datetime
    heard_at: datetime | None
    heard_by: str
    words: str = Field(description="What it was, as somebody said.")


class AlarmsOut(Schema):
    subjects: int = Field(description="How many kinds of complaints are watched.")
    silences: int = Field(description="For how many of them silence would ring.")
    days_learnt: int
    days_missing: int = Field(description="Until anything can be watched.")
    alarms: list[AlarmOut]


class NumberedOut(Schema):
    number: int
    subject: str
    customer: str
    received_at: datetime


class OneAlarmOut(AlarmOut):
    total: int
    complaints: list[NumberedOut] = Field(description="The last two hundred.")


class HeardIn(In):
    words: Annotated[str, Field(min_length=1, max_length=500, description="What it was.")]


# ── Saved reports ────────────────────────────────────────────────────────────

type ReportPage = Literal[
    "causes", "themes", "over", "times", "people", "satisfaction", "course", "writing", "money", "improvements"
]


class ReportIn(In):
    name: Annotated[str, Field(min_length=1, max_length=120)]
    pages: Annotated[list[ReportPage], Field(max_length=10)] = Field([], description="None: all of them.")
    span: Span = "last-month"
    by: Literal["week", "month"] | None = None
    team: Id | None = None
    product: Id | None = None
    branch: Id | None = None
    group: Id | None = None
    channel: Channel | None = None
    only_language: Language | None = Field(None, description="Only complaints in this language.")
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    language: Language = Field(description="In which it is written.")
    rhythm: Rhythm = Field(Rhythm.BY_HAND, description="Empty: only when somebody asks for it.")
    to: Annotated[list[Id], Field(max_length=200)] = Field([], description="Numbers of people who work here.")


class ReportRunOut(Schema):
    id: int
    due_at: datetime
    is_made: bool
    has_paper: bool
    problem: str
    sent: int
    waiting: int
    unsure: int
    refused: int


class ReportOut(Schema):
    id: int
    name: str
    span: str
    rhythm: str
    language: str
    pages: list[str]
    people: list[str]
    next_at: datetime | None
    stopped_at: datetime | None
    runs: list[ReportRunOut]


class ReportsOut(Schema):
    reports: list[ReportOut]


class PaperOut(Schema):
    """A report on paper, as it was sent or as it is now."""

    name: str
    media_type: str
    content: str = Field(description="Base64.")


# ── Improvements ─────────────────────────────────────────────────────────────


class ImprovementIn(In):
    title: Annotated[str, Field(min_length=1, max_length=160, description="What is done.")]
    why: Annotated[str, Field(max_length=4000)] = ""
    layer: Layer
    theme: Id | None = None
    rule: Id | None = Field(None, description="The company rule that it changes.")
    owner: Id = Field(description="Whose work it is.")
    due_on: date
    fewer: Annotated[int, Field(ge=1, le=100)] | None = Field(None, description="Per cent fewer that it should bring.")
    saves: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)] | None = None
    currency: Annotated[str, Field(pattern="^([A-Z]{3})?$")] = ""


class ImprovementActIn(In):
    act: Literal["begin", "force", "note", "look", "stays", "give-up"] = Field(
        description="Somebody is at it; it is in force since a day; a word; looked again; it stays; given up."
    )
    words: Annotated[str, Field(max_length=4000)] = ""
    since: date | None = Field(None, description="Of `force`: since which day; else today.")


class ImprovementRowOut(Schema):
    id: int
    title: str
    cause: str
    layer: str
    owner: str
    state: State
    due_on: date
    is_late: bool
    in_force_on: date | None
    look_on: date | None
    is_to_be_looked_at: bool
    fewer: int | None
    saves: float | None
    currency: str
    told: str = Field(description="What became of it, for programs: improved, no-evidence, worse, too-early …")
    told_words: str


class ImprovementsOut(Schema):
    improvements: list[ImprovementRowOut]


class ComparisonOut(Schema):
    """Before held against after: two counts, each in its own number of days."""

    before: int
    days_before: float
    after: int
    days_after: float
    ratio: float | None
    low: float | None
    high: float | None
    verdict: str


class WeekOut(Schema):
    since: datetime
    count: int
    is_after: bool
    behind: Behind


class SpentOut(Schema):
    currency: str
    before: float
    after: float


class ImprovementStepOut(Schema):
    kind: StepKind
    by: str
    at: datetime
    words: str
    figures: dict[str, Any]


class ImprovementOut(ImprovementRowOut):
    why: str
    theme: int | None
    rule: int | None
    owner_id: int
    sentence: str = Field(description="What one may make of it, in a sentence.")
    here: ComparisonOut | None
    others: ComparisonOut | None = Field(description="All other complaints that have a cause, over the same time.")
    fewer_found: list[float] | None = Field(description="Shares of one: best guess, least, most; below zero is more.")
    hoped_a_year: float | None
    nameless: list[OneFigureOut] = Field(description="Complaints without a cause, before and after.")
    weeks: list[WeekOut]
    spent: list[SpentOut]
    steps: list[ImprovementStepOut]
    behind: dict[str, str] = Field(description="The addresses of complaints behind what is counted, by figure.")


class PageIn(In):
    page: Annotated[int, Field(ge=1, le=99_999)] = 1


class ImprovementBehindOut(Schema):
    total: int
    since: datetime
    until: datetime
    amount: float | None
    currency: str
    complaints: list[BehindComplaintOut]
    next_page: int | None


# ── Themes ───────────────────────────────────────────────────────────────────


class ThemeOut(Schema):
    id: int
    name: str
    layers: str
    count: int
    is_own: bool = Field(description="Of the organisation's own, which may be renamed.")
    plan: str
    is_against: bool = Field(description="Whether it went wrong against the plan, where nobody said.")


class ExampleOut(Schema):
    id: int
    number: int
    text: str
    language: str
    received_at: datetime


class FoundThemeOut(Schema):
    """Complaints that are alike and have no name yet."""

    id: int
    within: str = Field(description="The theme of which it is a part.")
    count: int
    layer: str
    words: list[str]
    complaints: list[ExampleOut] = Field(description="`id` is what `name` ticks.")
    more: int


class ThemesOut(Schema):
    found: list[FoundThemeOut]
    themes: list[ThemeOut]
    looked_at: datetime | None


class NameFoundIn(In):
    name: Annotated[str, Field(min_length=1, max_length=120)]
    layer: Layer
    complaints: Annotated[list[Id], Field(min_length=1, max_length=100)] = Field(
        description="`id` of the complaints of it that have this cause."
    )
    plan: Literal[""] | Plan = ""


class ThemeIn(In):
    name: Annotated[str, Field(min_length=1, max_length=120)] | None = None
    plan: Literal[""] | Plan | None = Field(
        None, description="Whether it was planned; empty leaves it to the evidence."
    )


class MergeThemeIn(In):
    into: Id
