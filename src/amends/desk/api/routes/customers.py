"""Customers: found, read, corrected."""

from __future__ import annotations

from typing import Annotated

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router
from pydantic import Field

from amends.desk.api import queries
from amends.desk.api.problems import Problem, not_valid
from amends.desk.api.routes.common import Call, Pk, acts, reads
from amends.desk.api.schemas import CustomerIn, CustomerOut, CustomersOut, In, WayOut, WholeCustomerOut
from amends.desk.api.scopes import Scope
from amends.desk.complaints.actions import correct_customer
from amends.desk.customers.models import Customer
from amends.desk.people.models import Role

router = Router()


class Wanted(In):
    words: Annotated[str, Field(max_length=200, description="Words of the name, in any spelling.")] = ""
    email: Annotated[str, Field(max_length=254)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""


@reads(router, "customers", scope=Scope.READ_CUSTOMERS, summary=_("Find customers"))
def find_customers(_call: Call, wanted: Query[Wanted]) -> CustomersOut:
    """Find customers by address, by number or by name; fifty at most."""
    if not (wanted.words.strip() or wanted.email.strip() or wanted.phone.strip()):
        detail = gettext("Write a name, an e-mail address or a telephone number.")
        raise not_valid("words", detail, code="missing")
    found = queries.find_customers(words=wanted.words, email=wanted.email.strip(), phone=wanted.phone.strip())
    return CustomersOut(customers=[CustomerOut.model_validate(one, from_attributes=True) for one in found])


@reads(router, "customers/{pk}", scope=Scope.READ_CUSTOMERS, summary=_("Read one customer"))
def read_customer(_call: Call, pk: Pk) -> WholeCustomerOut:
    """Read what is known of a customer, how they are reached, and which complaints they had."""
    return _whole(pk)


@acts(
    router.patch,
    "customers/{pk}",
    scope=Scope.WRITE_CUSTOMERS,
    name="correct_customer",
    summary=_("Correct facts about a customer"),
)
def correct(call: Call, pk: Pk, told: CustomerIn) -> WholeCustomerOut:
    """Correct facts. As on the pages, only an administrator does that: the token has to act for one."""
    if call.agent.role != Role.ADMINISTRATOR:
        raise Problem("not-allowed")
    given = told.model_dump(exclude_unset=True)
    nullable = {"since", "yearly_value"}
    fields = {name: value for name, value in given.items() if value is not None or name in nullable}
    correct_customer(customer=get_object_or_404(Customer, pk=pk, erased_at__isnull=True), **fields)
    return _whole(pk)


def _whole(pk: int) -> WholeCustomerOut:
    found = queries.customer(pk=pk)
    if found is None:
        raise Problem("not-found")
    plain = CustomerOut.model_validate(found, from_attributes=True)
    return WholeCustomerOut(
        **plain.model_dump(),
        ways=[WayOut(kind=way.kind, value=way.value) for way in found.contact_ways.all()],
        complaints=queries.numbers_of(customer=found),
    )
