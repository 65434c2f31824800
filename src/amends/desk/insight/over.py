"""The same few figures week by week or month by month, each with its denominator."""

from __future__ import annotations

from dataclasses import dataclass

from amends.desk.insight import queries
from amends.desk.insight.bar import Bar
from amends.desk.insight.forms import Choice
from amends.desk.insight.lasting import Lasting, reckon
from amends.desk.insight.spans import Part
from amends.desk.promises.models import State
from amends.engine.measures import Share, share
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


def periods(bar: Bar) -> tuple[Period, ...]:
    """Count each week or month of the span, the first one first; silent ones are there with nothing in them."""
    every = queries.rows(frame=bar.frame)
    settled = [(state, at) for state, at in bar.frame.promises().values_list("state", "settled_at") if at is not None]
    found = []
    for part in bar.parts:
        here = [row for row in every if part.has(row.received_at)]
        people = [min(row.people, MANY) for row in here if row.people]
        states = [state for state, at in settled if part.has(at)]
        # As one knew it at the end of the part, so that the parts can be compared with the last one.
        waits = [queries.wait_until(since=row.received_at, came=row.first_person_at, now=part.until) for row in here]
        found.append(
            Period(
                part=part,
                choice=bar.choice.within(part),
                complaints=len(here),
                to_a_person=reckon("person", waits),
                at_most_two=share(sum(number < MANY for number in people), len(people)),
                kept=share(states.count(State.KEPT), len(states)),
            )
        )
    return tuple(found)
