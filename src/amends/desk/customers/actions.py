"""Writing about customers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.db.utils import IntegrityError
from django.utils.translation import gettext as _

from amends.desk.customers.models import BuyingRhythm, ContactWay, Customer, Joining
from amends.desk.customers.words import one_line
from amends.desk.people.models import Language

_NOT_IN_A_NUMBER = re.compile(r"[^\d+]")
LONGEST_WAY = 254  # characters of an address or a number
CORRECTABLE = frozenset(
    {"name", "honorific", "say", "language", "address", "since", "orders", "yearly_value", "currency", "note"}
)


class UnableToCorrect(Exception):
    """What was given cannot stand in the record."""


def same_email(value: str) -> str:
    """Write an address in the one way in which it is looked up."""
    return unicodedata.normalize("NFKC", value).strip().casefold()  # house: allow, an address is no text of a language


def same_phone(value: str) -> str:
    """Write a telephone number in the one way in which it is looked up: digits of any script, 00 as +."""
    digits = "".join(
        str(unicodedata.digit(letter)) if letter.isdecimal() else letter
        for letter in unicodedata.normalize("NFKC", value)
    )
    digits = _NOT_IN_A_NUMBER.sub("", digits)
    return f"+{digits[2:]}" if digits.startswith("00") else digits


def find_or_make(*, name: str, language: str, now: datetime, email: str = "", phone: str = "") -> Customer:
    """Find the customer of an address or a number, or make a new one.

    The record's name stays as it is: a mailbox may be shared, and a name is corrected by a person.
    A way that is new is added to the customer who was found by the other.
    """
    return found_or_made(name=name, language=language, now=now, email=email, phone=phone)[0]


def found_or_made(
    *, name: str, language: str, now: datetime, email: str = "", phone: str = "", proved: bool = True
) -> tuple[Customer, bool]:
    """Do so, and tell whether it is a new one, of whom nothing is known yet.

    Not `proved` is what anybody may type: to know somebody's number is no reason to get their mail from then on, so a
    new address is a new customer's, whoever has the number.
    """
    look = partial(_found_or_made, name=name, language=language, now=now, email=email, phone=phone, proved=proved)
    try:
        return look()
    except IntegrityError:
        # Somebody took in the same new customer in the same second; theirs is the record.
        return look()


def _found_or_made(
    *, name: str, language: str, now: datetime, email: str, phone: str, proved: bool
) -> tuple[Customer, bool]:
    ways = [(ContactWay.Kind.EMAIL, same_email(email)), (ContactWay.Kind.PHONE, same_phone(phone))]
    ways = [(kind, value) for kind, value in ways if value and len(value) <= LONGEST_WAY]
    known = _of(ways)
    customer = next((known[way] for way in (ways if proved else ways[:1]) if way in known), None)
    is_new = customer is None
    if customer is not None and len(known) == len(ways):
        return customer, is_new
    with transaction.atomic():
        if customer is None:
            customer = new(name=name, language=language, email=email, phone=phone, now=now)
            customer.save()
        unknown = [way for way in ways if way not in known]
        ContactWay.objects.bulk_create(ContactWay(customer=customer, kind=kind, value=value) for kind, value in unknown)
    return customer, is_new


def new(*, name: str, language: str, now: datetime, email: str = "", phone: str = "") -> Customer:
    """A customer who is not in the record yet, and not saved."""
    return Customer(
        name=one_line(name, limit=200) or one_line(email.partition("@")[0], limit=200) or phone,
        language=language if language in Language.values else Language.ENGLISH,
        created_at=now,
    )


def with_emails(emails: Iterable[str]) -> dict[str, Customer]:
    """Find whose some addresses are, by the one way in which an address is looked up (`same_email`)."""
    wanted = {same_email(email) for email in emails}
    ways = ContactWay.objects.filter(kind=ContactWay.Kind.EMAIL, value__in=wanted).select_related("customer")
    return {way.value: way.customer for way in ways}


def enter_all(*, new: Sequence[tuple[Customer, str]]) -> None:
    """Save new customers with an address each, in the caller's transaction; nobody may have one of these yet."""
    Customer.objects.bulk_create(customer for customer, _email in new)
    ways = [
        ContactWay(customer=customer, kind=ContactWay.Kind.EMAIL, value=same_email(email)) for customer, email in new
    ]
    # In the order of the index, so that two who enter the same ones wait for each other in one direction only.
    ContactWay.objects.bulk_create(sorted(ways, key=lambda way: way.value))


def _of(ways: Iterable[tuple[ContactWay.Kind, str]]) -> dict[tuple[ContactWay.Kind, str], Customer]:
    """Find whose ways these are."""
    asked = Q(pk__in=[])
    for kind, value in ways:
        asked |= Q(kind=kind, value=value)
    rows = ContactWay.objects.select_related("customer").filter(asked)
    return {(ContactWay.Kind(row.kind), row.value): row.customer for row in rows}


def correct(*, customer: Customer, **fields: Any) -> Customer:
    """Correct the record: name, honorific, how to say it, language, address, since, orders, value, currency, note.

    :raises UnableToCorrect: if a field cannot be corrected, or a value does not fit
    """
    if unknown := fields.keys() - CORRECTABLE:
        raise UnableToCorrect(_("This cannot be corrected here: %(fields)s.") % {"fields": ", ".join(sorted(unknown))})
    if "name" in fields:
        fields["name"] = one_line(fields["name"], limit=200)
        if not fields["name"]:
            raise UnableToCorrect(_("A customer has a name. Write it as they do."))
    for field, value in fields.items():
        setattr(customer, field, value)
    try:
        customer.clean_fields()
    except ValidationError as error:
        raise UnableToCorrect(" ".join(error.messages)) from error
    customer.save(update_fields=list(fields))
    return customer


def records_of(*, customer: Customer) -> list[int]:
    """Return the ids of all records of one person: their own, and those that went into it."""
    found, fresh = [customer.pk], [customer.pk]
    while fresh:
        fresh = list(Joining.objects.filter(into__in=fresh, apart_at=None).values_list("other", flat=True))
        found += fresh
    return found


def empty(*, customer: Customer, now: datetime) -> None:
    """Empty the record of a person who is erased, and those that went into it; called by `complaints.actions.erase`."""
    for joining in Joining.objects.filter(into=customer, apart_at=None).select_related("other"):
        empty(customer=joining.other, now=now)
        joining.moved = {}
        joining.save(update_fields=["moved"])
    of_record = LogEntry.objects.filter(content_type__app_label="customers", content_type__model="customer")
    of_record.filter(object_id=str(customer.pk)).update(object_repr=str(customer.pk), change_message="")
    customer.sounds.all().delete()
    customer.contact_ways.all().delete()
    customer.purchases.all().delete()
    BuyingRhythm.objects.filter(customer=customer).delete()
    customer.name = customer.honorific = customer.say = customer.address = customer.note = ""
    customer.since = customer.yearly_value = None
    customer.orders = 0
    customer.currency = ""
    customer.erased_at = now
    customer.save()
