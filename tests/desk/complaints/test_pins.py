"""Words of the customer that somebody pins, so that nobody asks twice."""

from datetime import timedelta

import pytest

from amends.desk.complaints import actions, merging, pins, queries
from amends.desk.complaints.models import Pin

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def complaint(make_complaint):
    return make_complaint(text="The box was wet.\nI am at home after six, bell Kaya.")


def pinned(complaint, now):
    return [one.words for one in queries.person(complaint=complaint, now=now).pinned]


def test_words_of_the_customer_stand_beside_the_person_until_they_are_taken_off(client, complaint, now):
    client.force_login(complaint.owner)
    said = complaint.events.get(kind="customer-wrote")
    told = {"event": said.pk, "words": "at home after six, bell Kaya"}
    for _again in range(2):
        assert client.post(f"/desk/{complaint.number}/pin/", told, headers=HTMX).status_code == 204
    assert pinned(complaint, now) == ["at home after six, bell Kaya"]
    assert f'href="#said-{said.pk}"' in client.get(f"/desk/{complaint.number}/").text
    client.post(f"/desk/{complaint.number}/pin/{Pin.objects.get().pk}/off/", headers=HTMX)
    assert pinned(complaint, now) == []


@pytest.mark.parametrize("words", ["", "The box was dry.", "It is on its way."])
def test_nothing_else_is_pinned(client, complaint, now, words):
    client.force_login(complaint.owner)
    ours = actions.append(
        complaint=complaint, kind="replied", by="agent", agent=complaint.owner, text="It is on its way.", now=now
    )
    for event in (ours, complaint.events.get(kind="customer-wrote")):
        told = {"event": event.pk, "words": words}
        assert client.post(f"/desk/{complaint.number}/pin/", told, headers=HTMX).status_code == 409
    assert not Pin.objects.exists()


def test_pins_go_along_when_two_become_one_and_are_erased_with_the_person(complaint, make_complaint, now):
    owner = complaint.owner
    said = complaint.events.get(kind="customer-wrote")
    pins.pin(complaint=complaint, event=said.pk, words="The box was wet.", by=owner, now=now)
    into = make_complaint(customer=complaint.customer, owner=owner)
    merged = merging.merge(other=complaint, into=into, by=owner, now=now + timedelta(hours=1))
    assert pinned(into, now) == ["The box was wet."]
    merging.take_apart(event=merged, by=owner, now=now + timedelta(hours=2))
    assert (pinned(into, now), pinned(complaint, now)) == ([], ["The box was wet."])
    actions.erase(customer=complaint.customer, by=owner, now=now + timedelta(hours=3))
    assert not Pin.objects.exists()
