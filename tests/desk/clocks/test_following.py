"""The clocks follow the timeline: they start, stand still, are met, missed and ended by what happens."""

from datetime import timedelta

import pytest
from django.db import transaction

from amends.desk.clocks import actions
from amends.desk.clocks.models import Clock, CustomerGroup, GroupMember, Rule
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import Event
from amends.desk.promises.owners import Owners

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def complaint(make_complaint):
    return make_complaint()  # Wednesday, nine in the morning in Istanbul


def say(complaint, now, kind="replied"):
    return complaints.append(
        complaint=complaint, kind=kind, by="agent", agent=complaint.owner, text="We look into it.", now=now
    )


def clock(complaint, what):
    return complaint.clocks.filter(what=what).order_by("started_at").last()


class TestFromTheBeginning:
    def test_an_answer_and_a_resolution_are_owed(self, complaint, now):
        assert sorted(complaint.clocks.values_list("what", "state", "due_at")) == [
            ("answer", "running", now + 8 * HOUR),
            ("resolution", "running", now + 6 * DAY + 9 * HOUR),  # five days of nine hours, over a weekend
        ]

    def test_the_answer_is_met_by_a_person_and_not_by_the_receipt(self, complaint, now):
        complaints.append(complaint=complaint, kind="acknowledged", by="system", text="We have it.", now=now + HOUR)
        assert clock(complaint, "answer").state == "running"
        say(complaint, now + 2 * HOUR)
        answer = clock(complaint, "answer")
        assert (answer.state, answer.done_at) == ("met", now + 2 * HOUR)

    def test_an_answer_that_comes_late_was_missed(self, complaint, now):
        say(complaint, now + 3 * DAY)
        answer = clock(complaint, "answer")
        assert (answer.state, answer.done_at) == ("missed", now + 3 * DAY)
        assert answer.told_at is not None  # it is done: nobody is told of it

    def test_who_told_it_to_a_person_was_heard_at_once(self, make_complaint, make_agent, now):
        agent = make_agent()
        told = make_complaint(owner=agent, by=agent, channel="phone")
        assert clock(told, "answer").state == "met"


class TestTheNextWord:
    def test_is_owed_from_each_word_of_the_customer_that_waits(self, complaint, now):
        say(complaint, now + HOUR)
        assert clock(complaint, "next-word") is None
        complaints.customer_writes(complaint=complaint, text="And now?", channel="mail", now=now + 2 * HOUR)
        complaints.customer_writes(complaint=complaint, text="Hello?", channel="mail", now=now + 3 * HOUR)
        word = clock(complaint, "next-word")
        assert (word.started_at, word.due_at) == (now + 2 * HOUR, now + DAY + HOUR)
        say(complaint, now + 4 * HOUR, kind="called")
        word.refresh_from_db()
        assert (word.state, word.done_at) == ("met", now + 4 * HOUR)
        complaints.customer_writes(complaint=complaint, text="Thanks.", channel="mail", now=now + 5 * HOUR)
        assert complaint.clocks.filter(what="next-word").count() == 2

    def test_is_owed_while_a_third_party_has_the_move(self, complaint, now):
        say(complaint, now + HOUR)
        complaints.wait_on_third_party(complaint=complaint, by=complaint.owner, who="The courier", now=now + 2 * HOUR)
        assert clock(complaint, "next-word").state == "running"


