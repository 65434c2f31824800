"""What comes is kept first, read once, and parked when it cannot be read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import OperationalError, transaction

from amends.desk.channels import actions
from amends.desk.channels.mail.identity import identity_of
from amends.desk.channels.models import Arrival
from amends.desk.channels.problems import describe
from amends.desk.complaints import laying_down
from amends.desk.complaints.models import Attachment, Complaint
from tests.desk.channels.conftest import letter


def _of_a_store(name: str) -> Exception:
    """An error as the package that speaks to stores raises it, which need not be installed."""
    return type(name, (Exception,), {"__module__": "botocore.exceptions"})("no answer")


class TestKeeping:
    def test_the_same_mail_twice_is_one_arrival_and_one_complaint(self, arrive, make_agent):
        make_agent()
        one, two = arrive(letter()), arrive(letter())
        assert one.pk == two.pk
        assert Complaint.objects.count() == 1

    def test_the_same_id_with_other_words_is_another_arrival(self, arrive, make_agent):
        make_agent()
        arrive(letter())
        arrive(letter(text="Başka bir şey: fatura da yanlış."))
        assert Arrival.objects.count() == 2

    def test_mail_without_an_id_is_told_apart_by_its_words(self, arrive, make_agent):
        make_agent()
        arrive(letter(message_id=""))
        arrive(letter(message_id=""))
        arrive(letter(message_id="", text="Other words"))
        assert Arrival.objects.count() == 2

    def test_lines_that_servers_add_do_not_make_another_mail(self):
        raw = letter().as_bytes()
        assert identity_of(b"Received: from x\r\n" + raw, mailbox="desk") == identity_of(raw, mailbox="desk")

    def test_a_mail_in_two_mailboxes_opens_one_complaint(self, arrive, make_agent):
        make_agent()
        arrive(letter(), mailbox="desk")
        other = arrive(letter(), mailbox="info")
        assert (other.state, other.problem) == ("set-aside", "doubled")
        assert Complaint.objects.count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_it_refuses_to_be_part_of_a_transaction(self, now):
        with pytest.raises(RuntimeError), transaction.atomic():
            actions.keep_raw(channel="mail", identity="x", raw=b"x", now=now)

    @pytest.mark.django_db(transaction=True)
    def test_it_is_kept_when_reading_fails(self, now, monkeypatch):
        arrival = actions.keep_raw(channel="mail", identity="x", raw=letter().as_bytes(), now=now)
        monkeypatch.setattr(actions, "take_in_mail", _stumble)
        assert actions.take_in(arrival=arrival, now=now) is None
        arrival.refresh_from_db()
        assert (arrival.state, arrival.attempts) == ("parked", 1)
        assert "ZeroDivisionError" in describe(arrival.problem)


def _stumble(**_: object) -> None:
    raise ZeroDivisionError("as it happens")


class TestParking:
    def test_an_empty_desk_parks_and_takes_in_later(self, arrive, make_agent, now):
        arrival = arrive(letter())
        assert (arrival.state, arrival.problem) == ("parked", "no-agent")
        make_agent()
        event = actions.retry(arrival=arrival, now=now)
        assert event.complaint.subject == "Kargo gelmedi"
        assert actions.retry(arrival=arrival, now=now) == event

    def test_a_mail_without_a_sender_is_parked(self, arrive, make_agent):
        make_agent()
        arrival = arrive(b"Subject: x\r\n\r\nwho am I?")
        assert (arrival.state, arrival.problem) == ("parked", "no-sender")

    def test_a_mail_too_big_to_read_is_parked(self, arrive, make_agent, settings):
        make_agent()
        settings.MAIL_LIMIT = 1000
        arrival = arrive(letter(text="x" * 2000))
        assert arrival.state == "parked"
        assert "larger" in describe(arrival.problem)

    def test_a_file_too_big_is_named_in_a_note(self, arrive, make_agent, settings):
        make_agent()
        settings.ATTACHMENT_LIMIT = 100
        message = letter()
        message.add_attachment(b"x" * 500, maintype="video", subtype="mp4", filename="film.mp4")
        complaint = arrive(message).event.complaint
        assert "film.mp4" in complaint.events.get(kind="noted").content.text

    def test_nothing_is_half_done_when_reading_fails(self, arrive, make_agent, monkeypatch):
        make_agent()
        monkeypatch.setattr("amends.desk.channels.mail.actions.acknowledge", _stumble)
        assert arrive(letter()).state == "parked"
        assert not Complaint.objects.exists()

    def test_a_busy_database_leaves_it_waiting_for_the_worker(self, arrive, make_agent, monkeypatch, now):
        make_agent()
        with monkeypatch.context() as patched:
            patched.setattr(actions, "take_in_mail", _busy)
            with pytest.raises(OperationalError):
                arrive(letter())
        assert Arrival.objects.get().state == "waiting"
        assert actions.retry_waiting(now=now) == 1
        assert Complaint.objects.count() == 1

    @pytest.mark.parametrize("fails", [OSError(28, "No space left on device"), _of_a_store("ConnectionClosedError")])
    def test_files_that_cannot_be_kept_leave_it_waiting_and_hold_back_nobody(
        self, arrive, make_agent, monkeypatch, now, fails
    ):
        make_agent()
        with_file = letter()
        with_file.add_attachment(b"broken lid", maintype="text", subtype="plain", filename="lid.txt")
        monkeypatch.setattr(laying_down.default_storage, "save", _refuse(fails))
        kept = arrive(with_file)
        assert (kept.state, Complaint.objects.count()) == ("waiting", 0)
        assert "tries again" in describe(kept.problem)
        assert arrive(letter(message_id="<2@mail.example>", sender="b@mail.example")).state == "taken-in"
        assert actions.retry_waiting(now=now) == 0  # still full
        monkeypatch.undo()
        assert actions.retry_waiting(now=now) == 1
        kept.refresh_from_db()
        assert (kept.state, kept.problem) == ("taken-in", "")
        with Attachment.objects.get().file.open() as file:
            assert file.read() == b"broken lid"


def _refuse(error: Exception) -> Callable[..., str]:
    def save(*_: object, **__: object) -> str:
        raise error

    return save


def _busy(**_: object) -> None:
    raise OperationalError("database is locked")
