"""Who listened first did not stay until the customer was content, or there was a time without an owner."""

from collections.abc import Iterator

from amends.engine.failings.course import Course
from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield the hand-over by which the first listener left, a time without an owner, a closing on a question."""
    course = Course.of(moment)
    if not course.happened:  # words alone tell of no hand-over and no closing
        return
    yield from _left_by_who_listened(course)
    yield from _without_owner(course)
    yield from _closed_on_a_question(course)


def _left_by_who_listened(course: Course) -> Iterator[Evidence]:
    """The first hand-over away from the one who answered first, when they did not come back before the end."""
    listener, left = "", None
    for step in course.steps:
        if step.is_a("content"):
            break
        if step.is_a("handed-over") and step.party and listener and left is None:
            left = step if step.party != listener else None
        elif step.party and (step.by_agent or step.is_a("companion", "handed-over", "owner-taken")):
            listener = listener or (step.party if step.by_agent else "")
            if step.party == listener:
                left = None  # still there, or there again
    if left is not None and left.event is not None:
        # A reason makes an exception of it: it is counted all the same.
        yield course.show(left, 0.7 if left.event.words.strip() else 0.9)


def _without_owner(course: Course) -> Iterator[Evidence]:
    """The moment at which somebody took it at last; only a record that knows of owners can show their absence."""
    first = next((step for step in course.steps if step.by_customer and step.at), None)
    taken = next((step for step in course.happened if step.is_a("owner-taken", "handed-over")), None)
    if first is None or taken is None or first.at is None or taken.at is None or taken.is_a("handed-over"):
        return  # what is handed over was somebody's
    if course.worked(first.at, taken.at) > course.limits.without_owner:
        yield course.show(taken, 0.9)


def _closed_on_a_question(course: Course) -> Iterator[Evidence]:
    """A closing while the customer waited for an answer."""
    for _, end in course.waits():
        if end is not None and end.is_a("closed"):
            yield course.show(end, 0.9)


FAILING = Failing(
    id="abandoned",
    status="stable",
    title=N_("Left alone"),
    hurts=N_("The customer had found somebody who listened, and lost them before it was solved."),
    instead=N_("Stay with it yourself until the customer is content; bring in whoever can help."),
    claims=("S0.2",),
    detect=detect,
    seen="events",
    examples=Examples(
        bad=(
            # Whoever listened first is gone.
            """
            09:00 customer: My heating is dead.
            09:05 agent (Ann): That must be cold. I will see to it.
            [[10:00 handed-over (Ben)]]
            10:30 agent (Ben): A technician is coming.
            """,
            # Nobody's for a whole morning.
            """
            09:00 customer: My heating is dead.
            [[12:30 owner-taken (Ann)]]
            12:35 agent (Ann): That must be cold. I will see to it.
            """,
            # Closed on a question.
            """
            09:00 customer: My heating is dead.
            09:05 agent (Ann): Please press the red button.
            09:20 customer: I did, it is still cold. What now?
            [[17:00 closed]]
            """,
        ),
        good=(
            # The expert comes, and who listened first stays.
            """
            09:00 customer: My heating is dead.
            09:05 agent (Ann): That must be cold. I will see to it.
            10:00 {{companion|handed-over}} (Ben): knows this make
            10:30 agent (Ben): A technician is coming at noon.
            """,
            # Handed over only once the customer is content.
            """
            09:00 customer: My heating is dead.
            09:05 agent (Ann): That must be cold. I will see to it.
            {{09:50 content}}
            10:00 handed-over (Ben): the invoice
            """,
            # She was handed it back.
            """
            09:00 customer: My heating is dead.
            09:05 agent (Ann): That must be cold. I will see to it.
            10:00 handed-over (Ben): lunch
            {{11:00 handed-over (Ann): back}}
            """,
            """
            09:00 customer: My heating is dead.
            {{09:02|12:30}} owner-taken (Ann)
            12:35 agent (Ann): That must be cold. I will see to it.
            """,
            # Closed when nothing was left to answer.
            """
            09:00 customer: My heating is dead.
            09:05 agent (Ann): Please press the red button.
            09:20 customer: {{It works, thank you!|I did, it is still cold. What now?}}
            17:00 closed
            """,
        ),
    ),
)
