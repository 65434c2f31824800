"""Whose desk this is."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from amends.desk.people.models import Organisation
from amends.desk.web import questions


def organisation_currency() -> str:
    """The money in which the organisation counts: offered where somebody writes an amount; empty if it is not known."""
    return Organisation.objects.values_list("currency", flat=True).first() or ""


def organisation_zone() -> ZoneInfo:
    """Where the organisation's days begin and end; UTC until it has a calendar."""
    return ZoneInfo(Organisation.objects.values_list("calendar__time_zone", flat=True).first() or "UTC")


def beginning_of(day: date, *, zone: ZoneInfo) -> datetime:
    """The first moment of a day."""
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def organisation_name() -> str:
    """The name given on the first run, or the one in the settings for a desk that was filled another way."""
    for (name,) in questions.ask("organisation", lambda: Organisation.objects.order_by("pk").values_list("name")[:1]):
        return name or settings.ORGANISATION
    return settings.ORGANISATION
