"""
The printed report: what a board reads. Idea after idea, picture first, one sentence of meaning, tables at the end.

It counts as the pages do, by the same questions, and says less where they do: no share of fewer than ten, no middle of
fewer than six. It stands in the reader's language, calendar and direction; nobody who works here is named in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib import resources
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from amends.desk.improvements import board as improvements
from amends.desk.improvements import room_page
from amends.desk.improvements.models import Improvement, State
from amends.desk.improvements.room_words import change_words, range_words
from amends.desk.improvements.words import layer_words
from amends.desk.insight import curves, lasting_words, losses, money_page, over, over_pictures, own, queries, word
from amends.desk.insight import page as pages
from amends.desk.insight.bar import Bar
from amends.desk.insight.lasting import KINDS, lasting
from amends.desk.insight.load import load
from amends.desk.insight.queries import Figures
from amends.desk.insight.satisfaction import satisfaction
from amends.desk.insight.satisfaction_views import picture as satisfaction_picture
from amends.desk.insight.satisfaction_views import question_words
from amends.desk.insight.templatetags.explained import amount, origin, said
from amends.desk.insight.words import cause_words
from amends.desk.people.organisation import organisation_name
from amends.desk.web import drawings, wording
from amends.desk.web.paper import drawn, typeset
from amends.engine.measures import Share

PAGES: Final = {
    "causes": gettext_lazy("Where it comes from"),
    "themes": gettext_lazy("What hurts most"),
    "over": gettext_lazy("Over time"),
    "times": gettext_lazy("How long it takes"),
    "people": gettext_lazy("How people reach us"),
    "satisfaction": gettext_lazy("Satisfaction and load"),
    "course": gettext_lazy("What went wrong on the way"),
    "writing": gettext_lazy("How we write"),
    "money": gettext_lazy("Money at risk"),
    "improvements": gettext_lazy("Improvements"),
}
MOST_ROWS: Final = 20
MOST_CURES: Final = 3  # improvements with a picture of before and after; all of them stand in the table
# Of these something can be said, the clearest first.
CLEAR: Final = ("improved", "worse", "others-too", "on-its-way", "no-evidence")
HALF: Final = 0.72  # how much of the sheet's width a picture for half a page takes
TWO: Final = 0.6  # and where two long ones stand on one sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    svg: str
    title: str = ""
    note: str = ""
    width: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    title: str
    head: list[str]
    rows: list[list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One idea: its picture, what it means in a sentence, and what that rests on."""

    title: str
    meaning: str
    pictures: list[Picture] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    title: str
    organisation: str
    span: str
    narrowed: list[str]
    made: str
    sheets: list[Sheet]
    tables: list[Table]

    def as_pdf(self, *, language: str) -> bytes:
        """Set it on paper."""
        source = (resources.files("amends.desk.insight") / "report.typ").read_bytes()
        words = {
            "nothing": _("Nothing happened in this time"),
            "numbers": _("The numbers"),
            "how": _("How this was counted"),
            "method": [
                _("Counted are complaints that were received in this time; causes only where a person confirmed them."),
                _("In brackets stands the range that chance alone leaves (95 per cent; shares after Wilson)."),
                _("A share is told from ten cases on, a middle from six."),
                _("Who still waits is counted as waiting for so long."),
                _("Currencies are never added up. How many others hear of it is in none of these sums."),
            ],
            "digits": [wording.digits(digit, language=language) for digit in range(10)],
        }
        return typeset(source, {**asdict(self), **words}, language=language)


def report(*, bar: Bar, only: Sequence[str] = (), title: str = "", now: datetime) -> Report:
    """Count what the chosen pages of the report tell, all of them unless some are named."""
    chosen = [name for name in PAGES if not only or name in only]
    counted = _Counted(bar=bar, now=now)
    made = [MAKERS[name](counted) for name in chosen]
    there = [one for one in made if one is not None]
    return Report(
        title=counted.name(title) if title else _("What hurts"),
        organisation=counted.name(organisation_name()),
        span=bar.span_told,
        narrowed=[counted.name(words) for words in bar.told],
        made=_("Counted on {day}. Complaints in this time: {count}.").format(
            day=wording.day(now.astimezone(bar.zone).date(), language=bar.language, year=True),
            count=counted.number(counted.figures.causes.complaints),
        ),
        sheets=[sheet for sheet, _tables in there],
        tables=[table for _sheet, tables in there for table in tables if table.rows],
    )


