"""Who asks for a manager in their own words is heard: one is rung by itself, once, and the owner can call it off."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import By, EventKind
from amends.desk.reaching import actions, rota
from amends.desk.reaching.models import Heard, Ring
from amends.desk.reaching.words import asks_for_manager, cues_of, notes_ask_for_manager

MINUTE = timedelta(minutes=1)
ASKS = {
    "en": "Nobody helps me here. Let me talk to your supervisor, please!",
    "tr": "İki haftadır bekliyorum, müdürünüzle görüşmek istiyorum.",
    "fa": "دو هفته است منتظرم. می‌خواهم با مدیرتان صحبت کنم.",
    "mn": "Хоёр долоо хоног хүлээлээ. Захиралтай чинь уулзмаар байна.",
}


@pytest.mark.parametrize("language", list(ASKS))
def test_the_examples_of_the_file_hold(language):
    for example in cues_of(language).examples:
        said = re.sub(r"\[\[|\]\]", "", example.says)
        asks = asks_for_manager if example.by == "customer" else notes_ask_for_manager
        assert bool(asks(said, language=language)) == example.expected, said


def test_the_whole_sentence_is_told():
    assert asks_for_manager(ASKS["en"], language="en") == "Let me talk to your supervisor, please"
    assert asks_for_manager("Zeit.", language="de") == ""


@pytest.fixture
def complaint(make_agent, make_team, make_complaint):
    team = make_team()
    make_agent(role="lead", team=team)
    return make_complaint(owner=make_agent(team=team))


def write(complaint, text, now, language="en"):
    return complaints.customer_writes(complaint=complaint, text=text, channel="mail", language=language, now=now)


def asked(complaint):
    return complaint.events.filter(kind=EventKind.ASKED_FOR_MANAGER)


@pytest.mark.django_db
class TestHearing:
    @pytest.mark.parametrize("language", list(ASKS))
    def test_a_letter_that_asks_for_a_manager_rings_one(self, complaint, now, language):
        words = write(complaint, ASKS[language], now, language)
        for minute in range(3):
            actions.look_around(now=now + minute * MINUTE)
        (event,) = asked(complaint)
        assert (event.by, event.content.data["heard_in"]) == (By.CUSTOMER, words.pk)
        assert Ring.objects.get(asked_in=event).state == Ring.State.RINGING

    @pytest.mark.parametrize("text", ["Where is my money?", "Your manager promised it to me.", "I need no manager."])
    def test_other_words_ring_nobody(self, complaint, now, text):
        write(complaint, text, now)
        actions.look_around(now=now)
        assert not asked(complaint).exists()
        assert not Ring.objects.exists()

    def test_who_is_asked_for_already_is_not_asked_for_again(self, complaint, now):
        complaints.ask_for(complaint=complaint, what="manager", now=now)
        write(complaint, ASKS["en"], now + MINUTE)
        actions.look_around(now=now + MINUTE)
        assert asked(complaint).count() == 1

    def test_what_was_answered_meanwhile_rings_nobody(self, complaint, now):
        write(complaint, ASKS["en"], now)
        complaints.append(
            complaint=complaint, kind="replied", by="agent", agent=complaint.owner, text="Here I am.", now=now + MINUTE
        )
        actions.look_around(now=now + 2 * MINUTE)
        assert not asked(complaint).exists()

    def test_words_are_looked_through_once(self, complaint, now):
        write(complaint, "Where is my money?", now)
        actions.look_around(now=now)
        assert set(Heard.objects.values_list("asked_in", flat=True)) == {None}
        assert actions.look_around(now=now + MINUTE) == 0

    def test_words_of_last_week_ring_nobody(self, complaint, now):
        write(complaint, ASKS["en"], now)
        actions.look_around(now=now + timedelta(days=7))
        assert not asked(complaint).exists()


def called(complaint, text, now, by=None):
    return complaints.append(
        complaint=complaint, kind="called", by="agent", agent=by or complaint.owner, text=text, channel="phone", now=now
    )


@pytest.mark.django_db
class TestNotesOfACall:
    NOTES = "She is tired of it and wants to speak to a manager."

    def test_that_say_so_ring_one_once(self, complaint, now):
        notes = called(complaint, self.NOTES, now)
        for minute in range(3):
            actions.look_around(now=now + minute * MINUTE)
        (event,) = asked(complaint)
        assert (event.by, event.channel, event.content.data["heard_in"]) == (By.CUSTOMER, "phone", notes.pk)
        assert Ring.objects.get(asked_in=event).state == Ring.State.RINGING

    def test_ring_nobody_who_is_not_wanted(self, complaint, now):
        called(complaint, "I asked my manager. She does not want to talk to a manager.", now)
        actions.look_around(now=now)
        assert not asked(complaint).exists()

    def test_of_a_manager_ring_no_other(self, complaint, now):
        called(complaint, self.NOTES, now, by=complaint.owner.team.lead or rota.managers()[0])
        actions.look_around(now=now)
        assert not asked(complaint).exists()

    def test_ring_nobody_where_we_spoke_again_meanwhile_or_it_was_pressed(self, complaint, make_complaint, now):
        called(complaint, self.NOTES, now)
        called(complaint, "She is calm and wants her money only.", now + MINUTE)
        pressed = make_complaint(owner=complaint.owner)
        called(pressed, self.NOTES, now)
        actions.ask_for_manager(complaint=pressed, by=pressed.owner, channel="phone", now=now)
        actions.look_around(now=now + MINUTE)
        assert not asked(complaint).exists()
        assert asked(pressed).count() == 1


@pytest.mark.django_db
class TestCallingOff:
    def test_the_owner_calls_it_off_and_the_wish_counts_no_more(self, complaint, now):
        write(complaint, ASKS["en"], now)
        actions.look_around(now=now)
        undone = actions.call_off(complaint=complaint, by=complaint.owner, now=now + MINUTE)
        assert undone.kind == EventKind.UNDONE
        assert Ring.objects.get().state == Ring.State.OVER
        for minute in range(2, 40, 16):
            actions.look_around(now=now + minute * MINUTE)
        assert Ring.objects.count() == 1
        with pytest.raises(actions.UnableToCome):
            actions.call_off(complaint=complaint, by=complaint.owner, now=now + MINUTE)

    def test_nobody_else_does(self, complaint, make_agent, now):
        write(complaint, ASKS["en"], now)
        actions.look_around(now=now)
        with pytest.raises(actions.UnableToCome):
            actions.call_off(complaint=complaint, by=make_agent(), now=now)

    def test_what_a_button_asked_for_stays(self, complaint, now):
        event = complaints.ask_for(complaint=complaint, what="manager", now=now)
        actions.ring_for(event=event, now=now)
        with pytest.raises(actions.UnableToCome):
            actions.call_off(complaint=complaint, by=complaint.owner, now=now)

    def test_it_stands_over_the_composer(self, complaint, now, client):
        write(complaint, ASKS["en"], now)
        actions.look_around(now=now)
        client.force_login(complaint.owner)
        bar = client.get(reverse("workplace:cool", args=[complaint.number])).content.decode()
        address = reverse("workplace:call-off", args=[complaint.number])
        assert address in bar
        assert client.post(address, headers={"HX-Request": "true"}).status_code == 204
        assert address not in client.get(reverse("workplace:cool", args=[complaint.number])).content.decode()
