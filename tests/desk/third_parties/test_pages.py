"""The bar over a complaint, its sheets, and the page of third parties."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from amends.desk.complaints.models import Event
from amends.desk.third_parties import actions, queries
from amends.desk.third_parties.models import Wait

HTMX = {"HX-Request": "true"}
DAY = timedelta(days=1)


@pytest.fixture
def complaint(make_complaint, make_agent, make_team):
    owner = make_agent(team=make_team(), language="en")
    return make_complaint(owner=owner, at=timezone.now() - 3 * DAY)


@pytest.fixture
def desk(client, complaint):
    client.force_login(complaint.owner)
    return client


def address(name, *arguments):
    return reverse(f"workplace:{name}", args=arguments)


def in_days(days):
    return f"{timezone.now() + days * DAY:%Y-%m-%dT%H:%M}"


def page(answer):
    return answer.content.decode()


def wait_for(complaint, who="Aras Kargo"):
    now = timezone.now() - 2 * DAY
    actions.wait(complaint=complaint, by=complaint.owner, who=who, until=now + 3 * DAY, now=now)
    return Wait.objects.get()


def test_waiting_is_a_word_a_promise_and_a_bar(desk, complaint):
    given = {"who": "Aras Kargo", "until": in_days(2), "told": "write", "own_words": ""}
    assert desk.post(address("third-party", complaint.number), given, headers=HTMX).status_code == 204
    bar = page(desk.get(address("outside", complaint.number)))
    assert "Aras Kargo" in bar
    assert "no word from them yet" in bar
    assert "Aras Kargo" in page(desk.get(address("sheet", complaint.number, "third-party")))  # to choose it again


def test_without_a_time_it_is_not_taken(desk, complaint):
    answer = desk.post(address("third-party", complaint.number), {"who": "Kargo", "told": "write"}, headers=HTMX)
    assert answer.status_code == 422
    assert not Wait.objects.exists()


def test_the_next_word_is_proposed_and_sent(desk, complaint):
    wait = wait_for(complaint)
    sheet = page(desk.get(address("outside-word", complaint.number, wait.pk)))
    assert "Aras Kargo" in sheet
    given = {"text": "Merhaba, hâlâ bekliyorum.", "until": in_days(2)}
    assert desk.post(address("outside-word", complaint.number, wait.pk), given, headers=HTMX).status_code == 204
    assert Event.objects.filter(kind="replied").count() == 1
    past = desk.post(address("outside-word", complaint.number, wait.pk), {**given, "until": in_days(-1)}, headers=HTMX)
    assert past.status_code == 422


def test_a_no_brings_sentences_in_the_language_of_the_customer(desk, complaint):
    wait = wait_for(complaint)
    answer = desk.post(address("outside-answered", complaint.number, wait.pk), {"answer": "news"}, headers=HTMX)
    assert answer.status_code == 422  # news has words
    answer = desk.post(
        address("outside-answered", complaint.number, wait.pk), {"answer": "no", "said": "Lost."}, headers=HTMX
    )
    assert answer.status_code == 204
    bar = page(desk.get(address("outside", complaint.number)))
    assert "Aras Kargo</bdi> said no" in bar
    assert bar.count("data-insert=") == 7
    assert 'lang="tr"' in bar


def test_nobody_else_is_waited_for(desk, complaint):
    assert 'id="outside"' not in page(desk.get(address("outside", complaint.number)))
    assert desk.get(address("outside-word", complaint.number, 12345)).status_code == 404


def test_the_page_lists_parties_with_what_they_are_a_part_of(desk, complaint):
    assert "Nobody outside is waited for" in page(desk.get(reverse("third_parties:page")))
    wait_for(complaint)
    shown = page(desk.get(reverse("third_parties:page")))
    assert "1 complaint waits for somebody outside." in shown
    assert "none promised" in shown
    assert "Aras Kargo" in page(desk.get(reverse("third_parties:page"), {"whose": "team"}))


@pytest.mark.django_db
def test_who_leads_makes_an_improvement_of_a_slow_party(desk, complaint, make_agent, monkeypatch):
    wait_for(complaint)
    monkeypatch.setattr(queries.PartyRow, "is_slow", True)
    improve = f"{reverse('improving:new')}?layer=third-party"
    assert improve not in page(desk.get(reverse("third_parties:page")))
    desk.force_login(make_agent(role="lead"))
    assert improve in page(desk.get(reverse("third_parties:page")))


@pytest.mark.django_db
def test_strangers_see_nothing(client):
    assert client.get(reverse("third_parties:page")).status_code == 302
