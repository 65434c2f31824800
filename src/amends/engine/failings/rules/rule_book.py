"""A rule stands in the place of an answer."""

from collections.abc import Iterator

from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment, surest
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_

_WAY_ROUND = ("remedy", "offer", "help-along", "ownership", "callback")


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield rules that are cited with no way round them."""
    if moment.closed:
        return
    softened = moment.says(*_WAY_ROUND)
    for sentence, acts in moment.sentences_with("rule-cited"):
        yield moment.evidence(sentence, surest(acts) * (0.4 if softened else 1.0), acts=acts)


FAILING = Failing(
    id="rule-book",
    status="stable",
    title=N_("Rule book"),
    hurts=N_("The customer hears that a rule matters more than they do."),
    instead=N_("Say what you can do: an exception within your limit, another way, or who can decide today."),
    claims=("S0.6", "S2.4"),
    detect=detect,
    examples=Examples(
        bad=(
            """
            customer: I am one day late because I was in hospital. Could you still exchange it?
            agent: [[It is against our policy]].
            """,
            """
            customer: Could you waive the fee once?
            agent: [[If we did it for you, we would have to do it for everyone]].
            """,
            # The rule, and no more.
            """
            customer: Could you give me my money back?
            agent: Hello, [[according to our policy refunds take time]].
            """,
        ),
        good=(
            # The rule is named, and a way round it offered.
            """
            customer: I am one day late because I was in hospital. Could you still exchange it?
            agent: Our policy says thirty days, but of course I will make an exception and exchange it today.
            """,
        ),
    ),
)
