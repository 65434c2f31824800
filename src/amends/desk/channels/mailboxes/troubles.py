"""What is wrong with a mailbox, in plain words and with the next step.

A code and a detail are stored, not a sentence: the page is read in four languages, long after.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from dataclasses import dataclass

from django.utils.translation import gettext as _
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

LONGEST_DETAIL = 300


@dataclass(frozen=True, slots=True)
class Trouble:
    """A code that describe() knows, and what the other side said."""

    code: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}" if self.detail else self.code


class UnableToUseMailbox(Exception):
    """Something stands between the desk and a mailbox; `trouble` says what."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.trouble = Trouble(code, " ".join(detail.split())[:LONGEST_DETAIL])
        super().__init__(str(self.trouble))


# Trying again soon helps none of these: a person has to change something, and servers lock out who insists.
NEEDS_A_PERSON = frozenset(
    {
        "provider-key",
        "login",
        "app-password",
        "grant",
        "client",
        "no-token",
        "sealed",
        "folder",
        "certificate",
        "no-starttls",
        "sender",
    }
)


def trouble_of(error: BaseException) -> Trouble:  # noqa: C901, PLR0911, PLR0912 - one line a kind  # noqa: PLR0911 - one line a kind
    """Name what went wrong on the line to a mail server."""
    said = _said(error)
    match error:
        case UnableToUseMailbox():
            return error.trouble
        case LoginError() | smtplib.SMTPAuthenticationError():
            return Trouble("app-password" if "pplication-specific password" in said else "login", said)
        case socket.gaierror():
            return Trouble("dns", said)
        case ConnectionRefusedError():
            return Trouble("refused", said)
        case TimeoutError():
            return Trouble("timeout", said)
        case ssl.SSLCertVerificationError():
            return Trouble("certificate", error.verify_message or said)
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return Trouble("broken", said)
        case ssl.SSLError():
            return Trouble("tls", error.reason or said)
        case smtplib.SMTPNotSupportedError():
            return Trouble("no-login", said)
        case smtplib.SMTPServerDisconnected() | IMAPClientAbortError() | ConnectionError() | EOFError():
            return Trouble("broken", said)
        case smtplib.SMTPException() | IMAPClientError():
            return Trouble("server", said)
        case OSError():
            return Trouble("unreachable", said)
        case _:
            return Trouble("server", said or type(error).__name__)


def _said(error: BaseException) -> str:
    """The other side's own words, without Python's wrapping."""
    text = (
        error.smtp_error if isinstance(error, smtplib.SMTPResponseException) else (error.args[-1] if error.args else "")
    )
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    elif isinstance(error, OSError) and error.strerror:
        text = error.strerror
    if isinstance(error, smtplib.SMTPResponseException):
        text = f"{error.smtp_code} {text}"
    return " ".join(str(text).split())[:LONGEST_DETAIL]


def parse(problem: str) -> Trouble:
    code, _colon, detail = problem.partition(": ")
    return Trouble(code, detail)


def describe(trouble: Trouble) -> str:
    """Say what is the matter, and what helps."""
    return sentence(trouble.code) or trouble.detail or trouble.code


def sentence(code: str) -> str:
    return _sentences().get(code, "")


def _sentences() -> dict[str, str]:
    return {
        "dns": _("There is no server of this name. Look for a typing error in the server's name."),
        "refused": _(
            "The machine is there, but nothing listens at this port. Check the port; a firewall may stand between."
        ),
        "unreachable": _("The machine cannot be reached from here. Check the name, the port and the firewall."),
        "timeout": _("No answer came in time. Check the port; a firewall may swallow the connection."),
        "certificate": _(
            "The server's certificate is not trusted. Use the name that stands in the certificate, "
            "or give the certificate of your own authority below."
        ),
        "tls": _("This port does not begin with TLS. Choose STARTTLS, or the port for TLS (IMAP 993, SMTP 465)."),
        "no-starttls": _("The server offers no STARTTLS at this port. Choose TLS and its port (IMAP 993, SMTP 465)."),
        "login": _("The server does not accept this name and password. Type both again."),
        "no-login": _("The server takes no sign-in at this port. Choose another port, or sign in by nothing."),
        "app-password": _(
            "This provider asks for an app password: make one in the account's security settings and use it here."
        ),
        "grant": _("The permission has run out or was taken back. Sign in with the provider once more."),
        "client": _("The provider does not know this client id and secret. Compare them with the registration."),
        "no-token": _("Nobody has signed in with the provider yet. Save, then use the button for it."),
        "provider": _("The provider's sign-in did not answer. It is tried again by itself."),
        "sealed": _(
            "The password cannot be opened with the key in the data folder. Type it once more; "
            "after moving the desk, bring mailboxes.key along."
        ),
        "folder": _("There is no folder of this name. Choose one of those that the server names."),
        "sender": _("The server does not let this account send from the address of the mailbox."),
        "plus": _("The server takes no address with a plus. Switch that off, or customers' answers come back to them."),
        "broken": _("The server broke the line off. It is tried again by itself."),
        "server": _("The server said no."),
        "whole": _("The server did not hand this mail over whole. It is tried again by itself."),
        "no-server": _("No server is named."),
        "provider-key": _("The provider does not accept this key, or does not know the domain of the address."),
        "hook-pieces": _(
            "The provider hands mail over in pieces. Switch the whole mail on there: at Mailgun a route to an address "
            "that ends in 'mime', at Postmark 'Include raw email content'."
        ),
        "hook-not-theirs": _("A call with mail was not the provider's: its signature or its form is another one."),
        "hook-large": _(
            "A mail was too large to be handed over by HTTP. Let the provider send less, or fetch this mailbox by IMAP."
        ),
    }
