"""Who may open what: every address of the desk against every role and against a stranger.

An address that is not in the matrix fails the test, so that nobody adds one without saying who it is for. What a role
may not open says no to looking and to acting alike, whatever number stands in the address.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver

from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Agent, Role, Team

# Rights are of the program and not of the database: they are looked at once.
pytestmark = pytest.mark.skipif("DATABASE_URL" in os.environ, reason="seen on SQLite")

# For everybody.
OPEN: Final = """
    portal:home portal:complain portal:lost people:first-run people:sign-in people:sign-in-as-example
    people:sign-out people:forgotten people:logo web:language web:manifest web:worker web:offline
    api:docs api:document portal:chat portal:chat-widget
    portal:chat-standing portal:chat-begin portal:chat-leave people:second-step people:go-there people:came-back
"""
# For who holds the key in the address.
BY_KEY: Final = """
    portal:follow portal:write portal:ask portal:ask-again portal:book portal:content portal:not-content
    portal:rate portal:file people:new-password promise-feed room-by-mail portal:chat-said portal:chat-say
    mail-hook letters-hook
    portal:chat-here portal:chat-mail portal:chat-call portal:chat-end portal:chat-events
    portal:chat-add portal:chat-file
"""
# For programs with a token; a session of the desk is none.
BY_TOKEN: Final = """
    api:check api:list_complaints api:open_complaint api:read_complaint api:list_people api:reply api:note
    api:hand_over api:say_content api:close api:read_cause api:confirm_cause api:list_promises api:add_promise
    api:open_promises api:keep_promise api:move_promise api:withdraw_promise api:list_remedies api:put_right
    api:log_call api:wait api:list_waits api:third_party_answered api:tag api:list_tags api:untag
    api:list_files api:read_file api:ask_colleague api:put_aside_until api:bring_back api:list_links api:link
    api:unlink api:fill_in api:customer_writes api:customer_asks api:say_not_content api:rate api:list_letters
    api:send_again api:reply_later api:take_back
    api:take_in_calls api:finish_remedy api:drop_remedy api:find_customers api:read_customer api:correct
    api:list_parts api:merge api:split api:take_apart api:list_records api:join_records api:part_records
    api:list_call_times api:offer_call api:book_call api:list_law_letters api:send_law_letter api:hand_over_all
    api:list_figures api:money_figures api:own_figures api:figure_table api:behind_figure api:figures
    api:list_alarms api:read_alarm api:hear_alarm api:list_reports api:run_report api:stop_report api:go_on_report
    api:read_paper api:paper_now api:list_improvements api:read_improvement api:behind_improvement
    api:act_improvement api:list_themes api:name_theme api:put_away_theme api:change_theme api:merge_theme
    api:forget_learned api:change_improvement api:write_improvement api:keep_own_figures api:save_report
    api:list_pins api:pin api:unpin api:read_about api:say_about api:say_whose_fault api:read_because
    api:say_because api:next_word api:give_notice api:coach api:read_apology api:read_heat api:undo
    api:list_limits api:start_limit api:read_why api:mark_final_answer api:put_into_group api:asked_of_me
    api:answer_takeover api:take_back_hand_over api:asks_for_manager api:call_off api:come api:same_person_again
    api:list_requests api:answer_request api:take_back_request api:propose_hold api:hold api:read_me
    api:change_me api:list_notices api:wish_by_mail api:see_notices api:read_marks api:mark api:read_draft
    api:keep_draft api:add_to_draft api:take_from_draft api:list_views api:keep_view api:drop_view
    api:list_feeds api:close_feed api:read_rest api:say_presence api:take_five api:rest_longer api:come_back
    api:read_load api:list_loads api:read_load_of api:read_rota api:change_rota api:read_training
    api:choose_path api:read_drill api:begin_drill api:read_try api:answer_drill api:try_again api:show_try
    api:list_shown api:read_shown api:give_opinions
    api:list_set_up_teams api:make_team api:change_team api:list_set_up_calendars api:make_calendar
    api:change_calendar api:holidays_calendar api:list_set_up_products api:make_product api:change_product
    api:retire_product api:use_again_product api:list_set_up_branches api:make_branch api:change_branch
    api:retire_branch api:use_again_branch api:list_set_up_tags api:change_tag api:merge_tag api:retire_tag
    api:use_again_tag api:list_set_up_fields api:make_field api:change_field api:retire_field api:use_again_field
    api:list_set_up_people api:make_person api:change_person api:let_out_person api:let_back_in_person
    api:new_password_person api:reset_second_factor_person api:end_sessions_person api:list_set_up_roles
    api:make_role api:change_role api:remove_role api:list_set_up_rules api:make_rule api:change_rule
    api:let_stay_rule api:retire_rule api:list_set_up_allowances api:make_allowance api:remove_allowance
    api:list_set_up_time_limits api:make_time_limit api:remove_time_limit api:list_set_up_groups api:make_group
    api:list_set_up_mailboxes api:make_mailbox api:change_mailbox api:open_mailbox api:close_mailbox
    api:list_set_up_webhooks api:make_webhook api:change_webhook api:remove_webhook api:try_webhook
    api:switch_off_webhook api:switch_on_webhook api:list_set_up_remedy_webhooks api:make_remedy_webhook
    api:switch_off_remedy_webhook api:switch_on_remedy_webhook api:read_set_up_limits api:change_set_up_limits
    api:read_set_up_face api:change_set_up_face api:read_set_up_two_factors api:change_set_up_two_factors
    api:read_set_up_at_once api:change_set_up_at_once api:read_set_up_ground api:change_set_up_ground
    api:read_set_up_second_reader api:change_set_up_second_reader api:read_set_up_free_words
    api:change_set_up_free_words api:try_mailbox api:read_mailbox_health api:read_webhook_log api:send_webhook_again
    api:read_remedy_webhook_log api:send_remedy_webhook_again api:list_tokens api:end_token api:list_arrivals
    api:retry_arrival api:read_work api:work_again api:list_bent_rules api:list_laws api:read_law api:change_law
    api:read_set_up_jargon api:change_set_up_jargon api:list_set_up_answers api:make_answer api:change_answer
    api:remove_answer
    /api/<path:rest> /api/
