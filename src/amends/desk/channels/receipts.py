"""How many receipts go out by themselves: a loop ends, different people each get theirs, and nobody floods through us.

What says of itself that it is automatic, and our own mail come back, gets none at all (`mail.actions`); nor does an
answer to a letter of ours, which belongs to its complaint. A loop that is left comes from a machine that begins anew
each time, and is known by its sender: one person, one box with changing tags, or addresses that differ in figures.
Many people under one subject are no loop.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import CharField, DateTimeField, QuerySet

from amends.desk.channels.comings import AN_HOUR, digest_of
from amends.desk.channels.mail.matching import bare_subject
from amends.desk.channels.models import FormUse
from amends.desk.complaints.models import Event, EventKind
from amends.desk.web import questions
from amends.desk.web.questions import Blank
from amends.intake.mail import fold_address

MOST_TO_ONE: Final = 3  # in an hour, to one person or one box: two answering machines would never end
MOST_TO_A_MACHINE: Final = 50  # in an hour, under one subject: where people have numbers for names, they are many
LONGEST_WAIT: Final = timedelta(hours=4)  # for a receipt above the most of an hour: later it would say little

_FIGURES = re.compile(r"\d+")
_PARTS = re.compile(r"([._=-])")
_BEFORE_A_SUBJECT = re.compile(r"^(?:[^:]{1,20}:\s*)+")  # 'Auto: Re: Auto: ', which grows with each round


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A receipt that somebody would get. Their record has just been made where this `is_first`."""

    customer: int
    recipient: str
    subject: str
    is_first: bool = False
    by_form: bool = False  # ours or another site's, which answers nobody


def when(*, asked: Sequence[Asked], now: datetime) -> list[datetime | None]:
    """Say of each receipt when it may go out, and count it; None where none may.

    What is above the most of an hour waits for its turn, unless that would be long.
    """
    keys = [_keys(one) for one in asked]
    customers = _told({one.customer for one in asked if not one.is_first}, now)
    senders = _counted({digest for told in keys for digest, _most in told}, now)
    turns = _Turns(len(asked), now)
    found: list[datetime | None] = []
    noted = []
    for one, told in zip(asked, keys, strict=True):
        at = None
        if customers[one.customer] < MOST_TO_ONE and all(senders[digest] < most for digest, most in told):
            at = turns.next()
        found.append(at)
        if at is not None:
            customers[one.customer] += 1
            senders.update(digest for digest, _most in told)
            noted += [FormUse(digest=digest, at=now) for digest, _most in told]
            noted.append(FormUse(digest=turns.digest, at=at))
    FormUse.objects.bulk_create(noted)
    return found


def _keys(one: Asked) -> list[tuple[str, int]]:
    """By what a machine is known again, and how often it is answered; none for an address as people have them."""
    box, kind = alike(one.recipient)
    address = fold_address(one.recipient)
    keys = [] if box == address else [(digest_of("receipts of a box", box), MOST_TO_ONE)]
    if kind != address and not one.by_form:
        subject = _BEFORE_A_SUBJECT.sub("", bare_subject(one.subject))
        words = " ".join(subject.casefold().split())
        keys.append((digest_of("receipts of a machine", f"{kind} {words}"), MOST_TO_A_MACHINE))
    return keys


def alike(address: str) -> tuple[str, str]:
    """The box of an address, without the tag after '+', and what addresses of a machine have in common."""
    local, _at, domain = fold_address(address).rpartition("@")
    name, plus, _tag = local.partition("+")
    parts = _PARTS.split(name)
    if len(parts) > 1:
        name_alike = "".join("#" if _FIGURES.search(part) else part for part in parts)
    else:
        name_alike = _FIGURES.sub("#", name)
    return f"{name}@{domain}", f"{name_alike}{plus and '+#'}@{domain}"


class _Turns:
    """When receipts go out, so that in no hour there are more than the desk sends."""

    def __init__(self, count: int, now: datetime) -> None:
        self.digest = digest_of("receipts", "all")
        self._now, self._most = now, settings.RECEIPTS_AN_HOUR
        first = max(0, self._most - count)
        since = now - AN_HOUR
        if first == self._most - 1:
            rows = questions.ask(f"the receipt before {self._most}", self._before, digest=self.digest, since=since)
        else:
            rows = list(self._out(self.digest, since)[first : self._most])
        # Of the last ones, those whose hour decides about these: the youngest last, then these themselves.
        self._deciding = [at for (at,) in reversed(rows)]
        self._missing = self._most - first - len(rows)

    def _before(self) -> QuerySet[FormUse, Any]:
        rows = self._out(Blank("digest", CharField()), Blank("since", DateTimeField()))
        return rows[self._most - 1 : self._most]

    @staticmethod
    def _out(digest: Any, since: Any) -> QuerySet[FormUse, Any]:
        return FormUse.objects.filter(digest=digest, at__gt=since).order_by("-at", "-pk").values_list("at")

    def next(self) -> datetime | None:
        """The next one's turn; None where it is too far away, and then it stays for who comes later."""
        if self._missing > 0:
            at = self._now
        else:
            at = max(self._now, self._deciding[0] + AN_HOUR)
            if at > self._now + LONGEST_WAIT:
                return None
            del self._deciding[0]
        self._missing -= 1
        self._deciding.append(at)
        return at


def _told(customers: set[int], now: datetime) -> Counter[int]:
    """How many receipts each of them has had within the hour."""
    if not customers:
        return Counter()
    rows = questions.ask("receipts to customers", _to_customers, since=now - AN_HOUR, customers=customers)
    told = Counter(customer for (customer,) in rows)
    if many := [customer for customer, count in told.items() if count >= MOST_TO_ONE]:
        # A word that somebody else is on it now answers nothing, so no loop comes of it.
        news = Event.objects.filter(kind=EventKind.ACKNOWLEDGED, at__gt=now - AN_HOUR, content__data__has_key="about")
        told.subtract(news.filter(complaint__customer__in=many).values_list("complaint__customer", flat=True))
    return told


def _to_customers() -> QuerySet[Event, Any]:
    told = Event.objects.filter(kind=EventKind.ACKNOWLEDGED, at__gt=Blank("since", DateTimeField()))
    return told.filter(questions.Among("complaint__customer", "customers")).values_list("complaint__customer")


def _counted(digests: set[str], now: datetime) -> Counter[str]:
    """How many of each there were within the hour."""
    if not digests:
        return Counter()
    rows = FormUse.objects.filter(digest__in=digests, at__gt=now - AN_HOUR)
    return Counter(rows.values_list("digest", flat=True))
