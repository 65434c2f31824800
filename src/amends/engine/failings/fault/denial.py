"""The reply insists that somebody else is at fault."""

from collections.abc import Iterator

from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment, surest
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield sentences that push the fault away, unless the reply takes the solution on."""
    if not moment.reply.has("not-our-fault") or moment.closed:
        return
    takes_on = moment.says("remedy", "ownership") or (moment.says("apology") and moment.is_dated())
    for sentence, acts in moment.sentences_with("not-our-fault"):
        outright = any(act.plain for act in acts)
        # 'Their fault, not ours' holds the very words in which others admit or argue.
        admits = not outright and moment.says("admission")
        worse = not outright and moment.says("contradiction", within=sentence)
        yield moment.evidence(
            sentence, surest(acts) * (0.4 if takes_on or admits else 0.45 if worse else 1.0), acts=acts
        )


FAILING = Failing(
    id="denial",
    status="stable",
    title=N_("Denial of fault"),
    hurts=N_("An upset customer cannot be convinced; they hear that their trouble is not yours."),
    instead=N_("Leave the question of fault; say who is responsible for the solution and what happens next."),
    claims=("S1.2",),
    detect=detect,
    examples=Examples(
        bad=(
            """
            customer: The parcel arrived open and the vase is in pieces.
            agent: [[This is not our fault]]. [[The courier is responsible for the damage]].
            """,
            # The salutation is no part of what is denied, and thanks for understanding do not mend it.
            """
            customer: The parcel came two weeks late and the glass is broken.
            agent: Hello Ms Shaw, [[it's the courier's fault, not ours]]. Thank you for your understanding.
            """,
        ),
        good=(
            # The cause is named, and the solution taken on.
            """
            customer: The parcel arrived open and the vase is in pieces.
            agent: I am sorry about the vase. It was damaged on the way; I have sent you a new one this morning.
            """,
            # The fault is ours.
            """
            customer: The parcel came two weeks late and the glass is broken.
            agent: It was our fault, not yours. I am sorry, and a new glass leaves today.
            """,
        ),
    ),
)
