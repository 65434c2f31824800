"""Letters leave by the mailbox to which the customer wrote; a server in trouble holds up its own letters only."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from amends.desk.channels import actions
from amends.desk.channels.mail import keys
from amends.desk.channels.mailboxes.actions import close_mailbox, save_mailbox
from amends.desk.channels.mailboxes.models import Mailbox
from amends.desk.channels.mailboxes.queries import mailbox_for, mailboxes, mailboxes_by_use
from amends.desk.channels.models import Outgoing
from tests.desk.channels.conftest import letter
from tests.desk.channels.mailboxes.conftest import Sink


@pytest.fixture
def sending(make_mailbox, smtp):
    def make(sink=None, **fields):
        return make_mailbox(
            **{
                "sends": True,
                "smtp_host": "127.0.0.1",
                "smtp_port": smtp(sink or Sink(), require_starttls=False),
                "smtp_security": "none",
                "sign_in": "none",
                **fields,
            }
        )

    return make


@pytest.fixture
def wrote(make_agent, imap, fetch):
    """A customer wrote to this mailbox: the complaint, with its acknowledgement in the outbox."""
    make_agent()

    def write(mailbox, *, number=1):
        message = letter(
            message_id=f"<{number}@mail.example>", text=f"Kargo {number} gelmedi.", subject=f"Kargo {number}"
        )
        save_mailbox(
            mailbox=mailbox, now=mailbox.changed_at, receives=True, imap_host="127.0.0.1", imap_port=imap.port,
            imap_security="none", sign_in="password", password="right",
        )  # fmt: skip
        imap.put(message.as_bytes())
        fetch(mailbox)
        Mailbox.objects.filter(pk=mailbox.pk).update(sign_in="none")
        return Outgoing.objects.order_by("-pk").first()

    return write


def read(raw):
    return message_from_bytes(bytes(raw), policy=policy.default)


class TestWhichMailbox:
    def test_a_letter_leaves_from_where_the_customer_wrote(self, sending, wrote, now):
        sending(name="Usual", address="info@acme.example", is_usual=True)
        sink = Sink()
        outgoing = wrote(sending(sink, address="sikayet@acme.example"))
        actions.deliver_due(now=now)
        message = read(sink.letters[0])
        assert message["From"].addresses[0].addr_spec == "sikayet@acme.example"
        assert message["Reply-To"].addresses[0].addr_spec == "sikayet@acme.example"  # this server knows no plus
        assert outgoing.message_id.endswith("@acme.example")
        assert Outgoing.objects.get().state == "sent"
        assert Mailbox.objects.get(address="sikayet@acme.example").sent_at == now

    def test_a_server_that_knows_plus_gets_the_key(self, sending, wrote):
        outgoing = wrote(sending(plus_addresses=True))
        assert read(outgoing.mime)["Reply-To"].addresses[0].addr_spec == keys.reply_address(
            complaint=outgoing.complaint, mailbox=outgoing.mailbox
        )
        assert "+c." in keys.reply_address(complaint=outgoing.complaint, mailbox=outgoing.mailbox)

    def test_a_closed_mailbox_leaves_it_to_the_usual_one(self, sending, wrote, now):
        usual = sending(name="Usual", address="info@acme.example", is_usual=True)
        outgoing = wrote(sending())
        close_mailbox(mailbox=outgoing.mailbox, now=now)
        assert mailbox_for(complaint=outgoing.complaint, boxes=mailboxes_by_use()) == usual

    def test_no_letter_goes_to_any_mailbox_of_ours(self, sending, wrote, now):
        other = sending(address="info@acme.example")
        outgoing = wrote(sending())
        for address in (other.address, "INFO+x@acme.example"):
            with pytest.raises(actions.UnableToSend):
                actions.send(
                    event=outgoing.event, complaint=outgoing.complaint, recipient=address, subject="", text="x", now=now
                )

    def test_there_is_one_usual_mailbox(self, sending, now):
        first = sending()
        second = sending(address="b@acme.example", is_usual=True)
        assert list(Mailbox.objects.filter(is_usual=True)) == [second]
        close_mailbox(mailbox=second, now=now)
        assert list(Mailbox.objects.filter(is_usual=True)) == [first]


class TestTrouble:
    def test_a_server_in_trouble_holds_up_its_own_letters_only(self, sending, wrote, now):
        sink = Sink()
        ill = wrote(sending(name="Ill", address="ill@acme.example"), number=1)
        Mailbox.objects.filter(pk=ill.mailbox_id).update(smtp_port=1)
        well = wrote(sending(sink, address="well@acme.example"), number=2)
        actions.deliver_due(now=now)
        ill.refresh_from_db()
        well.refresh_from_db()
        assert (ill.state, ill.problem.split(":")[0], well.state) == ("waiting", "refused", "sent")
        row = next(row for row in mailboxes(now=now) if row.id == ill.mailbox_id)
        assert (row.sending, row.letters_waiting) == ("trouble", 1)
        assert "nothing listens" in row.send_trouble

    def test_it_rests_longer_and_longer_and_correcting_it_ends_the_rest(self, sending, wrote, now):
        outgoing = wrote(sending())
        box = Mailbox.objects.filter(pk=outgoing.mailbox_id)
        port = box.get().smtp_port
        box.update(smtp_port=1)
        actions.deliver_due(now=now)
        Outgoing.objects.update(not_before=now)
        assert actions.deliver_due(now=now + timedelta(seconds=20)) == 0
        save_mailbox(mailbox=box.get(), now=now, smtp_port=port)
        assert actions.deliver_due(now=now) == 1
        assert Outgoing.objects.get().state == "sent"
        assert (box.get().send_failures, box.get().send_problem) == (0, "")

    def test_a_sender_that_may_not_write_in_this_name_loses_no_letter(self, sending, wrote, now):
        outgoing = wrote(sending(Sink(sender="550 5.7.60 cannot send as")))
        actions.deliver_due(now=now)
        outgoing.refresh_from_db()
        assert outgoing.state == "waiting"
        assert Mailbox.objects.get().send_problem.startswith("sender: 550")

    def test_a_refused_customer_is_the_letters_trouble_and_not_the_mailboxes(self, sending, wrote, now):
        outgoing = wrote(sending(Sink(rcpt="550 no such user")))
        actions.deliver_due(now=now)
        outgoing.refresh_from_db()
        assert (outgoing.state, Mailbox.objects.get().send_failures) == ("failed", 0)

    def test_a_line_that_breaks_after_the_last_byte_leaves_it_maybe_sent(self, sending, wrote, now, monkeypatch):
        outgoing = wrote(sending())

        def breaks(_line):
            raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")

        original = smtplib.SMTP.send

        def send(line, text):
            original(line, text)
            if isinstance(text, bytes) and text.endswith(b"\r\n.\r\n"):
                monkeypatch.setattr(smtplib.SMTP, "getreply", breaks)

        monkeypatch.setattr(smtplib.SMTP, "send", send)
        actions.deliver_due(now=now)
        monkeypatch.undo()
        outgoing.refresh_from_db()
        assert outgoing.state == "maybe-sent"
        assert actions.deliver_due(now=now + timedelta(days=1)) == 0
        assert next(row.letters_unsure for row in mailboxes(now=now)) == 1
