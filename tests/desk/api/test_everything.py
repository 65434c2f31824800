"""Everything that a page can do: every address of the desk at which something is done has its route, or a reason."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Iterator

from django.urls import URLPattern, get_resolver, resolve
from ninja import Schema

from amends.desk.api.routes import ROUTERS
from tests.desk.api import test_setting_up as setting_up
from tests.desk.api.conftest import document

# What is done at an address of the desk: the operations that do it. One that only shows is there with what it shows.
ROUTES = {
    # The list
    "workplace:inbox": "list_complaints", "workplace:list": "list_complaints",
    "workplace:narrow": "keep_view", "workplace:drop-view": "drop_view",
    "workplace:together": "mark close tag untag put_aside hand_over",
    "workplace:undo": "undo take_apart bring_back link unlink mark take_back_hand_over",
    "workplace:new": "open_complaint", "workplace:tags": "tag",
    # One complaint
    "workplace:complaint": "read_complaint", "workplace:now": "read_complaint", "workplace:file": "read_file",
    "workplace:reply": "reply", "workplace:later": "reply_later", "workplace:take-back-later": "take_later_reply_back",
    "workplace:note": "note", "workplace:call": "log_call", "workplace:bring-in": "ask_colleague",
    "workplace:pin": "pin", "workplace:unpin": "unpin", "workplace:draft": "keep_draft",
    "workplace:draft-files": "add_to_draft", "workplace:draft-file-off": "take_from_draft",
    "workplace:snooze": "put_aside", "workplace:bring-back": "bring_back", "workplace:tag": "tag",
    "workplace:untag": "untag", "workplace:link": "link", "workplace:unlink": "unlink",
    "workplace:fill-in": "fill_in", "workplace:tick": "fill_in", "workplace:merge": "merge", "workplace:split": "split",
    "workplace:apart": "take_apart", "workplace:one-person": "join_records", "workplace:two-people": "part_records",
    "workplace:content": "say_content", "workplace:close": "close", "workplace:resend": "send_again",
    "workplace:hand-over": "hand_over", "/desk/<int:number>/sheet/hand-over/": "hand_over",
    "workplace:hand-over-people": "list_people", "workplace:hand-over-all": "hand_over_all",
    "improvements:cause": "read_cause confirm_cause", "improvements:about": "say_about", "coaching:read": "coach",
    # Putting right
    "workplace:put-right": "put_right", "/desk/<int:number>/sheet/put-right/": "put_right",
    "workplace:remedy-done": "finish_remedy drop_remedy", "remedies:finish": "finish_remedy drop_remedy",
    "workplace:tell": "reply", "workplace:hold": "hold", "workplace:request-back": "take_back_request",
    "remedies:requests": "list_requests", "remedies:answer": "answer_request", "workplace:our-fault": "say_whose_fault",
    "workplace:because": "say_because", "room-by-mail": "answer_request",
    # Promises, somebody outside, time limits
    "workplace:promise": "add_promise", "workplace:keep": "keep_promise", "workplace:move": "move_promise",
    "workplace:withdraw": "withdraw_promise", "workplace:notice": "give_notice", "workplace:sorry": "read_apology",
    "promises:board": "open_promises", "promises:feeds": "list_feeds", "promises:revoke": "close_feed",
    "workplace:third-party": "wait", "workplace:outside": "list_waits", "workplace:outside-word": "next_word",
    "workplace:outside-answered": "third_party_answered",
    "workplace:extend": "send_law_letter", "workplace:law-letter": "send_law_letter", "clocks:pane": "list_limits",
    "clocks:why": "read_why", "clocks:final-answer": "mark_final_answer", "clocks:start": "start_limit",
    "clocks:group": "put_into_group",
    # When it gets hot
    "workplace:heat": "read_heat", "workplace:offer-call": "offer_call", "workplace:book": "book_call",
    "workplace:take-five": "take_five", "/desk/<int:number>/sheet/take-five/": "take_five",
    "workplace:longer": "rest_longer", "workplace:back": "come_back", "people:presence": "say_presence",
    "workplace:asked-of-me": "asked_of_me", "workplace:takeover": "answer_takeover take_back_hand_over",
    "workplace:wants-manager": "asks_for_manager", "workplace:call-off": "call_off", "workplace:come": "come",
    "workplace:again": "same_person_again", "workplace:rota": "read_rota change_rota",
    # One's own
    "people:reader": "change_me", "notices:told": "list_notices see_notices", "notices:wish": "wish_by_mail",
    "workplace:load": "read_load", "workplace:load-team": "list_loads", "workplace:load-of": "read_load_of",
    "academy:home": "read_training", "academy:path": "choose_path", "academy:drill": "read_drill begin_drill",
    "academy:attempt": "read_try answer_drill", "academy:again": "try_again", "academy:show": "show_try",
    "academy:shown": "list_shown", "academy:opinion": "read_shown give_opinions",
    # The customer's own page
    "portal:complain": "open_complaint", "portal:write": "customer_writes", "portal:ask": "customer_asks",
    "portal:ask-again": "same_person_again", "portal:book": "book_call", "portal:content": "say_content",
    "portal:not-content": "say_not_content", "portal:rate": "rate", "portal:follow": "read_complaint",
}  # fmt: skip

# What stays on its page, and why.
WITHOUT = {
    "it is drawn for a screen: what it shows is in the routes that read a complaint": """
        workplace:counts workplace:palette workplace:live workplace:raw workplace:letter
        workplace:letter-inside workplace:beside
        workplace:sheet workplace:cool workplace:one-page workplace:rest-words workplace:preview answers:menu
        third_parties:page remedies:to-do
    """,
    "it says what a browser shows at this moment": "workplace:here workplace:present workplace:gone web:language",
    "how somebody proves who they are is done by them alone, at the door": """
        people:first-run people:sign-in people:sign-in-as-example people:second-step people:sign-out people:forgotten
        people:new-password people:sessions people:factor people:set-up-factor people:passkey people:drop-key
        people:change-password
    """,
    "a customer's chat is between their window and a person: a program writes by the routes of their page": """
        portal:home portal:lost portal:chat-begin portal:chat-leave portal:chat-say portal:chat-add portal:chat-here
        portal:chat-mail portal:chat-call portal:chat-end portal:chat-events
    """,
    "programs knock there with a key of their own": "mail-hook letters-hook promise-feed",
    "who makes tokens is a person: a program never lets another one in": """
        programs:mine programs:end-mine
    """,
    "nothing of a customer is handed out or erased but by a person who knows that it cannot be undone": """
        workplace:their-data workplace:take-along
    """,
    "a person reads it first, and answers for it that nobody is known in it": """
        academy:own academy:own-download-all academy:own-find academy:own-make academy:own-version academy:own-edit
        academy:own-download academy:own-aside
    """,
    "it is a paper, or a picture of what the routes of training tell": """
        academy:certificate academy:badge academy:coverage academy:effect
    """,
}


def done_at(patterns, space="", before="") -> Iterator[str]:
    """Every address that takes more than looking; the API and Django's administration apart."""
    for one in patterns:
        path = before + str(one.pattern)
        if path.startswith(("api/", "administration/")):
            continue
        if not isinstance(one, URLPattern):
            yield from done_at(one.url_patterns, one.namespace or space, path)
        elif not is_for_looking(one.callback):
            yield f"{space}:{one.name}".lstrip(":") if one.name else f"/{path}"


