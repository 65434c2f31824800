"""Plain administration of customers."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from amends.desk.customers.models import ContactWay, Customer


class ContactWays(admin.TabularInline[ContactWay, Customer]):
    model = ContactWay
    extra = 0


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin[Customer]):
    list_display = ("name", "honorific", "language", "since", "yearly_value", "currency")
    list_filter = ("language",)
    search_fields = ("name", "contact_ways__value")
    readonly_fields = ("created_at", "erased_at")
    ordering = ("name",)
    inlines = (ContactWays,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        del request
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        del request, obj
        return False  # erasing empties the record and keeps the order of events
