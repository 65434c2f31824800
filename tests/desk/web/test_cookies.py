"""Names of cookies: of this host alone over https, plain over http, and how a desk goes over to the new ones."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

import pytest
from django.db.migrations.loader import MigrationLoader
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from amends.desk.web import cookies
from amends.desk.web.cookies import FIRST, MARK, PREFIX, Stage, of_this_host, stage

MOMENT = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
OLD = MOMENT - timedelta(days=400)
NEW, BESIDE, MOVING, OVER = (
    {FIRST: MOMENT, MARK: MOMENT},
    {FIRST: OLD, MARK: MOMENT - timedelta(hours=2)},
    {FIRST: OLD, MARK: MOMENT - timedelta(days=3)},
    {FIRST: OLD, MARK: MOMENT - timedelta(days=16)},
)


@pytest.mark.parametrize(
    ("noted", "names"),
    [
        (NEW, Stage.DONE),
        (BESIDE, Stage.BESIDE_THE_OLD),
        (MOVING, Stage.MOVING),
        (OVER, Stage.DONE),
        ({FIRST: OLD}, Stage.BESIDE_THE_OLD),
        ({}, Stage.BESIDE_THE_OLD),
    ],
)
def test_a_desk_goes_over_in_steps(noted, names):
    assert stage(noted=noted, now=MOMENT) is names


def test_what_is_noted_is_there(db):
    assert ("people", FIRST) in MigrationLoader(None).disk_migrations
    assert set(cookies.noted()) == {FIRST, MARK}


@pytest.fixture
def at(monkeypatch, settings):
    """`at(noted)`: a browser, maybe one that is there, before a desk of which this is noted, by https."""
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    monkeypatch.setattr(timezone, "now", lambda: MOMENT)

    def turn(noted, browser=None):
        monkeypatch.setattr(cookies, "noted", lambda: noted)
        browser = browser or Browser()
        browser.handler.load_middleware()
        return browser

    return turn


class Browser(Client):
    """Somebody's browser, before a desk that looks at the marks of forms."""

    def __init__(self):
        super().__init__(enforce_csrf_checks=True)

    def names(self):
        return {name for name, one in self.cookies.items() if one.value}

    def sign_in(self, agent, password="plums-and-cappuccino"):
        page = self.get(reverse("people:sign-in"), secure=True)
        mark = page.context["csrf_token"]
        told = {"username": agent.email, "email": agent.email, "password": password, "csrfmiddlewaretoken": str(mark)}
        return self.post(
            reverse("people:sign-in"), told, secure=True, headers={"Referer": "https://testserver/sign-in/"}
        )

    def is_in(self):
        return self.get(reverse("workplace:inbox"), secure=True).status_code == 200


def test_every_name_is_of_this_host_on_a_new_desk(at, make_agent):
    browser = at(NEW)
    answer = browser.sign_in(make_agent())
    assert answer.status_code == 302
    assert browser.names() == {f"{PREFIX}sessionid", f"{PREFIX}csrftoken"}
    for one in answer.cookies.values():
        held = {name: one[name] for name in ("secure", "httponly", "path", "domain", "samesite")}
        assert held == {"secure": True, "httponly": True, "path": "/", "domain": "", "samesite": "Lax"}
    assert browser.is_in()
    browser.post(
        reverse("web:language"),
        {"language": "fa", "csrfmiddlewaretoken": browser.cookies[f"{PREFIX}csrftoken"].value},
        secure=True,
        headers={"Referer": "https://testserver/"},
    )
    assert browser.cookies[f"{PREFIX}django_language"].value == "fa"
    assert b' data-cookies="__Host-"' in browser.get(reverse("portal:complain"), secure=True).content
    assert b'lang="fa"' in browser.get(reverse("portal:complain"), secure=True).content


def test_names_are_plain_over_http(client, make_agent):
    make_agent()
    answer = client.get(reverse("people:sign-in"))
    assert set(answer.cookies) == {"csrftoken"}
    assert b"data-cookies" not in answer.content


def test_signing_out_takes_the_cookie_away(at, make_agent):
    browser = at(NEW)
    browser.sign_in(make_agent())
    mark = browser.cookies[f"{PREFIX}csrftoken"].value
    gone = browser.post(
        reverse("people:sign-out"),
        {"csrfmiddlewaretoken": mark},
        secure=True,
        headers={"Referer": "https://testserver/"},
    )
    assert gone.cookies[f"{PREFIX}sessionid"]["max-age"] == 0
    assert gone.cookies[f"{PREFIX}sessionid"]["secure"]
    assert not browser.is_in()


