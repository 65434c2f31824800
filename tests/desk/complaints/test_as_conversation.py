from datetime import timedelta
from decimal import Decimal

from amends.desk.complaints import actions
from amends.desk.complaints.as_conversation import as_conversation
from amends.desk.complaints.models import EventKind
from amends.desk.promises import actions as promises
from amends.desk.remedies import actions as remedies


def test_words_and_happenings_become_a_conversation(make_complaint, make_agent, make_customer, make_team, now):
    customer = make_customer(honorific="Hanım", orders=3, yearly_value=Decimal(100), currency="TRY")
    owner = make_agent(name="Can", team=make_team(time_zone="Asia/Tehran"), goodwill_limit=50)
    complaint = make_complaint(customer=customer, owner=owner)
    actions.append(complaint=complaint, kind="acknowledged", by="system", text="Aldık.", now=now)
    actions.note(complaint=complaint, by=owner, text="zor müşteri", now=now)
    event = actions.append(
        complaint=complaint, kind="replied", by="agent", agent=owner, text="Özür dileriz.", language="tr", now=now
    )
    due = now + timedelta(hours=2)
    promise = promises.make(
        complaint=complaint, owner=owner, made_in=event, words="öğlene", due_at=due, whole_day=False, now=now
    )
    promises.break_due(now=due + timedelta(hours=1))
    remedies.put_right(
        complaint=complaint, by=owner, kind="refund", cost=Decimal("12.5"), currency="try", now=due + timedelta(hours=2)
    )
    actions.say_not_content(complaint=complaint, text="Olmadı", now=due + timedelta(hours=3))
    actions.rate(complaint=complaint, outcome=2, handling=4, now=due + timedelta(hours=4))

    talk = as_conversation(complaint=complaint, now=due + timedelta(hours=5))

    assert [(turn.by, turn.text, turn.automatic) for turn in talk.turns] == [
        ("customer", "My parcel did not come.", False),
        ("system", "Aldık.", True),
        ("agent", "Özür dileriz.", False),
        ("customer", "Olmadı", False),
    ]
    assert "zor" not in repr(talk)
    assert [happened.kind for happened in talk.events] == [
        "owner-taken",
        "promise-made",
        "promise-broken",
        "remedy",
        "not-content",
        "rated",
    ]
    made, broken, remedy = talk.events[1:4]
    assert made.promise == broken.promise == str(promise.pk)
    assert (made.words, made.due) == ("öğlene", due)
    assert remedy.amount == Decimal("12.50")
    assert talk.events[-1].rating == 2
    assert str(talk.as_of.tzinfo) == str(talk.turns[0].at.tzinfo) == "Asia/Tehran"
    assert (talk.facts.customer_name, talk.facts.honorific) == ("Ayşe Yılmaz", "Hanım")
    assert {party.name for party in talk.parties} == {"Ayşe Yılmaz", "", "Can"}
    assert all(turn.party in {party.id for party in talk.parties} for turn in talk.turns)


def test_a_hand_over_names_who_took_it(make_complaint, make_agent, now):
    complaint, other = make_complaint(), make_agent(name="Deniz")
    actions.hand_over(complaint=complaint, by=complaint.owner, to=other, reason="izin", now=now)
    talk = as_conversation(complaint=complaint, now=now)
    assert (talk.events[-1].kind, talk.events[-1].party) == ("handed-over", f"agent:{other.pk}")
    assert f"agent:{other.pk}" in {party.id for party in talk.parties}


def test_what_was_erased_is_told_without_words(make_complaint, now):
    complaint = make_complaint()
    actions.erase(customer=complaint.customer, by=complaint.owner, now=now)
    complaint.refresh_from_db()
    talk = as_conversation(complaint=complaint, now=now)
    assert talk.turns == ()
    assert [happened.kind for happened in talk.events] == ["owner-taken"]


