"""How bad a cause is: what happens seldom may hurt most, and every point opens on the complaint that has it."""

import pytest
from django.urls import reverse

from amends.desk.complaints import actions as complaints
from amends.desk.improvements import actions as improvements
from amends.desk.insight import behind, queries
from amends.desk.insight.facts import COMPLAINTS
from amends.desk.insight.kept import Facts
from amends.desk.insight.severity import severities, worse

pytestmark = pytest.mark.django_db


@pytest.fixture
def weighed(promised, frame, now):
    """Four late complaints without more; two of employees say they leave, and one of those went through many hands."""
    promised[1].people = 3
    promised[1].save()
    complaints.say_not_content(complaint=promised[0], text="No!", heat=3, now=now)
    facts = Facts()
    rows = queries.themes(frame=frame, currency="TRY", facts=facts)
    return {one.row.layer: one for one in severities(rows, frame=frame, facts=facts)}


def test_causes_stand_in_another_order_by_how_bad_they_are(weighed):
    assert next(iter(weighed)) == "employee"
    employee, late = weighed["employee"], weighed["process"]
    assert (late.row.count, late.index.points, late.hurts) == (4, 4, ())
    # Two complaints, two that leave; one not content and hot besides, one with three people.
    assert employee.index.points == 2 + 2 * 10 + 5 + 3 + 3
    assert dict(employee.hurts) == {"leaving": 2, "not-content": 1, "hot": 1, "around": 1}
    assert employee.is_few


def test_a_broken_promise_and_the_same_again_count(promised, make_complaint, frame, now):
    again = make_complaint(customer=promised[5].customer, owner=promised[5].owner, at=now)
    improvements.confirm(complaint=again, layer="process", theme="late", by=again.owner, now=now)
    facts = Facts()
    rows = queries.themes(frame=frame, currency="TRY", facts=facts)
    found = {one.row.layer: dict(one.hurts) for one in severities(rows, frame=frame, facts=facts)}
    assert found["process"] == {"again": 1}
    assert found["third-party"] == {"broken": 1}


def test_behind_points_stand_the_complaints_the_worst_first(weighed, promised, frame):
    key = weighed["employee"].row.key
    whole = behind.behind(figure=f"bad-{key}", frame=frame, language="en")
    assert (whole.total, whole.points) == (2, weighed["employee"].index.points)
    assert [row.number for row in whole.complaints] == [promised[0].number, promised[1].number]
    assert [row.points for row in whole.complaints] == [19, 14]
    assert whole.complaints[1].hurts == ("they say that they leave", "three people or more")
    some = behind.behind(figure=f"bad-hot-{key}", frame=frame, language="en")
    assert (some.total, some.of, some.title) == (1, 2, "Employee, without a theme: angry, and still open")


@pytest.mark.parametrize("figure", ["bad-", "bad-1", "bad-1-moon", "bad-ghost-1-process"])
def test_what_is_no_figure_of_severity_is_none(frame, figure):
    assert worse(figure, frame=frame, facts=Facts()) is None
    with pytest.raises(behind.UnableToOpen):
        behind.behind(figure=figure, frame=frame, language="en")


def test_nothing_is_no_order(frame):
    facts = Facts()
    assert len(facts.of(COMPLAINTS, frame)) == 0
    assert severities((), frame=frame, facts=facts) == ()


def test_the_page_says_which_cause_is_worst_and_offers_three_orders(weighed, client, make_agent, monkeypatch, now):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    client.force_login(make_agent())
    page = client.get(reverse("insight:causes"))
    assert page.context["bad_first"] == "Employee, without a theme"
    assert [name for name, _words, _href in page.context["orders"]] == ["count", "money", "bad"]
    bad = client.get(reverse("insight:causes"), {"order": "bad"})
    assert bad.context["bad"][0].words == "Employee, without a theme"
    assert "too few to say" in bad.content.decode()
    assert client.get(reverse("insight:causes"), {"order": "wild"}).context["order"] == "count"
