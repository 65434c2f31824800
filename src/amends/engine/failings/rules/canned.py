"""A pre-written text that fits any message."""

from collections.abc import Iterator

from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment, surest
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_

# What only this customer's case can bring up, and what a form letter may hold as well.
_OWN_WORDS = ("remedy", "ownership", "personal-word", "callback", "explanation", "admission", "help-along")
_SOME_WORDS = (
    *("answer", "time-given", "offer", "datum", "refusal", "rule-cited", "demand", "question-for-case", "action"),
)


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield stock phrases in a reply that holds nothing of this customer's case."""
    own, some = moment.says(*_OWN_WORDS), moment.says(*_SOME_WORDS)
    empty = 0.3 if own else 0.45 if some else 1.0
    stock = list(moment.sentences_with("stock-phrase"))
    rest = len(moment.reply.sentences) - len(stock)
    for sentence, acts in stock:
        share = 1.0 if rest <= len(stock) + 1 else 0.7
        yield moment.evidence(sentence, surest(acts) * share * empty)


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