"""
# For everybody who works here; what they may do there with whose complaint, each room's own tests see.
AGENTS: Final = """
    people:reader people:factor people:set-up-factor people:passkey people:drop-key people:sessions
    people:presence people:change-password programs:mine programs:end-mine
    workplace:inbox workplace:list workplace:narrow
    workplace:drop-view workplace:counts workplace:together workplace:undo workplace:palette workplace:live
    workplace:new workplace:hand-over-people workplace:file workplace:complaint workplace:now
    /desk/<int:number>/sheet/put-right/ /desk/<int:number>/sheet/take-five/ /desk/<int:number>/sheet/hand-over/
    workplace:merge workplace:split workplace:apart workplace:beside workplace:fill-in workplace:tick
    workplace:snooze workplace:tag workplace:link workplace:sheet workplace:untag workplace:unlink
    workplace:one-person workplace:two-people workplace:raw workplace:pin workplace:unpin
    workplace:letter workplace:letter-inside
    workplace:here workplace:present workplace:gone workplace:tags workplace:bring-back workplace:reply
    workplace:later workplace:take-back-later workplace:note workplace:mention workplace:draft workplace:put-right
    workplace:draft-files workplace:draft-file workplace:draft-file-off workplace:preview
    workplace:remedy-done workplace:tell workplace:hold workplace:request-back workplace:our-fault
    workplace:because workplace:bring-in workplace:hand-over workplace:call workplace:take-five
    workplace:third-party workplace:content workplace:close workplace:extend workplace:law-letter
    workplace:resend workplace:keep workplace:move workplace:withdraw workplace:notice workplace:promise
    workplace:outside workplace:outside-word workplace:outside-answered workplace:sorry workplace:cool
    workplace:heat workplace:one-page workplace:rest-words workplace:offer-call workplace:book
    workplace:wants-manager workplace:call-off workplace:again workplace:asked-of-me workplace:back
    workplace:longer workplace:takeover workplace:come workplace:load workplace:load-team workplace:rota
    coaching:read coaching:course clocks:limits clocks:law clocks:pane clocks:final-answer clocks:start
    clocks:group clocks:why promises:board promises:feeds promises:revoke notices:told notices:wish answers:page
    answers:new answers:write answers:remove answers:menu third_parties:page remedies:to-do remedies:finish
    remedies:requests remedies:answer remedies:rules remedies:rule improvements:cause improvements:about
    improvements:causes
    improving:board improving:one improving:change improving:act improving:behind insight:hurts insight:causes
    insight:times insight:over-time insight:report insight:report-paper
    insight:table insight:word insight:satisfaction insight:lost insight:money insight:alarms insight:alarm
    insight:behind
    academy:home academy:path academy:drill academy:attempt academy:again academy:show academy:shown
    academy:opinion academy:coverage academy:effect academy:certificate academy:badge
