"""Complaints leave the desk as conversations: which, in which order, and without names when asked."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from amends.desk.complaints import actions
from amends.desk.complaints.export import Which, conversations
from amends.engine.conversation import from_json, to_json

ISTANBUL = ZoneInfo("Europe/Istanbul")


@pytest.fixture
def told(now):
    def tell(*, names=True, **which):
        found = conversations(which=Which(**which), zone=ISTANBUL, now=now + timedelta(days=9), names=names, at_once=2)
        return list(found)

    return tell


def test_page_after_page_every_complaint_is_told_once(make_complaint, make_agent, told, django_assert_max_num_queries):
    owner = make_agent()
    complaints = [make_complaint(owner=owner) for _ in range(5)]
    with django_assert_max_num_queries(15):  # four a page, and one that finds nothing more
        assert [talk.id for talk in told()] == [str(complaint.number) for complaint in complaints]


def test_days_are_those_of_the_organisation(make_complaint, make_agent, told, now):
    owner = make_agent()
    midnight = now.astimezone(ISTANBUL).replace(hour=0, minute=0)
    before = make_complaint(owner=owner, at=midnight - timedelta(minutes=1))
    first, last = (make_complaint(owner=owner, at=midnight + timedelta(minutes=at)) for at in (0, 24 * 60 - 1))
    after = make_complaint(owner=owner, at=midnight + timedelta(days=1))
    day = date(2026, 10, 14)
    assert {talk.id for talk in told(since=day, until=day)} == {str(first.number), str(last.number)}
    assert str(before.number) not in {talk.id for talk in told(since=day)}
    assert str(after.number) not in {talk.id for talk in told(until=day)}


def test_only_what_has_ended(make_complaint, told, now):
    make_complaint()
    ended = make_complaint()
    actions.say_content(complaint=ended, by_customer=True, now=now)
    assert [talk.id for talk in told(ended=True)] == [str(ended.number)]


def test_without_names_nobody_is_named_and_everybody_is_told_apart(
    make_complaint, make_customer, make_agent, told, now
):
    ayse, other = make_customer(name="Ayşe Yılmaz", address="Kiraz Sokak 14"), make_customer(name="Can Er")
    owner = make_agent(name="Elif Şahin")
    for customer in (ayse, ayse, other):
        complaint = make_complaint(customer=customer, owner=owner, text="Paket yok.")
    actions.wait_on_third_party(complaint=complaint, by=owner, who="Mehmet Kurye", now=now)

    talks = told(names=False)
    everything = repr(talks)
    assert not [name for name in ("Yılmaz", "Kiraz", "Can Er", "Elif", "Mehmet") if name in everything]
    customers = [talk.turns[0].party for talk in talks]
    assert customers[0] == customers[1] != customers[2]
    assert all({turn.party for turn in talk.turns} <= {party.id for party in talk.parties} for talk in talks)
    assert all({event.party for event in talk.events} <= {party.id for party in talk.parties} for talk in talks)
    assert told(names=False) == talks


def test_the_private_link_of_the_customer_stays_at_the_desk(make_complaint, told, now):
    complaint = make_complaint()
    actions.append(
        complaint=complaint, kind="acknowledged", by="system", text=f"https://desk.example/c/{complaint.key}/", now=now
    )
    assert complaint.key not in repr(told())
    assert told()[0].turns[-1].text == "https://desk.example/c/…/"


def test_of_an_erased_person_there_is_what_happened_and_no_word(make_complaint, make_agent, told, now):
    complaint = make_complaint(text="Paket yok.")
    actions.erase(customer=complaint.customer, by=make_agent(), now=now)
    (talk,) = told()
    assert (talk.turns, talk.facts.customer_name) == ((), "")
    assert from_json(to_json(talk)) == talk
