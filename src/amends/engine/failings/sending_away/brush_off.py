"""The customer is handed to somebody else, and nobody stays responsible."""

from collections.abc import Iterator

from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment, surest
from amends.engine.findings import Evidence
from amends.engine.languages.acts import Act
from amends.engine.languages.wording import N_

_BESIDE = 2  # characters: a space and what may come with it


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield sentences that hand the customer away, unless the speaker stays in charge."""
    stays = moment.says("ownership", "callback") or moment.is_dated()
    for sentence, acts in moment.sentences_with("handed-away"):
        if surest(moment.reply.of("homework", within=sentence)) >= surest(acts):
            continue
        if all(_is_putting_right(moment, act) for act in acts):
            continue
        yield moment.evidence(sentence, surest(acts) * (0.4 if stays else 1.0))


def _is_putting_right(moment: Moment, act: Act) -> bool:
    """Tell whether money is sent, and not the customer: a remedy is in these words, or right before them."""
    remedies = moment.reply.of("remedy", within=moment.reply.sentence_of(act))
    return any(one.confidence >= act.confidence and one.start <= act.start <= one.end + _BESIDE for one in remedies)


FAILING = Failing(
    id="brush-off",
    status="stable",
    title=N_("Brush-off"),
    hurts=N_("The customer has to start again with a stranger, and nobody answers for the outcome."),
    instead=N_("Bring the colleague in and stay: say that you will come back to the customer yourself, and when."),
    claims=("S0.2", "S2.7"),
    detect=detect,
    examples=Examples(
        bad=(
            """
            customer: The technician did not come.
            agent: [[You will have to speak to our technical department about that]].
            """,
        ),
        good=(
            """
            customer: Where is my money?
            agent: I am sorry, we have forwarded the whole refund to your card today.
            """,
            # The speaker stays in charge.
            """
            customer: The technician did not come.
            agent: I am asking our technical department what happened, and I will come back to you myself by noon.
            """,
        ),
    ),
)
