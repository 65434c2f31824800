"""Mail providers that take letters and hand over mail by HTTP, through django-anymail.

A letter is composed once, for all ways out, and taken apart here for the provider. What comes in has to come whole, as
it was sent: only then it can be kept raw, and two deliveries of one mail be told for one.
"""

from __future__ import annotations

import base64
import email
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import default
from typing import Any, Final, cast

from anymail.backends import mailgun as mailgun_out
from anymail.backends import postmark as postmark_out
from anymail.backends import sparkpost as sparkpost_out
from anymail.exceptions import (
    AnymailConfigurationError,
    AnymailError,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
)
from anymail.signals import AnymailInboundEvent, AnymailTrackingEvent, EventType, RejectReason
from anymail.webhooks import mailgun, postmark, sparkpost
from anymail.webhooks.base import AnymailBaseWebhookView
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from requests import ConnectionError as NoConnectionError
from requests import ConnectTimeout, RequestException

from amends.desk.channels.mailboxes import whole_calls
from amends.desk.channels.mailboxes.credentials import secret
from amends.desk.channels.mailboxes.models import Mailbox, Provider
from amends.desk.channels.mailboxes.post import remember
from amends.desk.channels.mailboxes.troubles import Trouble, UnableToUseMailbox
from amends.desk.jobs.post import Outcome

TIMEOUT = 30  # seconds
LETTER = "letter"  # under which name our Message-ID goes along, and comes back with what became of the letter
# What a provider makes itself, or is told in another way.
OF_THE_PROVIDER = frozenset({
    "from", "to", "cc", "bcc", "subject", "reply-to", "date", "mime-version", "content-type",
    "content-transfer-encoding",
})  # fmt: skip
LATER = frozenset({408, 425, 429})
NOT_ALLOWED = frozenset({401, 403, 404})  # the key, the domain: every letter's trouble


class UnableToTakeFromProvider(Exception):
    """What the provider sent cannot be used; `trouble` says why on the mailbox's page."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.trouble = Trouble(code, detail[:300])
        super().__init__(str(self.trouble))


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One provider: what signs its letters in, who reads its calls, and where in them a whole mail lies."""

    backend: type[Any]
    key: str  # what the provider's key is called
    inbound: type[AnymailBaseWebhookView]
    tracking: type[AnymailBaseWebhookView]
    raw: Callable[[Any], bytes | None]
    signing_key: str = ""  # what the key is called that signs calls, where the provider signs them
    headers: Mapping[str, str] = field(default_factory=dict)
    needs_domain: bool = False


class _WholeSparkPost(sparkpost.SparkPostInboundWebhookView):
    """Hands on what came as it came: the library would decode it as UTF-8, and real mail is not always."""

    def esp_to_anymail_event(self, event_class: str, event: Any, raw_event: Any) -> AnymailInboundEvent:
        del event
        if event_class != "relay_message":
            raise AnymailConfigurationError("This address is for relay webhooks.")
        return AnymailInboundEvent(
            event_type=EventType.INBOUND, timestamp=None, event_id=None, esp_event=raw_event, message=None
        )


def _raw_of_mailgun(told: Any) -> bytes | None:
    return whole_calls.field(told, "body-mime") or None


def _raw_of_postmark(told: Any) -> bytes | None:
    return _bytes(told.get("RawEmail"))


def _raw_of_sparkpost(told: Any) -> bytes | None:
    content = told["msys"]["relay_message"].get("content") or {}
    raw = content.get("email_rfc822")
    if raw and content.get("email_rfc822_is_base64"):
        return base64.b64decode(raw)
    return _bytes(raw)


def _bytes(raw: object) -> bytes | None:
    return raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) and raw else None


WAYS: Final[Mapping[str, Way]] = {
    Provider.MAILGUN: Way(
        backend=mailgun_out.EmailBackend,
        key="api_key",
        signing_key="webhook_signing_key",
        needs_domain=True,
        inbound=mailgun.MailgunInboundWebhookView,
        tracking=mailgun.MailgunTrackingWebhookView,
        raw=_raw_of_mailgun,
    ),
    Provider.POSTMARK: Way(
        backend=postmark_out.EmailBackend,
        key="server_token",
        inbound=postmark.PostmarkInboundWebhookView,
        tracking=postmark.PostmarkTrackingWebhookView,
        raw=_raw_of_postmark,
        headers={"X-PM-KeepID": "true"},  # else it puts a Message-ID of its own in place of ours
    ),
    Provider.SPARKPOST: Way(
        backend=sparkpost_out.EmailBackend,
        key="api_key",
        inbound=_WholeSparkPost,
        tracking=sparkpost.SparkPostTrackingWebhookView,
        raw=_raw_of_sparkpost,
    ),
}


# Out.


@dataclass(frozen=True, slots=True)
class ProviderPost:
    """Delivers through a mailbox's provider."""

    mailbox: Mailbox
    now: datetime
    is_open: bool = True

    def deliver(self, *, mime: bytes, sender: str, recipient: str) -> Outcome:
        """Deliver one letter to one person; what the provider did not answer to may be on its way."""
        try:
            outcome = self._deliver(mime, sender=sender, recipient=recipient)
        except UnableToUseMailbox as error:
            outcome = Outcome("later", str(error.trouble), down=True)
        remember(self.mailbox, outcome, now=self.now)
        return outcome

    def _deliver(self, mime: bytes, *, sender: str, recipient: str) -> Outcome:
        way = WAYS[self.mailbox.provider]
        message = as_django(mime, sender=sender, recipient=recipient, headers=way.headers)
        try:
            with connection_of(self.mailbox) as line:
                line.send_messages([message])
        except AnymailRecipientsRefused as error:
            return Outcome("refused", _said(error))
        except AnymailError as error:
            return _outcome_of(error)
        except RequestException as error:  # while the line was opened or closed
            return Outcome("later", _said(error), down=True)
        return Outcome("sent", str(getattr(message, "anymail_status", ""))[:500])


