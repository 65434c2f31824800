"""The figures as a reader sees them: words, digits and pictures in their language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from amends.desk.insight import spans, words
from amends.desk.insight.lists import NO_CURRENCY
from amends.desk.insight.queries import Figures, Group, Habit, ThemeRow
from amends.desk.insight.spans import By
from amends.desk.web import drawings as pictures
from amends.desk.web import wording
from amends.engine.measures import FEWEST, FEWEST_FOR_MEDIAN, Share

MOST_HABITS = 8  # in a picture; the table has them all
type Link = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRow:
    """k of n, as a per cent with its interval where there are enough, and its door."""

    words: str
    share: Share
    door: str
    note: str = ""
    band: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeWords:
    words: str
    row: ThemeRow
    added: str  # the door of this cause and those above it


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    words: str
    count: int
    door: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyRow:
    amount: Decimal
    currency: str
    door: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    figures: Figures
    groups: list[ShareRow]
    shares: pictures.Picture | None
    themes: list[ThemeWords]
    pareto: pictures.Picture | None
    trend: pictures.Picture | None
    waits: list[CountRow]
    people: list[CountRow]
    people_picture: pictures.Picture | None
    columns: str  # how long one of the trend is
    failings: list[ShareRow]
    failings_picture: pictures.Picture | None
    good: list[ShareRow]
    good_picture: pictures.Picture | None
    course: list[ShareRow]
    course_picture: pictures.Picture | None
    change: str
    money: list[MoneyRow]
    reasons: list[CountRow]
    at_most_two: ShareRow | None
    unknown: int  # customers who may leave, with no figure on record
    is_young: bool  # so few complaints that there are hardly any rates
    is_young_in_causes: bool
    few_asked: bool
    few_complaints: bool


def page(*, figures: Figures, language: str, by: By, link: Link) -> Page:
    """Lay the figures out for a reader; `link` tells the address of what is behind a figure."""
    causes, reach, writing = figures.causes, figures.reach, figures.writing
    themes = [
        ThemeWords(words=words.cause_words(row.theme, row.layer, language=language), row=row, added=f"added-{place}")
        for place, row in enumerate(figures.themes, 1)
    ]
    people_words = [_("one person"), _("two people"), _("three people or more")]
    people = [
        CountRow(words=name, count=count, door=f"people-{number}")
        for number, (name, count) in enumerate(zip(people_words, reach.people, strict=True), 1)
    ]
    waits = [
        CountRow(words=name, count=count, door=f"asked-{place}")
        for place, (name, count) in enumerate(zip(words.wait_words(), reach.waits, strict=True))
    ]
    failings = [_habit(habit, words.failing_words(habit.name, language=language)) for habit in writing.failings]
    course = [_habit(habit, words.failing_words(habit.name, language=language)) for habit in figures.course.habits]
    good = [_habit(habit, words.good_words(habit.name)) for habit in writing.good]
    in_a_hundred = _("in a hundred replies")
    return Page(
        figures=figures,
        groups=[_group(group, language=language) for group in causes.groups],
        shares=_shares(figures, language=language, link=link),
        themes=themes,
        pareto=_pareto(themes, currency=figures.currency, language=language, link=link),
        trend=_trend(figures, language=language, link=link),
        columns=spans.by_words(by),
        waits=waits,
        people=people,
        people_picture=_counts(people, language=language, link=link),
        failings=failings,
        failings_picture=_habits(
            failings, colour=pictures.STONE, head=in_a_hundred, rate=True, language=language, link=link
        ),
        good=good,
        good_picture=_habits(good, colour=pictures.GREEN, head=in_a_hundred, rate=True, language=language, link=link),
        course=course,
        course_picture=_habits(
            course, colour=pictures.STONE, head=_("share of complaints"), language=language, link=link
        ),
        change=words.change_words(writing.change.verdict) if writing.change else "",
        money=_money(figures),
        reasons=[
            CountRow(words=words.reason_labels()[name], count=count, door=f"risk-{name}")
            for name, count in figures.money.reasons
        ],
        at_most_two=ShareRow(words="", share=reach.at_most_two, door="people-two") if reach.at_most_two.n else None,
        unknown=figures.money.value.customers - figures.money.value.known,
        is_young=causes.complaints < FEWEST,
        is_young_in_causes=causes.confirmed + causes.third_party < FEWEST,
        few_asked=reach.asked < FEWEST_FOR_MEDIAN,
        few_complaints=reach.complaints < FEWEST_FOR_MEDIAN,
    )


def _money(figures: Figures) -> list[MoneyRow]:
    """What is at risk, in the currency that the page counts in first."""
    totals = sorted(figures.money.value.totals, key=lambda total: (total[0] != figures.currency, total[0]))
    return [
        MoneyRow(amount=amount, currency=currency, door=f"money-{currency.lower() or NO_CURRENCY}")
        for currency, amount in totals
    ]


def _group(group: Group, *, language: str) -> ShareRow:
    return ShareRow(
        words=words.group_words(group.name),
        share=group.share,
        door=group.door,
        note=words.verdict_words(group.verdict),
        band=_band(group, language=language),
        group=group.name,
    )


def _band(group: Group, *, language: str) -> str:
    return " – ".join(wording.percent(end, language=language) for end in dict.fromkeys(group.band))


def _habit(habit: Habit, name: str) -> ShareRow:
    note = _("preview: shown, not counted in scores") if habit.is_preview else ""
    return ShareRow(words=name, share=habit.share, door=habit.door, note=note)


def _shares(figures: Figures, *, language: str, link: Link) -> pictures.Picture | None:
    groups = figures.causes.groups
    if any(group.share.too_few for group in groups):
        return None
    return pictures.shares(
        segments=[
            pictures.Segment(
                group=group.name,
                share=group.share.value or 0,
                figure=wording.percent(group.share.value or 0, language=language),
                door=pictures.Door(href=link(group.door), tells="share"),
            )
            for group in groups
        ],
        here=_("with us"),
        elsewhere=_("elsewhere: {bands}").format(bands=" · ".join(_band(group, language=language) for group in groups)),
        language=language,
    )


def _pareto(themes: list[ThemeWords], *, currency: str, language: str, link: Link) -> pictures.Picture | None:
    if not themes:
        return None
    return pictures.rows(
        bars=[
            pictures.Bar(
                words=theme.words,
                value=theme.row.count,
                figure=wording.number(theme.row.count, language=language),
                door=pictures.Door(href=link(f"theme-{theme.row.key}")),
                money=float(theme.row.spend),
                money_figure=wording.money(theme.row.spend, currency=currency, language=language)
                if theme.row.known
                else "–",
                money_door=pictures.Door(href=link(f"spend-{theme.row.key}"), tells="money")
                if theme.row.known
                else None,
            )
            for theme in themes
        ],
        heads=(_("complaints"), _("their customers spend a year")),
        language=language,
    )


def _trend(figures: Figures, *, language: str, link: Link) -> pictures.Picture | None:
    columns = figures.promises.columns
    if not figures.promises.share.n:
        return None
    return pictures.pillars(
        columns=[
            pictures.Pillar(
                words=column.words,
                good=column.kept,
                bad=column.broken,
                door=pictures.Door(href=link(column.door)),
            )
            for column in columns
        ],
        language=language,
        wide=pictures.HALF,
        digits=lambda count: wording.number(count, language=language),
    )


def _counts(counts: list[CountRow], *, language: str, link: Link) -> pictures.Picture | None:
    if not any(row.count for row in counts):
        return None
    return pictures.rows(
        bars=[
            pictures.Bar(
                words=row.words,
                value=row.count,
                figure=wording.number(row.count, language=language),
                door=pictures.Door(href=link(row.door)),
            )
            for row in counts
        ],
        heads=[_("complaints")],
        wide=pictures.HALF,
        language=language,
    )


def _habits(
    habits: list[ShareRow], *, colour: str, head: str, language: str, link: Link, rate: bool = False
) -> pictures.Picture | None:
    """How many of a hundred, where there are enough; below that the table tells k of n."""
    if not habits or habits[0].share.too_few:
        return None

    def figure(value: float) -> str:
        if rate:
            return wording.number(round(value * 100), language=language)
        return wording.percent(value, language=language)

    return pictures.rows(
        bars=[
            pictures.Bar(
                words=habit.words,
                value=(habit.share.value or 0) * 100,
                low=habit.share.low * 100,
                high=habit.share.high * 100,
                figure=figure(habit.share.value or 0),
                door=pictures.Door(href=link(habit.door), tells="rate" if rate else "share"),
            )
            for habit in habits[:MOST_HABITS]
        ],
        heads=[head],
        colour=colour,
        wide=pictures.HALF,
        language=language,
    )
