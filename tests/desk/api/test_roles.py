"""Who may call what: every call that the document knows, by tokens of every role, and by one that is too narrow.

A call that is in no list fails the test, so that nobody adds one without saying who it is for. What is here for some
alone may be done at no page that others may open, and what is for everybody has a page that everybody may open.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any, Final

import pytest
from django.db import transaction

from amends.desk.api import actions
from amends.desk.api.scopes import Scope
from amends.desk.people.models import Role
from tests.desk import test_permissions as pages
from tests.desk.api import test_everything as everything
from tests.desk.api import test_setting_up as setting_up
from tests.desk.api.conftest import Program, document

# Rights are of the program and not of the database: they are looked at once.
pytestmark = pytest.mark.skipif("DATABASE_URL" in os.environ, reason="seen on SQLite")

# For everybody who works here; what they may do with whose complaint, each room's own tests see.
EVERYBODY: Final = """
    check list_complaints open_complaint read_complaint list_people reply note hand_over say_content close
    read_cause confirm_cause log_call take_in_calls list_waits wait third_party_answered list_tags tag untag
    list_files read_file ask_colleague put_aside bring_back list_links link unlink fill_in customer_writes
    customer_asks say_not_content rate list_letters send_again reply_later take_later_reply_back list_parts merge
    split take_apart list_records join_records part_records list_call_times offer_call book_call list_law_letters
    send_law_letter list_pins pin unpin read_about say_about say_whose_fault read_because say_because next_word
    give_notice coach read_apology read_heat undo list_limits start_limit read_why mark_final_answer put_into_group
    asked_of_me answer_takeover take_back_hand_over asks_for_manager call_off come same_person_again list_requests
    answer_request take_back_request propose_hold hold read_me change_me list_notices wish_by_mail see_notices
    read_marks mark read_draft keep_draft add_to_draft take_from_draft list_views keep_view drop_view list_feeds
    close_feed read_rest say_presence take_five rest_longer come_back read_load list_loads read_rota read_training
    choose_path read_drill begin_drill read_try answer_drill try_again show_try list_shown read_shown give_opinions
    list_promises add_promise open_promises keep_promise move_promise withdraw_promise list_remedies put_right
    finish_remedy drop_remedy find_customers read_customer list_alarms read_alarm read_paper paper_now list_figures
    money_figures figure_table behind_figure figures list_improvements read_improvement change_improvement
    behind_improvement act_improvement list_set_up_tags list_bent_rules list_laws read_law list_set_up_answers
    make_answer change_answer remove_answer list_set_up_rules list_set_up_time_limits list_set_up_groups
"""
# For who leads the person in the address alone.
LED_ALONE: Final = "read_load_of"
# For who leads the person in the address, and for administrators.
LED: Final = "hand_over_all"
# For service quality and administrators.
QUALITY: Final = "read_set_up_jargon change_set_up_jargon"
# For leads, service quality and administrators.
LEADS: Final = """
    change_rota hear_alarm list_reports save_report run_report stop_report go_on_report own_figures
    keep_own_figures write_improvement list_themes name_theme put_away_theme forget_learned change_theme
    merge_theme make_rule change_rule let_stay_rule retire_rule
"""
ADMINISTRATORS: Final = """
    correct_customer list_set_up_teams make_team change_team list_set_up_calendars make_calendar change_calendar
    holidays_calendar list_set_up_products make_product change_product retire_product use_again_product
    list_set_up_branches make_branch change_branch retire_branch use_again_branch change_tag merge_tag retire_tag
    use_again_tag list_set_up_fields make_field change_field retire_field use_again_field read_set_up_limits
    change_set_up_limits read_set_up_face change_set_up_face list_set_up_people make_person change_person
    let_out_person let_back_in_person new_password_person reset_second_factor_person end_sessions_person
    list_set_up_roles make_role change_role remove_role read_set_up_two_factors change_set_up_two_factors
    read_set_up_at_once change_set_up_at_once change_law list_set_up_allowances make_allowance remove_allowance
    make_time_limit remove_time_limit make_group read_set_up_ground change_set_up_ground try_mailbox
    read_mailbox_health read_webhook_log send_webhook_again read_remedy_webhook_log send_remedy_webhook_again
    list_tokens list_arrivals retry_arrival read_work work_again list_set_up_mailboxes make_mailbox change_mailbox
    open_mailbox close_mailbox list_set_up_webhooks make_webhook change_webhook remove_webhook try_webhook
    switch_off_webhook switch_on_webhook list_set_up_remedy_webhooks make_remedy_webhook switch_off_remedy_webhook
    switch_on_remedy_webhook read_set_up_second_reader change_set_up_second_reader read_set_up_free_words
    change_set_up_free_words end_token
