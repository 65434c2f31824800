from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from amends.desk.complaints import actions, queries
from amends.desk.complaints.models import EventKind
from amends.desk.complaints.sentences import ROOM, SAYINGS, TO_CUSTOMER, sentence
from amends.desk.promises import actions as promises
from amends.desk.remedies import actions as remedies


@pytest.fixture
def walked(make_complaint, make_agent, make_customer, now):
    """A complaint on which most things happened."""
    ayse = make_customer(
        honorific="Hanım", since=date(2015, 3, 1), orders=42, yearly_value=Decimal(18400), currency="TRY"
    )
    make_complaint(customer=ayse, subject="Earlier", at=now - timedelta(days=200))
    complaint = make_complaint(
        customer=ayse,
        text="Sipariş TR-481516 gelmedi.",
        wish="Cumartesiye kadar hediye",
        attachments=[actions.Upload(name="kutu.png", media_type="image/png", body=b"png")],
        at=now - timedelta(hours=26),
    )
    owner, expert = complaint.owner, make_agent(name="Deniz")
    actions.bring_in(complaint=complaint, by=owner, agent=expert, question="Nerede?", now=now)
    actions.note(complaint=complaint, by=expert, text="Depoda.", now=now)
    event = actions.append(
        complaint=complaint, kind="replied", by="agent", agent=owner, text="Özür dileriz.", language="tr", now=now
    )
    promises.make(
        complaint=complaint,
        owner=owner,
        made_in=event,
        words="yarın yollarız",
        due_at=now + timedelta(days=1),
        whole_day=True,
        now=now,
    )
    actions.append(complaint=complaint, kind="called", by="agent", agent=owner, text="Sakin konuştuk.", now=now)
    remedies.put_right(complaint=complaint, by=owner, kind="gift", what="erik", now=now)
    actions.hand_over(complaint=complaint, by=owner, to=expert, reason="izin", now=now)
    actions.ask_for(complaint=complaint, what="call", phone="0555", now=now)
    return complaint


class TestAnAgentReads:
    def test_everything_in_order(self, walked):
        items = queries.conversation(complaint=walked, reader=walked.owner)
        assert [(item.look, item.kind) for item in items] == [
            ("event", "received"),
            ("event", "owner-taken"),
            ("message", "customer-wrote"),
            ("event", "companion"),
            ("note", "noted"),
            ("message", "replied"),
            ("event", "promise-made"),
            ("event", "called"),
            ("event", "remedy"),
            ("event", "handed-over"),
            ("event", "asked-for-call"),
        ]

    def test_who_did_it_and_what(self, walked):
        by_kind = {item.kind: item for item in queries.conversation(complaint=walked, reader=walked.owner)}
        assert by_kind["noted"].mine
        assert by_kind["companion"].sentence.endswith("brought in Deniz")
        assert by_kind["handed-over"].sentence == "Deniz owns it now: izin"
        assert by_kind["remedy"].sentence == "Put right: erik"
        assert by_kind["asked-for-call"].sentence == "The customer asks for a call: 0555"
        assert by_kind["promise-made"].whole_day

    def test_promises_beside_the_message_in_which_they_were_made(self, walked):
        (chip,) = next(
            item.promises
            for item in queries.conversation(complaint=walked, reader=walked.owner)
            if item.kind == "replied"
        )
        assert (chip.words, chip.state, chip.number) == ("yarın yollarız", "open", walked.number)

    def test_without_a_question_for_each_line(self, walked, django_assert_max_num_queries):
        complaint = queries.by_number(number=walked.number)
        with django_assert_max_num_queries(3):
            queries.conversation(complaint=complaint, reader=complaint.owner)
        with django_assert_max_num_queries(12):
            queries.person(complaint=complaint, now=walked.last_event_at)


