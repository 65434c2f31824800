"""A row of demands before any help."""

from collections.abc import Iterator

from amends.engine.failings.demands import demands
from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield the demands when they are three or more."""
    asked = demands(moment)
    many = sum(len(demand.things) for demand in asked)
    questions = [sentence for sentence, _ in moment.sentences_with("question-for-case")]
    if asked and many + len(questions) >= 3:
        last = max([asked[-1].sentence.end, *(sentence.end for sentence in questions)])
        first = min([asked[0].sentence.start, *(sentence.start for sentence in questions)])
        yield moment.point(first, last, min(0.95, 0.4 + 0.1 * many) * (1.0 if many >= 3 else 0.7))


FAILING = Failing(
    id="interrogation",
    status="preview",
    title=N_("Interrogation"),
    hurts=N_("The customer has to prove the trouble before anybody helps."),
    instead=N_("Ask for the one thing you truly need, look up the rest, and help at once."),
    claims=("S4.6",),
    detect=detect,
    examples=Examples(
        bad=(
            """
            customer: The CD you sold me is blank.
            agent: [[Please send the receipt, a photo of the CD, the packaging and your ID]].
            """,
        ),
        good=(
            """
            customer: The CD you sold me is blank.
            agent: I am sorry. A new one goes out today; could you just confirm your address, please?
            """,
        ),
    ),
)