def is_for_looking(view) -> bool:
    """Whether a view says (`require_GET`, `require_safe`) that nothing is done at it."""
    while view is not None:
        methods = (
            inspect.getclosurevars(view).nonlocals.get("request_method_list") if inspect.isfunction(view) else None
        )
        if methods is not None:
            return not {"POST", "PUT", "PATCH", "DELETE"} & set(methods)
        view = getattr(view, "__wrapped__", None)
    return False


def operations():
    return [one for _tag, router in ROUTERS for view in router.path_operations.values() for one in view.operations]


def test_every_act_of_a_page_has_its_route_or_stays_there_for_a_reason():
    reasons = [*WITHOUT.values(), *setting_up.WITHOUT.values()]
    said = [*ROUTES, *setting_up.ROUTES, *(name for names in reasons for name in names.split())]
    there = set(done_at(get_resolver().url_patterns))
    assert sorted(there - set(said)) == []
    assert sorted(set(said) - there) == []
    assert [name for name, count in Counter(said).items() if count > 1] == []


def test_every_route_that_is_named_is_there():
    known = {one.operation_id for one in operations()}
    assert sorted({name for names in (ROUTES | setting_up.ROUTES).values() for name in names.split()} - known) == []


def test_every_route_is_reached_at_its_own_address():
    """An address with a number in it that stands before another one would take the other's calls."""
    taken = []
    for path in document()["paths"]:
        route = resolve(re.sub(r"\{\w+\}", "1", path)).route
        if re.sub(r"<(?:\w+:)?\w+>", "1", route) != re.sub(r"\{\w+\}", "1", path).lstrip("/"):
            taken.append(f"{path}: {route}")
    assert taken == []


def test_every_shape_has_a_name_of_its_own():
    """The document tells shapes apart by name alone: of two with one name it would show one twice."""

    def below(one):
        for each in one.__subclasses__():
            yield each
            yield from below(each)

    names = Counter(one.__name__ for one in set(below(Schema)) if one.__module__.startswith("amends."))
    assert [name for name, count in names.items() if count > 1] == []