class TestTheCustomerReads:
    def test_nothing_that_is_between_colleagues(self, walked):
        items = queries.conversation(complaint=walked, reader=None)
        kinds = {item.kind for item in items}
        assert not kinds & {"noted", "companion", "warned"}
        said = " ".join(item.text + item.sentence for item in items)
        assert "Depoda" not in said
        assert "Sakin" not in said
        assert "izin" not in said
        assert all(item.data == {} for item in items)
        assert any(item.files for item in items)


class TestThePerson:
    def test_is_seen(self, walked, now):
        pane = queries.person(complaint=walked, now=now, reader=walked.owner)
        assert (pane.name, pane.address_form) == ("Ayşe Yılmaz", "Ayşe Hanım")
        assert (pane.since, pane.orders, pane.yearly_value, pane.currency) == (date(2015, 3, 1), 42, 18400, "TRY")
        assert pane.wish == "Cumartesiye kadar hediye"
        assert pane.told_already == ("TR-481516", "kutu.png")
        assert [earlier.subject for earlier in pane.earlier] == ["Earlier"]
        assert [promise.words for promise in pane.open_promises] == ["yarın yollarız"]
        assert pane.asked_for == ("call",)
        assert [expert.name for expert in pane.experts] == ["Deniz"]
        assert pane.experts[0].answered_at is not None

    def test_has_been_through_this(self, walked, now):
        gone = queries.person(complaint=walked, now=now).been_through
        assert gone["waited"] == timedelta(hours=26)
        assert (gone["times_told"], gone["people"], gone["complaints"]) == (1, 2, 2)
        assert (gone["broken_promises"], gone["same_cause_at"]) == (0, None)

    def test_is_owed_what_was_promised_elsewhere(self, walked, make_complaint, now):
        other = make_complaint(customer=walked.customer)
        (promise,) = queries.person(complaint=other, now=now).open_promises
        assert promise.number == walked.number

    def test_an_answer_in_writing_is_no_call(self, walked, now):
        actions.append(complaint=walked, kind="replied", by="agent", agent=walked.owner, text="…", now=now)
        assert queries.person(complaint=walked, now=now).asked_for == ("call",)
        actions.append(complaint=walked, kind="called", by="agent", agent=walked.owner, now=now)
        assert queries.person(complaint=walked, now=now).asked_for == ()


@pytest.mark.parametrize(
    ("text", "language", "runs"),
    [
        ("سلام Ayşe", "", "rtl"),
        ("12: Merhaba", "fa", "ltr"),
        ("123", "fa", "rtl"),
        ("", "mn", "ltr"),
    ],
)
def test_direction_is_that_of_the_words(text, language, runs):
    assert queries.direction(text, language=language) == runs


def test_every_kind_of_event_has_a_sentence():
    plain = {EventKind.CUSTOMER_WROTE, EventKind.REPLIED, EventKind.ACKNOWLEDGED, EventKind.NOTED}
    within = {EventKind.ROOM_ANSWERED}  # told by what the answer was, and never to the customer
    assert SAYINGS.keys() == set(EventKind) - plain - within
    assert all(sentence(kind="room-answered", agent="Can", data={"answer": one}, names={}) for one in ROOM)
    for kind in set(EventKind) - within:
        for for_customer in (False, True):
            said = sentence(kind=kind, agent="Can", data={}, names={}, for_customer=for_customer)
            assert bool(said) == (kind not in plain)
    assert TO_CUSTOMER.keys() == SAYINGS.keys()


def test_a_strangers_words_keep_their_own_direction_in_a_persian_line():
    with translation.override("fa"):
        data = {"to": 3, "reason": "Who is on duty?"}
        told = sentence(kind=EventKind.HANDED_OVER, agent="", data=data, names={3: "نرگس"})
        number = sentence(kind=EventKind.ASKED_FOR_CALL, agent="", data={"phone": "+976 0000 0220"}, names={})
    assert "\u2068Who is on duty?\u2069" in told
    assert "\u2068نرگس\u2069" not in told
    assert "\u2068+976 0000 0220\u2069" in number
