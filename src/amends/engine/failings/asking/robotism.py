"""The reply begins by asking for data, before any personal word."""

from collections.abc import Iterator

from amends.engine.failings.demands import demands
from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import MATTERS, Moment
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_

_PERSONAL = (
    *("acknowledgement", "apology", "praise-complaint", "personal-word", "recognition", "admission", "ownership"),
    *("remedy", "explanation", "question-for-case", "thanks"),
)


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield the first demand for data when no word about the trouble or to the person came before it."""
    asked = demands(moment)
    if not asked or any(turn.has(*_PERSONAL, at_least=MATTERS) for turn in moment.agent):
        return
    first = asked[0]
    if sum(len(demand.things) for demand in asked) >= 3:
        return  # a row of demands is an interrogation
    if any(act.start < first.sentence.end for act in moment.reply.of(*_PERSONAL, at_least=MATTERS)):
        return
    data = any(act.kind == "datum" for act in first.things)
    yield moment.evidence(first.sentence, first.confidence * (1.0 if data else 0.5))


FAILING = Failing(
    id="robotism",
    status="stable",
    title=N_("Robotism"),
    hurts=N_("The customer meets a form before they meet a person."),
    instead=N_(
        "First a word about what happened to them; then ask, with please, for what you cannot look up yourself."
    ),
    claims=("S0.5",),
    detect=detect,
    examples=Examples(
        bad=(
            """
            customer: My fridge stopped cooling last night and all the food is spoilt.
            agent: Hello. [[Please give me your order number]].
            """,
            """
            customer: I cannot get into my account.
            agent: [[What is your date of birth]]?
            """,
        ),
        good=(
            # A word about the trouble comes first.
            """
            customer: My fridge stopped cooling last night and all the food is spoilt.
            agent: I am sorry about the fridge and the food. Could you give me your order number, please?
            """,
            # It came in an earlier turn.
            """
            customer: My fridge stopped cooling last night.
            agent: I am sorry to hear that, let me help.
            customer: Please do.
            agent: May I have your order number, please?
            """,
        ),
    ),
)