def connection_of(mailbox: Mailbox) -> Any:
    """The provider's door, opened with the mailbox's key; what it cannot do of a letter is left out."""
    way = WAYS[mailbox.provider]
    told: dict[str, Any] = {way.key: secret(mailbox, "provider_key")}
    if way.needs_domain:
        told["sender_domain"] = mailbox.address.rpartition("@")[2]
    if mailbox.provider_url:
        told["api_url"] = mailbox.provider_url
    return way.backend(timeout=TIMEOUT, ignore_unsupported_features=True, **told)


def as_django(mime: bytes, *, sender: str, recipient: str, headers: Mapping[str, str]) -> EmailMultiAlternatives:
    """Take a letter apart as a provider wants it: texts, files and headers by themselves."""
    read = cast("EmailMessage", email.message_from_bytes(mime, policy=default))
    text, html = read.get_body(("plain",)), read.get_body(("html",))
    message = EmailMultiAlternatives(
        subject=str(read["Subject"] or ""),
        body=text.get_content() if text is not None else "",
        from_email=str(read["From"] or sender),
        to=[str(read["To"] or recipient)],
        reply_to=[str(read["Reply-To"])] if read["Reply-To"] else None,
        headers={
            **{
                name: str(value) for name, value in read.items() if name.casefold() not in OF_THE_PROVIDER
            },  # house: allow, a header is ASCII
            **headers,
        },
    )
    if html is not None:
        message.attach_alternative(html.get_content(), "text/html")
    for part in read.iter_attachments():
        content = part.get_payload(decode=True)
        message.attach(part.get_filename() or "file", cast("bytes", content) or b"", part.get_content_type())
    message.metadata = {LETTER: str(read["Message-ID"] or "").strip("<>")}  # type: ignore[attr-defined]
    return message


def _outcome_of(error: AnymailError) -> Outcome:
    status = error.status_code if isinstance(error, AnymailRequestsAPIError) else None
    if status is not None:
        if status in NOT_ALLOWED:
            return Outcome("later", str(Trouble("provider-key", _said(error))), down=True)
        if status in LATER or status >= 500:
            return Outcome("later", str(Trouble("server", _said(error))), down=True)
        return Outcome("refused", _said(error))
    if isinstance(error, ConnectTimeout) or (
        isinstance(error, NoConnectionError) and "NewConnectionError" in repr(error.__cause__)
    ):
        return Outcome("later", str(Trouble("unreachable", _said(error))), down=True)
    if isinstance(error, RequestException):
        return Outcome("unknown", f"The line broke before the provider answered: {_said(error)}")
    return Outcome("refused", _said(error))


def _said(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]


# In.


def mails_in(request: HttpRequest, *, mailbox: Mailbox) -> list[tuple[bytes, bool]]:
    """Read the mails that a provider hands over, whole, and whether it takes each for spam.

    :raises UnableToTakeFromProvider: if the call is not the provider's, or a mail does not come whole
    """
    way = WAYS[mailbox.provider]
    found = []
    for event in _events(request, way.inbound, mailbox=mailbox):
        raw = way.raw(event.esp_event) if isinstance(event, AnymailInboundEvent) else None
        if raw is None:
            raise UnableToTakeFromProvider("hook-pieces")
        found.append((raw, bool(event.message is not None and event.message.spam_detected)))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What a provider says became of a letter of ours: it came back, or its reader called it spam."""

    letter: str  # our Message-ID
    status: str  # as in a bounce
    detail: str


def fates_in(request: HttpRequest, *, mailbox: Mailbox) -> list[Fate]:
    """Read which letters a provider could not deliver, or whose reader wants no more; the rest changes nothing.

    :raises UnableToTakeFromProvider: if the call is not the provider's
    """
    found = []
    for event in _events(request, WAYS[mailbox.provider].tracking, mailbox=mailbox):
        if not isinstance(event, AnymailTrackingEvent):
            continue
        letter = str((event.metadata or {}).get(LETTER) or (event.message_id or "")).strip("<>")
        detail = str(event.mta_response or event.description or event.reject_reason or "")
        if event.event_type == EventType.COMPLAINED:
            found.append(Fate(letter=letter, status="5.7.1", detail=f"spam? {detail}".strip()))
        elif event.event_type in {EventType.BOUNCED, EventType.REJECTED, EventType.FAILED}:
            for_good = event.reject_reason != RejectReason.TIMED_OUT
            found.append(Fate(letter=letter, status="5.0.0" if for_good else "4.0.0", detail=detail))
    return found


def _events(request: HttpRequest, reader: type[AnymailBaseWebhookView], *, mailbox: Mailbox) -> list[Any]:
    """Read a provider's call, by its signature where it signs; our own secret in the address was looked at before."""
    way = WAYS[mailbox.provider]
    told = {way.signing_key: secret(mailbox, "provider_signing_key")} if way.signing_key else {}
    try:
        # The address has our secret in it, so that the library need not warn of a door without a lock.
        view = type(reader.__name__, (reader,), {"warn_if_no_basic_auth": False})(**told)
        view.run_validators(request)
        return list(view.parse_events(request))
    except UnableToUseMailbox as error:
        raise UnableToTakeFromProvider(error.trouble.code) from error
    except AnymailError as error:
        raise UnableToTakeFromProvider("hook-not-theirs", _said(error)) from error
    except (ValueError, KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        raise UnableToTakeFromProvider("hook-not-theirs", _said(error)) from error
