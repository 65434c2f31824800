"""Who else is at a complaint: seen by the others while it is so, in any web process, and gone when they leave."""

import asyncio
import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from amends.desk.workplace import live, present
from amends.desk.workplace.models import Presence

SECOND = timedelta(seconds=1)
CAN, ECE = (7, False), (8, True)


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ({}, {}, []),
        ({}, {1: {CAN}}, [1]),
        ({1: {CAN}}, {1: {CAN}}, []),
        ({1: {CAN}}, {1: {CAN, ECE}, 2: {ECE}}, [1, 2]),
        ({1: {(8, False)}}, {1: {ECE}}, [1]),
        ({1: {CAN}, 2: {ECE}}, {2: {ECE}}, [1]),
    ],
)
def test_only_where_it_is_otherwise_than_before_is_told(before, now, told):
    assert present.moved(before, now) == told


def test_it_is_told_beside_what_changed_and_moves_no_mark():
    listener = live.Listener()
    listener.last = 40
    listener.tell_who_moved([9, 4])
    assert listener.woken.is_set()
    assert listener.take() == 'event: present\ndata: {"numbers": [4, 9]}\n\n'
    assert (listener.take(), listener.woken.is_set()) == ("", False)
    listener.tell(None, 41)
    listener.tell_who_moved([4])
    said = listener.take()
    assert said.startswith("id: 41\nevent: changed\n")
    assert said.endswith('event: present\ndata: {"numbers": [4]}\n\n')


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ({}, {1: {CAN}}, {1: set()}),
        ({1: {CAN}}, {1: {CAN, ECE}}, {1: {CAN[0]}}),
        ({1: {CAN, ECE}}, {1: {ECE}}, {1: {ECE[0]}}),
        ({}, {1: {CAN, ECE}}, {1: {CAN[0], ECE[0]}}),
    ],
)
def test_who_is_there_is_told_of_others_and_not_of_themselves(before, now, told):
    def fixed(places):
        return {number: frozenset(who) for number, who in places.items()}

    assert present.watched(fixed(before), fixed(now)) == told


def test_a_look_tells_who_is_there_that_others_moved(monkeypatch):
    wire = live.Wire()
    wire.mark = live.announce.Mark(last=40)
    told = iter([{4: frozenset({CAN, ECE})}, {4: frozenset({CAN, ECE})}, {4: frozenset({ECE})}])

    async def apart(look, *given):
        known = {live._who_is_where: lambda: next(told), live._who_chats: dict}
        return known.get(look, lambda: (wire.mark, []))()

    monkeypatch.setattr(live, "_apart", apart)
    listener, elsewhere = live.Listener(agent=ECE[0]), live.Listener(agent=99)
    wire.listeners |= {listener, elsewhere}

    async def run():
        heard = []
        for _ in range(3):
            wire.gathered_at = 0.0  # a second is over
            await wire.look()
            heard.append(listener.take())
        return heard

    heard = asyncio.run(run())
    assert elsewhere.take() == ""
    assert [json.loads(word.split("data: ")[1])["numbers"] if word else None for word in heard] == [[4], None, [4]]


@pytest.mark.django_db
class TestSomebodyElse:
    @pytest.fixture
    def case(self, make_complaint):
        return make_complaint()

    def seen(self, case, reader, now):
        return [(one.name, one.writing) for one in present.others_at(complaint=case, reader=reader, now=now)]

    def test_is_seen_while_they_are_there(self, case, make_agent, make_complaint, now, django_assert_num_queries):
        can, ece = make_agent(name="Can"), make_agent(name="Ece")
        other = make_complaint()
        present.here(complaint=case, agent=can, page="a", writing=False, now=now)
        present.here(complaint=case, agent=ece, page="b", writing=False, now=now)
        assert self.seen(case, can, now) == [("Ece", False)]
        present.here(complaint=case, agent=ece, page="c", writing=True, now=now + SECOND)
        assert self.seen(case, case.owner, now) == [("Ece", True), ("Can", False)]
        with django_assert_num_queries(1):
            assert present.places(now=now) == {case.number: {(can.pk, False), (ece.pk, False), (ece.pk, True)}}
        # One page shows one complaint: another one is come to, and this one left.
        present.here(complaint=other, agent=can, page="a", writing=False, now=now + SECOND)
        assert self.seen(case, ece, now) == []
        assert self.seen(other, ece, now) == [("Can", False)]
        present.leave(agent=ece, page="a")  # nobody leaves for another
        present.leave(agent=can, page="a")
        assert self.seen(other, ece, now) == []
        # Who is not heard of any more is gone, and nothing of them is kept.
        late = now + present.ALIVE + 2 * SECOND
        assert self.seen(case, can, late) == []
        assert present.places(now=late) == {}
        present.here(complaint=other, agent=can, page="d", writing=False, now=late)
        assert list(Presence.objects.values_list("page", flat=True)) == ["d"]

    def test_is_named_on_the_page(self, case, client, make_agent):
        can, ece = make_agent(name="Can Demir", language="en"), make_agent(name="Ece Ak")
        client.force_login(ece)
        here = reverse("workplace:here", args=[case.number])
        assert client.post(here, {"page": "p" * 99, "writing": "1"}).status_code == 204
        client.force_login(can)
        client.post(here, {"page": "q"})
        who = reverse("workplace:present", args=[case.number])
        assert "Ece Ak is writing here now." in client.get(who).content.decode()
        assert "Can" not in client.get(who).content.decode()
        assert 'data-here="' in client.get(reverse("workplace:complaint", args=[case.number])).content.decode()
        Presence.objects.filter(agent=ece).update(writing=False)
        assert "Ece Ak is looking at this too." in client.get(who).content.decode()
        Presence.objects.update(seen_at=timezone.now() - present.ALIVE - SECOND)
        assert client.get(who).content.decode().strip() == ""
        client.post(reverse("workplace:gone"), {"page": "q"})
        assert not Presence.objects.filter(agent=can).exists()


@pytest.mark.django_db(transaction=True)
def test_two_processes_see_the_same(make_complaint, make_agent):
    """They share nothing but the database."""
    case, agent = make_complaint(), make_agent()
    before = live._who_is_where()
    present.here(complaint=case, agent=agent, page="a", writing=True, now=timezone.now())
    assert present.moved(before, live._who_is_where()) == [case.number]
    present.leave(agent=agent, page="a")
    assert live._who_is_where() == {}
