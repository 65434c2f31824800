"""The reply shows off effort, cost or favour."""

from collections.abc import Iterator

from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment, surest
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield sentences that parade; once the matter is closed they are a last word."""
    for sentence, acts in moment.sentences_with("parade"):
        yield moment.evidence(sentence, surest(acts) * (0.5 if moment.closed else 1.0), acts=acts)


FAILING = Failing(
    id="parading",
    status="stable",
    title=N_("Parading"),
    hurts=N_("The customer is made to feel a burden, or a debtor, for getting what is right."),
    instead=N_("Say plainly what you have done, and thank the customer for telling you."),
    claims=("S4.2", "S4.3"),
    detect=detect,
    examples=Examples(
        bad=(
            """
            customer: The plums I bought were rotten.
            agent: Here are fresh ones. [[You are lucky today, we normally never do this]].
            """,
        ),
        good=(
            """
            customer: The plums I bought were rotten.
            agent: I am sorry. Here are fresh ones and your money back. Thank you for coming back to tell us.
            """,
        ),
    ),
)
