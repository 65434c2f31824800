"""Signing in: by password, not by guessing, and as an example person only at home."""

import logging
from contextlib import nullcontext
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from django.urls import reverse

from amends.desk.jobs.post import Outcome
from amends.desk.people import sign_in, tasks
from amends.desk.people.letters import UnableToMail
from amends.desk.people.models import SignInAttempt

PASSWORD = "plums-and-cappuccino"
pytestmark = pytest.mark.django_db


class Letterbox:
    """Takes letters, and says of each what it is told to say."""

    def __init__(self):
        self.letters, self.outcome = [], Outcome("sent")

    def deliver(self, **letter):
        self.letters.append(letter)
        return self.outcome


@pytest.fixture
def letterbox(monkeypatch):
    box = Letterbox()
    monkeypatch.setattr(tasks, "post_from_settings", lambda: box)
    return box


@pytest.fixture
def agent(make_agent):
    return make_agent(email="deniz@desk.example", name="Deniz K.")


def post(client, email="deniz@desk.example", password=PASSWORD, **extra):
    return client.post(reverse("people:sign-in"), {"username": email, "password": password}, **extra)


class TestSigningIn:
    def test_leads_to_the_desk(self, client, agent):
        answer = post(client)
        assert answer.status_code == 302
        assert answer.url == reverse("workplace:inbox")

    def test_finds_the_address_in_any_case(self, client, agent):
        assert post(client, email=" Deniz@Desk.example ").status_code == 302

    def test_goes_where_the_reader_was_going(self, client, agent):
        answer = client.post(
            reverse("people:sign-in"), {"username": agent.email, "password": PASSWORD, "next": "/desk/4127/"}
        )
        assert answer.url == "/desk/4127/"

    def test_never_goes_to_another_site(self, client, agent):
        answer = client.post(
            reverse("people:sign-in"), {"username": agent.email, "password": PASSWORD, "next": "https://evil.example/"}
        )
        assert answer.url == reverse("workplace:inbox")

    def test_says_the_same_for_a_wrong_password_and_an_unknown_address(self, client, agent):
        wrong, unknown = post(client, password="no"), post(client, email="nobody@desk.example")
        assert wrong.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()
        assert b"do not belong together" in wrong.content

    def test_refuses_who_was_let_out(self, client, agent):
        agent.is_active = False
        agent.save()
        assert post(client).status_code == 200

    def test_keeps_the_page_in_the_agents_own_language(self, client, make_agent):
        make_agent(email="sara@desk.example", language="fa")
        post(client, email="sara@desk.example")
        page = client.get(reverse("people:reader"), headers={"Accept-Language": "tr"})
        assert b'lang="fa" dir="rtl"' in page.content


class TestGuessing:
    def test_is_stopped_after_five_attempts(self, client, agent):
        for _ in range(5):
            assert b"do not belong together" in post(client, password="guess").content
        answer = post(client)  # even with the right password
        assert answer.status_code == 200
        assert b"Too many attempts" in answer.content

    def test_is_told_in_the_digits_of_the_reader(self, client, agent):
        for _ in range(5):
            post(client, password="guess")
        given = {"username": agent.email, "password": "guess"}
        page = client.post(reverse("people:sign-in"), given, headers={"Accept-Language": "fa"}).content.decode()
        assert "۱۵ دقیقه" in page

    def test_from_one_place_does_not_lock_the_owner_out(self, client, agent):
        for _ in range(6):
            post(client, password="guess", REMOTE_ADDR="203.0.113.9")
        assert post(client, REMOTE_ADDR="198.51.100.7").status_code == 302

    def test_of_many_addresses_from_one_place_is_stopped(self, client, agent):
        for number in range(sign_in.FROM_ONE_PLACE):
            post(client, email=f"a{number}@desk.example", password="x")
        assert b"Too many attempts" in post(client).content

    def test_may_begin_again_after_a_quarter_of_an_hour(self, agent, now):
        for _ in range(5):
            sign_in.knock(email=agent.email, source="203.0.113.9", now=now)
        with pytest.raises(sign_in.UnableToSignIn, match="15 minutes"):
            sign_in.knock(email=agent.email, source="203.0.113.9", now=now)
        sign_in.knock(email=agent.email, source="203.0.113.9", now=now + sign_in.WINDOW)

    def test_keeps_no_address_that_was_typed(self, client, agent):
        post(client, email="my-secret-typed-in-the-wrong-field@x.example")
        assert "secret" not in SignInAttempt.objects.get().digest

    def test_is_forgotten_after_an_hour(self, agent, now):
        sign_in.knock(email=agent.email, source=None, now=now)
        sign_in.knock(email=agent.email, source=None, now=now + timedelta(hours=2))
        assert SignInAttempt.objects.count() == 1

    def test_is_forgotten_by_a_right_password(self, client, agent):
        post(client, password="guess")
        post(client)
        assert not SignInAttempt.objects.exists()


