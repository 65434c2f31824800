from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from amends.desk.remedies import actions, asking, giving, queries, rules, ruling
from amends.desk.remedies.models import RuleChange
from amends.desk.workplace.putting_right import PutRight

DAY = timedelta(days=1)


@pytest.fixture
def rule(house, now):
    return rules.write(
        title="Returns within 30 days",
        text="Goods come back within thirty days.",
        purpose="The season is sold off after that.",
        owner=house["lead"],
        by=house["lead"],
        now=now - 60 * DAY,
    )


def bend(complaint, rule, at, **fields):
    return actions.put_right(
        complaint=complaint,
        by=complaint.owner,
        kind="refund",
        rule=rule,
        reason="she was in hospital",
        cost=Decimal(10),
        currency="EUR",
        now=at,
        **fields,
    )


def page(rule, at):
    return ruling.page(rule=rule, now=at)


def test_an_exception_names_the_rule_its_reason_and_its_cost(complaint, rule, now):
    with pytest.raises(actions.UnableToPutRight):
        actions.put_right(complaint=complaint, by=complaint.owner, kind="gift", rule=rule, now=now)
    remedy = bend(complaint, rule, now)
    assert remedy.is_exception
    told = page(rule, now)
    (row,) = told.exceptions
    assert (row.reason, row.cost, row.rule) == ("she was in hospital", 10, rule.title)
    assert told.row.costs == [("EUR", Decimal(10))]
    assert complaint.events.get(kind="remedy").content.data["bends"] == rule.pk


def test_bent_often_it_is_proposed_for_change(make_complaint, house, rule, now):
    def case():
        return make_complaint(owner=house["agent"])

    for days in (50, 20):
        bend(case(), rule, now - days * DAY)
    assert ruling.proposed(now=now) == []
    dropped = bend(case(), rule, now, due_at=now + DAY)
    assert [row.id for row in ruling.proposed(now=now)] == [rule.pk]
    actions.drop(remedy=dropped, by=house["agent"], now=now)
    assert ruling.proposed(now=now) == []
    giving.set_ground(period_days=30, answer_minutes=60, bent_often=2, bent_days=30)
    assert ruling.proposed(now=now) == []  # one of them is longer ago
    giving.set_ground(period_days=30, answer_minutes=60, bent_often=2, bent_days=90)
    assert ruling.proposed(now=now)


def test_a_look_at_it_counts_anew(complaint, make_complaint, house, rule, now):
    giving.set_ground(period_days=30, answer_minutes=60, bent_often=1, bent_days=90)
    bend(complaint, rule, now - DAY)
    with pytest.raises(rules.UnableToRule):
        rules.let_stay(rule=rule, by=house["lead"], why=" ", now=now)
    rules.let_stay(rule=rule, by=house["lead"], why="Only in the sale.", now=now)
    assert ruling.proposed(now=now) == []
    rule.refresh_from_db()
    assert page(rule, now).verdict == "Only in the sale."
    bend(make_complaint(owner=house["agent"]), rule, now + DAY)
    assert ruling.proposed(now=now + DAY)
    fields = {"title": rule.title, "purpose": rule.purpose, "owner": rule.owner, "by": house["lead"]}
    rules.change(rule=rule, text="Goods come back within sixty days.", now=now + 2 * DAY, **fields)
    assert ruling.proposed(now=now + 2 * DAY) == []
    assert page(rule, now).row.exceptions == 2
    change = RuleChange.objects.order_by("-pk")[0]
    assert (change.before, change.after) == (
        "Goods come back within thirty days.",
        "Goods come back within sixty days.",
    )


def test_complaints_because_of_it(make_complaint, house, rule, plan, now):
    complaint, other, asked = (make_complaint(owner=house["agent"]) for _ in range(3))
    bend(complaint, rule, now)
    rules.say_trouble(complaint=other, rule=rule, by=house["agent"], now=now)
    rules.say_trouble(complaint=complaint, rule=rule, by=house["agent"], now=now)  # said as well: one complaint
    request = asking.ask(complaint=asked, by=house["agent"], plan=plan(rule=rule), now=now)
    asking.answer(request=request, by=house["lead"], yes=False, words="not this one", now=now)
    told = page(rule, now)
    assert told.row.complaints == 3
    assert {row.number for row in told.because} == {complaint.number, other.number, asked.number}
    assert told.row.asked_in_vain == 1
    rules.say_trouble(complaint=other, rule=None, by=house["agent"], now=now)
    assert page(rule, now).row.complaints == 2


def test_a_rule_needs_a_purpose(house, now):
    with pytest.raises(rules.UnableToRule):
        rules.write(title="No", text="No.", purpose=" ", owner=house["lead"], by=house["lead"], now=now)


def test_out_of_force_it_is_bent_no_more(complaint, house, rule, now):
    giving.set_ground(period_days=30, answer_minutes=60, bent_often=1, bent_days=90)
    bend(complaint, rule, now)
    rules.retire(rule=rule, by=house["lead"], now=now + DAY)
    assert ruling.proposed(now=now + DAY) == []
    rules.retire(rule=rule, by=house["lead"], now=now + 2 * DAY)
    rule.refresh_from_db()
    assert rule.retired_at is None


def test_readers_find_rules_in_their_own_language_first(rule, complaint, house, now):
    written = [
        rules.write(title=title, text=title, purpose="…", owner=house["lead"], by=house["lead"], now=now)
        for title in ("İadeler on dört gün içinde yapılır", "مهلت مرجوعی هفت روز است")
    ]
    for language, first in (("tr", "İadeler"), ("fa", "مهلت"), ("en", "Returns")):
        with translation.override(language):
            assert queries.rules_in_force()[0][1].startswith(first)
            assert ruling.rules(now=now)[0].title.startswith(first)
    complaint.language = "tr"
    with translation.override("en"):  # beside a complaint: the reader's and the customer's language, and what is chosen
        assert {pk for pk, _ in queries.rules_in_force(for_complaint=complaint)} == {rule.pk, written[0].pk}
        sheet = {"complaint": complaint, "end_of_day": now, "now": now, "language": "en"}
        assert [value for value, _ in PutRight(**sheet).fields["rule"].choices][1:-1] == [
            *(str(one.pk) for one in (rule, written[0])),
        ]
        cited = PutRight(**sheet, initial={"rule": str(written[1].pk)})
        assert str(written[1].pk) in [value for value, _ in cited.fields["rule"].choices]
        rules.say_trouble(complaint=complaint, rule=written[1], by=house["agent"], now=now)
        assert {pk for pk, _ in queries.right_of(complaint=complaint).rules} == {rule.pk, *(one.pk for one in written)}
    with translation.override("mn"):  # where none is in the reader's language all are told
        assert len(queries.rules_in_force(for_complaint=complaint)) == 3
