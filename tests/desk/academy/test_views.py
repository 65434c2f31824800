"""The trainee's pages, in four languages, for nobody but the trainee."""

import re

import pytest
from django.urls import reverse

from amends.desk.academy.models import Attempt

pytestmark = pytest.mark.django_db
TALK = "tuesday-promise"
LANGUAGES = ["en", "fa", "mn", "tr"]


@pytest.fixture
def sign_in(client, make_agent):
    def as_somebody(**fields):
        agent = make_agent(**fields)
        client.force_login(agent)
        return agent

    return as_somebody


def test_strangers_sign_in_first(client, make_agent):
    make_agent()
    assert client.get(reverse("academy:home")).status_code == 302


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_path_speaks_every_language(client, sign_in, language):
    sign_in(language=language)
    text = client.get(reverse("academy:home")).content.decode()
    assert f'<html lang="{language}" dir="{"rtl" if language == "fa" else "ltr"}"' in text
    assert not re.search(r"%\(\w+\)s|\{\w+\}|\{\{|\{%", text)
    assert reverse("academy:drill", args=[TALK]) in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_drill_is_played_to_its_end(client, sign_in, language):
    from amends.engine.drills import script_of

    agent = sign_in(language=language)
    script = script_of(TALK, language)
    assert script.title in client.get(reverse("academy:drill", args=[TALK])).content.decode()
    here = client.post(reverse("academy:drill", args=[TALK]), {"language": language})["Location"]
    assert script.says["opening"] in client.get(here).content.decode()
    client.post(here, {"text": script.answers["sorry"].bad[0]})
    page = client.get(here).content.decode()
    assert script.says["not-me"] in page
    assert "<mark" in page
    client.post(here, {"text": script.answers["sorry"].good[0]})
    client.post(here, {"text": script.answers["amends"].good[0]})
    assert script.endings["content"].means in client.get(here).content.decode()
    assert Attempt.objects.get(agent=agent).ended == "content"


def test_nobody_else_sees_a_try(client, sign_in, practise):
    attempt = practise("bad")
    sign_in(role="lead")
    assert client.get(reverse("academy:attempt", args=[attempt.pk])).status_code == 404
    assert client.post(reverse("academy:again", args=[attempt.pk])).status_code == 404


def test_an_empty_answer_says_so(client, sign_in, now):
    sign_in()
    here = client.post(reverse("academy:drill", args=[TALK]), {"language": "en"})["Location"]
    assert "Write an answer first." in client.post(here, {"text": " "}).content.decode()


def test_one_chooses_ones_path(client, sign_in):
    agent = sign_in()
    client.post(reverse("academy:path"), {"rank": "director", "reminders": "on"})
    agent.trainee.refresh_from_db()
    assert (agent.trainee.rank, agent.trainee.wants_reminders) == ("director", True)


def test_a_drill_that_is_not_there_is_not_found(client, sign_in):
    sign_in()
    assert client.get(reverse("academy:drill", args=["nothing"])).status_code == 404
