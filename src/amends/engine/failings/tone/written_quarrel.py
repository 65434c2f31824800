"""A conflict went on in writing, and nobody offered to talk."""

from collections.abc import Iterator

from amends.engine.failings.course import SPOKEN, Course
from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import MATTERS, Moment
from amends.engine.failings.signs import signals_of
from amends.engine.findings import Evidence
from amends.engine.languages.reading import TurnReading
from amends.engine.languages.sentences import Sentence
from amends.engine.languages.wording import N_

_QUARRELS = ("insult", "threat", "sarcasm", "contradiction")


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield the words with which the quarrel went on in the exchange that was one too many."""
    course = Course.of(moment)
    hot: list[tuple[TurnReading, Sentence]] = []  # of the exchange that is not answered yet
    exchanges = 0
    for step in course.steps:
        if step.is_a("called", "content") or (step.turn is not None and step.turn.turn.channel in SPOKEN):
            hot, exchanges = [], 0  # they talked
        elif step.turn is not None and step.by_customer:
            hot += [(step.turn, words) for words in _hot_words(step.turn)]
        elif step.turn is not None:
            if step.turn.has("callback", at_least=MATTERS):
                return
            words = hot or [(step.turn, words) for words in _quarrels(step.turn)]
            exchanges = exchanges + 1 if words else 0
            if exchanges >= course.limits.exchanges:
                yield course.quote(*words[0], 0.8)
                return
            hot = []


def _hot_words(turn: TurnReading) -> Iterator[Sentence]:
    """Yield the sentences in which the customer is angry or insults somebody."""
    for sign in signals_of(turn):
        if sign.name in {"anger", "insult"}:
            yield next((each for each in turn.sentences if sign.start < each.end), Sentence(sign.start, sign.end))


def _quarrels(turn: TurnReading) -> Iterator[Sentence]:
    """Yield the sentences in which the agent quarrels."""
    for act in turn.of(*_QUARRELS, at_least=MATTERS):
        yield turn.sentence_of(act)


FAILING = Failing(
    id="written-quarrel",
    status="stable",
    title=N_("Quarrelling in writing"),
    hurts=N_("A letter never replaces a live talk: in writing, anger only grows from line to line."),
    instead=N_("Offer a call now, with a time; listen, find the reason, and write down only what you agreed."),
    claims=("S1.8",),
    detect=detect,
    seen="events",
    examples=Examples(
        bad=(
            """
            09:00 customer (by mail): This is outrageous, you have lost my suitcase.
            10:00 agent (by mail): Please fill in the form for lost luggage.
            10:20 customer (by mail): I filled it in twice. [[I am furious with you people]].
            11:00 agent (by mail): We cannot find any form of yours.
            """,
        ),
        good=(
            # A call is offered.
            """
            09:00 customer (by mail): This is outrageous, you have lost my suitcase.
            10:00 agent (by mail): I am sorry. {{May I call you this afternoon?}}
            10:20 customer (by mail): I filled it in twice. I am furious with you people.
            11:00 agent (by mail): I have found your form.
            """,
            # They talked in between.
            """
            09:00 customer (by mail): This is outrageous, you have lost my suitcase.
            10:00 agent (by mail): Please fill in the form for lost luggage.
            {{10:10 called (8 min)}}
            10:20 customer (by mail): I filled it in twice. I am furious with you people.
            11:00 agent (by mail): I have found your form.
            """,
            # The anger is over after one exchange.
            """
            09:00 customer (by mail): This is outrageous, you have lost my suitcase.
            10:00 agent (by mail): I am sorry. It is in Rome, and comes tonight.
            10:20 customer (by mail): {{Thank you for telling me.|I am furious with you people.}}
            11:00 agent (by mail): The driver will ring before he comes.
            """,
        ),
    ),
)
