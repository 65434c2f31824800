"""Lines to the mail servers of a mailbox: opened, made safe, signed in, and closed whatever happens."""

from __future__ import annotations

import imaplib
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from amends.desk.channels.mailboxes.credentials import credential_of
from amends.desk.channels.mailboxes.models import Mailbox, Security
from amends.desk.channels.mailboxes.troubles import UnableToUseMailbox
from amends.desk.jobs.post import trusting

TIMEOUT = 30.0  # seconds without a byte
TROUBLES = (IMAPClientError, imaplib.IMAP4.error, smtplib.SMTPException, OSError, EOFError, UnableToUseMailbox)


def tls(mailbox: Mailbox, security: str) -> ssl.SSLContext | None:
    """Trust the public authorities, and the organisation's own where it gave its certificate.

    On a line that stays open to all nobody is asked for.
    """
    certificate = mailbox.certificate.strip()
    if security == Security.NONE and not certificate:
        return None
    try:
        return trusting(certificate)
    except (ssl.SSLError, ValueError) as error:
        raise UnableToUseMailbox("certificate", str(error)) from error


@contextmanager
def imap(mailbox: Mailbox, *, now: datetime, timeout: float = TIMEOUT) -> Iterator[IMAPClient]:
    """Open a signed-in line for fetching. Raises what TROUBLES names; trouble_of() says what it means."""
    with imap_before_sign_in(mailbox, timeout=timeout) as line:
        credential_of(mailbox, now=now).enter_imap(line)
        yield line


@contextmanager
def imap_before_sign_in(mailbox: Mailbox, *, timeout: float = TIMEOUT) -> Iterator[IMAPClient]:
    if not mailbox.imap_host:
        raise UnableToUseMailbox("no-server")
    security = mailbox.imap_security
    context = tls(mailbox, security)
    line = IMAPClient(
        mailbox.imap_host,
        port=mailbox.imap_port,
        ssl=security == Security.TLS,
        ssl_context=context if security == Security.TLS else None,
        timeout=timeout,
    )
    try:
        if security == Security.STARTTLS:
            if not line.has_capability("STARTTLS"):
                raise UnableToUseMailbox("no-starttls")
            line.starttls(context)
        yield line
        with suppress(*TROUBLES):  # what was read is read; the farewell changes nothing
            line.logout()
    finally:
        with suppress(*TROUBLES):
            line.shutdown()


@contextmanager
def smtp(mailbox: Mailbox, *, now: datetime, timeout: float = TIMEOUT) -> Iterator[smtplib.SMTP]:
    """Open a signed-in line for sending."""
    with smtp_before_sign_in(mailbox, timeout=timeout) as line:
        credential_of(mailbox, now=now).enter_smtp(line)
        yield line


@contextmanager
def smtp_before_sign_in(mailbox: Mailbox, *, timeout: float = TIMEOUT) -> Iterator[smtplib.SMTP]:
    if not mailbox.smtp_host:
        raise UnableToUseMailbox("no-server")
    context = tls(mailbox, mailbox.smtp_security)
    line: smtplib.SMTP
    if mailbox.smtp_security == Security.TLS:
        line = smtplib.SMTP_SSL(mailbox.smtp_host, mailbox.smtp_port, timeout=timeout, context=context)
    else:
        line = smtplib.SMTP(mailbox.smtp_host, mailbox.smtp_port, timeout=timeout)
    try:
        line.ehlo_or_helo_if_needed()
        if mailbox.smtp_security == Security.STARTTLS:
            if not line.has_extn("starttls"):
                raise UnableToUseMailbox("no-starttls")
            line.starttls(context=context)
            line.ehlo()
        yield line
        with suppress(smtplib.SMTPException, OSError):
            line.quit()
    finally:
        line.close()
