"""Mail providers by HTTP: letters out by their key, mail and fates in by their calls, in the forms they document.

Mailgun: "Receiving, forwarding and storing messages" (raw MIME route) and "Tracking failures"/"Webhooks"
(documentation.mailgun.com). Postmark: "Inbound webhook", "Bounce webhook", "Spam complaint webhook"
(postmarkapp.com/developer). SparkPost: "Relay webhooks" and "Webhooks" (developers.sparkpost.com).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import warnings
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
import requests
from anymail.backends.test import EmailBackend as Kept
from django.urls import reverse

from amends.desk.channels import actions
from amends.desk.channels.mailboxes import by_http, whole_calls
from amends.desk.channels.mailboxes.forms import MailboxForm
from amends.desk.channels.mailboxes.models import Mailbox
from amends.desk.channels.mailboxes.queries import mailboxes
from amends.desk.channels.models import Arrival, Outgoing
from amends.desk.complaints.models import Complaint
from amends.desk.customers.models import ContactWay
from tests.desk.channels.conftest import letter

SIGNING = "signing-key"


@pytest.fixture
def by_provider(make_mailbox, make_agent):
    make_agent()

    def make(provider="postmark", **fields):
        return make_mailbox(
            receives=False,
            sends=True,
            is_usual=True,
            provider=provider,
            provider_key="the-key",
            provider_signing_key=SIGNING if provider == "mailgun" else "",
            **fields,
        )

    return make


@pytest.fixture
def handed(monkeypatch):
    """What the test backend of anymail was handed, in place of the provider's."""
    messages = []

    class Backend(Kept):
        def __init__(self, **kwargs):
            self.told = kwargs
            for name in ("api_key", "server_token", "sender_domain", "api_url", "timeout"):
                kwargs.pop(name, None)
            super().__init__(**kwargs)

        def post_to_esp(self, payload, message):
            messages.append((message, payload))
            return super().post_to_esp(payload, message)

    ways = {name: replace(way, backend=Backend) for name, way in by_http.WAYS.items()}
    monkeypatch.setattr(by_http, "WAYS", ways)
    return messages


def written(arrive):
    arrive(letter())
    return Outgoing.objects.get()


@pytest.fixture
def waiting(by_provider, arrive):
    """A letter that leaves by Postmark."""
    by_provider()
    return written(arrive)


class TestOut:
    def test_a_letter_leaves_whole_by_the_providers_key(self, by_provider, arrive, handed, now):
        box = by_provider()
        waiting = written(arrive)
        assert waiting.mailbox == box
        assert actions.deliver_due(now=now) == 1
        waiting.refresh_from_db()
        assert waiting.state == "sent"
        message, payload = handed[0]
        assert "Merhaba" in message.body
        assert message.alternatives[0][0].startswith("<!doctype html>")
        assert payload.params["to"][0].addr_spec == "ayse@mail.example"
        assert payload.params["from"].addr_spec == box.address
        headers = {name.casefold(): value for name, value in payload.params["extra_headers"].items()}
        assert headers["message-id"] == f"<{waiting.message_id}>"
        assert headers["auto-submitted"] == "auto-replied"
        assert headers["in-reply-to"] == "<first@mail.example>"
        assert headers["x-pm-keepid"] == "true"
        assert payload.params["metadata"] == {"letter": waiting.message_id}

    def test_files_go_along(self):
        from amends.desk.channels.mail.compose import Enclosure, Letter, compose

        mime = compose(
            Letter(
                sender_name="Deniz", sender="desk@acme.example", reply_to="desk+c@acme.example",
                recipient="ayse@mail.example", recipient_name="Ayşe", subject="Kargo şikâyeti", text="Ekte.",
                language="tr", message_id="c1.a.b@acme.example", date=datetime(2026, 11, 18, tzinfo=UTC),
                enclosures=[Enclosure("şikâyet.pdf", "application/pdf", b"%PDF")],
            )
        )  # fmt: skip
        message = by_http.as_django(mime, sender="desk@acme.example", recipient="ayse@mail.example", headers={})
        assert (message.subject, message.reply_to[0]) == ("Kargo şikâyeti", "Deniz <desk+c@acme.example>")
        (file,) = message.attachments
        assert (file.filename, file.content, file.mimetype) == ("şikâyet.pdf", b"%PDF", "application/pdf")

    @pytest.mark.parametrize(
        ("said", "state", "rests"),
        [
            (401, "waiting", True),
            (429, "waiting", True),
            (503, "waiting", True),
            (422, "failed", False),
            (requests.ConnectTimeout("no way"), "waiting", True),
            (requests.ReadTimeout("silence"), "maybe-sent", False),
            (requests.ConnectionError("cut in the middle"), "maybe-sent", False),
        ],
    )
    def test_what_the_provider_says_decides(self, waiting, now, monkeypatch, said, state, rests):  # noqa: PLR0917
        def answer(_session, **_asked):
            if isinstance(said, Exception):
                raise said
            response = requests.Response()
            response.status_code, response._content = said, b'{"ErrorCode": 1, "Message": "so it is"}'
            return response

        monkeypatch.setattr(requests.Session, "request", answer)
        actions.deliver_due(now=now)
        waiting.refresh_from_db()
        assert waiting.state == state
        assert (mailboxes(now=now)[0].sending == "trouble") == rests

    def test_keys_are_sealed(self, by_provider):
        box = by_provider("mailgun")
        assert "the-key" not in box.provider_key
        assert SIGNING not in box.provider_signing_key
        assert by_http.secret(box, "provider_key") == "the-key"


