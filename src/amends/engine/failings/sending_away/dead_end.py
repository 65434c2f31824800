"""The answer is no, and there it stops."""

from collections.abc import Iterator

from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment, surest
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_

_WAYS_ON = (
    *("remedy", "offer", "help-along", "ownership", "callback", "undertaking", "action", "handed-away", "homework"),
    *("calm-boundary", "demand"),
)


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield the refusal when nothing at all is offered with it."""
    if moment.closed or moment.stays or moment.says(*_WAYS_ON):
        return
    for sentence, acts in moment.sentences_with("refusal", "shrug"):
        yield moment.evidence(sentence, surest(acts), acts=acts)
        return


FAILING = Failing(
    id="dead-end",
    status="preview",
    title=N_("Dead end"),
    hurts=N_("The customer hears no and is left alone with the problem."),
    instead=N_("Say what you can do instead, who can decide, or what the next step is and when it comes."),
    claims=("S1.3",),
    detect=detect,
    examples=Examples(
        bad=(
            """
            customer: The kettle broke after two days, I want my money back.
            agent: [[This is our final word and we consider the matter closed]].
            """,
            """
            customer: I would like to return the shoes, they are too small.
            agent: [[Unfortunately we cannot take them back]].
            """,
        ),
        good=(
            """
            customer: I would like to return the shoes, they are too small.
            agent: Unfortunately we cannot take them back after sixty days. What I can do is exchange them for a
            larger pair.
            """,
        ),
    ),
)
