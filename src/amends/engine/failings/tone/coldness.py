"""A real trouble meets no word of recognition."""

from collections.abc import Iterator

from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment
from amends.engine.findings import Evidence
from amends.engine.languages.sentences import only_calls
from amends.engine.languages.wording import N_

_WARM = ("acknowledgement", "apology", "praise-complaint", "admission", "personal-word", "recognition")
_GREETING = 30  # characters: a sentence that greets and is longer says something else too


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield the head of a first answer to a stated trouble that neither acknowledges nor feels."""
    warm = any(turn.has(*_WARM) for turn in moment.agent) or moment.reply.has(*_WARM)
    if not moment.troubled or warm or moment.closed:
        return
    helps = moment.says("remedy", "ownership", "callback", "answer")
    share = 0.75 if helps else 0.9 if moment.is_dated() else 1.0
    for sentence in moment.reply.sentences:
        if only_calls(moment.reply.words(sentence.start, sentence.end), language=moment.reply.text.language):
            continue  # a name is not what is cold
        greets = moment.reply.has("greeting", "farewell", within=sentence)
        if not greets or sentence.end - sentence.start > _GREETING:
            yield moment.evidence(sentence, 0.6 * moment.troubled * share)
            return


FAILING = Failing(
    id="coldness",
    status="preview",
    title=N_("Coldness"),
    hurts=N_("A real trouble is treated as a case; the person does not feel seen."),
    instead=N_("Begin with one honest sentence about what happened to them, then act."),
    claims=("S0.3",),
    detect=detect,
    examples=Examples(
        bad=(
            """
            customer: The fridge broke and all our food is spoilt.
            agent: Hello Ms Shaw! [[Please send the receipt]].
            """,
            """
            customer: The cake for my daughter's wedding arrived crushed.
            agent: [[Please send a photo and the invoice]].
            """,
        ),
        good=(
            """
            customer: The cake for my daughter's wedding arrived crushed.
            agent: I am so sorry, that must have been awful on such a day. Please send me a photo.
            """,
            # Acknowledged before.
            """
            customer: The cake for my daughter's wedding arrived crushed.
            agent: I am so sorry to hear that.
            customer: What now?
            agent: Your money is on its way back.
            """,
            # Nothing happened to this customer.
            """
            customer: Do you also bake without nuts?
            agent: Yes, we do.
            """,
        ),
    ),
)