class TestTheResolution:
    def test_stands_still_while_it_is_the_customers_turn(self, complaint, now):
        say(complaint, now + HOUR)
        still = clock(complaint, "resolution")
        assert (still.state, still.due_at) == ("still", None)
        complaints.customer_writes(complaint=complaint, text="Here it is.", channel="mail", now=now + 3 * HOUR)
        runs = clock(complaint, "resolution")
        assert (runs.state, runs.due_at) == ("running", now + 7 * DAY + 2 * HOUR)
        assert len(runs.pauses) == 1

    def test_is_met_by_the_customers_yes_alone(self, complaint, now):
        say(complaint, now + HOUR)
        complaints.say_content(complaint=complaint, by_customer=True, now=now + 2 * HOUR)
        assert clock(complaint, "resolution").state == "met"

    def test_is_ended_and_not_met_by_closing(self, complaint, now):
        say(complaint, now + HOUR)
        complaints.close(complaint=complaint, by=complaint.owner, now=now + 2 * HOUR)
        assert clock(complaint, "resolution").state == "ended"

    def test_goes_on_when_the_complaint_opens_again(self, complaint, now):
        say(complaint, now + HOUR)
        complaints.say_content(complaint=complaint, by_customer=True, now=now + 2 * HOUR)
        complaints.say_not_content(complaint=complaint, text="It broke again.", now=now + DAY)
        runs = clock(complaint, "resolution")
        assert (runs.state, runs.done_at, len(runs.pauses)) == ("running", None, 1)


class TestRules:
    def test_the_one_that_says_most_holds(self, make_complaint, make_customer, now):
        gold = CustomerGroup.objects.create(name="Gold")
        Rule.objects.create(what="answer", minutes=600)
        Rule.objects.create(what="answer", minutes=240, channel="mail")
        Rule.objects.create(what="answer", minutes=60, group=gold)
        member = make_customer()
        GroupMember.objects.create(group=gold, customer=member)
        assert clock(make_complaint(), "answer").allowed_minutes == 600
        assert clock(make_complaint(channel="mail"), "answer").allowed_minutes == 240
        assert clock(make_complaint(channel="mail", customer=member), "answer").allowed_minutes == 60
        assert clock(make_complaint(), "resolution") is None  # no rule speaks of it

    def test_a_group_may_be_of_those_who_spend(self, make_complaint, make_customer, now):
        large = CustomerGroup.objects.create(name="Large", spends_from=10_000, currency="TRY")
        Rule.objects.create(what="answer", minutes=600)
        Rule.objects.create(what="answer", minutes=60, group=large)
        assert clock(make_complaint(customer=make_customer(yearly_value=20_000, currency="TRY")), "answer").rule.group
        assert not clock(
            make_complaint(customer=make_customer(yearly_value=20_000, currency="MNT")), "answer"
        ).rule.group

    def test_anger_shortens_what_still_runs(self, make_complaint, now):
        Rule.objects.create(what="answer", minutes=600)
        Rule.objects.create(what="answer", minutes=120, priority="urgent")
        complaint = make_complaint()
        complaints.customer_writes(complaint=complaint, text="!!!", heat=3, channel="mail", now=now + HOUR)
        answer = clock(complaint, "answer")
        assert (answer.allowed_minutes, answer.due_at) == (120, now + 2 * HOUR)

    def test_a_hand_over_counts_by_the_hours_of_the_new_owner(self, complaint, make_agent, now):
        tehran = make_agent(time_zone="Asia/Tehran")
        complaints.hand_over(complaint=complaint, by=complaint.owner, to=tehran, reason="speaks Persian", now=now)
        # Nine to six in Tehran began half an hour before.
        assert clock(complaint, "answer").due_at == now + 8 * HOUR
        assert clock(complaint, "resolution").due_at == now + 7 * DAY


