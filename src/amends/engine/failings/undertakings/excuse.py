"""A broken promise is answered with reasons."""

from collections.abc import Iterator

from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import MATTERS, Moment, surest
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_

_SAYS_ELSE = ("insult", "shrug", "talking-down", "homework", "handed-away", "rule-cited", "demand", "remedy", "sarcasm")


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield reasons for a promise or date not kept, unless sorrow and amends come with them."""
    missed = moment.said_by_customer("promise-missed") or any(
        event.kind == "promise-broken" for event in moment.conversation.events
    )
    if not missed and not moment.reply.has("excuse-reason"):
        return
    late = missed or moment.just_said("repeat-contact", "asks-when", "trouble")
    sorry_before = _said_sorry_since(moment) if missed else False
    sorry = moment.says("apology") or sorry_before
    amends = moment.says("remedy", "callback") or moment.is_dated()
    share = 0.3 if sorry and amends else 0.6 if sorry else 0.75 if moment.says("remedy") else 1.0
    for sentence, acts in moment.sentences_with("excuse-reason"):
        yield moment.evidence(sentence, surest(acts) * share * (1.0 if missed else 0.75 if late else 0.4))
    reasons = moment.says("excuse-reason")
    if (
        missed
        and not sorry_before
        and not reasons
        and not moment.reply.has("apology", "acknowledgement", "admission", *_SAYS_ELSE)
    ):
        # Words without sorrow about a promise missed, whatever reason they give.
        stated = [one for one in moment.reply.sentences if not one.question and not moment.is_dated(within=one)]
        if stated:
            yield moment.evidence(max(stated, key=lambda one: one.end - one.start), 0.55)


def _said_sorry_since(moment: Moment) -> bool:
    """Tell whether we have said sorry already, after the customer named the promise: the rest may be about the rest."""
    named = next((turn.index for turn in moment.customer if turn.has("promise-missed", at_least=MATTERS)), None)
    return named is not None and any(
        turn.index > named and turn.has("apology", "admission", at_least=MATTERS) for turn in moment.agent
    )


FAILING = Failing(
    id="excuse",
    status="stable",
    title=N_("Excuse"),
    hurts=N_("The customer waited, and now hears why that was convenient for you."),
    instead=N_("Say sorry first, one honest line on the cause at most, then make good and give a time you can keep."),
    claims=("S2.5",),
    detect=detect,
    examples=Examples(
        bad=(
            """
            customer: You promised to call me on Monday and nobody called.
            agent: [[We have been very busy this week]].
            """,
        ),
        good=(
            """
            customer: You promised to call me on Monday and nobody called.
            agent: I am sorry that we did not call. We had been very busy, which is no reason. Your refund left today.
            """,
            # Sorrow that was said is not owed in every later sentence.
            """
            customer: You promised to call me on Monday and nobody called.
            agent: I am very sorry that we did not call you on Monday.
            customer: And who looks after it now?
            agent: Mr Lane from the workshop does, and he knows the whole story.
            """,
        ),
    ),
)