class _Counted:
    """What several sheets tell of, counted once, and how numbers are said."""

    def __init__(self, *, bar: Bar, now: datetime) -> None:
        self.bar = bar
        self.now = now
        self.language = bar.language
        self.figures: Figures = queries.figures(
            frame=bar.frame,
            parts=bar.parts,
            now=bar.choice.until,
            currency=bar.choice.currency,
            facts=bar.facts,
        )
        self.page = pages.page(
            figures=self.figures, language=bar.language, by=bar.choice.told_by, link=lambda _figure: ""
        )

    def name(self, words: str) -> str:
        """A name that somebody gave, in whatever direction it runs."""
        return f"\u2068{wording.without_bidi_controls(words)}\u2069"

    def number(self, value: float) -> str:
        return wording.number(value, language=self.language)

    def percent(self, value: float) -> str:
        return wording.percent(value, language=self.language)

    def of(self, part: int, whole: int) -> str:
        return _("{part} of {whole}").format(part=self.number(part), whole=self.number(whole))

    def part(self, share: Share) -> str:
        """'9 of 12', and with its range where there are enough: '62 of 118: 53% (44% – 61%)'."""
        counts = self.of(share.k, share.n)
        return counts if share.too_few else f"{counts}: {self.share(share)}"

    def share(self, share: Share) -> str:
        if share.too_few:
            return _("too few for a per cent")
        return f"{self.percent(share.value or 0)} ({self.percent(share.low)} – {self.percent(share.high)})"

    def money(self, value: Any, currency: str) -> str:
        return wording.money(value, currency=currency, language=self.language)


type Made = tuple[Sheet, list[Table]] | None


def _picture(picture: drawings.Picture | None, *, title: str = "", note: str = "", width: float = 1.0) -> list[Picture]:
    return [] if picture is None else [Picture(svg=drawn(picture.wide), title=title, note=note, width=width)]


# ── Causes ───────────────────────────────────────────────────────────────────


def _causes(of: _Counted) -> Made:
    causes, page = of.figures.causes, of.page
    if not causes.complaints:
        return None
    largest = max(page.groups, key=lambda row: row.share.k)
    if largest.share.too_few:
        meaning = _("Few causes are confirmed so far ({count}); shares are told from ten on.").format(
            count=of.number(causes.confirmed)
        )
    else:
        meaning = _("{share} of the confirmed causes lie here: {group}. Elsewhere it is {band}.").format(
            share=of.share(largest.share), group=largest.words, band=largest.band
        )
    rows = [[row.words, of.part(row.share), row.band, row.note] for row in page.groups]
    third = [layer_words("third-party", language=of.language), of.number(causes.third_party), "–", ""]
    return (
        Sheet(
            title=_("Where it comes from"),
            meaning=meaning,
            pictures=_picture(page.shares),
            notes=[
                _(
                    "Causes a person confirmed: {confirmed}, third parties: {third}. Waiting for a yes: {proposed}."
                ).format(
                    confirmed=of.number(causes.confirmed + causes.third_party),
                    third=of.number(causes.third_party),
                    proposed=of.number(causes.unconfirmed),
                )
            ],
        ),
        [
            Table(
                title=_("Where it comes from"),
                head=[_("Group"), _("Complaints"), _("Elsewhere"), _("Compared")],
                rows=[*rows, third],
            )
        ],
    )


