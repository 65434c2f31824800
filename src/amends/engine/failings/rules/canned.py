"""A pre-written text that fits any message."""

from collections.abc import Iterator

from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment, surest
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_

_OWN_WORDS = (
    *("remedy", "ownership", "answer", "explanation", "personal-word", "callback", "time-given", "offer", "datum"),
    *("help-along", "refusal", "rule-cited", "demand", "admission", "question-for-case"),
)


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield stock phrases in a reply that holds nothing of this customer's case."""
    real = moment.says(*_OWN_WORDS)
    stock = list(moment.sentences_with("stock-phrase"))
    rest = len(moment.reply.sentences) - len(stock)
    for sentence, acts in stock:
        share = 1.0 if rest <= len(stock) + 1 else 0.7
        yield moment.evidence(sentence, surest(acts) * share * (0.4 if real else 1.0))


FAILING = Failing(
    id="canned",
    status="preview",
    title=N_("Canned reply"),
    hurts=N_("The customer sees that nobody has read their message."),
    instead=N_("Answer this person: name what they wrote about and say what happens with it."),
    claims=("S2.8",),
    detect=detect,
    examples=Examples(
        bad=(
            """
            customer: The lift in our building has been stuck since Tuesday and my mother cannot go out.
            agent: [[Dear customer, your feedback is very important to us]].
            """,
        ),
        good=(
            """
            customer: The lift in our building has been stuck since Tuesday and my mother cannot go out.
            agent: Your message is important to us. The lift mechanic comes today at four; I have told him about
            your mother.
            """,
        ),
    ),
)