"""
MATRIX: Final = {
    "everybody": frozenset(EVERYBODY.split()),
    "led alone": frozenset(LED_ALONE.split()),
    "led": frozenset(LED.split()),
    "quality": frozenset(QUALITY.split()),
    "leads": frozenset(LEADS.split()),
    "administrators": frozenset(ADMINISTRATORS.split()),
}
REFUSED: Final = {
    Role.AGENT: frozenset(MATRIX) - {"everybody"},
    Role.LEAD: frozenset({"led alone", "led", "quality", "administrators"}),
    Role.QUALITY: frozenset({"led alone", "led", "administrators"}),
    Role.ADMINISTRATOR: frozenset({"led alone"}),
}
# Whose page everybody may open, and where only some may do this; or that everybody may know, and only some may change.
PARTLY: Final = frozenset({"change_law", "change_rota", "hear_alarm", "list_set_up_tags"})
# What one role more may do than the one before.
LET_IN: Final = {
    Role.AGENT: frozenset({"everybody"}),
    Role.LEAD: frozenset({"leads"}),
    Role.QUALITY: frozenset({"leads", "quality"}),
    Role.ADMINISTRATOR: frozenset({"led", "leads", "quality", "administrators"}),
}


def operations() -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Every call of the document by its name: how, where, and what is said of it."""
    return {
        told["operationId"]: (method.upper(), path.removeprefix("/api/"), told)
        for path, methods in document()["paths"].items()
        for method, told in methods.items()
    }


def made_up(shape: dict[str, Any]) -> Any:
    """Make up the least that a shape of the document allows."""
    if "$ref" in shape:
        return made_up(document()["components"]["schemas"][shape["$ref"].rpartition("/")[2]])
    if "anyOf" in shape:
        return made_up(shape["anyOf"][0])
    by_format = {"date-time": "2026-10-20T12:00:00+03:00", "date": "2026-10-20"}
    word = "TR" if "pattern" in shape else "x" * shape.get("minLength", 1)
    by_kind: dict[str, Callable[[], Any]] = {
        "object": lambda: {name: made_up(shape["properties"][name]) for name in shape.get("required", ())},
        "array": lambda: [made_up(shape["items"])] * shape.get("minItems", 0),
        "string": lambda: shape.get("enum", [by_format.get(shape.get("format", ""), word)])[0],
        "integer": lambda: shape.get("minimum", 1),
        "number": lambda: shape.get("minimum", 1),
        "boolean": lambda: True,
    }
    return shape["const"] if "const" in shape else by_kind.get(shape.get("type", ""), lambda: None)()


class Caller:
    """A program that calls by the names of the document; whatever it did is undone."""

    def __init__(self, words: str, *, number: int, pk: int) -> None:
        self.program, self.known = Program(words), {"number": str(number), "pk": str(pk)}

    def __call__(self, name: str) -> tuple[int, str]:
        """Make a call; return the status and the code of the problem."""
        method, path, told = operations()[name]
        where = re.sub(r"\{(\w+)\}", lambda part: self.known.get(part[1], "1"), path)
        asked = [one for one in told.get("parameters", ()) if one["in"] == "query" and one.get("required")]
        where += "?" + "&".join(f"{one['name']}={made_up(one['schema'])}" for one in asked)
        body = next(iter(told["requestBody"]["content"].values()))["schema"] if "requestBody" in told else None
        with transaction.atomic():
            answer = self.program(method, where, body and made_up(body), key="once", documented=False)
            transaction.set_rollback(True)
        return answer.status_code, answer.json().get("code", "") if answer.status_code >= 400 else ""


@pytest.fixture
def call_as(make_agent, make_team, make_complaint, now):
    """`call_as(role, *scopes)`: a program of somebody who leads nobody, before somebody else's complaint."""
    owner = make_agent(name="Somebody else", team=make_team(lead=make_agent()))
    number = make_complaint(owner=owner).number

    def make(role: Role, *scopes: str) -> Caller:
        agent = make_agent(role=role)
        told = {"name": "Shop", "scopes": scopes or tuple(Scope.values), "per_minute": actions.MOST_A_MINUTE}
        _token, words = actions.make_token(agent=agent, by=agent, now=now, **told)
        return Caller(words, number=number, pk=owner.pk)

    return make


def test_every_call_is_in_the_matrix_once():
    said = [name for names in MATRIX.values() for name in names]
    assert sorted(operations().keys() - set(said)) == []
    assert sorted(set(said) - operations().keys()) == []
    assert len(said) == len(set(said))


def test_a_call_is_for_whom_its_page_is():
    room = {name: room for room, names in pages.MATRIX.items() for name in names}
    wrong = []
    found: dict[str, set[str]] = {}
    for page, names in (everything.ROUTES | setting_up.ROUTES).items():
        for name in names.split():
            found.setdefault(name, set()).add(room[page])
    for here, names in MATRIX.items():
        for name in sorted(names & found.keys() - PARTLY):
            at = {"everybody" if one in {"open", "key", "agents"} else one for one in found[name]}
            if here not in at or (here != "everybody" and "everybody" in at):
                wrong.append(f"{name}: here for {here}, by pages for {sorted(at)}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_a_role(role, call_as):
    call, wrong = call_as(role), []
    refused, let_in = (sorted(set().union(*(MATRIX[room] for room in by[role]))) for by in (REFUSED, LET_IN))
    wrong += [f"{name}: {found}" for name in refused if (found := call(name)) != (403, "not-allowed")]
    wrong += [f"{name}: {found}" for name in let_in if (found := call(name))[0] in {401, 403} or found[0] >= 500]
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db
def test_a_token_that_is_too_narrow(call_as):
    """Each call says which scope it asks for, and a token that may do everything else is not let in."""
    narrow = {scope: call_as(Role.ADMINISTRATOR, *(set(Scope.values) - {scope})) for scope in Scope.values}
    found = {name: narrow[told["x-scope"]](name) for name, (_method, _path, told) in operations().items()}
    assert {name: one for name, one in found.items() if one != (403, "scope-missing")} == {}
