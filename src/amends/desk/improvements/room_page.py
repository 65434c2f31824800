"""One improvement as a reader sees it: what is hoped for, before and after in a picture, and what one may say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import inf

from django.urls import reverse
from django.utils import timezone

from amends.desk.improvements import board, effect
from amends.desk.improvements.models import Improvement, State, Step
from amends.desk.improvements.room_words import told_sentence, told_words
from amends.desk.remedies.models import Remedy
from amends.desk.remedies.models import State as RemedyState
from amends.desk.web import drawings, wording

MONTH = 30
FEWEST_FOR_A_YEAR = 10  # complaints before; of fewer no pace in a year is told
MOST_WEEKS = 104


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    card: board.Card
    improvement: Improvement
    effect: effect.Effect
    told: str
    sentence: str
    picture: drawings.Picture | None
    month_before: float | None  # complaints in thirty days
    month_after: float | None
    fewer: tuple[float, float, float] | None  # shares of one: best guess, least, most; below zero is more
    hoped_a_year: float | None
    steps: list[Step]
    exceptions: tuple[int, int] | None  # to its rule: before it came into force, and since; None where it has no rule
    is_open: bool
    is_in_force: bool


def page(*, improvement: Improvement, language: str, now: datetime) -> Page:
    """Lay out one improvement."""
    found = effect.effect(improvement=improvement, now=now)
    here = found.here
    pace = here.before / here.of_before if here and here.before >= FEWEST_FOR_A_YEAR else None
    is_told = here is not None and here.verdict != "too-few" and found.told not in {"too-early", "no-before"}
    return Page(
        card=board.card(improvement=improvement, told=found.told, language=language, now=now),
        improvement=improvement,
        effect=found,
        told=told_words(found.told),
        sentence=told_sentence(found.told),
        picture=_picture(improvement, found, language=language),
        month_before=MONTH * here.before / here.of_before if here and is_told else None,
        month_after=MONTH * here.after / here.of_after if here and is_told else None,
        fewer=(1 - here.ratio, 1 - here.high, 1 - here.low) if here and is_told and here.high < inf else None,
        hoped_a_year=pace * 365 * improvement.fewer / 100 if pace and improvement.fewer else None,
        steps=board.steps(improvement=improvement),
        exceptions=_exceptions(improvement, found),
        is_open=improvement.state not in {State.STAYS, State.GIVEN_UP},
        is_in_force=improvement.state == State.IN_FORCE,
    )


def _exceptions(improvement: Improvement, found: effect.Effect) -> tuple[int, int] | None:
    """How often the rule was bent before, and since; all of it before where it is not in force."""
    if improvement.rule_id is None:
        return None
    bent = Remedy.objects.filter(rule=improvement.rule_id, is_exception=True).exclude(state=RemedyState.DROPPED)
    since = bent.filter(at__gte=found.after.since).count() if found.after is not None else 0
    return bent.count() - since, since


def _picture(improvement: Improvement, found: effect.Effect, *, language: str) -> drawings.Picture | None:
    weeks = found.weeks[-MOST_WEEKS:]
    if not any(week.count for week in weeks) or found.after is None:
        return None
    start = found.after.since
    return drawings.pillars(
        columns=[
            drawings.Pillar(
                words=wording.day(timezone.localtime(week.since).date(), language=language, year=False),
                good=week.count if week.is_after else 0,
                bad=0 if week.is_after else week.count,
                door=drawings.Door(
                    href=reverse(
                        "improving:behind", args=[improvement.pk, f"week-{(week.since - start) // effect.A_WEEK}"]
                    )
                ),
            )
            for week in weeks
        ],
        language=language,
        digits=lambda count: wording.number(count, language=language),
        second=drawings.STONE,
    )
