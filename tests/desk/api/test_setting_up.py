"""Setting the desk up over the API, by the forms and actions of its pages."""

from __future__ import annotations

import pytest

from amends.desk.channels.mailboxes.credentials import secret
from amends.desk.channels.mailboxes.models import AfterTaking, Mailbox, ReplyTo
from amends.desk.clocks.words import NAMES
from amends.desk.people.models import Calendar, Organisation, Role, Team
from tests.desk.api.conftest import document
from tests.desk.test_permissions import addresses

# What is done on the pages that set the desk up or show figures: the operations that do it.
ROUTES = {
    "people:everybody": "list_set_up_people", "people:let-in": "make_person", "people:person": "change_person",
    "people:let-out": "let_out_person let_back_in_person", "people:password-link": "new_password_person",
    "people:reset-factor": "reset_second_factor_person", "people:end-sessions": "end_sessions_person",
    "people:factor-demands": "read_set_up_two_factors change_set_up_two_factors",
    "people:roles": "list_set_up_roles make_role", "people:own-role": "change_role remove_role",
    "people:at-once": "read_set_up_at_once change_set_up_at_once",
    "people:limits": "read_set_up_limits change_set_up_limits", "people:face": "read_set_up_face change_set_up_face",
    "people:new-team": "make_team", "people:team": "list_set_up_teams change_team",
    "people:new-calendar": "make_calendar", "people:calendar": "list_set_up_calendars change_calendar",
    "people:holidays": "holidays_calendar",
    "improving:lists": """
        list_set_up_products make_product change_product retire_product use_again_product
        list_set_up_branches make_branch change_branch retire_branch use_again_branch
    """,
    "workplace:own-fields": "list_set_up_fields make_field",
    "workplace:own-field": "change_field retire_field use_again_field",
    "workplace:change-tag": "list_set_up_tags change_tag merge_tag retire_tag use_again_tag",
    "coaching:jargon": "read_set_up_jargon change_set_up_jargon",
    "coaching:second-reader": "read_set_up_second_reader change_set_up_second_reader",
    "academy:free-words": "read_set_up_free_words change_set_up_free_words",
    "clocks:limits": "list_set_up_time_limits list_set_up_groups list_laws", "clocks:add-rule": "make_time_limit",
    "clocks:remove-rule": "remove_time_limit", "clocks:add-group": "make_group", "clocks:law": "read_law change_law",
    "answers:page": "list_set_up_answers", "answers:new": "make_answer", "answers:write": "change_answer",
    "answers:remove": "remove_answer",
    "remedies:rules": "list_set_up_rules list_bent_rules", "remedies:new-rule": "make_rule",
    "remedies:rule": "list_set_up_rules", "remedies:edit-rule": "change_rule",
    "remedies:settle-rule": "let_stay_rule retire_rule",
    "remedies:goodwill": """
        list_set_up_allowances make_allowance remove_allowance read_set_up_ground change_set_up_ground
    """,
    "remedies:hooks": "list_set_up_remedy_webhooks make_remedy_webhook read_remedy_webhook_log",
    "remedies:switch-hook": "switch_off_remedy_webhook switch_on_remedy_webhook",
    "remedies:send-again": "send_remedy_webhook_again",
    "channels:retry": "list_arrivals retry_arrival", "channels:resend": "send_again",
    "channels:new-mailbox": "make_mailbox",
    "channels:mailbox": "list_set_up_mailboxes read_mailbox_health change_mailbox",
    "channels:try-mailbox": "try_mailbox", "channels:open-or-close-mailbox": "open_mailbox close_mailbox",
    "jobs:retry": "read_work work_again", "jobs:run-soon": "work_again",
    "programs:end-token": "list_tokens end_token", "programs:set-up": "list_set_up_webhooks make_webhook",
    "programs:change": "change_webhook",
    "programs:act": "remove_webhook try_webhook switch_off_webhook switch_on_webhook",
    "programs:send-again": "read_webhook_log send_webhook_again",
    "improving:board": "list_improvements", "improving:new": "write_improvement", "improving:one": "read_improvement",
    "improving:change": "change_improvement", "improving:act": "act_improvement",
    "improving:behind": "behind_improvement",
    "improving:themes": "list_themes name_theme put_away_theme change_theme merge_theme forget_learned",
    "insight:hurts": "figures", "insight:causes": "figures", "insight:times": "figures", "insight:over-time": "figures",
    "insight:word": "figures", "insight:satisfaction": "figures", "insight:lost": "figures",
    "insight:money": "money_figures", "insight:own": "own_figures keep_own_figures", "insight:report": "paper_now",
    "insight:reports": "list_reports save_report",
    "insight:saved-report": "run_report stop_report go_on_report", "insight:report-paper": "read_paper",
    "insight:alarms": "list_alarms", "insight:alarm": "read_alarm hear_alarm", "insight:table": "figure_table",
    "insight:behind": "behind_figure",
}  # fmt: skip
WITHOUT = {
    "what is tried there is said to the person who sets it up": "coaching:try-second-reader academy:try-free-words",
    "a passkey is taken away by who sees which one it is": "people:take-key",
    "a token makes no token": "programs:make-token",
}