def ask(client, box, what="mail-hook", *, secret=None, **told):
    return client.post(reverse(what, args=[box.pk, secret or box.hook_secret]), **told)


def as_json(told):
    return {"data": json.dumps(told), "content_type": "application/json"}


def signed(**told):
    token, timestamp = "0e5e7f3a", "1731920400"
    made = hmac.new(SIGNING.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {"token": token, "timestamp": timestamp, "signature": made, **told}


def by_mailgun(raw):
    return {"data": signed(recipient="desk@acme.example", sender="ayse@mail.example", **{"body-mime": raw.decode()})}


def by_postmark(raw):
    return as_json({
        "FromName": "Ayşe Yılmaz", "MessageStream": "inbound", "From": "ayse@mail.example",
        "FromFull": {"Email": "ayse@mail.example", "Name": "Ayşe Yılmaz", "MailboxHash": ""},
        "ToFull": [{"Email": "desk@acme.example", "Name": "", "MailboxHash": ""}],
        "OriginalRecipient": "desk@acme.example", "Subject": "Kargo gelmedi", "MessageID": "73e6d360-66eb-11e1",
        "Headers": [{"Name": "X-Spam-Status", "Value": "No"}], "Attachments": [], "RawEmail": raw.decode(),
    })  # fmt: skip


def by_sparkpost(raw):
    return as_json([{"msys": {"relay_message": {
        "content": {"email_rfc822": base64.b64encode(raw).decode(), "email_rfc822_is_base64": True},
        "customer_id": "1337", "friendly_from": "ayse@mail.example", "msg_from": "ayse@mail.example",
        "rcpt_to": "desk@acme.example", "webhook_id": "4839201967643219",
    }}}])  # fmt: skip


CALLS = {"mailgun": by_mailgun, "postmark": by_postmark, "sparkpost": by_sparkpost}


class TestIn:
    @pytest.mark.parametrize("provider", CALLS)
    def test_a_mail_is_kept_raw_and_opens_a_complaint_once(self, by_provider, client, provider):
        box, raw = by_provider(provider), letter().as_bytes()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            answers = [ask(client, box, **CALLS[provider](raw)).status_code for _ in range(2)]
        assert answers == [204, 204]
        arrival = Arrival.objects.get()
        assert (bytes(arrival.raw), arrival.mailbox, arrival.state) == (raw, box, "taken-in")
        assert Complaint.objects.get().subject == "Kargo gelmedi"
        assert Outgoing.objects.count() == 1

    def test_a_mail_that_is_no_utf_8_comes_as_it_was(self, by_provider, client):
        raw = letter().as_bytes().replace("üç".encode(), "üç".encode("cp1254"))
        assert ask(client, by_provider("sparkpost"), **by_sparkpost(raw)).status_code == 204
        assert bytes(Arrival.objects.get().raw) == raw

    def test_without_the_secret_there_is_nothing(self, by_provider, client):
        box = by_provider()
        assert ask(client, box, secret="guessed", **by_postmark(letter().as_bytes())).status_code == 404
        Mailbox.objects.update(is_open=False)
        assert ask(client, box, **by_postmark(letter().as_bytes())).status_code == 404
        assert not Arrival.objects.exists()

    def test_a_forged_signature_brings_nothing_in_and_shows(self, by_provider, client, now):
        box = by_provider("mailgun")
        told = by_mailgun(letter().as_bytes())
        told["data"]["signature"] = "0" * 64
        assert ask(client, box, **told).status_code == 400
        assert not Arrival.objects.exists()
        assert "signature" in mailboxes(now=now)[0].fetch_trouble

    @pytest.mark.parametrize(
        "what", [{"data": "{", "content_type": "application/json"}, as_json([]), as_json({"a": 1})]
    )
    @pytest.mark.parametrize("provider", CALLS)
    def test_nonsense_brings_nothing_in(self, by_provider, client, provider, what):
        assert ask(client, by_provider(provider), **what).status_code in {204, 400}
        assert not Arrival.objects.exists()

    def test_mail_in_pieces_is_refused_and_said_so_and_comes_whole_the_next_time(self, by_provider, client, now):
        box, raw = by_provider(), letter().as_bytes()
        pieces = json.loads(by_postmark(raw)["data"])
        del pieces["RawEmail"]
        assert ask(client, box, **as_json(pieces)).status_code == 400
        row = mailboxes(now=now)[0]
        assert (row.fetching, "in pieces" in row.fetch_trouble) == ("trouble", True)
        assert ask(client, box, **by_postmark(raw)).status_code == 204
        assert mailboxes(now=now)[0].fetching == "well"

    @pytest.mark.parametrize("provider", CALLS)
    def test_a_mail_with_pictures_may_be_larger_than_a_form(self, by_provider, client, settings, provider):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
        raw = letter(text="Kargom gelmedi. " * 200).as_bytes()
        assert ask(client, by_provider(provider), **CALLS[provider](raw)).status_code == 204
        assert bytes(Arrival.objects.get().raw) == raw

    @pytest.mark.parametrize("form", ["parts", "one line"])
    def test_bytes_that_are_no_utf_8_stay_what_they_are(self, by_provider, client, form):
        raw = letter().as_bytes().replace(b"utf-8", b"windows-1254").split(b"\n\n")[0] + b"\n\n"
        raw = raw.replace(b"base64", b"8bit") + "Kargom üç gündür gelmedi, şikâyetçiyim.\n".encode("cp1254")
        told = {name: value.encode() for name, value in by_mailgun(b"")["data"].items()} | {"body-mime": raw}
        if form == "parts":
            parts = [b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s' % (name.encode(), value)
                     for name, value in told.items()]  # fmt: skip
            said = {"data": b"\r\n".join([*parts, b"--b--\r\n"]), "content_type": "multipart/form-data; boundary=b"}
        else:
            said = {"data": urlencode(told), "content_type": "application/x-www-form-urlencoded"}
        assert ask(client, by_provider("mailgun"), **said).status_code == 204
        assert bytes(Arrival.objects.get().raw) == raw
        words = Arrival.objects.get().event.content.text
        assert words == "Kargom üç gündür gelmedi, şikâyetçiyim."

    @pytest.mark.parametrize("told", [True, False])
    def test_a_mail_too_large_is_refused_and_said_so(self, by_provider, client, now, monkeypatch, told):
        monkeypatch.setattr(whole_calls, "LARGEST", 1000)
        if not told:  # how long it is
            monkeypatch.setattr(whole_calls, "_length", lambda _request: 0)
        assert ask(client, by_provider(), **by_postmark(letter(text="x" * 2000).as_bytes())).status_code == 413
        assert "too large" in mailboxes(now=now)[0].fetch_trouble

    def test_a_form_of_no_parts_is_not_the_providers(self, by_provider, client):
        for kind in ("multipart/form-data", "multipart/form-data; boundary=b", "text/plain"):
            assert ask(client, by_provider("mailgun"), data=b"--b", content_type=kind).status_code == 400
            Mailbox.objects.all().delete()
        assert not Arrival.objects.exists()

    def test_a_busy_database_leaves_it_waiting_and_the_provider_content(self, by_provider, client, monkeypatch, now):
        from django.db import OperationalError

        def busy(**_):
            raise OperationalError("database is locked")

        with monkeypatch.context() as patched:
            patched.setattr(actions, "take_in_all", busy)
            assert ask(client, by_provider(), **by_postmark(letter().as_bytes())).status_code == 204
        assert Arrival.objects.get().state == "waiting"
        assert actions.retry_waiting(now=now) == 1


def postmark_bounce(message_id, kind="HardBounce"):
    return as_json({
        "RecordType": "Bounce", "MessageStream": "outbound", "ID": 4323372036854775807, "Type": kind, "TypeCode": 1,
        "Details": "smtp;550 5.1.1 no such user", "Email": "ayse@mail.example", "From": "desk@acme.example",
        "BouncedAt": "2026-11-18T10:00:00Z", "Inactive": True, "DumpAvailable": True, "CanActivate": True,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483", "Metadata": {"letter": message_id},
    })  # fmt: skip


def postmark_complaint(message_id):
    return as_json({
        "RecordType": "SpamComplaint", "MessageStream": "outbound", "ID": 42, "Type": "SpamComplaint",
        "TypeCode": 100001,
        "Details": "", "Email": "ayse@mail.example", "From": "desk@acme.example", "BouncedAt": "2026-11-18T10:00:00Z",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483", "Metadata": {"letter": message_id},
    })  # fmt: skip


def mailgun_failed(message_id):
    return as_json({
        "signature": signed(),
        "event-data": {
            "event": "failed", "severity": "permanent", "reason": "bounce", "timestamp": 1731920400.1,
            "id": "G9Bn5sl1TC6nu79C8C0bwg", "recipient": "ayse@mail.example", "tags": [],
            "delivery-status": {"code": 550, "message": "no such user", "description": "", "attempt-no": 1},
            "message": {"headers": {"message-id": message_id, "to": "ayse@mail.example"}},
            "user-variables": {"letter": message_id},
        },
    })  # fmt: skip


def sparkpost_bounce(message_id):
    return as_json([{"msys": {"message_event": {
        "type": "bounce", "bounce_class": "10", "error_code": "550", "event_id": "92356927693813856",
        "message_id": "000443ee14578172be22", "raw_reason": "550 no such user", "rcpt_to": "ayse@mail.example",
        "rcpt_meta": {"letter": message_id}, "timestamp": "1731920400", "transmission_id": "65832150921904138",
    }}}])  # fmt: skip


FATES = {
    "a bounce of Postmark": ("postmark", postmark_bounce),
    "a complaint of Postmark": ("postmark", postmark_complaint),
    "a failure of Mailgun": ("mailgun", mailgun_failed),
    "a bounce of SparkPost": ("sparkpost", sparkpost_bounce),
}


class TestFates:
    @pytest.mark.parametrize("fate", FATES)
    def test_it_is_treated_as_a_letter_that_came_back(self, by_provider, arrive, client, fate):
        provider, call = FATES[fate]
        box = by_provider(provider)
        sent = written(arrive)
        Outgoing.objects.update(state="sent")
        answers = [ask(client, box, "letters-hook", **call(sent.message_id)).status_code for _ in range(2)]
        assert answers == [204, 204]
        sent.refresh_from_db()
        assert (sent.state, sent.problem[:9]) == ("failed", "bounce: 5")
        warned = sent.complaint.events.filter(kind="warned")
        assert [event.content.data["about"] for event in warned] == ["mail-returned"]
        # A machine writes there no more.
        arrive(letter(message_id="<other@mail.example>", subject="Another", text="Something else went wrong."))
        assert Outgoing.objects.count() == 1
        assert ContactWay.objects.count() == 1

    def test_one_that_may_still_arrive_changes_nothing(self, by_provider, arrive, client):
        box = by_provider()
        sent = written(arrive)
        assert ask(client, box, "letters-hook", **postmark_bounce(sent.message_id, "Transient")).status_code == 204
        assert not sent.complaint.events.filter(kind="warned").exists()

    def test_what_names_no_letter_that_we_signed_changes_nothing(self, by_provider, arrive, client):
        box = by_provider()
        sent = written(arrive)
        Outgoing.objects.update(message_id="c1001.forged.aaaaaaaaaaaaaaaa@acme.example")
        told = postmark_bounce("c1001.forged.aaaaaaaaaaaaaaaa@acme.example")
        assert ask(client, box, "letters-hook", **told).status_code == 204
        assert not sent.complaint.events.filter(kind="warned").exists()


class TestForm:
    def given(self, **told):
        return {
            "name": "Desk", "address": "desk@acme.example", "sign_in": "password", "receives": "on", "sends": "on",
            "imap_security": "tls", "smtp_security": "tls", "take": "now", "after_taking": "leave",
            "reply_to": "machines", "provider": "mailgun", "provider_key": "k", "provider_signing_key": "s", **told,
        }  # fmt: skip

    def test_a_provider_needs_its_keys_and_no_password_and_no_server(self, db, now):
        form = MailboxForm(self.given())
        assert form.is_valid(), form.errors
        values = form.values(now=now)
        assert (values["receives"], values["smtp_host"], values["provider"]) == (False, "", "mailgun")
        assert set(MailboxForm(self.given(provider_key="", provider_signing_key="")).errors) == {
            "provider_key",
            "provider_signing_key",
        }

    def test_the_page_shows_where_the_provider_calls_and_no_key(self, by_provider, client, make_agent):
        box = by_provider("mailgun")
        client.force_login(make_agent(role="administrator"))
        page = client.get(reverse("channels:mailbox", args=[box.pk])).content.decode()
        assert reverse("mail-hook", args=[box.pk, box.hook_secret]) in page
        assert "the-key" not in page
        assert SIGNING not in page
