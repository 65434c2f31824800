"""What this room empties when a person is erased: answers that programs were given, kept to repeat them."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from amends.desk.api.models import Answer
from amends.desk.complaints.models import Complaint
from amends.desk.customers.models import ContactWay, Customer


def erase_answers(*, customer_id: int, complaint_ids: Collection[int], now: datetime) -> None:
    """Empty the answers that may tell of the person; a call that is repeated still does nothing twice.

    Kept for days only, so few that each is looked into: for a complaint's number or the customer's own, their name and
    their ways. One too many costs nothing but its words.
    """
    del now
    told = {str(number) for number in Complaint.objects.filter(pk__in=complaint_ids).values_list("number", flat=True)}
    told |= set(ContactWay.objects.filter(customer=customer_id).values_list("value", flat=True))
    told |= set(Customer.objects.filter(pk=customer_id).values_list("name", flat=True))
    sought = Q()
    for one in filter(None, told):
        sought |= Q(said__contains=one) | Q(said__contains=json.dumps(one)[1:-1])  # as SQLite keeps it
    if sought:
        Answer.objects.annotate(said=Cast("body", TextField())).filter(sought).update(body={})
