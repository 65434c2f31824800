"""What two things mean together: a refusal with no way on, a question with no answer, help taken with no thanks.

A linear model adds up what it sees; it cannot see that one thing stands without another. These numbers say so, each
in [0, 1] and with a name of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_PUTS_RIGHT: Final = ("remedy", "offer", "help-along", "ownership", "callback")
_WAY_ON: Final = (*_PUTS_RIGHT, "undertaking", "action")
_DECIDED: Final = ("remedy", "refusal", "rule-cited", "offer", "undertaking")
_ANSWERS: Final = {
    "asks-refund": _DECIDED,
    "asks-replacement": _DECIDED,
    "asks-repair": (*_DECIDED, "time-given"),
    "asks-cancel": ("remedy", "refusal", "rule-cited", "undertaking", "action", "answer", "help-along"),
    "asks-when": ("time-given", "vague-time", "undertaking", "action", "refusal"),
    "asks-why": ("explanation", "admission", "not-our-fault", "excuse-reason", "customer-fault", "rule-cited"),
    "asks-how": ("answer", "help-along", "homework", "refusal", "explanation", "offer", "rule-cited"),
    "asks-price": ("answer", "explanation", "admission", "remedy"),
    "wants-person": ("ownership", "callback", "handed-away", "undertaking"),
    "wants-call": ("callback", "undertaking"),
}


def together(seen: Mapping[str, float]) -> dict[str, float]:
    """Return what pairs of the numbers that are weighed mean together."""

    def says(*kinds: str) -> float:
        return max(seen[f"says {kind}"] for kind in kinds)

    def asked(*kinds: str) -> float:
        return max(seen[f"asked {kind}"] for kind in kinds)

    way, right = says(*_WAY_ON), says(*_PUTS_RIGHT)
    sorry = max(says("apology", "acknowledgement"), seen["earlier apology"])
    warm = max(sorry, says("personal-word", "praise-complaint"))
    given = asked("gave-data", "datum", "proof")
    open_ones = {f"unanswered {asks}": asked(asks) * (1 - says(*answers)) for asks, answers in _ANSWERS.items()}
    answered = max(way, says("answer", "explanation", "refusal", "time-given"))
    return open_ones | {
        "unanswered": max(open_ones.values()),
        "asked and no answer at all": max(seen["customer asks"], asked(*_ANSWERS)) * (1 - answered),
        "refusal without a way on": says("refusal") * (1 - way),
        "refusal without an offer": says("refusal") * (1 - says("remedy", "offer")),
        "rule without a way round": says("rule-cited") * (1 - right),
        "shrug without a way on": says("shrug") * (1 - way),
        "admission without sorry": says("admission") * (1 - sorry),
        "trouble without a warm word": seen["troubled"] * seen["first answer"] * (1 - warm),
        "remedy without sorry": seen["troubled"] * says("remedy") * (1 - sorry),
        "later without sorry": (1 - seen["first answer"]) * (1 - sorry),
        "demand without please": says("demand") * (1 - says("please")),
        "given without thanks": asked("gave-data", "proof") * (1 - says("thanks")),
        "given and asked for": given * says("demand", "question-for-case"),
        "says nothing": 1 - max(sure for name, sure in seen.items() if name.startswith("says ") and name not in _FORMS),
        "seems worst": max(sure for name, sure in seen.items() if name.startswith("seems ")),
    }


_FORMS: Final = frozenset({"says greeting", "says farewell", "says shouting"})
