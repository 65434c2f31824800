"""Waiting past the limit: on the line, or for an answer."""

from collections.abc import Iterator
from datetime import timedelta

from amends.engine.failings.course import SPOKEN, Course, Step
from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield each hold, and each message left without an answer, that lasted longer than it may."""
    course = Course.of(moment)
    for place, step in enumerate(course.steps):
        if step.is_a("held") and _lasted(course, place) > course.limits.hold:
            yield course.show(step, 0.95)
    for since, end in course.waits():
        if _too_late(course, since, end):
            yield course.show(since, 0.9)


def _lasted(course: Course, place: int) -> timedelta:
    """How long a hold lasted: as it was counted, or until somebody of the organisation did something."""
    step = course.steps[place]
    if step.event is not None and step.event.lasted is not None:
        return timedelta(seconds=step.event.lasted)
    came = next((each.at for each in course.steps[place + 1 :] if each.at and not each.by_customer), course.now)
    return came - step.at if step.at is not None else timedelta()


def _too_late(course: Course, since: Step, end: Step | None) -> bool:
    until = course.now if end is None else end.at
    if since.at is None or since.turn is None or until is None or since.turn.turn.channel in SPOKEN:
        return False
    if since.turn.turn.channel == "chat":
        return course.worked(since.at, until) > course.limits.chat
    return until > course.days_on(since.at, course.limits.answer_days)


FAILING = Failing(
    id="on-hold",
    status="stable",
    title=N_("Kept waiting"),
    hurts=N_("Nobody likes to wait; not knowing how long makes it twice as long."),
    instead=N_("Answer within the time you set yourselves, or say when you will, and call back instead of holding."),
    claims=("S2.7",),
    detect=detect,
    seen="events",
    examples=Examples(
        bad=(
            """
            09:00 customer (by phone): My card was swallowed.
            [[09:02 held (12 min)]]
            09:14 agent (by phone): I am back, I have blocked it.
            """,
            # Nobody counted, but the clock did.
            """
            09:00 customer (by phone): My card was swallowed.
            [[09:02 held]]
            09:20 agent (by phone): I am back, I have blocked it.
            """,
            # Two working days of silence.
            """
            09:00 customer (by mail): Hello. [[My card was swallowed]]. What now?
            day 3 11:00 agent (by mail): I have blocked it.
            """,
            # A chat that fell silent.
            """
            09:00 customer (by chat): [[My card was swallowed]].
            09:25 now
            """,
        ),
        good=(
            """
            09:00 customer (by phone): My card was swallowed.
            09:02 held ({{1 min|9 min}})
            09:03 agent (by phone): I have blocked it.
            """,
            # Over the weekend nobody is here.
            """
            day {{5|1}} 17:00 customer (by mail): My card was swallowed.
            day 8 16:00 agent (by mail): I have blocked it.
            """,
            # Nothing is waited for.
            """
            09:00 customer (by mail): My card was swallowed.
            10:00 agent (by mail): I have blocked it, a new one is on its way.
            10:30 customer (by mail): {{It is here, thank you!|And when will the new one come?}}
            day 4 12:00 now
            """,
            # Called instead of written to.
            """
            09:00 customer (by mail): My card was swallowed.
            {{09:30 called (4 min)}}
            day 4 12:00 now
            """,
        ),
    ),
)
