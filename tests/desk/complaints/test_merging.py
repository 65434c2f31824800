"""Two complaints become one and two again; a part becomes one of its own and goes back."""

from datetime import timedelta

import pytest

from amends.desk.clocks.models import Clock
from amends.desk.complaints import actions, aside, inbox, links, merging, queries, search, splitting, tags
from amends.desk.complaints.as_conversation import as_conversation
from amends.desk.complaints.models import Attachment, Companion, Complaint, Link, Watch
from amends.desk.portal import queries as portal
from amends.desk.promises import actions as promises
from amends.desk.third_parties import actions as third_parties
from amends.desk.third_parties.models import Wait

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def agent(make_agent):
    return make_agent()


def fresh(complaint):
    return Complaint.objects.select_related("customer", "owner").get(pk=complaint.pk)


def columns(complaint, *but):
    return {
        name: value
        for name, value in Complaint.objects.values().get(pk=complaint.pk).items()
        if name not in {"last_event_at", *but}
    }


def says(complaint, text, at, **more):
    return actions.customer_writes(complaint=complaint, text=text, channel="mail", now=at, **more)


def promise(complaint, owner, at, due):
    event = actions.append(complaint=complaint, kind="replied", by="agent", agent=owner, text="Soon.", now=at)
    return promises.make(
        complaint=complaint, owner=owner, made_in=event, words="soon", due_at=due, whole_day=False, now=at
    )


@pytest.fixture
def two(make_complaint, make_customer, make_agent, agent, now):
    """The first one, and the same customer's second one, an hour later, with all that one can have."""
    customer = make_customer()
    first = make_complaint(customer=customer, owner=agent, at=now)
    colleague, expert = make_agent(name="Colleague"), make_agent(name="Expert")
    second = make_complaint(customer=customer, owner=colleague, at=now + HOUR, text="Still no parcel at my door.")
    promise(second, colleague, now + 2 * HOUR, now + 50 * HOUR)
    tags.put_on(complaint=second, names=["courier"], by=colleague, now=now + 3 * HOUR)
    actions.bring_in(complaint=second, by=colleague, agent=expert, question="Where?", now=now + 3 * HOUR)
    third_parties.wait(
        complaint=second, by=colleague, who="Aras", until=now + 60 * HOUR, promise=None, now=now + 3 * HOUR
    )
    says(second, "Hello? I am furious.", now + 4 * HOUR, heat=3)
    return first, second


