"""The letters that a law knows, with everything that it wants in each, in the customer's own language.

An extension, a confirmation of receipt, no answer in time, the final answer, a no, and what follows the customer's yes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _

from amends.desk.clocks import words
from amends.desk.clocks.models import Clock
from amends.desk.complaints.models import Complaint
from amends.desk.customers.queries import greeting_name
from amends.desk.web import wording
from amends.engine.clocks.legal import LegalClock


class UnableToWriteNotice(Exception):
    """The notice lacks what the law wants in it; the message says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What an agent says in the notice."""

    reason: str
    expected: datetime
    decided_by: str = ""


def check(notice: Notice, *, law: LegalClock, latest: datetime, now: datetime) -> None:
    """Refuse a notice that lacks what the law requires.

    :raises UnableToWriteNotice: if there is no reason, no one who decided, or no day within the longer limit
    """
    if "reasons" in law.requires and not notice.reason.strip():
        raise UnableToWriteNotice(_("The law wants the reasons in the letter. Write why it takes longer."))
    if "decision-of-head" in law.requires and not notice.decided_by.strip():
        raise UnableToWriteNotice(_("The law wants the head of the organisation to decide it. Write who did."))
    if not now < notice.expected < latest:
        raise UnableToWriteNotice(_("Name a day that is still ahead and within the longer time limit."))


def text(notice: Notice, *, clock: Clock, law: LegalClock, organisation: str) -> str:
    """Write the letter; what the law does not ask for is not in it."""
    complaint = clock.complaint
    language = complaint.language
    with translation.override(language):
        parts = {
            "greeting": _greeting(complaint),
            "sorry": _("I am sorry: your complaint %(number)s takes longer than we hoped.")
            % {"number": wording.digits(complaint.number, language=language)},
            "reason": notice.reason.strip(),
            "decided": _("%(name)s, who heads our organisation, decided to extend the time.")
            % {"name": notice.decided_by.strip()}
            if "decision-of-head" in law.requires
            else "",
            "progress": _("It is marked as in progress with the authority.") if "in-progress" in law.requires else "",
            "expected": promise(notice, language=language),
            "regards": f"{complaint.owner.name_for(complaint.language)}\n{organisation}",
        }
    return _joined(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What an agent says where a law asks for a letter because there is no final answer yet."""

    reason: str
    expected: datetime
    ombudsman: str = ""  # who it is and how they are reached, in the customer's language


def check_holding(holding: Holding, *, law: LegalClock, now: datetime) -> None:
    """Refuse a letter that lacks what the law wants in it while there is no final answer.

    :raises UnableToWriteNotice: if there is no reason, no day ahead, or nobody to whom the customer may turn
    """
    if "why" in law.otherwise and not holding.reason.strip():
        raise UnableToWriteNotice(_("The law wants the reasons in the letter. Write why it takes longer."))
    if holding.expected <= now:
        raise UnableToWriteNotice(_("Name a day that is still ahead."))
    if "ombudsman" in law.otherwise and not holding.ombudsman.strip():
        raise UnableToWriteNotice(_("The law wants the letter to say where the customer may turn now. Name them."))


def holding_text(holding: Holding, *, clock: Clock, law: LegalClock, organisation: str) -> str:
    """Write the letter that the law asks for when its time passes without a final answer."""
    complaint = clock.complaint
    language = complaint.language
    with translation.override(language):
        parts = {
            "greeting": _greeting(complaint),
            "sorry": _("I am sorry: there is no final answer to your complaint %(number)s yet.")
            % {"number": wording.digits(complaint.number, language=language)},
            "reason": holding.reason.strip() if "why" in law.otherwise else "",
            "expected": promise(holding, language=language),
            "ombudsman": _("You need not wait for it: you may take your complaint to %(body)s now, free of charge.")
            % {"body": holding.ombudsman.strip()}
            if "ombudsman" in law.otherwise
            else "",
            "regards": f"{complaint.owner.name_for(complaint.language)}\n{organisation}",
        }
    return _joined(parts)


# What an agent writes in a final letter; a receipt needs nothing of theirs.
FINAL: Final = ("answer", "refusal", "settled")


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalLetter:
    """What an agent says in the letter that ends a matter: the answer, a no, or what follows the customer's yes."""

    text: str = ""  # what came of it, or why it is a no
    instead: str = ""  # what can be done all the same
    ombudsman: str = ""
    until: date | None = None  # until when the customer may turn there
    may_be_late: bool = False  # we agree that they are asked after that day, too


