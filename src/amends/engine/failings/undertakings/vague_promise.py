"""Something will be done, at no time in particular."""

from collections.abc import Iterator

from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment, surest
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield undertakings without a day, an hour or a limit; surer when the time is a vague word."""
    if not moment.promises and not moment.reply.has("undertaking", "callback", "vague-time"):
        return
    dated = moment.is_dated()
    for sentence in moment.reply.sentences:
        if moment.is_dated(within=sentence):
            continue
        put_off = any(promise.vague and sentence.start <= promise.start < sentence.end for promise in moment.promises)
        acts = moment.reply.of("undertaking", "callback", "vague-time", within=sentence)
        if (put_off or acts) and moment.is_done_now(within=sentence):
            continue
        if put_off:
            yield moment.evidence(sentence, max(0.75, surest(acts)))
            continue
        if not acts or moment.says("time-given", within=sentence):
            continue
        kinds = {act.kind for act in acts}
        vague = "vague-time" in kinds
        if kinds == {"callback"}:
            continue
        sure = surest(tuple(act for act in acts if act.kind != "callback"))
        if vague and len(kinds) == 1:
            sure *= 0.7  # 'soon', but nothing is undertaken in so many words
        yield moment.evidence(sentence, sure * (1.0 if vague else 0.85) * (0.5 if dated else 1.0))


FAILING = Failing(
    id="vague-promise",
    status="stable",
    title=N_("Vague promise"),
    hurts=N_("The customer cannot plan, and will ask again."),
    instead=N_("Give a day or an hour that you can keep, and say who will do it."),
    claims=("S2.5", "S1.5"),
    detect=detect,
    examples=Examples(
        bad=(
            """
            customer: When do I get my deposit back?
            agent: [[We will get back to you as soon as possible]].
            """,
            """
            customer: The street lamp is broken.
            agent: Thank you for telling us. [[It will be repaired in due course]].
            """,
        ),
        good=(
            """
            customer: When do I get my deposit back?
            agent: We will get back to you by Thursday noon.
            """,
            # What is being done now is no promise.
            """
            customer: When do I get my deposit back?
            agent: I am looking at your account right now.
            """,
            # What is done on the spot leaves nothing open.
            """
            customer: The plums that I bought here are rotten.
            agent: I am so sorry. I will give you a fresh kilo now.
            """,
        ),
    ),
)
