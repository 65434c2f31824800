from datetime import timedelta
from decimal import Decimal

import pytest

from amends.desk.complaints import actions as complaints
from amends.desk.promises.models import Promise
from amends.desk.remedies import actions, queries
from amends.desk.remedies.models import Remedy
from amends.desk.workplace import actions as workplace


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
    assert queries.limit_left(complaint=complaint, agent=complaint.owner, now=now) == 40
    with pytest.raises(actions.UnableToPutRight):
        put_right(complaint, now, cost=Decimal(41))
    put_right(complaint, now, cost=Decimal(40))
    other = make_complaint(owner=complaint.owner)
    assert queries.limit_left(complaint=other, agent=complaint.owner, now=now) == 100


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
    assert queries.limit_left(complaint=complaint, agent=complaint.owner, now=now) == 100
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
    assert queries.limit_left(complaint=complaint, agent=complaint.owner, now=now) == 2000
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


class TestToBeCarriedOut:
    def test_it_is_promised_and_ticked_off_by_those_who_do_it(self, complaint, make_team, make_agent, now):
        store = make_team(name="Store")
        due = now + timedelta(hours=5)
        remedy = put_right(
            complaint, now, kind="replacement", carrier="team", carrier_team=store, to_be_done=True, due_at=due
        )
        assert (remedy.state, remedy.settled_at) == ("to-do", None)
        promise = Promise.objects.get()
        assert (promise.due_at, promise.words, promise.owner) == (due, "plums", complaint.owner)
        assert [event.kind for event in complaint.events.order_by("-sequence")[:2]] == [
            "promise-made",
            "remedy-planned",
        ]
        assert not queries.remedies_of(complaint=complaint)[0].customer_knows  # what is promised is to be heard, too
        write_to_them(complaint, now + timedelta(hours=1))
        assert queries.remedies_of(complaint=complaint)[0].customer_knows
        assert [row.id for row in queries.to_carry_out(team=store)] == [remedy.pk]
        assert queries.to_carry_out(team=make_team()) == []

        storekeeper = make_agent(team=store)
        actions.finish(remedy=remedy, by=storekeeper, now=now + timedelta(hours=4))
        promise.refresh_from_db()
        assert promise.state == "kept"
        assert queries.to_carry_out(team=store) == []
        event = complaint.events.filter(kind="remedy").get()
        assert (event.agent, event.at) == (storekeeper, now + timedelta(hours=4))
        (row,) = queries.remedies_of(complaint=complaint)
        assert not row.customer_knows
        write_to_them(complaint, now + timedelta(hours=6))
        (row,) = queries.remedies_of(complaint=complaint)
        assert row.customer_knows

    def test_it_is_ticked_off_once(self, complaint, now):
        remedy = put_right(complaint, now, to_be_done=True)
        assert remedy.promise is None
        actions.finish(remedy=remedy, by=complaint.owner, now=now)
        for again in (actions.finish, actions.drop):
            with pytest.raises(actions.UnableToPutRight):
                again(remedy=remedy, by=complaint.owner, now=now)
        assert complaint.events.filter(kind="remedy").count() == 1

    def test_dropping_gives_the_room_back_and_leaves_the_promise(self, complaint, now):
        remedy = put_right(complaint, now, due_at=now + timedelta(hours=1))
        assert queries.limit_left(complaint=complaint, agent=complaint.owner, now=now) == 60
        actions.drop(remedy=remedy, by=complaint.owner, now=now)
        assert queries.limit_left(complaint=complaint, agent=complaint.owner, now=now) == 100
        assert Promise.objects.get().state == "open"
        assert not complaint.events.filter(kind="remedy").exists()

    def test_who_carries_it_is_named(self, complaint, now):
        with pytest.raises(actions.UnableToPutRight):
            put_right(complaint, now, carrier="third-party")
        with pytest.raises(actions.UnableToPutRight):
            put_right(complaint, now, carrier="team")
        put_right(complaint, now, carrier="third-party", carrier_name="Tez Kargo")
        (row,) = queries.remedies_of(complaint=complaint)
        assert (row.carrier, row.carrier_words) == ("third-party", "Tez Kargo")

    def test_its_time_lies_ahead(self, complaint, now):
        with pytest.raises(actions.UnableToPutRight):
            put_right(complaint, now, due_at=now)

    def test_a_letter_that_tells_of_it_makes_no_second_promise(self, complaint, now):
        due = now + timedelta(hours=5)
        put_right(complaint, now, due_at=due)
        undertaken = workplace.Undertaken(words="plums by 11", start=0, end=0, due_at=due + timedelta(seconds=20))
        workplace.reply(complaint=complaint, by=complaint.owner, text="…", undertaken=[undertaken], now=now)
        assert Promise.objects.filter(due_at__gte=due).count() == 1


def test_erasing_a_customer_empties_the_words(complaint, make_agent, now):
    put_right(complaint, now, reason="the plums of Ms Yılmaz", is_exception=True)
    complaints.erase(customer=complaint.customer, by=make_agent(), now=now)
    remedy = Remedy.objects.get()
    assert (remedy.what, remedy.reason, remedy.cost) == ("", "", 40)


def write_to_them(complaint, at):
    complaints.append(
        complaint=complaint, kind="replied", by="agent", agent=complaint.owner, text="It is done.", now=at
    )
