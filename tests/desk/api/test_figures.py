"""Figures over the API: the numbers of the pages, with their denominators and what is behind them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from amends.desk.complaints.models import Complaint
from amends.desk.insight import spans
from amends.desk.insight.models import Alarm, SavedReport, Way
from amends.desk.insight.report import PAGES as REPORT_PAGES
from amends.desk.people.models import Role, Team
from tests.desk.insight.conftest import desk, promised  # noqa: F401 - the small desk whose figures are known

PAGES = ("hurts", "causes", "times", "over-time", "word", "satisfaction", "lost")


def figures_of(page):
    return {(one["name"], figure["name"]): figure for one in page["sections"] for figure in one["figures"]}


@pytest.fixture(autouse=True)
def _at_the_time_of_the_fixtures(monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def lead(make_agent):
    return make_agent(role=Role.LEAD)


@pytest.fixture
def program(make_program, lead):
    return make_program(agent=lead)


class TestPages:
    def test_have_the_numbers_of_the_page_with_denominators_ranges_and_doors(self, program, promised):  # noqa: F811
        page = program("GET", "figures/hurts?span=90").json()
        found = figures_of(page)
        group = found["causes", "cause-employee"]
        assert (group["counted"], group["of"], round(group["value"], 3)) == (2, 11, 0.182)
        assert group["low"] < group["value"] < group["high"]
        kept = found["promises", "promises-kept"]
        assert (kept["counted"], kept["of"], kept["value"]) == (9, 12, 0.75)
        assert found["money", "money-try"]["value"] > 0
        assert found["money", "money-try"]["formula"]
        assert page["currency"] == "TRY"

    @pytest.mark.parametrize("name", PAGES)
    def test_lead_to_what_each_figure_counts(self, program, promised, name):  # noqa: F811
        page = program("GET", f"figures/{name}").json()
        found = figures_of(page)
        assert found
        wanted = {}
        for one in found.values():
            if (
                one["unit"] in {"complaints", "customers", "promises", "replies", "share"}
                and one["counted"] is not None
            ):
                wanted[one["behind"]] = one["of"] if "-in-" in one["name"] else one["counted"]
                wanted[one["whole"]] = one["of"]
        wanted.pop(None, None)
        assert {place: program("GET", place.removeprefix("/api/")).json()["total"] for place in wanted} == wanted

    def test_tell_nothing_where_there_is_too_little(self, program, make_complaint):
        make_complaint()
        found = figures_of(program("GET", "figures/hurts").json())
        share = found["causes", "cause-employee"]
        assert (share["value"], share["low"], share["of"]) == (None, None, 0)
        assert "too few" in share["says"]
        assert found["reach", "answers"]["says"] == "too few to say"

    def test_can_be_narrowed_and_know_what_is_not_there(self, program, desk):  # noqa: F811
        unknown = program("GET", "figures/hurts?team=4711")
        assert unknown.json()["errors"][0]["place"] == "query.team"
        every = figures_of(program("GET", "figures/hurts").json())["complaints", "complaints"]
        none = figures_of(program("GET", "figures/hurts?channel=chat").json())["complaints", "complaints"]
        assert (every["value"], none["value"]) == (len(desk), 0)

    def test_name_the_spans_and_pages_that_there_are(self, program):
        listed = program("GET", "figures").json()
        assert {one["value"] for one in listed["spans"]} >= set(spans.SPANS)
        assert {one["name"] for one in listed["pages"]} == {*PAGES, "money"}
        for one in listed["pages"]:
            assert program("GET", one["address"].removeprefix("/api/")).status_code == 200
        for table in listed["tables"]:
            told = program("GET", f"figures/tables/{table}").json()
            assert all(len(row) == len(told["columns"]) for row in told["rows"])

    def test_the_document_knows_every_span_and_page_of_a_report(self):
        from amends.desk.api import figure_schemas

        assert set(figure_schemas.Span.__value__.__args__) == set(spans.SPANS)
        assert set(figure_schemas.ReportPage.__value__.__args__) == set(REPORT_PAGES)

    def test_need_the_scope(self, make_program):
        program = make_program(scopes=["complaints:read"])
        assert program("GET", "figures/hurts").json()["code"] == "scope-missing"

    def test_of_replies_name_nobody(self, program, desk):  # noqa: F811
        behind = program("GET", "figures/behind/failing-rule-book").json()
        assert behind["total"] == 5
        assert behind["replies"][0]["marked"] == ["Our policy does not allow it."]
        assert "Deniz" not in str(behind["replies"])


class TestMoney:
    def test_opens_to_its_formula_and_inputs(self, program, desk):  # noqa: F811
        page = program("GET", "figures/money?margin=30&mouth=true").json()
        made = [one for (name, _of), one in figures_of(page).items() if name == "figures"]
        assert made
        assert all(one["formula"] and one["inputs"] for one in made)
        told = [one for figure in made for one in figure["inputs"] if one["origin"] == "told"]
        assert [one["value"] for one in told] == [0.3]
        assert program("GET", "figures/money?margin=thirty").json()["errors"][0]["place"] == "query.margin"

    def test_keeps_own_figures_and_leaves_the_others(self, program, make_program, make_agent):
        told = {"figures": [{"name": "margin", "value": "30", "source": "Accounts"}, {"name": "tells", "value": "9"}]}
        assert program("PATCH", "figures/own", told).status_code == 200
        again = program("PATCH", "figures/own", {"figures": [{"name": "tells", "value": ""}]}).json()
        kept = {one["name"]: one for one in again["figures"]}
        assert (kept["margin"]["value"], kept["margin"]["source"], kept["tells"]["value"]) == (0.3, "Accounts", None)
        wrong = program("PATCH", "figures/own", {"figures": [{"name": "margin", "value": "much"}]})
        assert wrong.json()["code"] == "unable"
        agent = make_program(agent=make_agent())
        assert agent("GET", "figures/own").json()["code"] == "not-allowed"


class TestAlarms:
    @pytest.fixture
    def alarm(self, desk, now):  # noqa: F811
        day = (now - timedelta(days=10)).date()
        return Alarm.objects.create(
            way=Way.MORE, kind="all", since=day - timedelta(days=2), until=day, seen=12, usual=2.5, rung_at=now
        )

    def test_are_read_with_their_complaints_and_heard_once(self, program, alarm):
        (one,) = program("GET", "alarms").json()["alarms"]
        assert (one["seen"], one["heard_at"]) == (12, None)
        path = f"alarms/{alarm.pk}"
        assert program("GET", path).json()["total"] == 12
        heard = program("POST", f"{path}/hear", {"words": "A strike"}).json()
        assert heard["words"] == "A strike"
        assert program("POST", f"{path}/hear", {"words": "Again"}).json()["code"] == "unable"

    def test_are_heard_by_who_leads_alone(self, make_program, make_agent, alarm):
        program = make_program(agent=make_agent())
        assert program("POST", f"alarms/{alarm.pk}/hear", {"words": "Mine"}).json()["code"] == "not-allowed"


class TestReports:
    def test_are_saved_run_stopped_and_go_on(self, program, lead):
        told = {"name": "Monday", "pages": ["money"], "language": "en", "rhythm": "weekly", "to": [lead.pk]}
        made = program("POST", "reports", told, key="a")
        assert made.status_code == 201
        path = f"reports/{made.json()['id']}"
        assert made.json()["next_at"]
        assert len(program("POST", f"{path}/run").json()["runs"]) == 1
        assert program("POST", f"{path}/stop").json()["stopped_at"]
        assert program("POST", f"{path}/run").json()["code"] == "unable"
        assert program("POST", f"{path}/go-on").json()["next_at"]
        assert SavedReport.objects.count() == 1
        assert program("GET", "reports/papers/99").json()["code"] == "not-found"


class TestImprovements:
    def test_go_from_the_plan_to_their_end(self, program, lead, desk):  # noqa: F811
        today = timezone.now().date()
        told = {"title": "Tell the day", "layer": "process", "owner": lead.pk, "due_on": f"{today}", "fewer": 30}
        made = program("POST", "improvements", told, key="a").json()
        path = f"improvements/{made['id']}"
        assert program("PUT", path, {**told, "why": "They wait"}).json()["why"] == "They wait"
        assert program("POST", f"{path}/act", {"act": "begin"}).json()["state"] == "under-way"
        since = today - timedelta(days=3)
        forced = program("POST", f"{path}/act", {"act": "force", "since": f"{since}"}).json()
        assert (forced["state"], forced["told"], forced["here"]["before"]) == ("in-force", "too-early", 4)
        behind = program("GET", forced["behind"]["here-before"].removeprefix("/api/")).json()
        assert behind["total"] == 4
        assert program("POST", f"{path}/act", {"act": "stays"}).json()["code"] == "unable"
        ended = program("POST", f"{path}/act", {"act": "give-up", "words": "Too dear"}).json()
        assert (ended["state"], ended["steps"][0]["words"]) == ("given-up", "Too dear")
        assert [one["id"] for one in program("GET", "improvements").json()["improvements"]] == [made["id"]]

    def test_and_alarms_list_nothing_from_behind_a_wall(self, program, make_program, make_agent, make_team, desk):  # noqa: F811
        closed = make_team()
        Team.objects.filter(pk=closed.pk).update(is_closed=True)
        Complaint.objects.filter(pk=desk[5].pk).update(team=closed, owner=make_agent(team=closed))
        outside, owner = make_program(agent=make_agent()), desk[0].owner_id
        day = timezone.now().date()
        told = {"title": "Tell the day", "layer": "process", "owner": owner, "due_on": f"{day}"}
        path = f"improvements/{program('POST', 'improvements', told).json()['id']}"
        program("POST", f"{path}/act", {"act": "force", "since": f"{day}"})
        assert outside("GET", f"{path}/behind/here-before").json()["total"] == 3
        alarm = Alarm.objects.create(
            way=Way.MORE,
            kind="all",
            since=day - timedelta(days=20),
            until=day,
            seen=12,
            usual=2.5,
            rung_at=timezone.now(),
        )
        assert outside("GET", f"alarms/{alarm.pk}").json()["total"] == 11
        page = Client()
        page.force_login(make_agent())
        assert page.get(reverse("insight:alarm", args=[alarm.pk])).context["count"] == 11

    def test_are_changed_by_who_leads_or_whose_work_it_is(self, program, make_program, make_agent):
        agent = make_agent()
        mine, others = make_program(agent=agent), make_program(agent=make_agent())
        told = {"title": "Tell the day", "layer": "process", "owner": agent.pk, "due_on": "2031-01-01"}
        assert mine("POST", "improvements", told).json()["code"] == "not-allowed"
        path = f"improvements/{program('POST', 'improvements', told).json()['id']}"
        assert mine("POST", f"{path}/act", {"act": "begin"}).status_code == 200
        assert others("POST", f"{path}/act", {"act": "note", "words": "No"}).json()["code"] == "not-allowed"
        unknown = program("POST", "improvements", {**told, "theme": 4711}).json()
        assert unknown["errors"][0]["place"] == "theme"


class TestThemes:
    def test_are_renamed_planned_and_merged(self, program, make_complaint, lead, now):
        from amends.desk.improvements import actions

        complaint = make_complaint()
        for name in ("silk gone grey", "grey silk"):
            actions.confirm(complaint=complaint, layer="process", theme=name, by=lead, now=now)
        actions.confirm(complaint=make_complaint(), layer="process", theme="silk gone grey", by=lead, now=now)
        rows = {one["name"]: one for one in program("GET", "themes").json()["themes"]}
        first, second = (rows[name]["id"] for name in ("silk gone grey", "grey silk"))
        changed = program("PATCH", f"themes/{first}", {"name": "dull silk", "plan": "against"}).json()["themes"]
        assert ("dull silk", "against") in {(one["name"], one["plan"]) for one in changed}
        merged = program("POST", f"themes/{second}/merge", {"into": first}).json()["themes"]
        assert {one["id"] for one in merged} == {first}
        assert program("POST", f"themes/{second}/merge", {"into": first}).json()["code"] == "unable"
        assert program("POST", "themes/found/1/put-away").json()["code"] == "not-found"
        assert program("POST", "themes/forget").status_code == 200


def test_every_page_of_insight_has_its_route(client):
    """A page of figures that the API does not know fails here."""
    from amends.desk.insight.urls import urlpatterns

    known = {
        "hurts", "causes", "times", "over-time", "word", "satisfaction", "lost", "money", "own", "report", "reports",
        "saved-report", "report-paper", "alarms", "alarm", "table", "behind",
    }  # fmt: skip
    assert {one.name for one in urlpatterns} == known
    assert reverse("api:figures", args=["hurts"]) == "/api/figures/hurts"
