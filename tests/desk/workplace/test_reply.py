"""Replying draws complaint, coach, promise and channel together: all of it, or nothing."""

from datetime import timedelta

import pytest
from django.db import connection

from amends.desk.channels.models import Outgoing
from amends.desk.coaching.models import Seen, SentAsItWas
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import Draft, Stage, Turn
from amends.desk.people.models import Presence
from amends.desk.promises import actions as promises
from amends.desk.promises.actions import UnableToPromise
from amends.desk.promises.models import Promise
from amends.desk.workplace import actions
from amends.desk.workplace.actions import Undertaken

pytestmark = pytest.mark.django_db


@pytest.fixture
def complaint(make_complaint, make_customer):
    olivia = make_customer(name="Olivia Carter", language="en", honorific="Ms", email="olivia@mail.example")
    return make_complaint(customer=olivia)


def promised(now, words="I will call you tomorrow"):
    return Undertaken(words=words, start=0, end=len(words), due_at=now + timedelta(days=1))


def test_a_reply_is_on_the_timeline_in_the_outbox_and_in_the_ledger(complaint, now):
    event = actions.reply(
        complaint=complaint,
        by=complaint.owner,
        text="I am sorry. I will call you tomorrow.\r\n",
        undertaken=[promised(now)],
        now=now,
    )
    assert event.content.text == "I am sorry. I will call you tomorrow."
    assert Outgoing.objects.get(event=event).recipient == "olivia@mail.example"
    assert Promise.objects.get(made_in=event).words == "I will call you tomorrow"
    complaint.refresh_from_db()
    assert complaint.stage == Stage.ANSWERED
    assert complaint.turn == Turn.OURS  # who promised has the next move


def test_what_the_coach_saw_is_kept_without_its_author(complaint, now):
    event = actions.reply(complaint=complaint, by=complaint.owner, text="Dear Ms Karter, I am so sorry.", now=now)
    assert Seen.objects.filter(event=event, kind="good", name="apology").exists()
    assert not hasattr(Seen, "author")
    assert not hasattr(Seen, "agent")


def test_a_reason_is_kept_where_the_coach_had_a_word(complaint, now):
    event = actions.reply(
        complaint=complaint,
        by=complaint.owner,
        text="Dear Ms Karter, hello.",
        as_it_is_reason="She spells it so",
        now=now,
    )
    kept = SentAsItWas.objects.get(event=event)
    assert kept.author == complaint.owner
    assert kept.reason == "She spells it so"
    assert "wrong-name" in kept.names


def test_a_reason_for_nothing_is_not_kept(complaint, now):
    actions.reply(complaint=complaint, by=complaint.owner, text="I am very sorry.", as_it_is_reason="because", now=now)
    assert not SentAsItWas.objects.exists()


def test_the_draft_is_gone_once_it_is_sent(complaint, now):
    complaints.save_draft(complaint=complaint, agent=complaint.owner, text="Half a", now=now)
    actions.reply(complaint=complaint, by=complaint.owner, text="Half a sentence.", now=now)
    assert not Draft.objects.exists()


def test_the_same_key_sends_once(complaint, now):
    once = actions.reply(complaint=complaint, by=complaint.owner, text="Hello.", key="k1", now=now)
    again = actions.reply(complaint=complaint, by=complaint.owner, text="Hello.", key="k1", now=now)
    assert once == again
    assert Outgoing.objects.count() == 1


def test_it_is_read_before_anybody_has_to_wait_for_it(complaint, now, monkeypatch):
    did = []

    def noted(name, act):
        def done(*given, **named):
            did.append(name)
            return act(*given, **named)

        return done

    monkeypatch.setattr(actions, "read_at_sending", noted("read", actions.read_at_sending))
    monkeypatch.setattr(complaints, "take_in_hand", noted("locked", complaints.take_in_hand))
    actions.reply(complaint=complaint, by=complaint.owner, text="I am so sorry.", now=now)
    assert did == (["read", "locked"] if connection.vendor == "sqlite" else ["locked", "read"])


