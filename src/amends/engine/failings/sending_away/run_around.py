"""The customer gets homework in place of help."""

from collections.abc import Iterator

from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment, surest
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield sentences that send the customer to a page, form, paper or number, unless help comes along."""
    helped = moment.says("help-along", "remedy")
    kept = moment.says("ownership", "callback") or moment.is_dated()
    for sentence, acts in moment.sentences_with("homework"):
        if surest(moment.reply.of("handed-away", within=sentence)) > surest(acts):
            continue
        answered = any(moment.says("answer", within=other) for other in moment.reply.sentences if other != sentence)
        yield moment.evidence(
            sentence, surest(acts) * (0.4 if helped or answered else 0.55 if kept else 1.0), acts=acts
        )


FAILING = Failing(
    id="run-around",
    status="stable",
    title=N_("Run-around"),
    hurts=N_("The customer came for help and is given homework."),
    instead=N_("Give the answer here, or do the step together with the customer; add the link only as an extra."),
    claims=("S0.7",),
    detect=detect,
    examples=Examples(
        bad=(
            """
            customer: My card was charged twice for the same ticket.
            agent: Thank you for your message. [[Please fill in the refund form on our website]].
            """,
            """
            customer: How do I change the name on my ticket?
            agent: [[You can find all the information in the FAQ]].
            """,
        ),
        good=(
            # The answer comes first, the link along with it.
            """
            customer: My card was charged twice for the same ticket.
            agent: I am sorry that we charged you twice. I have refunded the second payment today; you can also
            see it on our website.
            """,
            # The step is taken together.
            """
            customer: How do I change the name on my ticket?
            agent: You need the name change form. I will fill it in with you on the phone, it takes two minutes.
            """,
        ),
    ),
)