class TestExamplePeople:
    @pytest.fixture
    def example(self, make_agent):
        return make_agent(name="Ece", email="ece@plums.example", is_example=True)

    def test_are_offered_on_this_machine(self, client, example):
        assert b"Ece" in client.get(reverse("people:sign-in")).content

    def test_are_named_as_the_customers_page_names_them(self, client, make_agent):
        make_agent(name="نرگس احمدی", latin_name="Narges Ahmadi", email="n@plums.example", is_example=True)
        page = client.get(reverse("people:sign-in"), HTTP_ACCEPT_LANGUAGE="en").content.decode()
        assert "Narges Ahmadi" in page
        assert "نرگس احمدی" in page
        assert "Narges" not in client.get(reverse("people:sign-in"), HTTP_ACCEPT_LANGUAGE="fa").content.decode()

    def test_are_not_offered_elsewhere(self, client, example):
        assert b"Ece" not in client.get(reverse("people:sign-in"), REMOTE_ADDR="203.0.113.9").content

    def test_come_in_with_one_click_on_this_machine(self, client, example):
        client.post(reverse("people:sign-in-as-example", args=[example.pk]))
        assert client.get(reverse("people:reader")).status_code == 200

    @pytest.mark.parametrize("extra", [{"REMOTE_ADDR": "203.0.113.9"}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}])
    def test_do_not_come_in_from_elsewhere(self, client, example, extra):
        assert client.post(reverse("people:sign-in-as-example", args=[example.pk]), **extra).status_code == 404
        answer = post(client, email=example.email, **extra)
        assert b"only on the machine" in answer.content

    def test_are_signed_out_when_they_are_seen_elsewhere(self, client, example):
        client.force_login(example)
        answer = client.get(reverse("people:reader"), REMOTE_ADDR="203.0.113.9")
        assert answer.status_code == 302

    def test_never_lend_their_click_to_real_people(self, client, agent):
        assert client.post(reverse("people:sign-in-as-example", args=[agent.pk])).status_code == 404


class TestSigningOut:
    def test_needs_a_button_and_not_a_link(self, client, agent):
        client.force_login(agent)
        assert client.get(reverse("people:sign-out")).status_code == 405
        client.post(reverse("people:sign-out"))
        assert client.get(reverse("people:reader")).status_code == 302


