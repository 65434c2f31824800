from decimal import Decimal

import pytest

from amends.desk.remedies import actions, queries
from amends.desk.remedies.models import Remedy


@pytest.fixture
def complaint(make_complaint, make_agent):
    return make_complaint(owner=make_agent(goodwill_limit=Decimal(100)))


def put_right(complaint, now, **fields):
    given = {"by": complaint.owner, "kind": "refund", "what": "plums", "cost": Decimal(40), "currency": "try"}
    return actions.put_right(complaint=complaint, now=now, **{**given, **fields})


def test_within_the_limit_nobody_is_asked(complaint, now):
    remedy = put_right(complaint, now)
    event = complaint.events.order_by("-sequence")[0]
    assert (event.kind, event.agent) == ("remedy", complaint.owner)
    assert event.content.data["cost"] == "40.00"
    assert event.content.data["remedy"] == remedy.pk
    assert remedy.currency == "TRY"


def test_the_limit_is_for_the_whole_complaint(complaint, make_complaint, now):
    put_right(complaint, now, cost=Decimal(60))
    assert queries.limit_left(complaint=complaint, agent=complaint.owner) == 40
    with pytest.raises(actions.UnableToPutRight):
        put_right(complaint, now, cost=Decimal(41))
    put_right(complaint, now, cost=Decimal(40))
    other = make_complaint(owner=complaint.owner)
    assert queries.limit_left(complaint=other, agent=complaint.owner) == 100


def test_above_it_somebody_with_a_higher_limit_says_yes(complaint, make_agent, now):
    lead = make_agent(name="Lead", goodwill_limit=Decimal(500))
    boss = make_agent(name="Boss", goodwill_limit=Decimal(9000), presence="away")
    small = make_agent(goodwill_limit=Decimal(50))
    assert queries.who_can_agree(cost=Decimal(300), by=complaint.owner) == [lead, boss]
    for agreed_by in (None, small, complaint.owner):
        with pytest.raises(actions.UnableToPutRight):
            put_right(complaint, now, cost=Decimal(300), agreed_by=agreed_by)
    put_right(complaint, now, cost=Decimal(300), agreed_by=lead)
    # What another agreed to does not use up the agent's own room.
    assert queries.limit_left(complaint=complaint, agent=complaint.owner) == 100
    (row,) = queries.remedies_of(complaint=complaint)
    assert (row.label, row.cost, row.agreed_by_name) == ("refund", 300, "Lead")


def test_a_limit_is_for_costs_in_its_own_currency(make_complaint, make_agent, now):
    pounds = make_agent(goodwill_limit=Decimal(100), goodwill_currency="GBP")
    complaint = make_complaint(owner=make_agent(goodwill_limit=Decimal(3000), goodwill_currency="TRY"))
    put_right(complaint, now, cost=Decimal(1000))
    with pytest.raises(actions.UnableToPutRight, match="Your limit is in TRY"):
        put_right(complaint, now, cost=Decimal(6), currency="gbp")
    assert queries.who_can_agree(cost=Decimal(6), by=complaint.owner, currency="GBP") == [pounds]
    put_right(complaint, now, cost=Decimal(6), currency="gbp", agreed_by=pounds)
    with pytest.raises(actions.UnableToPutRight):
        put_right(complaint, now, cost=Decimal(6), agreed_by=pounds)
    assert queries.limit_left(complaint=complaint, agent=complaint.owner) == 2000
    put_right(complaint, now, kind="apology-call", cost=Decimal(0), currency="GBP")


def test_an_exception_says_why(complaint, now):
    with pytest.raises(actions.UnableToPutRight):
        put_right(complaint, now, is_exception=True, reason=" ")
    assert put_right(complaint, now, is_exception=True, reason="Birthday on Saturday").is_exception


@pytest.mark.parametrize(
    "fields", [{"cost": Decimal(-1)}, {"cost": Decimal("NaN")}, {"cost": Decimal("1e30")}, {"kind": "bribe"}]
)
def test_nonsense_is_refused(complaint, now, fields):
    with pytest.raises(actions.UnableToPutRight):
        put_right(complaint, now, **fields)
    assert not Remedy.objects.exists()
