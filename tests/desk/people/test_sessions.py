"""Where somebody is signed in: listed, ended one by one or all, and forgotten with a new password."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from amends.desk.people import sessions
from amends.desk.people.models import SignedIn
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