def test_it_is_read_again_where_something_was_said_just_then(complaint, now, monkeypatch):
    read, usual = [], actions.read_at_sending

    def reading(**told):
        if not read:
            other = type(complaint).objects.get(pk=complaint.pk)
            complaints.customer_writes(complaint=other, text="And what of the lamp?", channel="mail", now=now)
        read.append([event.content.text for event in told["events"]])
        return usual(**told)

    if connection.vendor != "sqlite":  # what is locked already hears nothing new
        pytest.skip("it is read once it is locked")
    monkeypatch.setattr(actions, "read_at_sending", reading)
    event = actions.reply(complaint=complaint, by=complaint.owner, text="I am so sorry.", now=now)
    assert len(read) == 2
    assert "And what of the lamp?" in read[1]
    assert Seen.objects.filter(event=event, name="apology").exists()


def test_a_promise_whose_time_has_passed_sends_nothing(complaint, now):
    complaints.save_draft(complaint=complaint, agent=complaint.owner, text="kept", now=now)
    before = complaint.events.count()
    with pytest.raises(UnableToPromise):
        actions.reply(
            complaint=complaint,
            by=complaint.owner,
            text="I will call you.",
            undertaken=[promised(now - timedelta(days=2))],
            now=now,
        )
    assert complaint.events.count() == before
    assert not Outgoing.objects.exists()
    assert Draft.objects.get().text == "kept"


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (actions.LONGEST_REPLY + 1)])
def test_nothing_and_too_much_are_not_sent(complaint, now, text):
    with pytest.raises(actions.UnableToReply):
        actions.reply(complaint=complaint, by=complaint.owner, text=text, now=now)


def test_who_has_no_address_reads_it_on_their_page(make_complaint, make_customer, now):
    row = make_complaint(customer=make_customer(email="", phone="+905320000000"))
    event = actions.reply(complaint=row, by=row.owner, text="Merhaba.", now=now)
    assert event.channel == "portal"
    assert not Outgoing.objects.exists()


def test_a_call_keeps_its_minutes_and_its_promise(complaint, now):
    event = actions.log_call(
        complaint=complaint, by=complaint.owner, minutes="Spoke for ten minutes.", undertaken=[promised(now)], now=now
    )
    assert event.kind == "called"
    assert Promise.objects.get().made_in == event
    with pytest.raises(actions.UnableToLogCall):
        actions.log_call(complaint=complaint, by=complaint.owner, minutes=" ", now=now)


def test_taking_five_tells_the_customer_and_promises_the_time(complaint, now):
    until = now + timedelta(minutes=15)
    message = "Thank you. I want to look at this with care. You will hear from me by 09:15 today."
    actions.take_five(complaint=complaint, by=complaint.owner, until=until, message=message, now=now)
    complaint.refresh_from_db()
    complaint.owner.refresh_from_db()
    assert complaint.back_at == until
    assert complaint.owner.presence == Presence.PAUSE
    assert Promise.objects.get().due_at == until
    assert "09:15" in Outgoing.objects.get().event.content.text


def acknowledged(complaint, now):
    """The desk has sent its receipt, with the promise of a next word."""
    receipt = complaints.append(
        complaint=complaint, kind="acknowledged", by="system", text="We have it. You hear from us by noon.", now=now
    )
    return promises.make(
        complaint=complaint,
        owner=complaint.owner,
        made_in=receipt,
        words="You hear from us by noon",
        due_at=now + timedelta(hours=3),
        whole_day=False,
        now=now,
    )


def test_a_call_keeps_the_word_that_the_receipt_promised(complaint, now):
    receipt = acknowledged(complaint, now)
    actions.log_call(
        complaint=complaint, by=complaint.owner, minutes="Told her where it is.", undertaken=[promised(now)], now=now
    )
    receipt.refresh_from_db()
    assert receipt.state == "kept"
    assert Promise.objects.get(made_in__kind="called").state == "open"


def test_an_answer_on_the_page_keeps_it_too(make_complaint, make_customer, now):
    complaint = make_complaint(customer=make_customer(email="", phone="+4420"))
    receipt = acknowledged(complaint, now)
    actions.reply(complaint=complaint, by=complaint.owner, text="It is on its way.", now=now)
    receipt.refresh_from_db()
    assert receipt.state == "kept"


def test_an_erased_customer_is_not_named_in_a_reason(complaint, now):
    actions.reply(
        complaint=complaint, by=complaint.owner, text="Dear Ms Karter, hello.", as_it_is_reason="Olivia asked", now=now
    )
    complaints.erase(customer=complaint.customer, by=complaint.owner, now=now)
    kept = SentAsItWas.objects.get()
    assert kept.reason == ""
    assert "wrong-name" in kept.names
