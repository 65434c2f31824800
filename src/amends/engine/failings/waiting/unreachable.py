"""The customer asked for a person, a manager or a call, and none came within the limit."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from amends.engine.failings.course import SPOKEN, Course, Step
from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import MATTERS, Moment
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_

_LEADS: Final = frozenset({"lead", "manager"})
_ASKED: Final = {"asked-for-person": "person", "asked-for-manager": "manager", "asked-for-call": "call"}


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield each asking, by a button or in words, after which nobody came in time."""
    course = Course.of(moment)
    alone_until = -1  # who asks again while nobody has come is still waiting for the first
    for place, step in enumerate(course.steps):
        what = _asked_for(step)
        if not what or step.at is None or place < alone_until:
            continue
        end = len(course.steps)
        coming = next((at for at in range(place + 1, end) if _comes(course, course.steps[at], what, place)), end)
        came = course.steps[coming] if coming < end else None
        if came is not None and came.at is None:
            continue  # somebody came, nobody knows when
        until = came.at if came is not None and came.at is not None else course.now
        if course.worked(step.at, until) > _limit(course, what):
            alone_until = coming
            yield _point(course, step)


def _asked_for(step: Step) -> str:
    if step.event is not None:
        return _ASKED.get(step.event.kind, "")
    asks = step.by_customer and step.turn is not None and step.turn.has("wants-person", at_least=MATTERS)
    return "person" if asks else ""


def _limit(course: Course, what: str) -> timedelta:
    return {"person": course.limits.person, "manager": course.limits.manager}.get(what, course.limits.call)


def _comes(course: Course, step: Step, what: str, asked: int) -> bool:
    """Whether this step is what was asked for. Without a word of who is a manager, somebody new is taken for one."""
    if step.is_a("content"):
        return True
    on_the_line = step.is_a("called") or (step.by_agent and step.turn is not None and step.turn.turn.channel in SPOKEN)
    if what == "call":
        return on_the_line
    if what == "person":
        return step.by_agent
    roles = {party.id: party.role for party in course.conversation.parties if party.role}
    if roles and step.party:
        leads = roles.get(step.party, "") in _LEADS
        return leads and (step.by_agent or step.is_a("handed-over", "companion"))
    if step.is_a("handed-over", "companion"):
        return True
    return step.by_agent and step.party not in {each.party for each in course.steps[:asked] if each.by_agent} - {""}


def _point(course: Course, step: Step) -> Evidence:
    """Point at the words of the asking, or at the button that was pressed."""
    acts = step.turn.of("wants-person", at_least=MATTERS) if step.turn is not None else ()
    if step.turn is not None and acts:
        return course.quote(step.turn, step.turn.sentence_of(acts[0]), min(0.9, acts[0].confidence))
    return course.show(step, 0.95)


FAILING = Failing(
    id="unreachable",
    status="stable",
    title=N_("Nobody to be reached"),
    hurts=N_("Who asks for a person has stopped believing in the machine; silence says there is nobody."),
    instead=N_("Let a person answer within the hour, and let the manager speak to the customer the same day."),
    claims=("S2.3", "S0.2"),
    detect=detect,
    seen="events",
    examples=Examples(
        bad=(
            """
            09:00 customer: The form throws an error.
            [[09:10 asked-for-person]]
            12:30 agent (Ann): Hello, I am here.
            """,
            # In words, and nobody came at all.
            """
            09:00 customer: The form throws an error. [[I want to speak to a human being]].
            15:00 now
            """,
            # Asked again and again, it is one time of not being reached.
            """
            09:00 customer: The form throws an error.
            [[09:10 asked-for-person]]
            11:00 asked-for-person
            13:00 asked-for-manager
            15:00 now
            """,
            # The same agent again is not the manager.
            """
            09:00 customer: The form throws an error.
            09:05 agent (Ann): Please try again.
            [[09:10 asked-for-manager]]
            09:20 agent (Ann): Please try another browser.
            17:00 now
            """,
            # A letter is no call.
            """
            [[09:10 asked-for-call]]
            09:30 agent (Ann): Hello, I am here.
            17:00 now
            """,
        ),
        good=(
            """
            09:00 customer: The form throws an error.
            09:10 asked-for-person
            {{09:40|12:30}} agent (Ann): Hello, I am here.
            12:30 now
            """,
            # The manager came.
            """
            09:00 customer: The form throws an error.
            09:05 agent (Ann): Please try again.
            09:10 asked-for-manager
            11:00 agent (Mia{{, manager|, by chat}}): I am Ann's manager. Let me see.
            18:00 agent (Zoe, manager): It is solved.
            """,
            # In the evening nobody is here; the morning counts.
            """
            {{17:50|09:00}} asked-for-person
            day 2 09:30 agent (Ann): Hello, I am here.
            """,
            """
            09:10 asked-for-call
            {{10:00 called (Ann, 5 min)}}
            17:00 now
            """,
        ),
    ),
)