@pytest.fixture
def boss(make_agent):
    return make_agent(role=Role.ADMINISTRATOR)


@pytest.fixture
def program(make_program, boss):
    return make_program(agent=boss)


class TestTeamsAndCalendars:
    def test_are_made_listed_and_changed(self, program, boss):
        week = {f"day_{day}": [["09:00", "12:30"], ["13:30", "18:00"]] for day in range(5)}
        told = {"name": "Hours", "time_zone": "Asia/Tehran", "days_off": ["2027-03-21"], **week}
        made = program("POST", "setup/calendars", told, key="a")
        assert made.status_code == 201, made.json()
        row = Calendar.objects.get(pk=made.json()["id"])
        assert (row.week["0"], row.days_off) == ([["09:00", "12:30"], ["13:30", "18:00"]], ["2027-03-21"])
        changed = program("PATCH", f"setup/calendars/{row.pk}", {"day_5": [["10:00", "12:00"]]}, language="fa").json()
        assert (changed["name"], changed["day_5"], changed["days_off"]) == (
            "Hours",
            [["10:00", "12:00"]],
            ["2027-03-21"],
        )
        team = program("POST", "setup/teams", {"name": "Night", "calendar": row.pk, "lead": boss.pk}).json()
        closed = program("PATCH", f"setup/teams/{team['id']}", {"is_closed": True}).json()
        assert (closed["name"], closed["lead"], closed["is_closed"]) == ("Night", boss.pk, True)
        assert team["id"] in [one["id"] for one in program("GET", "setup/teams").json()["teams"]]

    def test_are_looked_at_by_the_form_of_the_page(self, program, make_team):
        team = make_team()
        told = {"name": team.name, "calendar": team.calendar_id}
        assert program("POST", "setup/teams", told).json()["errors"][0]["place"] == "name"
        overlap = {"name": "Odd", "time_zone": "UTC", "day_0": [["09:00", "12:00"], ["11:00", "13:00"]]}
        assert program("POST", "setup/calendars", overlap).json()["errors"][0]["place"] == "day_0"
        assert program("PATCH", "setup/teams/99", {"name": "x"}).json()["code"] == "not-found"

    def test_have_the_public_holidays_of_a_country_until_told_otherwise(self, program, make_team):
        row = make_team().calendar
        address = f"setup/calendars/{row.pk}/holidays"
        assert program("POST", address, {"country": "XX", "year": 2027}).json()["code"] == "unable"
        assert program("POST", address, {"country": "MN", "year": 2027}).status_code == 200
        row.refresh_from_db()
        assert (row.country, "2027-07-11" in row.days_off) == ("MN", True)
        program("POST", address, {"country": "", "year": 2027})
        row.refresh_from_db()
        assert (row.country, "2027-07-11" in row.days_off) == ("", True)

    def test_are_for_who_may_and_for_tokens_with_the_scope(self, make_program, make_agent, boss):
        for role in (Role.AGENT, Role.LEAD, Role.QUALITY):
            assert make_program(agent=make_agent(role=role))("GET", "setup/teams").json()["code"] == "not-allowed"
        reader = make_program(agent=boss, scopes=["setup:read"])
        assert reader("GET", "setup/teams").status_code == 200
        assert reader("POST", "setup/teams", {"name": "x", "calendar": 1}).json()["code"] == "scope-missing"
        assert not Team.objects.filter(name="x").exists()


