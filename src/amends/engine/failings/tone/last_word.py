"""A needless remark after the matter was closed."""

from collections.abc import Iterator

from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment, surest
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_

# A dig after the matter is closed is a last word, whatever else it is.
_ALSO = ("customer-fault", "not-our-fault", "contradiction", "parade", "talking-down", "rule-cited", "sarcasm")

_GOOD_ENDING = (
    *("thanks", "farewell", "greeting", "personal-word", "acknowledgement", "apology", "praise-complaint", "please"),
    *("remedy", "offer", "ownership", "recognition", "callback", "time-given", "undertaking", "help-along", "action"),
)
_REMARK = 20  # characters


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield lessons, justifications and digs in a reply to a customer who is done."""
    if moment.closed and not moment.reply.has("dig", *_ALSO):
        yield from _needless(moment)
    for sentence, acts in moment.sentences_with("dig", *_ALSO):
        digs = [act for act in acts if act.kind == "dig"]
        if moment.closed:
            yield moment.evidence(sentence, surest(tuple(digs)) if digs else surest(acts) * 0.9)
        elif digs:
            solved = moment.says("remedy") or moment.said_by_agent("remedy")
            yield moment.evidence(sentence, surest(tuple(digs)) * (0.65 if solved else 0.4))


def _needless(moment: Moment) -> Iterator[Evidence]:
    """Yield what follows the first sentence and does none of the things that a good ending does."""
    for sentence in [one for one in moment.reply.sentences if not one.salutation][1:]:
        long_enough = sentence.end - sentence.start >= _REMARK
        kind = moment.reply.has(*_GOOD_ENDING, within=sentence) or moment.is_dated(within=sentence)
        if long_enough and not kind and not sentence.question:
            # Cues miss many a thanks and many a sorry: what they do not hear has not gone unsaid.
            yield moment.evidence(sentence, 0.5 if moment.reading.learned else 0.4)


FAILING = Failing(
    id="last-word",
    status="stable",
    title=N_("Insisting on the last word"),
    hurts=N_("A matter that was settled is opened again, only so that somebody is right."),
    instead=N_("Stop after the thanks: a wish, an invitation to come back, nothing else."),
    claims=("S4.7", "S4.9"),
    detect=detect,
    examples=Examples(
        bad=(
            """
            customer: The new cable works, thank you, that solves it.
            agent: Glad to hear that. [[Next time please read the manual first]].
            """,
            # A justification that nobody asked for.
            """
            customer: Thanks, the refund is here. Bye.
            agent: You are welcome. [[It was not our mistake, though]].
            """,
        ),
        good=(
            """
            customer: That solves it, thank you.
            agent: Thank you for telling us; in future we will check it twice.
            """,
            """
            customer: The new cable works, thank you, that solves it.
            agent: Glad to hear that. Thank you for your patience, and have a lovely weekend.
            """,
            # Advice that was asked for.
            """
            customer: How can I keep the cable from breaking again?
            agent: It lasts longer when it is not bent at the plug. Here is a small holder for it, with our thanks.
            """,
        ),
    ),
)
