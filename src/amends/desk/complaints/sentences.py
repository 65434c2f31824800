"""What happened, as one line for a reader; times stand beside the line, in the reader's own calendar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from amends.desk.complaints.models import EventKind
from amends.desk.web import wording
from amends.engine.languages import figures

Names = Mapping[int, str]

SAYINGS: Final[Mapping[str, object]] = {
    EventKind.RECEIVED: _("The complaint arrived"),
    EventKind.OWNER_TAKEN: _("%(agent)s owns it"),
    EventKind.CALLED: _("%(agent)s spoke with the customer"),
    EventKind.HANDED_OVER: _("%(to)s owns it now: %(reason)s"),
    EventKind.COMPANION: _("%(agent)s brought in %(expert)s"),
    EventKind.PAUSED: _("%(agent)s took five"),
    EventKind.CAME_BACK: _("%(agent)s is back"),
    EventKind.CALL_PROPOSED: _("%(agent)s offered the customer times for a call"),
    EventKind.CALL_BOOKED: _("The customer chose a time for the call"),
    EventKind.TAKEOVER_ASKED: _("%(agent)s asked %(to)s to take over: %(reason)s"),
    EventKind.TAKEOVER_DECLINED: _("%(agent)s cannot take over now; the owner stays"),
    EventKind.MANAGER_RUNG: _("%(to)s was rung, for the customer asks for a manager"),
    EventKind.MANAGER_CAME: _("%(agent)s comes, for whom the customer asked"),
    EventKind.WAITING_ON_THIRD_PARTY: _("Waiting on %(who)s"),
    EventKind.THIRD_PARTY_ANSWERED: _("%(who)s answered"),
    EventKind.PROMISE_MADE: _("Promised: “%(words)s”"),
    EventKind.PROMISE_KEPT: _("Promise kept: “%(words)s”"),
    EventKind.PROMISE_BROKEN: _("Promise broken: “%(words)s”"),
    EventKind.PROMISE_MOVED: _("Promise moved with the customer's yes: “%(words)s”"),
    EventKind.PROMISE_WITHDRAWN: _("Promise withdrawn with the customer's yes: “%(words)s”"),
    EventKind.REMEDY_PLANNED: _("To be put right: %(what)s"),
    EventKind.REMEDY_DROPPED: _("Not put right this way after all: %(what)s"),
    EventKind.REMEDY: _("Put right: %(what)s"),
    EventKind.OUR_FAULT: _("%(agent)s marked it as our fault: fix first, ask later"),
    EventKind.ROOM_ASKED: _("%(to)s is asked for a yes: %(what)s"),
    EventKind.ASKED_FOR_PERSON: _("The customer asks for a person"),
    EventKind.ASKED_FOR_MANAGER: _("The customer asks for a manager"),
    EventKind.ASKED_FOR_CALL: _("The customer asks for a call"),
    EventKind.CONTENT: _("The customer is content"),
    EventKind.NOT_CONTENT: _("The customer is not content"),
    EventKind.RATED: _("The customer rated the outcome %(outcome)s and the handling %(handling)s of 5"),
    EventKind.CAUSE_CONFIRMED: _("%(agent)s confirmed the cause"),
    EventKind.PLACED: _("%(agent)s noted what it is about: %(what)s"),
    EventKind.CLOSED: _("%(agent)s closed it"),
    EventKind.REOPENED: _("Open again"),
    EventKind.WARNED: _("%(to)s was reminded of a promise"),
    EventKind.UNDONE: _("%(agent)s took back what they had just done"),
    EventKind.SNOOZED: _("%(agent)s put it aside until later"),
    EventKind.WOKEN: _("Back, for its time has come"),
    EventKind.TAGGED: _("%(agent)s tagged it: %(tags)s"),
    EventKind.UNTAGGED: _("%(agent)s took a tag off: %(tags)s"),
    EventKind.LINKED: _("%(agent)s linked it with #%(other)s"),
    EventKind.UNLINKED: _("%(agent)s took the link with #%(other)s away"),
    EventKind.MERGED: _("%(agent)s merged #%(other)s into it"),
    EventKind.MERGED_INTO: _("%(agent)s merged it into #%(other)s"),
    EventKind.SPLIT: _("%(agent)s made a complaint of its own out of a part of it"),
    EventKind.SPLIT_FROM: _("%(agent)s split it from another complaint"),
    EventKind.FILLED_IN: _("%(agent)s filled in: %(what)s"),
    EventKind.ERASED: _("What named the customer was erased"),
    EventKind.CLOCK_STARTED: _("A time limit began: %(what)s"),
    EventKind.CLOCK_EXTENDED: _("A time limit was extended, and the customer told: %(what)s"),
    EventKind.PROMISE_NOTICE: _("The customer was told in advance that a promise will not be kept: “%(words)s”"),
    EventKind.FINAL_ANSWER: _("%(agent)s marked the reply as the final answer"),
}
# Said to people of ours; of a letter that did not come through, since the customer may not have our words.
WARNINGS: Final[Mapping[str, object]] = {
    "promise-broken": _("%(to)s was told that a promise broke"),
    "mention": _("%(to)s was mentioned in a note"),
    "clock-due": _("%(to)s was reminded of a time limit"),
    "clock-missed": _("%(to)s was told that a time limit has passed"),
    "later-stopped": _("A reply of %(to)s that was to leave later was stopped, for something new was said"),
    "mail-failed": _("A letter could not be sent: the customer does not have it"),
    "mail-maybe-sent": _("The line broke while a letter was sent: the customer may not have it"),
    "mail-returned": _("A letter came back: the customer does not have it"),
}
NOT_OUR_FAULT = _("%(agent)s took back that it is our fault")
NOBODY_SAID_YES = _("Nobody has answered the request yet: %(what)s")
ROOM: Final[Mapping[str, object]] = {
    "agreed": _("%(agent)s said yes: %(what)s"),
    "refused": _("%(agent)s said no: %(what)s"),
    "withdrawn": _("The request for a yes was taken back: %(what)s"),
}
OUTSIDE: Final[Mapping[str, object]] = {
    "news": _("A word from %(who)s"),
    "yes": _("%(who)s said yes"),
    "no": _("%(who)s said no"),
}
SPOKE: Final[Mapping[tuple[bool, bool], object]] = {  # by whether it was a visit, and with somebody else
    (False, False): SAYINGS[EventKind.CALLED],
    (False, True): _("%(agent)s spoke with %(with)s"),
    (True, False): _("%(agent)s met the customer"),
    (True, True): _("%(agent)s met %(with)s"),
}
SPOKE_WITH_ANOTHER = _("%(agent)s spoke with somebody about your complaint")
CALL_AT_A_NUMBER = _("The customer asks for a call: %(phone)s")
RECORDED_AS_CONTENT = _("%(agent)s recorded that the customer is content")
TAKEN_BACK: Final[Mapping[str, object]] = {
    EventKind.HANDED_OVER: _("%(agent)s took the hand-over back"),
    EventKind.PAUSED: _("%(agent)s took the pause back"),
    EventKind.CLOSED: _("%(agent)s opened it again at once: closing it was a slip"),
    EventKind.SNOOZED: _("%(agent)s put it back in the list"),
    EventKind.WOKEN: _("%(agent)s put it aside again"),
    EventKind.TAGGED: _("%(agent)s took back tagging it"),
    EventKind.UNTAGGED: _("%(agent)s put the tag on again"),
    EventKind.MERGED: _("%(agent)s took #%(other)s out of it again"),
    EventKind.MERGED_INTO: _("%(agent)s took it out of the other complaint again"),
    EventKind.SPLIT: _("%(agent)s put back what had become #%(other)s"),
    EventKind.FILLED_IN: _("%(agent)s took back what had come along in fields"),
    EventKind.LINKED: _("%(agent)s took linking it back"),
    EventKind.UNLINKED: _("%(agent)s linked it again"),
    EventKind.WAITING_ON_THIRD_PARTY: _("%(agent)s took back that we wait here for somebody outside"),
}
# How this complaint stands to the other one.
LINKS: Final[Mapping[str, object]] = {
    "part-of": _("%(agent)s linked it: it belongs to #%(other)s"),
    "holds": _("%(agent)s linked it: #%(other)s belongs to it"),
    "same-cause": _("%(agent)s linked it: it has the same cause as #%(other)s"),
}
# Said by what one entry of the data is, where there is a saying for it.
TICKS: Final[Mapping[str, object]] = {
    "on": _("%(agent)s ticked off: %(what)s"),
    "off": _("%(agent)s took the tick away: %(what)s"),
}
VARIANTS: Final[Mapping[str, tuple[str, Mapping[str, object]]]] = {
    EventKind.WARNED: ("about", WARNINGS),
    EventKind.THIRD_PARTY_ANSWERED: ("answer", OUTSIDE),
    EventKind.UNDONE: ("kind", TAKEN_BACK),
    EventKind.LINKED: ("how", LINKS),
    EventKind.FILLED_IN: ("tick", TICKS),
}
CLOSED_FOR_A_REASON = _("%(agent)s closed it: %(reason)s")
ABOUT_NOTHING_LISTED = _("%(agent)s noted that it is about no product or branch of the lists")
OWNS_IT_NOW = _("%(to)s owns it now")
ASIDE_PAST_A_TIME = _("%(agent)s put it aside until later, knowing what falls due before")
BROUGHT_BACK = _("%(agent)s put it back in the list")
NEEDS_LONGER = _("%(agent)s needs a little longer")
MOVED_BY_A_WORD = _("Promise moved, and the customer told in time: “%(words)s”")
ASKED_FOR_SOMEBODY = _("The customer asks for %(expert)s")
A_THIRD_PARTY = _("a third party")
# The kinds of remedies/models.py, which lies above this room.
REMEDIES: Final[Mapping[str, object]] = {
    "replacement": _("replacement"),
    "refund": _("refund"),
    "discount": _("discount"),
    "credit": _("store credit"),
    "other-service": _("another service"),
    "repair": _("repair"),
    "apology-call": _("apology call"),
    "gift": _("gift"),
}
# The customer hears who is on it, and not why it went from one person to another.
TO_CUSTOMER: Final[Mapping[str, object]] = {
    **SAYINGS,
    EventKind.RECEIVED: _("We have your complaint"),
    EventKind.OWNER_TAKEN: _("%(agent)s is on it and stays until you are content"),
    EventKind.CALLED: _("%(agent)s spoke with you"),
    EventKind.HANDED_OVER: _("%(to)s is on it now and stays until you are content"),
    EventKind.CALL_PROPOSED: _("%(agent)s offered you times for a call"),
    EventKind.CALL_BOOKED: _("You chose a time for the call"),
    EventKind.MANAGER_CAME: _("%(agent)s has read your complaint and comes"),
    EventKind.PROMISE_MOVED: _("Promise moved, as agreed with you: “%(words)s”"),
    EventKind.PROMISE_WITHDRAWN: _("Promise withdrawn, as agreed with you: “%(words)s”"),
    EventKind.ASKED_FOR_PERSON: _("You asked for a person"),
    EventKind.ASKED_FOR_MANAGER: _("You asked for a manager"),
    EventKind.ASKED_FOR_CALL: _("You asked for a call"),
    EventKind.CONTENT: _("You are content"),
    EventKind.NOT_CONTENT: _("You are not content"),
    EventKind.RATED: _("Thank you for telling us how it was"),
    EventKind.MERGED_INTO: _("It goes on together with another complaint of yours"),
    EventKind.CLOSED: _("Closed; write any time and it opens again"),
}


NOT_ANSWERED: Final = _("%(to)s did not answer in time; the owner stays")

# Said otherwise where this holds of who did it and of the data.
OTHERWISE: Final[Mapping[str, tuple[Callable[[str, Mapping[str, Any]], bool], object]]] = {
    EventKind.HANDED_OVER: (lambda _agent, data: not data.get("reason"), OWNS_IT_NOW),
    EventKind.CLOSED: (lambda _agent, data: bool(data.get("reason")), CLOSED_FOR_A_REASON),
    EventKind.OUR_FAULT: (lambda _agent, data: not data.get("on"), NOT_OUR_FAULT),
    EventKind.ROOM_ASKED: (lambda _agent, data: not data.get("to"), NOBODY_SAID_YES),
    EventKind.TAKEOVER_DECLINED: (lambda _agent, data: bool(data.get("lapsed")), NOT_ANSWERED),
    EventKind.PAUSED: (lambda _agent, data: data.get("rule") == "longer", NEEDS_LONGER),
    EventKind.SNOOZED: (lambda _agent, data: bool(data.get("past")), ASIDE_PAST_A_TIME),
    EventKind.WOKEN: (lambda agent, _data: bool(agent), BROUGHT_BACK),
    EventKind.PROMISE_MOVED: (lambda _agent, data: bool(data.get("notice")), MOVED_BY_A_WORD),
    EventKind.ASKED_FOR_PERSON: (lambda _agent, data: bool(data.get("agent")), ASKED_FOR_SOMEBODY),
    EventKind.ASKED_FOR_CALL: (lambda _agent, data: bool(data.get("phone")), CALL_AT_A_NUMBER),
    EventKind.PLACED: (lambda _agent, data: not data.get("product") and not data.get("branch"), ABOUT_NOTHING_LISTED),
    EventKind.CONTENT: (lambda agent, _data: bool(agent), RECORDED_AS_CONTENT),
}


def sentence(*, kind: str, agent: str, data: Mapping[str, Any], names: Names, for_customer: bool = False) -> str:
    """Say in one sentence what an event was, to an agent or to the customer; empty for plain messages."""
    saying = _to_customer(kind, data) if for_customer else _to_agent(kind, agent, data)
    if saying is None:
        return ""
    values = {
        "agent": wording.apart(agent),
        "to": wording.apart(_name(names, data.get("to"))),
        "expert": wording.apart(_name(names, data.get("agent"))),
        "reason": wording.apart(data.get("reason", "")),
        "who": wording.apart(data.get("who") or A_THIRD_PARTY),
        "words": wording.apart(data.get("words") or "…"),
        "what": wording.apart(_called(data) or data.get("what") or REMEDIES.get(str(data.get("kind")), "…")),
        "phone": wording.apart(data.get("phone", "")),
        "with": wording.apart(data.get("with", "")),
        "tags": wording.listed_for_reader([wording.apart(name) for name in data.get("names") or ["…"]]),
        "other": wording.digits_of_reader(data.get("number", "…")),
        "outcome": _digits(data.get("outcome", "–")),
        "handling": _digits(data.get("handling", "–")),
    }
    told = str(saying) % values
    if kind == EventKind.CALLED and not for_customer:
        return wording.listed_for_reader([told, *_how_long(data)])
    return told


def _how_long(data: Mapping[str, Any]) -> list[str]:
    """How long a call or a visit lasted, and how long of it the customer was on hold, where that was counted."""
    language = (get_language() or "en").split("-")[0]
    found = [wording.in_minutes(data["seconds"], language=language)] if data.get("seconds") else []
    if holds := data.get("holds"):
        times = ngettext("%(time)s on hold", "%(time)s on hold, in %(count)s parts", len(holds))
        waited = wording.in_minutes(sum(holds), language=language)
        found.append(times % {"time": waited, "count": wording.digits_of_reader(len(holds))})
    return found


def _to_customer(kind: str, data: Mapping[str, Any]) -> object | None:
    if kind == EventKind.CALLED and data.get("with"):  # the name is how an agent noted it
        return SPOKE_WITH_ANOTHER
    return TO_CUSTOMER.get(kind)


def _to_agent(kind: str, agent: str, data: Mapping[str, Any]) -> object | None:
    if kind in VARIANTS:
        name, sayings = VARIANTS[kind]
        return sayings.get(str(data.get(name)), SAYINGS[kind])
    if kind == EventKind.CALLED:
        return SPOKE[data.get("way") == "visit", bool(data.get("with"))]
    if kind == EventKind.ROOM_ANSWERED:
        return ROOM.get(str(data.get("answer")))
    if kind in OTHERWISE and OTHERWISE[kind][0](agent, data):
        return OTHERWISE[kind][1]
    return SAYINGS.get(kind)


def _called(data: Mapping[str, Any]) -> str:
    """What it is called in the reader's language, where the event holds it in each."""
    return str(data.get("called", {}).get((get_language() or "en").split("-")[0], ""))


def _digits(value: object) -> str:
    """A mark of one to five in the reader's digits; what is none stays as it is."""
    language = (get_language() or "en").split("-")[0]
    return figures.number(value, language=language) if isinstance(value, int) else str(value)


def _name(names: Names, pk: object) -> str:
    return names.get(int(str(pk)), "") if pk not in {None, ""} else ""
