"""Taking five, booking a call, asking to take over: each happens once, and nothing is taken from anybody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from amends.desk.calm import actions, queries
from amends.desk.calm.models import CallOffer, Pause, Takeover
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import By, EventKind
from amends.desk.complaints.sentences import sentence
from amends.desk.notices import queries as notices
from amends.desk.people.models import Presence
from amends.desk.promises import actions as promises
from amends.desk.promises.models import Promise, State
from amends.desk.workplace import actions as workplace

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def complaint(make_complaint, make_agent, make_team):
    return make_complaint(owner=make_agent(team=make_team()))


@pytest.fixture
def pause(complaint, now):
    return _pause(complaint, now)


def _pause(complaint, now, minutes=15):
    until = now + minutes * MINUTE
    event = complaints.append(
        complaint=complaint, kind=EventKind.REPLIED, by=By.AGENT, agent=complaint.owner, text="A moment.", now=now
    )
    promise = promises.make(
        complaint=complaint,
        owner=complaint.owner,
        made_in=event,
        words="by then",
        due_at=until,
        whole_day=False,
        now=now,
    )
    return actions.begin_pause(complaint=complaint, by=complaint.owner, until=until, promise=promise, now=now)


def kinds(complaint):
    return list(complaint.events.order_by("sequence").values_list("kind", flat=True))


class TestPause:
    def test_it_rests_until_they_come_back_and_not_until_a_time(self, pause, complaint, now):
        long_after = now + timedelta(hours=5)
        promises.break_due(now=long_after)
        assert queries.resting(agent=complaint.owner, now=long_after).passed

    def test_nobody_rings_the_owner_and_the_lead_hears_before_the_time_passes(self, complaint, make_agent, now):
        lead = make_agent(role="lead")
        complaint.owner.team.lead = lead
        complaint.owner.team.save()
        _pause(complaint, now)
        promises.break_due(now=now + MINUTE)
        assert EventKind.WARNED not in kinds(complaint)
        promises.break_due(now=now + 13 * MINUTE)
        warned = complaint.events.filter(kind=EventKind.WARNED).values_list("content__data__to", flat=True)
        assert list(warned) == [lead.pk]

    def test_coming_back_is_told_once_though_two_ask(self, pause, complaint, now):
        assert actions.come_back(agent=complaint.owner, now=now + MINUTE).pk == pause.pk
        assert actions.come_back(agent=complaint.owner, now=now + MINUTE) is None
        assert kinds(complaint).count(EventKind.CAME_BACK) == 1
        assert complaint.owner.presence == Presence.HERE

    def test_a_stale_look_does_not_come_back_a_second_time(self, pause, complaint, now, monkeypatch):
        """The second worker read the pause while it ran; the update's condition stops it."""
        stale = Pause.objects.select_related("complaint").get(pk=pause.pk)
        actions.come_back(agent=complaint.owner, now=now)
        real = Pause.objects

        class Stale:
            def select_related(self, *_):
                return self

            def filter(self, **given):
                return self if "agent" in given else real.filter(**given)

            def first(self):
                return stale

        monkeypatch.setattr(actions.Pause, "objects", Stale())
        assert actions.come_back(agent=complaint.owner, now=now) is None
        assert kinds(complaint).count(EventKind.CAME_BACK) == 1

    def test_a_word_in_time_keeps_the_promise_and_they_are_back(self, pause, complaint, now):
        workplace.reply(complaint=complaint, by=complaint.owner, text="Here I am again.", now=now + 5 * MINUTE)
        assert Promise.objects.get().state == State.KEPT
        assert queries.resting(agent=complaint.owner, now=now) is None
        assert EventKind.CAME_BACK in kinds(complaint)

    def test_a_word_too_late_keeps_nothing(self, pause, complaint, now):
        late = now + 20 * MINUTE
        workplace.reply(complaint=complaint, by=complaint.owner, text="Here I am again.", now=late)
        promises.break_due(now=late)
        assert Promise.objects.get().state == State.BROKEN

    def test_the_time_moves_with_a_word_and_is_counted(self, pause, complaint, now):
        told = complaints.append(
            complaint=complaint, kind=EventKind.REPLIED, by=By.AGENT, agent=complaint.owner, text="Longer.", now=now
        )
        later = now + 40 * MINUTE
        actions.rest_longer(pause=pause, until=later, told_in=told, now=now + MINUTE)
        promise = Promise.objects.get()
        assert (promise.state, promise.due_at, promise.moved) == (State.OPEN, later, 1)
        complaint.refresh_from_db()
        assert complaint.back_at == later

    def test_it_does_not_move_without_a_word_or_after_its_time(self, pause, complaint, now):
        received = complaint.events.get(kind=EventKind.RECEIVED)
        with pytest.raises(promises.UnableToPromise):
            actions.rest_longer(pause=pause, until=now + 40 * MINUTE, told_in=received, now=now + MINUTE)
        with pytest.raises(promises.UnableToSettle):
            actions.rest_longer(pause=pause, until=now + 60 * MINUTE, told_in=received, now=now + 16 * MINUTE)

    def test_a_second_pause_ends_the_first(self, pause, complaint, make_complaint, now):
        other = make_complaint(owner=complaint.owner)
        _pause(other, now)
        assert Pause.objects.filter(ended_at=None).get().complaint == other


def offered(complaint, now, hours=(2, 5)):
    slots = [now + timedelta(hours=one) for one in hours]
    return actions.offer_call(complaint=complaint, by=complaint.owner, slots=slots, now=now), slots


