"""Cues answer at once; the learned reader follows, and what is kept is its reading."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from amends.desk.coaching import queries, readers, tasks, warming
from amends.desk.coaching.models import Seen
from amends.desk.complaints import actions as complaints
from amends.desk.jobs.worker import Worker
from amends.desk.workplace import actions as workplace
from amends.engine.languages import cues
from amends.engine.languages.vectors import VectorsMissingError

pytestmark = pytest.mark.django_db
DRAFT = "Dear Ms Karter, I am so sorry. We will get back to you as soon as possible."


@pytest.fixture
def complaint(make_complaint, make_customer):
    return make_complaint(customer=make_customer(name="Olivia Carter", honorific="Ms", language="en"))


@pytest.fixture
def ask(client, complaint):
    client.force_login(complaint.owner)
    address = reverse("coaching:read", args=[complaint.number])
    return lambda text=DRAFT, **more: json.loads(client.post(address, {"text": text, **more}).content)


def send(complaint, now, text=DRAFT):
    return workplace.reply(complaint=complaint, by=complaint.owner, text=text, now=now)


def work(now):
    """Let a worker do what waits."""
    worker = Worker(worker_id="w", clock=lambda: now)
    worker._table = {}
    while worker.turn():
        pass


class TestTheDraft:
    def test_is_read_by_cues_at_once(self, ask, full, encoder):
        answer = ask()
        assert (answer["reader"], answer["follows"]) == ("cues", True)
        assert any(one["name"] == "wrong-name" for one in answer["findings"])
        assert encoder.read == []

    def test_is_read_fully_when_asked_again(self, ask, full, encoder):
        answer = ask(full="1")
        assert (answer["reader"], answer["follows"]) == ("learned", False)
        assert "I am so sorry" in encoder.read

    def test_is_read_by_cues_alone_without_the_model(self, ask, alone):
        for answer in (ask(), ask(full="1")):
            assert (answer["reader"], answer["follows"]) == ("cues", False)

    def test_follows_nothing_where_nothing_is_written(self, ask, full):
        assert (ask("  ")["reader"], ask("  ")["follows"]) == ("", False)

    def test_survives_another_model(self, ask, monkeypatch, caplog):
        def refuse():
            raise VectorsMissingError("other weights")

        monkeypatch.setattr(readers, "full", readers.FullReaders())
        monkeypatch.setattr(readers, "find_spec", lambda _name: object())
        monkeypatch.setattr(readers, "best_readers", refuse)
        assert ask()["follows"]
        assert ask(full="1")["reader"] == "cues"
        assert not ask()["follows"]
        assert [one.message for one in caplog.records].count("Drafts are read by cues alone: other weights") == 1

    def test_never_gets_a_whole_sentence_replaced(self, ask, full):
        for one in ask("We will get back to you soon. Karter.", full="1")["findings"]:
            if one["replacement"]:
                assert one["replace_end"] - one["replace_start"] < 12


class TestSending:
    def test_keeps_the_full_reading_where_the_draft_was_read_fully(self, complaint, full, encoder, now):
        queries.read_draft(complaint=complaint, agent=complaint.owner, text=f"{DRAFT}\n", now=now, readers=full.get())
        read = len(encoder.read)
        event = send(complaint, now)
        assert set(Seen.objects.filter(event=event).values_list("reader", flat=True)) == {"learned"}
        assert len(encoder.read) == read  # nothing was read anew, so nobody waited
        assert not DBTaskResult.objects.exists()

    def test_never_waits_and_lets_a_worker_read_what_was_not(self, complaint, full, encoder, now):
        event = send(complaint, now)
        assert encoder.read == []
        assert set(Seen.objects.filter(event=event).values_list("reader", flat=True)) == {"cues"}
        work(now)
        assert set(Seen.objects.filter(event=event).values_list("reader", flat=True)) == {"learned"}
        assert "I am so sorry" in encoder.read

    def test_keeps_cues_without_the_model(self, complaint, alone, now):
        event = send(complaint, now)
        assert set(Seen.objects.filter(event=event).values_list("reader", flat=True)) == {"cues"}
        assert not DBTaskResult.objects.exists()


class TestReadingLater:
    def test_judges_the_reply_as_it_was_when_it_was_sent(self, complaint, full, now):
        queries.read_draft(complaint=complaint, agent=complaint.owner, text=DRAFT, now=now, readers=full.get())
        event = send(complaint, now)
        told = list(Seen.objects.filter(event=event).order_by("pk").values_list("kind", "name", "start", "confidence"))
        later = now + timedelta(hours=1)
        complaints.append(
            complaint=complaint, kind="customer-wrote", by="customer", text="Thank you, all is well!", now=later
        )
        send(complaint, later, "I am glad.")
        assert tasks.read_fully.func(event.pk)
        again = list(Seen.objects.filter(event=event).order_by("pk").values_list("kind", "name", "start", "confidence"))
        assert told
        assert again == told

    def test_leaves_what_was_erased(self, complaint, full, encoder, now):
        event = send(complaint, now)
        complaints.erase(customer=complaint.customer, by=complaint.owner, now=now)
        work(now)
        assert encoder.read == []
        assert not tasks.read_fully.func(event.pk)
        assert not tasks.read_fully.func(10**9)

    def test_leaves_it_to_cues_where_the_worker_has_no_model(self, complaint, alone, now):
        event = send(complaint, now)
        assert not tasks.read_fully.func(event.pk)


def test_drafts_are_remembered_up_to_a_number(full, monkeypatch):
    monkeypatch.setattr(readers, "REMEMBERED", 2)
    for text in ("a", "b", "c"):
        full.remember(complaint_id=1, text=text)
    assert full.of_draft(complaint_id=1, text="a") is None
    assert full.of_draft(complaint_id=1, text=" c\n") is full.get()
    assert full.of_draft(complaint_id=2, text="c") is None


def test_nothing_is_loaded_to_say_whether_there_is_a_model(monkeypatch):
    monkeypatch.setattr(readers, "find_spec", lambda _name: object())
    fresh = readers.FullReaders()
    assert fresh.are_expected()
    assert fresh.of_draft(complaint_id=1, text="x") is None
    assert not fresh._asked


@pytest.fixture
def in_english(monkeypatch):
    """To put patterns together takes seconds, in four languages."""
    monkeypatch.setattr(warming, "EVERY_DAY", warming.EVERY_DAY[:1])
    monkeypatch.setattr(warming, "REPLIES", {"en": warming.REPLIES["en"]})


def test_warming_reads_cues_first_and_then_with_the_learned_reader(full, encoder, in_english):
    warming.warm_cues()
    assert encoder.read == []  # what answers first is not kept waiting by what takes seconds
    warming.warm_full()
    assert "Please fill in the form" in encoder.read


def test_what_is_read_before_anybody_waits_is_there_in_every_language_and_of_both_sides():
    for language in warming.REPLIES:
        assert {by for by, _text in warming._said(language)} == {"customer", "agent"}


def test_after_warming_a_draft_loads_nothing_more(ask, in_english):
    warming.warm_cues()
    before = cues.load.cache_info().misses
    assert ask()["findings"]
    assert cues.load.cache_info().misses == before
