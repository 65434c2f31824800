"""A row of demands before any help."""

import re
from collections.abc import Iterator
from itertools import groupby

from amends.engine.failings.demands import demands
from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import MATTERS, Moment
from amends.engine.findings import Evidence
from amends.engine.languages.sentences import Sentence
from amends.engine.languages.wording import N_

_ROW = 3  # from three on it is a row
_COMMA = re.compile(r"[,،、;؛]|\n")
_SHORT = 5  # words
_PROMISES_HELP = ("remedy", "ownership", "help-along")


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield the demands when they are three or more: known things, a list, or a row of questions."""
    asked = demands(moment)
    many = sum(len(demand.things) for demand in asked)
    questions = [sentence for sentence, _ in moment.sentences_with("question-for-case")]
    if asked and many + len(questions) >= _ROW:
        last = max([asked[-1].sentence.end, *(sentence.end for sentence in questions)])
        first = min([asked[0].sentence.start, *(sentence.start for sentence in questions)])
        yield moment.point(first, last, min(0.95, 0.4 + 0.1 * many) * (1.0 if many >= _ROW else 0.7))
        return
    helped = 0.6 if moment.says(*_PROMISES_HELP) else 1.0
    row = _longest_row(moment)
    if len(row) >= _ROW:
        yield moment.point(row[0].start, row[-1].end, min(0.85, 0.25 + 0.12 * len(row)) * helped)
    elif (listed := most_listed(moment)) and listed[1] >= _ROW:
        yield moment.point(listed[0].start, listed[0].end, min(0.8, 0.35 + 0.08 * listed[1]) * helped)


def _longest_row(moment: Moment) -> list[Sentence]:
    """Return the most questions and demands between which nothing else is said."""
    asking = sentences_that_ask(moment)
    rows = groupby(moment.reply.sentences, key=lambda sentence: sentence in asking)
    return max((list(row) for asks, row in rows if asks), key=len, default=[])


def sentences_that_ask(moment: Moment) -> list[Sentence]:
    """Return the questions and demands of the reply, where nothing else is done in the same breath."""
    return [
        sentence
        for sentence in moment.reply.sentences
        if (sentence.question or moment.says("demand", within=sentence))
        and not moment.says("offer", "callback", "farewell", "greeting", "remedy", within=sentence)
    ]


def _things(moment: Moment, sentence: Sentence) -> int:
    """Count what stands in a list: the first piece of a sentence, and the short ones after it."""
    at, count = sentence.start, 1
    for number, piece in enumerate(_COMMA.split(moment.reply.words(sentence.start, sentence.end))):
        start, end = at, at + len(piece)
        at = end + 1
        polite = any(
            start <= act.start and len(piece.strip()) - (act.end - act.start) <= 2
            for act in moment.reply.of("please", "farewell")
            if act.end <= end
        )
        count += number > 0 and 1 <= len(piece.split()) <= _SHORT and not polite
    return count


def most_listed(moment: Moment) -> tuple[Sentence, int] | None:
    """Return the sentence that demands the longest list, and how many things stand in it."""
    found = [
        (sentence, _things(moment, sentence))
        for sentence, _ in moment.sentences_with("demand", at_least=MATTERS)
        if not moment.says("remedy", "undertaking", within=sentence)
    ]
    return max(found, key=lambda pair: pair[1], default=None)


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
            # A row of questions.
            """
            customer: The parcel never came.
            agent: [[Which address was it? Was anybody at home? Did you ask the neighbours? Is there a doorbell]]?
            """,
            # A list, whatever stands in it.
            """
            customer: My case came off the belt broken.
            agent: Sorry about that. [[Please send the tag, the ticket, the bill, two pictures, a quote]].
            """,
        ),
        good=(
            """
            customer: The CD you sold me is blank.
            agent: I am sorry. A new one goes out today; could you just confirm your address, please?
            """,
            """
            customer: The parcel never came.
            agent: I am sorry. Was it the address in Mill Lane? I will look for it and ring you today. Does six suit?
            """,
            # Questions between which something else is said are no row.
            """
            customer: You have lied to me twice!
            agent: Is this a good moment? We broke our word, and I am sorry. What matters to you? I listen. Still so?
            """,
        ),
    ),
)
