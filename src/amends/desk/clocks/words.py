"""What clocks are called, and why they are due when they are due, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from amends.desk.web import wording
from amends.engine.clocks.legal import LegalClock
from amends.engine.clocks.limits import Days
from amends.engine.clocks.reckoning import Stretch

NAMES: Final[Mapping[str, object]] = {
    "answer": gettext_lazy("First answer"),
    "next-word": gettext_lazy("Next word"),
    "resolution": gettext_lazy("Resolution"),
}
PRIORITIES: Final[Mapping[str, object]] = {
    "normal": gettext_lazy("normal"),
    "high": gettext_lazy("high"),
    "urgent": gettext_lazy("urgent"),
}
REASONS: Final[Mapping[str, object]] = {
    "promise-broken": gettext_lazy("a promise was broken and is not made good"),
    "very-angry": gettext_lazy("the customer is very angry"),
    "asked-for-manager": gettext_lazy("the customer asked for a manager"),
    "angry": gettext_lazy("the customer is angry"),
    "asked-for-person": gettext_lazy("the customer asked for a person"),
    "third-person": gettext_lazy("it went through several hands"),
}
WHYS: Final[Mapping[str, object]] = {
    "counted": gettext_lazy("counted"),
    "their-turn": gettext_lazy("the customer's turn: the clock stands still"),
    "weekend": gettext_lazy("nobody works on these days"),
    "day-off": gettext_lazy("day off"),
    "outside-hours": gettext_lazy("outside working hours"),
    "event": gettext_lazy("the day itself is not counted"),
    "rolled": gettext_lazy("moved to a working day"),
}
STARTS: Final[Mapping[str, object]] = {
    "received": gettext_lazy("the complaint arrived"),
    "last-word": gettext_lazy("our last word to the customer"),
    "final-answer": gettext_lazy("our final answer"),
    "sent-to-company": gettext_lazy("the authority sent it to us"),
    "delivery": gettext_lazy("the goods were delivered"),
    "fault-notice": gettext_lazy("the fault was reported"),
    "withdrawal-notice": gettext_lazy("the customer withdrew"),
    "goods-returned": gettext_lazy("the goods came back"),
    "investigation-completed": gettext_lazy("the investigation was completed"),
    "adr-contact": gettext_lazy("the dispute body wrote to us"),
    "application": gettext_lazy("the customer applied"),
    "answer-or-expiry": gettext_lazy("we answered, or the time passed"),
}
METS: Final[Mapping[str, object]] = {
    "acknowledgement": gettext_lazy("receipt confirmed"),
    "first-word": gettext_lazy("a first word of a person"),
    "next-word": gettext_lazy("a further word"),
    "final-answer": gettext_lazy("the final answer"),
    "acceptance": gettext_lazy("the customer's yes"),
    "remedy": gettext_lazy("put right"),
    "customer": gettext_lazy("the customer's own right"),
}
CONFIDENCES: Final[Mapping[str, object]] = {
    "H": gettext_lazy("well supported"),
    "M": gettext_lazy("from one source"),
    "L": gettext_lazy("uncertain: check it first"),
}
REQUIRED: Final[Mapping[str, object]] = {
    "reasons": gettext_lazy("why it takes longer"),
    "why": gettext_lazy("why it takes longer"),
    "expected-date": gettext_lazy("by when the answer comes"),
    "decision-of-head": gettext_lazy("that the head of the organisation decided it"),
    "in-progress": gettext_lazy("that it is marked as in progress"),
    "ombudsman": gettext_lazy("where the customer may turn now"),
    "answer-time": gettext_lazy("which time holds for the answer, and when it ends"),
    "named-contact": gettext_lazy("who is responsible, by name"),
    "outcome": gettext_lazy("what came of it"),
    "settled": gettext_lazy("that it counts as settled"),
    "referral-time": gettext_lazy("until when they may turn there"),
    "waiver": gettext_lazy("whether we agree to their turning there later"),
}
REASONS_FOR_NO: Final = gettext_lazy("why it is a no")
LETTERS: Final[Mapping[str, object]] = {
    "receipt": gettext_lazy("Confirmation of receipt"),
    "holding": gettext_lazy("No answer in time"),
    "answer": gettext_lazy("Final answer"),
    "refusal": gettext_lazy("A no"),
    "settled": gettext_lazy("After their yes"),
}
STATES: Final[Mapping[str, object]] = {
    "running": gettext_lazy("running"),
    "still": gettext_lazy("stands still: the customer's turn"),
    "met": gettext_lazy("met"),
    "missed": gettext_lazy("missed"),
    "ended": gettext_lazy("ended by closing"),
}
# To whom a customer may turn by the laws of a place, as the bodies call themselves; the writer checks it.
# The longest beginning of a law's code counts.
OMBUDSMEN: Final[Mapping[str, str]] = {
    "tr.bank": "TBB Müşteri Şikâyetleri Hakem Heyeti, www.tbb.org.tr",
    "tr.energy": "Enerji Piyasası Düzenleme Kurumu (EPDK), www.epdk.gov.tr",
    "tr.telecom": "Bilgi Teknolojileri ve İletişim Kurumu (BTK), www.btk.gov.tr",
    "tr.insurance": "Sigorta Tahkim Komisyonu, www.sigortatahkim.org.tr",
    "ir.bank": "بانک مرکزی جمهوری اسلامی ایران، crm.cbi.ir",
    "uk": "Financial Ombudsman Service, www.financial-ombudsman.org.uk",
    "ie": "Financial Services and Pensions Ombudsman, www.fspo.ie",
    "au": "Australian Financial Complaints Authority, www.afca.org.au",
}


def body_of(code: str) -> str:
    """To whom a customer may turn by a law, as far as we know; empty where it differs from place to place."""
    found = [known for known in OMBUDSMEN if code == known or code.startswith(f"{known}.")]
    return OMBUDSMEN[max(found, key=len)] if found else ""


def length_of(limit: LegalClock) -> str:
    """'15 working days', '8 weeks'."""
    return units(limit.n, limit.unit)


def units(n: int, unit: str) -> str:
    told = {
        "hours": ngettext("%(n)s hour", "%(n)s hours", n),
        "days": ngettext("%(n)s day", "%(n)s days", n),
        "working-days": ngettext("%(n)s working day", "%(n)s working days", n),
        "weeks": ngettext("%(n)s week", "%(n)s weeks", n),
        "months": ngettext("%(n)s month", "%(n)s months", n),
    }[unit]
    return told % {"n": wording.digits(n, language=language())}


def working_time(length: timedelta) -> str:
    """'2 h 15 min' of working time, exact to the minute; days would hide how long they are."""
    minutes = round(length.total_seconds() / 60)
    hours, rest = divmod(minutes, 60)
    values = {"h": wording.digits(hours, language=language()), "min": wording.digits(rest, language=language())}
    if not hours:
        return _("%(min)s min") % values
    return (_("%(h)s h %(min)s min") if rest else _("%(h)s h")) % values


def stretch(each: Stretch) -> str:
    """From when to when, as short as the two allow."""
    start, end = each.start, each.end
    if each.why in {"weekend", "day-off"}:
        return _days(start.date(), (end - timedelta(microseconds=1)).date())
    day = wording.weekday_and_day(start, language=language())
    from_, to = wording.clock(start, language=language()), wording.clock(end, language=language())
    if start.date() == end.date():
        return _("%(day)s, %(from)s to %(to)s") % {"day": day, "from": from_, "to": to}
    until = wording.weekday_and_day(end, language=language())
    return _("%(day)s, %(from)s to %(until)s, %(to)s") % {"day": day, "from": from_, "until": until, "to": to}


def days(each: Days) -> str:
    return _days(each.first, each.last)


def _days(first: date, last: date) -> str:
    begins = wording.weekday_and_day(first, language=language())
    if first == last:
        return begins
    return _("%(first)s to %(last)s") % {
        "first": begins,
        "last": wording.weekday_and_day(last, language=language()),
    }


def language() -> str:
    return (get_language() or "en").split("-")[0]
