"""Causes and surprises: which causes weigh most, what was delivered as planned, and what came again."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from amends.desk.improvements.words import layer_words
from amends.desk.insight import bar as bars
from amends.desk.insight import queries, surprises, words
from amends.desk.insight.bar import Bar
from amends.desk.insight.facts import COMPLAINTS, PUT_RIGHT
from amends.desk.insight.links import address
from amends.desk.insight.page import ThemeWords
from amends.desk.insight.queries import ThemeRow
from amends.desk.insight.where import where
from amends.desk.web import drawings, wording
from amends.engine.measures import FEWEST, ranks

MOST_BARS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What was delivered as planned in one layer, by cause."""

    name: str
    words: str
    count: int
    rows: list[tuple[str, surprises.Surprise]]


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
    share, repeated = surprises.repeated(frame=frame, facts=facts)
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
        "picture": _pareto(rows, bar=bar, language=language),
        "money_first": _first_by_money(rows, language=language),
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


def _pareto(rows: tuple[ThemeRow, ...], *, bar: Bar, language: str) -> drawings.Picture | None:
    if not rows:
        return None
    return drawings.rows(
        bars=[
            drawings.Bar(
                words=words.cause_words(row.theme, row.layer, language=language),
                value=row.count,
                figure=wording.number(row.count, language=language),
                door=drawings.Door(href=address(f"theme-{row.key}", choice=bar.choice)),
            )
            for row in rows[:MOST_BARS]
        ],
        language=language,
    )
