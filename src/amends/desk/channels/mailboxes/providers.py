"""What well-known mail providers ask for, so that nobody has to look it up. Data: a line adds a provider."""

from __future__ import annotations

from dataclasses import dataclass

from amends.desk.channels.mailboxes.models import Security, SignIn
from amends.intake.mail import fold_address


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    name: str
    domains: tuple[str, ...]
    imap_host: str
    smtp_host: str
    imap_port: int = 993
    smtp_port: int = 465
    smtp_security: str = Security.TLS
    sign_in: str = SignIn.PASSWORD
    plus_addresses: bool = False
    spam_folder: str = ""


PROVIDERS = (
    Provider(
        name="Google",
        domains=("gmail.com", "googlemail.com"),
        imap_host="imap.gmail.com",
        smtp_host="smtp.gmail.com",
        sign_in=SignIn.GOOGLE,
        plus_addresses=True,
        spam_folder="[Gmail]/Spam",
    ),
    Provider(
        name="Microsoft",
        domains=("outlook.com", "hotmail.com", "live.com", "msn.com", "office365.com", "onmicrosoft.com"),
        imap_host="outlook.office365.com",
        smtp_host="smtp.office365.com",
        smtp_port=587,
        smtp_security=Security.STARTTLS,
        sign_in=SignIn.MICROSOFT,
        plus_addresses=True,
        spam_folder="Junk",
    ),
    Provider(
        name="Yandex",
        domains=("yandex.com", "yandex.com.tr", "yandex.ru", "ya.ru"),
        imap_host="imap.yandex.com",
        smtp_host="smtp.yandex.com",
        plus_addresses=True,
        spam_folder="Spam",
    ),
    Provider(
        name="mail.ru",
        domains=("mail.ru", "inbox.ru", "list.ru", "bk.ru", "internet.ru"),
        imap_host="imap.mail.ru",
        smtp_host="smtp.mail.ru",
    ),
    Provider(
        name="Yahoo",
        domains=("yahoo.com", "yahoo.co.uk", "yahoo.com.tr", "ymail.com"),
        imap_host="imap.mail.yahoo.com",
        smtp_host="smtp.mail.yahoo.com",
        spam_folder="Bulk",
    ),
    Provider(
        name="iCloud",
        domains=("icloud.com", "me.com", "mac.com"),
        imap_host="imap.mail.me.com",
        smtp_host="smtp.mail.me.com",
        smtp_port=587,
        smtp_security=Security.STARTTLS,
        plus_addresses=True,
        spam_folder="Junk",
    ),
)


def provider_of(address: str) -> Provider | None:
    """The provider of an address by its domain; None for a domain of one's own."""
    domain = fold_address(address).rpartition("@")[2]
    return next(
        (
            one
            for one in PROVIDERS
            if domain in one.domains or (domain.endswith(".onmicrosoft.com") and one.name == "Microsoft")
        ),
        None,
    )


def usual_hosts(address: str) -> tuple[str, str]:
    """Where most servers of a domain of one's own listen: a place to begin from, for IMAP and SMTP."""
    domain = fold_address(address).rpartition("@")[2]
    return (f"imap.{domain}", f"smtp.{domain}") if domain else ("", "")
