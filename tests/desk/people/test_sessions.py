"""Where somebody is signed in: listed, ended one by one or all, and forgotten with a new password."""

from datetime import timedelta

import pytest
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models import F
from django.test import Client
from django.urls import reverse

from amends.desk.people import sessions
from amends.desk.people.models import SignedIn
from amends.desk.people.sign_in import FOR_ONE_PERSON_FROM_ONE_PLACE
from tests.desk.conftest import PASSWORD

pytestmark = pytest.mark.django_db
HERE = reverse("people:sessions")
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def agent(make_agent):
    return make_agent()


@pytest.fixture
def enter(agent):
    def sign_in(program=FIREFOX):
        client = Client(headers={"User-Agent": program})
        client.post(reverse("people:sign-in"), {"username": agent.email, "password": PASSWORD})
        return client

    return sign_in


def is_in(client):
    return client.get(HERE).status_code == 200


def test_each_is_listed_and_ended(enter, agent, make_agent):
    home, work, phone = enter(), enter(), enter("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36")
    text = home.get(HERE).content.decode()
    assert (text.count("Firefox · Windows"), text.count("Chrome · Android")) == (2, 1)
    assert (is_in(home), is_in(work), is_in(phone)) == (True, True, True)
    of_phone = SignedIn.objects.order_by("-pk").first()
    stranger = make_agent()
    assert sessions.end(agent=stranger, only=of_phone.pk) == 0
    home.post(HERE, {"end": of_phone.pk})
    assert (is_in(home), is_in(work), is_in(phone)) == (True, True, False)
    home.post(HERE, {"end": "others"})
    assert (is_in(home), is_in(work)) == (True, False)
    assert SignedIn.objects.filter(agent=agent).count() == 1
    home.post(HERE, {"end": SignedIn.objects.get().pk})
    assert not is_in(home)


class TestAtADeskThatWasLeftOpen:
    """What ends another session asks for the password, unless it was written a moment ago (ASVS 7.5.2)."""

    @pytest.fixture
    def left_open(self, enter):
        home, work = enter(), enter()
        SignedIn.objects.update(since=F("since") - sessions.FRESH)
        return home, work

    def test_the_password_is_asked_for(self, left_open):
        home, work = left_open
        page = home.get(HERE).content.decode()
        assert 'name="password"' in page
        assert page.split('name="end" ')[1].startswith('value="others"')  # what Enter in the field does
        for given in ({}, {"password": "cherries"}):
            assert 'class="trouble"' in home.post(HERE, {"end": "others", **given}).content.decode()
        assert is_in(work)
        assert home.post(HERE, {"end": "others", "password": PASSWORD}).status_code == 302
        assert (is_in(home), is_in(work)) == (True, False)

    def test_guesses_are_counted(self, left_open):
        home, work = left_open
        for guess in range(FOR_ONE_PERSON_FROM_ONE_PLACE):
            home.post(HERE, {"end": "others", "password": f"cherries {guess}"})
        assert home.post(HERE, {"end": "others", "password": PASSWORD}).status_code == 200
        assert is_in(work)

    def test_signing_out_here_does_not(self, left_open, agent):
        home, work = left_open
        here = SignedIn.objects.get(key=home.session.session_key)
        home.post(HERE, {"end": here.pk})
        assert (is_in(home), is_in(work)) == (False, True)

    def test_nor_does_one_alone(self, enter):
        home = enter()
        SignedIn.objects.update(since=F("since") - sessions.FRESH)
        assert 'name="password"' not in home.get(HERE).content.decode()

    def test_nor_may_a_session_that_is_not_in_the_list(self, left_open):
        home, work = left_open
        SignedIn.objects.filter(key=home.session.session_key).delete()  # it is older than the list
        home.post(HERE, {"end": "others"})
        assert is_in(work)

    def test_who_has_no_password_signs_in_again(self, left_open, agent):
        home, work = left_open
        agent.set_unusable_password()
        agent.save()
        for client in left_open:  # the sessions go on, as those of who came through the organisation
            session = client.session
            session[HASH_SESSION_KEY] = agent.get_session_auth_hash()
            session.save()
        assert 'name="password"' not in home.get(HERE).content.decode()
        home.post(HERE, {"end": "others"})
        assert is_in(work)
        SignedIn.objects.update(since=F("since") + sessions.FRESH)
        home.post(HERE, {"end": "others"})
        assert not is_in(work)


def test_a_new_password_ends_the_others(enter, agent):
    home, work = enter(), enter()
    new = "cherries-and-espresso"
    given = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert home.post(reverse("people:change-password"), given).status_code == 302
    assert (is_in(home), is_in(work)) == (True, False)
    assert SignedIn.objects.filter(agent=agent).count() == 1


def test_what_has_run_out_is_forgotten(enter, now):
    home, work = enter(), enter()
    Session.objects.filter(session_key=work.session.session_key).update(expire_date=now - timedelta(days=1))
    Session.objects.filter(session_key=home.session.session_key).update(expire_date=now + timedelta(days=1))
    assert sessions.forget_old(now=now) == 1
    assert [row.key for row in SignedIn.objects.all()] == [home.session.session_key]


@pytest.mark.parametrize(
    ("line", "short"),
    [
        (FIREFOX, "Firefox · Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Version/19.0 Safari/605.1", "Safari · macOS"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Linux"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_in_short(line, short):
    assert sessions.in_short(line) == short


class TestItEnds:
    @pytest.fixture
    def at(self, monkeypatch, now):
        def move(later):
            monkeypatch.setattr("django.utils.timezone.now", lambda: now + later)

        move(timedelta(0))
        return move

    def test_unused(self, enter, at, settings):
        home = enter()
        at(settings.SESSION_IDLE - timedelta(minutes=1))
        assert is_in(home)
        at(settings.SESSION_IDLE * 2 - timedelta(minutes=2))
        assert is_in(home)
        at(settings.SESSION_IDLE * 3)
        assert not is_in(home)

    def test_a_page_that_was_left_open_does_not_use_it(self, enter, at, settings):
        home = enter()
        for tenth in range(1, 10):
            at(settings.SESSION_IDLE / 10 * tenth)
            assert home.get("/desk/counts/").status_code == 200
        at(settings.SESSION_IDLE + timedelta(minutes=1))
        assert home.get("/desk/counts/").status_code != 200
        assert not is_in(home)

    def test_whatever_happens(self, enter, at, settings):
        home, day = enter(), timedelta(days=1)
        for days in range(settings.SESSION_LONGEST // day):
            at(days * day)
            assert is_in(home)
        at(settings.SESSION_LONGEST)
        assert not is_in(home)

    def test_one_that_is_older_than_this_begins_anew(self, enter, at, settings):
        home = enter()
        session = home.session
        del session[sessions.CAME], session[sessions.USED]
        session.save()
        assert is_in(home)
        at(settings.SESSION_LONGEST)
        assert not is_in(home)

    def test_use_is_noted_now_and_then_only(self, enter, at):
        home = enter()
        before = Session.objects.get().session_data
        at(sessions.NOTED - timedelta(seconds=1))
        home.get(HERE)
        assert Session.objects.get().session_data == before
        at(sessions.NOTED)
        home.get(HERE)
        assert Session.objects.get().session_data != before

    def test_the_page_says_so(self, enter):
        assert "Who does nothing for 3 d is signed out; after 14 d" in enter().get(HERE).content.decode()
