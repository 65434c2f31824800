"""House words and abbreviations that the customer did not use."""

from collections.abc import Iterator

from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.house_words import Found
from amends.engine.failings.moment import Moment
from amends.engine.findings import Evidence
from amends.engine.languages import get
from amends.engine.languages.acts import Act
from amends.engine.languages.folding import fold, skeleton
from amends.engine.languages.sentences import Sentence
from amends.engine.languages.wording import N_


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield terms that the customer did not use first and that nobody explains on the spot."""
    told: set[int] = set()
    known = " ".join(_plain(turn.turn.text, moment) for turn in moment.customer)
    for term in _of_the_house(moment):
        told.add(_sentence_at(moment, term.start).start)
        yield moment.point(term.start, term.end, 1.0, plain=True)
    for act in sorted(moment.reply.of("jargon", "acronym"), key=lambda act: act.kind != "jargon"):
        sentence = moment.reply.sentence_of(act)
        if sentence.start in told or _plain(moment.reply.words(act.start, act.end), moment) in known:
            continue
        if moment.says("gloss", within=sentence) or _in_brackets(moment, act):
            continue
        if act.kind == "acronym" and any(_over(act, other) for other in moment.reply.of("jargon", "everyday-term")):
            continue
        told.add(sentence.start)
        yield moment.evidence(sentence, act.confidence if act.kind == "jargon" else act.confidence * 0.6)


def _of_the_house(moment: Moment) -> Iterator[Found]:
    """Yield what the organisation itself calls jargon, word by word, on the same conditions."""
    own = moment.house.found(moment.reply)
    used = {one.words for turn in moment.customer for one in moment.house.found(turn)} if own else set()
    for term in own:
        explained = moment.says("gloss", within=_sentence_at(moment, term.start)) or _in_brackets(moment, term)
        if term.words not in used and not explained:
            yield term


def _plain(text: str, moment: Moment) -> str:
    language = get(moment.reply.language)
    return skeleton(fold(text, language=language).text, language=language)


def _sentence_at(moment: Moment, start: int) -> Sentence:
    return next((one for one in moment.reply.sentences if start < one.end), Sentence(start, start))


def _in_brackets(moment: Moment, act: Act | Found) -> bool:
    """Tell whether the term stands in brackets, or is followed by an explanation in brackets."""
    text = moment.reply.turn.text
    return text[max(0, act.start - 1) : act.start] == "(" or text[act.end : act.end + 2].lstrip()[:1] == "("


def _over(one: Act, other: Act) -> bool:
    return one.start < other.end and other.start < one.end


FAILING = Failing(
    id="jargon",
    status="preview",
    title=N_("Jargon"),
    hurts=N_("The customer has to ask what it means, or feels stupid."),
    instead=N_("Use the customer's own words; explain a term that you cannot avoid."),
    claims=("S0.4",),
    detect=detect,
    examples=Examples(
        bad=(
            """
            customer: The router is dead, can I bring it back?
            agent: [[We will open an RMA for you]].
            """,
        ),
        good=(
            # The customer used it first.
            """
            customer: What about my RMA?
            agent: Your RMA arrived this morning, and the new router left at noon.
            """,
            # Explained on the spot.
            """
            customer: The router is dead, can I bring it back?
            agent: Yes. You will get an RMA (a return number) from me in a minute.
            """,
        ),
    ),
)
