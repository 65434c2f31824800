"""The customer's name or address is written differently from the record."""

from collections.abc import Iterator

from amends.engine.failings.failing import Examples, Failing
from amends.engine.failings.moment import Moment
from amends.engine.failings.names import misnamed
from amends.engine.findings import Evidence
from amends.engine.languages import get
from amends.engine.languages.wording import N_

_AGAINST_THE_RECORD = 0.6


def detect(moment: Moment) -> Iterator[Evidence]:
    """
    Yield names, titles and addresses that are nearly, or not at all, the record's.

    Where the record is plainly contradicted, nothing that stands around it makes the name any righter.
    """
    heard = tuple(turn.turn.text for turn in moment.customer)
    language = get(moment.reply.language)
    for start, end, confidence in misnamed(moment.reply.turn.text, moment.facts, heard=heard, language=language):
        yield moment.point(start, end, confidence, plain=confidence >= _AGAINST_THE_RECORD)


FAILING = Failing(
    id="wrong-name",
    status="stable",
    title=N_("Wrong name"),
    hurts=N_("Nothing says 'we do not know you' as clearly as a wrong name."),
    instead=N_("Write the name and the title exactly as the customer's record has them."),
    claims=("S2.6",),
    detect=detect,
    examples=Examples(
        bad=(
            # A wrong letter.
            """
            name: Anna Johnson
            customer: My order is late.
            agent: Dear [[Ms Jonson]], I am sorry about that.
            """,
            # Another person.
            """
            name: Anna Johnson
            customer: My order is late.
            agent: Dear [[Peter]], I am sorry about that.
            """,
            # Another person, spoken to further on.
            """
            name: Anna Johnson
            customer: My order is late.
            agent: I am sorry about that. It leaves today, [[Mr Whitaker]].
            """,
            # The wrong title.
            """
            name: Anna Johnson
            honorific: Ms
            customer: My order is late.
            agent: Dear [[Mr Johnson]], I am sorry about that.
            """,
            # Name and street swapped.
            """
            name: Anna Johnson
            address: 5 Jackson Street
            customer: My order is late.
            agent: Dear [[Ms Jackson]], I am sorry about that.
            """,
        ),
        good=(
            """
            name: Zoë Johnson
            honorific: Ms
            customer: My order is late.
            agent: Dear Ms Johnson, I am sorry. Mr Peters of our shop is packing it, Zoe.
            """,
            """
            name: Anna Johnson
            customer: My order is late.
            agent: I am sorry about that. Mr Whitaker is packing it now.
            """,
            """
            name: Anna Johnson
            customer: My order is late.
            agent: Hello there, I am sorry about that.
            """,
        ),
    ),
)
