"""Trying a mailbox both ways, step by step, as the set-up page shows it. Nothing is sent and nothing is changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from amends.desk.channels.mailboxes import lines
from amends.desk.channels.mailboxes.credentials import credential_of
from amends.desk.channels.mailboxes.models import Mailbox, Security
from amends.desk.channels.mailboxes.troubles import Trouble, UnableToUseMailbox, describe, trouble_of
from amends.desk.web import wording

TIMEOUT = 10.0  # somebody waits before the page

# The step at which a trouble shows, whatever was being done.
_STEP = {
    "no-server": "reach",
    "dns": "reach",
    "refused": "reach",
    "unreachable": "reach",
    "certificate": "secure",
    "tls": "secure",
    "no-starttls": "secure",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a trial: what was tried, how it went, what to do."""

    name: str
    outcome: str  # 'well', 'wrong', 'hint' or 'untried'
    words: str = ""  # what is the matter, or what was found
    said: str = ""  # the server's own words


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    incoming: tuple[Step, ...]
    outgoing: tuple[Step, ...]

    @property
    def is_well(self) -> bool:
        return all(step.outcome in {"well", "hint"} for step in (*self.incoming, *self.outgoing))


class _Steps:
    """Collects how far a trial came."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.done: dict[str, Step] = {}

    def well(self, name: str, words: str = "") -> None:
        self.done[name] = Step(name, "well", words)

    def hint(self, name: str, trouble: Trouble) -> None:
        self.done[name] = Step(name, "hint", describe(trouble), trouble.detail)

    def run(self, trial: Callable[[_Steps], None]) -> tuple[Step, ...]:
        try:
            trial(self)
        except lines.TROUBLES as error:
            trouble = trouble_of(error)
            at = next((name for name in self.names if name not in self.done), self.names[-1])
            at = _STEP.get(trouble.code, at)
            before = self.names[: self.names.index(at)]
            wrong = Step(at, "wrong", describe(trouble), trouble.detail)
            self.done = {name: self.done.get(name, Step(name, "well")) for name in before} | {at: wrong}
        return tuple(self.done.get(name, Step(name, "untried")) for name in self.names)


def try_mailbox(*, mailbox: Mailbox, now: datetime, timeout: float = TIMEOUT) -> Trial:
    """Try what the mailbox is for: fetching, sending, or both."""
    incoming = outgoing = ()
    if mailbox.receives:
        names = ("reach", "secure", "sign-in", "folder", *(["spam"] if mailbox.spam_folder else []))
        incoming = _Steps(*names).run(lambda steps: _incoming(mailbox, steps, now=now, timeout=timeout))
    if mailbox.sends and mailbox.provider:
        words = _("Only a letter shows whether the provider takes the key: nothing is sent to try it.")
        outgoing = (Step("provider", "hint", words),)
    elif mailbox.sends and (mailbox.smtp_host or not mailbox.receives):
        names = ("reach", "secure", "sign-in", "sender", *(["plus"] if mailbox.plus_addresses else []))
        outgoing = _Steps(*names).run(lambda steps: _outgoing(mailbox, steps, now=now, timeout=timeout))
    return Trial(incoming=incoming, outgoing=outgoing)


def _incoming(mailbox: Mailbox, steps: _Steps, *, now: datetime, timeout: float) -> None:
    with lines.imap_before_sign_in(mailbox, timeout=timeout) as line:
        steps.well("reach", f"{mailbox.imap_host}:{mailbox.imap_port}")
        steps.well("secure", _secured(mailbox.imap_security))
        credential_of(mailbox, now=now).enter_imap(line)
        steps.well("sign-in")
        for step, name in (("folder", mailbox.folder or "INBOX"), ("spam", mailbox.spam_folder)):
            if not name:
                continue
            if not line.folder_exists(name):
                found = ", ".join(str(folder) for _flags, _mark, folder in line.list_folders())
                raise UnableToUseMailbox("folder", found)
            count = int(line.select_folder(name, readonly=True)[b"EXISTS"])
            steps.well(step, _how_many(count))


def _how_many(count: int) -> str:
    shown = wording.digits(count, language=(get_language() or "en")[:2])
    return ngettext("%(shown)s e-mail lies there.", "%(shown)s e-mails lie there.", count) % {"shown": shown}


def _outgoing(mailbox: Mailbox, steps: _Steps, *, now: datetime, timeout: float) -> None:
    with lines.smtp_before_sign_in(mailbox, timeout=timeout) as line:
        steps.well("reach", f"{mailbox.smtp_host}:{mailbox.smtp_port}")
        steps.well("secure", _secured(mailbox.smtp_security))
        credential_of(mailbox, now=now).enter_smtp(line)
        steps.well("sign-in")
        _expect("sender", line.mail(mailbox.address))
        _expect("sender", line.rcpt(mailbox.address))
        steps.well("sender", mailbox.address)
        if mailbox.plus_addresses:
            local, _at, domain = mailbox.address.rpartition("@")
            code, said = line.rcpt(f"{local}+c.1.aaaaaaaaaaaaaaaa@{domain}")
            if code >= 500:
                steps.hint("plus", Trouble("plus", _words(code, said)))
            else:
                steps.well("plus")
        line.rset()  # nothing is sent


def _expect(code: str, answer: tuple[int, bytes]) -> None:
    if answer[0] >= 400:
        raise UnableToUseMailbox(code, _words(*answer))


def _words(code: int, said: bytes) -> str:
    return f"{code} {said.decode('utf-8', 'replace')}"


def _secured(security: str) -> str:
    return _("Nobody on the way can read along.") if security != Security.NONE else _("Not encrypted.")


def step_name(name: str) -> str:
    """What a step is called on the page."""
    return {
        "reach": _("Reach the server"),
        "secure": _("Secure the line"),
        "sign-in": _("Sign in"),
        "folder": _("Open the folder"),
        "spam": _("Open the spam folder"),
        "sender": _("May send from this address"),
        "provider": _("Hand letters to the provider"),
        "plus": _("Takes answers with a key in the address"),
    }[name]
