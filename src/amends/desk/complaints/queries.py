"""Reading about complaints: the list (inbox.py), and one complaint with its person (story.py)."""

from __future__ import annotations

from django.db.models import BigIntegerField, QuerySet

from amends.desk.complaints.held import NO_FILTERS, OF_THE_TEAM, PERSONAL, VIEWS, Circle, Filters, View, circle
from amends.desk.complaints.inbox import Hit, count, find, inbox, most_counted, one, page, views_with_counts
from amends.desk.complaints.models import Complaint
from amends.desk.complaints.order import UnableToContinue
from amends.desk.complaints.shown import Row, is_passed_around
from amends.desk.complaints.story import (
    Earlier,
    Expert,
    File,
    Item,
    PersonPane,
    Promised,
    beside,
    conversation,
    direction,
    draft,
    person,
)
from amends.desk.complaints.visible import is_seen
from amends.desk.web import questions
from amends.desk.web.questions import Blank

__all__ = [
    "NO_FILTERS",
    "OF_THE_TEAM",
    "PERSONAL",
    "VIEWS",
    "Circle",
    "Earlier",
    "Expert",
    "File",
    "Filters",
    "Hit",
    "Item",
    "PersonPane",
    "Promised",
    "Row",
    "UnableToContinue",
    "View",
    "beside",
    "by_key",
    "by_number",
    "circle",
    "conversation",
    "count",
    "direction",
    "draft",
    "find",
    "going_on",
    "inbox",
    "is_passed_around",
    "most_counted",
    "one",
    "page",
    "person",
    "views_with_counts",
]


def by_number(*, number: int) -> Complaint | None:
    """Return the complaint of a number, or the one it was merged into, with who owns it and whose it is.

    For whoever reads now, one behind a wall is not there.
    """
    rows: list[Complaint] = questions.ask(
        "by number", lambda: _whole().filter(number=Blank("number", BigIntegerField())), number=number
    )
    found = _going_on(rows[0] if rows else None)
    return found if found is not None and is_seen(found) else None


def by_key(*, key: str) -> Complaint | None:
    """Return the complaint of a customer's private link, or the one it was merged into."""
    return _going_on(_whole().filter(key=key).first()) if key else None


def going_on(complaint: Complaint) -> Complaint:
    """Return the complaint in which this one goes on: mostly itself."""
    return _going_on(complaint) or complaint


def _going_on(complaint: Complaint | None) -> Complaint | None:
    while complaint is not None and complaint.merged_into_id is not None:
        complaint = _whole().filter(pk=complaint.merged_into_id).first()
    return complaint


def _whole() -> QuerySet[Complaint]:
    return Complaint.objects.select_related("customer", "owner__team__calendar", "team__calendar")
