"""A long-standing or high-value customer was handled with no sign of being known."""

from collections.abc import Iterator

from amends.engine import languages
from amends.engine.failings.course import Course
from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import MATTERS, Moment
from amends.engine.findings import Evidence
from amends.engine.languages.wording import N_

_KNOWN = ("recognition", "personal-word")
_HANDLED = 2  # replies after which the customer has been handled, ended or not


def detect(moment: Moment) -> Iterator[Evidence]:
    """Yield the first reply to a loyal customer, when no reply showed that they are known."""
    course = Course.of(moment)
    replies = [step for step in course.steps if step.turn is not None and step.by_agent]
    read = [step for step in replies if step.turn is not None and languages.is_known(step.turn.language)]
    ended = any(step.is_a("content", "closed") for step in course.happened)
    if not replies or len(read) < len(replies) or len(replies) < (1 if ended else _HANDLED):
        return  # what nobody can read may have been the warmest word
    spoiled = any(step.is_a("remedy") for step in course.happened)  # something was given, and not only said
    known = any(step.turn and step.turn.has(*_KNOWN, at_least=MATTERS) for step in read)
    if _loyal(course) and not (spoiled or known):
        yield course.show(read[0], 0.7)


def _loyal(course: Course) -> bool:
    """Whether they have been with us for long, or spend much in a year."""
    facts, limits = course.facts, course.limits
    if facts.since is not None:
        day = course.now.astimezone(course.calendar.zone).date()
        years = day.year - facts.since.year - ((day.month, day.day) < (facts.since.month, facts.since.day))
        if years >= limits.loyal_years:
            return True
    value = dict(limits.loyal_value).get(facts.currency)
    return value is not None and facts.yearly_value is not None and facts.yearly_value >= value


FAILING = Failing(
    id="unrecognised-loyalty",
    status="preview",  # it is the absence of words that shows it, and warm words are never all known
    title=N_("Loyalty not seen"),
    hurts=N_("After years with us they were treated like anybody; next time they may as well be somebody else's."),
    instead=N_("Let them feel that you know them: how long they have been here, and that you value it."),
    claims=("S0.0", "S1.10"),
    detect=detect,
    seen="events",
    examples=Examples(
        bad=(
            """
            since: 2015-04-01
            09:00 customer: My internet is slow since Monday.
            09:10 agent: [[I am sorry to hear that]]. Which lights are on?
            09:20 customer: The green one.
            09:30 agent: Thank you. A technician comes tomorrow at ten.
            """,
            # By what they spend.
            """
            value: 7300 USD
            09:00 customer: The milk is wrong again.
            09:10 agent: [[I am sorry]]. A new one is on its way.
            09:20 closed
            """,
        ),
        good=(
            """
            since: 2015-04-01
            09:00 customer: My internet is slow since Monday.
            09:10 agent: I am sorry. {{You have been with us for eleven years.}} Which lights are on?
            09:20 customer: The green one.
            09:30 agent: Thank you. A technician comes tomorrow at ten.
            """,
            # Spoiled a little.
            """
            since: 2015-04-01
            09:00 customer: My internet is slow since Monday.
            09:10 agent: I am sorry to hear that. A technician comes tomorrow at ten.
            {{09:15 remedy: a month for free}}
            09:20 closed
            """,
            # A new customer.
            """
            since: {{2025-10-01|2015-10-01}}
            09:00 customer: My internet is slow since Monday.
            09:10 agent: I am sorry to hear that. A technician comes tomorrow at ten.
            09:20 closed
            """,
            # It has only begun.
            """
            since: 2015-04-01
            09:00 customer: My internet is slow since Monday.
            09:10 agent: I am sorry to hear that. Which lights are on?
            {{09:20 now|09:20 content}}
            """,
            """
            value: {{730|7300}} USD
            09:00 customer: The milk is wrong again.
            09:10 agent: I am sorry. A new one is on its way.
            09:20 closed
            """,
        ),
    ),
)
