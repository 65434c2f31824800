"""The rows of the checklist of mail edge cases that no other file tests; docs/mail.md says where each row stands."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from amends.desk.channels import actions, queries, receipts
from amends.desk.channels.mail import keys
from amends.desk.channels.mail.identity import identity_of
from amends.desk.channels.mail.matching import bare_subject
from amends.desk.channels.mailboxes.actions import save_mailbox
from amends.desk.channels.mailboxes.models import Mailbox
from amends.desk.channels.models import Arrival, Outgoing
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import Complaint
from tests.desk.channels.conftest import letter
from tests.desk.channels.test_mail import answer, returned, words


@pytest.fixture
def opened(arrive, make_agent):
    make_agent(name="Deniz Kaya")
    return arrive(letter()).event.complaint


@pytest.fixture
def make_box(db, now):
    def make(**fields) -> Mailbox:
        return save_mailbox(
            now=now,
            **{"name": "Box", "address": "box@acme.example", "receives": True, "sends": False, **fields},
        )

    return make


@pytest.fixture
def through(now):
    """`through(box, letter(…))` takes a mail in as that mailbox fetched it."""

    def take(box, message, *, at=None, spam=False) -> Arrival:
        from amends.desk.channels.mail.identity import identity_of

        raw = message.as_bytes()
        identity = identity_of(raw, mailbox=f"box-{box.pk}")
        arrival = actions.keep_raw(
            channel="mail", identity=identity.value, digest=identity.digest, raw=raw, mailbox=box, from_spam=spam,
            now=at or now,
        )  # fmt: skip
        actions.take_in(arrival=arrival, now=at or now)
        arrival.refresh_from_db()
        return arrival

    return take


@pytest.fixture
def take_all(arrive, now):
    """Take mails in, one by one or all together."""

    def take(mails, *, together) -> None:
        if not together:
            for mail in mails:
                arrive(mail)
            return
        raws = [mail.as_bytes() for mail in mails]
        some = [actions.Mail(raw=raw, identity=identity_of(raw, mailbox="desk")) for raw in raws]
        actions.take_in_all(arrivals=actions.keep_mails(mails=some, now=now), now=now)

    return take


class TestMatching:
    def test_every_id_is_tried_when_the_newest_is_unknown(self, opened, arrive):
        """A colleague answered from elsewhere, so In-Reply-To names a mail that never came here."""
        arrive(answer(In_Reply_To="<unknown@outlook.example>", References="<first@mail.example> <unknown@x.example>"))
        assert len(words(opened)) == 2

    def test_blanks_inside_ids(self, opened, arrive):
        arrive(answer(References="< first@mail.example\t>"))
        assert len(words(opened)) == 2

    def test_an_answer_to_the_first_mail_that_we_sent(self, make_complaint, arrive, now):
        complaint = make_complaint()
        address = complaint.customer.contact_ways.get().value
        event = complaints.append(
            complaint=complaint, kind="replied", by="agent", agent=complaint.owner, text="Yolda.", now=now
        )
        sent = actions.send(event=event, complaint=complaint, recipient=address, subject="", text="Yolda.", now=now)
        arrive(answer(sender=address, In_Reply_To=f"<{sent.message_id}>"))
        assert Complaint.objects.get().events.filter(kind="customer-wrote").count() == 2

    def test_an_agents_forward_belongs_to_its_first_sender(self, arrive, make_agent):
        make_agent(email="elif@acme.example")
        header = "Kimden: Can Er <can@mail.example>\nTarih: 18 Kasım 2026\nKonu: Fatura\nKime: elif"
        text = f"---------- İletilen ileti ---------\n{header}\n\nFaturam yanlış."
        complaint = arrive(letter(sender="elif@acme.example", subject="İlt: Fatura", text=text)).event.complaint
        assert complaint.customer.contact_ways.get().value == "can@mail.example"

    @pytest.mark.parametrize(
        ("rule", "sender", "customer"),
        [
            ("machines", "web@acme.example", "web@acme.example"),
            ("machines", "no-reply@forms.example", "ayse@mail.example"),
            ("always", "web@acme.example", "ayse@mail.example"),
            ("never", "no-reply@forms.example", "no-reply@forms.example"),
        ],
    )
    def test_a_contact_form_by_the_rule_of_its_mailbox(self, through, make_box, make_agent, rule, sender, customer):  # noqa: PLR0917
        make_agent()
        message = letter(sender=f"Web form <{sender}>", Reply_To="Ayşe <ayse@mail.example>")
        complaint = through(make_box(reply_to=rule), message).event.complaint
        assert complaint.customer.contact_ways.get().value == customer

    def test_an_automatic_answer_never_follows_its_reply_to(self, through, make_box, make_agent):
        make_agent()
        message = letter(Reply_To="ayse@mail.example", Auto_Submitted="auto-replied")
        assert through(make_box(reply_to="always"), message).state == "set-aside"

    def test_marketplace_mail_joins_by_sender_and_subject_only_where_the_rule_says_so(
        self, through, make_box, make_agent, now
    ):
        make_agent()
        box, plain = make_box(same_subject_hours=48), make_box(address="plain@acme.example")
        market = {"sender": "buyer-77@market.example", "subject": "Sipariş 4411"}
        first = through(box, letter(message_id="", text="Ürün kırık.", **market)).event.complaint
        again = through(box, letter(message_id="", text="Yanıt yok.", **{**market, "subject": "Ynt: Sipariş 4411"}))
        assert again.event.complaint == first
        late = now + timedelta(hours=60)
        assert through(box, letter(message_id="", text="Hâlâ yok.", **market), at=late).event.complaint != first
        other = letter(message_id="", text="Ben de.", sender="x@market.example", subject="Sipariş 4411")
        assert through(box, other).event.complaint != first
        assert through(plain, letter(message_id="", text="Başka.", **market)).event.complaint != first

    def test_another_systems_number_joins_its_own_senders_mail(self, through, make_box, make_agent):
        make_agent()
        box = make_box(thread_pattern=r"\b(INC\d{5,})\b")
        jira = {"sender": "jira@partner.example", "message_id": ""}
        first = through(box, letter(subject="INC004411 opened", text="Kargo kayıp.", **jira)).event.complaint
        assert through(box, letter(subject="[INC004411] comment", text="Bulundu.", **jira)).event.complaint == first
        stranger = letter(subject="INC004411", text="Merhaba.", sender="evil@x.example", message_id="")
        assert through(box, stranger).event.complaint != first

    def test_an_answer_among_ourselves_stays_among_ourselves(self, opened, arrive, make_agent):
        colleague = make_agent(email="elif@acme.example")
        to = keys.internal_address(complaint=opened)
        arrive(answer(sender="elif@acme.example", to=to, text="Müşteriye söylemeyin."))
        arrive(answer(sender="elif@home.example", to=to, text="Evden yazıyorum.", message_id="<3@x>"))
        notes = list(opened.events.filter(kind="noted"))
        assert [note.agent for note in notes] == [colleague, None]
        assert len(words(opened)) == 1

    def test_a_made_up_internal_address_reaches_nothing(self, opened, arrive):
        arrive(answer(to="desk+n.1001.aaaaaaaaaaaaaaaa@acme.example", sender="evil@x.example"))
        assert not opened.events.filter(kind="noted").exists()

    @pytest.mark.parametrize(
        "subject", ["Re: Kargo", "RE: Ynt: Kargo", "پاسخ: Kargo", "Хариу: Re[2]: Kargo", " YNT : Kargo"]
    )
    def test_the_bare_subject(self, subject):
        assert bare_subject(subject) == "Kargo"

    def test_many_people_and_commas_in_names(self, arrive, make_agent):
        make_agent()
        complaint = arrive(letter(sender='"Yılmaz, Ayşe" <ayse@mail.example>')).event.complaint
        assert complaint.customer.name == "Yılmaz, Ayşe"

    def test_of_several_people_in_from_the_first_is_the_customer(self, arrive, make_agent):
        make_agent()
        complaint = arrive(letter(sender="Ayşe <ayse@mail.example>, Ali <ali@mail.example>")).event.complaint
        assert complaint.customer.contact_ways.get().value == "ayse@mail.example"

    def test_one_address_is_one_customer_whatever_name_stands_before_it(self, arrive, make_agent):
        make_agent()
        first = arrive(letter(sender="Ayşe <ayse@mail.example>"))
        second = arrive(letter(sender="A. Yılmaz <AYSE@mail.example>", message_id="<2@x>", text="Fatura da yanlış."))
        assert first.event.complaint.customer == second.event.complaint.customer

    @pytest.mark.parametrize(("subject", "state"), [("Kargo gelmedi", "taken-in"), ("", "parked")])
    def test_a_mail_without_words_is_its_subject_or_shown_to_a_person(self, arrive, make_agent, subject, state):
        make_agent()
        arrival = arrive(letter(text="", subject=subject))
        assert (arrival.state, arrival.problem) == (state, "" if subject else "no-words")

    def test_whoever_stands_in_cc_gets_no_letter_of_ours(self, opened, arrive, now):
        copied = letter(sender="Cem <cem@mail.example>", Cc="Everybody <all@mail.example>, boss@mail.example")
        complaint = arrive(copied).event.complaint
        assert [one.recipient for one in Outgoing.objects.filter(complaint=complaint)] == ["cem@mail.example"]


class TestMachines:
    @pytest.mark.parametrize(
        "headers",
        [
            {"X-Autoreply": "yes"},
            {"X-Autorespond": "x"},
            {"X-Autoresponder": "x"},
            {"X-Mail-Autoreply": "x"},
            {"Precedence": "auto_reply"},
            {"X-Precedence": "auto_reply"},
            {"Auto-Submitted": "auto-generated"},
            {"Precedence": "junk"},
            {"X-Amends-Loop": "1"},
        ],
    )
    def test_every_sign_of_a_machine(self, arrive, make_agent, headers):
        make_agent()
        message = letter()
        for name, value in headers.items():
            message[name] = value
        assert arrive(message).state == "set-aside"
        assert not Outgoing.objects.exists()

    @pytest.mark.parametrize("header", ["X-Auto-Response-Suppress", "List-Unsubscribe", "X-Loop", "Return-Path"])
    def test_a_hint_is_heard_and_only_not_answered(self, arrive, make_agent, header):
        make_agent()
        message = letter()
        message[header] = "<>" if header == "Return-Path" else "All"
        assert arrive(message).state == "taken-in"
        assert not Outgoing.objects.exists()

    def test_a_receipt_that_says_read_opens_nothing(self, opened, arrive):
        raw = (
            "From: ayse@mail.example\r\nSubject: Read: Kargo\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\r\n\r\n"
            "--b\r\nContent-Type: text/plain\r\n\r\nYour message was read.\r\n"
            "--b\r\nContent-Type: message/disposition-notification\r\n\r\n"
            f"Original-Message-ID: <{Outgoing.objects.get().message_id}>\r\n"
            "Disposition: manual-action/MDN-sent-manually; displayed\r\n\r\n--b--\r\n"
        ).encode()
        assert arrive(raw).state == "set-aside"
        assert (Complaint.objects.count(), len(words(opened))) == (1, 1)
        assert Outgoing.objects.get().state == "waiting"

    def test_machines_that_change_their_address_are_answered_so_often_and_no_more(
        self, arrive, make_agent, monkeypatch
    ):
        monkeypatch.setattr(receipts, "MOST_TO_A_MACHINE", 4)
        make_agent()
        for number in range(7):
            subject = f"{'Auto: Re: ' * number}Ticket received"  # it takes ours along, and grows with each round
            arrive(letter(sender=f"bot{number}@loop.example", message_id=f"<{number}@loop.example>", subject=subject))
        assert Complaint.objects.count() == 7
        assert Outgoing.objects.count() == 4

    def test_one_box_with_changing_tags_is_one_sender(self, arrive, make_agent):
        make_agent()
        for number in range(receipts.MOST_TO_ONE + 2):
            sender, about = f"help+t{number}x@loop.example", "abcdef"[number]
            arrive(letter(sender=sender, message_id=f"<{number}@loop.example>", subject=about, text=f"Alındı {about}."))
        assert Outgoing.objects.count() == receipts.MOST_TO_ONE

    @pytest.mark.parametrize("together", [False, True])
    def test_different_people_each_get_theirs_though_all_write_one_subject(self, take_all, make_agent, together):
        """In an outage everybody writes the same, from two or three mail hosts."""
        make_agent()
        people = [f"{first}.{last}" for first in ("ayse", "bold", "can", "dorj", "eva") for last in "abcdef"]
        take_all(
            [
                letter(sender=f"{who}@mail.example", message_id=f"<{who}@x>", subject="Internet is down", text="Yok.")
                for who in people
            ],
            together=together,
        )
        assert sorted(Outgoing.objects.values_list("recipient", flat=True)) == [f"{who}@mail.example" for who in people]

    @pytest.mark.parametrize("together", [False, True])
    def test_what_is_above_the_most_of_an_hour_waits_its_turn_and_at_last_none_goes(
        self, take_all, make_agent, now, settings, together
    ):
        """Somebody who writes in the names of strangers reaches only so many of them through us."""
        settings.RECEIPTS_AN_HOUR = 2
        make_agent()
        people = [f"{first}{last}" for first in ("ab", "cd", "ef") for last in "rstu"]
        mails = [letter(sender=f"{who}@mail.example", message_id=f"<{who}@x>", text=f"{who} yok.") for who in people]
        take_all(mails, together=together)
        hours = [
            (at - now) / timedelta(hours=1)
            for at in Outgoing.objects.order_by("pk").values_list("not_before", flat=True)
        ]
        assert hours == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
        assert Complaint.objects.count() == 12

    def test_an_hour_later_everybody_is_answered_again(self, arrive, make_agent, now, settings):
        settings.RECEIPTS_AN_HOUR = 1
        make_agent()
        later = now + timedelta(hours=1)
        for number, at in enumerate([now, later]):
            who = "ab"[number]
            arrive(letter(sender=f"{who}@mail.example", message_id=f"<{who}@x>"), at=at)
        assert list(Outgoing.objects.order_by("pk").values_list("not_before", flat=True)) == [now, later]

    @pytest.mark.parametrize(
        ("address", "box", "kind"),
        [
            ("Ayse.Y@Mail.example", "ayse.y@mail.example", "ayse.y@mail.example"),
            ("ann1990@mail.example", "ann1990@mail.example", "ann#@mail.example"),
            ("bounce-a8f3-x@mail.example", "bounce-a8f3-x@mail.example", "bounce-#-x@mail.example"),
            ("help+id-ab@mail.example", "help@mail.example", "help+#@mail.example"),
        ],
    )
    def test_what_addresses_of_a_machine_have_in_common(self, address, box, kind):
        assert receipts.alike(address) == (box, kind)

    @pytest.mark.parametrize("together", [False, True])
    def test_whom_a_form_names_is_answered_though_it_writes_one_subject_for_all(
        self, take_all, make_agent, monkeypatch, together
    ):
        monkeypatch.setattr(receipts, "MOST_TO_A_MACHINE", 1)
        make_agent()
        mails = [
            letter(
                sender="no-reply@forms.example", Reply_To=f"c{n}@mail.example", message_id=f"<{n}@x>", text=f"Yok {n}."
            )
            for n in range(4)
        ]
        take_all(mails, together=together)
        assert Outgoing.objects.count() == 4

    def test_a_machine_nobody_knew_opens_a_complaint_again_so_often_and_no_more(self, opened, arrive, now):
        for number in range(5):
            opened.refresh_from_db()
            if opened.stage not in {"resolved", "closed"}:
                complaints.say_content(complaint=opened, by_customer=True, now=now)
            last = arrive(
                answer(message_id=f"<{number}@x>", In_Reply_To="<first@mail.example>", text=f"Alındı {number}.")
            )
        assert opened.events.filter(kind="reopened").count() == 3
        assert (last.state, last.problem) == ("set-aside", "too-often")
        assert opened.events.filter(kind="noted").last().content.text == "Alındı 4."

    def test_what_we_send_by_ourselves_asks_for_no_answer(self, opened):
        message = message_from_bytes(bytes(Outgoing.objects.get().mime), policy=policy.default)
        assert message["X-Auto-Response-Suppress"] == "All"
        assert message["Auto-Submitted"] == "auto-replied"
        assert message["Cc"] is None


class TestBounces:
    def test_a_returned_letter_opens_its_complaint_again(self, opened, arrive, now):
        complaints.say_content(complaint=opened, by_customer=True, now=now)
        arrive(returned(Outgoing.objects.get().message_id))
        opened.refresh_from_db()
        assert opened.stage in complaints.OPEN

    def test_an_address_that_gave_a_letter_back_gets_none_by_itself(self, opened, arrive):
        arrive(returned(Outgoing.objects.get().message_id))
        arrive(letter(message_id="<new@mail.example>", text="Başka bir konu: fatura.", subject="Fatura"))
        assert Complaint.objects.count() == 2
        assert Outgoing.objects.count() == 1

    @pytest.mark.parametrize("status", ["4.2.2", "2.0.0"])
    def test_a_delay_and_a_receipt_are_no_loss(self, opened, arrive, status):
        arrive(returned(Outgoing.objects.get().message_id, status=status))
        assert Outgoing.objects.get().state == "waiting"

    def test_a_forged_bounce_silences_nobody(self, opened, arrive):
        arrive(returned("c1001.0123456789abcdef.aaaaaaaaaaaaaaaa@acme.example"))
        arrive(letter(message_id="<new@mail.example>", text="Başka bir konu: fatura.", subject="Fatura"))
        assert Outgoing.objects.count() == 2

    def test_the_notice_that_came_back_is_not_sent_again(self, opened, arrive, now):
        arrive(returned(Outgoing.objects.get().message_id))
        assert Outgoing.objects.get().state == "failed"
        assert actions.deliver_due(now=now + timedelta(days=2)) == 0

    def test_one_about_who_was_erased_meanwhile_says_nothing_of_them_and_opens_nothing(self, opened, arrive, now):
        ours = Outgoing.objects.get().message_id
        complaints.say_content(complaint=opened, by_customer=True, now=now)
        complaints.erase(customer=opened.customer, by=opened.owner, now=now)
        arrival = arrive(returned(ours))
        assert (arrival.state, arrival.event) == ("set-aside", None)
        opened.refresh_from_db()
        assert opened.stage not in complaints.OPEN

    def test_a_blank_return_path_alone_is_a_person(self, arrive, make_agent):
        make_agent()
        message = letter()
        message["Return-Path"] = "<>"
        assert arrive(message).state == "taken-in"


class TestSpam:
    @pytest.mark.parametrize(
        ("header", "value"),
        [
            ("X-Spam-Flag", "YES"),
            ("X-Spam-Status", "Yes, score=8.1 required=5"),
            ("X-Spam", "Yes"),
            ("X-Forefront-Antispam-Report", "CIP:1.2.3.4;CTRY:;SFV:SPM;H:x"),
            ("X-MS-Exchange-Organization-SCL", "6"),
            ("X-Yandex-Spam", "4"),
        ],
    )
    def test_what_the_server_took_for_spam_is_set_apart_and_can_be_taken_in(
        self, arrive, make_agent, now, header, value
    ):
        make_agent()
        message = letter()
        message[header] = value
        arrival = arrive(message)
        assert (arrival.state, arrival.problem) == ("set-aside", f"spam: {header}")
        assert not Outgoing.objects.exists()
        assert actions.retry(arrival=arrival, now=now, anyway=True).complaint.subject == "Kargo gelmedi"

    @pytest.mark.parametrize(
        ("header", "value"), [("X-Spam-Status", "No, score=1"), ("X-Spam-Flag", "NO"), ("X-Yandex-Spam", "1")]
    )
    def test_what_it_let_through_is_heard(self, arrive, make_agent, header, value):
        make_agent()
        message = letter()
        message[header] = value
        assert arrive(message).state == "taken-in"

    def test_a_known_customer_and_an_answer_are_never_spam(self, opened, arrive):
        for number, fields in enumerate(
            ({"subject": "Yeni"}, {"to": keys.reply_address(complaint=opened), "sender": "neu@mail.example"})
        ):
            message = answer(message_id=f"<{number}@x>", text=f"Merhaba {number}.", **fields)
            message["X-Spam-Flag"] = "YES"
            assert arrive(message).state == "taken-in"

    def test_it_stands_apart_on_the_page(self, arrive, make_agent, client):
        make_agent()
        client.force_login(make_agent(role="administrator"))
        message = letter()
        message["X-Spam-Flag"] = "YES"
        arrive(message)
        assert [row.subject for row in queries.arrivals().spam] == ["Kargo gelmedi"]
        assert queries.arrivals().set_aside == []
        assert "took it for spam" in client.get("/desk/arrivals/").content.decode()


class TestSafety:
    def test_control_headers_of_strangers_have_no_effect(self, arrive, make_agent):
        make_agent()
        message = letter(X_Amends_Owner="1", X_Amends_Number="1001")
        assert arrive(message).state == "taken-in"

    def test_html_is_shown_without_scripts_and_remote_pictures(self, arrive, make_agent):
        make_agent()
        message = letter()
        message.add_alternative(
            '<p onclick="x()">Kargom gelmedi</p><script>x()</script><style>p{position:fixed}</style>'
            '<img src="https://track.example/p.gif">',
            subtype="html",
        )
        content = arrive(message).event.content
        assert "script" not in content.html
        assert "onclick" not in content.html
        assert "position" not in content.html
        assert "track.example" not in content.html
        assert content.data["remote_images"] == 1

    @pytest.mark.parametrize("text", ["a\x00b", "\ud83d\udc4d Kargo\x00 gelmedi"])
    def test_bytes_that_no_database_holds(self, arrive, make_agent, text):
        make_agent()
        raw = (
            letter(text="XX")
            .as_bytes()
            .replace(b"XX", text.encode("utf-16", "surrogatepass").decode("utf-16").encode())
        )
        assert arrive(raw).state == "taken-in"

    def test_a_subject_longer_than_any_column(self, arrive, make_agent):
        make_agent()
        assert len(arrive(letter(subject="ş" * 5000)).event.complaint.subject) <= 300