class TestTheWorker:
    def test_warns_the_owner_before_and_once(self, complaint, now):
        answer = clock(complaint, "answer")
        assert answer.warn_at == now + 6 * HOUR
        assert actions.look(now=answer.warn_at - timedelta(minutes=1)) == 0
        assert actions.look(now=answer.warn_at) == 1
        assert actions.look(now=answer.warn_at + timedelta(minutes=1)) == 0
        assert told() == [(complaint.owner_id, "clock-due")]

    def test_tells_owner_and_lead_when_it_was_missed(self, make_agent, make_team, make_complaint, now):
        lead = make_agent(role="lead")
        owner = make_agent(team=make_team(lead=lead))
        complaint = make_complaint(owner=owner)
        due = clock(complaint, "answer").due_at
        actions.look(now=due)
        actions.look(now=due + timedelta(minutes=2))
        assert clock(complaint, "answer").state == "missed"
        assert told() == [(owner.pk, "clock-missed"), (lead.pk, "clock-missed")]

    def test_never_says_a_word_at_night(self, make_agent, make_complaint, now):
        complaint = make_complaint(at=now + 8 * HOUR)  # five in the afternoon: due next day at four
        night = now + DAY + 15 * HOUR  # midnight, when the worker was down all day
        actions.look(now=night)
        actions.look(now=night + timedelta(minutes=1))
        assert clock(complaint, "answer").state == "missed"
        assert told() == []
        morning = now + 2 * DAY - HOUR  # the night is not over
        assert actions.look(now=morning) == 0
        actions.look(now=now + 2 * DAY)
        assert [about for _, about in told()] == ["clock-missed"]

    def test_a_second_worker_and_a_second_pass_say_nothing_again(self, complaint, now):
        due = clock(complaint, "answer").due_at
        for _ in range(3):
            actions.look(now=due)
            actions.look(now=due + timedelta(seconds=1))
        assert len(told()) == 1
        for act in (actions._tell, actions._miss, actions._warn):  # as the other worker does that listed it before
            waiting = [(complaint.pk, [clock(complaint, "answer").pk])]
            with transaction.atomic():
                assert not actions._look_at(waiting, act=act, owners=Owners(now=due), now=due)


class TestCountingAnew:
    def test_asks_as_much_for_five_complaints_as_for_one(
        self, make_agent, make_complaint, now, django_assert_max_num_queries
    ):
        def asked() -> int:
            with django_assert_max_num_queries(20) as seen:
                actions.recount(now=now)
            return len(seen)

        owner = make_agent()
        make_complaint(owner=owner)
        one = asked()
        for _ in range(4):
            make_complaint(owner=owner)
        assert asked() == one

    def test_follows_a_calendar_that_changed(self, make_agent, make_team, make_complaint, now):
        owner = make_agent(team=make_team())
        complaint = make_complaint(owner=owner)
        assert actions.recount_if_changed(now=now) == 1
        assert actions.recount_if_changed(now=now) == 0
        calendar = owner.team.calendar
        calendar.days_off = ["2026-10-15"]
        calendar.save()
        before = clock(complaint, "resolution").due_at
        assert actions.recount_if_changed(now=now) == 1
        assert clock(complaint, "resolution").due_at == before + DAY

    def test_a_calendar_without_hours_stands_still(self, make_agent, make_team, make_complaint, now):
        complaint = make_complaint(owner=make_agent(team=make_team(week={})))
        assert set(complaint.clocks.values_list("state", "due_at")) == {("still", None)}
        assert actions.look(now=now + 99 * DAY) == 0

    def test_makes_what_is_missing_and_tells_nobody_of_the_past(self, complaint, now):
        Clock.objects.all().delete()
        actions.recount(now=now + 60 * DAY)
        assert set(complaint.clocks.values_list("what", "state")) == {("answer", "missed"), ("resolution", "missed")}
        assert actions.look(now=now + 61 * DAY) == 0
        assert told() == []

    def test_a_rebuild_tells_the_same(self, complaint, now):
        say(complaint, now + HOUR)
        complaints.customer_writes(complaint=complaint, text="And now?", channel="mail", now=now + 2 * HOUR)
        before = list(Clock.objects.order_by("pk").values())
        complaints.rebuild(complaint=complaint)
        assert list(Clock.objects.order_by("pk").values()) == before


def told():
    warnings = Event.objects.filter(kind="warned").order_by("pk")
    return [(event.content.data["to"], event.content.data["about"]) for event in warnings]
