"""How the desk signs in: one face for passwords and for tokens, towards IMAP and towards SMTP."""

from __future__ import annotations

import base64
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from imapclient import IMAPClient

from amends.desk.channels.mailboxes import oauth
from amends.desk.channels.mailboxes.models import Mailbox, SignIn
from amends.desk.channels.mailboxes.sealing import UnableToUnseal, seal, unseal
from amends.desk.channels.mailboxes.troubles import UnableToUseMailbox

SECRETS = (
    *("password", "client_secret", "refresh_token", "access_token"),
    *("provider_key", "provider_signing_key"),
)


class Credential(Protocol):
    def enter_imap(self, line: IMAPClient) -> None: ...

    def enter_smtp(self, line: smtplib.SMTP) -> None: ...


@dataclass(frozen=True, slots=True)
class NoCredential:
    """The server knows this machine by its address."""

    def enter_imap(self, line: IMAPClient) -> None:
        del line
        raise UnableToUseMailbox("login", "IMAP needs a name and a password")

    def enter_smtp(self, line: smtplib.SMTP) -> None:
        del line


@dataclass(frozen=True, slots=True, repr=False)
class Password:
    user: str
    password: str

    def enter_imap(self, line: IMAPClient) -> None:
        if not (self.user + self.password).isascii() and line.has_capability("AUTH=PLAIN"):
            line.plain_login(self.user, self.password)  # LOGIN takes ASCII only
        else:
            line.login(self.user, self.password)

    def enter_smtp(self, line: smtplib.SMTP) -> None:
        """Try one way only: servers break the line off after the second wrong attempt, and then say nothing clear."""
        offered = line.esmtp_features.get("auth", "").upper().split()
        if not offered:
            raise UnableToUseMailbox("no-login")
        if "PLAIN" in offered:
            words = base64.b64encode(f"\0{self.user}\0{self.password}".encode()).decode("ascii")
            code, said = line.docmd("AUTH", f"PLAIN {words}")
            if code not in {235, 503}:  # 503: signed in before
                raise smtplib.SMTPAuthenticationError(code, said)
            return
        try:
            line.login(self.user, self.password)
        except UnicodeEncodeError as error:
            raise UnableToUseMailbox("login", "letters beyond ASCII") from error


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """XOAUTH2, as Google and Microsoft take it."""

    user: str
    token: Callable[[], str]

    def enter_imap(self, line: IMAPClient) -> None:
        line.oauth2_login(self.user, self.token())

    def enter_smtp(self, line: smtplib.SMTP) -> None:
        words = f"user={self.user}\x01auth=Bearer {self.token()}\x01\x01"

        def answer(challenge: bytes | None = None) -> str:
            return words if challenge is None else ""  # the second time it is an error in JSON; an empty line ends it

        line.auth("XOAUTH2", answer)


def credential_of(mailbox: Mailbox, *, now: datetime) -> Credential:
    """
    How this mailbox is entered.

    :raises UnableToUseMailbox: if a secret is missing or cannot be opened
    """
    match mailbox.sign_in:
        case SignIn.NONE:
            return NoCredential()
        case SignIn.PASSWORD:
            return Password(mailbox.user or mailbox.address, secret(mailbox, "password"))
        case _:
            return Token(mailbox.user or mailbox.address, lambda: access_token(mailbox, now=now))


def secret(mailbox: Mailbox, name: str) -> str:
    try:
        return unseal(getattr(mailbox, name), about=_about(mailbox, name))
    except UnableToUnseal as error:
        raise UnableToUseMailbox("sealed") from error


def keep_secret(mailbox: Mailbox, name: str, plain: str) -> None:
    """Put a secret into the row, sealed; saving is the caller's."""
    setattr(mailbox, name, seal(plain, about=_about(mailbox, name)))


def access_token(mailbox: Mailbox, *, now: datetime) -> str:
    """A token that still lives, a new one where the last has run out; what the provider gives is kept."""
    if mailbox.access_token and mailbox.access_until and mailbox.access_until - oauth.EARLY > now:
        return secret(mailbox, "access_token")
    if not mailbox.refresh_token:
        raise UnableToUseMailbox("no-token")
    tokens = oauth.refreshed(
        authority=oauth.authority(sign_in=mailbox.sign_in, tenant=mailbox.tenant),
        client_id=mailbox.client_id,
        client_secret=secret(mailbox, "client_secret"),
        refresh=secret(mailbox, "refresh_token"),
        now=now,
    )
    keep_tokens(mailbox, tokens)
    return tokens.access


def keep_tokens(mailbox: Mailbox, tokens: oauth.Tokens) -> None:
    """Keep new tokens in the row and in the database; the old refresh token stays where none came."""
    keep_secret(mailbox, "access_token", tokens.access)
    mailbox.access_until = tokens.until
    fields = ["access_token", "access_until"]
    if tokens.refresh:
        keep_secret(mailbox, "refresh_token", tokens.refresh)
        fields.append("refresh_token")
    mailbox.save(update_fields=fields)


def _about(mailbox: Mailbox, name: str) -> str:
    return f"mailbox {mailbox.pk} {name}"
