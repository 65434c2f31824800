"""The form of a mailbox. Servers that were left out are filled in from what is known of the provider."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from amends.desk.channels.mailboxes.models import AfterTaking, Mailbox, Provider, ReplyTo, Security, SignIn
from amends.desk.channels.mailboxes.providers import provider_of, usual_hosts
from amends.desk.people.dressed import Dressed
from amends.intake.mail import fold_address

LTR = {"dir": "ltr", "autocapitalize": "off", "autocomplete": "off", "spellcheck": "false"}
SINCE = [
    ("now", _("from now on")),
    ("7", _("of the last 7 days too")),
    ("30", _("of the last 30 days too")),
    ("all", _("everything that lies there")),
]
SECRETS = ("password", "client_secret", "provider_key", "provider_signing_key")
OAUTH = (SignIn.GOOGLE, SignIn.MICROSOFT)


def _line(label: Any, *, required: bool = False, help_text: Any = "", longest: int = 255) -> forms.CharField:
    widget = forms.TextInput(attrs=LTR)
    return forms.CharField(label=label, required=required, max_length=longest, help_text=help_text, widget=widget)


def _secret(label: Any, *, help_text: Any = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={**LTR, "autocomplete": "new-password"})
    return forms.CharField(
        label=label, required=False, max_length=2000, strip=False, help_text=help_text, widget=widget
    )


class PortInput(forms.NumberInput):
    """A port stands beside the name of a server, in Latin digits everywhere."""


def _port(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=False, min_value=1, max_value=65535, widget=PortInput(attrs={"dir": "ltr"})
    )


class MailboxForm(Dressed):
    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("What colleagues call it."))
    address = forms.EmailField(
        label=_("Address"), widget=forms.EmailInput(attrs=LTR), help_text=_("To which customers write.")
    )
    sign_in = forms.ChoiceField(label=_("Signs in by"), choices=SignIn, initial=SignIn.PASSWORD)
    user = _line(_("User name"), help_text=_("The address itself, if left empty."))
    password = _secret(_("Password"))
    client_id = _line(_("Client id"))
    client_secret = _secret(_("Client secret"))
    tenant = _line(_("Tenant"), help_text=_("Only Microsoft: the directory id, or empty."), longest=100)

    receives = forms.BooleanField(label=_("Fetch mail from here"), required=False, initial=True)
    imap_host = _line(_("IMAP server"))
    imap_port = _port(_("Port"))
    imap_security = forms.ChoiceField(label=_("Security"), choices=Security, initial=Security.TLS)
    folder = _line(_("Folder"), help_text=_("INBOX, if left empty."))
    spam_folder = _line(_("Spam folder"), help_text=_("It is read too. What lies there is set apart, never dropped."))
    take = forms.ChoiceField(label=_("Take in mail"), choices=SINCE, initial="now")
    after_taking = forms.ChoiceField(label=_("On the server, afterwards"), choices=AfterTaking)

    sends = forms.BooleanField(label=_("Send letters from here"), required=False, initial=True)
    smtp_host = _line(_("SMTP server"))
    smtp_port = _port(_("Port"))
    smtp_security = forms.ChoiceField(label=_("Security"), choices=Security, initial=Security.TLS)
    provider = forms.ChoiceField(
        label=_("Mail provider"), choices=[("", _("none: a mail server")), *Provider.choices], required=False
    )
    provider_key = _secret(_("Its key"), help_text=_("API key, or server token."))
    provider_signing_key = _secret(
        _("Key that signs its calls"), help_text=_("Only Mailgun: the HTTP webhook signing key.")
    )
    provider_url = forms.URLField(
        label=_("Its address"),
        required=False,
        max_length=200,
        assume_scheme="https",
        help_text=_("Only where it is not the usual one, such as https://api.eu.mailgun.net/v3"),
        widget=forms.URLInput(attrs=LTR),
    )
    is_usual = forms.BooleanField(
        label=_("Letters leave from here when the customer did not write to another mailbox"), required=False
    )
    plus_addresses = forms.BooleanField(
        label=_("The server takes addresses with a plus (name+key@…)"),
        required=False,
        help_text=_("Then answers find their complaint even through programs that lose every other sign."),
    )

    reply_to = forms.ChoiceField(label=_("Follow the address for replies"), choices=ReplyTo)
    same_subject_hours = forms.IntegerField(
        label=_("Join mail of the same sender and subject within so many hours"),
        required=False,
        min_value=0,
        max_value=720,
        help_text=_("For marketplaces whose mail carries no other sign. 0 or empty: never."),
        widget=forms.NumberInput(attrs={"dir": "ltr"}),
    )
    thread_pattern = _line(
        _("Pattern of another system's case number in the subject"),
        help_text=_("A regular expression, such as [A-Z]+-\\d+. The same sender's mail with the same number joins."),
        longest=200,
    )
    certificate = forms.CharField(
        label=_("Certificate of your own authority"),
        required=False,
        max_length=100_000,
        help_text=_("Only for servers whose certificate no public authority signed."),
        widget=forms.Textarea(attrs={**LTR, "rows": 4}),
    )

    def __init__(self, *args: Any, mailbox: Mailbox | None = None, **kwargs: Any) -> None:
        self.mailbox = mailbox
        if mailbox is not None:
            kwargs["initial"] = {name: getattr(mailbox, name) for name in self.base_fields if hasattr(mailbox, name)}
            kwargs["initial"] |= dict.fromkeys(SECRETS, "")
        super().__init__(*args, **kwargs)
        if mailbox is not None:
            del self.fields["take"]
            for name in SECRETS:
                if getattr(mailbox, name):
                    self.fields[name].help_text = _("One is kept. Leave this empty to keep it.")

    def clean_address(self) -> str:
        return fold_address(self.cleaned_data["address"])

    def clean_thread_pattern(self) -> str:
        pattern = str(self.cleaned_data["thread_pattern"])
        try:
            re.compile(pattern)
        except re.error as error:
            raise forms.ValidationError(gettext("This is no regular expression: %(why)s") % {"why": error}) from error
        return pattern

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("provider") and not given.get("imap_host"):
            given["receives"] = False  # the provider hands it over
        if not (given.get("receives") or given.get("sends") or given.get("provider")):
            self.add_error("receives", gettext("A mailbox fetches mail, or sends it, or both."))
        if "address" in given:
            self._fill_in(given)
        for name in ("imap_port", "smtp_port", "same_subject_hours"):
            given[name] = given.get(name) or {"imap_port": 993, "smtp_port": 465}.get(name, 0)
        given["folder"] = given.get("folder") or "INBOX"
        if given.get("provider"):
            self._look_at_provider(given)
        by_server = given.get("receives") or not given.get("provider")
        needs_password = by_server and given.get("sign_in") == SignIn.PASSWORD
        if needs_password and not (given.get("password") or self._keeps("password")):
            self.add_error("password", gettext("Type the password of this mailbox."))
        if given.get("sign_in") in OAUTH:
            for name in ("client_id", "client_secret"):
                if not (given.get(name) or self._keeps(name)):
                    self.add_error(name, gettext("The provider gives this when you register the desk there."))
        return given

    def _look_at_provider(self, given: dict[str, Any]) -> None:
        if not (given.get("provider_key") or self._keeps("provider_key")):
            self.add_error("provider_key", gettext("The provider gives this key; without it no letter leaves."))
        signs = given["provider"] == Provider.MAILGUN
        if signs and not (given.get("provider_signing_key") or self._keeps("provider_signing_key")):
            self.add_error("provider_signing_key", gettext("Mailgun signs its calls; this key proves them."))

    def _keeps(self, name: str) -> bool:
        return self.mailbox is not None and bool(getattr(self.mailbox, name))

    def _fill_in(self, given: dict[str, Any]) -> None:
        """Complete what was left out: a person types an address and a password, and tries."""
        known = provider_of(given["address"])
        if not known and given.get("sign_in") in OAUTH:
            known = provider_of("@gmail.com" if given["sign_in"] == SignIn.GOOGLE else "@outlook.com")
        imap, smtp = (known.imap_host, known.smtp_host) if known else usual_hosts(given["address"])
        if given.get("receives") and not given.get("imap_host"):
            given["imap_host"] = imap
            if known:
                given["imap_port"], given["imap_security"] = known.imap_port, Security.TLS
                given["spam_folder"] = given.get("spam_folder") or known.spam_folder
        if given.get("sends") and not given.get("smtp_host") and not given.get("provider"):
            given["smtp_host"] = smtp
            if known:
                given["smtp_port"], given["smtp_security"] = known.smtp_port, known.smtp_security
                given["plus_addresses"] = given.get("plus_addresses") or known.plus_addresses

    def values(self, *, now: datetime) -> dict[str, Any]:
        """What `save_mailbox` takes."""
        given = dict(self.cleaned_data)
        take = given.pop("take", None)
        if take is not None:
            long_ago = datetime(1990, 1, 1, tzinfo=now.tzinfo)
            given["take_since"] = {"now": now, "all": long_ago}.get(take) or now - timedelta(days=int(take))
        return given