class TestPlainNames:
    """A neighbour under the same domain can set cookies of plain names, and none of this host's."""

    @pytest.mark.parametrize("noted", [NEW, OVER])
    def test_mean_nothing(self, at, make_agent, noted):
        planter, browser = at(NEW), at(noted)
        planter.sign_in(make_agent())
        browser.cookies["sessionid"] = planter.cookies[f"{PREFIX}sessionid"].value
        assert not browser.is_in()

    @pytest.mark.parametrize("noted", [NEW, OVER, MOVING, BESIDE])
    def test_never_win(self, at, make_agent, noted):
        own, other = make_agent(name="Own"), make_agent(name="Other")
        planter, browser = at(NEW), at(NEW)
        planter.sign_in(other)
        browser.sign_in(own)
        at(noted, browser)
        browser.cookies["sessionid"] = planter.cookies[f"{PREFIX}sessionid"].value
        assert browser.get(reverse("people:reader"), secure=True).context["user"] == own

    @pytest.mark.parametrize(
        "name", ["\x85__Host-sessionid", "\xa0__Host-sessionid", "\x0b__Host-sessionid", "\x1f__Host-sessionid"]
    )
    def test_are_not_taken_for_the_others_by_what_is_stripped(self, name):
        assert of_this_host(f"__Host-sessionid=own; {name}=planted") == {"sessionid": "own"}
        assert of_this_host(f"{name}=planted;  __Host-zone=Asia/Tehran") == {"zone": "Asia/Tehran"}

    def test_of_others_are_left_alone(self, at, make_agent):
        make_agent()
        browser = at(MOVING)
        browser.cookies["shop"] = "basket"
        browser.get(reverse("portal:complain"), secure=True)
        assert browser.cookies["shop"].value == "basket"
        assert f"{PREFIX}shop" not in browser.cookies


class TestGoingOver:
    def test_nobody_is_signed_out_and_forms_that_are_open_stand(self, at, make_agent):
        browser = at(BESIDE)
        browser.sign_in(make_agent())
        assert browser.names() == {"sessionid", "csrftoken"}  # what the version before knows
        session = browser.cookies["sessionid"].value
        mark = browser.get(reverse("people:reader"), secure=True).context["csrf_token"]
        browser.cookies["theme"], browser.cookies["zone"] = "dark", "Asia%2FTehran"
        at(MOVING, browser)
        kept = browser.post(
            reverse("web:language"),
            {"language": "fa", "csrfmiddlewaretoken": str(mark)},
            secure=True,
            headers={"Referer": "https://testserver/"},
        )
        assert kept.status_code == 302
        names = {f"{PREFIX}{name}" for name in ("sessionid", "csrftoken", "django_language", "theme", "zone")}
        assert browser.names() == names
        assert browser.cookies[f"{PREFIX}sessionid"].value == session
        assert browser.cookies[f"{PREFIX}sessionid"]["httponly"]
        assert not browser.cookies[f"{PREFIX}zone"]["httponly"]
        assert browser.is_in()

    def test_a_session_that_ended_meanwhile_is_not_given_back(self, at, make_agent):
        browser = at(MOVING)
        make_agent()
        browser.cookies["sessionid"] = "x" * 32
        browser.get(reverse("workplace:inbox"), secure=True)
        assert browser.names() == set()

    def test_signing_in_goes_before_what_came_along(self, at, make_agent):
        browser = at(MOVING)
        browser.cookies["sessionid"] = planted = "y" * 32
        browser.sign_in(make_agent())
        assert browser.cookies[f"{PREFIX}sessionid"].value not in {"", planted}
        assert browser.is_in()

    def test_the_version_before_and_this_one_answer_side_by_side(self, at, make_agent, settings):
        agent, this = make_agent(), at(BESIDE)
        settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.endswith("cookies.OfThisHost")]
        before = Browser()
        for one, other in itertools.permutations((this, before)):
            one.cookies.clear()
            one.sign_in(agent)
            other.cookies = one.cookies
            assert one.is_in()
            assert other.is_in()
            assert other.names() == {"sessionid", "csrftoken"}
