"""Reading about customers: how to address them, and what they have been through."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, timedelta
from typing import Any, Protocol, TypedDict, cast

from django.db.models import BigIntegerField, Case, Count, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.expressions import Combinable
from django.utils import translation
from django.utils.translation import gettext as _

from amends.desk.customers.models import ContactWay, Customer
from amends.desk.web import questions
from amends.desk.web.questions import Blank

A_YEAR = timedelta(days=365)
# First names that are written in two words, and the words that come second in them.
_FA_FIRST = frozenset({"محمد", "امیر", "علی", "سید", "سیده", "حاج", "فاطمه", "مهدی", "میر", "شاه", "نور", "عبد"})
# fmt: off
_FA_SECOND = frozenset({
    "رضا", "حسین", "علی", "مهدی", "حسن", "جواد", "امین", "صادق", "باقر", "تقی", "نقی", "کاظم", "طاها", "پارسا",
    "سام", "محمد", "عباس", "اکبر", "اصغر", "حسام", "زهرا", "زینب", "سادات", "سمیرا", "ایمان", "احسان", "سجاد",
    "یاسین",
})
# fmt: on
_FA_TITLES = frozenset({"سید", "سیده", "حاج"})


class OneComplaint(Protocol):
    """What is read of a complaint here; the room of complaints lies above this one."""

    @property
    def pk(self) -> int: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def waiting_since(self) -> datetime | None: ...
    @property
    def waited_seconds(self) -> int: ...
    @property
    def times_told(self) -> int: ...
    @property
    def people(self) -> int: ...


class BeenThrough(TypedDict):
    """What a customer has lived through with us."""

    waited: timedelta  # for us, in this complaint, all waits together
    times_told: int  # how often they wrote or told it while it was open
    people: int  # whom they met in this complaint
    complaints: int  # how many they have had, this one included
    same_cause_at: date | None  # when the same cause hit them before, within a year
    broken_promises: int  # in all their complaints


def address_form(*, customer: Customer, reader_language: str) -> str:
    """Say how to address the customer, in the manner of the customer's own language.

    "Ayşe Hanım", "آقای رضایی", "Болормаа гуай", "Ms Carter". Without an honorific on record nobody's gender is
    guessed: Turkish writes "Sayın Ayşe Yılmaz", Mongolian has one word for all, the others write the whole name.
    """
    name = " ".join(customer.name.split())
    if not name:
        with translation.override(reader_language):
            return _("Erased customer") if customer.erased_at else _("Customer without a name")
    honorific = customer.honorific.strip()
    match customer.language:
        case "tr":
            return f"{_first_names(name)} {honorific}" if honorific else f"Sayın {name}"
        case "fa":
            return f"{honorific} {_persian_surname(name)}" if honorific else name
        case "mn":
            # The given name comes last, after the father's name or its initial: "Б. Болормаа", "Батын Болормаа".
            given = name.replace(".", ". ").split()[-1]
            return f"{given} {honorific or ('гуай' if _is_cyrillic(given) else 'guai')}"
        case _:
            return f"{honorific} {name.split()[-1]}" if honorific else name


def greeting_name(*, customer: Customer, reader_language: str) -> str:
    """Say how a letter greets the customer: "Merhaba Ayşe Yılmaz", for "Merhaba Sayın …" would greet twice."""
    return address_form(customer=customer, reader_language=reader_language).removeprefix("Sayın ")


def _first_names(name: str) -> str:
    """All but the last word: Turkish surnames are one word, first names one or two."""
    words = name.split()
    return " ".join(words[:-1]) if len(words) > 1 else name


def _persian_surname(name: str) -> str:
    """What follows the first name, which may be of two words and begin with a title: «سید محمد رضا کریمی» → «کریمی»."""
    words = name.split()
    while len(words) > 1 and words[0] in _FA_TITLES:
        words = words[1:]
    if len(words) > 2 and words[0] in _FA_FIRST and words[1] in _FA_SECOND:
        words = words[1:]
    return " ".join(words[1:]) or name


def _is_cyrillic(word: str) -> bool:
    return unicodedata.name(word[0], "").startswith("CYRILLIC")


class Record(TypedDict):
    """What the record says of all complaints of a customer, beside one of them."""

    complaints: int
    broken: int | None
    same_cause: datetime | None  # when the same cause hit them before, within a year


def record(*, complaint: OneComplaint, customer: Customer, seen: Q | None = None) -> dict[str, Combinable]:
    """Write `Record` as columns of the complaint's own row, so that it is read along with whatever else is.

    :param seen: which of their complaints the reader sees; all unless it is told
    """
    within = (complaint.received_at - A_YEAR, complaint.received_at)
    return record_among(customer.complaints.filter(seen or Q()), within=within, but=complaint.pk)


def record_among(theirs: QuerySet[Any], *, within: tuple[Any, Any], but: Any) -> dict[str, Combinable]:
    """Likewise, where all their complaints are named, the year before this one, and its id; each may be a blank."""
    every = theirs.filter(merged_into=None).order_by().values("customer")
    since, until = within
    before = theirs.filter(received_at__lt=until, received_at__gte=since).exclude(pk=but)
    earlier = before.order_by("-received_at").values("received_at")
    return {
        "complaints": Subquery(every.annotate(n=Count("pk")).values("n")),
        "broken": Subquery(every.annotate(n=Sum("broken_promises")).values("n")),
        # The same theme, or the same layer where there is no theme.
        "same_cause": Case(
            When(cause__theme=None, then=Subquery(earlier.filter(cause__layer=OuterRef("cause__layer"))[:1])),
            default=Subquery(earlier.filter(cause__theme=OuterRef("cause__theme"))[:1]),
        ),
    }


def been_through(
    *, customer: Customer, complaint: OneComplaint, now: datetime, told: Record | None = None
) -> BeenThrough:
    """Add up what the customer has lived through, in this complaint and before it.

    Who has read the columns of `record` already hands them in.
    """
    waited = timedelta(seconds=complaint.waited_seconds)
    if complaint.waiting_since is not None:
        waited += max(timedelta(), now - complaint.waiting_since)
    if told is None:
        columns = record(complaint=complaint, customer=customer)
        told = cast("Record", customer.complaints.values(**columns).get(pk=complaint.pk))
    return BeenThrough(
        waited=waited,
        times_told=complaint.times_told,
        people=complaint.people,
        complaints=told["complaints"] or 0,
        same_cause_at=told["same_cause"].date() if told["same_cause"] is not None else None,
        broken_promises=told["broken"] or 0,
    )


def ways(*, customer: Customer) -> list[tuple[str, str]]:
    """Return how the customer is reached: kind and value."""
    return list(ways_of(customer).values_list("kind", "value"))


def ways_of(customer: Any) -> QuerySet[ContactWay]:
    """The ways to reach a customer, in the order in which they are told; the customer may be a blank in a question."""
    return ContactWay.objects.filter(customer=customer).order_by("kind", "pk")


def email_of(*, customer: Customer) -> str:
    """Return the address that mail goes to, or nothing."""
    for (value,) in questions.ask("address of a customer", _addresses, customer=customer.pk):
        return str(value)
    return ""


def _addresses() -> QuerySet[ContactWay, Any]:
    theirs = ContactWay.objects.filter(customer=Blank("customer", BigIntegerField()), kind=ContactWay.Kind.EMAIL)
    return theirs.order_by("pk").values_list("value")[:1]
