"""Every mail comes in exactly once, whatever breaks on the way."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from imapclient.exceptions import IMAPClientAbortError

from amends.desk.channels import actions as arrivals
from amends.desk.channels.mailboxes import actions
from amends.desk.channels.mailboxes.fetching import LetGoError, _in_answers
from amends.desk.channels.mailboxes.models import Folder, Unfetched
from amends.desk.channels.mailboxes.troubles import UnableToUseMailbox
from amends.desk.channels.models import Arrival, Outgoing
from amends.desk.complaints.models import Complaint
from tests.desk.channels.conftest import letter
from tests.desk.channels.mailboxes import imap_server
from tests.desk.channels.mailboxes.imap_server import Box, CutError

pytestmark = pytest.mark.usefixtures("make_agent")


@pytest.fixture
def mailbox(make_mailbox, imap, make_agent):
    make_agent()
    return make_mailbox(imap=imap)


def mail(number: int, **fields) -> bytes:
    return letter(
        message_id=f"<{number}@mail.example>",
        text=f"Kargom numara {number} gelmedi.",
        subject=f"Kargo {number}",
        **fields,
    ).as_bytes()


def subjects() -> list[str]:
    return sorted(Complaint.objects.values_list("subject", flat=True))


class TestReading:
    def test_mail_becomes_complaints(self, mailbox, imap, fetch):
        for number in range(3):
            imap.put(mail(number))
        fetch(mailbox)
        assert subjects() == ["Kargo 0", "Kargo 1", "Kargo 2"]
        assert set(Arrival.objects.values_list("mailbox", flat=True)) == {mailbox.pk}

    def test_reading_again_brings_only_what_is_new(self, mailbox, imap, fetch):
        imap.put(mail(1))
        fetch(mailbox)
        fetch(mailbox)
        imap.put(mail(2))
        fetch(mailbox)
        assert subjects() == ["Kargo 1", "Kargo 2"]
        assert sum(said == "UID FETCH" for said in imap.said) == 4  # sizes and body of each, and nothing twice

    def test_many_small_mails_come_in_few_answers(self, mailbox, imap, fetch, monkeypatch):
        monkeypatch.setattr("amends.desk.channels.mailboxes.fetching.TOGETHER", 3)
        for number in range(5):
            imap.put(mail(number))
        fetch(mailbox)
        assert len(subjects()) == 5
        assert sum(said == "UID FETCH" for said in imap.said) == 3  # sizes of all, then three mails and two

    def test_large_mails_come_one_by_one(self):
        sizes = {1: 1000, 2: 200_000, 3: 100_000, 5: 300_000, 6: 1, 7: 1}
        assert list(_in_answers([1, 2, 3, 4, 5, 6, 7], sizes, alone_until=0)) == [[1, 2], [3, 4], [5], [6, 7]]
        assert list(_in_answers([6, 7, 8], {6: 1, 7: 1, 8: 1}, alone_until=6)) == [[6], [7, 8]]

    def test_a_server_that_gives_no_more_than_one_is_asked_for_each(self, mailbox, imap, fetch):
        for number in range(3):
            imap.put(mail(number))
        plain = imap_server._Session.do_uid_fetch

        def one_only(session, rest):
            if "BODY" in rest and "," in rest:
                session.no("[LIMIT] one at a time")
            else:
                plain(session, rest)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(imap_server._Session, "do_uid_fetch", one_only)
            fetch(mailbox)
        assert len(subjects()) == 3
        assert not Unfetched.objects.exists()

    def test_mail_from_before_the_desk_stays_where_it_is(self, mailbox, imap, fetch, now):
        imap.put(mail(1), came=now - timedelta(days=30))
        imap.put(mail(2), came=now - timedelta(hours=30))  # the day fits, the hour does not
        imap.put(mail(3), came=now - timedelta(hours=2))
        fetch(mailbox)
        assert subjects() == ["Kargo 3"]

    def test_an_old_mail_that_somebody_moves_in_later_is_taken(self, mailbox, imap, fetch, now):
        imap.put(mail(1), came=now)
        fetch(mailbox)
        imap.put(mail(2), came=now - timedelta(days=30))
        fetch(mailbox)
        assert subjects() == ["Kargo 1", "Kargo 2"]

    def test_the_server_numbers_its_mail_anew(self, mailbox, imap, fetch):
        for number in range(3):
            imap.put(mail(number))
        fetch(mailbox)
        imap.boxes["INBOX"] = Box(uid_validity=2, uid_next=100)
        for number in (2, 0, 1, 7):
            imap.put(mail(number))
        fetch(mailbox)
        assert subjects() == ["Kargo 0", "Kargo 1", "Kargo 2", "Kargo 7"]
        assert Arrival.objects.count() == 4

    def test_numbers_of_mail_that_is_gone_are_passed_over(self, mailbox, imap, fetch):
        for number in range(5):
            imap.put(mail(number))
        del imap.boxes["INBOX"].mails[3:]
        fetch(mailbox)
        assert Folder.objects.get().last_uid == 5

    def test_a_mail_that_goes_away_meanwhile_is_no_trouble(self, mailbox, imap, fetch):
        for number in range(3):
            imap.put(mail(number))

        def take_away(_session, name, rest):
            if name == "UID FETCH" and b"INTERNALDATE" in rest:
                del imap.boxes["INBOX"].mails[1]

        imap.manners = take_away
        fetch(mailbox)
        assert subjects() == ["Kargo 0", "Kargo 2"]
        assert not Unfetched.objects.exists()

    def test_it_leaves_the_mail_unread_unless_told_otherwise(self, mailbox, imap, fetch, now):
        imap.put(mail(1))
        fetch(mailbox)
        assert not imap.boxes["INBOX"].mails[0].flags
        assert "SELECT" not in imap.said
        actions.save_mailbox(mailbox=mailbox, now=now, after_taking="seen")
        imap.put(mail(2))
        fetch(mailbox)
        assert imap.boxes["INBOX"].mails[1].flags == {"\\Seen"}

    def test_the_same_mail_in_two_mailboxes_is_one_complaint(self, mailbox, imap, fetch, make_mailbox):
        imap.put(mail(1))
        other = make_mailbox(imap=imap, address="info@acme.example", name="Info")
        fetch(mailbox)
        fetch(other)
        assert (Arrival.objects.count(), Complaint.objects.count()) == (2, 1)

    def test_a_folder_that_is_not_there_is_named_with_those_that_are(self, make_mailbox, imap, fetch):
        imap.boxes["Şikâyet"] = Box()
        with pytest.raises(UnableToUseMailbox, match="Complaints → INBOX"):
            fetch(make_mailbox(imap=imap, folder="Complaints"))

    def test_what_cannot_be_read_is_parked_and_the_next_one_comes(self, mailbox, imap, fetch):
        imap.put(b"Subject: nobody\r\n\r\nwho am I?")
        imap.put(mail(2))
        fetch(mailbox)
        assert sorted(Arrival.objects.values_list("state", flat=True)) == ["parked", "taken-in"]


class TestSpam:
    def test_the_spam_folder_is_read_set_apart_and_never_dropped(self, make_mailbox, imap, fetch, make_agent):
        make_agent()
        imap.put(mail(1), folder="Junk")
        fetch(make_mailbox(imap=imap, spam_folder="Junk"))
        arrival = Arrival.objects.get()
        assert (arrival.state, arrival.problem, bytes(arrival.raw)) == ("set-aside", "spam", mail(1))

    def test_a_customers_answer_in_the_spam_folder_reaches_its_complaint(self, make_mailbox, imap, fetch, make_agent):
        make_agent()
        box = make_mailbox(imap=imap, spam_folder="Junk")
        imap.put(mail(1))
        imap.put(mail(2, In_Reply_To="<1@mail.example>"), folder="Junk")
        fetch(box)
        assert Complaint.objects.get().events.filter(kind="customer-wrote").count() == 2

    def test_a_missing_spam_folder_keeps_no_other_mail_away(self, make_mailbox, imap, fetch, make_agent):
        make_agent()
        imap.put(mail(1))
        trouble = fetch(make_mailbox(imap=imap, spam_folder="Junk"))
        assert trouble.code == "folder"
        assert subjects() == ["Kargo 1"]


@pytest.fixture
def three(mailbox, imap):
    for number in range(3):
        imap.put(mail(number, sender=f"Customer {number} <customer{number}@mail.example>"))
    return mailbox


class Killed(BaseException):
    """The process is gone: nothing after this line happens."""


# Where it dies, and at which call; one mail at a time, and all three in one breath.
STEPS = {
    "before it is kept": ("amends.desk.channels.actions.keep_mails", "before", 2, 1),
    "after it is kept, before the mark moves": ("amends.desk.channels.actions.keep_mails", "after", 2, 1),
    "after the mark moved, before it is read": ("amends.desk.channels.mailboxes.actions.pass_over", "after", 2, 1),
    "while it is read": ("amends.desk.channels.mail.actions._remember", "after", 2, 1),
    "after it was read": ("amends.desk.channels.actions.take_in", "after", 2, 1),
    "before they are kept": ("amends.desk.channels.actions.keep_mails", "before", 1, 3),
    "after they are kept, before the mark moves": ("amends.desk.channels.actions.keep_mails", "after", 1, 3),
    "after the mark moved, before they are read": ("amends.desk.channels.mailboxes.actions.pass_over", "after", 1, 3),
    "while they are read": ("amends.desk.complaints.opening.end", "before", 1, 3),
    "after they are read, before it is written down": ("amends.desk.channels.actions.open_all", "after", 1, 3),
    "after they were read": ("amends.desk.channels.actions.take_in_all", "after", 1, 3),
}


@pytest.mark.django_db(transaction=True)
class TestKilled:
    @pytest.mark.parametrize("step", STEPS)
    def test_after_a_restart_every_mail_is_in_exactly_once(self, three, fetch, monkeypatch, now, step):
        mailbox = three
        path, when, on, together = STEPS[step]
        with monkeypatch.context() as patched:
            patched.setattr("amends.desk.channels.mailboxes.fetching.TOGETHER", together)
            _die_at(patched, path, when, on=on)
            with pytest.raises(Killed):
                fetch(mailbox)
        fetch(mailbox)
        arrivals.retry_waiting(now=now)  # what the worker does within a minute
        assert subjects() == ["Kargo 0", "Kargo 1", "Kargo 2"]
        assert set(Arrival.objects.values_list("state", flat=True)) == {"taken-in"}
        assert Outgoing.objects.count() == 3  # one acknowledgement each


def _die_at(patched, path: str, when: str, *, on: int) -> None:
    import importlib

    module_name, _dot, name = path.rpartition(".")
    module = importlib.import_module(module_name)
    original, calls = getattr(module, name), []

    def dying(*args, **kwargs):
        calls.append(1)
        if len(calls) == on and when == "before":
            raise Killed
        result = original(*args, **kwargs)
        if len(calls) == on:
            raise Killed
        return result

    patched.setattr(module, name, dying)


# Every step of a reading, as the server hears it; 'body' breaks off in the middle of a mail.
SILENT_AT = ["CAPABILITY", "LOGIN", "EXAMINE", "UID SEARCH", "sizes", "body", "LOGOUT"]


class TestBrokenLine:
    @pytest.mark.parametrize("command", ["EXAMINE", "UID SEARCH", "UID FETCH"])
    def test_a_cut_anywhere_loses_and_doubles_nothing(self, mailbox, imap, fetch, command):
        for number in range(3):
            imap.put(mail(number))
        for cut_at in range(1, 6):
            _cut(imap, command, at=cut_at)
            try:
                fetch(mailbox)
            except (IMAPClientAbortError, OSError):
                continue
        imap.manners = lambda *_: None
        fetch(mailbox)
        assert subjects() == ["Kargo 0", "Kargo 1", "Kargo 2"]
        assert Arrival.objects.count() == 3

    def test_half_a_mail_is_no_mail(self, mailbox, imap, fetch):
        imap.put(mail(1))

        def half(session, name, rest):
            if name == "UID FETCH" and b"BODY" in rest:
                session.wfile.write(b"* 1 FETCH (UID 1 BODY[] {5000}\r\n" + mail(1)[:100])
                raise CutError

        imap.manners = half
        with pytest.raises(IMAPClientAbortError):
            fetch(mailbox)
        assert not Arrival.objects.exists()
        imap.manners = lambda *_: None
        fetch(mailbox)
        assert bytes(Arrival.objects.get().raw) == mail(1)

    def test_a_mail_that_always_breaks_the_line_does_not_hold_up_the_others(self, mailbox, imap, fetch, now):
        for number in range(3):
            imap.put(mail(number))

        def hates_the_second(_session, name, rest):
            if name == "UID FETCH" and b"BODY" in rest and b"2" in rest.split()[0].split(b","):
                raise CutError

        imap.manners = hates_the_second
        for _ in range(3):
            with pytest.raises(IMAPClientAbortError):
                fetch(mailbox)
        fetch(mailbox)
        assert subjects() == ["Kargo 0", "Kargo 2"]
        assert Unfetched.objects.get().uid == 2
        imap.manners = lambda *_: None
        fetch(mailbox, at=now + timedelta(hours=1))
        assert subjects() == ["Kargo 0", "Kargo 1", "Kargo 2"]
        assert not Unfetched.objects.exists()

    def test_a_server_that_hands_over_nothing_is_asked_again_later(self, mailbox, imap, fetch, now):
        imap.put(mail(1))
        imap.put(mail(2))

        def refuses(session, name, rest):
            if name == "UID FETCH" and b"BODY" in rest and b"1" in rest.split()[0].split(b","):
                session.say("* 1 FETCH (UID 1 BODY[] NIL)")

        imap.manners = refuses
        mails = imap.boxes["INBOX"].mails
        whole, mails[0].raw = mails[0].raw, b""
        fetch(mailbox)
        assert subjects() == ["Kargo 2"]
        assert Unfetched.objects.get().problem == "whole"
        imap.manners = lambda *_: None
        mails[0].raw = whole
        fetch(mailbox, at=now + timedelta(hours=1))
        assert subjects() == ["Kargo 1", "Kargo 2"]

    @pytest.mark.parametrize("step", SILENT_AT)
    def test_a_server_that_falls_silent_ends_in_a_timeout_and_every_mail_is_in_once(self, mailbox, imap, fetch, step):
        for number in range(3):
            imap.put(mail(number))
        heard = threading.Event()

        def silent(session, name, rest):
            if step in {name, "sizes" if b"RFC822.SIZE" in rest else "body" if b"BODY" in rest else ""}:
                if step == "body":  # the beginning of the first mail comes, and then nothing any more
                    session.wfile.write(b"* 1 FETCH (UID 1 BODY[] {5000}\r\n" + mail(0)[:100])
                heard.set()
                session.connection.recv(1)  # until the other side hangs up

        imap.manners = silent
        if step == "LOGOUT":  # what was read is read
            fetch(mailbox, timeout=0.8)
        else:
            with pytest.raises(TimeoutError):
                fetch(mailbox, timeout=0.8)
            assert not Arrival.objects.exists()
        assert heard.is_set()
        imap.manners = lambda *_: None
        fetch(mailbox)
        assert subjects() == ["Kargo 0", "Kargo 1", "Kargo 2"]
        assert Arrival.objects.count() == 3

    def test_a_server_that_speaks_byte_by_byte_is_understood(self, mailbox, imap, fetch, monkeypatch):
        def drip(session, text):
            for byte in (text.encode() if isinstance(text, str) else text) + b"\r\n":
                session.connection.send(bytes([byte]))

        monkeypatch.setattr(imap_server._Session, "say", drip)
        for number in range(3):
            imap.put(mail(number))
        fetch(mailbox)
        assert subjects() == ["Kargo 0", "Kargo 1", "Kargo 2"]
        assert sorted(bytes(raw) for raw in Arrival.objects.values_list("raw", flat=True)) == [
            mail(number) for number in range(3)
        ]


def _cut(imap, command: str, *, at: int) -> None:
    seen = []

    def cut(_session, name, _rest):
        if name == command:
            seen.append(1)
            if len(seen) == at:
                raise CutError

    imap.manners = cut


class TestHolding:
    def test_of_two_workers_one_gets_the_mailbox(self, mailbox, now):
        assert [actions.hold(mailbox=mailbox, holder=name, now=now) for name in ("one", "two")] == [True, False]

    def test_a_dead_workers_mailbox_is_taken_over(self, mailbox, now):
        actions.hold(mailbox=mailbox, holder="one", now=now)
        later = now + timedelta(minutes=3)
        assert actions.hold(mailbox=mailbox, holder="two", now=later)
        assert not actions.still_hold(mailbox=mailbox, holder="one", now=later)

    def test_who_lost_the_mailbox_stops_in_the_middle(self, mailbox, imap, fetch, monkeypatch):
        monkeypatch.setattr("amends.desk.channels.mailboxes.fetching.TOGETHER", 1)
        for number in range(3):
            imap.put(mail(number))
        answers = iter([True, False])
        with pytest.raises(LetGoError):
            fetch(mailbox, still_ours=lambda: next(answers))
        assert subjects() == ["Kargo 0"]

    def test_what_a_slow_line_brought_is_kept_though_the_lease_ran_out_meanwhile(self, mailbox, imap, fetch):
        for number in range(3):
            imap.put(mail(number))
        answers = iter([True])  # ours when the server was asked, another's when its answer had come
        fetch(mailbox, still_ours=lambda: next(answers, False))
        assert subjects() == ["Kargo 0", "Kargo 1", "Kargo 2"]

    @pytest.mark.parametrize("together", [1, 25])
    def test_two_at_the_same_time_double_nothing(self, mailbox, imap, fetch, monkeypatch, together):
        monkeypatch.setattr("amends.desk.channels.mailboxes.fetching.TOGETHER", together)
        for number in range(2):
            imap.put(mail(number))
        asked = []

        def other_comes_between():
            asked.append(1)
            if len(asked) == (2 if together == 1 else 1):
                fetch(mailbox)
            return True

        fetch(mailbox, still_ours=other_comes_between)
        assert len(asked) >= (2 if together == 1 else 1)
        assert subjects() == ["Kargo 0", "Kargo 1"]
        assert Arrival.objects.count() == 2

    def test_a_closed_or_changed_mailbox_is_let_go(self, mailbox, now):
        actions.hold(mailbox=mailbox, holder="one", now=now)
        mailbox.refresh_from_db()
        actions.save_mailbox(mailbox=mailbox, now=now + timedelta(seconds=1), folder="Other")
        stale = type(mailbox)(pk=mailbox.pk, changed_at=now)
        assert not actions.holds(mailbox=stale, holder="one")

    def test_trouble_waits_longer_and_longer_and_a_wrong_password_longest(self, mailbox, now):
        from amends.desk.channels.mailboxes.troubles import Trouble

        waits = [actions.note_not_fetched(mailbox=mailbox, trouble=Trouble("refused"), now=now) - now for _ in range(4)]
        assert waits == [timedelta(seconds=seconds) for seconds in (15, 30, 60, 120)]
        assert not actions.hold(mailbox=mailbox, holder="one", now=now + timedelta(seconds=100))
        actions.note_fetched(mailbox=mailbox, waits_for_mail=True, now=now)
        again = actions.note_not_fetched(mailbox=mailbox, trouble=Trouble("login"), now=now)
        assert again - now == timedelta(minutes=10)


class TestTooLarge:
    def test_the_words_are_heard_and_the_sender_told(self, mailbox, imap, fetch, settings):
        settings.MAIL_LIMIT = 700_000
        message = letter(text="Buzdolabım bozuk geldi, fotoğrafları ekledim.", subject="Buzdolabı")
        message.add_attachment(b"x" * 900_000, maintype="image", subtype="jpeg", filename="a.jpg")
        imap.put(message.as_bytes())
        fetch(mailbox)
        complaint = Complaint.objects.get()
        assert (
            complaint.events.get(kind="customer-wrote").content.text == "Buzdolabım bozuk geldi, fotoğrafları ekledim."
        )
        arrival = Arrival.objects.get()
        assert (arrival.full_size > 1_000_000, arrival.size) == (True, 512 * 1024)
        assert "desk@acme.example" in complaint.events.get(kind="noted").content.text
        texts = list(complaint.events.filter(kind="acknowledged").values_list("content__text", flat=True))
        assert any("so large" in text or "büyük" in text for text in texts)
        assert imap.bytes_out < 600_000
