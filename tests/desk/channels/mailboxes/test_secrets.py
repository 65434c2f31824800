"""Passwords at rest, and tokens that renew themselves."""

from __future__ import annotations

import base64
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from amends.desk.channels.mailboxes import actions, lines, oauth
from amends.desk.channels.mailboxes.credentials import access_token, keep_tokens, secret
from amends.desk.channels.mailboxes.models import Mailbox, SignIn
from amends.desk.channels.mailboxes.sealing import UnableToUnseal, seal, unseal
from amends.desk.channels.mailboxes.troubles import UnableToUseMailbox


class TestSealing:
    def test_what_is_sealed_is_read_again_and_looks_like_nothing(self):
        sealed = seal("gizli şifre", about="x")
        assert "gizli" not in sealed
        assert unseal(sealed, about="x") == "gizli şifre"
        assert seal("gizli şifre", about="x") != sealed

    def test_in_another_place_it_opens_nothing(self):
        with pytest.raises(UnableToUnseal):
            unseal(seal("s", about="mailbox 1 password"), about="mailbox 2 password")

    def test_another_key_opens_nothing(self, settings, tmp_path):
        sealed = seal("s", about="x")
        settings.DATA = tmp_path / "other"
        with pytest.raises(UnableToUnseal):
            unseal(sealed, about="x")

    def test_the_key_is_for_its_owner_only_and_can_come_from_outside(self, tmp_path, monkeypatch):
        seal("s", about="x")
        assert (tmp_path / "mailboxes.key").stat().st_mode & 0o077 == 0
        monkeypatch.setenv("AMENDS_MAILBOX_KEY", base64.urlsafe_b64encode(b"k" * 32).decode())
        assert unseal(seal("s", about="x"), about="x") == "s"

    def test_the_database_holds_no_password(self, make_mailbox):
        mailbox = make_mailbox(password="çok gizli")
        assert "gizli" not in Mailbox.objects.values_list("password", flat=True).get()
        assert secret(mailbox, "password") == "çok gizli"

    def test_saving_without_a_password_keeps_it(self, make_mailbox, now):
        mailbox = actions.save_mailbox(mailbox=make_mailbox(), now=now, name="Other", password="")
        assert (mailbox.name, secret(mailbox, "password")) == ("Other", "right")

    def test_a_lost_key_is_said_in_plain_words(self, make_mailbox, settings, tmp_path):
        mailbox = make_mailbox()
        settings.DATA = tmp_path / "other"
        with pytest.raises(UnableToUseMailbox, match="sealed"):
            secret(mailbox, "password")


class _Provider(BaseHTTPRequestHandler):
    """A provider's token desk."""

    def do_POST(self) -> None:
        asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.asked.append({name: values[0] for name, values in asked.items()})
        status, told = self.server.answers.pop(0)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(told if isinstance(told, bytes) else json.dumps(told).encode())

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def provider(monkeypatch):
    with ThreadingHTTPServer(("127.0.0.1", 0), _Provider) as server:
        server.asked, server.answers = [], []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{server.server_address[1]}/token"
        for name in (SignIn.GOOGLE, SignIn.MICROSOFT):
            given = oauth.AUTHORITIES[name]
            monkeypatch.setitem(
                oauth.AUTHORITIES,
                name,
                oauth.Authority(authorize=given.authorize, token=address, scope=given.scope, extra=given.extra),
            )
        yield server
        server.shutdown()
        thread.join(5)


@pytest.fixture
def token_box(make_mailbox, imap, now):
    mailbox = make_mailbox(imap=imap, sign_in="google", client_id="id", client_secret="quiet")
    keep_tokens(mailbox, oauth.Tokens(access="token-0", until=now, refresh="refresh-1"))
    return mailbox


class TestTokens:
    def test_a_token_that_ran_out_is_renewed_and_opens_the_mailbox(self, provider, token_box, now):
        provider.answers = [(200, {"access_token": "token-1", "expires_in": 3600})]
        with lines.imap(token_box, now=now, timeout=60):
            pass
        assert provider.asked[0]["refresh_token"] == "refresh-1"
        assert provider.asked[0]["client_secret"] == "quiet"
        token_box.refresh_from_db()
        assert access_token(token_box, now=now + timedelta(minutes=50)) == "token-1"
        assert len(provider.asked) == 1

    def test_a_new_refresh_token_takes_the_place_of_the_old(self, provider, token_box, now):
        provider.answers = [(200, {"access_token": "token-1", "expires_in": 60, "refresh_token": "refresh-2"})]
        access_token(token_box, now=now)
        assert secret(Mailbox.objects.get(), "refresh_token") == "refresh-2"
        assert "refresh-2" not in Mailbox.objects.get().refresh_token

    @pytest.mark.parametrize(
        ("answer", "code"),
        [
            ((400, {"error": "invalid_grant", "error_description": "revoked"}), "grant"),
            ((401, {"error": "invalid_client"}), "client"),
            ((500, b"<html>"), "provider"),
            ((200, b"no json"), "provider"),
            ((200, {}), "provider"),
        ],
    )
    def test_what_the_provider_says_is_understood(self, provider, token_box, now, answer, code):
        provider.answers = [answer]
        with pytest.raises(UnableToUseMailbox) as caught:
            access_token(token_box, now=now)
        assert caught.value.trouble.code == code

    def test_without_permission_it_says_so(self, make_mailbox, imap, now):
        mailbox = make_mailbox(imap=imap, sign_in="microsoft", client_id="id", client_secret="s")
        with pytest.raises(UnableToUseMailbox, match="no-token"), lines.imap(mailbox, now=now, timeout=60):
            pass


class TestPermission:
    @pytest.fixture
    def administrator(self, client, make_agent):
        client.force_login(make_agent(role="administrator"))
        return client

    def _ask(self, client, mailbox):
        way = urlsplit(client.get(f"/desk/arrivals/mailboxes/{mailbox.pk}/permission/")["Location"])
        return way, {name: values[0] for name, values in parse_qs(way.query).items()}

    def test_the_way_there_and_back(self, provider, administrator, make_mailbox, imap):
        mailbox = make_mailbox(imap=imap, sign_in="microsoft", client_id="id", client_secret="quiet", tenant="acme")
        way, asked = self._ask(administrator, mailbox)
        assert (way.hostname, way.path.split("/")[1]) == ("login.microsoftonline.com", "acme")
        assert "offline_access" in asked["scope"]
        assert asked["login_hint"] == "desk"
        provider.answers = [(200, {"access_token": "token-1", "expires_in": 3600, "refresh_token": "refresh-1"})]
        back = {"state": asked["state"], "code": "c0de"}
        answer = administrator.get("/desk/arrivals/mailboxes/permission/", back)
        assert answer["Location"] == f"/desk/arrivals/mailboxes/{mailbox.pk}/?try=1"
        assert provider.asked[0]["code"] == "c0de"
        assert provider.asked[0]["code_verifier"]
        assert secret(Mailbox.objects.get(), "refresh_token") == "refresh-1"

    def test_a_strangers_link_brings_no_account_of_theirs_in(self, provider, administrator, make_mailbox, imap):
        mailbox = make_mailbox(imap=imap, sign_in="google", client_id="id", client_secret="quiet")
        administrator.get("/desk/arrivals/mailboxes/permission/", {"state": "made-up", "code": "theirs"})
        self._ask(administrator, mailbox)
        administrator.get("/desk/arrivals/mailboxes/permission/", {"state": "made-up", "code": "theirs"})
        assert provider.asked == []
        assert not Mailbox.objects.get().refresh_token