def _themes(of: _Counted) -> Made:
    themes = of.page.themes
    if not themes:
        return None
    first = themes[0]
    if of.page.is_young_in_causes:
        meaning = _("So few causes are confirmed that their order means little and no share is told.")
    elif first.row.is_apart:
        meaning = _("{cause} comes clearly before all others: {share}.").format(
            cause=of.name(first.words), share=of.part(first.row.share)
        )
    else:
        meaning = _("{cause} comes first, {share}; not clearly before the next.").format(
            cause=of.name(first.words), share=of.part(first.row.share)
        )
    currency = of.figures.currency
    known = any(theme.row.known for theme in themes)
    money = _("Their customers spend a year")
    return (
        Sheet(
            title=_("What hurts most"),
            meaning=meaning,
            pictures=_picture(of.page.pareto),
            notes=[
                _(
                    "Money is in {currency} only: what the customers hit spend a year, each once; not what is lost."
                ).format(currency=currency)
                if known
                else _("What these customers spend a year is not on record, so no money stands beside the causes.")
            ],
        ),
        [
            Table(
                title=_("What hurts most"),
                head=[_("Cause"), _("Complaints"), money],
                rows=[
                    [
                        of.name(theme.words),
                        of.part(theme.row.share),
                        f"{of.money(theme.row.spend, currency)} ({of.of(theme.row.known, theme.row.customers)})"
                        if theme.row.known
                        else "–",
                    ]
                    for theme in themes
                ],
            )
        ],
    )


# ── Time ─────────────────────────────────────────────────────────────────────


def _over(of: _Counted) -> Made:
    found = over.periods(of.bar)
    if not any(one.complaints or one.kept.n for one in found):
        return None
    limits = over.limits(found)
    share = of.figures.promises.share
    if not share.n:
        meaning = _("No promise fell due in this time.")
    else:
        meaning = _("Promises kept: {share}.").format(share=of.part(share))
    columns = of.page.columns
    return (
        Sheet(
            title=_("Over time"),
            meaning=meaning,
            pictures=[
                *_picture(
                    over_pictures.came_in(found, limits=limits, language=of.language),
                    title=_("Complaints that came in"),
                    note=columns,
                ),
                *_picture(
                    over_pictures.promised(found, language=of.language),
                    title=_("Promises kept, and above them those that broke"),
                    note=columns,
                ),
            ],
            notes=[*filter(None, [over_pictures.line_words(limits)])],
        ),
        [
            Table(
                title=_("Over time"),
                head=[
                    _("Week from") if of.bar.choice.told_by == "week" else _("Month"),
                    _("Complaints"),
                    _("To a person: half within"),
                    _("At most two people"),
                    _("Promises kept"),
                ],
                rows=[
                    [
                        one.part.words if one.part.is_whole else f"{one.part.words} ({_('cut off')})",
                        _above(of, one.complaints, limit),
                        _median(of, one.to_a_person),
                        _pair(of, one.at_most_two),
                        _pair(of, one.kept),
                    ]
                    for one, limit in [*zip(found, limits, strict=True)][-MOST_ROWS:]
                ],
            )
        ],
    )


def _above(of: _Counted, complaints: int, limit: float | None) -> str:
    """Tell how many came in, and whether that is more than chance leaves."""
    told = of.number(complaints)
    return f"{told} ({_('more than chance')})" if limit is not None and complaints > limit else told


def _pair(of: _Counted, share: Share) -> str:
    return of.of(share.k, share.n) if share.n else "–"


def _median(of: _Counted, found: Any) -> str:
    if told := curves.median_words(found, language=of.language):
        between = curves.range_words(found, language=of.language)
        return f"{told} ({between})" if between else told
    return _("too few to say") if found.few else _("more than half still wait")


def _middle(of: _Counted, found: Any) -> str:
    """The same under a picture, where no head of a table says what it is."""
    told = _median(of, found)
    return f"{_('Half of them within')}: {told}" if curves.median_words(found, language=of.language) else told


def _times(of: _Counted) -> Made:
    found = [lasting(name, frame=of.bar.frame, facts=of.bar.facts) for name in KINDS]
    if not any(one.cases for one in found):
        return None
    titles = lasting_words.titles()
    person = found[0]
    told = curves.median_words(person, language=of.language)
    if told:
        meaning = _("Half of the customers had a person within {span}.").format(span=told)
    elif person.few:
        meaning = _("So few complaints that no middle is told.")
    else:
        meaning = _("More than half of the customers still wait for a person.")
    pictures = [
        picture
        for one in found
        for picture in _picture(
            curves.curve(one, language=of.language), title=titles[one.name], note=_middle(of, one), width=HALF
        )
    ]
    note = _("The line is the part that still waits after so long; the band is what chance leaves.")
    return (
        Sheet(title=_("How long it takes"), meaning=meaning, pictures=pictures, notes=[note] if pictures else []),
        [
            Table(
                title=_("How long it takes"),
                head=[_("Until"), _("Cases"), _("Still open"), _("Ended without it"), _("Half of them within")],
                rows=[
                    [titles[one.name], *map(of.number, (one.cases, one.still, one.without)), _median(of, one)]
                    for one in found
                ],
            )
        ],
    )


