"""What people confirmed changes what is proposed later, where it helps, and can be forgotten."""

from datetime import timedelta

import pytest
from django.urls import reverse

from amends.desk.complaints.actions import erase
from amends.desk.improvements import actions, learning
from amends.desk.improvements.models import Cause, Learned, Lesson
from amends.engine.causes.own import FEWEST
from amends.engine.measures.agreement import TENTATIVE, alpha

pytestmark = pytest.mark.django_db
LATE = "Your courier left the parcel number {n} two weeks late beside the gate, and it was soaked by the rain."
NEXT = "The courier left my parcel beside the gate again, two weeks late and soaked by rain."
BILL = "The invoice charges a fee of {n} for paper that nobody ever told us about."


@pytest.fixture(autouse=True)
def _cues_alone(monkeypatch):
    monkeypatch.setattr(actions, "load_vectors", lambda: None)


@pytest.fixture
def lead(make_agent):
    return make_agent(role="quality")


@pytest.fixture
def reader(client, lead):
    client.force_login(lead)
    return client


@pytest.fixture
def confirmed(make_complaint, make_customer, now):
    """Complaints that the engine lays elsewhere than this organisation, which drives its parcels itself."""
    made = []
    for number in range(FEWEST):
        said = (LATE if number % 4 else BILL).format(n=number)
        one = make_complaint(customer=make_customer(language="en"), text=said)
        actions.propose(complaint=one, now=now)
        layer, theme = ("employee", "our own drivers") if number % 4 else ("message", "small-print")
        actions.confirm(complaint=one, layer=layer, theme=theme, by=one.owner, now=now)
        made.append(one)
    return made


def test_a_night_of_learning_from_the_first_correction_to_forgetting_it(
    confirmed, make_complaint, make_customer, reader, now
):
    later = now + timedelta(days=1)
    assert learning.learn(now=later, vectors=None) == FEWEST
    assert learning.learn(now=later, vectors=None) == 0  # each is read once
    learned = Learned.objects.get()
    assert (learned.of, learned.is_used) == (FEWEST, True)
    assert learned.right_with > learned.right_without
    assert learned.corrected >= FEWEST // 2

    asked = make_complaint(customer=make_customer(language="en"), text=NEXT)
    cause = actions.propose(complaint=asked, now=later)
    assert (cause.layer, cause.theme.name, cause.confirmed_at) == ("employee", "our own drivers", None)

    page = reader.get(reverse("improving:themes")).content.decode()
    assert "it helps, and is used" in page
    assert f"right in {learned.right_with} of {FEWEST}, and in {learned.right_without} without" in page

    erase(customer=confirmed[0].customer, by=confirmed[0].owner, now=later)
    assert Lesson.objects.count() == FEWEST - 1
    assert not Lesson.objects.filter(complaint=confirmed[0]).exists()

    reader.post(reverse("improving:themes"), {"act": "forget"})
    assert not Lesson.objects.exists()
    Cause.objects.filter(complaint=asked).delete()
    assert actions.propose(complaint=asked, now=later).layer != "employee"
    assert "Nothing yet." in reader.get(reverse("improving:themes")).content.decode()
    learning.learn(now=later, vectors=None)
    assert not Lesson.objects.exists()  # what was confirmed before is not learned from again


def test_what_does_not_help_is_not_used(make_complaint, make_customer, now):
    later = now + timedelta(days=1)
    for number in range(FEWEST):
        one = make_complaint(customer=make_customer(language="en"), text=LATE.format(n=number))
        layer = actions.propose(complaint=one, now=now).layer
        actions.confirm(complaint=one, layer=layer, theme="", by=one.owner, now=now)
    learning.learn(now=later, vectors=None)
    learned = Learned.objects.get()
    assert (learned.corrected, learned.right_with, learned.right_without) == (0, FEWEST, FEWEST)
    assert not learned.is_used


def test_how_far_engine_and_people_agree_is_told_with_what_may_rest_on_it(confirmed, reader, now):
    learning.learn(now=now + timedelta(days=1), vectors=None)
    page = reader.get(reverse("improving:themes")).content.decode()
    told = learning.layers_told()
    assert len(told) == FEWEST
    assert alpha(told) < TENTATIVE  # most were corrections
    assert f"agree with an alpha of {alpha(told):.2f}." in page
    assert "Below 0.67" in page
    for one in Lesson.objects.all():
        Cause.objects.filter(complaint=one.complaint_id).update(layer=one.layer)
    assert "From 0.80 on" in reader.get(reverse("improving:themes")).content.decode()
