"""One person who is here twice: found by name and number, made one record, and two again.

A mail address and a telephone number make two records of somebody; so do two scripts. Whoever knows them says so: the
complaints, the ways to reach them and what they bought go to the record that stays, and the other one stays empty. What
went along is kept by its ids (`Joining`), so it goes back at any time. No event is touched: who said what to whom is
told as before, and each link of a customer's page goes on opening its own complaint and nothing else.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import Any, Final

from django.db import transaction
from django.db.models import Manager, Q
from django.utils.translation import gettext as _

from amends.desk.complaints.actions import index_again, rebuild
from amends.desk.complaints.models import Complaint
from amends.desk.complaints.search import folded
from amends.desk.complaints.sounding import is_in_other_letters, sounds_near
from amends.desk.complaints.visible import has_walls, visible_to
from amends.desk.customers.models import BuyingRhythm, ContactWay, Customer, Joining, Purchase
from amends.desk.people.models import Agent

OFFERED: Final = 6
_LOOKED_AT: Final = 200  # records of like sound that are compared letter by letter
_ALIKE: Final = 0.84  # how much of two names in one script is the same, from which one may be a slip of the other
# Codes of the countries of the desk's languages, for numbers that are written with and without one.
_CODES: Final = ("90", "98", "976", "44", "1", "49")
_FEWEST_DIGITS: Final = 7


_also_along: dict[str, Manager[Any]] = {}


def also_goes_along(rows: Manager[Any]) -> None:
    """Have a room's one row about a `customer` go to the record that stays where that has none of its own."""
    _also_along[rows.model._meta.label_lower] = rows  # noqa: SLF001


class UnableToJoin(Exception):
    """They are one record, one of them went into another one, was erased, or is out of the reader's sight."""


class UnableToTakeApart(Exception):
    """It was taken apart before, or the record went on into another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Another record that may be of the same person, and what says so."""

    customer: Customer
    why: str  # "number", "name", "letters" (of another script) or "nearly"
    ways: tuple[str, ...]
    complaints: int
    newest: int  # the number of their newest complaint


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A record that went into this one, as the person's pane tells it."""

    id: int
    name: str
    by_name: str
    at: datetime


# ── Finding ──────────────────────────────────────────────────────────────────


def candidates(*, customer: Customer, reader: Agent) -> list[Candidate]:
    """Offer the records that may be of the same person, the surest first.

    None of which a complaint is behind a wall for the reader: who a customer of a closed team is, is not told.
    """
    if customer.erased_at is not None:
        return []
    like = Q(sounds__sound__in=sounds_near(customer.name) - {""})
    if numbers := _same_numbers(customer):
        like |= Q(contact_ways__kind=ContactWay.Kind.PHONE, contact_ways__value__in=numbers)
    found = Customer.objects.filter(like, erased_at=None).exclude(pk=customer.pk)
    found = found.exclude(pk__in=Joining.objects.filter(apart_at=None).values("other"))
    rows = {one.pk: one for one in found.order_by("pk").distinct()[:_LOOKED_AT]}
    if not rows:
        return []
    ways: dict[int, list[str]] = {}
    same: set[int] = set()
    for pk, kind, value in ContactWay.objects.filter(customer__in=rows).values_list("customer", "kind", "value"):
        ways.setdefault(pk, []).append(value)
        if kind == ContactWay.Kind.PHONE and value in numbers:
            same.add(pk)
    told = [(one, "number" if one.pk in same else why_alike(customer.name, one.name)) for one in rows.values()]
    order = ("number", "name", "letters", "nearly")
    likely = sorted(((one, why) for one, why in told if why), key=lambda pair: (order.index(pair[1]), pair[0].pk))
    seen = _complaints_of([one.pk for one, _why in likely], reader=reader)
    return [
        Candidate(customer=one, why=why, ways=tuple(ways.get(one.pk, ())), complaints=count, newest=newest)
        for one, why in likely
        if one.pk in seen
        for count, newest in [seen[one.pk]]
    ][:OFFERED]