class TestCall:
    def test_the_customer_books_one_and_it_is_promised(self, complaint, now):
        offer, slots = offered(complaint, now)
        promise = actions.book_call(offer=offer, slot=slots[1], now=now)
        assert (promise.owner, promise.due_at) == (complaint.owner, slots[1])
        assert "14.00" in promise.words

    def test_of_two_who_choose_one_is_booked(self, complaint, now):
        offer, slots = offered(complaint, now)
        stale = CallOffer.objects.get(pk=offer.pk)
        actions.book_call(offer=offer, slot=slots[0], now=now)
        with pytest.raises(actions.UnableToOfferCall):
            actions.book_call(offer=stale, slot=slots[1], now=now)
        assert kinds(complaint).count(EventKind.CALL_BOOKED) == 1
        assert Promise.objects.count() == 1

    def test_a_time_that_was_not_offered_or_has_passed_is_not_booked(self, complaint, now):
        offer, slots = offered(complaint, now)
        for slot, at in ((now + timedelta(hours=3), now), (slots[0], slots[0] + MINUTE)):
            with pytest.raises(actions.UnableToOfferCall):
                actions.book_call(offer=offer, slot=slot, now=at)

    def test_two_customers_cannot_have_the_same_half_hour_of_one_person(self, complaint, make_complaint, now):
        offer, slots = offered(complaint, now)
        other, _ = offered(make_complaint(owner=complaint.owner), now)
        actions.book_call(offer=offer, slot=slots[0], now=now)
        with pytest.raises(actions.UnableToOfferCall):
            actions.book_call(offer=other, slot=slots[0], now=now)

    def test_the_call_keeps_it_and_a_letter_does_not(self, complaint, now):
        offer, slots = offered(complaint, now)
        actions.book_call(offer=offer, slot=slots[0], now=now)
        workplace.reply(complaint=complaint, by=complaint.owner, text="Until then.", now=now + MINUTE)
        assert Promise.objects.get().state == State.OPEN
        workplace.log_call(complaint=complaint, by=complaint.owner, minutes="All is well.", now=slots[0] - MINUTE)
        assert Promise.objects.get().state == State.KEPT

    def test_a_new_offer_takes_the_place_of_the_old(self, complaint, now):
        offer, slots = offered(complaint, now)
        offered(complaint, now, hours=(3,))
        with pytest.raises(actions.UnableToOfferCall):
            actions.book_call(offer=offer, slot=slots[0], now=now)


class TestTakingOver:
    def test_it_stays_with_its_owner_until_the_colleague_says_yes(self, complaint, make_agent, now):
        owner, colleague = complaint.owner, make_agent()
        asked = actions.ask_to_take_over(complaint=complaint, by=owner, to=colleague, reason="Too hot for me", now=now)
        complaint.refresh_from_db()
        assert complaint.owner == owner
        actions.accept(asked=asked, by=colleague, now=now)
        complaint.refresh_from_db()
        assert (complaint.owner, complaint.handovers) == (colleague, 1)

    def test_it_comes_back_when_nobody_answers_in_their_working_time(self, complaint, make_agent, make_team, now):
        owner, colleague = complaint.owner, make_agent(name="Silent", team=make_team())
        asked = actions.ask_to_take_over(complaint=complaint, by=owner, to=colleague, reason="Too hot", now=now)
        until = actions.answer_until(asked=asked)
        assert until == colleague.calendar().add_working_time(now, timedelta(hours=4))
        assert actions.lapse(now=until - timedelta(minutes=1)) == 0
        assert actions.lapse(now=until) == 1
        assert actions.lapse(now=until) == 0
        complaint.refresh_from_db()
        assert complaint.owner == owner
        told = complaint.events.get(kind="takeover-declined")
        assert "Silent did not answer in time" in sentence(
            kind=told.kind, agent="", data=told.content.data, names={colleague.pk: "Silent"}
        )
        assert "did not answer in time" in notices.told(agent=owner, now=until)[0].words
        with pytest.raises(actions.UnableToTakeOver):
            actions.accept(asked=asked, by=colleague, now=until)
        actions.ask_to_take_over(complaint=complaint, by=owner, to=colleague, reason="Once more", now=until)

    def test_nobody_takes_what_is_not_offered(self, complaint, make_agent, now):
        lead = make_agent(role="lead")
        with pytest.raises(actions.UnableToTakeOver, match="nobody takes it"):
            actions.ask_to_take_over(complaint=complaint, by=lead, to=lead, reason="I can do it", now=now)

    def test_only_who_was_asked_may_answer(self, complaint, make_agent, now):
        asked = actions.ask_to_take_over(
            complaint=complaint, by=complaint.owner, to=make_agent(), reason="Too hot", now=now
        )
        with pytest.raises(actions.UnableToTakeOver):
            actions.accept(asked=asked, by=make_agent(), now=now)

    def test_of_yes_and_no_at_once_one_counts(self, complaint, make_agent, now):
        colleague = make_agent()
        asked = actions.ask_to_take_over(
            complaint=complaint, by=complaint.owner, to=colleague, reason="Too hot", now=now
        )
        stale = Takeover.objects.get(pk=asked.pk)
        actions.decline(asked=asked, by=colleague, now=now)
        with pytest.raises(actions.UnableToTakeOver):
            actions.accept(asked=stale, by=colleague, now=now)
        complaint.refresh_from_db()
        assert complaint.handovers == 0

    def test_what_was_taken_back_cannot_be_accepted(self, complaint, make_agent, now):
        colleague = make_agent()
        asked = actions.ask_to_take_over(
            complaint=complaint, by=complaint.owner, to=colleague, reason="Too hot", now=now
        )
        actions.take_back_asking(asked=asked, by=complaint.owner, now=now)
        with pytest.raises(actions.UnableToTakeOver):
            actions.accept(asked=asked, by=colleague, now=now)
