"""Once a hand-over stands the customer hears who is on it now: once, in their language, where they are reached."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from amends.desk.calm import actions as calm
from amends.desk.channels import receipts, who_is_on_it
from amends.desk.channels.models import Chat, Outgoing, OutgoingState
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import Channel, EventKind, Stage
from amends.desk.promises import actions as promises
from amends.desk.promises.models import Promise, State
from amends.desk.web import wording
from amends.desk.workplace import actions as workplace

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
STANDS = complaints.UNDO_WITHIN + MINUTE  # after a hand-over: nobody can take it back any more


@pytest.fixture
def ayse(make_customer):
    return make_customer(name="Ayşe Yılmaz", email="ayse@mail.example")


@pytest.fixture
def complaint(make_complaint, make_agent, make_team, ayse):
    return make_complaint(customer=ayse, owner=make_agent(name="Deniz Kaya", team=make_team()))


@pytest.fixture
def mira(make_agent):
    return make_agent(name="Mira Aydın")


def hand_over(complaint, to, *, now):
    return complaints.hand_over(complaint=complaint, by=complaint.owner, to=to, reason="Leaves for a week", now=now)


def promise(complaint, words, *, whole_day, now):
    """Have its owner promise something for the day after tomorrow, and tell by when."""
    event = complaints.append(
        complaint=complaint, kind=EventKind.REPLIED, by="agent", agent=complaint.owner, text=words, now=now
    )
    due = now + timedelta(days=2)
    promises.make(
        complaint=complaint, owner=complaint.owner, made_in=event, words=words.strip("."), due_at=due,
        whole_day=whole_day, now=now,
    )  # fmt: skip
    return due


def told(complaint):
    return complaint.events.filter(kind=EventKind.ACKNOWLEDGED).select_related("content").order_by("sequence")


def text_of(letter):
    return message_from_bytes(bytes(letter.mime), policy=policy.default).get_body(("plain",)).get_content()


class TestTheLetter:
    def test_it_says_who_is_on_it_once_the_colleague_said_yes_and_the_way_back_is_closed(self, complaint, mira, now):
        asked = calm.ask_to_take_over(complaint=complaint, by=complaint.owner, to=mira, reason="Too hot", now=now)
        assert who_is_on_it.tell_all(now=now + STANDS) == 0
        calm.accept(asked=asked, by=mira, now=now + STANDS)
        assert who_is_on_it.tell_all(now=now + STANDS + complaints.UNDO_WITHIN) == 0
        assert who_is_on_it.tell_all(now=now + 2 * STANDS) == 1
        assert who_is_on_it.tell_all(now=now + 3 * STANDS) == 0
        letter = Outgoing.objects.get()
        words = text_of(letter)
        assert letter.recipient == "ayse@mail.example"
        assert "Mira Aydın" in words
        assert "Deniz" not in words
        assert "Too hot" not in words
        assert complaint.key in words

    def test_it_is_known_as_automatic_and_stays_in_the_thread(self, complaint, mira, now):
        workplace.reply(complaint=complaint, by=complaint.owner, text="We look into it.", now=now)
        hand_over(complaint, mira, now=now)
        who_is_on_it.tell_all(now=now + STANDS)
        reply, letter = (message_from_bytes(bytes(row.mime)) for row in Outgoing.objects.order_by("pk"))
        assert letter["Auto-Submitted"]
        assert letter["References"] == reply["Message-ID"]
        assert letter["Subject"] == reply["Subject"]

    def test_it_is_on_record_as_told_and_is_no_answer(self, complaint, mira, now):
        hand_over(complaint, mira, now=now)
        complaint.refresh_from_db()
        before = (complaint.stage, complaint.turn, complaint.waiting_since, complaint.first_person_at)
        who_is_on_it.tell_all(now=now + STANDS)
        complaint.refresh_from_db()
        assert (complaint.stage, complaint.turn, complaint.waiting_since, complaint.first_person_at) == before
        assert complaint.stage == Stage.RECEIVED
        assert complaint.clocks.get(what="answer").state == "running"
        assert [event.agent for event in told(complaint)] == [None]

    def test_it_is_written_in_the_customers_language_with_what_stands(self, make_complaint, make_customer, mira, now):
        complaint = make_complaint(customer=make_customer(name="Sara", language="fa"))
        due = promise(complaint, "By then.", whole_day=False, now=now)
        hand_over(complaint, mira, now=now)
        who_is_on_it.tell_all(now=now + STANDS)
        word = told(complaint).get()
        assert word.language == "fa"
        assert wording.digits(complaint.number, language="fa") in word.content.text
        zone = complaint.owner.calendar().zone
        assert wording.exact(due.astimezone(zone), language="fa") in word.content.text
        assert Promise.objects.get().state == State.OPEN

    def test_a_day_that_was_promised_stays_that_day(self, complaint, mira, now):
        due = promise(complaint, "Friday.", whole_day=True, now=now)
        hand_over(complaint, mira, now=now)
        who_is_on_it.tell_all(now=now + STANDS)
        assert f"{wording.weekday_and_day(due, language='tr')}." in told(complaint).get().content.text


class TestOneWord:
    def test_all_that_somebody_owns_is_one_letter_for_each_complaint(self, complaint, make_complaint, mira, now):
        deniz = complaint.owner
        other = make_complaint(customer=complaint.customer, owner=deniz)
        to = {complaint.number: mira, other.number: mira}
        workplace.relieve(agent=deniz, by=deniz, to=to, reason="On leave", leaves=False, now=now)
        assert who_is_on_it.tell_all(now=now + STANDS) == 2
        assert who_is_on_it.tell_all(now=now + STANDS) == 0
        assert sorted(Outgoing.objects.values_list("complaint", flat=True)) == [complaint.pk, other.pk]

    def test_of_several_in_a_few_minutes_the_last_is_told(self, complaint, mira, make_agent, now):
        hand_over(complaint, make_agent(name="Nobody Long"), now=now)
        hand_over(complaint, mira, now=now + 5 * MINUTE)
        assert who_is_on_it.tell_all(now=now + STANDS) == 0
        assert who_is_on_it.tell_all(now=now + 5 * MINUTE + STANDS) == 1
        words = text_of(Outgoing.objects.get())
        assert "Mira" in words
        assert "Nobody" not in words

    def test_the_next_one_is_told_too(self, complaint, mira, now):
        owner = complaint.owner
        hand_over(complaint, mira, now=now)
        who_is_on_it.tell_all(now=now + STANDS)
        complaint.refresh_from_db()
        hand_over(complaint, owner, now=now + STANDS)
        assert who_is_on_it.tell_all(now=now + 2 * STANDS) == 1
        assert told(complaint).count() == 2

    def test_nothing_is_said_of_what_was_taken_back(self, complaint, mira, now):
        owner = complaint.owner
        event = hand_over(complaint, mira, now=now)
        complaints.undo(event=event, by=owner, now=now + MINUTE)
        assert who_is_on_it.tell_all(now=now + STANDS) == 0

    def test_nothing_is_said_where_it_came_back_to_whom_they_know(self, complaint, mira, now):
        owner = complaint.owner
        hand_over(complaint, mira, now=now)
        complaint.refresh_from_db()
        hand_over(complaint, owner, now=now + MINUTE)
        assert who_is_on_it.tell_all(now=now + 2 * STANDS) == 0

    def test_who_has_heard_the_new_owner_speak_knows_it(self, complaint, mira, now):
        hand_over(complaint, mira, now=now)
        workplace.reply(complaint=complaint, by=mira, text="I have read all of it.", now=now + MINUTE)
        assert who_is_on_it.tell_all(now=now + STANDS) == 0

    def test_a_day_later_it_is_no_news(self, complaint, mira, now):
        hand_over(complaint, mira, now=now)
        assert who_is_on_it.tell_all(now=now + who_is_on_it.STILL_NEWS) == 0


class TestNoLetter:
    def test_to_whom_no_mail_reaches(self, make_complaint, make_customer, mira, now):
        complaint = make_complaint(customer=make_customer(email="", phone="+905551112233"))
        hand_over(complaint, mira, now=now)
        assert who_is_on_it.tell_all(now=now + STANDS) == 0
        assert not told(complaint).exists()

    def test_to_an_address_that_is_our_own(self, make_complaint, make_customer, mira, now):
        complaint = make_complaint(customer=make_customer(email="desk@acme.example"))
        hand_over(complaint, mira, now=now)
        assert who_is_on_it.tell_all(now=now + STANDS) == 0
        assert not told(complaint).exists()

    def test_where_the_last_one_came_back_for_good(self, complaint, mira, now):
        workplace.reply(complaint=complaint, by=complaint.owner, text="We look into it.", now=now)
        Outgoing.objects.update(state=OutgoingState.FAILED, problem="bounce: 5.1.1")
        hand_over(complaint, mira, now=now)
        assert who_is_on_it.tell_all(now=now + STANDS) == 0

    def test_to_who_was_erased(self, complaint, mira, now):
        hand_over(complaint, mira, now=now)
        complaints.erase(customer=complaint.customer, by=mira, now=now)
        assert who_is_on_it.tell_all(now=now + STANDS) == 0

    def test_about_what_has_ended(self, complaint, mira, now):
        hand_over(complaint, mira, now=now)
        complaints.say_content(complaint=complaint, by_customer=True, now=now)
        assert who_is_on_it.tell_all(now=now + STANDS) == 0


def test_whose_chat_goes_on_reads_it_there(complaint, mira, now):
    hand_over(complaint, mira, now=now)
    Chat.objects.create(key="k", complaint=complaint, opened_at=now, heard_at=now + STANDS)
    assert who_is_on_it.tell_all(now=now + STANDS) == 1
    word = told(complaint).get()
    assert (word.channel, "Mira Aydın" in word.content.text) == (Channel.CHAT, True)
    assert not Outgoing.objects.exists()


def test_it_takes_no_receipt_from_anybody(complaint, make_complaint, ayse, mira, now):
    others = [make_complaint(customer=ayse, owner=complaint.owner) for _ in range(receipts.MOST_TO_ONE)]
    for one in others:
        hand_over(one, mira, now=now)
    assert who_is_on_it.tell_all(now=now + STANDS) == receipts.MOST_TO_ONE
    asked = receipts.Asked(customer=ayse.pk, recipient="ayse@mail.example", subject="Something else")
    assert receipts.when(asked=[asked], now=now + STANDS) == [now + STANDS]