def check_final(letter: FinalLetter, *, wanted: Sequence[str], now: datetime) -> None:
    """Refuse a final letter that lacks what the law wants in it.

    :raises UnableToWriteNotice: if nothing is answered, or the customer's own rights are not told
    """
    if "outcome" in wanted and not letter.text.strip():
        raise UnableToWriteNotice(_("Write what came of it: this is the answer."))
    if "reasons" in wanted and not letter.text.strip():
        raise UnableToWriteNotice(_("Whoever hears no is told why. Write the reasons."))
    if "ombudsman" in wanted and not letter.ombudsman.strip():
        raise UnableToWriteNotice(_("The law wants the letter to say where the customer may turn now. Name them."))
    if "referral-time" in wanted and (letter.until is None or letter.until <= now.date()):
        raise UnableToWriteNotice(_("Say until when the customer may turn there: a day that is still ahead."))


def final_text(letter: FinalLetter, *, kind: str, clock: Clock, wanted: Sequence[str], organisation: str) -> str:
    """Write a letter that ends a matter; `kind` is one of FINAL."""
    complaint = clock.complaint
    language = complaint.language
    with translation.override(language):
        number = {"number": wording.digits(complaint.number, language=language)}
        begins = {
            "answer": _("This is our final answer to your complaint %(number)s."),
            "refusal": _(
                "I am sorry that I have no better news: we cannot do what you asked for in your complaint %(number)s. "
                "This is our final answer, and you shall know why."
            ),
            "settled": _(
                "You told us that you are content, so we take your complaint %(number)s as settled. Thank you."
            ),
        }
        parts = {
            "greeting": _greeting(complaint),
            "begins": begins[kind] % number,
            "text": letter.text.strip() if kind != "settled" else "",
            "instead": _("What we can do all the same: %(what)s") % {"what": letter.instead.strip()}
            if kind == "refusal" and letter.instead.strip()
            else "",
            "rights": _rights(letter, wanted=wanted, language=language),
            "regards": f"{complaint.owner.name_for(language)}\n{organisation}",
        }
    return _joined(parts)


def _rights(letter: FinalLetter, *, wanted: Sequence[str], language: str) -> str:
    """To whom the customer may turn, until when, and what holds after that day."""
    body = letter.ombudsman.strip().rstrip(".")
    if not body:
        return ""
    if letter.until is None:
        return _("If you are not content with this, you may take your complaint to %(body)s.") % {"body": body}
    told = _(
        "If you are not content with this, you may take your complaint to %(body)s. You can do so until %(day)s."
    ) % {
        "body": body,
        "day": wording.day(letter.until, language=language, year=True),
    }
    if "waiver" not in wanted:
        return told
    later = (
        _("We agree that they look at it after that day, too.")
        if letter.may_be_late
        else _("After that day they may take it up in rare cases only, for we do not agree to a later one.")
    )
    return f"{told} {later}"


def receipt_text(*, clock: Clock, law: LegalClock, last_day: date, organisation: str) -> str:
    """Write the confirmation of receipt: who it is that answers, and by when."""
    complaint = clock.complaint
    language = complaint.language
    with translation.override(language):
        came = complaint.received_at.astimezone(complaint.owner.calendar().zone)
        parts = {
            "greeting": _greeting(complaint),
            "came": _("Your complaint %(number)s reached us on %(day)s.")
            % {
                "number": wording.digits(complaint.number, language=language),
                "day": wording.weekday_and_day(came.date(), language=language),
            },
            "contact": _("%(name)s is responsible for it. What you write in answer to this letter reaches them.")
            % {"name": complaint.owner.name_for(language)}
            if "named-contact" in law.receipt
            else "",
            "time": receipt_promise(law=law, last_day=last_day, language=language)
            if "answer-time" in law.receipt
            else "",
            "regards": f"{complaint.owner.name_for(language)}\n{organisation}",
        }
    return _joined(parts)


def receipt_promise(*, law: LegalClock, last_day: date, language: str) -> str:
    """The sentence of a receipt that is a promise: which time holds, and when it ends."""
    with translation.override(language):
        return _("The time for our final answer is %(length)s: you will have it by %(day)s.") % {
            "length": words.length_of(law),
            "day": wording.weekday_and_day(last_day, language=language),
        }


def _greeting(complaint: Complaint) -> str:
    return _("Hello %(name)s,") % {
        "name": greeting_name(customer=complaint.customer, reader_language=complaint.language)
    }


def promise(notice: Notice | Holding, *, language: str) -> str:
    """The sentence of the letter that is a promise."""
    with translation.override(language):
        return _("You will have our answer by %(day)s.") % {
            "day": wording.weekday_and_day(notice.expected.date(), language=language)
        }


def _joined(parts: Mapping[str, str]) -> str:
    return "\n\n".join(part for part in parts.values() if part)
