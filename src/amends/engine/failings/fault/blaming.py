"""The reply points at the customer's own mistake."""

from collections.abc import Iterator

from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment, surest
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield sentences that reproach the customer; once the matter is closed they are a last word."""
    if moment.closed:
        return
    for sentence, acts in moment.sentences_with("customer-fault"):
        yield moment.evidence(sentence, surest(acts), acts=acts)


FAILING = Failing(
    id="blaming",
    status="preview",
    title=N_("Blaming the customer"),
    hurts=N_("The customer is shown to be in the wrong; nobody stays where they are blamed."),
    instead=N_("Fix it first; if it may happen again, say kindly and without reproach how to avoid it."),
    claims=("S4.3",),
    detect=detect,
    examples=Examples(
        bad=(
            """
            customer: The tracking shows the wrong flat.
            agent: [[You entered the wrong address when you ordered]]. We have corrected it.
            """,
        ),
        good=(
            """
            customer: The tracking shows the wrong flat.
            agent: I have put the right flat number in, and the courier will come again tomorrow.
            """,
        ),
    ),
)
