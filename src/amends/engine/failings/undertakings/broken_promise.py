"""A promise's time passed without its being done."""

from collections.abc import Iterator

from amends.engine.failings.course import Course
from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_
from amends.engine.promises.ledger import Entry, ledger


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield each promise that the ledger has as broken at the moment of looking."""
    course = Course.of(moment)
    places = {id(step.event): step for step in course.happened}
    events = [step.event for step in course.happened if step.event is not None]
    for entry in ledger(events, as_of=course.now):
        if entry.standing == "broken":
            yield _in_words(course, entry) or course.tell(places[id(entry.made)], 0.95)


def _in_words(course: Course, entry: Entry) -> Evidence | None:
    """Point at the promise's own words in the turn that made it."""
    for turn in reversed(course.turns):
        start = turn.turn.text.find(entry.words) if entry.words.strip() and turn.by == "agent" else -1
        said = course.moment(turn.turn.at)
        if start >= 0 and (said is None or said <= entry.made.at):
            end = start + len(entry.words)
            return Evidence(turn=turn.index, start=start, end=end, confidence=0.95, words=entry.words)
    return None


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
            {{11:40 promise-kept: He will be with you by noon}}
            15:00 now
            """,
            # Not due yet.
            """
            09:05 agent: He will be with you by noon.
            09:05 promise-made due 12:00: He will be with you by noon
            {{11:00|13:00}} now
            """,
            # Moved with a word to the customer, in time.
            """
            09:05 agent: He will be with you by noon.
            09:05 promise-made due 12:00: He will be with you by noon
            {{11:00|14:00}} promise-moved due 17:00: He will be with you by noon
            15:00 now
            """,
            # The customer needs it no more.
            """
            09:05 agent: He will be with you by noon.
            09:05 promise-made due 12:00: He will be with you by noon
            {{10:00 promise-withdrawn: He will be with you by noon}}
            15:00 now
            """,
        ),
    ),
)
