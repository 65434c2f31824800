"""A promise's time passed without its being done."""

from collections.abc import Iterator

from amends.engine.conversation import Event
from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_

_SETTLED = {"promise-kept", "promise-moved", "promise-withdrawn"}


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield each promise that was not kept, moved or withdrawn by the time it fell due."""
    talk = moment.conversation
    for made in talk.events:
        if made.kind not in {"promise-made", "promise-moved"} or made.due is None or made.due > talk.as_of:
            continue
        settled = any(
            event.kind in _SETTLED and event.promise == made.promise and made.at < event.at <= made.due
            for event in talk.events
        )
        if not settled:
            yield _point(made, moment)


def _point(made: Event, moment: Moment) -> Evidence:
    """Point at the promise's own words in the turn that made it, else at the event."""
    for turn in reversed(moment.reading.turns):
        at = turn.turn.text.find(made.words) if made.words and turn.by == "agent" else -1
        if at >= 0 and (turn.turn.at is None or turn.turn.at <= made.at):
            return Evidence(turn=turn.index, start=at, end=at + len(made.words), confidence=0.95, words=made.words)
    return Evidence(turn=-1, start=0, end=0, confidence=0.95, words=made.words)


FAILING = Failing(
    id="broken-promise",
    status="stable",
    title=N_("Broken promise"),
    hurts=N_("The customer waited for what was promised; the next promise is worth less."),
    instead=N_("Say now that it was missed, be sorry without reasons, make good, and give one time you will keep."),
    claims=("S2.5", "S1.9"),
    detect=detect,
    seen="events",
    examples=Examples(
        bad=(
            """
            09:00 customer: When does the technician come?
            09:05 agent: [[He will be with you by noon]].
            09:05 promise-made due 12:00: He will be with you by noon
            15:00 now
            """,
            # Kept, but too late.
            """
            09:05 agent: [[He will be with you by noon]].
            09:05 promise-made due 12:00: He will be with you by noon
            14:00 promise-kept: He will be with you by noon
            15:00 now
            """,
        ),
        good=(
            """
            09:05 agent: He will be with you by noon.
            09:05 promise-made due 12:00: He will be with you by noon
            11:40 promise-kept: He will be with you by noon
            15:00 now
            """,
            # Not due yet.
            """
            09:05 agent: He will be with you by noon.
            09:05 promise-made due 12:00: He will be with you by noon
            11:00 now
            """,
            # Moved with a word to the customer, in time.
            """
            09:05 agent: He will be with you by noon.
            09:05 promise-made due 12:00: He will be with you by noon
            11:00 promise-moved due 17:00: He will be with you by noon
            15:00 now
            """,
        ),
    ),
)
