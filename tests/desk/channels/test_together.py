"""Mails that came together: read in one breath, and what comes of them is what comes of them one by one."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from itertools import count

import pytest
from django.db import OperationalError, connection

from amends.desk.channels import actions, receipts
from amends.desk.channels.form import record
from amends.desk.channels.form.actions import take_in_form
from amends.desk.channels.mail import together
from amends.desk.channels.mail.identity import identity_of
from amends.desk.channels.models import Arrival, MessageId, Outgoing
from amends.desk.clocks.models import Clock
from amends.desk.complaints import side_by_side
from amends.desk.complaints.models import Complaint, Event, EventContent, SearchEntry
from amends.desk.customers.models import ContactWay, Customer
from amends.desk.notices.models import Notice
from amends.desk.promises.models import Promise
from tests.desk.channels.conftest import letter

WORDS = {
    "tr": ("Kargo {n} gelmedi", "Kargom üç gündür gelmedi, lütfen yardım edin. Numarası {n}."),
    "en": ("Parcel {n} is late", "My parcel {n} has not come for a week, and I am very angry about it!"),
    "fa": ("بسته {n} نرسید", "بستهٔ من نرسیده است و هیچ‌کس پاسخ نمی‌دهد. شمارهٔ آن {n} است."),
    "mn": ("Илгээмж {n} ирээгүй", "Миний илгээмж {n} ирээгүй байна, туслаач. Би маш их уурлаж байна."),
}


def mail(n: int, *, sender: str = "", **about: str) -> bytes:
    language = list(WORDS)[n % len(WORDS)]
    subject, text = (words.format(n=n) for words in WORDS[language])
    fields = {"text": text, "subject": subject, "message_id": f"<{n}@mail.example>", **about}
    return letter(sender=sender or f"Müşteri {n} <musteri{n}@mail.example>", **fields).as_bytes()


@pytest.fixture
def keep(db, now):
    def keep_some(raws, *, at=None):
        mails = [actions.Mail(raw=raw, identity=identity_of(raw, mailbox="desk")) for raw in raws]
        return actions.keep_mails(mails=mails, now=at or now)

    return keep_some


def crowd(make_agent):
    for name, language in (("Deniz", "tr"), ("Olivia", "en"), ("Reza", "fa"), ("Bat", "mn"), ("Second", "en")):
        make_agent(name=name, languages=[language])


def _rows(model, *, without=()):
    """Every column of every row, apart from what is made of chance."""
    names = [field.attname for field in model._meta.concrete_fields if field.attname not in {"id", *without}]
    return sorted(model.objects.values_list(*names), key=repr)


def everything():
    """What the desk holds, with rows named by what they say."""
    place = {event.pk: (event.complaint.number, event.sequence) for event in Event.objects.select_related("complaint")}
    numbers = dict(Complaint.objects.values_list("pk", "number"))
    promises = {promise.pk: numbers[promise.complaint_id] for promise in Promise.objects.all()}
    contents = {
        place[content.event_id]: (
            content.text,
            content.html,
            content.quoted,
            {
                **content.data,
                **{
                    name: told[content.data[name]]
                    for name, told in (("promise", promises), ("made_in", place))
                    if name in content.data
                },
            },
        )
        for content in EventContent.objects.all()
    }
    return {
        "customers": _rows(Customer),
        "ways": sorted(ContactWay.objects.values_list("kind", "value", "customer__name")),
        "complaints": sorted(
            (row.number, row.customer.name, row.owner.name, *(getattr(row, name) for name in COLUMNS))
            for row in Complaint.objects.select_related("customer", "owner")
        ),
        "events": sorted(
            (place[event.pk], event.kind, event.at, event.by, event.agent_id, event.channel, event.language)
            for event in Event.objects.all()
        ),
        "contents": contents,
        "search": {numbers[row.complaint_id]: row.words for row in SearchEntry.objects.all()},
        "clocks": sorted(
            ((numbers[row.complaint_id], row.what, row.code, row.state, row.due_at, row.warn_at, row.allowed_minutes))
            for row in Clock.objects.all()
        ),
        "notices": sorted((place[row.event_id], row.agent_id, row.kind, row.at) for row in Notice.objects.all()),
        "promises": sorted(
            (
                numbers[row.complaint_id],
                place[row.made_in_id],
                row.owner_id,
                row.words,
                row.due_at,
                row.warn_at,
                row.every,
            )
            for row in Promise.objects.all()
        ),
        "ids": sorted(
            (numbers[row.complaint_id], row.ours, "" if row.ours else row.value) for row in MessageId.objects.all()
        ),
        "letters": sorted(
            (place[row.event_id], row.recipient, row.state, row.not_before, row.problem)
            for row in Outgoing.objects.all()
        ),
        "arrivals": sorted(
            (row.identity, row.state, row.problem, row.sender, row.subject, row.attempts, place.get(row.event_id))
            for row in Arrival.objects.all()
        ),
    }


COLUMNS = (
    *("subject", "language", "channel", "stage", "live", "turn", "turn_since", "heat", "received_at", "waiting_since"),
    *("last_event_at", "people", "handovers", "times_told", "promise_due_at", "preview", "team_id"),
)


class TestTheSame:
    def test_together_as_one_by_one(self, keep, make_agent, now, monkeypatch):
        made = count()
        monkeypatch.setattr("secrets.token_urlsafe", lambda _bytes: f"key{next(made)}")
        crowd(make_agent)
        raws = [mail(n) for n in range(12)]
        with_files = letter(
            sender="Files <files@mail.example>", message_id="<files@mail.example>", text="See here, please."
        )
        with_files.add_attachment(b"x" * 50, maintype="image", subtype="png", filename="a.png")
        raws += [
            with_files.as_bytes(),
            mail(13, Precedence="bulk"),  # a machine's
            mail(14, message_id=""),
            mail(15, sender="Deniz <deniz@desk.example>"),
            mail(16, In_Reply_To="<1@mail.example>", sender="Müşteri 1 <musteri1@mail.example>"),
            mail(18, Reply_To="Somebody <somebody@mail.example>", sender="Form <no-reply@form.example>"),
            mail(19, List_Id="<a.list.example>"),
            b"Subject: nobody\r\n\r\nwho am I?",
            mail(20, X_Spam_Flag="YES"),
            mail(17, sender="Müşteri 2 <musteri2@mail.example>"),  # writes a second time
        ]
        arrivals = keep(raws)
        for arrival in arrivals:
            actions.take_in(arrival=arrival, now=now)
        one_by_one = everything()
        wipe()
        made = count()
        taken = actions.take_in_all(arrivals=keep(raws), now=now)
        together = everything()
        for name, rows in one_by_one.items():
            assert together[name] == rows, name
        assert taken == Event.objects.filter(kind="customer-wrote").count()

    def test_many_ask_the_database_hardly_more_than_few(self, keep, make_agent, now, django_assert_max_num_queries):
        crowd(make_agent)
        few, many = [mail(n) for n in range(3)], [mail(n) for n in range(10, 40)]
        with django_assert_max_num_queries(60):
            assert actions.take_in_all(arrivals=keep(few), now=now) == 3
        with django_assert_max_num_queries(60):
            assert actions.take_in_all(arrivals=keep(many), now=now) == 30


def wipe():
    from amends.desk.complaints.models import Attachment, Numbering

    Arrival.objects.update(event=None, state="waiting")
    for model in (Outgoing, MessageId, Notice, Clock, Promise, SearchEntry, EventContent, Attachment, Arrival):
        model.objects.all().delete()
    Event.objects.all()._raw_delete("default")
    for model in (Complaint, ContactWay, Customer):
        model.objects.all().delete()
    Numbering.objects.all().delete()


class TestWhatBelongsTogether:
    def test_the_same_person_twice_knows_their_agent_the_second_time(self, keep, make_agent, now):
        crowd(make_agent)
        sender = "Ayşe <ayse@mail.example>"
        actions.take_in_all(arrivals=keep([mail(0, sender=sender), mail(1), mail(2, sender=sender)]), now=now)
        first, second = Complaint.objects.filter(customer__name="Ayşe").order_by("number")
        assert first.owner == second.owner

    def test_an_answer_in_the_same_breath_finds_its_first_mail(self, keep, make_agent, now):
        crowd(make_agent)
        answer = mail(3, sender="Müşteri 0 <musteri0@mail.example>", In_Reply_To="<0@mail.example>")
        actions.take_in_all(arrivals=keep([mail(0), mail(1), answer]), now=now)
        assert Complaint.objects.get(customer__name="Müşteri 0").events.filter(kind="customer-wrote").count() == 2

    def test_the_same_mail_of_two_mailboxes_is_one_complaint(self, keep, make_agent, now):
        crowd(make_agent)
        raws = [mail(0), mail(1)]
        again = [actions.Mail(raw=raw, identity=identity_of(raw, mailbox="other")) for raw in raws]
        arrivals = [*keep(raws), *actions.keep_mails(mails=again, now=now)]
        actions.take_in_all(arrivals=arrivals, now=now)
        assert Complaint.objects.count() == 2
        assert sorted(Arrival.objects.values_list("state", flat=True)) == ["set-aside"] * 2 + ["taken-in"] * 2

    def test_one_subject_by_very_many_is_answered_as_often_as_may_be(self, keep, make_agent, now):
        crowd(make_agent)
        many = receipts.MOST_TO_A_MACHINE + 10  # from addresses that differ in figures
        raws = [mail(4 * n, subject="Machines", text=f"Machine number {n} says so.") for n in range(many)]
        actions.take_in_all(arrivals=keep(raws), now=now)
        assert (Complaint.objects.count(), Outgoing.objects.count()) == (many, receipts.MOST_TO_A_MACHINE)

    def test_an_address_from_which_letters_come_back_gets_none(self, keep, make_agent, now):
        crowd(make_agent)
        actions.take_in_all(arrivals=keep([mail(0), mail(1)]), now=now)
        Outgoing.objects.filter(recipient="musteri0@mail.example").update(state="failed", problem="bounce: 5.1.1")
        later = now + timedelta(hours=2)
        raws = [mail(4, sender="Müşteri 0 <Musteri0@mail.example>"), mail(5)]
        actions.take_in_all(arrivals=keep(raws, at=later), now=later)
        assert Outgoing.objects.filter(recipient__iexact="musteri0@mail.example").count() == 1
        assert Outgoing.objects.filter(recipient="musteri5@mail.example").count() == 1


class TestTrouble:
    def test_one_broken_mail_holds_back_no_other(self, keep, make_agent, now, monkeypatch):
        from amends.desk.complaints import opening

        crowd(make_agent)
        written = opening.actions.write_events

        def stumbles(told, *, now):
            if any("number 2" in said.get("text", "") for _complaint, _place, said in told):
                raise ZeroDivisionError
            return written(told, now=now)

        monkeypatch.setattr("amends.desk.complaints.actions.write_events", stumbles)
        raws = [mail(n, text=f"This is number {n}.") for n in range(4)]
        assert actions.take_in_all(arrivals=keep(raws), now=now) == 3
        assert dict(Arrival.objects.values_list("subject", "state")) == {
            **{WORDS[list(WORDS)[n % 4]][0].format(n=n): "taken-in" for n in (0, 1, 3)},
            "": "parked",
        }
        assert (Complaint.objects.count(), Outgoing.objects.count()) == (3, 3)

    def test_a_busy_database_leaves_all_of_them_waiting(self, keep, make_agent, now, monkeypatch):
        crowd(make_agent)
        arrivals = keep([mail(n) for n in range(3)])
        with monkeypatch.context() as patched:
            patched.setattr(actions, "open_all", _busy)
            with pytest.raises(OperationalError):
                actions.take_in_all(arrivals=arrivals, now=now)
        assert set(Arrival.objects.values_list("state", flat=True)) == {"waiting"}
        assert actions.retry_waiting(now=now) == 3

    def test_taking_in_twice_changes_nothing(self, keep, make_agent, now):
        crowd(make_agent)
        raws = [mail(n) for n in range(3)]
        arrivals = keep(raws)
        actions.take_in_all(arrivals=arrivals, now=now)
        assert [one.pk for one in keep(raws)] == [one.pk for one in arrivals]
        actions.take_in_all(arrivals=keep(raws), now=now)
        actions.take_in_all(arrivals=arrivals, now=now)
        assert (Complaint.objects.count(), Outgoing.objects.count()) == (3, 3)

    def test_an_empty_desk_parks_them_all(self, keep, now):
        assert actions.take_in_all(arrivals=keep([mail(n) for n in range(3)]), now=now) == 0
        assert set(Arrival.objects.values_list("problem", flat=True)) == {"no-agent"}


class TestSideBySide:
    def test_numbers_that_nobody_used_go_back(self, keep, make_agent, now, monkeypatch):
        crowd(make_agent)
        actions.take_in_all(arrivals=keep([mail(0), mail(1)]), now=now)
        with monkeypatch.context() as patched:
            patched.setattr(actions, "open_all", _busy)
            with pytest.raises(OperationalError):
                actions.take_in_all(arrivals=keep([mail(n) for n in range(2, 6)]), now=now)
        actions.take_in_all(arrivals=keep([mail(0, sender="Ayşe <ayse@mail.example>"), mail(7), mail(8)]), now=now)
        numbers = sorted(Complaint.objects.values_list("number", flat=True))
        assert numbers == list(range(numbers[0], numbers[0] + 5))

    def test_no_more_numbers_are_given_than_were_taken(self):
        numbers = side_by_side.Numbers(first=7, many=3)
        assert (numbers.take(2), numbers.take(1)) == (7, 9)
        with pytest.raises(ValueError, match="0 are left"):
            numbers.take(1)

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time")
    def test_one_who_opens_many_holds_up_nobody(self, keep, make_agent, now, monkeypatch):
        """Half-way through its mails one process waits: another takes in its own, and so does a form."""
        crowd(make_agent)
        slow, quick = keep([mail(n) for n in range(3)]), keep([mail(n) for n in range(10, 13)])
        half_way, go_on = threading.Event(), threading.Event()
        stops_half_way(monkeypatch, half_way, go_on)
        other = beside(lambda: actions.take_in_all(arrivals=slow, now=now))
        try:
            assert half_way.wait(120)
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '10s'")
            assert actions.take_in_all(arrivals=quick, now=now) == 3
            assert Complaint.objects.count() == 3
        finally:
            go_on.set()
            other.join(30)
        assert len(set(Complaint.objects.values_list("number", flat=True))) == 6
        assert Outgoing.objects.count() == 6

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time")
    def test_one_form_holds_up_no_other(self, make_agent, now, monkeypatch):
        """In a burst each is read side by side with the others: the number was taken before."""
        crowd(make_agent)
        half_way, go_on = threading.Event(), threading.Event()
        acknowledge = record.acknowledge

        def waits(**about):
            if threading.current_thread() is not threading.main_thread():
                half_way.set()
                assert go_on.wait(30)
            return acknowledge(**about)

        monkeypatch.setattr(record, "acknowledge", waits)
        form = {"name": "Sue", "text": "The lamp is broken.", "language": "en"}
        other = beside(
            lambda: take_in_form(data={**form, "email": "one@mail.example", "token": "1"}, files=(), now=now)
        )
        try:
            assert half_way.wait(120)
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '10s'")
            first = take_in_form(data={**form, "email": "two@mail.example", "token": "2"}, files=(), now=now)
        finally:
            go_on.set()
            other.join(30)
        numbers = set(Complaint.objects.values_list("number", flat=True))
        assert numbers == {first.number, first.number - 1}

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one write at a time")
    @pytest.mark.parametrize("count", [1, 2])
    def test_one_mail_in_two_mailboxes_read_in_the_same_moment_is_one_complaint(
        self, keep, make_agent, now, monkeypatch, count
    ):
        """Its senders are known here, so that nothing else stands in the way of a second complaint."""
        crowd(make_agent)
        actions.take_in_all(arrivals=keep([mail(0), mail(1)]), now=now)
        raws = [mail(n, text=f"Once more: {n}.", message_id=f"<again{n}@mail.example>") for n in range(2)]
        first = keep(raws)
        again = [actions.Mail(raw=raw, identity=identity_of(raw, mailbox="other")) for raw in raws[:count]]
        second = actions.keep_mails(mails=again, now=now)
        half_way, go_on = threading.Event(), threading.Event()
        stops_half_way(monkeypatch, half_way, go_on)
        threads = [beside(lambda: actions.take_in_all(arrivals=first, now=now))]
        try:
            assert half_way.wait(120)
            threads.append(beside(lambda: actions.take_in_all(arrivals=second, now=now)))
            until = time.monotonic() + 120
            while not _somebody_waits():
                assert time.monotonic() < until
        finally:
            go_on.set()
            for thread in threads:
                thread.join(120)
        assert Complaint.objects.count() == 4
        assert sorted(Arrival.objects.values_list("state", flat=True)) == ["set-aside"] * count + ["taken-in"] * 4


def beside(work):
    """Do something in another thread, as another process would."""

    def whole():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=whole, daemon=True)
    thread.start()
    return thread


def stops_half_way(monkeypatch, half_way, go_on):
    """Whoever opens complaints in another thread waits in the middle, the first time."""
    acknowledge = together.acknowledge_first

    def waits(*, first, now):
        if threading.current_thread() is not threading.main_thread() and not half_way.is_set():
            half_way.set()
            assert go_on.wait(30)
        return acknowledge(first=first, now=now)

    monkeypatch.setattr(together, "acknowledge_first", waits)


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
        return cursor.fetchone()[0]


def _busy(**_: object) -> None:
    raise OperationalError("database is locked")
