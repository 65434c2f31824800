from decimal import Decimal

import pytest

from amends.desk.remedies.actions import Plan


@pytest.fixture
def house(make_team, make_agent):
    """A team with an agent who may give 50, a lead who may give 500, and a manager."""
    team = make_team(name="House")

    def person(name, **fields):
        return make_agent(name=name, team=team, **{"goodwill_currency": "EUR", **fields})

    people = {
        "agent": person("Aylin", goodwill_limit=Decimal(50)),
        "lead": person("Leyla", role="lead", goodwill_limit=Decimal(500)),
        "manager": person("Mert", role="administrator"),
    }
    team.lead = people["lead"]
    team.save()
    return people


@pytest.fixture
def complaint(make_complaint, make_customer, house):
    customer = make_customer(name="Ayşe Yılmaz", currency="EUR", yearly_value=Decimal(2000))
    return make_complaint(owner=house["agent"], customer=customer)


@pytest.fixture
def plan():
    def make(**fields):
        given = {"kind": "refund", "what": "the whole price", "cost": Decimal(300), "currency": "EUR", "reason": "ours"}
        return Plan(**{**given, **fields})

    return make