def set_up_routes():
    for path, methods in document()["paths"].items():
        for method in methods:
            if path.startswith("/api/setup/"):
                yield method.upper(), path.removeprefix("/api/")


def test_every_page_that_sets_up_or_shows_figures_has_its_routes_or_a_reason():
    said = {*ROUTES, *(name for names in WITHOUT.values() for name in names.split())}
    assert sorted(said - set(addresses())) == []
    known = {operation["operationId"] for methods in document()["paths"].values() for operation in methods.values()}
    named = {name for names in ROUTES.values() for name in names.split()}
    assert sorted(named - known) == []
    mine = {document()["paths"][f"/api/{path}"][method.lower()]["operationId"] for method, path in set_up_routes()}
    assert sorted(mine - named) == []


def test_all_that_is_set_up_is_read_by_administrators_and_changed_by_no_agent(program, make_program, make_agent):
    agent = make_program(agent=make_agent(), per_minute=1000)
    open_to_all = {"setup/tags", "setup/rules", "setup/rules/bent", "setup/time-limits", "setup/groups", "setup/laws"}
    for method, path in set_up_routes():
        if method == "GET" and "{" not in path:
            assert program("GET", path).status_code == 200, path
            everybodys = path in open_to_all or path == "setup/answers"
            assert agent("GET", path).status_code == (200 if everybodys else 403), path
        elif "answers" not in path and "{code}" not in path and method == "POST" and path.count("/") > 1:
            told = agent("POST", path.replace("{pk}", "1"), {}, documented=False)
            assert told.status_code in {403, 422}, path


class TestPeople:
    def test_are_let_in_corrected_let_out_and_back(self, program, make_team):
        team = make_team()
        told = {
            "name": "Zeynep", "email": "ZEYNEP@example.org", "role": "agent", "team": team.pk, "languages": ["tr"],
        }  # fmt: skip
        made = program("POST", "setup/people", told, key="a").json()
        assert (made["email"], made["role"], made["waits_for_password"]) == ("zeynep@example.org", "agent", True)
        assert "link" not in str(made)
        again = program("POST", "setup/people", told).json()
        assert again["code"] == "unable"
        path = f"setup/people/{made['id']}"
        changed = program("PATCH", path, {"role": "lead", "at_once": 2}).json()
        assert (changed["role"], changed["at_once"], changed["name"]) == ("lead", 2, "Zeynep")
        for act, is_active in (("let-out", False), ("let-back-in", True), ("reset-second-factor", True)):
            rows = program("POST", f"{path}/{act}").json()["people"]
            assert {one["id"]: one["is_active"] for one in rows}[made["id"]] is is_active
        assert program("POST", f"{path}/end-sessions").status_code == 200
        assert program("POST", f"{path}/new-password").status_code == 200

    def test_no_token_makes_an_administrator_or_changes_one(self, program, make_agent, boss):
        other = make_agent(role=Role.ADMINISTRATOR)
        told = {"name": "Eve", "email": "eve@example.org", "role": "administrator", "languages": ["tr"]}
        assert program("POST", "setup/people", told).json()["code"] == "not-allowed"
        assert program("PATCH", f"setup/people/{make_agent().pk}", {"role": "administrator"}).status_code == 403
        assert program("PATCH", f"setup/people/{other.pk}", {"name": "Eve"}).status_code == 403
        for act in ("let-out", "new-password", "reset-second-factor"):
            assert program("POST", f"setup/people/{other.pk}/{act}").status_code == 403
        paths = {path for _method, path in set_up_routes()}
        assert ("POST", "setup/tokens") not in set(set_up_routes())
        assert "setup/tokens/{pk}/end" in paths

    def test_need_a_scope_of_their_own(self, make_program, boss):
        program = make_program(agent=boss, scopes=["setup:read", "setup:write"])
        assert (
            program("POST", "setup/people", {"name": "x", "email": "x@example.org"}).json()["scope"] == "people:write"
        )

    def test_have_roles_of_ones_own_two_factors_and_room(self, program, make_agent, make_team, now):
        Organisation.objects.create(name="Pamir", language="tr", calendar=make_team().calendar, founded_at=now)
        told = {"name": "Archive", "base": "agent", "rights": ["tags"]}
        role = program("POST", "setup/roles", told).json()
        person = make_agent()
        program("PATCH", f"setup/people/{person.pk}", {"role": f"own-{role['id']}"})
        assert program("POST", f"setup/roles/{role['id']}/remove").json()["code"] == "unable"
        program("PATCH", f"setup/people/{person.pk}", {"role": "agent"})
        assert program("POST", f"setup/roles/{role['id']}/remove").json()["roles"] == []
        assert program("PATCH", "setup/two-factors", {"roles": ["lead"]}).json()["roles"] == ["lead"]
        assert program("PATCH", "setup/at-once", {"all": True}).json()["all"] is True
        assert program("GET", "setup/at-once").json()["all"] is True


