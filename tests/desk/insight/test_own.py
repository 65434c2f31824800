"""The organisation's own figures: kept with where they come from, and used unless somebody tries others out."""

from datetime import timedelta
from decimal import Decimal

import pytest

from amends.desk.insight import money_page, own
from amends.desk.insight.models import OwnFigure
from amends.desk.insight.queries import Money
from amends.desk.people.models import Role
from amends.engine.measures import yearly_value_at_risk

TWO = Money(
    value=yearly_value_at_risk([(Decimal(6000), "TRY"), (Decimal(4000), "TRY")]), reasons=(), complaints=2
)  # fmt: skip
OURS = {
    "margin": own.Own(value=0.5, source="Books of 2025"),
    "satisfied": own.Own(value=0.7, source="Survey 2026"),
    "customers": own.Own(value=1000),
    "keeping": own.Own(value=40, currency="GBP"),
}


def inputs(*, told=None, kept=OURS):
    shown = money_page.figures(money=TWO, currency="TRY", spenders=2, told=told or {}, own=kept, mouth=False)
    return shown, {entry.name: entry for one in shown if one.figure for entry in one.figure.inputs}


def test_what_is_ours_goes_before_a_default_and_says_where_it_comes_from():
    shown, found = inputs()
    assert (found["Margin"].value, found["Margin"].origin, found["Margin"].cite) == (0.5, "told", "Books of 2025")
    content = found["Stay after a complaint that left them content"]
    assert (content.value, content.origin, content.cite) == (0.7, "survey", "Survey 2026")
    assert any("keeping one customer costs" in one.missing for one in shown)  # that was told in other money
    assert inputs(told={"margin": 0.2})[1]["Margin"].value == 0.2  # tried out


def test_every_default_says_whose_it_is_and_every_range_has_its_source():
    _shown, found = inputs(kept={"customers": own.Own(value=1000), "keeping": own.Own(value=40, currency="TRY")})
    for entry in found.values():
        if entry.origin == "default":
            assert entry.cite, entry.name
        if entry.low is not None:
            assert entry.origin in {"default", "ours"}, entry.name
    assert {found[name].origin for name in ("Margin", "Staying from year to year", "Discount a year")} == {"ours"}


def test_shares_of_one_whole_that_are_more_than_it_are_not_reckoned_with():
    shown, _ = inputs(
        kept={"customers": own.Own(value=9), "content": own.Own(value=0.8), "half_content": own.Own(value=0.3)}
    )
    assert any("more than all" in one.missing for one in shown)


@pytest.mark.django_db
def test_a_figure_is_kept_with_who_told_it_and_what_stood_before(make_agent, now):
    lead = make_agent(role=Role.LEAD)

    def keep(at=now, **told):
        return own.keep(told=told, sources={"stays": "CRM"}, currency="TRY", by=lead, now=at)

    assert keep(stays="۸۵", keeping="12,5") == 2
    assert keep(stays="85", keeping="12.5") == 0
    kept = own.kept()
    assert (kept["stays"].value, kept["stays"].source, kept["stays"].by) == (0.85, "CRM", lead.name)
    assert (kept["keeping"].value, kept["keeping"].currency) == (12.5, "TRY")
    assert keep(now + timedelta(days=1), stays="") == 2
    assert own.kept() == {}
    assert OwnFigure.objects.filter(name="stays").count() == 2
    for wrong in ({"stays": "101"}, {"keeping": "-3"}, {"tells": "many"}, {"content": "80", "half_content": "30"}):
        with pytest.raises(own.UnableToKeep):
            keep(**wrong)


@pytest.mark.django_db
def test_the_page_keeps_them_and_the_page_of_money_uses_them(client, make_agent, make_complaint):
    client.force_login(make_agent())
    assert client.get("/desk/insight/money/own/").status_code == 403
    client.force_login(make_agent(role=Role.QUALITY))
    assert client.post("/desk/insight/money/own/", {"keeping": "x"}).status_code == 200
    assert client.post("/desk/insight/money/own/", {"keeping": "20", "keeping_source": "<b>"}).status_code == 302
    page = client.get("/desk/insight/money/own/").content.decode()
    assert 'value="20"' in page
    assert "<b>" not in page
    make_complaint()
    assert "Winning new ones instead of keeping them" in client.get("/desk/insight/money/").content.decode()
    assert "Word of mouth" not in client.get("/desk/insight/money/").content.decode().split("<form")[0]
