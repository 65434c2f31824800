"""The fault was plain, and the fix did not go out the same day."""

from collections.abc import Iterator
from datetime import datetime

from amends.engine.failings.course import Course, Step
from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import MATTERS, Moment
from amends.engine.findings import Evidence
from amends.engine.languages.reading import TurnReading
from amends.engine.languages.wording import N_


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield the words that admitted the fault, when nothing was put right by the end of that working day."""
    course = Course.of(moment)
    for step in course.steps:
        acts = step.turn.of("admission", at_least=MATTERS) if step.turn is not None and step.by_agent else ()
        if step.turn is None or not acts or step.at is None:
            continue
        until = course.end_of_day(step.at, more=course.limits.fix_days)
        if course.now > until and not _fixed(course, until):
            yield course.quote(step.turn, step.turn.sentence_of(acts[0]), min(0.8, acts[0].confidence))
        return  # the day on which it became plain decides


def _fixed(course: Course, until: datetime) -> bool:
    """Whether a fix went out in time: by the record of remedies where there is one, else by what was said."""
    if any(step.is_a("remedy") for step in course.happened):
        return any(step.is_a("remedy") and step.at is not None and step.at < until for step in course.happened)
    return any(_in_time(step, until) for step in course.steps)


def _in_time(step: Step, until: datetime) -> bool:
    if step.at is None or step.at >= until:
        return False
    return step.is_a("content") or (step.turn is not None and step.by_agent and _puts_right(step.turn))


def _puts_right(turn: TurnReading) -> bool:
    """Whether something is put right in words; 'we sent the wrong one' admits what 'we sent' seems to offer."""
    admitted = turn.of("admission", at_least=MATTERS)
    return any(
        all(act.end <= one.start or one.end <= act.start for one in admitted)
        for act in turn.of("remedy", at_least=MATTERS)
    )


FAILING = Failing(
    id="slow-fix",
    status="stable",
    title=N_("Slow to put right"),
    hurts=N_("The fault was ours and everybody knew it; each further day says that it does not matter to us."),
    instead=N_("Send the new one, or the money, the same day; look into how it came about afterwards."),
    claims=("S4.4", "S4.6"),
    detect=detect,
    seen="events",
    examples=Examples(
        bad=(
            # Nothing happened.
            """
            09:00 customer: The lamp is green. I ordered a red one.
            09:30 agent: [[We sent you the wrong lamp]]. Thank you for the photo.
            day 3 12:00 now
            """,
            # It was put right days later, whatever was said at once.
            """
            09:00 customer: The lamp is green. I ordered a red one.
            09:30 agent: [[We sent you the wrong lamp]]. I will send you a new one.
            day 4 12:00 remedy: a new lamp
            """,
        ),
        good=(
            """
            09:00 customer: The lamp is green. I ordered a red one.
            09:30 agent: We sent you the wrong lamp. A red one is on its way.
            {{15:00|day 2 15:00}} remedy: a new lamp
            day 3 12:00 now
            """,
            # Said so and nothing else is on record.
            """
            09:00 customer: The lamp is green. I ordered a red one.
            09:30 agent: We sent you the wrong lamp. {{I will send you a new one today.}}
            day 3 12:00 now
            """,
            # The fault was not plain.
            """
            09:00 customer: The lamp is green. I ordered a red one.
            09:30 agent: {{Could you send me a photo of the label, please?|We sent you the wrong lamp.}}
            day 3 12:00 now
            """,
            # On Friday evening, and on Monday it went out.
            """
            day {{5|4}} 19:00 agent: We sent you the wrong lamp.
            day 8 10:00 remedy: a new lamp
            """,
        ),
    ),
)
