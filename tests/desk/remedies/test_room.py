from datetime import timedelta
from decimal import Decimal

import pytest

from amends.desk.remedies import actions, giving, room

DAY = timedelta(days=1)


def left(complaint, agent, now, currency="EUR"):
    return room.room_of(complaint=complaint, agent=agent, currency=currency, now=now).left


def give(complaint, now, cost):
    actions.put_right(
        complaint=complaint, by=complaint.owner, kind="refund", cost=Decimal(cost), currency="EUR", now=now
    )


def test_a_role_has_a_limit_and_a_person_of_their_own_another(complaint, house, make_agent, now):
    newcomer = make_agent(name="New")
    assert left(complaint, newcomer, now) == 0
    giving.allow(whose="agent", currency="eur", per_case=Decimal(30), per_period=None, share=None)
    assert left(complaint, newcomer, now) == 30
    assert left(complaint, house["agent"], now) == 50  # what stands on their own page
    giving.allow(whose=str(newcomer.pk), currency="EUR", per_case=Decimal(80), per_period=None, share=None)
    assert left(complaint, newcomer, now) == 80
    assert left(complaint, newcomer, now, currency="TRY") == 0
    giving.allow(whose=str(newcomer.pk), currency="EUR", per_case=None, per_period=None, share=None)
    assert left(complaint, newcomer, now) == 30


def test_a_period_limits_what_is_given_in_all_cases_together(complaint, make_complaint, house, now):
    giving.allow(whose="agent", currency="EUR", per_case=None, per_period=Decimal(70), share=None)
    give(complaint, now - 10 * DAY, 50)
    other = make_complaint(owner=house["agent"], customer=complaint.customer)
    assert left(other, house["agent"], now) == 20
    with pytest.raises(actions.AboveTheLimit):
        give(other, now, 21)
    give(other, now, 20)
    assert left(other, house["agent"], now) == 0
    assert left(other, house["agent"], now + 21 * DAY) == 30  # the first is out of the period; this case has 50


def test_the_period_is_the_organisations_own(complaint, make_complaint, house, now):
    giving.allow(whose="agent", currency="EUR", per_case=None, per_period=Decimal(50), share=None)
    giving.set_ground(period_days=7, answer_minutes=60, bent_often=3, bent_days=90)
    give(complaint, now - 8 * DAY, 50)
    assert left(make_complaint(owner=house["agent"]), house["agent"], now) == 50


def test_a_customer_who_spends_much_gives_more_room(complaint, make_complaint, make_customer, house, now):
    giving.allow(whose="agent", currency="EUR", per_case=None, per_period=None, share=10)
    told = room.room_of(complaint=complaint, agent=house["agent"], currency="EUR", now=now)
    assert (told.left, told.for_value) == (200, True)
    little = make_complaint(owner=house["agent"], customer=make_customer(currency="EUR", yearly_value=Decimal(100)))
    assert left(little, house["agent"], now) == 50
    lira = make_complaint(owner=house["agent"], customer=make_customer(currency="TRY", yearly_value=Decimal(90_000)))
    assert left(lira, house["agent"], now) == 50


def test_what_somebody_else_agreed_to_uses_nothing_up(complaint, house, now):
    actions.put_right(
        complaint=complaint,
        by=house["agent"],
        kind="refund",
        cost=Decimal(400),
        currency="EUR",
        agreed_by=house["lead"],
        now=now,
    )
    assert left(complaint, house["agent"], now) == 50


class TestWhomToAsk:
    def ask(self, complaint, house, now, cost=300, **fields):
        given = {"by": house["agent"], "cost": Decimal(cost), "currency": "EUR", "step": 0, "now": now, **fields}
        found = room.whom_to_ask(complaint=complaint, **given)
        return (found[0].name, found[1]) if found else None

    def test_a_lead_first_and_a_manager_above_them(self, complaint, house, now):
        assert self.ask(complaint, house, now) == ("Leyla", 0)
        assert self.ask(complaint, house, now, step=1) == ("Mert", 1)
        assert self.ask(complaint, house, now, step=2) is None

    def test_who_may_not_give_so_much_is_not_asked(self, complaint, house, now):
        assert self.ask(complaint, house, now, cost=501) == ("Mert", 1)
        assert self.ask(complaint, house, now, by=house["manager"], cost=501) is None

    def test_who_is_away_comes_after_who_is_here(self, complaint, house, make_agent, now):
        house["lead"].presence = "away"
        house["lead"].save()
        other = make_agent(name="Other", role="lead", goodwill_limit=Decimal(900), goodwill_currency="EUR")
        assert self.ask(complaint, house, now) == (other.name, 0)