"""
# For who leads the person in the address alone.
LED_ALONE: Final = "workplace:load-of"
# For who leads the person in the address, and for administrators.
LED: Final = "workplace:hand-over-all"
# For service quality and administrators.
QUALITY: Final = "coaching:jargon"
# For leads, service quality and administrators.
LEADS: Final = """
    academy:own academy:own-download-all academy:own-find academy:own-make academy:own-version academy:own-edit
    academy:own-download academy:own-aside improving:new improving:themes remedies:new-rule remedies:edit-rule
    remedies:settle-rule insight:own insight:reports insight:saved-report
"""
ADMINISTRATORS: Final = """
    people:everybody people:face people:at-once people:let-in people:person people:let-out people:password-link
    people:limits people:reset-factor people:take-key people:end-sessions people:factor-demands people:roles
    people:own-role people:new-team people:team people:new-calendar people:calendar people:holidays
    coaching:second-reader coaching:try-second-reader channels:arrivals channels:raw channels:retry channels:mailboxes
    channels:new-mailbox channels:mailbox-permission channels:mailbox channels:try-mailbox
    channels:open-or-close-mailbox channels:ask-mailbox-permission channels:resend jobs:work jobs:retry
    jobs:run-soon academy:free-words academy:try-free-words
    programs:tokens programs:make-token programs:end-token programs:webhooks programs:set-up
    programs:change programs:act programs:send-again clocks:add-rule clocks:remove-rule clocks:add-group
    workplace:change-tag workplace:own-fields workplace:own-field workplace:their-data workplace:take-along
    remedies:goodwill remedies:hooks remedies:switch-hook remedies:send-again improving:lists
"""

APART: Final = frozenset({"workplace:live"})  # an open line, which never ends
NOBODY: Final = "00000000-0000-0000-0000-000000000001"


def addresses() -> dict[str, str]:
    """Every address by its name, or by its pattern where it has none; Django's administration apart."""
    return dict(_every(get_resolver().url_patterns))


def _every(patterns: list[Any], space: str = "", before: str = "") -> Iterator[tuple[str, str]]:
    for one in patterns:
        path = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield (f"{space}:{one.name}".lstrip(":") if one.name else f"/{path}"), path
        else:
            yield from _every(one.url_patterns, one.namespace or space, path)


def staff_pages() -> set[str]:
    """The addresses of Django's own administration."""
    return {name for name, path in addresses().items() if path.startswith("administration/")}


def words(matrix: str) -> frozenset[str]:
    return frozenset(matrix.split())


MATRIX: Final = {
    "open": words(OPEN),
    "key": words(BY_KEY),
    "token": words(BY_TOKEN),
    "agents": words(AGENTS),
    "led alone": words(LED_ALONE),
    "led": words(LED),
    "leads": words(LEADS),
    "quality": words(QUALITY),
    "administrators": words(ADMINISTRATORS),
}


def test_every_address_is_in_the_matrix_once() -> None:
    said = [name for names in MATRIX.values() for name in names]
    there = set(addresses()) - staff_pages()
    assert sorted(there - set(said)) == []
    assert sorted(set(said) - there) == []
    assert len(said) == len(set(said))


@pytest.fixture
def visit(
    make_complaint: Callable[..., Complaint], make_agent: Callable[..., Agent], make_team: Callable[..., Team]
) -> Callable[..., Any]:
    """`visit(client, name)`: what looking and acting come to; whatever was done is undone."""
    complaint = make_complaint(owner=make_agent(name="Somebody else", team=make_team(lead=make_agent())))
    known = {"number": str(complaint.number), "pk": str(complaint.owner_id), "event": "1", "uidb64": "MQ"}
    places = addresses()

    def one(client: Client, name: str, method: str) -> HttpResponse:
        path = re.sub(
            r"<(?:(\w+):)?(\w+)>",
            lambda part: NOBODY if part[1] == "uuid" else known.get(part[2], "a-wrong-one"),
            places[name],
        )
        with transaction.atomic():
            answer: HttpResponse = getattr(client, method)(f"/{path.replace('^', '').replace('$', '')}")
            transaction.set_rollback(True)
        return answer

    def both(client: Client, name: str, *methods: str) -> dict[str, HttpResponse]:
        return {method: one(client, name, method) for method in methods or ("get", "post")}

    return both


