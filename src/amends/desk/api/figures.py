"""The pages of figures as values: the numbers that the pages show, from the queries that the pages ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from amends.desk.api.figure_schemas import FiguresOut, InputOut, OneFigureOut, SectionOut, StepOut, Unit
from amends.desk.insight import (
    lasting_words,
    money_page,
    over,
    own,
    page,
    queries,
    severity,
    surprises,
    where,
    word,
    words,
)
from amends.desk.insight import load as carrying
from amends.desk.insight import lost as leaving
from amends.desk.insight import satisfaction as rated
from amends.desk.insight.bar import Bar
from amends.desk.insight.facts import ASKS, COMPLAINTS, OUTSIDE, PROMISES, PUT_RIGHT, REPLIES
from amends.desk.insight.forms import Choice
from amends.desk.insight.lasting import KINDS, Lasting, lasting
from amends.desk.insight.lists import whole_of
from amends.desk.insight.satisfaction_views import question_words
from amends.desk.people.models import Agent
from amends.engine.languages.wording import say
from amends.engine.measures import FEWEST, Share, bounds
from amends.engine.measures.explained import ORIGINS, Input

AN_HOUR: Final = timedelta(hours=1)


def door(figure: str, *, choice: Choice) -> str:
    """The address of what is behind a figure, in the span and the narrowing in which it was counted."""
    return f"{reverse('api:behind_figure', args=[figure])}?{choice.door_query}"


def page_address(name: str, *, choice: Choice) -> str:
    """The address of a page of figures under a choice."""
    place = reverse("api:money_figures") if name == "money" else reverse("api:figures", args=[name])
    return f"{place}?{urlencode(choice.hidden())}"


def hours(span: timedelta | None) -> float | None:
    return None if span is None else round(span / AN_HOUR, 3)


# ── One figure ───────────────────────────────────────────────────────────────


def figure(name: str, title: str, *, unit: Unit, value: float | None, **more: Any) -> OneFigureOut:
    """Write a figure down; what is not told of it is empty."""
    known: dict[str, Any] = {
        "counted": None, "of": None, "low": None, "high": None, "currency": "", "says": "", "formula": "",
        "inputs": [], "behind": None, "whole": None,
    }  # fmt: skip
    return OneFigureOut(name=name, title=title, unit=unit, value=value, **{**known, **more})


def share(name: str, title: str, part: Share, *, says: str = "", **more: Any) -> OneFigureOut:
    """Write a share of one down, with its range; of too few cases none is told."""
    return figure(
        name,
        title,
        unit="share",
        value=None if part.too_few else part.value,
        counted=part.k,
        of=part.n,
        low=None if part.too_few else part.low,
        high=None if part.too_few else part.high,
        says=_and(_("too few for a per cent") if part.too_few else "", says),
        **more,
    )


class Counter:
    """Writes the figures of one page down, each with its door."""

    def __init__(self, bar: Bar) -> None:
        self.bar = bar
        self.choice = bar.choice

    def count(
        self, name: str, title: str, many: int, *, behind: str = "", of: int | None = None, **more: Any
    ) -> OneFigureOut:
        """So many; `behind` is the figure under which they are listed where it is not called like it."""
        more = {"unit": "complaints", "choice": self.choice, "whole": "", **more}
        choice, known, unit = more.pop("choice"), behind or name, more.pop("unit")
        whole = more.pop("whole") or (whole_of(known) if of is not None else "")
        return figure(
            name,
            title,
            unit=unit,
            value=many,
            counted=many,
            of=of,
            behind=door(known, choice=choice),
            whole=door(whole, choice=choice) if whole else None,
            **more,
        )

    def share(self, name: str, title: str, part: Share, *, behind: str, whole: str = "", **more: Any) -> OneFigureOut:
        """A share with its door, and that of all of which it is a part."""
        choice = more.pop("choice", self.choice)
        whole = whole or whole_of(behind)
        return share(
            name,
            title,
            part,
            behind=door(behind, choice=choice),
            whole=door(whole, choice=choice) if whole else None,
            **more,
        )

    def median(self, name: str, title: str, found: Lasting, *, behind: str, **more: Any) -> OneFigureOut:
        """The time by which half had it, among those who still wait as well."""
        choice = more.pop("choice", self.choice)
        return figure(
            name,
            title,
            unit="hours",
            value=hours(found.median),
            low=hours(found.first),
            high=hours(found.last),
            counted=found.cases - found.still - found.without,
            of=found.cases,
            says=_no_median(found.median, few=found.few),
            behind=door(behind, choice=choice),
            **more,
        )

    def money(self, name: str, title: str, amount: Decimal, *, behind: str, currency: str, **more: Any) -> OneFigureOut:
        return figure(
            name,
            title,
            unit="money",
            value=float(amount),
            currency=currency,
            behind=door(behind, choice=self.choice),
            **more,
        )


def _no_median(median: timedelta | None, *, few: bool) -> str:
    if median is not None:
        return ""
    return _("too few to say") if few else _("more than half still wait")


def section(
    name: str, title: str, figures: Iterable[OneFigureOut], *, says: str = "", curve: Sequence[StepOut] = ()
) -> SectionOut:
    return SectionOut(name=name, title=title, says=says, figures=list(figures), curve=list(curve))


def laid_out(
    name: str, *, bar: Bar, sections: Iterable[SectionOut], currencies: Sequence[str] = (), says: str = ""
) -> FiguresOut:
    cut = _("Four years are told at once, at most. These are the last of those that you chose.")
    return FiguresOut(
        page=name,
        since=bar.choice.since,
        until=bar.choice.until,
        span=bar.span_told,
        by=bar.choice.told_by,
        narrowed={select.name: select.chosen for select in bar.selects if select.chosen},
        currency=bar.choice.currency,
        currencies=list(currencies),
        says=_and(cut if bar.choice.is_cut else "", says),
        sections=list(sections),
    )


def _and(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


# ── What hurts ───────────────────────────────────────────────────────────────


def hurts(bar: Bar, reader: Agent) -> FiguresOut:
    found = queries.figures(
        frame=bar.frame,
        parts=bar.parts,
        currency=bar.choice.currency,
        now=bar.choice.until,
        reader=reader,
        facts=bar.facts,
    )
    bar = bar.with_currency(found.currency)
    shown = page.page(figures=found, language=bar.language, by=bar.choice.told_by, link=lambda _figure: "")
    many = found.causes.complaints
    says = ""
    if not many:
        says = _and(
            _("No complaint came in this time."),
            _(
                "Silence is no proof that people are content: if you expected some, see whether the form and the "
                "mailboxes still take them in."
            ),
        )
    elif shown.is_young:
        says = _(
            "Few complaints so far: what happened is counted, and rates follow when there are ten of a kind. A rate of "
            "three cases would tell nothing."
        )
    of = Counter(bar)
    sections = (
        section("complaints", _("All complaints"), [of.count("complaints", _("All complaints"), many)]),
        _at_risk(of, found, shown),
        _groups(of, found, shown),
        _themes(of, found.themes, is_few=shown.is_young_in_causes),
        _promises(of, found),
        _reach(of, found, shown),
        _course(of, found, shown),
        *_writing(of, found, shown),
    )
    return laid_out("hurts", bar=bar, sections=sections, currencies=found.currencies, says=says)


def _at_risk(of: Counter, found: queries.Figures, shown: page.Page) -> SectionOut:
    value = found.money.value
    says = ""
    if found.causes.complaints and not found.money.complaints:
        says = _("No customer of this time is about to leave, as far as they let us know.")
    elif shown.money:
        says = _("It is the most that can go with them, not a forecast; what they tell others is not in it.")
    formula = _(
        "Formula: the sum of the yearly value of each customer once, over customers who said that they go elsewhere, "
        "who last said 'I am not content', or whose complaint is open and angry."
    )
    title = _("What customers who may leave spend a year")
    sums = [
        of.money(row.door, title, row.amount, behind=row.door, currency=row.currency, formula=formula)
        for row in shown.money
    ]
    leavers = of.count("leavers", _("Customers who may leave"), value.customers, unit="customers")
    known = of.count(
        "leavers-known",
        _("Customers who may leave, with a figure on record"),
        value.known,
        of=value.customers,
        unit="customers",
    )
    reasons = [of.count(row.door, row.words, row.count) for row in shown.reasons]
    every = of.count("risk", _("Complaints whose customer may leave"), found.money.complaints)
    return section("money", _("Money at risk"), [*sums, leavers, known, *reasons, every], says=says)


def _groups(of: Counter, found: queries.Figures, shown: page.Page) -> SectionOut:
    causes = found.causes
    figures = [
        of.share(
            row.door,
            row.words,
            row.share,
            behind=row.door,
            says=_and(row.note, _("elsewhere: {bands}").format(bands=row.band)),
        )
        for row in shown.groups
    ]
    third = of.count(
        "cause-third-party",
        _("Third parties, apart"),
        causes.third_party,
        of=causes.confirmed + causes.third_party,
    )
    waiting = of.count("unconfirmed", _("Causes that wait for a person's yes"), causes.unconfirmed)
    return section(
        "causes",
        _("Where it comes from"),
        [*figures, third, waiting],
        says=_("Only causes that a person confirmed are counted."),
    )


def _themes(of: Counter, rows: Sequence[queries.ThemeRow], *, is_few: bool) -> SectionOut:
    figures, currency = [], of.choice.currency
    for place, row in enumerate(rows, 1):
        title = words.cause_words(row.theme, row.layer, language=of.bar.language)
        figures.append(of.count(f"theme-{row.key}", title, row.count, of=row.share.n))
        figures.append(of.share(f"share-{row.key}", title, row.share, behind=f"theme-{row.key}"))
        added = figure(
            f"added-{row.key}",
            _("{cause}: share, added up").format(cause=title),
            unit="share",
            value=None if is_few else row.cumulative,
            of=row.share.n,
            behind=door(f"added-{place}", choice=of.choice),
        )
        figures.append(added)
        spend = _("{cause}: what the customers it hit spend a year").format(cause=title)
        if row.known:
            figures.append(
                of.money(
                    f"spend-{row.key}",
                    spend,
                    row.spend,
                    behind=f"spend-{row.key}",
                    currency=currency,
                    counted=row.known,
                    of=row.customers,
                    whole=door(f"hit-{row.key}", choice=of.choice),
                )
            )
        if row.remedies:
            cost = _("{cause}: spent to put it right").format(cause=title)
            name = f"remedies-{row.key}"
            figures.append(of.money(name, cost, row.remedies, behind=name, currency=currency))
    says = "" if rows else _("No cause has been confirmed yet. It is asked for at the end of each conversation.")
    return section("themes", _("What hurts most"), figures, says=says)


def _promises(of: Counter, found: queries.Figures) -> SectionOut:
    part = found.promises.share
    kept = of.share("promises-kept", _("Promises kept"), part, behind="promises-kept")
    columns = [
        figure(
            one.door,
            one.words,
            unit="promises",
            value=one.kept,
            counted=one.kept,
            of=one.kept + one.broken,
            behind=door(one.door, choice=of.choice),
        )
        for one in found.promises.columns
    ]
    says = "" if part.n else _("No promise fell due in this time.")
    return section("promises", _("Promises kept"), [kept, *columns], says=says)


def _reach(of: Counter, found: queries.Figures, shown: page.Page) -> SectionOut:
    reach = found.reach
    figures = [
        figure(
            "asked",
            _("From asking for a person to a person: half of them within"),
            unit="hours",
            value=hours(reach.asked_median),
            counted=reach.asked - reach.waiting,
            of=reach.asked,
            says=_no_median(reach.asked_median, few=shown.few_asked),
            behind=door("asked", choice=of.choice),
        ),
        figure(
            "answers",
            _("From the complaint to a person's first answer: half of them within"),
            unit="hours",
            value=hours(reach.answer_median),
            counted=reach.complaints - reach.unanswered,
            of=reach.complaints,
            says=_no_median(reach.answer_median, few=shown.few_complaints),
            behind=door("answers", choice=of.choice),
        ),
        of.count("unanswered", _("Nobody has answered yet"), reach.unanswered, of=reach.complaints),
        *(of.count(row.door, row.words, row.count, of=reach.asked, whole="asked") for row in shown.waits),
        *(of.count(row.door, row.words, row.count, of=sum(reach.people)) for row in shown.people),
        of.share("people-two", _("At most two people"), reach.at_most_two, behind="people-two"),
    ]
    return section("reach", _("How people reach us"), figures)


def _course(of: Counter, found: queries.Figures, shown: page.Page) -> SectionOut:
    course = found.course
    figures = [of.share(row.door, row.words, row.share, behind=row.door, says=row.note) for row in shown.course]
    unseen = of.count(
        "unseen", _("Complaints that have not been looked at yet"), course.not_looked_at, of=course.complaints
    )
    return section("course", _("What went wrong on the way"), [*figures, unseen])


def _writing(of: Counter, found: queries.Figures, shown: page.Page) -> Iterable[SectionOut]:
    writing, replies = found.writing, _("All replies")
    if writing.is_hidden:
        says = _("So few people wrote these replies that the figures would name them.")
        sent = figure("replies", replies, unit="replies", value=writing.replies, counted=writing.replies)
        yield section("writing", _("How we write"), [sent], says=says)
        return
    figures = [of.count("replies", replies, writing.replies, unit="replies")]
    if writing.change is not None:
        change = writing.change
        figures.append(
            figure(
                "change",
                _("How we write"),
                unit="times",
                value=change.value,
                low=change.low,
                high=change.high if isfinite(change.high) else None,
                says=shown.change,
            )
        )
    says = "" if writing.replies else _("No reply was sent in this time.")
    yield section("writing", _("How we write"), figures, says=says)
    for name, title, rows in (
        ("failings", _("What made it worse"), shown.failings),
        ("good", _("What did good"), shown.good),
    ):
        told = [of.share(row.door, row.words, row.share, behind=row.door, says=row.note) for row in rows]
        yield section(name, title, told)


# ── Causes and surprises ─────────────────────────────────────────────────────


def causes(bar: Bar, reader: Agent) -> FiguresOut:
    del reader
    frame, facts = bar.frame, bar.facts
    facts.expect({COMPLAINTS: (frame.since - surprises.A_YEAR, frame.until), PUT_RIGHT: (frame.since, frame.until)})
    known = queries.currencies(frame=frame, facts=facts)
    bar = bar.with_currency(queries.shown_currency(known, bar.choice.currency))
    of = Counter(bar)
    rows = queries.themes(frame=frame, currency=bar.choice.currency, most=queries.EVERY_THEME, facts=facts)
    met = surprises.met_again(frame, facts)
    confirmed = queries.count(facts.of(COMPLAINTS, frame)["confirmed"] > 0)
    few = confirmed < FEWEST
    says = _("No cause is confirmed in this time") if not confirmed else ""
    if confirmed and few:
        says = _("So few causes are confirmed that their order means little and no share is told.")
    sections = (
        _planned(of),
        *_again(of, met),
        _themes(of, rows, is_few=few),
        _bad(of, rows, met),
        *_where(of),
    )
    return laid_out("causes", bar=bar, sections=sections, currencies=known, says=says)


def _planned(of: Counter) -> SectionOut:
    frame, facts = of.bar.frame, of.bar.facts
    found = surprises.surprises(frame=frame, facts=facts)
    many = sum(one.count for one in found)
    whole = surprises.how_many_of_the_organisation(frame=frame, facts=facts)
    figures = [
        of.count("planned", _("Delivered as planned, and unhappy"), many, of=whole),
        of.count(
            "unplanned", _("Products, processes and messages: something went wrong against the plan"), whole - many,
            of=whole,
        ),
        *(
            of.count(
                f"planned-{one.key}", words.cause_words(one.theme, one.layer, language=of.bar.language), one.count,
                of=many,
            )
            for one in found
        ),
    ]  # fmt: skip
    says = _(
        "The cause lies in a product, a process or a message, and nothing went wrong against the plan: nothing came "
        "broken, late or other than ordered, nobody marked it as our fault, no promise broke. No training of people "
        "helps here; what was planned has to change."
    )
    return section("planned", _("Delivered as planned, and unhappy"), figures, says=says)


def _again(of: Counter, met: Any) -> Iterable[SectionOut]:
    frame, facts = of.bar.frame, of.bar.facts
    part, rows = surprises.repeated(frame=frame, facts=facts, met=met)
    whole = of.share("again", _("The same mistake again"), part, behind="again")
    figures = [
        of.share(
            f"again-{one.key}",
            words.cause_words(one.theme, one.layer, language=of.bar.language),
            one.share,
            behind=f"again-{one.key}",
        )
        for one in rows
    ]
    says = ""
    if not part.n:
        says = _(
            "No confirmed cause has a theme in this time, so nobody can tell whether it came again. Give causes a "
            "theme."
        )
    elif not part.k:
        says = _("No customer met the same mistake twice.")
    yield section("again", _("The same mistake again"), [whole, *figures], says=says)
    back = surprises.came_back(frame=frame, facts=facts)
    yield section(
        "back",
        _("Said to be cured, and came again"),
        [of.count(one.door, one.improvement.title, one.count) for one in back],
    )


def _bad(of: Counter, rows: tuple[queries.ThemeRow, ...], met: Any) -> SectionOut:
    known, figures = words.hurt_words(), []
    for one in severity.severities(rows, frame=of.bar.frame, facts=of.bar.facts, met=met):
        key = one.row.key
        title = words.cause_words(one.row.theme, one.row.layer, language=of.bar.language)
        figures.append(
            figure(
                f"bad-{key}",
                title,
                unit="points",
                value=one.index.points,
                of=one.row.count,
                behind=door(f"bad-{key}", choice=of.choice),
                whole=door(f"theme-{key}", choice=of.choice),
            )
        )
        for name, many in one.hurts:
            told = _("{cause}: {hurt}").format(cause=title, hurt=known[name])
            figures.append(of.count(f"bad-{name}-{key}", told, many, of=one.row.count))
    says = _(
        "What happens seldom may hurt most. Each complaint counts one point; three more where the customer is angry "
        "and it is open, or three people or more had it; five more where a promise broke on top, or they said last "
        "that they are not content; ten more where they say that they leave, or the same mistake hit them again "
        "within a year. The steps are ours: they put causes in order and are no measure of money."
    )
    return section("bad", _("Points: how bad it is"), figures, says=says)


def _where(of: Counter) -> Iterable[SectionOut]:
    for column in where.where(of.bar):
        options = of.bar.values(column.name)
        values = {told: value for value, told in options.items()}
        figures = [
            of.count(
                values[part.words],
                part.words,
                part.count,
                behind="complaints",
                choice=of.choice.narrowed_to(column.name, values[part.words]),
            )
            for part in column.parts
        ]
        if column.unsaid is not None:
            figures.append(of.count(f"unsaid-{column.name}", _("not said"), column.unsaid.count))
        yield section(f"by-{column.name}", column.title, figures)


# ── Times ────────────────────────────────────────────────────────────────────


def times(bar: Bar, reader: Agent) -> FiguresOut:
    del reader
    titles, of = lasting_words.titles(), Counter(bar)
    found = [lasting(name, frame=bar.frame, facts=bar.facts) for name in KINDS]
    method = _("Method: Kaplan and Meier; the range of the median after Brookmeyer and Crowley.")
    sections = [
        section(
            one.name,
            titles[one.name],
            [
                of.median(f"took-{one.name}", titles[one.name], one, behind=f"took-{one.name}", formula=method),
                of.count(f"open-{one.name}", _("Still open"), one.still, of=one.cases),
                of.count(f"without-{one.name}", _("Ended without it"), one.without, of=one.cases),
            ],
            curve=[] if one.few else _curve(one),
        )
        for one in found
    ]
    says = "" if any(one.cases for one in found) else _("No complaint came in this time")
    return laid_out("times", bar=bar, sections=sections, says=says)


def _curve(found: Lasting) -> list[StepOut]:
    steps = []
    for step in found.steps:
        low, high = bounds(step)
        steps.append(
            StepOut(
                hours=round(step.at / 3600, 4),
                left=step.share,
                low=low,
                high=high,
                at_risk=step.at_risk,
                ended=step.events,
            )
        )
    return steps


# ── Over time ────────────────────────────────────────────────────────────────


def over_time(bar: Bar, reader: Agent) -> FiguresOut:
    del reader
    of, sections = Counter(bar), []
    for one in over.periods(bar):
        had = one.choice
        figures = [
            of.count("complaints", _("Complaints"), one.complaints, choice=had),
            of.median("answers", _("To a person"), one.to_a_person, behind="answers", choice=had),
            of.share("people-two", _("At most two people"), one.at_most_two, behind="people-two", choice=had),
            of.share("promises-kept", _("Promises kept"), one.kept, behind="promises-kept", choice=had),
        ]
        name = one.part.since.astimezone(bar.zone).date().isoformat()
        sections.append(section(name, one.part.words, figures))
    says = _("A per cent is told from ten cases on, a middle from six.")
    return laid_out("over-time", bar=bar, sections=sections, says=says)


# ── Our word ─────────────────────────────────────────────────────────────────


def our_word(bar: Bar, reader: Agent) -> FiguresOut:
    del reader
    span = (bar.frame.since, bar.frame.until)
    bar.facts.expect({COMPLAINTS: span, PROMISES: span, OUTSIDE: span, ASKS: span})
    of, found = Counter(bar), word.promises(frame=bar.frame, facts=bar.facts)
    told = of.share(
        "promises-told", _("Broken ones whose customer was told in advance:"), found.told, behind="promises-told"
    )
    kept = of.share("promises-kept", _("Promises kept"), found.share, behind="promises-kept")
    sections = [section("promises", _("Promises kept"), [kept, told])]
    for name, title, rows in (("team", _("Team"), found.teams), ("channel", _("Channel"), found.channels)):
        figures = [
            of.share(
                one.key,
                bar.values(name).get(one.key, ""),
                one.share,
                behind="promises-kept",
                choice=of.choice.narrowed_to(name, one.key),
            )
            for one in rows
        ]
        sections.append(section(f"promises-by-{name}", title, figures))
    sections.append(_parties(of))
    asked = {"person": _("a person"), "manager": _("a manager")}
    doors = [
        of.median(
            one.key,
            bar.values("channel").get(one.key, one.key),
            one.lasting,
            behind="answers",
            choice=of.choice.narrowed_to("channel", one.key),
        )
        for one in word.by_channel(frame=bar.frame, facts=bar.facts)
    ]
    whom = [
        of.median(one.key, asked[one.key], one.lasting, behind=f"asked-{one.key}")
        for one in word.by_whom(frame=bar.frame, facts=bar.facts)
        if one.lasting.cases
    ]
    says = "" if doors or whom else _("No complaint came in this time, and nobody asked for a person.")
    sections.append(section("reach-by-channel", _("How it reached us"), doors, says=says))
    sections.append(section("reach-by-whom", _("The customer asked for"), whom))
    return laid_out("word", bar=bar, sections=sections)


def _parties(of: Counter) -> SectionOut:
    figures = []
    for one in word.parties(frame=of.bar.frame, facts=of.bar.facts):
        behind, cases = f"party-{one.id}", one.lasting.cases
        figures.append(of.median(behind, one.name, one.lasting, behind=behind))
        figures.append(of.count(f"{behind}-open", _("Still open"), one.lasting.still, of=cases))
        figures.append(of.count(f"{behind}-no", _("{party} said no").format(party=one.name), one.said_no, of=cases))
    says = _(
        "For whom our customers waited, from the moment we began to wait until they answered. A wait that ended "
        "without them counts as lasting at least so long."
    )
    return section("parties", _("Third parties"), figures, says=says)


# ── Satisfaction and load ────────────────────────────────────────────────────


def satisfaction(bar: Bar, reader: Agent) -> FiguresOut:
    del reader
    span = (bar.frame.since, bar.frame.until)
    bar.facts.expect({COMPLAINTS: span, REPLIES: span})
    of, found = Counter(bar), rated.satisfaction(frame=bar.frame, facts=bar.facts)
    titles, said = question_words(), words.answer_words()
    answered = of.share("rated-all", _("Answered by:"), found.answered, behind="rated-all")
    sections = [section("answered", _("Satisfaction and load"), [answered])]
    for one in found.questions:
        good = f"rated-{one.question}-good"
        stars = [
            of.count(f"rated-{one.question}-{star}", said[star], one.stars[star], of=one.good.n, unit="customers")
            for star in rated.STARS
        ]
        title = titles[one.question]
        sections.append(
            section(one.question, title, [of.share(good, _("four or five of five"), one.good, behind=good), *stars])
        )
    fair = of.share(
        "rated-fair", _("Not content with the outcome, and yet with how it was handled:"), found.fair,
        behind="rated-fair",
    )  # fmt: skip
    sections.append(section("fair", _("Not content with the outcome, and yet with how it was handled"), [fair]))
    for name, title, parts in (("team", _("Team"), found.teams), ("channel", _("Channel"), found.channels)):
        figures = [
            of.share(
                f"{question}-{part.key}",
                f"{bar.values(name).get(part.key, '')}: {titles[question]}",
                told,
                behind=f"rated-{question}-good",
                choice=of.choice.narrowed_to(name, part.key),
            )
            for part in parts
            for question, told in (("outcome", part.outcome), ("handling", part.handling))
        ]
        sections.append(section(f"by-{name}", title, figures))
    sections.append(_load(of))
    says = "" if found.answered.k else _("Nobody has answered the two questions in this time")
    return laid_out("satisfaction", bar=bar, sections=sections, says=says)


def _load(of: Counter) -> SectionOut:
    found = carrying.load(frame=of.bar.frame, facts=of.bar.facts)
    figures = []
    for one in found.teams:
        name = of.bar.values("team").get(str(one.team), _("without a team"))
        behind, is_few = f"load-{one.team}", one.half is None
        says = _("too few to say") if is_few else ""
        figures.append(of.count(behind, name, one.complaints, says=says))
        figures.append(figure(f"people-{one.team}", name, unit="people", value=one.people, counted=one.people))
        if not is_few:
            half = _("{team}: half have at most").format(team=name)
            most = _("{team}: at most").format(team=name)
            for told, title, value in (("half", half, one.half), ("most", most, one.most)):
                figures.append(
                    figure(
                        f"{told}-{one.team}", title, unit="complaints", value=value, of=one.people,
                        behind=door(behind, choice=of.choice),
                    )
                )  # fmt: skip
    a_week = figure(
        "replies-a-week",
        _("Replies of one person in a week, on average:"),
        unit="replies",
        value=None if found.a_week is None else round(found.a_week, 1),
        counted=found.replies,
        of=found.authors,
        says=""
        if found.a_week is not None
        else _("Replies of one person in a week: told where three people or more have written, for a week or longer."),
    )
    says = _(
        "Complaints that go on at this moment, by the team of whoever has them. Of fewer than three people no figure "
        "is told: it would be one person's."
    )
    return section("load", _("What our people carry"), [*figures, a_week], says=says)


# ── Lost customers ───────────────────────────────────────────────────────────


def lost(bar: Bar, reader: Agent) -> FiguresOut:
    del reader
    of, found = Counter(bar), leaving.lost(frame=bar.frame, facts=bar.facts)
    people: dict[str, Any] = {"unit": "customers"}
    title = _("Customers who are lost, by what they do or by what they said")
    gone = [of.count("lost-any", title, found.any, of=found.customers, **people)]
    for currency, amount in sorted(found.spend.items()):
        behind = f"lostspend-{currency.lower()}"
        told = _("What lost customers spent a year")
        gone.append(of.money(behind, told, amount, behind=behind, currency=currency))
    silent_says = ""
    if not found.has_purchases:
        silent_says = _(
            "No purchases are known here. Whoever runs the desk takes them in as a table, with 'amends purchases'; "
            "then it can be seen who has not bought in their usual rhythm."
        )
    elif not found.watched:
        silent_says = _("Of nobody who complained in this time is the rhythm of buying known.")
    rule = _(
        "Counted as gone: away for longer than nineteen of twenty of their own intervals between purchases; where a "
        "customer has fewer than eight, than those of all customers. Some of them come back."
    )
    silent = of.share("lost-silent", _("They stopped buying"), found.silent, behind="lost-silent", formula=rule)
    said = [
        of.count("lost-said", _("Said that they go elsewhere"), found.said, of=found.customers, **people),
        of.count("lost-both", _("Said that they go, and have not bought since"), found.both, **people),
    ]
    sections = (
        section("gone", _("Gone, by one or the other"), gone),
        section("silent", _("They stopped buying"), [silent], says=silent_says),
        section("said", _("They said so"), said),
    )
    says = "" if found.customers else _("No complaint came in this time")
    return laid_out("lost", bar=bar, sections=sections, says=says)


# ── Money ────────────────────────────────────────────────────────────────────


def money(bar: Bar, *, tried: Mapping[str, str], mouth: bool) -> FiguresOut:
    counted = queries.money(frame=bar.frame, facts=bar.facts)
    known = [currency for currency, _amount in counted.value.totals]
    currency = queries.shown_currency(known, bar.choice.currency)
    bar = bar.with_currency(currency)
    of = Counter(bar)
    shown = money_page.figures(
        money=counted,
        currency=currency,
        spenders=counted.spenders.get(currency, 0),
        told=money_page.read(tried),
        own=own.kept(),
        mouth=mouth,
    )
    figures, missing = [], []
    for place, one in enumerate(shown, 1):
        if one.figure is None:
            missing.append(say(one.missing, bar.language))
            continue
        made = one.figure
        figures.append(
            figure(
                f"money-{place}",
                say(made.name, bar.language),
                unit=made.unit,
                value=made.value,
                low=made.low,
                high=made.high,
                currency=currency if made.unit == "money" else "",
                says=say(made.caution, bar.language) if made.caution else "",
                formula=say(made.formula, bar.language),
                inputs=[_input(input_, choice=bar.choice, language=bar.language) for input_ in made.inputs],
            )
        )
    unknown = counted.value.customers - counted.value.known
    left = [
        of.count("leavers", _("Customers who may leave"), counted.value.customers, unit="customers"),
        of.count(
            "leavers-unknown", _("Customers who may leave, with no figure on record"), unknown,
            of=counted.value.customers, unit="customers",
        ),
    ]  # fmt: skip
    sections = (
        section("leavers", _("Customers who may leave"), left),
        section("figures", _("What it costs when customers leave"), figures, says=_and(*dict.fromkeys(missing))),
    )
    return laid_out("money", bar=bar, sections=sections, currencies=known)


def _input(one: Input, *, choice: Choice, language: str) -> InputOut:
    return InputOut(
        name=say(one.name, language),
        value=one.value,
        unit=one.unit,
        low=one.low,
        high=one.high,
        origin=one.origin,
        origin_words=say(ORIGINS[one.origin], language),
        source=one.cite,
        behind=door(one.door, choice=choice) if one.door else None,
    )


PAGES: Final[Mapping[str, Callable[[Bar, Agent], FiguresOut]]] = {
    "hurts": hurts,
    "causes": causes,
    "times": times,
    "over-time": over_time,
    "word": our_word,
    "satisfaction": satisfaction,
    "lost": lost,
}


def titles() -> dict[str, str]:
    """What each page is called."""
    return {
        "hurts": _("What hurts"),
        "causes": _("Causes and surprises"),
        "times": _("How long it takes"),
        "over-time": _("Week by week"),
        "word": _("Our word"),
        "satisfaction": _("Satisfaction and load"),
        "money": _("Money"),
        "lost": _("Lost customers"),
    }