class TestLists:
    def test_of_products_are_kept_retired_and_used_again(self, program):
        made = program("POST", "setup/products", {"name": "Kettle", "name_fa": "کتری"}).json()
        path = f"setup/products/{made['id']}"
        assert program("PATCH", path, {"name": "Kettle 2"}).json()["name_fa"] == "کتری"
        assert program("POST", f"{path}/retire").json()["products"][0]["is_retired"] is True
        assert program("POST", f"{path}/use-again").json()["products"][0]["is_retired"] is False
        assert program("POST", "setup/products", {"name": "kettle 2"}).json()["code"] == "unable"

    def test_of_tags_are_renamed_and_merged(self, program, make_complaint, boss, now):
        from amends.desk.complaints import tags

        tags.put_on(complaint=make_complaint(), names=["late", "too late"], by=boss, now=now)
        rows = {one["name"]: one["id"] for one in program("GET", "setup/tags").json()["tags"]}
        assert program("PATCH", f"setup/tags/{rows['late']}", {"name": "slow"}).json()["name"] == "slow"
        left = program("POST", f"setup/tags/{rows['too late']}/merge", {"into": rows["late"]}).json()["tags"]
        assert [one["name"] for one in left] == ["slow"]

    def test_of_own_fields_keep_their_kind(self, program):
        told = {"name": "Colour", "kind": "choice", "choices": "red\nblue", "choices_tr": "kırmızı\nmavi"}
        made = program("POST", "setup/fields", told).json()
        path = f"setup/fields/{made['id']}"
        changed = program("PATCH", path, {"needed_to_close": True}).json()
        assert (changed["kind"], changed["choices"], changed["needed_to_close"]) == ("choice", "red\nblue", True)
        assert changed["choices_tr"] == "kırmızı\nmavi"
        assert program("PATCH", path, {"kind": "text"}).json()["errors"][0]["place"].endswith("kind")
        assert program("POST", f"{path}/retire").json()["fields"][0]["is_retired"] is True

    def test_a_saved_answer_is_put_back_as_it_was_read(self, program):
        told = {"name": "Hello", "blocks": [{"kind": "greeting", "en": "Dear {name},"}, {"tr": "Merhaba"}]}
        made = program("POST", "setup/answers", told, key="a").json()
        blocks = [{**one, "texts": {**one["texts"], "fa": "سلام"}} for one in made["blocks"]]
        changed = program("PUT", f"setup/answers/{made['id']}", {"name": "Hi", "blocks": blocks}).json()
        assert [one["texts"] for one in changed["blocks"]] == [
            {"en": "Dear {name},", "fa": "سلام"},
            {"tr": "Merhaba", "fa": "سلام"},
        ]

    def test_of_saved_answers_are_ones_own_or_everybodys(self, make_program, make_agent, program):
        told = {"name": "Sorry", "blocks": [{"kind": "ours", "en": "It was our mistake."}]}
        mine = make_program(agent=make_agent())
        made = mine("POST", "setup/answers", told).json()
        assert made["blocks"] == [{"kind": "ours", "is_on": True, "texts": {"en": "It was our mistake."}}]
        assert program("GET", "setup/answers").json()["answers"] == []
        assert mine("PUT", f"setup/answers/{made['id']}", {**told, "is_shared": True}).json()["code"] == "unable"
        assert program("POST", f"setup/answers/{made['id']}/remove").json()["code"] == "not-found"
        assert mine("POST", f"setup/answers/{made['id']}/remove").json()["answers"] == []