def why_alike(one: str, other: str) -> str:
    """Say why two names, of like sound, may be one person's: nothing where their letters say otherwise."""
    mine, theirs = (sorted(folded(name).replace(".", " ").split()) for name in (one, other))
    if mine == theirs:
        return "name"
    if is_in_other_letters(one, other):
        return "letters"
    if any(len(word) == 1 for word in (*mine, *theirs)):
        long = {word for word in mine if len(word) > 1} & {word for word in theirs if len(word) > 1}
        return "nearly" if long else ""
    near = SequenceMatcher(None, " ".join(mine), " ".join(theirs), autojunk=False).ratio()
    return "nearly" if near >= _ALIKE else ""


def _same_numbers(customer: Customer) -> set[str]:
    """The customer's telephone numbers, each as it may be written elsewhere: with a country's code or without."""
    found: set[str] = set()
    own = set(customer.contact_ways.filter(kind=ContactWay.Kind.PHONE).values_list("value", flat=True))
    for value in own:
        digits = value.lstrip("+")
        rests = {digits.lstrip("0")} | {digits.removeprefix(code) for code in _CODES if digits.startswith(code)}
        for rest in (rest for rest in rests if len(rest) >= _FEWEST_DIGITS):
            found |= {rest, f"0{rest}", f"+{rest}"} | {f"{plus}{code}{rest}" for code in _CODES for plus in ("", "+")}
    return found - own


def _complaints_of(pks: Collection[int], *, reader: Agent) -> dict[int, tuple[int, int]]:
    """How many complaints customers have, and the newest; only those of whom the reader sees every one."""
    found: dict[int, tuple[int, int]] = {}
    hidden: set[int] = set()
    rows = Complaint.objects.filter(customer__in=pks, merged_into=None).order_by("pk")
    if has_walls(reader):
        hidden = set(rows.exclude(visible_to(reader)).values_list("customer", flat=True))
    for pk, number in rows.values_list("customer", "number"):
        found[pk] = (found.get(pk, (0, 0))[0] + 1, number)
    return {pk: found.get(pk, (0, 0)) for pk in pks if pk not in hidden}


def joined(*, customer: Customer) -> list[Joined]:
    """Tell which records went into this one."""
    rows = Joining.objects.filter(into=customer, apart_at=None).order_by("at").values_list(
        "pk", "other__name", "by__name", "at"
    )  # fmt: skip
    return [Joined(id=pk, name=name, by_name=by, at=at) for pk, name, by, at in rows]


# ── Making one of two, and two of one ────────────────────────────────────────

_KEPT: Final = ("honorific", "say", "address", "since", "orders", "yearly_value", "currency", "note")


@transaction.atomic
def join(*, other: Customer, into: Customer, by: Agent, now: datetime) -> Joining:
    """Let one record go into another one of the same person.

    What the one that stays says of itself stands; what it does not say it takes from the other one, orders and what
    they spend are added up, and they are customers since the earlier day.

    :raises UnableToJoin: if it is the same record, one went into another one, was erased, or has a complaint that `by`
        does not see
    """
    rows = {
        one.pk: one for one in Customer.objects.select_for_update().filter(pk__in=[other.pk, into.pk]).order_by("pk")
    }
    if len(rows) < 2:
        raise UnableToJoin(_("This is one record already."))
    other, into = rows[other.pk], rows[into.pk]
    if any(one.erased_at is not None for one in rows.values()):
        raise UnableToJoin(_("One of the two was erased."))
    if Joining.objects.filter(other__in=rows, apart_at=None).exists():
        raise UnableToJoin(_("One of the two is a part of another record already."))
    _see_all(rows, by=by)
    moved: dict[str, Any] = {
        "complaints": _ids(Complaint.objects.filter(customer=other)),
        "ways": _ids(ContactWay.objects.filter(customer=other)),
        "purchases": _ids(Purchase.objects.filter(customer=other)),
        "along": _take_along(other=other, into=into),
    }
    Complaint.objects.filter(pk__in=moved["complaints"]).update(customer=into)
    ContactWay.objects.filter(pk__in=moved["ways"]).update(customer=into)
    Purchase.objects.filter(pk__in=moved["purchases"]).update(customer=into)
    BuyingRhythm.objects.filter(customer=other).delete()  # reckoned anew each night
    before = {name: _plain(getattr(into, name)) for name in _KEPT}
    _fill(into, other)
    moved |= {"before": before, "after": {name: _plain(getattr(into, name)) for name in _KEPT}}
    joining = Joining.objects.create(other=other, into=into, by=by, at=now, moved=moved)
    index_again(customer=into)
    _count_again(into)
    return joining


