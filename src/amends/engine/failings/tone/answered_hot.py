"""A heated reply within minutes of an insult, with no pause taken."""

from collections.abc import Iterator

from amends.engine.failings.course import Course, Step
from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import MATTERS, Moment
from amends.engine.failings.tone.heat import detect as heated
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield the heated words of replies that came too fast after an insult."""
    course = Course.of(moment)
    insult: Step | None = None
    for step in course.steps:
        if step.is_a("paused"):
            insult = None
        elif step.turn is not None and step.by_customer:
            insulted = step.turn.has("insult", at_least=MATTERS)
            insult = step if insulted else insult
        elif step.turn is not None:
            if insult is not None and _at_once(course, insult, step):
                hot = heated(Moment(course.reading, step.turn.index))
                yield from (words for words in hot if words.confidence >= MATTERS)
            insult = None


def _at_once(course: Course, insult: Step, reply: Step) -> bool:
    """Whether the reply came before anybody can have cooled down; where no times are told, nobody knows."""
    if insult.at is None or reply.at is None:
        return False
    return reply.at - insult.at < course.limits.cool_down


FAILING = Failing(
    id="answered-hot",
    status="stable",
    title=N_("Answered in the heat of it"),
    hurts=N_("Two angry people wrote to each other within minutes; neither of them meant to."),
    instead=N_("Take five: say that you will look into it and when you come back, breathe, then answer."),
    claims=("S1.1",),
    detect=detect,
    seen="events",
    examples=Examples(
        bad=(
            """
            09:00 customer: You idiots have sent me a used phone.
            09:02 agent: [[Shut up, you moron]].
            """,
        ),
        good=(
            # A calm answer, however fast.
            """
            09:00 customer: You idiots have sent me a used phone.
            09:02 agent: {{I am sorry. I will look into it and write to you at ten.|Shut up, you moron.}}
            """,
            # A pause was taken; what was said then is another matter.
            """
            09:00 customer: You idiots have sent me a used phone.
            {{09:01 paused due 09:08}}
            09:08 agent: Shut up, you moron.
            """,
            # Not in the heat of the moment.
            """
            09:00 customer: You idiots have sent me a used phone.
            {{09:40|09:02}} agent: Shut up, you moron.
            """,
            # Nobody had insulted anybody.
            """
            09:00 customer: {{You have sent me a used phone.|You idiots have sent me a used phone.}}
            09:02 agent: Shut up, you moron.
            """,
        ),
    ),
)
