"""A colleague's judgement beside the engine's."""

import pytest
from django.urls import reverse

from amends.desk.academy import actions, opinions

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(practise, make_agent, now):
    attempt = practise("bad", agent=make_agent(name="Alp"))
    actions.show(attempt=attempt, shown=True, now=now)
    attempt.refresh_from_db()
    return attempt


def test_only_what_was_shown_is_seen_and_judged(client, practise, make_agent, shown, now):
    hidden = practise("good")
    reader = make_agent()
    client.force_login(reader)
    assert client.get(reverse("academy:opinion", args=[hidden.pk])).status_code == 404
    assert client.get(reverse("academy:opinion", args=[shown.pk])).status_code == 200
    with pytest.raises(actions.UnableToPractise):
        actions.give_opinion(attempt=hidden, place=0, by=reader, would_do=True, words="", now=now)


def test_nobody_judges_themselves(shown, now):
    with pytest.raises(actions.UnableToPractise):
        actions.give_opinion(attempt=shown, place=0, by=shown.agent, would_do=True, words="", now=now)


def test_the_engines_opinion_is_seen_after_ones_own(client, make_agent, shown):
    client.force_login(make_agent(language="en"))
    here = reverse("academy:opinion", args=[shown.pk])
    assert "the engine:" not in client.get(here).content.decode()
    client.post(here, {"place": "0", "would_do": "no", "words": "Say sorry first."})
    page = client.get(here).content.decode()
    assert "the engine: would not do" in page
    assert "Say sorry first." in page


def test_the_agreement_has_its_count(make_agent, shown, now):
    for place, would_do in ((0, False), (1, True)):
        actions.give_opinion(attempt=shown, place=place, by=make_agent(), would_do=would_do, words="", now=now)
    found = opinions.agreements()
    assert (found.with_engine.n, found.with_engine.agreed, found.with_engine.too_few) == (2, 1, True)
    assert found.among_people.n == 0


def test_its_author_reads_what_was_said(client, make_agent, shown, now):
    actions.give_opinion(attempt=shown, place=0, by=make_agent(name="Bora"), would_do=False, words="Colder.", now=now)
    client.force_login(shown.agent)
    page = client.get(reverse("academy:attempt", args=[shown.pk])).content.decode()
    assert "Colder." in page
    assert "Bora" in page


def test_what_is_shown_no_longer_is_gone(client, make_agent, shown):
    client.force_login(shown.agent)
    client.post(reverse("academy:show", args=[shown.pk]))
    reader = make_agent()
    assert opinions.shown(reader=reader, language="en") == []