class TestRules:
    def test_are_written_changed_settled_and_retired(self, make_program, make_agent):
        lead = make_agent(role=Role.LEAD)
        program = make_program(agent=lead)
        told = {"title": "Returns", "text": "Two weeks.", "purpose": "So that goods are new.", "owner": lead.pk}
        made = program("POST", "setup/rules", told).json()
        path = f"setup/rules/{made['id']}"
        assert program("PATCH", path, {"text": "Three weeks."}).json()["purpose"] == told["purpose"]
        assert program("POST", f"{path}/let-stay", {"why": "It works"}).json()["rules"][0]["verdict"] == "It works"
        assert program("POST", f"{path}/retire").json()["rules"][0]["is_retired"] is True
        assert program("GET", "setup/rules/bent").json()["rules"][0]["exceptions"] == 0
        assert make_program(agent=make_agent())("POST", "setup/rules", told).json()["code"] == "not-allowed"

    def test_of_room_to_decide(self, program):
        made = program("POST", "setup/allowances", {"whose": "agent", "currency": "try", "per_case": "250.50"}).json()
        assert (made["whose"], made["currency"], made["per_case"]) == ("agent", "TRY", "250.50")
        assert program("POST", "setup/allowances", {"whose": "agent", "currency": "EUR"}).json()["code"] == "unable"
        assert program("POST", f"setup/allowances/{made['id']}/remove").json()["allowances"] == []
        assert program("PATCH", "setup/ground", {"bent_often": 7}).json()["bent_often"] == 7

    def test_of_time_and_law(self, program):
        what = next(iter(NAMES))
        one = program("POST", "setup/time-limits", {"what": what, "hours": 2, "minutes": 30}).json()
        assert (one["hours"], one["minutes"]) == (2, 30)
        assert program("POST", "setup/time-limits", {"what": one["what"], "hours": 3}).json()["code"] == "unable"
        assert program("POST", f"setup/time-limits/{one['id']}/remove").json()["time_limits"][-1]["id"] != one["id"]
        group = program("POST", "setup/groups", {"name": "Great", "spends_from": "1000.00", "currency": "TRY"}).json()
        code = program("GET", "setup/laws").json()["laws"][0]["code"]
        law = program("PATCH", f"setup/laws/{code}", {"is_on": True, "group": group["id"]}).json()
        assert (law["is_on"], law["group"], law["n"]) == (
            True,
            group["id"],
            program("GET", f"setup/laws/{code}").json()["n"],
        )
        assert program("GET", "setup/laws/no-such-law").json()["code"] == "not-found"

    def test_of_words_and_limits(self, program):
        kept = program("PATCH", "setup/jargon", {"jargon": {"en": "SLA = our time limit"}}).json()
        assert kept["jargon"]["en"] == "SLA = our time limit"
        assert program("PATCH", "setup/jargon", {"everyday": {"en": "sla"}}).json()["code"] == "unable"
        names = program("GET", "setup/limits").json()
        name, value = next((name, value) for name, value in names.items() if value.isdecimal())
        assert program("PATCH", "setup/limits", {name: f"{int(value) + 1}"}).json()[name] == f"{int(value) + 1}"
        assert program("PATCH", "setup/limits", {name: "many"}).json()["errors"][0]["place"] == name

    def test_of_what_customers_see(self, program):
        told = {"colour": "#205080", "languages": ["tr", "en"], "first": "tr", "welcome_tr": "Merhaba"}
        assert program("PATCH", "setup/face", told).json()["welcome_tr"] == "Merhaba"
        assert program("PATCH", "setup/face", {"first": "fa"}).json()["errors"][0]["place"] == "first"
        assert program("GET", "setup/face").json()["languages"] == ["tr", "en"]


