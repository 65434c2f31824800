"""The reply talks down."""

from collections.abc import Iterator

from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment, surest
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield sentences that talk down; once the matter is closed they are a last word."""
    if moment.closed:
        return
    for sentence, acts in moment.sentences_with("talking-down"):
        yield moment.evidence(sentence, surest(acts), acts=acts)


FAILING = Failing(
    id="condescension",
    status="preview",
    title=N_("Condescension"),
    hurts=N_("The customer is spoken to as a pupil, not as a partner."),
    instead=N_("Explain it once more in the customer's own words, without remarking on having to."),
    claims=("S0.4",),
    detect=detect,
    examples=Examples(
        bad=(
            """
            customer: I still do not understand the bill.
            agent: [[As I already told you, the fee is for the second month]].
            """,
        ),
        good=(
            """
            customer: I still do not understand the bill.
            agent: Let us go through it line by line: the first fee is for March, the second one for April.
            """,
        ),
    ),
)
