"""Language, direction, theme and time zone of a page; the pages for what went wrong."""

import pytest
from django.urls import reverse

from amends.desk.web.middleware import zone_of_a_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _somebody_works_here(make_agent):
    make_agent()


def test_the_browser_chooses_the_first_language(client):
    page = client.get("/nowhere/", headers={"accept-language": "fa"}).content.decode()
    assert '<html lang="fa" dir="rtl"' in page


def test_the_switch_wins_over_the_browser(client):
    answer = client.post(reverse("web:language"), {"language": "mn", "next": "/nowhere/?a=1"})
    assert answer["Location"] == "/nowhere/?a=1"
    page = client.get("/nowhere/", headers={"accept-language": "fa"}).content.decode()
    assert '<html lang="mn" dir="ltr"' in page


def test_an_agents_own_language_wins_over_both(client, make_agent):
    client.cookies["django_language"] = "mn"
    client.force_login(make_agent(language="fa"))
    page = client.get(reverse("workplace:inbox"), headers={"accept-language": "tr"}).content.decode()
    assert '<html lang="fa" dir="rtl"' in page


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_the_switch_leads_nowhere_else(client, address):
    assert client.post(reverse("web:language"), {"language": "tr", "next": address})["Location"] == "/"


def test_an_unknown_language_is_not_kept(client):
    client.post(reverse("web:language"), {"language": "xx", "next": "/"})
    assert "django_language" not in client.cookies


@pytest.mark.parametrize("zone", ["../../etc/passwd", "x" * 500, "Mars/Base", "", "\x00"])
def test_a_time_zone_that_is_none_does_no_harm(client, zone):
    client.cookies["zone"] = zone
    assert client.get("/nowhere/").status_code == 404


@pytest.mark.parametrize(("cookie", "attribute"), [("dark", ' data-theme="dark"'), ("light", ' data-theme="light"')])
def test_the_chosen_theme_is_there_from_the_first_byte(client, cookie, attribute):
    client.cookies["theme"] = cookie
    assert attribute in client.get("/nowhere/").content.decode()


def test_a_theme_that_is_none_is_left_out(client):
    client.cookies["theme"] = '"><script>'
    assert "data-theme=" not in client.get("/nowhere/").content.decode().split("<body")[0]


def test_pages_run_no_script_of_their_own(client):
    answer = client.get("/nowhere/")
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe-inline" not in answer["Content-Security-Policy"].split("script-src")[1].split(";")[0]


def test_the_page_for_a_breakdown_needs_nothing():
    from django.template.loader import render_to_string

    assert "We are sorry" in render_to_string("500.html")


@pytest.mark.parametrize(
    ("named", "zone"),
    [
        ("Europe/Istanbul", "Europe/Istanbul"),
        ("UTC", "None"),
        ("Etc/UTC", "None"),
        ("Etc/GMT-3", "Etc/GMT-3"),
        ("", "None"),
    ],
)
def test_a_clock_that_nobody_set_is_nobodys(named, zone):
    assert str(zone_of_a_person(named)) == zone
