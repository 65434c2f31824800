"""Please, thanks or sorry is left out where it is plainly called for."""

from collections.abc import Iterator

from amends.engine.failings.demands import demands
from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment, surest
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield an admitted fault with no sorry, a bare demand with no please, help received with no thanks."""
    if not moment.reply.has("apology", "acknowledgement") and not any(turn.has("apology") for turn in moment.agent):
        for sentence, acts in moment.sentences_with("admission"):
            yield moment.evidence(sentence, surest(acts))
            return
    asked = demands(moment)
    if asked and not moment.reply.has("please") and not asked[0].sentence.question:
        yield moment.evidence(asked[0].sentence, asked[0].confidence * 0.7)
        return
    if moment.just_said("gave-data") and moment.said_by_agent("demand") and not moment.reply.has("thanks"):
        yield moment.evidence(moment.reply.sentences[0], 0.4)


FAILING = Failing(
    id="missing-courtesy",
    status="stable",
    title=N_("Missing courtesy"),
    hurts=N_("Please, thank you and sorry cost nothing; their absence is noticed at once."),
    instead=N_(
        "Add the one word that is missing here: sorry for the fault, please for the request, thanks for the help."
    ),
    claims=("S2.10",),
    detect=detect,
    examples=Examples(
        bad=(
            """
            customer: I ordered blue curtains and got green ones.
            agent: [[We sent you the wrong colour]]. The blue ones leave tomorrow.
            """,
            """
            customer: Good morning, I would like to move my appointment.
            agent: [[Send me your phone number and date of birth]].
            """,
        ),
        good=(
            """
            customer: I ordered blue curtains and got green ones.
            agent: We sent you the wrong colour, and I am sorry about that. The blue ones leave tomorrow.
            """,
            """
            customer: Good morning, I would like to move my appointment.
            agent: With pleasure. Please send me your phone number.
            """,
        ),
    ),
)