class TestAForgottenPassword:
    @pytest.fixture
    def queued(self, monkeypatch):
        sent = []
        task = type("Task", (), {"enqueue": sent.append})
        monkeypatch.setattr("amends.desk.people.tasks.send_new_password_link", task)
        return sent

    def test_is_replaced_at_the_link(self, client, agent):
        link = sign_in.new_password_link(agent=agent)
        path = link.removeprefix("http://127.0.0.1:8000")
        form = client.get(path, follow=True)
        assert form.status_code == 200
        done = client.post(
            form.redirect_chain[-1][0],
            {"new_password1": "seven ripe plums", "new_password2": "seven ripe plums"},
        )
        assert done.status_code == 302
        agent.refresh_from_db()
        assert agent.check_password("seven ripe plums")
        assert b"has been used" in client.get(path, follow=True).content

    def test_sends_a_link_and_says_no_more_to_strangers(self, client, agent, settings, queued):
        settings.SMTP = "smtp://127.0.0.1:2525"
        known = client.post(reverse("people:forgotten"), {"email": agent.email})
        unknown = client.post(reverse("people:forgotten"), {"email": "nobody@desk.example"})
        assert queued == [agent.pk]
        assert b"If somebody signs in with this address" in known.content
        assert b"If somebody signs in with this address" in unknown.content
        for _ in range(6):  # who asks again and again fills nobody's mailbox, and is told the same
            again = client.post(reverse("people:forgotten"), {"email": agent.email})
        assert queued == [agent.pk] * 5
        assert b"If somebody signs in with this address" in again.content

    def test_says_how_where_no_mail_is_sent(self, client, agent, settings):
        settings.SMTP = ""
        assert b"amends reset-password" in client.get(reverse("people:forgotten")).content

    def test_mails_the_link_in_the_persons_language(self, make_agent, letterbox):
        agent = make_agent(email="bold@desk.example", language="mn", name="Б.Болд")
        tasks.send_new_password_link.func(agent.pk)
        (letter,) = letterbox.letters
        read = message_from_bytes(letter["mime"], policy=default)
        assert "/new-password/" in read.get_content()
        assert read["To"] == letter["recipient"] == "bold@desk.example"
        assert read["Auto-Submitted"] == "auto-generated"

    def test_tells_who_is_new_what_it_is_and_where_the_door_is(self, make_agent, letterbox, settings):
        settings.ADDRESS = "https://desk.example"
        agent = make_agent(email="new@desk.example", language="en")
        tasks.send_new_password_link.func(agent.pk)
        agent.set_unusable_password()
        agent.save()
        tasks.send_new_password_link.func(agent.pk)
        known, new = (message_from_bytes(one["mime"], policy=default).get_content() for one in letterbox.letters)
        assert "forget this message" in known
        assert "forget this message" not in new
        assert "you now have a place" in new
        assert "https://desk.example/sign-in/" in new.splitlines()

    @pytest.mark.parametrize(("kind", "fails"), [("later", True), ("refused", True), ("unknown", False)])
    def test_is_tried_again_unless_it_may_have_arrived(self, make_agent, letterbox, kind, fails):
        letterbox.outcome = Outcome(kind, "450 busy")
        agent = make_agent()
        with pytest.raises(UnableToMail, match="450 busy") if fails else nullcontext():
            tasks.send_new_password_link.func(agent.pk)


@pytest.mark.parametrize("language", ["tr", "fa", "mn", "en"])
@pytest.mark.parametrize("name", ["sign-in", "forgotten"])
def test_the_doors_open_in_every_language(client, agent, name, language):
    page = client.get(reverse(f"people:{name}"), headers={"Accept-Language": language})
    assert page.status_code == 200
    assert f'lang="{language}"' in page.content.decode()


class TestTheLog:
    def test_tells_who_came_in_how_and_who_did_not_and_nothing_that_was_typed(self, client, agent, caplog):
        with caplog.at_level(logging.INFO, logger="amends.people.sign-in"):
            for _attempt in range(sign_in.FOR_ONE_PERSON_FROM_ONE_PLACE - 1):
                post(client, password="guessed-first")
            post(client)
            client.post(reverse("people:sign-out"))
        told = [(record.levelname, record.getMessage()) for record in caplog.records]
        assert told[0] == ("WARNING", "Sign-in: refused from 127.0.0.1 by password")
        assert told[-2:] == [
            ("INFO", f"Sign-in: person {agent.pk} from 127.0.0.1 by password"),
            ("INFO", f"Sign-out: person {agent.pk} from 127.0.0.1"),
        ]
        assert agent.email not in caplog.text
        assert "guessed-first" not in caplog.text

    def test_tells_of_too_many_tries(self, client, agent, caplog):
        for _attempt in range(sign_in.FOR_ONE_PERSON_FROM_ONE_PLACE + 1):
            post(client, password="guessed-first")
        assert "Sign-in: too many tries from 127.0.0.1" in caplog.text

    def test_tells_of_a_page_that_is_not_for_somebody(self, client, agent, caplog):
        client.force_login(agent)
        assert client.get(reverse("people:everybody")).status_code == 403
        assert "Forbidden" in caplog.text
