"""The reply answers in anger."""

from collections.abc import Iterator

from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment, surest
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield sentences that shout, insult, mock or threaten; a calm boundary is none of these."""
    for sentence, acts in moment.sentences_with("shouting", "insult", "threat", "sarcasm"):
        calm = moment.says("calm-boundary", within=sentence)
        friendly = all(act.kind == "shouting" for act in acts) and moment.says(
            "thanks", "apology", "farewell", "greeting", within=sentence
        )
        sure = 1 - (1 - surest(acts)) * 0.7 ** (len({act.kind for act in acts}) - 1)
        yield moment.evidence(sentence, sure * (0.4 if calm or friendly else 1.0), acts=acts)


FAILING = Failing(
    id="heat",
    status="preview",
    title=N_("Answering in anger"),
    hurts=N_("Shouting back makes two angry people, and one of them leaves."),
    instead=N_("Take five minutes; then say calmly that you want to help, and what you will do."),
    claims=("S1.6",),
    detect=detect,
    examples=Examples(
        bad=(
            """
            customer: You are useless, where is my money?
            agent: [[STOP SHOUTING AT ME]]!!!
            """,
        ),
        good=(
            """
            customer: You are useless, where is my money?
            agent: I want to help you, and I will. Please let us keep a respectful tone. Your refund left today.
            """,
        ),
    ),
)
