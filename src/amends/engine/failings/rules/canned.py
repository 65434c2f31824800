"""A pre-written text that fits any message.

Two things show it: sentences of stock in a reply without anything of this customer's case, and the organisation's own
history, in which the same text went to others who had written about something else. A saved answer to what was asked is
none, nor is one with a sentence or a word of this person's matter in it.
"""

from collections.abc import Iterable, Iterator

from amends.engine.canned import FEW
from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment, surest
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_

# What only this customer's case can bring up, and what a form letter may hold as well.
_OWN_WORDS = ("remedy", "ownership", "personal-word", "callback", "explanation", "admission", "help-along")
_SOME_WORDS = (
    *("answer", "time-given", "offer", "datum", "refusal", "rule-cited", "demand", "question-for-case", "action"),
)
# What is done for one person may be told in the same words to everybody for whom it is done.
_DONE = ("remedy", "callback")


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield stock phrases in a reply that holds nothing of this customer's case, and a text that others got as well."""
    sent_before = tuple(_sent_before(moment))
    yield from sent_before
    for one in _stock(moment):
        if not any(other.start <= one.start < other.end for other in sent_before):
            yield one


def _sent_before(moment: Moment) -> Iterator[Evidence]:
    repeats = moment.repeats
    if repeats is None or repeats.own or repeats.fits or repeats.apart < FEW:
        return
    # Chance, and people who say the same in other words, are ever less likely.
    sure = repeats.apart / (repeats.apart + 1) * repeats.apart / repeats.compared
    yield moment.point(repeats.start, repeats.end, sure * (0.3 if moment.says(*_DONE) else 1.0))


def with_history(moment: Moment, weighed: Iterable[tuple[str, Evidence]]) -> Iterator[tuple[str, Evidence]]:
    """Put what the history shows in the place of what the weights made of it: they were learned without any."""
    sent_before = tuple(_sent_before(moment))
    told = max((one.confidence for one in sent_before), default=0.0)
    found = list(weighed)
    if told < max((one.confidence for name, one in found if name == FAILING.id), default=0.0):
        sent_before = ()
    yield from (pair for pair in found if pair[0] != FAILING.id or not sent_before)
    yield from ((FAILING.id, one) for one in sent_before)


def _stock(moment: Moment) -> Iterator[Evidence]:
    own, some = moment.says(*_OWN_WORDS), moment.says(*_SOME_WORDS)
    empty = 0.3 if own else 0.45 if some else 1.0
    stock = [one for one in moment.sentences_with("stock-phrase") if not one[0].salutation]
    rest = sum(not one.salutation for one in moment.reply.sentences) - len(stock)
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
            agent: Dear customer, [[your feedback is very important to us]].
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
