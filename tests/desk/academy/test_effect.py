"""Does it help: rates of the trained and the not yet trained, and causes that no training cures."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from amends.desk.academy.effect import effect
from amends.desk.academy.templatetags.decimals import decimals
from amends.desk.coaching.models import Kind, Seen
from amends.desk.complaints import actions as complaints
from amends.desk.improvements import actions as improvements

pytestmark = pytest.mark.django_db


@pytest.fixture
def replied(make_complaint):
    """`replied(agent, at, failings)`: a reply with so many failings seen in it."""

    def reply(agent, at, failings=0):
        complaint = make_complaint(owner=agent, at=at - timedelta(hours=1))
        event = complaints.append(complaint=complaint, kind="replied", by="agent", agent=agent, text="Well.", now=at)
        for _ in range(failings):
            Seen.objects.create(event=event, kind=Kind.FAILING, name="excuse", start=0, end=4, confidence=0.9)
        return complaint

    return reply


def test_replies_count_on_the_side_where_their_author_stood_at_that_time(make_agent, practise, replied, now):
    agents = [make_agent() for _ in range(3)]
    for agent in agents:
        practise("good", agent=agent, at=now - timedelta(days=10))
        for _ in range(4):
            replied(agent, now - timedelta(days=20), failings=2)
            replied(agent, now - timedelta(days=2))
        replied(agent, now - timedelta(days=1), failings=1)
    found = effect(language="en", now=now)
    assert (found.times.without.rate.k, found.times.without.rate.n) == (24, 12)
    assert (found.times.trained.rate.k, found.times.trained.rate.n) == (3, 15)
    assert not found.times.is_hidden
    assert found.times.ratio is not None
    assert found.times.ratio.verdict == "improved"
    assert found.people.without.rate.n == 12
    said = " ".join(found.times.told)
    assert "where somebody had 100 failings before the first drill, they have 10 after it" in said
    assert "not one of the two figures above divided by the other" in said


def test_what_the_coach_only_tries_out_is_not_counted(make_agent, practise, replied, now):
    agent = make_agent()
    practise("good", agent=agent, at=now - timedelta(days=10))
    Seen.objects.create(
        event=replied(agent, now - timedelta(days=2), failings=1).events.last(),
        kind=Kind.FAILING,
        name="arguing",  # a preview
        start=0,
        end=4,
        confidence=0.9,
    )
    assert effect(language="en", now=now).people.trained.rate.k == 1


def test_two_people_are_too_few_for_a_figure(make_agent, practise, replied, now):
    for agent in (make_agent(), make_agent()):
        practise("good", agent=agent, at=now - timedelta(days=10))
        replied(agent, now - timedelta(days=2), failings=3)
    found = effect(language="en", now=now)
    assert found.people.is_hidden
    assert "theirs" in found.people.verdict


@pytest.mark.parametrize("language", ["en", "fa", "mn", "tr"])
def test_a_cause_that_training_cannot_cure_is_named_plainly(client, make_agent, replied, now, language):
    agent = make_agent(language=language, role="lead")
    improvements.confirm(complaint=replied(agent, now), layer="product", theme="", by=agent, now=now)
    found = effect(language="en", now=now)
    assert (found.of_training.k, found.of_training.n) == (0, 1)
    assert "product has to change" in found.causes[0].cure
    client.force_login(agent)
    assert client.get(reverse("academy:effect")).status_code == 200


@pytest.mark.parametrize(("language", "written"), [("en", "0.80"), ("tr", "0,80"), ("fa", "۰٫۸۰"), ("mn", "0,80")])
def test_decimals_are_written_as_the_reader_writes_them(language, written):
    with translation.override(language):
        assert decimals(0.8, 2) == written
    assert decimals(None, 2) == ""
