from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from amends.desk.complaints import actions
from amends.desk.complaints.models import Attachment, Complaint, Event, ReadMark


def sequences(complaint):
    return list(complaint.events.order_by("sequence").values_list("sequence", flat=True))


def kinds(complaint):
    return list(complaint.events.order_by("sequence").values_list("kind", flat=True))


class TestOpening:
    def test_appends_arrival_owner_and_words(self, make_complaint):
        complaint = make_complaint(wish="A new one by Saturday")
        assert kinds(complaint) == ["received", "owner-taken", "customer-wrote"]
        assert complaint.wish == "A new one by Saturday"
        assert Complaint.objects.get(pk=complaint.pk).preview == "My parcel did not come."

    def test_gives_numbers_in_order_and_keys_nobody_guesses(self, make_complaint):
        one, two = make_complaint(), make_complaint()
        assert (one.number, two.number) == (1001, 1002)
        assert len(one.key) >= 32
        assert one.key != two.key

    def test_makes_a_subject_of_the_words_when_there_is_none(self, make_complaint):
        assert make_complaint(subject=" ", text="The cup\nis broken").subject == "The cup is broken"

    def test_keeps_a_subject_on_one_line_without_marks_that_turn_it(self, make_complaint):
        assert make_complaint(subject="Lost\r\n\u202eparcel\x00").subject == "Lost parcel"


class TestAppending:
    def test_brings_the_row_in_hand_and_the_row_on_record_up_to_date(self, make_complaint, now):
        complaint = make_complaint()
        stale = Complaint.objects.get(pk=complaint.pk)
        actions.append(complaint=complaint, kind="replied", by="agent", agent=complaint.owner, text="Sorry", now=now)
        actions.append(complaint=stale, kind="noted", by="agent", agent=stale.owner, text="x", now=now)
        assert stale.stage == complaint.stage == Complaint.objects.get(pk=complaint.pk).stage == "answered"

    def test_leaves_nothing_behind_when_the_transaction_fails(self, make_complaint, now):
        complaint = make_complaint()
        with pytest.raises(IntegrityError), transaction.atomic():
            self.write_and_fail(complaint, now)
        assert sequences(complaint) == [1, 2, 3]

    def write_and_fail(self, complaint, now):
        actions.append(complaint=complaint, kind="noted", by="agent", agent=complaint.owner, text="x", now=now)
        raise IntegrityError

    def test_cleans_what_came_from_strangers(self, make_complaint, now):
        complaint = make_complaint()
        event = actions.customer_writes(
            complaint=complaint,
            text="a\x00b\ud800",
            html='<p onclick="x()" style="color:red">Hi<script>x()</script><img src="https://spy/x.png" alt="cat"></p>',
            channel="mail",
            now=now,
        )
        event.content.refresh_from_db()
        assert event.content.text == "ab?"
        assert event.content.html == '<p>Hi<img alt="cat"></p>'

    def test_names_its_agent(self, make_complaint, now):
        complaint = make_complaint()
        with pytest.raises(IntegrityError), transaction.atomic():
            actions.append(complaint=complaint, kind="replied", by="agent", text="x", now=now)

    def test_two_events_never_share_a_place(self, make_complaint, now):
        complaint = make_complaint()
        with pytest.raises(IntegrityError), transaction.atomic():
            Event.objects.create(complaint=complaint, sequence=3, kind="noted", by="system", at=now)

    def test_a_file_is_kept_once_under_its_digest(self, make_complaint):
        photo = actions.Upload(name="../cup\u202e.png", media_type="image/png", body=b"cup")
        make_complaint(attachments=[photo])
        make_complaint(attachments=[photo])
        one, two = Attachment.objects.all()
        assert one.file.name == two.file.name == f"{one.sha256[:2]}/{one.sha256}"
        assert (one.name, one.size) == ("../cup.png", 3)
        with default_storage.open(one.file.name) as file:
            assert file.read() == b"cup"

    def test_the_author_has_read_what_they_wrote(self, make_complaint, now):
        complaint = make_complaint()
        actions.mark_read(complaint=complaint, agent=complaint.owner, now=now)
        later = now + timedelta(minutes=5)
        actions.note(complaint=complaint, by=complaint.owner, text="x", now=later)
        assert ReadMark.objects.get().at == later


@pytest.mark.django_db(transaction=True)
def test_many_at_once_leave_no_gap(make_complaint, now):
    """Threads on PostgreSQL; on SQLite, where writers queue by nature, one after the other."""
    complaint = make_complaint()
    agent = complaint.owner

    def write(number):
        try:
            actions.note(complaint=Complaint.objects.get(pk=complaint.pk), by=agent, text=str(number), now=now)
            actions.open_complaint(
                customer=complaint.customer, subject="s", text="t", language="tr", channel="form", owner=agent, now=now
            )
        finally:
            if connection.vendor != "sqlite":
                connection.close()

    if connection.vendor == "sqlite":
        list(map(write, range(6)))
    else:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(write, range(6)))
    assert sequences(complaint) == list(range(1, 10))
    assert sorted(Complaint.objects.values_list("number", flat=True)) == list(range(1001, 1008))


