"""Who goes first when more is asked for than can be answered.

Somebody waits for what they clicked, sent or opened. What a page asks by itself (what stands beside a conversation, the
coach while one types on, a draft that is kept) may come some seconds later, and what it asks all day long (who is
here, whether there is something new) later still. It is no rank: who has waited for so long goes before whoever comes
then, so that nothing waits for ever. Where answers are at once it changes nothing.
"""

from __future__ import annotations

import re
from typing import Final

BESIDE: Final = 5.0  # seconds
ALL_DAY: Final = 20.0

_BESIDE: Final = re.compile(
    r"""/desk/(
        \d+/(outside|cool-head|beside|heat|now|draft|draft/files)/
        | time-limits/of/\d+/ | coach/(read|course)/\d+/ | causes/\d+/
        | live/
    )$
    | /chat/[^/]+/events/$""",
    re.VERBOSE,
)
_ALL_DAY: Final = re.compile(r"/desk/(\d+/(here|present)/|gone/|counts/)$|/chat/[^/]+/here/$")
_ANEW: Final = ("/desk/list/", b"around=1")  # a list that is open draws itself anew


def patience(path: str, query: bytes = b"") -> float:
    """Return for how many seconds whoever asks for something lets others go before."""
    if path.startswith(("/desk/", "/chat/")):
        if _ALL_DAY.match(path) or (path == _ANEW[0] and _ANEW[1] in query):
            return ALL_DAY
        if _BESIDE.match(path):
            return BESIDE
    return 0.0
