"""The page of money: what is reckoned, from what, and what is missing."""

from decimal import Decimal

import pytest

from amends.desk.insight.money_page import figures as reckon
from amends.desk.insight.money_page import read
from amends.desk.insight.queries import Money
from amends.desk.people.models import Organisation
from amends.engine.measures import yearly_value_at_risk


def counted(*customers):
    return Money(value=yearly_value_at_risk(customers), reasons=(), complaints=len(customers))


TWO = counted((Decimal(6000), "TRY"), (Decimal(4000), "TRY"), (None, ""))


def figures(*, money, currency, **told):
    return reckon(money=money, currency=currency, spenders=2 if currency else 0, **told)


def names(shown):
    return [one.figure.name for one in shown if one.figure is not None]


def test_direct_loss_comes_first_and_the_rest_says_what_is_missing():
    shown = figures(money=TWO, currency="TRY", told={}, mouth=False)
    assert names(shown) == ["Direct loss in a year", "Lifetime value that leaves with them"]
    assert shown[0].figure.value == 10_000
    assert shown[1].figure.rests_on_defaults
    assert len([one for one in shown if one.missing]) == 2


def test_word_of_mouth_is_off_until_somebody_asks():
    assert "Word of mouth" not in names(figures(money=TWO, currency="TRY", told={}, mouth=False))
    assert names(figures(money=TWO, currency="TRY", told={}, mouth=True))[-1] == "Word of mouth"


def test_the_cappuccino_stands_with_its_days():
    shown = figures(
        money=TWO, currency="TRY", told=read({"day_from": "15", "day_to": "۲۰", "day_count": "365"}), mouth=False
    )
    assert (shown[0].figure.low, shown[0].figure.high) == (5475, 7300)
    assert "told" in shown[0].figure.caution
    shown = figures(money=TWO, currency="TRY", told=read({"day_from": "15", "day_to": "20"}), mouth=False)
    assert (shown[0].figure.low, shown[0].figure.high) == (5475, 7300)
    assert "all 365 days" in shown[0].figure.caution


def test_currencies_are_never_mixed():
    mixed = counted((Decimal(6000), "TRY"), (Decimal(1000), "GBP"), (Decimal(4000), "TRY"))
    shown = figures(money=mixed, currency="TRY", told=read({"customers": "1000"}), mouth=True)
    market, mouth = (one.figure for one in shown[-2:])
    assert market.inputs[-1].value == 5000  # what one of the two spends
    assert (mouth.inputs[0].value, mouth.inputs[-1].value) == (2, 5000)


def test_what_is_told_is_no_default():
    told = read({"margin": "100", "stays": "80", "discount": "10", "keeping": "50", "times": "6", "customers": "1000"})
    shown = figures(money=TWO, currency="TRY", told=told, mouth=False)
    by_name = {one.figure.name: one.figure for one in shown if one.figure}
    lifetime = by_name["Lifetime value that leaves with them"]
    assert lifetime.value == pytest.approx(10_000 * 0.8 / 0.3)
    assert not lifetime.rests_on_defaults
    assert by_name["Winning new ones instead of keeping them"].value == 3 * 50 * 5
    assert by_name["Market at risk in a year"].rests_on_defaults


@pytest.mark.parametrize(
    "told", [{"margin": "x"}, {"margin": "-3"}, {"stays": "101"}, {"times": "1e9"}, {"margin": ""}]
)
def test_what_is_no_number_is_not_told(told):
    assert read(told) == {}


def test_without_any_money_nothing_breaks():
    for nothing in (counted(), counted((None, ""))):
        shown = figures(money=nothing, currency="", told=read({"customers": "10", "keeping": "1"}), mouth=True)
        assert names(shown) == ["Winning new ones instead of keeping them"]
        said = "is about to leave" if not nothing.value.customers else "not on record"
        assert said in shown[0].missing
    endless = figures(money=TWO, currency="TRY", told=read({"stays": "100", "discount": "0"}), mouth=False)
    assert any("worth more than any sum" in one.missing for one in endless)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["tr", "fa", "mn", "en"])
def test_the_page_opens_in_every_language(client, make_agent, make_complaint, make_customer, language):
    client.force_login(make_agent(language=language))
    assert client.get("/desk/insight/money/").status_code == 200
    make_complaint(customer=make_customer(yearly_value=Decimal(900), currency="TRY"))
    page = client.get("/desk/insight/money/?mouth=on&customers=1000&keeping=20&day_from=15&day_to=20")
    assert page.status_code == 200


@pytest.mark.django_db
def test_what_is_tried_on_an_empty_desk_stands_in_the_organisations_own_currency(client, make_agent, make_team, now):
    Organisation.objects.create(
        id=1, name="Karvan", language="mn", calendar=make_team().calendar, founded_at=now, currency="MNT"
    )
    client.force_login(make_agent(language="en"))
    assert "₮5,475" in client.get("/desk/insight/money/?day_from=15&day_to=20").content.decode()
