"""The same cause hit the same customer again within a year."""

from collections.abc import Iterator

from amends.engine.conversation import Cause
from amends.engine.failings.course import Course, Step
from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import MATTERS, Moment
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_

_THEIRS = "customer"  # a layer: an expectation or a use that is the customer's own is no mistake of ours


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield the words of the trouble, when the record has the same one not long ago."""
    course = Course.of(moment)
    cause, sure = _cause(course)
    first = next((step for step in course.steps if step.by_customer), None)
    if cause is None or not cause.theme or cause.layer == _THEIRS or first is None:
        return
    day = (first.at or course.now).astimezone(course.calendar.zone).date()
    for earlier in course.facts.earlier:
        before = day - earlier.on
        if earlier.cause is not None and _same(earlier.cause, cause) and 0 <= before.days <= course.limits.repeat.days:
            yield _point(course, first, sure)
            return


def _cause(course: Course) -> tuple[Cause | None, float]:
    """What the record says; else where it seems to come from."""
    if course.facts.cause is not None:
        return course.facts.cause, 0.95
    return course.proposed or (None, 0.0)


def _same(one: Cause, other: Cause) -> bool:
    return one.theme == other.theme and (one.layer == other.layer or not (one.layer and other.layer))


def _point(course: Course, first: Step, sure: float) -> Evidence:
    """Point at what the customer said of the trouble."""
    for step in course.steps:
        acts = step.turn.of("trouble", at_least=MATTERS) if step.turn is not None and step.by_customer else ()
        if step.turn is not None and acts:
            return course.quote(step.turn, step.turn.sentence_of(acts[0]), sure)
    return course.show(first, sure)


FAILING = Failing(
    id="repeated-mistake",
    status="stable",
    title=N_("The same mistake again"),
    hurts=N_("A mistake is forgiven when it is an exception; the second time it looks like us."),
    instead=N_("Say that you know it is the second time, make good for both, and have the cause removed."),
    claims=("S1.11",),
    detect=detect,
    seen="events",
    examples=Examples(
        bad=(
            """
            cause: process/late
            earlier: 2025-11-03 process/late
            09:00 customer: Hello. [[My parcel has not arrived]].
            """,
        ),
        good=(
            # Long ago.
            """
            cause: process/late
            earlier: {{2024-11-03|2025-11-03}} process/late
            09:00 customer: Hello. My parcel has not arrived.
            """,
            # Something else.
            """
            cause: process/late
            earlier: 2025-11-03 {{product/defect|process/late}}
            09:00 customer: Hello. My parcel has not arrived.
            """,
            # The customer's own slip.
            """
            cause: {{customer|process}}/late
            earlier: 2025-11-03 {{customer|process}}/late
            09:00 customer: Hello. My parcel has not arrived.
            """,
        ),
    ),
)
