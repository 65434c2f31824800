"""The reply contradicts the customer in order to be right."""

from collections.abc import Iterator

from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment, surest
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield contradictions; gentler when the reply moves on to a solution."""
    if not moment.reply.has("contradiction") or moment.closed:
        return
    moves_on = moment.says("remedy", "ownership", "offer", "help-along", "admission")
    for sentence, acts in moment.sentences_with("contradiction"):
        if not any(act.plain for act in acts) and moment.says("thanks", "praise-complaint", within=sentence):
            continue  # who is thanked for pointing something out is not contradicted
        gentle = sentence.question or moves_on
        yield moment.evidence(sentence, surest(acts) * (0.5 if gentle else 1.0), acts=acts)


FAILING = Failing(
    id="arguing",
    status="preview",
    title=N_("Arguing"),
    hurts=N_("Even who wins the argument loses the customer."),
    instead=N_("Say what you see on your side as an open question, and go on to what you will do."),
    claims=("S2.2", "S4.7"),
    detect=detect,
    examples=Examples(
        bad=(
            """
            customer: I never received the parcel.
            agent: [[That is not true]]. [[Our records show that you received it on Monday]].
            """,
        ),
        good=(
            """
            customer: I never received the parcel.
            agent: I can see a delivery on Monday with a signature; could it be a neighbour's? I will ask the courier
            for the signature and call you today.
            """,
            # Thanks for pointing it out are no contradiction, though the mistake is named.
            """
            customer: You have booked the wrong room.
            agent: Thank you for pointing that out, our records show that you received the wrong one. I have changed it.
            """,
        ),
    ),
)