def _people(of: _Counted) -> Made:
    reach = of.figures.reach
    if not reach.complaints:
        return None
    doors = word.by_channel(frame=of.bar.frame, facts=of.bar.facts)
    asked = word.by_whom(frame=of.bar.frame, facts=of.bar.facts)
    names = {**of.bar.values("channel"), "person": _("asked for a person"), "manager": _("asked for a manager")}
    two = reach.at_most_two
    meaning = (
        _("At most two people were needed: {share}.").format(share=of.part(two))
        if two.n
        else _("No complaint has had a person yet.")
    )
    return (
        Sheet(
            title=_("How people reach us"),
            meaning=meaning,
            pictures=_picture(
                of.page.people_picture, title=_("How many people each customer had to speak to"), width=HALF
            ),
            notes=[
                _("Asked for a person or a manager: {asked}; still waiting: {still}.").format(
                    asked=of.number(reach.asked), still=of.number(reach.waiting)
                )
            ],
        ),
        [
            Table(
                title=_("To reach one of us"),
                head=[_("How it reached us"), _("Cases"), _("No answer yet"), _("Half of them within")],
                rows=[
                    [
                        names.get(one.key, one.key),
                        of.number(one.lasting.cases),
                        of.number(one.lasting.still),
                        _median(of, one.lasting),
                    ]
                    for one in (*doors, *asked)
                    if one.lasting.cases
                ],
            )
        ],
    )


def _satisfaction(of: _Counted) -> Made:
    found = satisfaction(frame=of.bar.frame, facts=of.bar.facts)
    carried = load(frame=of.bar.frame, facts=of.bar.facts)
    if not found.answered.k and not carried.whole.complaints:
        return None
    titles = question_words()
    outcome, handling = found.questions
    if not found.answered.k:
        meaning = _("Nobody has answered the two questions in this time.")
    else:
        meaning = _("Content with the outcome: {outcome}. With how it was handled: {handling}.").format(
            outcome=of.part(outcome.good), handling=of.part(handling.good)
        )
    notes = [_("Answered by {share} of those whose complaint is over.").format(share=of.part(found.answered))]
    if found.fair.n:
        notes.append(
            _("Not content with the outcome, and yet with how it was handled: {share}.").format(
                share=of.part(found.fair)
            )
        )
    if carried.whole.most is not None:
        notes.append(
            _("Going on now: {complaints} complaints for {people} people; most for one person: {most}.").format(
                complaints=of.number(carried.whole.complaints),
                people=of.number(carried.whole.people),
                most=of.number(carried.whole.most),
            )
        )
    parts = [("team", one) for one in found.teams] + [("channel", one) for one in found.channels]
    return (
        Sheet(
            title=_("Satisfaction and load"),
            meaning=meaning,
            pictures=[
                picture
                for one in found.questions
                for picture in _picture(satisfaction_picture(one, bar=of.bar), title=titles[one.question], width=TWO)
            ],
            notes=notes,
        ),
        [
            Table(
                title=_("Satisfaction by team and channel"),
                head=[_("Team or channel"), _("With the outcome"), _("With how it was handled")],
                rows=[
                    [of.name(of.bar.values(name).get(one.key, "")), of.part(one.outcome), of.part(one.handling)]
                    for name, one in parts
                ],
            ),
            Table(
                title=_("What our people carry"),
                head=[_("Team"), _("People"), _("Complaints that go on"), _("Half of the people have at most")],
                rows=[
                    [
                        of.name(of.bar.values("team").get(str(one.team), _("without a team"))),
                        of.number(one.people),
                        of.number(one.complaints),
                        _("too few people to tell") if one.half is None else of.number(one.half),
                    ]
                    for one in carried.teams
                ],
            ),
        ],
    )


# ── What went wrong, what was said ───────────────────────────────────────────