class TestDoors:
    def test_of_mail_keep_their_secrets(self, program):
        told = {
            "name": "Help", "address": "help@example.org", "password": "s3cret", "sign_in": "password",
            "imap_host": "imap.example.org", "imap_security": "tls", "smtp_host": "smtp.example.org",
            "smtp_security": "tls", "after_taking": AfterTaking.values[0], "reply_to": ReplyTo.values[0],
        }  # fmt: skip
        made = program("POST", "setup/mailboxes", told)
        one = made.json()
        assert made.status_code == 201, one
        assert "s3cret" not in str(one)
        assert "password" not in one
        path = f"setup/mailboxes/{one['id']}"
        changed = program("PATCH", path, {"name": "Help 2"}).json()
        assert (changed["name"], changed["imap_host"]) == ("Help 2", "imap.example.org")
        assert secret(Mailbox.objects.get(), "password") == "s3cret"
        assert program("GET", "setup/mailboxes/health").json()["mailboxes"][0]["fetching"] == "new"
        assert program("POST", f"{path}/close").json()["mailboxes"][0]["is_open"] is False

    def test_to_programs_tell_their_key_once(self, program):
        told = {"name": "Till", "address": "https://till.example.org/", "kinds": ["closed"]}
        made = program("POST", "setup/webhooks", told).json()
        assert made["secret"].startswith("whsec_")
        path = f"setup/webhooks/{made['id']}"
        assert program("PATCH", path, {"kinds": ["received"]}).json()["secret"] == ""
        assert program("POST", f"{path}/try").status_code == 200
        (logged,) = program("GET", "setup/webhooks/log").json()["messages"]
        assert program("POST", f"setup/webhooks/log/{logged['id']}/send-again").status_code == 200
        assert program("POST", f"{path}/switch-off").json()["webhooks"][0]["is_on"] is False
        assert program("POST", f"{path}/remove").json()["webhooks"] == []
        inside = program("POST", "setup/webhooks", {**told, "address": "http://127.0.0.1/"})
        assert inside.json()["code"] == "unable"

    def test_are_shut_by_ending_a_token(self, program):
        (mine,) = program("GET", "setup/tokens").json()["tokens"]
        assert program("POST", f"setup/tokens/{mine['id']}/end").json()["tokens"][0]["holds"] is False
        assert program("GET", "setup/tokens").json()["code"] == "token-ended"

    def test_of_a_second_reader_keep_its_key(self, program):
        told = {"is_on": True, "address": "http://127.0.0.1:11434/v1", "model": "m", "key": "k3y", "budget": 10}
        kept = program("PATCH", "setup/second-reader", told).json()
        assert (kept["has_key"], kept["model"]) == (True, "m")
        assert "k3y" not in str(kept)
        assert program("PATCH", "setup/free-words", {"are_on": True}).json()["are_on"] is True

    def test_that_stuck_are_tried_again(self, program, now):
        from amends.desk.channels import actions as channels

        arrival = channels.keep_raw(channel="form", identity="odd", raw=b"{", now=now)
        told = program("POST", f"setup/arrivals/{arrival.pk}/retry", {}).json()
        assert (told["taken_in"], told["number"]) == (False, None)
        assert program("GET", "setup/arrivals").json()["parked"][0]["id"] == arrival.pk
        nothing = program("POST", "setup/work/again", {"period": "no such work"}).json()
        assert nothing["code"] == "unable"
