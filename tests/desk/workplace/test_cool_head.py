"""The screens for when it gets hot, as an agent, a colleague and a manager see them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from amends.desk.calm.models import CallOffer, Pause, Takeover
from amends.desk.channels.models import Outgoing
from amends.desk.clocks import queries as clocks
from amends.desk.complaints import actions as complaints
from amends.desk.complaints import queries as complaint_queries
from amends.desk.people.models import Presence
from amends.desk.promises.models import Promise, State
from amends.desk.reaching import actions as reaching
from amends.desk.workplace import actions as workplace
from amends.desk.workplace.cool_head_forms import times_to_return
from amends.engine.promises.calendar import WorkingCalendar

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
ALWAYS = {str(day): [["00:00", "24:00"]] for day in range(7)}
CALM, HOT, INSULT = "Where is my parcel?", "This is outrageous! I am furious.", "You idiots, you are all crooks."


@pytest.fixture
def team(make_team):
    return make_team(week=ALWAYS)


@pytest.fixture
def owner(make_agent, team):
    return make_agent(name="Deniz Kaya", team=team)


@pytest.fixture
def complaint(make_complaint, make_customer, owner):
    customer = make_customer(name="Ann Hughes", language="en", honorific="Mrs")
    return make_complaint(
        owner=owner, customer=customer, text=CALM, channel="mail", at=timezone.now() - timedelta(days=2)
    )


@pytest.fixture
def desk(client, owner):
    client.force_login(owner)
    return client


def page(name, *arguments):
    return reverse(f"workplace:{name}", args=arguments)


def say(complaint, text, *, hours=0):
    now = timezone.now() - timedelta(hours=hours)
    return complaints.customer_writes(complaint=complaint, text=text, channel="mail", now=now)


def answer(complaint, text="I am on it.", *, hours=0):
    now = timezone.now() - timedelta(hours=hours)
    return workplace.reply(complaint=complaint, by=complaint.owner, text=text, now=now)


def filled(desk, address):
    """What the form of a sheet holds as it is opened."""
    form = desk.get(address, headers=HTMX).context["form"]
    return {name: form[name].value() for name in form.fields}


class TestTakingFive:
    def test_the_letter_says_the_time_and_the_promise_holds_it(self, desk, complaint):
        given = filled(desk, page("take-five", complaint.number))
        assert desk.post(page("take-five", complaint.number), given, headers=HTMX).status_code == 204
        promise, pause = Promise.objects.get(), Pause.objects.get()
        assert (pause.promise, pause.until) == (promise, promise.due_at)
        assert (
            promise.due_at.isoformat()
            == timezone.datetime.fromisoformat(given["until"]).astimezone(promise.due_at.tzinfo).isoformat()
        )
        assert promise.words in Outgoing.objects.get().event.content.text

    def test_the_letter_names_their_anger_only_where_they_are_angry(self, desk, complaint):
        address = page("take-five", complaint.number)
        calm = desk.get(address, headers=HTMX)
        assert "angry" not in calm.context["form"]["message"].value()
        assert "It is hot" not in calm.text
        say(complaint, HOT)
        hot = desk.get(address, headers=HTMX)
        assert "I see how angry you are" in hot.context["form"]["message"].value()
        assert "It is hot" in hot.text

    def test_nobody_is_promised_a_word_before_the_day_begins(self):
        office = WorkingCalendar.office(zone=ZoneInfo("Europe/Istanbul"))
        early = datetime(2026, 11, 23, 7, 1, tzinfo=office.zone)
        assert [f"{at:%H:%M}" for at in times_to_return(calendar=office, now=early)] == [
            *("09:10", "09:20", "09:40", "10:00"),
        ]

    def test_a_letter_without_its_time_does_not_go_out(self, desk, complaint):
        given = {**filled(desk, page("take-five", complaint.number)), "message": "I will look into it."}
        answered = desk.post(page("take-five", complaint.number), given, headers=HTMX)
        assert answered.status_code == 422
        assert "Leave the time in the message" in answered.text
        assert not Pause.objects.exists()

    def test_another_time_is_put_into_the_letter_whatever_else_was_changed(self, desk, complaint):
        form = desk.get(page("take-five", complaint.number), headers=HTMX).context["form"]
        was, until = form["until"].value(), form.fields["until"].choices[3][0]
        message = form["message"].value().replace("I have read", "Dear Mrs Hughes, I have read")
        told = desk.get(page("rest-words", complaint.number), {"was": was, "until": until, "message": message})
        changed = told.context["message"]
        assert changed != message
        assert changed.startswith("Dear Mrs Hughes")
        given = {"until": until, "tell": "on", "message": changed}
        assert desk.post(page("take-five", complaint.number), given, headers=HTMX).status_code == 204

    def test_the_rest_of_the_inbox_is_out_of_sight_until_they_are_back(self, desk, complaint, make_complaint, owner):
        make_complaint(owner=owner, subject="Another quarrel")
        assert "Another quarrel" in desk.get(page("inbox")).text
        desk.post(page("take-five", complaint.number), filled(desk, page("take-five", complaint.number)))
        for address in (page("inbox"), page("complaint", complaint.number), page("list")):
            assert "Another quarrel" not in desk.get(address).text
        assert desk.get(page("counts")).status_code == 204
        assert "Take your time." in desk.get(page("inbox")).text
        desk.post(page("back"))
        assert "Another quarrel" in desk.get(page("inbox")).text

    def test_a_draft_survives_the_pause(self, desk, complaint, owner):
        complaints.save_draft(complaint=complaint, agent=owner, text="You always", now=timezone.now())
        desk.post(page("take-five", complaint.number), filled(desk, page("take-five", complaint.number)))
        assert complaint_queries.draft(complaint=complaint, agent=owner) == "You always"

    def test_longer_is_told_to_the_customer_and_moves_the_promise(self, desk, complaint):
        desk.post(page("take-five", complaint.number), filled(desk, page("take-five", complaint.number)))
        pause = Pause.objects.get()
        address = page("longer", pause.pk)
        given = filled(desk, address)
        assert desk.post(address, given, headers=HTMX).status_code == 204
        promise = Promise.objects.get()
        assert (promise.state, promise.moved) == (State.OPEN, 1)
        assert promise.due_at > pause.until
        assert Outgoing.objects.count() == 2

    def test_an_answer_brings_them_back(self, desk, complaint, owner):
        desk.post(page("take-five", complaint.number), filled(desk, page("take-five", complaint.number)))
        desk.post(page("reply", complaint.number), {"text": "Here I am. It goes out today."}, headers=HTMX)
        owner.refresh_from_db()
        assert (owner.presence, Promise.objects.get().state) == (Presence.HERE, State.KEPT)

    def test_without_telling_nothing_is_sent_or_promised(self, desk, complaint):
        given = filled(desk, page("take-five", complaint.number))
        del given["tell"]
        assert desk.post(page("take-five", complaint.number), given, headers=HTMX).status_code == 204
        assert Pause.objects.get().promise is None
        assert not Outgoing.objects.exists()


class TestTheBar:
    def test_it_is_empty_when_nothing_is_hot(self, desk, complaint):
        assert not desk.get(page("cool", complaint.number)).text.strip()

    def test_an_insult_offers_sentences_in_the_customers_language(self, desk, make_complaint, make_customer, owner):
        row = make_complaint(owner=owner, customer=make_customer(language="tr"), text="Siz aptal mısınız, hırsızlar!")
        shown = desk.get(page("cool", row.number)).text
        assert "hakaret etmeden" in shown
        answer(row)
        assert "hakaret etmeden" not in desk.get(page("cool", row.number)).text

    def test_two_heated_exchanges_propose_a_call_and_one_does_not(self, desk, complaint):
        say(complaint, HOT, hours=20)
        answer(complaint, hours=19)
        assert "heated exchange" not in desk.get(page("cool", complaint.number)).text
        say(complaint, INSULT, hours=2)
        assert "2 heated exchanges in writing." in desk.get(page("cool", complaint.number)).text

    def test_a_calm_answer_or_a_call_in_between_ends_the_row(self, desk, complaint, owner):
        say(complaint, HOT, hours=20)
        workplace.log_call(complaint=complaint, by=owner, minutes="We spoke.", now=timezone.now() - timedelta(hours=19))
        say(complaint, HOT, hours=2)
        assert "heated exchange" not in desk.get(page("cool", complaint.number)).text


class TestTheCall:
    def test_times_are_written_to_the_customer_and_one_is_booked_for_them(self, desk, complaint):
        address = page("offer-call", complaint.number)
        given = filled(desk, address)
        assert 1 <= len(given["slots"]) <= 4
        assert desk.post(address, given, headers=HTMX).status_code == 204
        offer = CallOffer.objects.get()
        book = page("book", complaint.number, offer.pk)
        assert desk.post(book, {"slot": offer.slots[0]}, headers=HTMX).status_code == 204
        assert desk.post(book, {"slot": offer.slots[1]}, headers=HTMX).status_code == 409
        assert "A call is booked" in desk.get(page("cool", complaint.number)).text

    def test_a_time_that_is_not_in_the_letter_is_not_offered(self, desk, complaint):
        given = {**filled(desk, page("offer-call", complaint.number)), "message": "May I call you?"}
        assert desk.post(page("offer-call", complaint.number), given, headers=HTMX).status_code == 422
        assert not CallOffer.objects.exists()

    def test_the_story_on_one_page_says_what_to_say_first(self, desk, complaint):
        say(complaint, HOT, hours=1)
        shown = desk.get(page("one-page", complaint.number)).text
        assert "this is Deniz Kaya" in shown
        assert "I would like to hear it from you" in shown
        assert "I am furious" in shown


class TestHeat:
    def test_marks_and_signs_stand_beside_the_case(self, desk, complaint):
        say(complaint, HOT, hours=1)
        shown = desk.get(page("heat", complaint.number)).text
        assert "heat-step-2" in shown
        assert "It is getting hotter" in shown
        assert "heat-mark-2" in desk.get(page("complaint", complaint.number)).text

    def test_a_calm_case_shows_none(self, desk, complaint):
        assert not desk.get(page("heat", complaint.number)).text.strip()


class TestColleagues:
    def test_asked_accepted_and_only_then_theirs(self, desk, client, complaint, make_agent):
        colleague = make_agent(name="Can")
        given = {"to": colleague.pk, "reason": "Another voice may help."}
        assert desk.post(page("hand-over", complaint.number), given, headers=HTMX).status_code == 204
        complaint.refresh_from_db()
        assert complaint.owner_id != colleague.pk
        client.force_login(colleague)
        assert "asks you to take over" in client.get(page("asked-of-me")).text
        client.post(page("takeover", Takeover.objects.get().pk, "yes"))
        complaint.refresh_from_db()
        assert complaint.owner_id == colleague.pk

    @pytest.mark.parametrize("sheet", ["hand-over", "bring-in"])
    def test_who_does_not_speak_the_language_comes_last_and_it_is_said(self, desk, complaint, make_agent, sheet):
        make_agent(name="Aylin", languages=["tr"], language="tr")
        make_agent(name="Zoe", languages=["tr", "en"], language="tr")
        assert complaint.language == "en"
        offered = desk.get(page("sheet", complaint.number, sheet), headers=HTMX).text
        assert offered.index("Zoe · here</option>") < offered.index("Aylin · here · does not speak English</option>")

    def test_somebody_else_cannot_hand_it_over(self, client, complaint, make_agent):
        lead = make_agent(role="lead")
        client.force_login(lead)
        given = {"to": lead.pk, "reason": "I take it."}
        answered = client.post(page("hand-over", complaint.number), given, headers=HTMX)
        assert answered.status_code == 422
        assert not Takeover.objects.exists()


class TestManagers:
    def test_the_ring_is_over_the_list_of_who_is_rung_and_of_nobody_else(
        self, client, desk, complaint, make_agent, team
    ):
        lead = make_agent(name="Elif", role="lead", team=team)
        desk.post(page("wants-manager", complaint.number), {"channel": "phone"}, headers=HTMX)
        assert "asks for a manager" not in desk.get(page("asked-of-me")).text
        shown = desk.get(page("cool", complaint.number))
        assert shown.context["ring"].manager == "Elif"
        assert "is rung." in shown.text
        client.force_login(lead)
        assert "asks for a manager" in client.get(page("asked-of-me")).text
        client.post(page("come", complaint.rings.get().pk))
        assert "asks for a manager" not in client.get(page("asked-of-me")).text

    def test_who_is_rung_is_named_in_letters_that_the_reader_reads(self, desk, complaint, make_agent, team):
        make_agent(name="Д. Тэмүүжин", latin_name="D. Temüüjin", role="lead", team=team)
        event = complaints.ask_for(complaint=complaint, what="manager", now=timezone.now())
        reaching.ring_for(event=event, now=timezone.now())
        shown = desk.get(page("cool", complaint.number)).text
        assert "D. Temüüjin" in shown
        assert "Тэмүүжин" not in shown

    def test_the_person_who_came_is_offered_again_for_the_next_complaint(
        self, desk, complaint, make_agent, make_complaint, team
    ):
        lead = make_agent(name="Elif", role="lead", team=team)
        now = timezone.now()
        event = complaints.ask_for(complaint=complaint, what="manager", now=now - timedelta(hours=3))
        reaching.ring_for(event=event, now=now - timedelta(hours=3))
        workplace.reply(complaint=complaint, by=lead, text="I lead the team.", now=now - timedelta(hours=2))
        following = make_complaint(owner=complaint.owner, customer=complaint.customer, at=now)
        assert "Elif" in desk.get(page("cool", following.number)).text
        desk.post(page("again", following.number), headers=HTMX)
        assert following.companions.get().agent == lead
        assert "Elif" not in desk.get(page("cool", following.number)).text

    def test_the_rota_tells_how_long_it_took_to_reach_somebody(
        self, desk, complaint, team, make_agent, django_assert_max_num_queries
    ):
        lead = make_agent(role="lead", team=team)
        assert "Nobody asked for anybody" in desk.get(page("rota")).text
        now = timezone.now()
        event = complaints.ask_for(complaint=complaint, what="manager", now=now - timedelta(hours=3))
        reaching.ring_for(event=event, now=now - timedelta(hours=3))
        complaints.ask_for(complaint=complaint, what="person", now=now - timedelta(hours=2))
        workplace.reply(complaint=complaint, by=lead, text="I lead the team.", now=now - timedelta(hours=1))
        told = " ".join(unescape(re.sub("<[^>]+>", " ", desk.get(page("rota")).text)).split())
        assert "A manager customer's page 1 of 1" in told
        assert "Somebody customer's page 1 of 1" in told
        with django_assert_max_num_queries(15):
            desk.get(page("rota"))

    def test_only_leads_change_the_rota(self, desk, client, owner, make_agent):
        assert desk.post(page("rota"), {"agent": owner.pk, "on": "1"}).status_code == 403
        lead = make_agent(role="lead")
        client.force_login(lead)
        assert client.post(page("rota"), {"agent": lead.pk}).status_code == 302
        assert "Nobody is rung" in client.get(page("rota")).text


class TestLoad:
    def test_they_and_their_lead_see_it_and_nobody_else(self, desk, client, owner, team, make_agent):
        lead, other = make_agent(role="lead", team=team), make_agent(team=team)
        team.lead = lead
        team.save()
        assert desk.get(page("load")).status_code == 200
        for reader, status in ((lead, 200), (other, 403), (make_agent(role="administrator"), 403)):
            client.force_login(reader)
            assert client.get(page("load-of", owner.pk)).status_code == status

    def test_a_lead_sees_their_people_by_name(self, client, team, make_agent, owner):
        lead = make_agent(name="Zeynep", role="lead", team=team)
        team.lead = lead
        team.save()
        make_agent(name="Ada", team=team)
        client.force_login(lead)
        shown = client.get(page("load-team")).text
        assert shown.index("Ada") < shown.index("Deniz Kaya")


class TestClocks:
    def test_a_pause_is_marked_and_counts(self, complaint, owner):
        now = timezone.now()
        until = now + timedelta(minutes=20)
        local = until.astimezone(owner.calendar().zone)
        workplace.take_five(
            complaint=complaint, by=owner, until=until, message=f"You hear from me by {local:%H:%M}.", now=now
        )
        (open_rest,) = clocks.rests(complaint=complaint, since=complaint.received_at)
        assert open_rest == (now, None)
        workplace.reply(complaint=complaint, by=owner, text="Here I am.", now=now + timedelta(minutes=5))
        assert clocks.rests(complaint=complaint, since=complaint.received_at) == ((now, now + timedelta(minutes=5)),)
