"""The same few figures week by week or month by month, each with its denominator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from amends.desk.insight.bar import Bar
from amends.desk.insight.facts import COMPLAINTS, PROMISES
from amends.desk.insight.forms import Choice
from amends.desk.insight.lasting import Lasting, reckon
from amends.desk.insight.queries import count, inside, until_a_person
from amends.desk.insight.spans import Part
from amends.engine.measures import Share, laney_limits, share
from amends.engine.measures.counted import MANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One week or month: what came in, how soon a person came, how many people it took, and what was promised."""

    part: Part
    choice: Choice  # that of the page, within this part: its doors open on what came in these days
    complaints: int
    to_a_person: Lasting
    at_most_two: Share  # of the complaints that a person has
    kept: Share  # of the promises that came to their end in these days


FEWEST_PARTS: Final = 8  # whole weeks or months, before chance can be told from them
FEWEST_A_PART: Final = 1  # complaints in one of them, on the average


def limits(found: Sequence[Period]) -> tuple[float | None, ...]:
    """Return up to how many complaints of each week or month are chance; None for what is cut off, or for too few.

    The limit of a Laney u′ chart, complaints a day: it holds as well where counts vary more than chance alone does.
    What lies before the first complaint says nothing: the desk may not have stood yet.
    """
    begins = next((place for place, one in enumerate(found) if one.complaints), len(found))
    told = [one.part.is_whole and place >= begins for place, one in enumerate(found)]
    whole = [
        (one.complaints, (one.part.until - one.part.since) / timedelta(days=1))
        for one, is_told in zip(found, told, strict=True)
        if is_told
    ]
    if len(whole) < FEWEST_PARTS or sum(count for count, _days in whole) < FEWEST_A_PART * len(whole):
        return (None,) * len(found)
    upper = iter(laney_limits(*zip(*whole, strict=True)).upper)
    days = iter(days for _count, days in whole)
    return tuple(next(upper) * next(days) if is_told else None for is_told in told)


def periods(bar: Bar) -> tuple[Period, ...]:
    """Count each week or month of the span, the first one first; silent ones are there with nothing in them."""
    span = (bar.frame.since, bar.frame.until)
    bar.facts.expect({COMPLAINTS: span, PROMISES: span})
    every = bar.facts.of(COMPLAINTS, bar.frame)
    settled = bar.facts.of(PROMISES, bar.frame)
    found = []
    for part in bar.parts:
        here = every.where(inside(every["at"], part))
        people = here["people"]
        kept = settled["kept"][inside(settled["at"], part)]
        # As one knew it at the end of the part, so that the parts can be compared with the last one.
        waits = until_a_person(here, now=part.until)
        found.append(
            Period(
                part=part,
                choice=bar.choice.within(part),
                complaints=len(here),
                to_a_person=reckon("person", waits),
                at_most_two=share(count((people > 0) & (people < MANY)), count(people > 0)),
                kept=share(count(kept > 0), len(kept)),
            )
        )
    return tuple(found)
