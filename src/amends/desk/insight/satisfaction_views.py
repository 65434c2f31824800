"""Satisfied, or not: with the outcome, with how it was handled; and what the people carry who have to do it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from amends.desk.insight import bar as bars
from amends.desk.insight import words
from amends.desk.insight.bar import Bar
from amends.desk.insight.facts import COMPLAINTS, REPLIES
from amends.desk.insight.links import address
from amends.desk.insight.load import load
from amends.desk.insight.satisfaction import STARS, Answers, Part, satisfaction
from amends.desk.web import drawings, wording


def question_words() -> dict[str, str]:
    """What each question is about."""
    return {"outcome": _("With the outcome"), "handling": _("With how it was handled")}


@login_required
def page(request: HttpRequest) -> HttpResponse:
    language = (get_language() or "en").split("-")[0]
    bar = bars.read(request.GET, language=language, now=timezone.now())
    span = (bar.frame.since, bar.frame.until)
    bar.facts.expect({COMPLAINTS: span, REPLIES: span})
    found = satisfaction(frame=bar.frame, facts=bar.facts)
    titles = question_words()
    context = {
        "here": "insight",
        "bar": bar,
        "choice": bar.choice,
        "found": found,
        "questions": [
            {
                "title": titles[one.question],
                "of": one,
                "good": f"rated-{one.question}-good",
                "picture": picture(one, bar=bar, is_open=True),
            }
            for one in found.questions
        ],
        "parts": [
            (_("Team"), _parts(found.teams, name="team", bar=bar)),
            (_("Channel"), _parts(found.channels, name="channel", bar=bar)),
        ],
        "load": (carried := load(frame=bar.frame, facts=bar.facts)),
        "a_week": None if carried.a_week is None else round(carried.a_week, 1),
        "teams": [
            (bar.values("team").get(str(one.team), _("without a team")), one, f"load-{one.team}")
            for one in carried.teams
        ],
    }
    return render(request, "insight/satisfaction.html", context)


def picture(found: Answers, *, bar: Bar, is_open: bool = False) -> drawings.Picture | None:
    """Draw how many gave how many stars; of nobody there is no picture."""
    if not found.good.n:
        return None
    return drawings.rows(
        bars=[
            drawings.Bar(
                words=words.answer_words()[number],
                value=found.stars[number],
                figure=wording.number(found.stars[number], language=bar.language),
                door=drawings.Door(href=address(f"rated-{found.question}-{number}", choice=bar.choice))
                if is_open
                else None,
            )
            for number in STARS
        ],
        heads=[_("customers")],
        wide=drawings.HALF,
        language=bar.language,
    )


def _parts(parts: Iterable[Part], *, name: str, bar: Bar) -> list[dict[str, Any]]:
    found = []
    for part in parts:
        inner = bar.choice.narrowed_to(name, part.key)
        found.append(
            {
                "words": bar.values(name).get(part.key, ""),
                "all": address("rated-all", choice=inner),
                "shares": [
                    (part.outcome, address("rated-outcome-good", choice=inner)),
                    (part.handling, address("rated-handling-good", choice=inner)),
                ],
                "n": part.outcome.n,
            }
        )
    return found
