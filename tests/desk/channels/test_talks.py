"""One agent's chats side by side: one in focus, the others by how long they wait, and what happens at the limit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from amends.desk.calm import actions as calm
from amends.desk.channels import actions as channels
from amends.desk.channels.chat import actions as chats
from amends.desk.channels.chat import standing, talks
from amends.desk.channels.models import Arrival, ArrivalState, Chat
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import By, Channel, Complaint, EventKind
from amends.desk.people.models import Agent

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)  # within office hours
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def deniz(settings):
    settings.MAIL_FROM, settings.SMTP = "desk@acme.example", ""
    return Agent.objects.create_user(email="deniz@desk.example", name="Deniz Kaya", languages=["tr", "en"])


def begin(once, *, now=MONDAY):
    chat = chats.begin(text=f"Kargom gelmedi ({once}).", once=once, name=once, language="tr", now=now)
    return Complaint.objects.get(pk=chat.complaint_id)


def look(complaint, agent, *, now):
    complaints.mark_read(complaint=complaint, agent=agent, now=now)


def give(complaint, agent):
    if complaint.owner != agent:
        complaints.hand_over(complaint=complaint, by=complaint.owner, to=agent, reason="x", now=MONDAY + MINUTE)


def answer(complaint, agent, *, now):
    complaints.append(
        complaint=complaint, kind=EventKind.REPLIED, by=By.AGENT, agent=agent, text="Bakıyorum.", channel=Channel.CHAT,
        now=now,
    )  # fmt: skip


def beside(agent, *, now):
    Chat.objects.update(heard_at=now)  # the windows are there
    return talks.talks_of(agent=agent, now=now)


class TestBeside:
    def test_who_waits_longest_comes_first_and_who_waits_for_nothing_last(self, deniz):
        first, second, third = (begin(name, now=MONDAY + n * MINUTE) for n, name in enumerate(("Ayşe", "Can", "Eda")))
        answer(first, deniz, now=MONDAY + 3 * MINUTE)
        chats.say(chat=second.chats.get(), text="Orada mısınız?", client="2", now=MONDAY + 4 * MINUTE)
        now = MONDAY + 5 * MINUTE
        assert [(one.number, one.waits) for one in beside(deniz, now=now).rows] == [
            (second.number, 4 * MINUTE), (third.number, 3 * MINUTE), (first.number, None),
        ]  # fmt: skip

    def test_in_focus_is_what_was_looked_at_or_written_in_last(self, deniz):
        first, second = begin("Ayşe"), begin("Can")
        now = MONDAY + 5 * MINUTE

        def focus():
            return [one.number for one in beside(deniz, now=now).rows if one.in_focus]

        assert focus() == []
        look(first, deniz, now=MONDAY + MINUTE)
        assert focus() == [first.number]
        look(second, deniz, now=MONDAY + 2 * MINUTE)
        assert focus() == [second.number]
        answer(first, deniz, now=MONDAY + 3 * MINUTE)
        assert focus() == [first.number]

    def test_what_nobody_read_is_marked_until_it_is_read(self, deniz):
        one = begin("Ayşe")
        assert beside(deniz, now=MONDAY + MINUTE).rows[0].unread
        look(one, deniz, now=MONDAY + MINUTE)
        assert not beside(deniz, now=MONDAY + MINUTE).rows[0].unread
        chats.say(chat=one.chats.get(), text="Alo?", client="2", now=MONDAY + 2 * MINUTE)
        assert beside(deniz, now=MONDAY + 2 * MINUTE).rows[0].unread

    def test_what_ended_left_or_is_a_colleagues_is_not_among_them(self, deniz):
        other = Agent.objects.create_user(email="reza@desk.example", name="Reza", languages=["tr"])
        mine, ended, left, theirs = (begin(name) for name in "abcd")
        Complaint.objects.exclude(pk=theirs.pk).update(owner=deniz)
        Complaint.objects.filter(pk=theirs.pk).update(owner=other)
        now = MONDAY + 5 * MINUTE
        Chat.objects.exclude(complaint=left).update(heard_at=now)
        chats.end(chat=ended.chats.get(), now=now)
        assert [one.number for one in talks.talks_of(agent=deniz, now=now).rows] == [mine.number]

    def test_a_second_window_of_one_customer_is_no_second_chat(self, deniz):
        one = begin("Ayşe")
        Chat.objects.create(key="again", complaint=one, opened_at=MONDAY, heard_at=MONDAY)
        assert len(beside(deniz, now=MONDAY).rows) == 1
        assert standing._talks(now=MONDAY) == {deniz.pk: 1}

    def test_all_of_them_are_one_question(self, deniz, django_assert_num_queries):
        for name in "abc":
            begin(name)
        with django_assert_num_queries(1):
            found = talks.talks_of(agent=deniz, now=MONDAY)
        assert (len(found.rows), found.most, found.is_full) == (3, 3, True)


class TestAtTheLimit:
    def test_who_begin_at_the_same_moment_do_not_share_the_last_place(self, deniz, monkeypatch):
        begin("a"), begin("b")
        before = standing.standing(language="tr", now=MONDAY)
        monkeypatch.setattr(chats, "standing", lambda **_told: before)  # both were told that there is a place
        begin("c")
        with pytest.raises(chats.UnableToChat) as refused:
            begin("d")
        assert refused.value.code == "nobody"
        arrival = Arrival.objects.get(identity="chat begun d")
        assert (arrival.state, arrival.problem) == (ArrivalState.SET_ASIDE, chats.FULL)  # kept, and shown
        assert standing._talks(now=MONDAY) == {deniz.pk: 3}

    def test_the_next_who_is_free_gets_it_and_once_there_is_room_it_begins(self, deniz, monkeypatch):
        before = standing.standing(language="tr", now=MONDAY)
        with monkeypatch.context() as late:
            late.setattr(chats, "standing", lambda **_told: before)
            for name in "abc":
                begin(name)
            with pytest.raises(chats.UnableToChat):
                begin("d")
            other = Agent.objects.create_user(email="reza@desk.example", name="Reza", languages=["fa"])
            assert begin("e").owner == other
        assert begin("d").owner == other  # said again by the same window, when there is a place
        assert Arrival.objects.get(identity="chat begun d").state == ArrivalState.TAKEN_IN

    def test_somebody_may_take_in_what_was_set_aside_all_the_same(self, deniz, monkeypatch):
        before = standing.standing(language="tr", now=MONDAY)
        monkeypatch.setattr(chats, "standing", lambda **_told: before)
        for name in "abc":
            begin(name)
        with pytest.raises(chats.UnableToChat):
            begin("d")
        event = channels.retry(arrival=Arrival.objects.get(identity="chat begun d"), now=MONDAY, anyway=True)
        assert event.complaint.owner == deniz


class TestByHand:
    @pytest.fixture
    def asked(self, deniz):
        """Somebody who has as many as they take is asked to take over one more."""
        now = timezone.now()
        busy = Agent.objects.create_user(email="reza@desk.example", name="Reza", languages=["tr"], at_once=1)
        owner = Agent.objects.create_user(email="can@desk.example", name="Can", languages=["tr"])
        chat, theirs = begin("a"), begin("b")
        give(chat, owner)
        give(theirs, busy)
        Chat.objects.update(heard_at=now)
        chat.refresh_from_db()
        return calm.ask_to_take_over(complaint=chat, by=owner, to=busy, reason="I leave at five.", now=now)

    def test_it_is_theirs_only_when_they_say_that_they_know(self, asked):
        with pytest.raises(calm.NoRoomForChat, match="you would have 2 at once, and take 1"):
            calm.accept(asked=asked, by=asked.asked, now=timezone.now())
        asked.refresh_from_db()
        assert asked.state == asked.State.OPEN
        calm.accept(asked=asked, by=asked.asked, knowing=True, now=timezone.now())
        assert Complaint.objects.get(pk=asked.complaint_id).owner == asked.asked

    def test_what_is_no_chat_any_more_needs_no_such_word(self, asked):
        chats.end(chat=asked.complaint.chats.get(), now=timezone.now())
        calm.accept(asked=asked, by=asked.asked, now=timezone.now())
        assert Complaint.objects.get(pk=asked.complaint_id).owner == asked.asked

    def test_the_page_says_so_before_and_the_button_says_yes(self, asked, client):
        client.force_login(asked.asked)
        for address in ("workplace:asked-of-me", "workplace:cool"):
            args = [] if address == "workplace:asked-of-me" else [asked.complaint.number]
            page = client.get(reverse(address, args=args)).content.decode()
            assert "you would have 2 at once, and take 1" in page
            assert 'name="knowing" value="1"' in page
            assert "I take it all the same" in page
        yes = reverse("workplace:takeover", args=[asked.pk, "yes"])
        assert client.post(yes, headers={"HX-Request": "true"}).status_code != 204
        assert Complaint.objects.get(pk=asked.complaint_id).owner != asked.asked
        client.post(yes, {"knowing": "1"})
        assert Complaint.objects.get(pk=asked.complaint_id).owner == asked.asked


def test_they_stand_above_the_list_with_their_wait(deniz, client):
    now = timezone.now()
    first, second = begin("Ayşe"), begin("Can")
    Chat.objects.update(heard_at=now, typing_until=now + MINUTE)
    Complaint.objects.filter(pk=first.pk).update(waiting_since=now - 7 * MINUTE)
    Complaint.objects.filter(pk=second.pk).update(waiting_since=now - 2 * MINUTE)
    look(second, deniz, now=now)
    client.force_login(deniz)
    page = client.get(reverse("workplace:asked-of-me")).content.decode()
    assert page.index(f'data-talk="{first.number}"') < page.index(f'data-talk="{second.number}"')
    assert "7 min" in page
    assert page.count("talk-to-unread") == 1
    assert page.count("is writing in the chat") == 4  # title and word for each
    assert "2 of 3" in page
    assert page.count(">in focus<") == 1
    Chat.objects.update(ended_at=now)
    assert "talks" not in client.get(reverse("workplace:asked-of-me")).content.decode()
