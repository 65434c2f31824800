"""A fact in the reply contradicts the record or the organisation's own facts."""

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import chain

from amends.engine import languages
from amends.engine.failings.course import Course, Step
from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import MATTERS, Moment
from amends.engine.failings.stated import Fact, Stated, amounts, codes, fact_of, is_slip, shape_of, stated
from amends.engine.findings import Evidence
from amends.engine.languages.folding import fold, skeleton
from amends.engine.languages.reading import TurnReading
from amends.engine.languages.sentences import Sentence
from amends.engine.languages.silhouette import Language
from amends.engine.languages.wording import N_
from amends.engine.promises.ledger import ledger
from amends.engine.promises.undertaking import find_promises

_UNITS = {"EUR": "€", "USD": "$", "GBP": "£", "TRY": "₺", "MNT": "₮", "IRR": "﷼"}
_ALIKE = 0.6  # of the words of a promise come back where it is told again
_FEWEST = 3


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield each statement that the record contradicts, once."""
    course = Course.of(moment)
    if not (course.facts.other or course.happened):  # no record, nothing that it could contradict
        return
    for step in course.steps:
        turn = step.turn
        if turn is None or not step.by_agent or not languages.is_known(turn.language):
            continue
        facts = _facts(course, turn)
        seen: set[tuple[int, int]] = set()
        for sentence in turn.sentences:
            if sentence.question:
                continue
            found = chain(
                _against_facts(course, turn, sentence, facts),
                _against_remedies(course, turn, sentence),
                _against_what_was_agreed(course, step, turn, sentence),
            )
            for told, sure in found:
                if (told.start, told.end) not in seen:
                    seen.add((told.start, told.end))
                    words = turn.words(told.start, told.end)
                    yield Evidence(turn=turn.index, start=told.start, end=told.end, confidence=sure, words=words)


def _facts(course: Course, turn: TurnReading) -> list[Fact]:
    told = (fact_of(name, value, language=turn.text.language) for name, value in course.facts.other)
    return [fact for fact in told if fact is not None]


def _against_facts(
    course: Course, turn: TurnReading, sentence: Sentence, facts: list[Fact]
) -> Iterator[tuple[Stated, float]]:
    """Yield what a sentence says of a fact that it calls by its name, and codes that are a slip of a known one."""
    now = course.moment(turn.turn.at) or course.now
    for fact in facts:
        if fact.is_named(turn, sentence):
            told = stated(turn, sentence, fact, now=now, working=course.calendar)
            kin = [other for other in facts if other.shape == fact.shape]
            # Beside two of a kind nobody can tell which of them is meant, and what another fact says is no error.
            if len(told) == 1 and not any(other.same(told[0].value) for other in kin) and _comparable(fact, told[0]):
                yield told[0], 0.75
    known = {str(fact.value) for fact in facts if fact.shape == "code"}
    if not known:
        return
    heard = {str(code.value) for turn in course.turns if turn.by == "customer" for code in _all_codes(turn)}
    for code in codes(turn, sentence):
        value = str(code.value)
        if value not in known | heard and any(is_slip(value, one) for one in known):
            yield code, 0.7


def _comparable(fact: Fact, told: Stated) -> bool:
    """Whether a code is one of the same kind: an order number is no telephone number."""
    return fact.shape != "code" or shape_of(str(fact.value)) == shape_of(str(told.value))


def _all_codes(turn: TurnReading) -> Iterator[Stated]:
    for sentence in turn.sentences:
        yield from codes(turn, sentence)


def _against_remedies(course: Course, turn: TurnReading, sentence: Sentence) -> Iterator[tuple[Stated, float]]:
    """Yield an amount put right in words that differs from the only one on record."""
    paid = {step.event.amount for step in course.happened if step.is_a("remedy") and step.event and step.event.amount}
    unit = _UNITS.get(course.facts.currency, "")
    if len(paid) != 1 or not unit or not turn.has("remedy", within=sentence, at_least=MATTERS):
        return
    signs = (fold(sign, language=turn.text.language).text for sign in (unit, course.facts.currency))
    told = [each for sign in signs for each in amounts(turn, sentence, sign)]
    if len(told) == 1 and not _says(told[0], next(iter(paid))):
        yield told[0], 0.6


def _says(told: Stated, amount: Decimal) -> bool:
    return isinstance(told.value, tuple) and amount in told.value


def _against_what_was_agreed(
    course: Course, step: Step, turn: TurnReading, sentence: Sentence
) -> Iterator[tuple[Stated, float]]:
    """Yield a promise told again with another day, although nobody moved it."""
    if step.at is None:
        return
    events = [each.event for each in course.happened if each.event is not None]
    agreed = [
        entry
        for entry in ledger(events, as_of=course.now)
        if entry.due is not None and not entry.moved and entry.made.at < step.at <= entry.due
    ]
    if not agreed:
        return
    text = turn.turn.text[sentence.start : sentence.end]
    for promise in find_promises(text, language=turn.language, now=step.at, calendar=course.calendar):
        day = promise.due
        for entry in agreed:
            if day is None or entry.due is None or not _alike(entry.words, text, turn.text.language):
                continue
            told = day.astimezone(course.calendar.zone).date() if isinstance(day, datetime) else day
            if told != entry.due.astimezone(course.calendar.zone).date() and not _agreed_anew(course, step):
                yield Stated(sentence.start + promise.start, sentence.start + promise.end, told), 0.55
                return


def _agreed_anew(course: Course, step: Step) -> bool:
    """Whether the record has a promise made or moved with these words."""
    return any(each.is_a("promise-made", "promise-moved") and each.at == step.at for each in course.happened)


def _alike(words: str, sentence: str, language: Language) -> bool:
    """Whether most words of a promise stand in a sentence; a number says when, not what."""
    one, other = (
        set(re.findall(r"[^\W\d_]{3,}", skeleton(fold(text, language=language).text, language=language)))
        for text in (words, sentence)
    )
    return len(one) >= _FEWEST and len(one & other) >= _ALIKE * len(one)


FAILING = Failing(
    id="wrong-information",
    status="preview",
    title=N_("Wrong information"),
    hurts=N_("Customers plan by what we tell them; a wrong day or amount costs them and makes all the rest doubtful."),
    instead=N_("Look it up before you write it: the amount, the day, the number and what was agreed."),
    claims=("S2.1",),
    detect=detect,
    seen="events",
    examples=Examples(
        bad=(
            # Another day than the record has.
            """
            delivery: 2026-03-12
            customer: When does it come?
            agent: Your delivery is on [[14 March]].
            """,
            # Another amount.
            """
            refund: 49.90 EUR
            customer: What do I get back?
            agent: Thank you for waiting. The refund is [[39.90 EUR]].
            """,
            # Two digits swapped.
            """
            order: 4711206
            customer: Where is it?
            agent: I have found your parcel [[4712106]] in Izmir.
            """,
            # Other opening hours.
            """
            fact opening hours: 09:00-18:00
            customer: When can I come?
            agent: Our opening hours are [[10:00 to 18:00]].
            """,
            # Another amount than was paid back.
            """
            value: 800 EUR
            09:00 customer: I was charged twice.
            09:10 remedy (35.00): refund
            09:12 agent: I am sorry. I have refunded you [[€53.00]].
            """,
            # Another day than was agreed.
            """
            09:00 agent: The technician will visit you on Thursday.
            09:00 promise-made due day 4 18:00: The technician will visit you on Thursday
            10:00 customer: Will he ring first?
            10:05 agent: Yes. [[The technician will visit you on Friday]].
            """,
        ),
        good=(
            """
            delivery: 2026-03-12
            customer: When does it come?
            agent: Your delivery is on {{12|14}} March.
            """,
            """
            refund: 49.90 EUR
            customer: What do I get back?
            agent: The refund is {{49,90|39.90}} EUR.
            """,
            # Another day, of something else.
            """
            delivery: 2026-03-12
            customer: When does it come?
            agent: {{The invoice|Your delivery}} is from 14 March.
            """,
            # The customer gave this number.
            """
            order: 4711206
            customer: Where is {{4712106|it}}?
            agent: I have found your parcel 4712106 in Izmir.
            """,
            """
            fact opening hours: 09:00-18:00
            customer: When can I come?
            agent: Our opening hours are {{9:00|10:00}} to 18:00.
            """,
            """
            value: 800 EUR
            09:00 customer: I was charged twice.
            09:10 remedy ({{35|53}}.00): refund
            09:12 agent: I am sorry. I have refunded you 35 EUR.
            """,
            # Moved, with the customer's yes.
            """
            09:00 agent: The technician will visit you on Thursday.
            09:00 promise-made due day 4 18:00: The technician will visit you on Thursday
            10:00 customer: Can he come on Friday?
            {{10:05 promise-moved due day 5 18:00: The technician will visit you on Thursday}}
            10:05 agent: Yes. The technician will visit you on Friday.
            """,
        ),
    ),
)
