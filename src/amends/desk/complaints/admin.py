"""Plain administration of customers, with their complaints found under a corrected name."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from amends.desk.complaints.actions import index_again
from amends.desk.customers.admin import CustomerAdmin
from amends.desk.customers.models import Customer


@admin.register(Customer)
class FindableCustomerAdmin(CustomerAdmin):
    def save_model(self, request: HttpRequest, obj: Customer, form: Any, change: bool) -> None:  # noqa: FBT001
        super().save_model(request, obj, form, change)
        index_again(customer=obj)