@transaction.atomic
def take_apart(*, joining: Joining, by: Agent, now: datetime) -> Joining:
    """Make two records of it again, each with what was its own; what came since stays with the one that stayed.

    :raises UnableToTakeApart: if it was done before, or the record went on into another one, or was erased
    """
    pks = [joining.other_id, joining.into_id]
    rows = {one.pk: one for one in Customer.objects.select_for_update().filter(pk__in=pks).order_by("pk")}
    joining = Joining.objects.select_for_update().get(pk=joining.pk)
    if joining.apart_at is not None:
        raise UnableToTakeApart(_("These are two again already."))
    other, into = rows[joining.other_id], rows[joining.into_id]
    if into.erased_at is not None:
        raise UnableToTakeApart(_("This customer was erased before."))
    if Joining.objects.filter(other=into, apart_at=None).exists():
        raise UnableToTakeApart(_("This record is a part of another one itself: take that apart first."))
    moved = joining.moved
    Complaint.objects.filter(pk__in=moved["complaints"], customer=into).update(customer=other)
    ContactWay.objects.filter(pk__in=moved["ways"], customer=into).update(customer=other)
    Purchase.objects.filter(pk__in=moved["purchases"], customer=into).update(customer=other)
    for label, row in moved.get("along", {}).items():  # what somebody changed since stays
        if label in _also_along:
            _also_along[label].filter(customer=into, **row).update(customer=other)
    for name in _KEPT:  # what somebody corrected since stays as they wrote it
        if _plain(getattr(into, name)) == moved["after"][name] != moved["before"][name]:
            setattr(into, name, _read(name, moved["before"][name]))
    into.save(update_fields=_KEPT)
    joining.apart_at, joining.apart_by, joining.moved = now, by, {}
    joining.save(update_fields=["apart_at", "apart_by", "moved"])
    for one in (into, other):
        index_again(customer=one)
        _count_again(one)
    return joining


def _take_along(*, other: Customer, into: Customer) -> dict[str, dict[str, Any]]:
    """Move what other rooms keep about the one that goes, and tell each row as it is without its customer."""
    found: dict[str, dict[str, Any]] = {}
    for label, rows in _also_along.items():
        row = rows.filter(customer=other).values().first()
        if row is None or rows.filter(customer=into).exists():
            continue
        rows.filter(pk=row["id"]).update(customer=into)
        found[label] = {name: _plain(value) for name, value in row.items() if name != "customer_id"}
    return found


def _count_again(customer: Customer) -> None:
    """Reckon anew what goes on: another group, or another sum that they spend, has other time limits."""
    for one in Complaint.objects.select_for_update().filter(customer=customer, live=True):
        rebuild(complaint=one)


def _see_all(customers: Collection[int], *, by: Agent) -> None:
    if has_walls(by) and Complaint.objects.filter(customer__in=customers).exclude(visible_to(by)).exists():
        raise UnableToJoin(_("A part of what is kept about them belongs to a closed team. Ask an administrator."))


def _ids(rows: Any) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _fill(into: Customer, other: Customer) -> None:
    for name in ("honorific", "say", "address"):
        setattr(into, name, getattr(into, name) or getattr(other, name))
    into.since = min(filter(None, (into.since, other.since)), default=None)
    into.orders += other.orders
    if into.yearly_value is None:
        into.yearly_value, into.currency = other.yearly_value, other.currency
    elif other.yearly_value is not None and other.currency == into.currency:
        into.yearly_value += other.yearly_value
    into.note = "\n\n".join(dict.fromkeys(filter(None, (into.note, other.note))))
    into.save(update_fields=_KEPT)


def _read(name: str, value: object) -> object:
    """What was kept as text, as the record has it."""
    field: Any = Customer._meta.get_field(name)  # noqa: SLF001
    return field.to_python(value)


def _plain(value: object) -> object:
    """A day or a sum of money as text."""
    if value is None or isinstance(value, int | str):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)
