"""Plain administration of people, teams and calendars; letting people in and out has pages of its own."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from amends.desk.people import second_factor, sessions
from amends.desk.people.models import Agent, Calendar, Team

admin.site.unregister(Group)  # rights go with the role here
for kept in (Authenticator, EmailAddress, SocialAccount, SocialApp, SocialToken):
    admin.site.unregister(kept)  # secrets, and what the settings say


def at_the_door(request: HttpRequest, extra_context: Any = None) -> HttpResponse:
    """Lead to the one sign-in that counts attempts and asks for the second factor; say no to who is signed in."""
    del extra_context
    if request.user.is_authenticated:
        if not request.user.is_staff:
            raise PermissionDenied  # the sign-in would send them back here, in a circle
        return redirect("admin:index")
    return redirect_to_login(request.GET.get("next") or reverse("admin:index"))


admin.site.login = at_the_door  # type: ignore[method-assign]


class ForAdministrators:
    """Open to every administrator by their role, and not by Django's lists of rights."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_staff", False))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        del obj
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        del obj
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        del obj
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        del obj
        return self.has_module_permission(request)


class AgentForm(forms.ModelForm[Agent]):
    class Meta:
        model = Agent
        fields = (
            "name",
            "say",
            "latin_name",
            "email",
            "role",
            "team",
            "languages",
            "language",
            "time_zone",
            "presence",
            "goodwill_limit",
            "goodwill_currency",
            "is_active",
        )

    def clean_is_active(self) -> bool:
        """Nobody leaves while they own an open complaint: it would have an owner who does not work here."""
        stays = bool(self.cleaned_data["is_active"])
        if not stays and self.instance.owned.filter(stage__in=["received", "answered"]).exists():
            raise ValidationError(
                _("%(name)s still owns complaints. Hand them over first.") % {"name": self.instance.name}
            )
        return stays


@admin.register(Agent)
class AgentAdmin(ForAdministrators, admin.ModelAdmin[Agent]):
    form = AgentForm
    list_display = ("name", "email", "role", "team", "presence", "is_active")
    list_filter = ("role", "team", "is_active")
    list_select_related = ("team",)
    search_fields = ("name", "email")
    ordering = ("name",)

    def save_model(self, request: HttpRequest, obj: Agent, form: Any, change: Any) -> None:
        """Keep what goes with a role, and with leaving."""
        if "role" in form.changed_data:
            obj.own_role = None  # a fixed role was chosen here
        super().save_model(request, obj, form, change)
        second_factor.reckon(agents=[obj])
        if not obj.is_active:
            sessions.end(agent=obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        del request, obj
        return False  # letting somebody in has a page of its own

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        del request, obj
        return False  # a timeline names them


@admin.register(Team)
class TeamAdmin(ForAdministrators, admin.ModelAdmin[Team]):
    list_display = ("name", "calendar", "lead")
    list_select_related = ("calendar", "lead")
    ordering = ("name",)


@admin.register(Calendar)
class CalendarAdmin(ForAdministrators, admin.ModelAdmin[Calendar]):
    list_display = ("name", "time_zone")
    ordering = ("name",)
