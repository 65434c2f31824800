"""Customers: found, read, corrected."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router
from pydantic import Field

from amends.desk.api import once, queries
from amends.desk.api.door import needs
from amends.desk.api.problems import Problem
from amends.desk.api.routes.common import KEY, Pk, agent_of, answers, refusals
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


@router.get(
    "customers",
    auth=needs(Scope.READ_CUSTOMERS),
    response=answers(200, CustomersOut),
    operation_id="find_customers",
    summary=_("Find customers"),
)
def find_customers(request: HttpRequest, wanted: Query[Wanted]) -> CustomersOut:
    """Find customers by address, by number or by name; fifty at most."""
    del request
    if not (wanted.words.strip() or wanted.email.strip() or wanted.phone.strip()):
        detail = gettext("Write a name, an e-mail address or a telephone number.")
        raise Problem("not-valid", errors=[{"place": "words", "code": "missing", "detail": detail}])
    found = queries.find_customers(words=wanted.words, email=wanted.email.strip(), phone=wanted.phone.strip())
    return CustomersOut(customers=[CustomerOut.model_validate(one, from_attributes=True) for one in found])


@router.get(
    "customers/{pk}",
    auth=needs(Scope.READ_CUSTOMERS),
    response=answers(200, WholeCustomerOut, may=("not-found",)),
    operation_id="read_customer",
    summary=_("Read one customer"),
)
def read_customer(request: HttpRequest, pk: Pk) -> WholeCustomerOut:
    """Read what is known of a customer, how they are reached, and which complaints they had."""
    del request
    return _whole(pk)


@router.patch(
    "customers/{pk}",
    auth=needs(Scope.WRITE_CUSTOMERS),
    response=answers(200, WholeCustomerOut, may=("not-found", "unable")),
    operation_id="correct_customer",
    summary=_("Correct facts about a customer"),
    openapi_extra={"parameters": [KEY]},
)
def correct(request: HttpRequest, pk: Pk, told: CustomerIn) -> HttpResponse:
    """Correct facts. As on the pages, only an administrator does that: the token has to act for one."""
    if agent_of(request).role != Role.ADMINISTRATOR:
        raise Problem("not-allowed")
    given = told.model_dump(exclude_unset=True)
    nullable = {"since", "yearly_value"}
    fields = {name: value for name, value in given.items() if value is not None or name in nullable}

    def act() -> WholeCustomerOut:
        customer = Customer.objects.filter(pk=pk, erased_at__isnull=True).first()
        if customer is None:
            raise Problem("not-found")
        with refusals():
            correct_customer(customer=customer, **fields)
        return _whole(pk)

    return once.once(request, act=act, now=timezone.now())


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
