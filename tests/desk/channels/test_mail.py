"""Whose complaint a mail belongs to, and which mail no person wrote."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from amends.desk.channels import actions
from amends.desk.channels.acknowledgement import next_word_by
from amends.desk.channels.mail import keys
from amends.desk.channels.models import Arrival, MessageId, Outgoing
from amends.desk.complaints import actions as complaints
from amends.desk.complaints import merging
from amends.desk.complaints.models import Complaint
from amends.engine.promises.calendar import Hours, WorkingCalendar
from tests.desk.channels.conftest import letter


@pytest.fixture
def opened(arrive, make_agent):
    make_agent(name="Deniz Kaya")
    return arrive(letter()).event.complaint


def answer(**fields):
    return letter(**{"message_id": "<second@mail.example>", "text": "Hâlâ gelmedi.", "subject": "Re: Kargo", **fields})


def words(complaint):
    return list(complaint.events.filter(kind="customer-wrote").values_list("content__text", flat=True))


class TestOpening:
    def test_a_mail_opens_a_complaint_in_its_own_language(self, opened):
        assert (opened.language, opened.channel, opened.owner.name) == ("tr", "mail", "Deniz Kaya")
        assert (opened.customer.name, opened.customer.language) == ("Ayşe Yılmaz", "tr")
        assert words(opened) == ["Kargom üç gündür gelmedi, lütfen yardım edin."]

    def test_files_are_kept_with_the_words(self, arrive, make_agent):
        make_agent()
        message = letter()
        message.add_attachment(b"%PDF-1", maintype="application", subtype="pdf", filename="fatura.pdf")
        event = arrive(message).event
        assert [(file.name, file.size) for file in event.attachments.all()] == [("fatura.pdf", 6)]

    def test_a_form_of_another_site_names_the_person_in_reply_to(self, arrive, make_agent):
        make_agent()
        complaint = arrive(letter(sender="no-reply@forms.example", Reply_To="ayse@mail.example")).event.complaint
        assert complaint.customer.contact_ways.get().value == "ayse@mail.example"

    def test_only_the_new_words_are_the_text(self, opened, arrive):
        quoted = "On Wed, 18 Nov 2026 at 10:05, Deniz Kaya <desk@acme.example> wrote:\n> We are on it."
        arrive(answer(text=f"Hâlâ gelmedi.\n\n{quoted}", In_Reply_To="<first@mail.example>"))
        event = opened.events.filter(kind="customer-wrote").last()
        assert event.content.text == "Hâlâ gelmedi."
        assert "We are on it." in event.content.quoted


class TestThreading:
    def test_by_the_signed_address(self, opened, arrive):
        arrive(answer(to=keys.reply_address(complaint=opened)))
        assert len(words(opened)) == 2

    def test_of_one_that_was_merged_it_goes_to_the_one_that_stays(self, opened, arrive, make_complaint, now):
        stays = make_complaint(customer=opened.customer, at=now)
        merging.merge(other=opened, into=stays, by=stays.owner, now=now)
        arrival = arrive(answer(to=keys.reply_address(complaint=opened)))
        assert arrival.event.complaint == stays
        assert Complaint.objects.get(pk=opened.pk).live is False

    def test_by_the_address_it_was_delivered_to(self, opened, arrive):
        arrive(answer(Delivered_To=keys.reply_address(complaint=opened).upper()))
        assert len(words(opened)) == 2

    def test_by_our_own_message_id(self, opened, arrive):
        ours = Outgoing.objects.get(complaint=opened).message_id
        arrive(answer(References=f"<unknown@elsewhere> <{ours}>"))
        assert len(words(opened)) == 2

    def test_by_the_marker_in_the_text(self, opened, arrive):
        arrive(answer(text=f"Hâlâ gelmedi.\n\n> {keys.marker(complaint=opened)}"))
        assert len(words(opened)) == 2

    def test_by_their_own_message_id(self, opened, arrive):
        arrive(answer(In_Reply_To="< first@mail.example >"))
        assert len(words(opened)) == 2

    def test_an_answer_to_an_answer_of_theirs(self, opened, arrive):
        arrive(answer(In_Reply_To="<first@mail.example>"))
        arrive(answer(message_id="<third@mail.example>", text="Üçüncü.", References="<second@mail.example>"))
        assert len(words(opened)) == 3

    def test_an_ended_complaint_opens_again(self, opened, arrive, now):
        from amends.desk.complaints import actions as complaints

        complaints.say_content(complaint=opened, by_customer=True, now=now)
        arrive(answer(to=keys.reply_address(complaint=opened)))
        opened.refresh_from_db()
        assert opened.stage in {"received", "answered"}

    @pytest.mark.parametrize(
        "fields",
        [
            {"subject": "Re: [#1001] Kargo", "sender": "stranger@evil.example"},
            {"subject": "Complaint 1001"},
            {"In_Reply_To": "<first@mail.example>", "sender": "stranger@evil.example"},
            {"to": "desk+c.1001.aaaaaaaaaaaaaaaa@acme.example"},
            {"text": "[c.1001.aaaaaaaaaaaaaaaa]", "sender": "stranger@evil.example"},
            {"In_Reply_To": "<c1001.0123456789abcdef.aaaaaaaaaaaaaaaa@acme.example>"},
        ],
    )
    def test_nothing_that_a_stranger_can_make_up_opens_a_complaint_of_others(self, opened, arrive, fields):
        assert opened.number == 1001
        arrive(answer(**fields))
        assert len(words(opened)) == 1
        assert Complaint.objects.count() == 2

    def test_somebody_else_with_a_signed_key_is_let_in_and_named(self, opened, arrive):
        arrive(answer(to=keys.reply_address(complaint=opened), sender="Ali <ali@mail.example>"))
        assert len(words(opened)) == 2
        assert "ali@mail.example" in opened.events.get(kind="noted").content.text

    def test_erasing_the_customer_ends_every_key(self, opened, make_agent, now):
        address = keys.reply_address(complaint=opened)
        complaints.erase(customer=opened.customer, by=opened.owner, now=now)
        assert keys.complaint_by_token(addresses=[address]) is None

    def test_of_who_was_erased_no_address_stays_beside_what_came_by_itself(self, opened, arrive, now):
        arrive(answer(to=keys.reply_address(complaint=opened), Auto_Submitted="auto-replied", text="Tatildeyim."))
        assert opened.events.get(kind="noted").content.data["from"] == "ayse@mail.example"
        complaints.erase(customer=opened.customer, by=opened.owner, now=now)
        assert opened.events.get(kind="noted").content.data == {"automatic": True}

    def test_of_who_was_erased_nothing_stays_of_a_mail_that_came_to_two_mailboxes(self, arrive, make_agent, now):
        make_agent()
        form = letter(sender="no-reply@forms.example", Reply_To="ayse@mail.example")
        complaint = arrive(form).event.complaint
        assert arrive(form, mailbox="other").problem == "doubled"
        complaints.erase(customer=complaint.customer, by=complaint.owner, now=now)
        assert [bytes(raw) for raw in Arrival.objects.values_list("raw", flat=True)] == [b"", b""]

    def test_who_was_erased_and_writes_again_begins_anew(self, opened, arrive, now):
        ours = Outgoing.objects.get().message_id
        complaints.erase(customer=opened.customer, by=opened.owner, now=now)
        anew = arrive(answer(In_Reply_To=f"<{ours}>")).event.complaint
        assert anew != opened
        assert anew.customer.contact_ways.get().value == "ayse@mail.example"
        assert words(opened) == [""]
        assert Outgoing.objects.get(complaint=anew).recipient == "ayse@mail.example"


class TestMachines:
    def test_an_automatic_answer_is_kept_beside_the_complaint_and_changes_nothing(self, opened, arrive):
        before = (opened.stage, opened.turn, opened.waiting_since)
        arrival = arrive(
            answer(to=keys.reply_address(complaint=opened), Auto_Submitted="auto-replied", text="Tatildeyim.")
        )
        opened.refresh_from_db()
        assert arrival.state == "set-aside"
        assert (opened.stage, opened.turn, opened.waiting_since) == before
        assert opened.events.get(kind="noted").content.text == "Tatildeyim."

    def test_an_automatic_answer_to_nothing_opens_nothing(self, arrive, make_agent, now):
        make_agent()
        arrival = arrive(letter(Auto_Submitted="auto-replied"))
        assert (arrival.state, arrival.event) == ("set-aside", None)
        assert not Complaint.objects.exists()
        assert actions.retry(arrival=arrival, now=now) is None
        assert actions.retry(arrival=arrival, now=now, anyway=True).complaint.customer.name == "Ayşe Yılmaz"

    def test_a_mailing_list_is_taken_in_and_not_answered(self, arrive, make_agent):
        make_agent()
        complaint = arrive(letter(List_Id="<desk.acme.example>", Precedence="list")).event.complaint
        assert not Outgoing.objects.filter(complaint=complaint).exists()

    @pytest.mark.parametrize("sender", ["desk@acme.example", "Desk <desk+c.1.aaaaaaaaaaaaaaaa@ACME.example>"])
    def test_our_own_address_opens_nothing(self, arrive, make_agent, sender):
        make_agent()
        assert (arrive(letter(sender=sender)).problem, Complaint.objects.count()) == ("own-address", 0)

    def test_our_own_letter_that_comes_back_opens_nothing(self, opened, arrive):
        assert arrive(bytes(Outgoing.objects.get().mime)).state == "set-aside"
        assert Complaint.objects.count() == 1

    def test_a_returned_letter_warns_its_owner(self, opened, arrive):
        ours = Outgoing.objects.get()
        arrival = arrive(returned(ours.message_id))
        ours.refresh_from_db()
        assert (arrival.state, ours.state) == ("set-aside", "failed")
        warned = opened.events.get(kind="warned")
        assert (warned.content.data["about"], warned.content.data["to"]) == ("mail-returned", opened.owner_id)

    @pytest.mark.parametrize("cited", ["made.up@acme.example", "c1001.0123456789abcdef.aaaaaaaaaaaaaaaa@acme.example"])
    def test_a_forged_return_changes_nothing(self, opened, arrive, cited):
        assert arrive(returned(cited)).event is None
        assert Outgoing.objects.get().state == "waiting"

    def test_a_letter_that_is_still_tried_elsewhere_is_not_lost(self, opened, arrive):
        arrive(returned(Outgoing.objects.get().message_id, status="4.4.1"))
        assert Outgoing.objects.get().state == "waiting"


def returned(cited: str, *, status: str = "5.1.1") -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\nStatus: {status}\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <{cited}>\r\n\r\nx\r\n--b--\r\n"
    ).encode()


class TestColleagues:
    def test_a_colleagues_mail_opens_no_complaint(self, arrive, make_agent):
        make_agent(email="deniz@acme.example")
        arrival = arrive(letter(sender="Deniz <Deniz@acme.example>"))
        assert (arrival.state, arrival.problem) == ("parked", "from-agent: deniz@acme.example")
        assert not Complaint.objects.exists()

    def test_a_colleagues_answer_becomes_a_note(self, opened, arrive, make_agent):
        agent = make_agent(email="elif@acme.example")
        arrive(answer(sender="elif@acme.example", In_Reply_To=f"<{Outgoing.objects.get().message_id}>"))
        note = opened.events.get(kind="noted")
        assert (note.agent, note.by) == (agent, "agent")

    def test_a_forwarded_customer_gets_a_complaint_of_their_own(self, arrive, make_agent):
        agent = make_agent(email="elif@acme.example")
        header = "From: Can Er <can@mail.example>\nDate: 18 Nov 2026\nTo: elif\nSubject: Fatura"
        text = f"---------- Forwarded message ---------\n{header}\n\nFaturam yanlış."
        complaint = arrive(letter(sender="elif@acme.example", subject="Fwd: Fatura", text=text)).event.complaint
        assert complaint.customer.contact_ways.get().value == "can@mail.example"
        assert (complaint.owner, complaint.subject, words(complaint)) == (agent, "Fatura", ["Faturam yanlış."])
        assert not complaint.events.filter(kind="noted").exists()

    def _forward(self, complaint, *, sender="Ayşe Yılmaz <ayse@mail.example>"):
        header = f"From: {sender}\nDate: 18 Nov 2026 at 10:05\nSubject: Re: Kargo\nTo: Elif <elif@acme.example>"
        quoted = f"On 18 Nov 2026 at 09:00, Deniz <desk@acme.example> wrote:\n> {keys.marker(complaint=complaint)}"
        text = f"Yine bu bey.\n\n---------- Forwarded message ---------\n{header}\n\nHâlâ gelmedi.\n\n{quoted}"
        html = "<p>Yine bu bey.</p><p>Hâlâ gelmedi.</p>"
        message = letter(sender="elif@acme.example", subject="Fwd: Re: Kargo", text=text, message_id="<fwd@x>")
        message.add_alternative(html, subtype="html")
        return message

    def test_an_answer_that_is_forwarded_in_words_goes_where_it_belongs_and_each_said_their_own(
        self, opened, arrive, make_agent
    ):
        agent = make_agent(email="elif@acme.example")
        assert arrive(self._forward(opened)).event.complaint == opened
        event = opened.events.filter(kind="customer-wrote").last()
        assert (event.content.text, event.content.html) == ("Hâlâ gelmedi.", "")
        note = opened.events.get(kind="noted")
        assert (note.agent, note.content.text) == (agent, "Yine bu bey.")

    def test_of_somebody_who_has_no_part_in_it_a_forwarded_answer_is_their_own_complaint(
        self, opened, arrive, make_agent
    ):
        make_agent(email="elif@acme.example")
        complaint = arrive(self._forward(opened, sender="Can <can@mail.example>")).event.complaint
        assert complaint != opened
        assert complaint.customer.contact_ways.get().value == "can@mail.example"
        assert len(words(opened)) == 1


class TestAcknowledging:
    def test_it_names_a_person_a_time_and_the_private_page(self, opened, now):
        event = opened.events.get(kind="acknowledged")
        promise = opened.promises.get()
        assert "Deniz Kaya" in event.content.text
        assert f"/c/{opened.key}/" in event.content.text
        assert promise.words in event.content.text
        assert promise.due_at > now
        assert promise.owner == opened.owner

    def test_the_time_is_within_working_hours(self, opened, now):
        zone = opened.owner.calendar().zone
        due = opened.promises.get().due_at.astimezone(zone)
        assert due.weekday() < 5
        assert 9 <= due.hour <= 18

    def test_it_goes_out_as_an_answer_that_no_machine_answers(self, opened):
        mime = bytes(Outgoing.objects.get().mime).decode()
        assert "Auto-Submitted: auto-replied" in mime
        assert "In-Reply-To: <first@mail.example>" in mime
        assert "Subject: Re: Kargo gelmedi" in mime

    def test_two_machines_do_not_write_to_each_other_for_ever(self, arrive, make_agent):
        make_agent()
        for number in range(6):
            arrive(letter(message_id=f"<{number}@mail.example>", text=f"Numara {number} geldi mi?"))
        assert Complaint.objects.count() == 6
        assert Outgoing.objects.count() == 3

    def test_an_answer_keeps_the_promise_of_a_word(self, opened, now):
        assert actions.keep_next_word(complaint=opened, by=opened.owner, now=now) == 1
        assert opened.promises.get().state == "kept"
        assert actions.keep_next_word(complaint=opened, by=opened.owner, now=now) == 0

    def test_an_agents_letter_keeps_it_too(self, opened, now):
        from amends.desk.complaints import actions as complaints

        event = complaints.append(
            complaint=opened, kind="replied", by="agent", agent=opened.owner, text="Yolda.", now=now
        )
        actions.send(event=event, complaint=opened, recipient="ayse@mail.example", subject="", text="Yolda.", now=now)
        assert opened.promises.get().state == "kept"

    def test_a_sender_who_cannot_be_answered_is_heard_all_the_same(self, arrive, make_agent):
        make_agent()
        raw = letter().as_bytes().replace(b"ayse@mail.example", "ayşe@mail.example".encode())
        complaint = arrive(raw).event.complaint
        assert complaint.customer.contact_ways.get().value == "ayşe@mail.example"
        assert not Outgoing.objects.exists()

    def test_the_hour_that_it_names_is_worked_also_where_work_ends_before_the_half_hour(self):
        week = {0: (Hours.of("08:15", "16:15"),), 1: (Hours.of("08:15", "16:15"),)}
        calendar = WorkingCalendar.of(zone=UTC, week=week, days_off=[])
        early, later = datetime(2026, 3, 2, 7, tzinfo=UTC), datetime(2026, 3, 2, 8, 20, tzinfo=UTC)
        assert next_word_by(calendar=calendar, now=early) == datetime(2026, 3, 2, 16, 15, tzinfo=UTC)
        assert next_word_by(calendar=calendar, now=later) == datetime(2026, 3, 3, 8, 30, tzinfo=UTC)

    def test_it_remembers_its_own_id(self, opened):
        assert MessageId.objects.filter(complaint=opened, ours=True).count() == 1

    def _as_a_file(self, *mails, text="Bakar mısınız?", **fields):
        forward = letter(sender="elif@acme.example", subject="Fatura", text=text, message_id="<fwd@x>", **fields)
        for mail in mails:
            forward.add_attachment(mail)
        return forward

    def test_one_that_is_forwarded_as_a_file_gets_it_too_and_the_colleagues_words_are_a_note(self, arrive, make_agent):
        agent = make_agent(email="elif@acme.example")
        within = letter(sender="Can Er <can@mail.example>", subject="Fatura", text="Faturam yanlış.")
        within.add_attachment(b"%PDF-1", maintype="application", subtype="pdf", filename="fatura.pdf")
        complaint = arrive(self._as_a_file(within)).event.complaint
        assert (complaint.customer.contact_ways.get().value, complaint.owner) == ("can@mail.example", agent)
        assert words(complaint) == ["Faturam yanlış."]
        first = complaint.events.get(kind="customer-wrote")
        assert [file.name for file in first.attachments.all()] == ["fatura.pdf"]
        note = complaint.events.get(kind="noted")
        assert (note.agent, note.content.text) == (agent, "Bakar mısınız?")
        arrive(answer(sender="can@mail.example", In_Reply_To="<first@mail.example>"))
        assert len(words(complaint)) == 2

    def test_an_answer_that_is_forwarded_as_a_file_goes_where_it_belongs(self, opened, arrive, make_agent):
        make_agent(email="elif@acme.example")
        within = answer(In_Reply_To="<first@mail.example>", text="Hâlâ gelmedi.")
        assert arrive(self._as_a_file(within, text="")).event.complaint == opened
        assert words(opened)[-1] == "Hâlâ gelmedi."
        assert not opened.events.filter(kind="noted").exists()

    @pytest.mark.parametrize("how_many", [0, 2])
    def test_of_several_files_or_of_our_own_mail_a_person_decides(self, arrive, make_agent, how_many):
        make_agent(email="elif@acme.example")
        mails = [letter(sender=f"c{n}@mail.example") for n in range(how_many)] or [letter(sender="elif@acme.example")]
        assert arrive(self._as_a_file(*mails)).problem == "from-agent: elif@acme.example"
        assert not Complaint.objects.exists()
