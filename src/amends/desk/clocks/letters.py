"""The letter that goes with an extension: everything that the law wants in it, in the customer's own language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from amends.desk.clocks.models import Clock
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
            "greeting": _("Hello %(name)s,")
            % {"name": greeting_name(customer=complaint.customer, reader_language=language)},
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
            "greeting": _("Hello %(name)s,")
            % {"name": greeting_name(customer=complaint.customer, reader_language=language)},
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


def promise(notice: Notice | Holding, *, language: str) -> str:
    """The sentence of the letter that is a promise."""
    with translation.override(language):
        return _("You will have our answer by %(day)s.") % {
            "day": wording.weekday_and_day(notice.expected.date(), language=language)
        }


def _joined(parts: Mapping[str, str]) -> str:
    return "\n\n".join(part for part in parts.values() if part)