def test_what_goes_along_and_what_comes_back(two, make_complaint, agent, now):
    first, second = two
    third = make_complaint(owner=agent, at=now)
    links.link(complaint=second, other=third, how="same-cause", by=agent, now=now + 4 * HOUR)
    links.link(complaint=first, other=second, how="same-cause", by=agent, now=now + 4 * HOUR)
    before = columns(first), columns(second)
    limits = set(Clock.objects.filter(complaint=second).values_list("what", "started_at", "state"))
    merged = merging.merge(other=second, into=first, by=agent, now=now + 5 * HOUR)
    one, other = fresh(first), fresh(second)

    assert (other.merged_into_id, other.stage, other.live, other.promise_due_at) == (first.pk, "closed", False, None)
    assert (one.owner, one.people, one.times_told, one.heat) == (agent, 2, 3, 3)
    assert (one.promise_due_at, one.waiting_since) == (now + 50 * HOUR, now)
    assert one.promises.count() == 1
    assert [word.name for word in tags.of(complaint_ids=[one.pk])[one.pk]] == ["courier"]
    assert [found.number for found in links.of(complaint=one)] == [third.number]
    assert [found.number for found in links.of(complaint=third)] == [first.number]
    assert Companion.objects.filter(complaint=one).count() == 1
    assert Watch.objects.filter(complaint=one, agent=second.owner).exists()
    assert Wait.objects.filter(complaint=one, ended_at=None).count() == 1
    assert limits <= set(Clock.objects.filter(complaint=one).values_list("what", "started_at", "state"))
    assert not Clock.objects.filter(complaint=other).exists()
    for complaint in (one, other, fresh(third)):
        assert actions.rebuild(complaint=complaint) == []

    # Who reads it reads both, in the order in which it was said; who looks for either finds the one that stays.
    told = [item for item in queries.conversation(complaint=one, reader=agent) if item.look == "message"]
    assert [item.text for item in told][-1] == "Hello? I am furious."
    assert {item.came_from for item in told} == {0, second.number}
    assert "Still no parcel" in str(as_conversation(complaint=one, now=now + 6 * HOUR).turns)
    everywhere = inbox.inbox(agent=agent, view="all", now=now + 6 * HOUR, search=str(second.number))
    assert [row.number for row in everywhere] == [first.number]
    assert queries.by_number(number=second.number) == one
    assert portal.find(key=second.key) == one
    page = str(portal.page(complaint=one, now=now + 6 * HOUR))
    assert "Still no parcel" in page
    # What is done to the other one happens to the one that stays.
    says(fresh(second), "And another thing.", now + 6 * HOUR)
    assert fresh(first).preview == "And another thing."

    merging.take_apart(event=merged, by=agent, now=now + 7 * HOUR)
    came_since = {"times_told", "preview", "last_event_at"}
    assert columns(second) == before[1]
    assert columns(first, *came_since) == {k: v for k, v in before[0].items() if k not in came_since}
    assert fresh(first).preview == "And another thing."
    assert fresh(second).promises.count() == 1
    assert {found.number for found in links.of(complaint=fresh(second))} == {first.number, third.number}
    assert [found.number for found in links.of(complaint=third)] == [second.number]
    assert not tags.of(complaint_ids=[first.pk])
    assert not Companion.objects.filter(complaint=first).exists()
    assert not Watch.objects.filter(complaint=first).exists()
    assert not Wait.objects.filter(complaint=first, ended_at=None).exists()
    assert Wait.objects.filter(complaint=second, ended_at=None).count() == 1
    assert limits == set(Clock.objects.filter(complaint=second).values_list("what", "started_at", "state"))
    assert portal.find(key=second.key) == second
    assert search.matching(Complaint.objects.all(), "door").get() == second
    for complaint in (first, second, third):
        assert actions.rebuild(complaint=fresh(complaint)) == []
    with pytest.raises(merging.UnableToTakeApart):
        merging.take_apart(event=merged, by=agent, now=now + 8 * HOUR)


def test_one_in_another_in_a_third(two, make_complaint, agent, now):
    first, second = two
    third = make_complaint(customer=first.customer, owner=agent, at=now + HOUR, text="A third letter.")
    inner = merging.merge(other=second, into=first, by=agent, now=now + 5 * HOUR)
    merging.merge(other=first, into=third, by=agent, now=now + 6 * HOUR)
    one = fresh(third)
    assert (one.received_at, one.times_told, one.promise_due_at) == (now, 4, now + 50 * HOUR)
    assert queries.by_number(number=second.number) == one
    assert "Still no parcel" in str(queries.conversation(complaint=one, reader=None))
    assert actions.rebuild(complaint=one) == []
    with pytest.raises(merging.UnableToTakeApart):
        merging.take_apart(event=inner, by=agent, now=now + 7 * HOUR)


def test_what_makes_no_sense_is_refused(two, make_complaint, agent, now):
    first, second = two
    stranger = make_complaint(owner=agent, at=now)
    ended = make_complaint(customer=first.customer, owner=agent, at=now)
    actions.say_content(complaint=ended, by_customer=True, now=now)
    with pytest.raises(merging.OfSomebodyElse):
        merging.merge(other=stranger, into=first, by=agent, now=now)
    for other, into in [(first, first), (first, ended)]:
        with pytest.raises(merging.UnableToMerge):
            merging.merge(other=other, into=into, by=agent, now=now + HOUR)
    merging.merge(other=stranger, into=first, by=agent, now=now + 5 * HOUR, same_person=True)
    merging.merge(other=ended, into=first, by=agent, now=now + 5 * HOUR)
    assert fresh(first).stage == "received"
    with pytest.raises(merging.UnableToMerge):
        merging.merge(other=stranger, into=second, by=agent, now=now + 5 * HOUR, same_person=True)
    # A promise that came along was kept to this one.
    merged = merging.merge(other=second, into=first, by=agent, now=now + 6 * HOUR)
    promises.keep(promise=fresh(first).promises.get(), by=agent, now=now + 7 * HOUR)
    with pytest.raises(merging.UnableToTakeApart):
        merging.take_apart(event=merged, by=agent, now=now + 8 * HOUR)
    # And erasing the customer empties both.
    actions.erase(customer=fresh(first).customer, by=agent, now=now + 9 * HOUR)
    assert fresh(stranger).subject == ""
    assert actions.rebuild(complaint=fresh(first)) == []


