"""Causes and surprises: which causes weigh most, what was delivered as planned, and what came again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from amends.desk.improvements.words import layer_words
from amends.desk.insight import bar as bars
from amends.desk.insight import queries, severity, surprises, words
from amends.desk.insight.bar import Bar
from amends.desk.insight.facts import COMPLAINTS, PUT_RIGHT
from amends.desk.insight.links import address
from amends.desk.insight.page import ThemeWords
from amends.desk.insight.queries import ThemeRow
from amends.desk.insight.severity import Severity
from amends.desk.insight.where import where
from amends.desk.web import drawings, wording
from amends.engine.measures import FEWEST, ranks

MOST_BARS = 12
ORDERS: Final = ("count", "money", "bad")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What was delivered as planned in one layer, by cause."""

    name: str
    words: str
    count: int
    rows: list[tuple[str, surprises.Surprise]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad:
    """How bad one cause is, in words: each hurt with how many it had and the door to them."""

    words: str
    severity: Severity
    hurts: list[tuple[str, int, str]]


@login_required
def causes(request: HttpRequest) -> HttpResponse:
    language = (get_language() or "en").split("-")[0]
    bar = bars.read(request.GET, language=language, now=timezone.now())
    frame, facts = bar.frame, bar.facts
    facts.expect({COMPLAINTS: (frame.since - surprises.A_YEAR, frame.until), PUT_RIGHT: (frame.since, frame.until)})
    known = queries.currencies(frame=frame, facts=facts)
    currency = queries.shown_currency(known, bar.choice.currency)
    bar = bar.with_currency(currency)
    rows = queries.themes(frame=frame, currency=currency, most=queries.EVERY_THEME, facts=facts)
    found = surprises.surprises(frame=frame, facts=facts)
    met = surprises.met_again(frame, facts)
    share, repeated = surprises.repeated(frame=frame, facts=facts, met=met)
    order = request.GET.get("order", "")
    order = order if order in ORDERS else "count"
    bad = severity.severities(rows, frame=frame, facts=facts, met=met) if order != "money" else ()
    rows = _ordered(rows, order=order)
    whole = queries.count(facts.of(COMPLAINTS, frame)["confirmed"] > 0)
    planned = sum(one.count for one in found)
    context = {
        "here": "insight",
        "bar": bar,
        "choice": bar.choice,
        "currency": currency,
        "currencies": known,
        "themes": [
            ThemeWords(
                words=words.cause_words(row.theme, row.layer, language=language), row=row, added=f"added-{place}"
            )
            for place, row in enumerate(rows, 1)
        ],
        "confirmed": whole,
        "few": whole < FEWEST,
        "order": order,
        "orders": _orders(bar),
        "bad": [_bad(one, language=language) for one in bad] if order == "bad" else [],
        "picture": _pareto(rows, bad, bar=bar, language=language, order=order),
        "money_first": _first_by_money(rows, language=language) if order == "count" else "",
        "bad_first": _first_by_bad(rows, bad, language=language) if order == "count" else "",
        "columns": where(bar),
        "planned": planned,
        "unplanned": surprises.how_many_of_the_organisation(frame=frame, facts=facts) - planned,
        "layers": _layers(found, language=language),
        "again": share,
        "repeated": [
            (words.cause_words(one.theme, one.layer, language=language), one, f"again-{one.key}", f"theme-{one.key}")
            for one in repeated
        ],
        "back": surprises.came_back(frame=frame, facts=facts),
    }
    return render(request, "insight/causes.html", context)


def _layers(found: tuple[surprises.Surprise, ...], *, language: str) -> list[Layer]:
    return [
        Layer(
            name=layer,
            words=layer_words(layer, language=language),
            count=sum(one.count for one in found if one.layer == layer),
            rows=[
                (words.cause_words(one.theme, one.layer, language=language), one) for one in found if one.layer == layer
            ],
        )
        for layer in surprises.LAYERS
    ]


def _first_by_money(rows: tuple[ThemeRow, ...], *, language: str) -> str:
    """Name the cause that weighs most by money where it is not the most frequent, for then the orders differ."""
    order = ranks((row.key, float(row.spend)) for row in rows)
    first = next((row for row in rows if order.get(row.key) == 1), None)
    if first is None or first == rows[0]:
        return ""
    return words.cause_words(first.theme, first.layer, language=language)


def _first_by_bad(rows: tuple[ThemeRow, ...], bad: tuple[Severity, ...], *, language: str) -> str:
    """The same of how bad it is."""
    if not bad or bad[0].row == rows[0] or (len(bad) > 1 and bad[0].index.points == bad[1].index.points):
        return ""
    return words.cause_words(bad[0].row.theme, bad[0].row.layer, language=language)


def _ordered(rows: tuple[ThemeRow, ...], *, order: str) -> tuple[ThemeRow, ...]:
    """Put causes in order by what their customers spend, where that is asked for; they come by their number."""
    return tuple(sorted(rows, key=lambda row: -row.spend)) if order == "money" else rows


def _orders(bar: Bar) -> list[tuple[str, str, str]]:
    """The three orders: name, words, and where each is."""
    told = {"count": _("by number"), "money": _("by money"), "bad": _("by how bad")}
    return [(name, told[name], f"?{bar.choice.query}&order={name}#pareto") for name in ORDERS]


def _bad(one: Severity, *, language: str) -> Bad:
    known = words.hurt_words()
    return Bad(
        words=words.cause_words(one.row.theme, one.row.layer, language=language),
        severity=one,
        hurts=[(known[name], many, f"bad-{name}-{one.row.key}") for name, many in one.hurts],
    )


def _pareto(
    rows: tuple[ThemeRow, ...], bad: tuple[Severity, ...], *, bar: Bar, language: str, order: str
) -> drawings.Picture | None:
    if order == "bad":
        bars = [_bar_of_points(one, bar=bar, language=language) for one in bad]
        heads = [_("points")]
    elif order == "money":
        bars = [_bar_of_money(row, bar=bar, language=language) for row in rows if row.known]
        heads = [_("their customers spend a year")]
    else:
        bars = [_bar_of_number(row, bar=bar, language=language) for row in rows]
        heads = [_("complaints")]
    return drawings.rows(bars=bars[:MOST_BARS], heads=heads, language=language) if bars else None


def _bar_of_number(row: ThemeRow, *, bar: Bar, language: str) -> drawings.Bar:
    return drawings.Bar(
        words=words.cause_words(row.theme, row.layer, language=language),
        value=row.count,
        figure=wording.number(row.count, language=language),
        door=drawings.Door(href=address(f"theme-{row.key}", choice=bar.choice)),
    )


def _bar_of_money(row: ThemeRow, *, bar: Bar, language: str) -> drawings.Bar:
    return drawings.Bar(
        words=words.cause_words(row.theme, row.layer, language=language),
        value=float(row.spend),
        figure=wording.money(row.spend, currency=bar.choice.currency, language=language),
        door=drawings.Door(href=address(f"spend-{row.key}", choice=bar.choice), tells="money"),
    )


def _bar_of_points(one: Severity, *, bar: Bar, language: str) -> drawings.Bar:
    return drawings.Bar(
        words=words.cause_words(one.row.theme, one.row.layer, language=language),
        value=one.index.points,
        figure=wording.number(one.index.points, language=language),
        door=drawings.Door(href=address(f"bad-{one.row.key}", choice=bar.choice), tells="points"),
    )
