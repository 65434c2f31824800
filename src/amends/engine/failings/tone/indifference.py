"""The reply shows that the problem does not matter."""

from collections.abc import Iterator

from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment, surest
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield shrugs; an honest 'I cannot' with something offered is none."""
    cares = moment.says("remedy", "offer", "ownership", "help-along")
    for sentence, acts in moment.sentences_with("shrug"):
        yield moment.evidence(sentence, surest(acts) * (0.5 if cares else 1.0), acts=acts)


FAILING = Failing(
    id="indifference",
    status="preview",
    title=N_("Indifference"),
    hurts=N_("The customer's question matters to the customer; here it visibly matters to nobody."),
    instead=N_("Name what went wrong, say that it matters, and say what you will do or try."),
    claims=("S0.1",),
    detect=detect,
    examples=Examples(
        bad=(
            """
            customer: The heating has been off for two days.
            agent: [[That's just how it is in winter]].
            """,
        ),
        good=(
            """
            customer: The heating has been off for two days.
            agent: Two days without heating is miserable. I cannot send anyone tonight, but I can bring you a heater.
            """,
        ),
    ),
)