def test_every_kind_of_event_is_told_or_left_out_on_purpose():
    from amends.desk.complaints.as_conversation import HAPPENED, SPOKEN

    left_out = {
        EventKind.RECEIVED,  # the first words are a turn
        EventKind.NOTED,
        EventKind.CAUSE_CONFIRMED,
        EventKind.PLACED,  # a fact of the complaint
        EventKind.WARNED,
        EventKind.CLOCK_STARTED,  # time limits are counted beside the conversation
        EventKind.CLOCK_EXTENDED,
        EventKind.FINAL_ANSWER,
        EventKind.PROMISE_NOTICE,
        EventKind.UNDONE,  # what was taken back is left out with it
        # What is arranged within the house, before anything is said to the customer.
        EventKind.ROOM_ASKED,
        EventKind.ROOM_ANSWERED,
        EventKind.TAKEOVER_ASKED,
        EventKind.TAKEOVER_DECLINED,
        EventKind.MANAGER_RUNG,
        EventKind.REMEDY_PLANNED,  # told when it is done
        EventKind.REMEDY_DROPPED,
        EventKind.OUR_FAULT,
        # Told by the words that went with it.
        EventKind.MANAGER_CAME,
        EventKind.CALL_PROPOSED,
        EventKind.CALL_BOOKED,
        EventKind.CAME_BACK,
        EventKind.THIRD_PARTY_ANSWERED,
        # How we keep our own list in order.
        EventKind.SNOOZED,
        EventKind.WOKEN,
        EventKind.TAGGED,
        EventKind.UNTAGGED,
        EventKind.LINKED,
        EventKind.UNLINKED,
        EventKind.FILLED_IN,
        # The words of both are told together, or each where it belongs.
        EventKind.MERGED,
        EventKind.MERGED_INTO,
        EventKind.SPLIT,
        EventKind.SPLIT_FROM,
        EventKind.ERASED,
    }
    assert HAPPENED.keys() | SPOKEN.keys() == set(EventKind) - left_out


def test_earlier_complaints_are_told_with_their_causes(make_complaint, make_customer, make_agent, now):
    from amends.desk.improvements import actions as improvements
    from amends.engine.conversation import Cause

    customer, owner = make_customer(), make_agent()
    first, second, third = (
        make_complaint(customer=customer, owner=owner, at=now + timedelta(days=days)) for days in (-400, -100, 0)
    )
    make_complaint(owner=owner, at=now - timedelta(days=1))  # somebody else's
    improvements.confirm(complaint=first, layer="process", theme="late", by=owner, now=now)
    facts = as_conversation(complaint=third, now=now).facts
    assert [(earlier.id, earlier.cause) for earlier in facts.earlier] == [
        (str(first.number), Cause(layer="process", theme="late")),
        (str(second.number), None),
    ]
    assert facts.cause is None
    of_first = as_conversation(complaint=first, now=now).facts
    assert (of_first.cause, of_first.earlier) == (Cause(layer="process", theme="late"), ())


def test_proposed_cause_is_not_told_as_a_fact(make_complaint, now):
    from amends.desk.improvements.models import Cause

    complaint = make_complaint()
    Cause.objects.create(complaint=complaint, layer="process")
    assert as_conversation(complaint=complaint, now=now).facts.cause is None


def test_roles_are_told_so_that_a_manager_is_known(make_complaint, make_agent, now):
    complaint = make_complaint(owner=make_agent(role="agent"))
    lead, quality = make_agent(role="lead"), make_agent(role="quality")
    for agent in (lead, quality):
        actions.append(complaint=complaint, kind="replied", by="agent", agent=agent, text="Hello.", now=now)
    roles = {party.id: party.role for party in as_conversation(complaint=complaint, now=now).parties}
    told = [roles[f"agent:{agent.pk}"] for agent in (complaint.owner, lead, quality)]
    assert told == ["agent", "lead", "manager"]


def test_reply_tells_how_many_conversations_its_author_was_holding(make_complaint, make_agent, now):
    owner = make_agent()
    live = [make_complaint(owner=owner, at=now - timedelta(minutes=2)) for _ in range(3)]
    old = make_complaint(owner=owner, at=now - timedelta(days=1))
    for complaint in (old, *live):
        actions.append(complaint=complaint, kind="replied", by="agent", agent=owner, text="One moment.", now=now)
    held = [as_conversation(complaint=complaint, now=now).turns[-1].at_once for complaint in (old, *live)]
    assert held == [None, None, 2, 3]


def test_answering_letters_one_after_the_other_holds_none_of_them(make_complaint, make_agent, now):
    owner = make_agent()
    letters = [make_complaint(owner=owner, at=now - timedelta(days=1)) for _ in range(5)]
    for complaint in letters:
        actions.append(complaint=complaint, kind="replied", by="agent", agent=owner, text="Dear you", now=now)
    assert as_conversation(complaint=letters[-1], now=now).turns[-1].at_once is None
