"""The reply answers another question, or asks for what was said already."""

from collections.abc import Iterator

from amends.engine.failings.demands import demands
from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment
from amends.engine.findings import Evidence
from amends.engine.languages import get
from amends.engine.languages.folding import fold, skeleton
from amends.engine.languages.wording import N_

# What the customer asked outright, and what may count as an answer to it.
_ANSWERS: dict[str, tuple[str, ...]] = {
    "asks-refund": ("remedy", "refusal", "rule-cited", "offer", "undertaking"),
    "asks-replacement": ("remedy", "refusal", "rule-cited", "offer", "undertaking"),
    "asks-repair": ("remedy", "refusal", "rule-cited", "offer", "undertaking", "time-given"),
    "asks-cancel": ("remedy", "refusal", "rule-cited", "undertaking", "action", "answer", "help-along"),
    "asks-when": ("time-given", "vague-time", "undertaking", "action", "refusal"),
    "asks-why": ("explanation", "admission", "not-our-fault", "excuse-reason", "customer-fault", "rule-cited"),
    "asks-how": ("answer", "help-along", "homework", "refusal", "explanation", "offer", "rule-cited"),
    "asks-price": ("answer", "explanation", "admission", "remedy"),
}
# Whatever else the reply does about the matter, it does not pass it by.
_ANY = (
    *("handed-away", "homework", "shrug", "stock-phrase", "ownership", "action", "undertaking", "demand", "callback"),
    *("parade", "customer-fault", "contradiction", "not-our-fault", "talking-down", "insult", "sarcasm", "threat"),
    *("rule-cited", "refusal", "excuse-reason", "jargon", "question-for-case"),
)


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield a request for what the customer has given, or the head of a reply that passes by an open question."""
    yield from _asked_again(moment)
    wanted = {kind for turn in moment.asked for act in turn.of(*_ANSWERS) if (kind := act.kind)}
    missed = [kind for kind in sorted(wanted) if not moment.reply.has(*_ANSWERS[kind])]
    if missed and moment.reply.sentences and not moment.reply.has(*_ANY):
        longest = max(moment.reply.sentences, key=lambda sentence: sentence.end - sentence.start)
        yield moment.evidence(longest, 0.55)


def _asked_again(moment: Moment) -> Iterator[Evidence]:
    language = get(moment.reply.language)
    given: set[str] = set()
    for turn in moment.customer:
        for act in turn.of("datum"):
            near = turn.turn.text[act.end : act.end + 30]
            if any(char.isdigit() for char in near) or turn.has("gave-data", within=turn.sentence_of(act)):
                given.add(skeleton(fold(turn.words(act.start, act.end), language=language).text, language=language)[:5])
    for demand in demands(moment):
        for thing in demand.things:
            words = moment.reply.words(thing.start, thing.end)
            if skeleton(fold(words, language=language).text, language=language)[:5] in given:
                yield moment.evidence(demand.sentence, 0.65)
                return


FAILING = Failing(
    id="not-listening",
    status="preview",
    title=N_("Not listening"),
    hurts=N_("The customer said it, and it was not heard."),
    instead=N_("Read the message again and answer what was asked, in its order; do not ask for what is there already."),
    claims=("S2.9",),
    detect=detect,
    examples=Examples(
        bad=(
            """
            customer: My order number is 48213. When will the lamp arrive?
            agent: [[Could you tell me your order number, please]]?
            """,
        ),
        good=(
            """
            customer: My order number is 48213. When will the lamp arrive?
            agent: Thank you. Your lamp arrives on Friday.
            """,
        ),
    ),
)
