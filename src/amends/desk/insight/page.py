"""The figures as a reader sees them: words, digits and pictures in their language."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from amends.desk.insight import pictures, words
from amends.desk.insight.queries import Figures, Group, Habit, ThemeRow
from amends.desk.web import wording
from amends.engine.measures import Share

MOST_HABITS = 8


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    words: str
    count: int
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
    failings: list[ShareRow]
    failings_picture: pictures.Picture | None
    good: list[ShareRow]
    good_picture: pictures.Picture | None
    course: list[ShareRow]
    course_picture: pictures.Picture | None
    change: str
    money: list[tuple[Decimal, str]]
    reasons: list[CountRow]


def page(*, figures: Figures, language: str) -> Page:
    """Lay the figures out for a reader."""
    causes, reach, writing = figures.causes, figures.reach, figures.writing
    themes = [
        ThemeWords(words=words.cause_words(row.theme, row.layer, language=language), row=row) for row in figures.themes
    ]
    people_words = [_("one person"), _("two people"), _("three people or more")]
    people = [
        CountRow(words=name, count=count, door=f"people-{number}")
        for number, (name, count) in enumerate(zip(people_words, reach.people, strict=True), 1)
    ]
    waits = [
        CountRow(words=name, count=count, door="") for name, count in zip(words.wait_words(), reach.waits, strict=True)
    ]
    failings = [
        _habit(habit, words.failing_words(habit.name, language=language)) for habit in writing.failings[:MOST_HABITS]
    ]
    course = [_habit(habit, words.failing_words(habit.name, language=language)) for habit in figures.course.habits]
    good = [_habit(habit, words.good_words(habit.name)) for habit in writing.good[:MOST_HABITS]]
    return Page(
        figures=figures,
        groups=[_group(group, language=language) for group in causes.groups],
        shares=_shares(figures, language=language),
        themes=themes,
        pareto=_pareto(themes, currency=figures.currency, language=language),
        trend=_trend(figures, language=language),
        waits=waits,
        people=people,
        people_picture=_counts(people, language=language),
        failings=failings,
        failings_picture=_habits(failings, colour=pictures.STONE, language=language),
        good=good,
        good_picture=_habits(good, colour=pictures.GREEN, language=language),
        course=course,
        course_picture=_habits(course, colour=pictures.STONE, language=language),
        change=words.change_words(writing.change.verdict) if writing.change else "",
        money=[(amount, currency) for currency, amount in figures.money.value.totals],
        reasons=[
            CountRow(words=words.reason_words(name), count=count, door=f"risk-{name}")
            for name, count in figures.money.reasons
        ],
    )


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


def _shares(figures: Figures, *, language: str) -> pictures.Picture | None:
    groups = figures.causes.groups
    if any(group.share.too_few for group in groups):
        return None
    return pictures.shares(
        segments=[
            pictures.Segment(
                group=group.name,
                share=group.share.value or 0,
                figure=wording.percent(group.share.value or 0, language=language),
            )
            for group in groups
        ],
        here=_("with us"),
        elsewhere=_("elsewhere: {bands}").format(bands=" · ".join(_band(group, language=language) for group in groups)),
        language=language,
    )


def _pareto(themes: list[ThemeWords], *, currency: str, language: str) -> pictures.Picture | None:
    if not themes:
        return None
    return pictures.rows(
        bars=[
            pictures.Bar(
                words=theme.words,
                value=theme.row.count,
                figure=wording.digits(theme.row.count, language=language),
                money=float(theme.row.spend),
                money_figure=wording.money(theme.row.spend, currency=currency, language=language)
                if theme.row.known
                else "–",
            )
            for theme in themes
        ],
        heads=(_("complaints"), _("their customers spend a year")),
        language=language,
    )


def _trend(figures: Figures, *, language: str) -> pictures.Picture | None:
    columns = figures.promises.columns
    if not figures.promises.share.n:
        return None
    return pictures.pillars(
        columns=[
            pictures.Pillar(
                words=wording.day(timezone.localtime(column.since).date(), language=language, year=False),
                good=column.kept,
                bad=column.broken,
            )
            for column in columns
        ],
        language=language,
        wide=pictures.HALF,
        digits=lambda count: wording.digits(count, language=language),
    )


def _counts(counts: list[CountRow], *, language: str) -> pictures.Picture | None:
    if not any(row.count for row in counts):
        return None
    return pictures.rows(
        bars=[
            pictures.Bar(words=row.words, value=row.count, figure=wording.digits(row.count, language=language))
            for row in counts
        ],
        wide=pictures.HALF,
        language=language,
    )


def _habits(habits: list[ShareRow], *, colour: str, language: str) -> pictures.Picture | None:
    """Rates only where there are enough replies; below that the table tells k of n."""
    if not habits or habits[0].share.too_few:
        return None
    return pictures.rows(
        bars=[
            pictures.Bar(
                words=habit.words,
                value=(habit.share.value or 0) * 100,
                low=habit.share.low * 100,
                high=habit.share.high * 100,
                figure=wording.number(round((habit.share.value or 0) * 100), language=language),
            )
            for habit in habits
        ],
        colour=colour,
        wide=pictures.HALF,
        language=language,
    )
