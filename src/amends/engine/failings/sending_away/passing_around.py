"""A third person, or a second hand-over."""

from collections.abc import Iterator

from amends.engine.failings.course import Course, Step
from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield the step with which there were too many people, or too many hand-overs, for the first time."""
    course = Course.of(moment)
    met: set[str] = set()
    beside: set[str] = set()
    asked_for_more = False  # who comes because the customer asked for a manager is no burden
    hand_overs = 0
    for step in course.steps:
        if step.is_a("asked-for-manager", "asked-for-person"):
            asked_for_more = True
        elif step.is_a("companion"):
            beside.add(step.party)  # an expert brought in, while the owner stays
        elif step.is_a("handed-over") or step.by_agent:
            new = step.party not in met | {""} and (step.is_a("handed-over") or step.party not in beside)
            if asked_for_more and (new or step.is_a("handed-over")):
                asked_for_more = False
                beside.add(step.party)
                continue
            hand_overs += step.is_a("handed-over")
            if new:
                met.add(step.party)
            if hand_overs > course.limits.hand_overs or _too_many(met, step, course):
                yield course.show(step, 0.95)
                return
        elif step.is_a("owner-taken") and step.party:
            met.add(step.party)


def _too_many(met: set[str], step: Step, course: Course) -> bool:
    return step.party in met and len(met) > course.limits.people


FAILING = Failing(
    id="passing-around",
    status="stable",
    title=N_("Passed around"),
    hurts=N_("Every new face means telling it again, and shows that nobody feels responsible."),
    instead=N_("Bring the expert in and stay yourself: the first or second person solves it."),
    claims=("S2.7",),
    detect=detect,
    seen="events",
    examples=Examples(
        bad=(
            # A second hand-over.
            """
            09:00 customer: My bill is wrong.
            09:05 agent (Ann): I will look at it.
            09:30 handed-over (Ben): billing
            [[10:00 handed-over (Ann): shift ends]]
            """,
            # A third person, without a word of a hand-over.
            """
            09:00 customer: My bill is wrong.
            09:05 agent (Ann): I will look at it.
            10:00 agent (Ben): Which month is it?
            11:00 agent (Cem): Hello. [[Could you tell me what happened]]?
            """,
        ),
        good=(
            """
            09:00 customer: My bill is wrong.
            09:05 agent (Ann): I will look at it.
            09:30 handed-over (Ben): billing
            10:00 agent ({{Ben|Cem}}): It is the bill of March. A new one is on its way.
            """,
            # An expert brought in beside the owner.
            """
            09:00 customer: My bill is wrong.
            09:05 agent (Ann): I will look at it, with Ben.
            09:10 agent (Dee): I am here too.
            {{09:30 companion (Ben)}}
            10:00 agent (Ben): It was counted twice, and is right again.
            """,
            # The customer asked for a manager, and one came.
            """
            09:00 customer: My bill is wrong.
            09:05 agent (Ann): I will look at it.
            09:30 handed-over (Ben): billing
            {{10:00 asked-for-manager}}
            10:05 handed-over (Mia, manager): asked for
            """,
        ),
    ),
)
