"""The set-up page tries a mailbox both ways and says what is wrong."""

from __future__ import annotations

import ssl

import pytest
import trustme
from aiosmtpd.smtp import AuthResult, LoginPassword

from amends.desk.channels.mailboxes import lines
from amends.desk.channels.mailboxes.checking import try_mailbox
from amends.desk.channels.mailboxes.models import Mailbox, Security
from amends.desk.channels.models import Arrival
from tests.desk.channels.mailboxes.conftest import Sink
from tests.desk.channels.mailboxes.imap_server import Box, ImapServer


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def server_context(authority) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


def how(steps):
    return {step.name: step.outcome for step in steps}


def wrong(steps):
    return next((step.name, step.words) for step in steps if step.outcome == "wrong")


class TestIncoming:
    def test_all_is_well_and_nothing_was_changed(self, make_mailbox, imap, now):
        imap.put(b"From: x@mail.example\r\n\r\nx")
        imap.boxes["Junk"] = Box()
        trial = try_mailbox(mailbox=make_mailbox(imap=imap, spam_folder="Junk"), now=now)
        assert trial.is_well
        assert [step.words for step in trial.incoming][-2:] == ["1 e-mail lies there.", "0 e-mails lie there."]
        assert not Arrival.objects.exists()
        assert "UID FETCH" not in imap.said

    @pytest.mark.parametrize(
        ("fields", "step", "words"),
        [
            ({"imap_port": 1}, "reach", "nothing listens"),
            ({"imap_host": ""}, "reach", "No server"),
            ({"imap_security": "tls"}, "secure", "TLS"),
            ({"imap_security": "starttls"}, "secure", "STARTTLS"),
            ({"password": "wrong"}, "sign-in", "name and password"),
            ({"folder": "Complaints"}, "folder", "no folder of this name"),
            ({"certificate": "no certificate"}, "secure", "certificate"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_step(  # noqa: PLR0917 - what pytest hands over
        self, make_mailbox, imap, now, fields, step, words
    ):
        trial = try_mailbox(mailbox=make_mailbox(imap=imap, **fields), now=now, timeout=30)
        at, said = wrong(trial.incoming)
        assert at == step
        assert words in said
        assert [one.outcome for one in trial.incoming][-1] in {"wrong", "untried"}

    def test_a_name_that_is_no_server(self, make_mailbox, imap, now, monkeypatch):
        import socket

        def unknown(*_args, **_kwargs):
            raise socket.gaierror(-2, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        at, said = wrong(try_mailbox(mailbox=make_mailbox(imap=imap), now=now).incoming)
        assert (at, "no server of this name" in said) == ("reach", True)

    def test_the_folders_that_are_there_are_named(self, make_mailbox, imap, now):
        imap.boxes["Complaints"] = Box()
        trial = try_mailbox(mailbox=make_mailbox(imap=imap, folder="Complaint"), now=now)
        assert trial.incoming[-1].said == "INBOX, Complaints"

    def test_a_silent_server_is_said_to_be_silent(self, make_mailbox, imap, now):
        imap.manners = lambda session, name, _rest: session.connection.recv(1) if name == "LOGIN" else None
        at, said = wrong(try_mailbox(mailbox=make_mailbox(imap=imap), now=now, timeout=1.0).incoming)
        assert (at, "No answer came in time" in said) == ("sign-in", True)

    def test_an_authority_of_ones_own(self, make_mailbox, authority, server_context, now):
        imap = ImapServer(context=server_context, from_the_first_byte=True)
        fields = {"imap": imap, "imap_security": "tls"}
        at, said = wrong(try_mailbox(mailbox=make_mailbox(**fields), now=now, timeout=30).incoming)
        assert (at, "not trusted" in said) == ("secure", True)
        pem = authority.cert_pem.bytes().decode()
        trial = try_mailbox(
            mailbox=make_mailbox(**fields, address="b@acme.example", certificate=pem), now=now, timeout=30
        )
        assert trial.is_well
        imap.end()

    def test_starttls(self, make_mailbox, authority, server_context, now):
        imap = ImapServer(context=server_context)
        pem = authority.cert_pem.bytes().decode()
        mailbox = make_mailbox(imap=imap, imap_security="starttls", certificate=pem)
        assert try_mailbox(mailbox=mailbox, now=now, timeout=30).is_well
        assert imap.said.index("STARTTLS") < imap.said.index("LOGIN")
        imap.end()


def knows(_server, _session, _envelope, _mechanism, data):
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"desk", b"right")
    return AuthResult(success=right, handled=False)


@pytest.fixture
def sending(make_mailbox, smtp):
    def make(sink: Sink | None = None, *, options=None, **fields) -> Mailbox:
        port = smtp(sink or Sink(), **(options or {"authenticator": knows, "auth_require_tls": False}))
        return make_mailbox(
            **{"sends": True, "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", **fields}
        )

    return make


class TestOutgoing:
    def test_all_is_well_and_nothing_was_sent(self, sending, now):
        sink = Sink()
        trial = try_mailbox(mailbox=sending(sink, plus_addresses=True), now=now)
        assert trial.is_well
        assert how(trial.outgoing) == dict.fromkeys(("reach", "secure", "sign-in", "sender", "plus"), "well")
        assert sink.letters == []

    @pytest.mark.parametrize(
        ("sink", "fields", "step", "words"),
        [
            ({}, {"smtp_port": 1}, "reach", "nothing listens"),
            ({}, {"smtp_security": "starttls"}, "secure", "STARTTLS"),
            ({}, {"smtp_security": "tls"}, "secure", "TLS"),
            ({}, {"password": "wrong"}, "sign-in", "name and password"),
            ({"sender": "550 5.7.60 not allowed to send as this sender"}, {}, "sender", "does not let this account"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_step(  # noqa: PLR0917 - what pytest hands over
        self, sending, now, sink, fields, step, words
    ):
        trial = try_mailbox(mailbox=sending(Sink(**sink), **fields), now=now, timeout=30)
        at, said = wrong(trial.outgoing)
        assert at == step
        assert words in said

    def test_a_server_that_asks_for_no_name(self, sending, now):
        assert try_mailbox(mailbox=sending(options={"require_starttls": False}, sign_in="none"), now=now).is_well

    def test_a_server_that_knows_no_plus_is_a_hint(self, sending, now):
        class NoPlus(Sink):
            async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
                return "550 no such user" if "+" in address else "250 ok"

        trial = try_mailbox(mailbox=sending(NoPlus(), plus_addresses=True), now=now)
        assert how(trial.outgoing)["plus"] == "hint"
        assert "come back to them" in trial.outgoing[-1].words


class TestPage:
    @pytest.fixture
    def page(self, client, make_agent):
        client.force_login(make_agent(role="administrator"))
        return client

    def test_it_is_for_administrators(self, client, make_agent, make_mailbox):
        pk = make_mailbox().pk
        client.force_login(make_agent())
        for path in ("", "new/", f"{pk}/", f"{pk}/permission/", "permission/"):
            assert client.get(f"/desk/arrivals/mailboxes/{path}").status_code == 403
        for path in (f"{pk}/try/", f"{pk}/use/"):
            assert client.post(f"/desk/arrivals/mailboxes/{path}").status_code == 403

    def test_an_address_and_a_password_are_enough_to_begin(self, page):
        page.post(
            "/desk/arrivals/mailboxes/new/",
            {**MINIMAL, "address": "Sikayet@Yandex.com.tr", "name": "Şikâyet", "password": "gizli"},
        )
        mailbox = Mailbox.objects.get()
        assert (mailbox.address, mailbox.imap_host, mailbox.smtp_host, mailbox.smtp_port) == (
            "sikayet@yandex.com.tr",
            "imap.yandex.com",
            "smtp.yandex.com",
            465,
        )
        assert (mailbox.plus_addresses, mailbox.spam_folder, mailbox.is_usual) == (True, "Spam", True)

    def test_a_domain_of_ones_own_gets_a_place_to_begin_from(self, page):
        page.post("/desk/arrivals/mailboxes/new/", {**MINIMAL, "address": "a@acme.example", "password": "p"})
        mailbox = Mailbox.objects.get()
        assert (mailbox.imap_host, mailbox.smtp_host, mailbox.plus_addresses) == (
            "imap.acme.example",
            "smtp.acme.example",
            False,
        )

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"password": ""}, "password"),
            ({"receives": "", "sends": ""}, "receives"),
            ({"sign_in": "google"}, "client_id"),
            ({"thread_pattern": "[A-"}, "thread_pattern"),
            ({"imap_port": "70000"}, "imap_port"),
        ],
    )
    def test_what_is_missing_is_asked_for(self, page, fields, field):
        answer = page.post(
            "/desk/arrivals/mailboxes/new/", {**MINIMAL, "address": "a@acme.example", "password": "p", **fields}
        )
        assert field in answer.context["form"].errors
        assert not Mailbox.objects.exists()

    def test_one_address_is_one_mailbox(self, page, make_mailbox):
        make_mailbox()
        answer = page.post(
            "/desk/arrivals/mailboxes/new/", {**MINIMAL, "address": "DESK@acme.example", "password": "p"}
        )
        assert answer.context["form"].errors["address"] == ["There is a mailbox of this address already."]

    def test_no_secret_is_ever_shown(self, page, make_mailbox):
        mailbox = make_mailbox(sign_in="google", client_id="id", client_secret="hush-one", password="very-hush")
        content = page.get(f"/desk/arrivals/mailboxes/{mailbox.pk}/").content.decode()
        assert "hush" not in content
        assert mailbox.password not in content
        assert "Leave this empty to keep it" in content

    def test_trying_shows_every_step(self, page, make_mailbox, imap):
        mailbox = make_mailbox(imap=imap, password="wrong")
        content = page.post(f"/desk/arrivals/mailboxes/{mailbox.pk}/try/").content.decode()
        assert "does not accept this name and password" in content
        assert "Reach the server" in content

    def test_how_each_is(self, page, make_mailbox, imap, now, monkeypatch):
        from amends.desk.channels.mailboxes import actions
        from amends.desk.channels.mailboxes.troubles import Trouble

        well, ill = make_mailbox(imap=imap), make_mailbox(imap=imap, address="b@acme.example", name="Ill")
        monkeypatch.setattr("amends.desk.channels.mailboxes.views.timezone.now", lambda: now)
        actions.note_fetched(mailbox=well, waits_for_mail=True, now=now)
        actions.note_not_fetched(mailbox=ill, trouble=Trouble("dns", "Name or service not known"), now=now)
        content = page.get("/desk/arrivals/mailboxes/").content.decode()
        assert "the server tells at once" in content
        assert "There is no server of this name" in content

    def test_it_is_closed_and_opened_again(self, page, make_mailbox):
        mailbox = make_mailbox()
        for is_open in (False, True):
            page.post(f"/desk/arrivals/mailboxes/{mailbox.pk}/use/")
            assert Mailbox.objects.get().is_open is is_open


MINIMAL = {
    "name": "Complaints",
    "sign_in": "password",
    "receives": "on",
    "sends": "on",
    "imap_security": "tls",
    "smtp_security": "tls",
    "take": "now",
    "after_taking": "leave",
    "reply_to": "machines",
}


class TestWhoIsTrusted:
    def test_the_authorities_are_read_once_and_not_for_an_open_line(self, make_mailbox, imap, authority):
        plain = make_mailbox(imap=imap)
        own = make_mailbox(imap=imap, address="own@desk.example", certificate=authority.cert_pem.bytes().decode())
        assert lines.tls(plain, Security.NONE) is None
        assert lines.tls(plain, Security.TLS) is lines.tls(plain, Security.STARTTLS)
        assert lines.tls(own, Security.TLS) is lines.tls(own, Security.TLS) is not lines.tls(plain, Security.TLS)
