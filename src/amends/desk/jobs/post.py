"""Handing letters to the post: what a mail server said, and what it left unknown.

Between sending the last byte and the server's answer lies a moment in which a broken line leaves open whether the
letter went out. That is said as 'unknown', and never tried again silently.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Literal, Protocol
from urllib.parse import unquote, urlsplit

from django.conf import settings

TIMEOUT = 30  # seconds


@dataclass(frozen=True, slots=True)
class Outcome:
    kind: Literal["sent", "later", "refused", "unknown"]
    detail: str = ""
    down: bool = False  # the trouble is the server's or the account's, not this letter's


class Post(Protocol):
    """Something that delivers letters."""

    @property
    def is_open(self) -> bool:
        """Whether there is any post at all; letters wait while there is none."""
        ...

    def deliver(self, *, mime: bytes, sender: str, recipient: str) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class NoPost:
    """No mail server was named: letters wait in the outbox."""

    is_open: bool = False

    def deliver(self, *, mime: bytes, sender: str, recipient: str) -> Outcome:
        del mime, sender, recipient
        return Outcome("later")


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp:
    """A mail server, as smtp://user:password@host:port or smtps://… names it."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: bool = False  # from the first byte; otherwise STARTTLS where the server offers it
    timeout: float = TIMEOUT
    is_open: bool = True

    def deliver(self, *, mime: bytes, sender: str, recipient: str) -> Outcome:
        """Deliver one letter to one person."""
        try:
            with self._line() as line:
                return hand_over(line, mime=mime, sender=sender, recipient=recipient)
        except smtplib.SMTPAuthenticationError as error:
            detail = f"The mail server did not accept our name and password: {_said(error)}"
            return Outcome("later", detail, down=True)
        except smtplib.SMTPResponseException as error:
            return Outcome("later", _said(error))
        except (smtplib.SMTPException, OSError) as error:
            return Outcome("later", f"{self.host}:{self.port}: {error}", down=True)

    def trouble(self) -> str:
        """Go as far as a letter would begin, and say what stands in the way; empty when nothing does."""
        try:
            with self._line():
                return ""
        except smtplib.SMTPResponseException as error:
            return _said(error)
        except (smtplib.SMTPException, OSError) as error:
            return f"{self.host}:{self.port}: {error}"

    @contextmanager
    def _line(self) -> Iterator[smtplib.SMTP]:
        line: smtplib.SMTP
        if self.tls:
            line = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=trusting())
        else:
            line = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        try:
            line.ehlo_or_helo_if_needed()
            is_sealed = self.tls
            if not is_sealed and line.has_extn("starttls"):
                line.starttls(context=trusting())
                line.ehlo()
                is_sealed = True
            if self.user:
                # Whoever stands in the middle can leave STARTTLS out of what the server offers, and would read it.
                if not (is_sealed or _is_this_machine(self.host)):
                    raise smtplib.SMTPNotSupportedError("it offers no encryption, so our password is not sent to it")
                line.login(self.user, self.password)
            yield line
            with suppress(smtplib.SMTPException, OSError):  # the letter's fate is known; the farewell changes nothing
                line.quit()
        finally:
            line.close()


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


@lru_cache(maxsize=32)
def trusting(certificate: str = "") -> ssl.SSLContext:
    """Trust the public authorities and, where it is given, one certificate more; read once in a process.

    Reading the authorities takes longer than a letter does.

    :raises ssl.SSLError, ValueError: if it is no certificate
    """
    context = ssl.create_default_context()
    if certificate:
        context.load_verify_locations(cadata=certificate)
    return context


def hand_over(  # noqa: PLR0911 - every answer of the server has its own meaning
    line: smtplib.SMTP, *, mime: bytes, sender: str, recipient: str
) -> Outcome:
    """Hand one letter over on an open line."""
    if not (sender + recipient).isascii() and not line.has_extn("smtputf8"):
        return Outcome("refused", "The mail server takes no addresses beyond ASCII.")
    options = ["SMTPUTF8"] if not (sender + recipient).isascii() else []
    code, said = line.mail(sender, options)
    if code >= 400:  # the account may not write in this name: no letter's fault, and every letter's trouble
        return Outcome("later", _refused(code, said).detail, down=True)
    code, said = line.rcpt(recipient)
    if code >= 400:
        return _refused(code, said)
    code, said = line.docmd("DATA")
    if code != 354:
        return _refused(code, said)
    line.send(_dotted(mime))  # an error up to here means that the closing dot never left
    try:
        code, said = line.getreply()
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        return Outcome("unknown", f"The line broke before the mail server answered: {error}")
    if code >= 400:
        return _refused(code, said)
    return Outcome("sent", f"{code} {said.decode('utf-8', 'replace')}"[:500])


def _dotted(mime: bytes) -> bytes:
    """The bytes of DATA: CRLF, dots at the beginning of lines doubled, the closing dot."""
    lines = mime.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").split(b"\n")
    return b"".join((b"." + line if line.startswith(b".") else line) + b"\r\n" for line in lines) + b".\r\n"


def _refused(code: int, said: bytes) -> Outcome:
    detail = f"{code} {said.decode('utf-8', 'replace')}"[:500]
    return Outcome("later" if code < 500 else "refused", detail)


def _said(error: smtplib.SMTPResponseException) -> str:
    said = error.smtp_error
    return f"{error.smtp_code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"[:500]


def post_from_settings() -> Post:
    """The post that `AMENDS_SMTP` names."""
    if not settings.SMTP:
        return NoPost()
    url = urlsplit(settings.SMTP)
    tls = url.scheme == "smtps"
    return Smtp(
        host=url.hostname or "127.0.0.1",
        port=url.port or (465 if tls else 25),
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        tls=tls,
    )
