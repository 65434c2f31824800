"""The agent was holding more conversations at once than the limit."""

from collections.abc import Iterator

from amends.engine.failings.course import Course, Step
from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield the words, or the event, at which somebody was holding too many for the first time."""
    course = Course.of(moment)
    for step in course.steps:
        if _held(step) > course.limits.at_once:
            yield course.show(step, 0.9)
            return


def _held(step: Step) -> int:
    """How many conversations whoever acted was holding; nought when nobody counted."""
    if step.turn is not None:
        return (step.turn.turn.at_once or 0) if step.by_agent else 0
    return (step.event.at_once or 0) if step.event is not None else 0


FAILING = Failing(
    id="divided-attention",
    status="stable",
    title=N_("Divided attention"),
    hurts=N_("Whoever talks to five people at once is with none of them, and the customer feels it."),
    instead=N_("Give each agent fewer conversations at once, and one in focus. This is for the lead to change."),
    claims=("S0.3",),
    detect=detect,
    seen="events",
    examples=Examples(
        bad=(
            """
            09:00 customer (by chat): My parcel is gone.
            09:04 agent (Ann, by chat, holding 6): [[One moment, I am looking]].
            09:30 agent (Ann, by chat, holding 7): It is in Izmir.
            """,
            """
            09:00 customer (by phone): My parcel is gone.
            [[09:00 owner-taken (Ann, holding 5)]]
            """,
        ),
        good=(
            """
            09:00 customer (by chat): My parcel is gone.
            09:04 agent (Ann, by chat, holding {{2|5}}): One moment, I am looking.
            """,
        ),
    ),
)