def test_a_part_becomes_one_of_its_own_and_goes_back(two, agent, now):
    first, _ = two
    upload = actions.Upload(name="bill.pdf", media_type="application/pdf", body=b"%PDF")
    aside_ = says(first, "By the way, the bill is wrong.", now + 2 * HOUR, heat=2, attachments=[upload])
    before = columns(first)
    with pytest.raises(splitting.UnableToSplit):
        splitting.split(complaint=first, events=[], by=agent, now=now + 3 * HOUR)
    everything = list(first.events.filter(kind="customer-wrote").values_list("pk", flat=True))
    with pytest.raises(splitting.UnableToSplit):
        splitting.split(complaint=first, events=everything, by=agent, now=now + 3 * HOUR)
    new, event = splitting.split(complaint=first, events=[aside_.pk], by=agent, now=now + 3 * HOUR)
    new = fresh(new)
    assert (new.customer, new.owner, new.heat) == (first.customer, agent, 2)
    assert (new.received_at, new.waiting_since) == (now + 2 * HOUR, now + 2 * HOUR)
    assert Clock.objects.get(complaint=new, what="answer").started_at == now + 2 * HOUR
    with Attachment.objects.filter(event__complaint=new).get().file.open("rb") as file:
        assert file.read() == b"%PDF"
    assert (fresh(first).heat, fresh(first).times_told) == (0, 1)
    assert "bill" not in str(as_conversation(complaint=fresh(first), now=now + 3 * HOUR).turns)
    moved = [item.moved_to for item in queries.conversation(complaint=fresh(first), reader=agent) if item.moved_to]
    assert moved == [new.number]
    for complaint in (new, fresh(first)):
        assert actions.rebuild(complaint=complaint) == []
    # What the desk itself reminds of, within a minute where a time limit has passed, is nobody's going on.
    reminded = {"agent": agent.pk, "about": "time-limit"}
    actions.append(complaint=new, kind="warned", by="system", data=reminded, now=now + 3 * HOUR)
    splitting.put_back(event=event, by=agent, now=now + 3 * HOUR)
    assert columns(first) == before
    assert queries.by_number(number=new.number) == first
    assert fresh(new).live is False
    with pytest.raises(splitting.UnableToPutBack):
        splitting.put_back(event=event, by=agent, now=now + 4 * HOUR)
    # Once somebody has gone on with it, it can be merged.
    new, event = splitting.split(complaint=fresh(first), events=[aside_.pk], by=agent, now=now + 4 * HOUR)
    says(new, "And?", now + 5 * HOUR)
    with pytest.raises(splitting.UnableToPutBack):
        splitting.put_back(event=event, by=agent, now=now + 5 * HOUR)
    merging.merge(other=new, into=fresh(first), by=agent, now=now + 6 * HOUR)
    assert fresh(first).heat == 1  # it has cooled by their next word


def test_what_was_put_aside_comes_back(two, agent, now):
    first, second = two
    aside.put_aside(complaint=first, by=agent, until=now + 40 * HOUR, passes=True, now=now + 5 * HOUR)
    merging.merge(other=second, into=first, by=agent, now=now + 6 * HOUR)
    assert fresh(first).snoozed_until is None
    assert not Link.objects.exists()
