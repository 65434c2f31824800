"""What a notice says to the one for whom it is meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from amends.desk.complaints.models import EventKind
from amends.desk.notices.addressed import MENTIONED
from amends.desk.web import wording

LONGEST_WORDS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    words: str
    is_urgent: bool = False


# Of one's own complaint.
MINE: Final[Mapping[str, object]] = {
    "promise-due": gettext_lazy("You promised, and it falls due: “%(words)s”"),
    "promise-broken": gettext_lazy("A promise of yours broke: “%(words)s”. Write first, and begin with sorry."),
    "clock-due": gettext_lazy("A time limit of your complaint is about to end."),
    "clock-missed": gettext_lazy("A time limit of your complaint has passed."),
    "later-stopped": gettext_lazy("Your reply that was to leave later was stopped, for something new was said."),
    "mail-failed": gettext_lazy("Your letter could not be sent: the customer does not have it."),
    "mail-maybe-sent": gettext_lazy("The line broke while your letter was sent: the customer may not have it."),
    "mail-returned": gettext_lazy("Your letter came back: the customer does not have it."),
}
# Of a colleague's, for who leads them.
THEIRS: Final[Mapping[str, object]] = {
    "promise-due": gettext_lazy("A promise of %(owner)s falls due: “%(words)s”"),
    "promise-broken": gettext_lazy("A promise of %(owner)s broke: “%(words)s”"),
    "clock-due": gettext_lazy("A time limit is about to end at %(owner)s."),
    "clock-missed": gettext_lazy("A time limit has passed at %(owner)s."),
}
# Which limit it is: a complaint has several, and two of them may end in one hour.
CLOCKS: Final[Mapping[str, object]] = {
    "answer": gettext_lazy("first answer"),
    "next-word": gettext_lazy("next word"),
    "resolution": gettext_lazy("resolution"),
}
A_LAW: Final = gettext_lazy("legal time limit")
KINDS: Final[Mapping[str, object]] = {
    EventKind.HANDED_OVER: gettext_lazy("%(by)s handed this complaint over to you: %(reason)s"),
    EventKind.TAKEOVER_ASKED: gettext_lazy("%(by)s asks you to take over: %(reason)s"),
    EventKind.TAKEOVER_DECLINED: gettext_lazy("%(by)s cannot take over now; the complaint stays with you."),
    EventKind.MANAGER_RUNG: gettext_lazy("The customer asks for a manager, and it is your turn."),
    EventKind.ROOM_ASKED: gettext_lazy("%(by)s asks you for a yes: %(what)s"),
    EventKind.COMPANION: gettext_lazy("%(by)s asks you: %(question)s"),
    MENTIONED: gettext_lazy("%(by)s mentioned you in a note: %(question)s"),
    EventKind.OWNER_TAKEN: gettext_lazy("A new complaint is yours."),
    EventKind.CUSTOMER_WROTE: gettext_lazy("The customer wrote again."),
    EventKind.NOT_CONTENT: gettext_lazy("The customer is not content."),
}
ANSWERS: Final[Mapping[str, object]] = {
    "agreed": gettext_lazy("%(by)s said yes: %(what)s"),
    "refused": gettext_lazy("%(by)s said no: %(what)s"),
    "withdrawn": gettext_lazy("The request for a yes was taken back: %(what)s"),
}
URGENT: Final = frozenset({EventKind.MANAGER_RUNG, EventKind.TAKEOVER_ASKED, EventKind.NOT_CONTENT})
URGENT_WARNINGS: Final = frozenset({"promise-broken", "clock-missed", "mail-failed", "mail-returned"})


def say(
    *, kind: str, by: str, data: Mapping[str, Any], names: Mapping[int, str], owner: str, question: str = ""
) -> Saying:
    """Say a notice in the reader's language.

    :param by: who did it; empty where it was the desk itself
    :param owner: whose complaint it is; empty where it is the reader's own
    """
    about, clock = str(data.get("about", "")), str(data.get("clock") or "")
    saying: object
    if kind == EventKind.WARNED:
        saying = (THEIRS.get(about) if owner else None) or MINE.get(about) or gettext_lazy("Look at this complaint.")
    elif kind == EventKind.ROOM_ANSWERED:
        saying = ANSWERS.get(str(data.get("answer")), gettext_lazy("Your request was answered: %(what)s"))
    elif data.get("lapsed"):
        saying = gettext_lazy("%(to)s did not answer in time; the complaint stays with you.")
    else:
        saying = KINDS[kind]
    asker = by or names.get(int(data.get("from") or 0), "") or _("The desk")
    words = str(saying) % {
        "by": wording.apart(asker),
        "to": wording.apart(names.get(int(data.get("to") or 0), "")),
        "owner": wording.apart(owner),
        # It stands in quotes, and the sentence has its own full stop.
        "words": wording.apart(_short(data.get("words")).rstrip(".。")),
        "reason": wording.apart(_short(data.get("reason"))),
        "what": wording.apart(_short(data.get("what"))),
        "question": wording.apart(_short(question)),
    }
    if kind == EventKind.WARNED and clock:
        words = f"{words.rstrip('.')}: {CLOCKS.get(clock, A_LAW)}."
    return Saying(words=words, is_urgent=kind in URGENT or about in URGENT_WARNINGS)


def _short(words: object) -> str:
    """Long words are cut; those of an erased customer are gone."""
    text = " ".join(str(words or "").split())
    return (text[: LONGEST_WORDS - 1] + "…" if len(text) > LONGEST_WORDS else text) or "…"
