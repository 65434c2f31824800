"""Plain administration of customers; registered by the room of complaints, which keeps them findable."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from amends.desk.customers.actions import same_email, same_phone
from amends.desk.customers.models import ContactWay, Customer
from amends.desk.customers.words import one_line
from amends.desk.people.admin import ForAdministrators


class ContactWayForm(forms.ModelForm[ContactWay]):
    class Meta:
        model = ContactWay
        fields = ("kind", "value")

    def clean(self) -> dict[str, Any]:
        """Write an address or a number in the one way in which it is looked up."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if value := given.get("value"):
            given["value"] = same_phone(value) if given.get("kind") == ContactWay.Kind.PHONE else same_email(value)
        return given


class ContactWays(ForAdministrators, admin.TabularInline[ContactWay, Customer]):
    model = ContactWay
    form = ContactWayForm
    extra = 0


class CustomerForm(forms.ModelForm[Customer]):
    class Meta:
        model = Customer
        fields = (
            "name",
            "honorific",
            "say",
            "language",
            "address",
            "since",
            "orders",
            "yearly_value",
            "currency",
            "note",
        )

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"], limit=200)


class CustomerAdmin(ForAdministrators, admin.ModelAdmin[Customer]):
    form = CustomerForm
    list_display = ("name", "honorific", "language", "since", "yearly_value", "currency")
    list_filter = ("language",)
    search_fields = ("name", "contact_ways__value")
    ordering = ("name",)
    inlines = (ContactWays,)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        del request, obj
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        del request, obj
        return False  # erasing empties the record and keeps the order of events