class TestTheCustomer:
    @pytest.mark.parametrize("end", ["content", "closed"])
    def test_opens_what_had_ended_by_writing(self, make_complaint, now, end):
        complaint = make_complaint()
        actions.append(complaint=complaint, kind="replied", by="agent", agent=complaint.owner, text="x", now=now)
        if end == "content":
            actions.say_content(complaint=complaint, by_customer=True, now=now)
        else:
            actions.close(complaint=complaint, by=complaint.owner, now=now)
        actions.customer_writes(complaint=complaint, text="Again!", channel="mail", now=now)
        assert kinds(complaint)[-2:] == ["customer-wrote", "reopened"]
        assert (complaint.stage, complaint.turn) == ("answered", "ours")

    def test_says_no_and_is_heard(self, make_complaint, now):
        complaint = make_complaint()
        actions.say_content(complaint=complaint, by_customer=True, now=now)
        actions.say_not_content(complaint=complaint, text="Not yet", now=now)
        assert complaint.stage == "received"
        assert complaint.preview == "Not yet"

    @pytest.mark.parametrize("what", ["person", "manager", "call"])
    def test_asks_for_somebody(self, make_complaint, now, what):
        complaint = make_complaint()
        actions.ask_for(complaint=complaint, what=what, phone="+90 555", now=now)
        assert kinds(complaint)[-1] == f"asked-for-{what}"
        assert complaint.turn == "ours"

    def test_asks_for_nothing_else(self, make_complaint, now):
        with pytest.raises(actions.UnableToWrite):
            actions.ask_for(complaint=make_complaint(), what="ransom", now=now)

    def test_rates_from_one_to_five(self, make_complaint, now):
        complaint = make_complaint()
        with pytest.raises(actions.UnableToRate):
            actions.rate(complaint=complaint, outcome=6, handling=1, now=now)
        event = actions.rate(complaint=complaint, outcome=5, handling=4, now=now)
        assert event.content.data == {"outcome": 5, "handling": 4}


class TestClosing:
    def test_waits_for_an_answer(self, make_complaint, now):
        complaint = make_complaint()
        with pytest.raises(actions.UnableToClose):
            actions.close(complaint=complaint, by=complaint.owner, now=now)

    def test_waits_for_promises_and_counts_them_in_the_readers_digits(self, make_complaint, now, monkeypatch):
        complaint = make_complaint()
        actions.append(complaint=complaint, kind="replied", by="agent", agent=complaint.owner, text="x", now=now)
        monkeypatch.setattr(actions.timeline, "derive", lambda _story: SimpleNamespace(promises=[1, 2]))
        with translation.override("fa"), pytest.raises(actions.UnableToClose, match=r"^۲ قول هنوز باز است"):
            actions.close(complaint=complaint, by=complaint.owner, now=now)

    def test_happens_once(self, make_complaint, now):
        complaint = make_complaint()
        actions.append(complaint=complaint, kind="replied", by="agent", agent=complaint.owner, text="x", now=now)
        actions.close(complaint=complaint, by=complaint.owner, now=now)
        with pytest.raises(actions.UnableToClose):
            actions.close(complaint=complaint, by=complaint.owner, now=now)


def test_a_draft_is_kept_and_thrown_away(make_complaint, now):
    complaint = make_complaint()
    actions.save_draft(complaint=complaint, agent=complaint.owner, text="Dear", now=now)
    actions.save_draft(complaint=complaint, agent=complaint.owner, text="Dear Ayşe", now=now)
    assert complaint.drafts.get().text == "Dear Ayşe"
    actions.save_draft(complaint=complaint, agent=complaint.owner, text=" ", now=now)
    assert not complaint.drafts.exists()


def test_a_draft_of_which_a_window_knows_nothing_is_not_written_over(make_complaint, now):
    complaint = make_complaint()
    whose = {"complaint": complaint, "agent": complaint.owner, "now": now}
    assert actions.save_draft_over(text="Dear\nAyşe", over="", **whose) == ""
    assert actions.save_draft_over(text="Dear\r\nAyşe Hanım", over="Dear\r\nAyşe", **whose) == ""
    assert actions.save_draft_over(text="I call", over="", **whose) == "Dear\r\nAyşe Hanım"
    assert actions.save_draft_over(text="", over="", **whose) == "Dear\r\nAyşe Hanım"
    assert complaint.drafts.get().text == "Dear\r\nAyşe Hanım"
    assert actions.save_draft_over(text="", over="Dear\nAyşe Hanım", **whose) == ""
    assert not complaint.drafts.exists()


def test_a_pause_ends_in_the_future(make_complaint, now):
    complaint = make_complaint()
    with pytest.raises(actions.UnableToPause):
        actions.pause(complaint=complaint, by=complaint.owner, until=now, now=now)
    with pytest.raises(actions.UnableToPause):
        actions.wait_on_third_party(complaint=complaint, by=complaint.owner, who=" ", now=now)