def _course(of: _Counted) -> Made:
    rows = of.page.course
    if not of.figures.course.complaints:
        return None
    missing = of.figures.course.not_looked_at
    unseen = _("Complaints not looked at yet: {count} of {whole}.").format(
        count=of.number(missing), whole=of.number(of.figures.course.complaints)
    )
    if rows:
        meaning = _("Most often: {what}, {share}.").format(what=rows[0].words, share=of.part(rows[0].share))
    elif missing:
        meaning = unseen
    else:
        meaning = _("The engine found nothing in the course of these complaints.")
    return (
        Sheet(
            title=_("What went wrong on the way"),
            meaning=meaning,
            pictures=_picture(of.page.course_picture, width=HALF),
            notes=[
                _("Seen in the course of events and in no single reply."),
                *([unseen] if missing and rows else []),
            ],
        ),
        [_habits(of, title=_("What went wrong on the way"), head=_("Complaints"), rows=rows)],
    )


def _habits(of: _Counted, *, title: str, head: str, rows: Sequence[pages.ShareRow]) -> Table:
    return Table(
        title=title,
        head=[_("Kind"), head],
        rows=[[f"{row.words} ({row.note})" if row.note else row.words, of.part(row.share)] for row in rows[:MOST_ROWS]],
    )


def _writing(of: _Counted) -> Made:
    writing = of.figures.writing
    if writing.is_hidden or not writing.replies:
        return None
    page = of.page
    return (
        Sheet(
            title=_("How we write"),
            meaning=page.change or _("Too few to compare with the time before."),
            pictures=[
                *_picture(page.failings_picture, title=_("What made it worse"), width=TWO),
                *_picture(page.good_picture, title=_("What did good"), width=TWO),
            ],
            notes=[
                _(
                    "Of {count} replies, in a hundred. A system is measured, a person is coached: no name stands here."
                ).format(count=of.number(writing.replies))
            ],
        ),
        [
            _habits(of, title=_("What made it worse"), head=_("Replies"), rows=page.failings),
            _habits(of, title=_("What did good"), head=_("Replies"), rows=page.good),
        ],
    )


# ── Money, improvements ──────────────────────────────────────────────────────


def _money(of: _Counted) -> Made:
    money, currency = of.figures.money, of.figures.currency
    if not of.figures.causes.complaints:
        return None
    totals = " · ".join(of.money(row.amount, row.currency) for row in of.page.money)
    if not money.complaints:
        meaning = _("No customer of this time is about to leave, as far as they let us know.")
    elif totals:
        meaning = _("Customers who may leave: {count}; together they spend {sums} a year.").format(
            count=of.number(money.value.customers), sums=totals
        )
    else:
        meaning = _("Customers who may leave: {count}. What they spend is not on record, so there is no sum.").format(
            count=of.number(money.value.customers)
        )
    told = own.kept()
    found = money_page.figures(
        money=money, currency=currency, spenders=money.spenders.get(currency, 0), told={}, own=told, mouth=False
    )
    bars = [drawings.Bar(words=row.words, value=row.count, figure=of.number(row.count)) for row in of.page.reasons]
    return (
        Sheet(
            title=_("Money at risk"),
            meaning=meaning,
            pictures=_picture(
                drawings.rows(bars=bars, heads=[_("complaints")], language=of.language, colour=drawings.STONE)
                if money.complaints
                else None
            ),
            notes=[
                _("It is the most that can go with them, not a forecast; what they tell others is not in it."),
                _("Of them without a figure on record, and in no sum: {count}.").format(
                    count=of.number(of.page.unknown)
                ),
            ],
        ),
        [
            Table(
                title=said(one.figure.name),
                head=[said(one.figure.formula), _("Value"), _("Where it comes from")],
                rows=[
                    *(
                        [
                            said(entry.name),
                            _amount(entry.value, entry.low, entry.high, entry.unit, currency),
                            origin(entry),
                        ]
                        for entry in one.figure.inputs
                    ),
                    [
                        said(one.figure.name),
                        _amount(one.figure.value, one.figure.low, one.figure.high, one.figure.unit, currency),
                        said(one.figure.caution),
                    ],
                ],
            )
            for one in found
            if one.figure is not None
        ]
        + _losses(of, currency),
    )


