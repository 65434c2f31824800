"""Watching: told at once where the server can, looked into every minute elsewhere, and let go in good order."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.utils import timezone

from amends.desk.channels.mailboxes import actions, watch
from amends.desk.channels.mailboxes.models import Mailbox
from amends.desk.complaints.models import Complaint
from tests.desk.channels.conftest import letter
from tests.desk.channels.mailboxes.imap_server import CutError


@pytest.fixture
def mailbox(make_mailbox, imap, make_agent):
    make_agent()
    return make_mailbox(imap=imap, take_since=timezone.now() - timedelta(days=1))


@pytest.fixture
def one(mailbox):
    """A watch that attends one mailbox in the test's own thread."""
    found = watch.Watch(slice_=0.05)
    found.holder = "one"
    assert actions.hold(mailbox=mailbox, holder="one", now=timezone.now())
    mailbox.refresh_from_db()
    return found


def mail(number: int) -> bytes:
    return letter(message_id=f"<{number}@x>", subject=f"Kargo {number}").as_bytes()


@contextmanager
def beside(work):
    """Do something while the watch runs, as soon as its moment has come."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    thread.join(60)


def until(condition, *, patience: float = 60.0) -> None:
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end
        threading.Event().wait(0.01)


class TestAttending:
    def test_mail_that_comes_while_it_waits_is_there_at_once(self, one, mailbox, imap):
        imap.put(mail(1))

        def more_comes():
            until(lambda: "IDLE" in imap.said)
            imap.put(mail(2))
            until(lambda: imap.said.count("IDLE") == 2)
            one.stopping.set()

        with beside(more_comes):
            one.attend(mailbox)
        assert sorted(Complaint.objects.values_list("subject", flat=True)) == ["Kargo 1", "Kargo 2"]
        mailbox.refresh_from_db()
        assert (mailbox.waits_for_mail, mailbox.held_by, mailbox.fetch_after) == (True, "", None)
        assert mailbox.fetched_at is not None

    def test_a_server_that_does_not_tell_is_looked_into_again_in_a_minute(self, one, mailbox, imap):
        imap.idles = False
        imap.put(mail(1))
        one.attend(mailbox)
        mailbox.refresh_from_db()
        assert (mailbox.waits_for_mail, mailbox.held_by) == (False, "")
        assert mailbox.fetch_after - mailbox.fetched_at >= timedelta(seconds=59)
        assert Complaint.objects.count() == 1

    def test_a_line_that_dies_while_waiting_is_noticed(self, one, mailbox, imap):
        def dies(_session, name, _rest):
            if name == "IDLE":
                raise CutError

        imap.manners = dies
        one.attend(mailbox)
        mailbox.refresh_from_db()
        assert (mailbox.fetch_failures, mailbox.fetch_problem.split(":")[0]) == (1, "broken")
        assert mailbox.fetched_at is not None

    def test_a_wrong_password_is_shown_and_not_tried_again_soon(self, one, mailbox, imap):
        imap.password = "another"
        one.attend(mailbox)
        mailbox.refresh_from_db()
        assert mailbox.fetch_problem.startswith("login: ")
        assert mailbox.fetch_after - mailbox.fetch_failed_at == timedelta(minutes=10)
        assert not actions.hold(mailbox=mailbox, holder="two", now=timezone.now())

    def test_a_change_of_the_mailbox_ends_the_waiting(self, one, mailbox, imap, monkeypatch):
        monkeypatch.setattr(watch, "ASK_EVERY", timedelta())

        def change(_session, name, _rest):
            if name == "IDLE":
                monkeypatch.setattr(actions, "holds", lambda **_: False)  # as after saving or closing

        imap.manners = change
        one.attend(mailbox)
        mailbox.refresh_from_db()
        assert (mailbox.held_by, mailbox.fetch_problem) == ("", "")

    def test_where_there_are_more_mailboxes_than_lines_none_waits_on_its_line(self, one, mailbox, imap):
        imap.put(mail(1))

        def others_want_a_line(_session, name, _rest):
            if name == "IDLE":
                one.crowded = True
                imap.put(mail(2))

        imap.manners = others_want_a_line
        one.attend(mailbox)
        mailbox.refresh_from_db()
        assert (mailbox.waits_for_mail, mailbox.held_by) == (False, "")
        assert mailbox.fetch_after - mailbox.fetched_at >= timedelta(seconds=59)
        assert sorted(Complaint.objects.values_list("subject", flat=True)) == ["Kargo 1", "Kargo 2"]
        imap.said.clear()
        one.attend(mailbox)  # next time it does not begin to wait
        assert "IDLE" not in imap.said


class TestLookingAround:
    def test_whoever_was_fetched_least_lately_has_the_next_line(self, mailbox, make_mailbox, imap, monkeypatch, now):
        never = make_mailbox(imap=imap, address="b@acme.example")
        Mailbox.objects.filter(pk=mailbox.pk).update(fetched_at=now)
        monkeypatch.setattr(watch, "MOST", 1)
        begun, wait = [], threading.Event()
        monkeypatch.setattr(watch.Watch, "_run", lambda _self, pk: (begun.append(pk), wait.wait(10)))
        first, second = watch.Watch(), watch.Watch()
        assert (first.look_around(now=now), first.crowded) == (1, True)
        assert (second.look_around(now=now), second.crowded) == (1, False)
        wait.set()
        first.stop()
        second.stop()
        assert begun == [never.pk, mailbox.pk]

    def test_each_mailbox_gets_one_fetcher_in_one_process(self, mailbox, make_mailbox, imap, monkeypatch, now):
        make_mailbox(imap=imap, address="b@acme.example")
        closed = make_mailbox(imap=imap, address="c@acme.example")
        actions.close_mailbox(mailbox=closed, now=now)
        begun, wait = [], threading.Event()
        monkeypatch.setattr(watch.Watch, "_run", lambda _self, pk: (begun.append(pk), wait.wait(10)))
        first, second = watch.Watch(), watch.Watch()
        assert [first.look_around(now=now), second.look_around(now=now), first.look_around(now=now)] == [2, 0, 0]
        wait.set()
        first.stop()
        assert sorted(begun) == sorted(Mailbox.objects.exclude(pk=closed.pk).values_list("pk", flat=True))

    def test_a_slow_mailbox_keeps_no_other_waiting(self, mailbox, make_mailbox, imap, monkeypatch, now):
        make_mailbox(imap=imap, address="b@acme.example")
        slow, done = threading.Event(), threading.Event()
        monkeypatch.setattr(watch.Watch, "_run", lambda _self, pk: slow.wait(10) if pk == mailbox.pk else done.set())
        one = watch.Watch()
        one.look_around(now=now)
        assert done.wait(5)
        slow.set()
        one.stop()