def is_sent_to_sign_in(answer: HttpResponse) -> bool:
    to = answer.headers.get("Location", "") + answer.headers.get("HX-Redirect", "")
    return answer.status_code in {200, 204, 302, 401} and ("/sign-in/" in to or "/administration/login/" in to)


NO: Final = frozenset({403, 404, 405})


def is_turned_away(answer: HttpResponse) -> bool:
    """Whether somebody was shown nothing and could do nothing."""
    return answer.status_code in NO or is_sent_to_sign_in(answer)


def is_of_no_use(answer: HttpResponse) -> bool:
    """Whether a wrong key opened nothing: not there, gone, or a page that asks for nothing."""
    return answer.status_code in {404, 405, 410} or (
        answer.status_code == 200 and b'type="password"' not in answer.content and b"<form method" not in answer.content
    )


def is_without_token(answer: HttpResponse) -> bool:
    return answer.status_code in {401, 404, 405}


EVERY_WAY: Final = ("get", "post", "patch", "delete")


@pytest.mark.django_db
def test_a_stranger(visit: Callable[..., Any]) -> None:
    client = Client(raise_request_exception=False)
    rooms = ("agents", "led alone", "led", "leads", "quality", "administrators")
    inside = staff_pages().union(*(MATRIX[room] for room in rooms)) - {"admin:login", "admin:logout"}
    asked = (
        (inside, ("get", "post"), is_turned_away),
        (MATRIX["key"], ("get", "post"), is_of_no_use),
        (MATRIX["token"], EVERY_WAY, is_without_token),
    )
    wrong = [
        f"{method} {name}: {answer.status_code} {answer.headers.get('Location', '')}"
        for names, methods, is_right in asked
        for name in sorted(names)
        for method, answer in visit(client, name, *methods).items()
        if not is_right(answer)
    ]
    assert not wrong, "\n".join(wrong)


REFUSED: Final = {
    Role.AGENT: MATRIX["led alone"] | MATRIX["led"] | MATRIX["leads"] | MATRIX["quality"] | MATRIX["administrators"],
    Role.LEAD: MATRIX["led alone"] | MATRIX["led"] | MATRIX["quality"] | MATRIX["administrators"],
    Role.QUALITY: MATRIX["led alone"] | MATRIX["administrators"],
    Role.ADMINISTRATOR: MATRIX["led alone"],
}
# What one role more may open than the one before.
LET_IN: Final = {
    Role.AGENT: MATRIX["agents"],
    Role.LEAD: MATRIX["leads"],
    Role.QUALITY: MATRIX["leads"] | MATRIX["quality"],
    Role.ADMINISTRATOR: MATRIX["led"] | MATRIX["leads"] | MATRIX["quality"] | MATRIX["administrators"],
}


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_a_role(role: Role, visit: Callable[..., Any], make_agent: Callable[..., Agent]) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(make_agent(role=role))
    wrong: list[str] = []
    for name in sorted(REFUSED[role]):
        found = {method: answer.status_code for method, answer in visit(client, name).items()}
        if not set(found.values()) <= NO or 403 not in found.values():
            wrong.append(f"{name}: {found}")
    for name in sorted(LET_IN[role] - APART):
        answer = visit(client, name, "get")["get"]
        if answer.status_code in {401, 403} or answer.status_code >= 500 or is_sent_to_sign_in(answer):
            wrong.append(f"get {name}: {answer.status_code}")
        if not {"private", "no-store"} & set(re.split(r"[,\s]+", answer.headers.get("Cache-Control", ""))):
            wrong.append(f"get {name}: a cache on the way may keep it")
    if role != Role.ADMINISTRATOR:
        for name in sorted(staff_pages() - {"admin:login", "admin:logout"}):
            found = visit(client, name)
            wrong += [f"{method} {name}: {one.status_code}" for method, one in found.items() if not is_turned_away(one)]
    else:
        for name in sorted(MATRIX["token"]):  # a session of the desk is no token
            if not is_without_token(answer := visit(client, name, "get")["get"]):
                wrong.append(f"get {name}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