def _losses(of: _Counted, currency: str) -> list[Table]:
    """What may be lost by each cause, and by each rule."""
    frame, facts = of.bar.frame, of.bar.facts
    causes = losses.of_causes(frame=frame, currency=currency, facts=facts)
    rules = losses.of_rules(frame=frame, currency=currency, facts=facts)
    heads = [_("They spend a year"), _("Customers with a figure, of all who may leave")]

    def row(name: str, one: losses.Loss) -> list[str]:
        spend = of.money(one.spend, currency) if one.known else _("not on record")
        return [name, spend, of.of(one.known, one.customers)]

    told = [
        (
            _("Direct loss by cause"),
            _("Cause"),
            [row(cause_words(one.theme, one.layer, language=of.language), one) for one in causes],
        ),
        (_("Direct loss by rule"), _("Rule"), [row(of.name(one.rule), one) for one in rules]),
    ]
    return [Table(title=title, head=[head, *heads], rows=rows) for title, head, rows in told if rows]


def _amount(value: float, low: float | None, high: float | None, unit: str, currency: str) -> str:
    told = amount(value, unit, currency)
    if low is None or high is None or low == high:
        return told
    return f"{told} ({amount(low, unit, currency)} – {amount(high, unit, currency)})"


def _improvements(of: _Counted) -> Made:
    board = improvements.board(language=of.language, now=of.now)
    cards = [card for _state, _name, cards in board.columns for card in cards] + list(board.ended)
    if not cards:
        return None
    in_force = [card for card in cards if card.state == State.IN_FORCE]
    meaning = _("Improvements written down: {count}; to be looked at again: {look}.").format(
        count=of.number(len(cards)), look=of.number(len(board.to_be_looked_at))
    )
    if in_force:
        helps = of.of(sum(card.told == "improved" for card in in_force), len(in_force))
        meaning += " " + _("In force and seen to help: {share}.").format(share=helps)
    counts = [(name, len(cards)) for _state, name, cards in board.columns]
    bars = [drawings.Bar(words=name, value=count, figure=of.number(count)) for name, count in counts]
    clear = sorted((card for card in in_force if card.told in CLEAR), key=lambda card: CLEAR.index(card.told))
    return (
        Sheet(
            title=_("Improvements"),
            meaning=meaning,
            pictures=[
                *_picture(drawings.rows(bars=bars, language=of.language, wide=drawings.HALF), width=HALF),
                *(picture for card in clear[:MOST_CURES] for picture in _cure(of, card)),
            ],
            notes=[_("Before and after is told only where there is enough to tell; else it says why not.")],
        ),
        [
            Table(
                title=_("Improvements"),
                head=[_("What is done"), _("Cause"), _("State"), _("Before and after")],
                rows=[
                    [of.name(card.title), of.name(card.cause), card.state_words, card.told_words or "–"]
                    for card in cards[:MOST_ROWS]
                ],
            )
        ],
    )


def _cure(of: _Counted, card: improvements.Card) -> list[Picture]:
    """Draw the weeks before and after one improvement, and say what became of it."""
    found = room_page.page(improvement=Improvement.objects.get(pk=card.id), language=of.language, now=of.now)
    told = found.told
    if found.fewer is not None:
        told = _("{told}: {change} complaints a day, {range} as far as chance leaves open").format(
            told=told,
            change=change_words(found.fewer[0], language=of.language),
            range=range_words(found.fewer, language=of.language),
        )
    weeks = _("Each column is a week: grey before it came into force, green since.")
    note = f"{_('Did it help?')} {_begun(told, of.language)}. {weeks}"
    return _picture(found.picture, title=of.name(card.title), note=note)


def _begun(words: str, language: str) -> str:
    """Begin a sentence with words that stand alone elsewhere."""
    first = "İ" if language == "tr" and words[:1] == "i" else words[:1].upper()
    return first + words[1:]


MAKERS: Final[Mapping[str, Callable[[_Counted], Made]]] = {
    "causes": _causes,
    "themes": _themes,
    "over": _over,
    "times": _times,
    "people": _people,
    "satisfaction": _satisfaction,
    "course": _course,
    "writing": _writing,
    "money": _money,
    "improvements": _improvements,
}
