"""What stands beside a conversation and is read once its words are there: putting right, and what the house notes."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from amends.desk.complaints import fields, one_person
from amends.desk.complaints.models import Stage
from amends.desk.remedies.queries import right_of
from amends.desk.workplace import screens


@login_required
@never_cache
def pane(request: HttpRequest, number: int) -> HttpResponse:
    """Their other records, how it is put right (and what that asks for now, at the head of the case), fields."""
    row = screens.find(number)
    told = fields.of(complaint=row, language=request.user.language)
    context = {
        "complaint": row,
        "mine": row.owner_id == request.user.pk,
        "is_open": row.stage in {Stage.RECEIVED, Stage.ANSWERED},
        "joined": one_person.joined(customer=row.customer),
        "perhaps": one_person.candidates(customer=row.customer, reader=request.user),
        "right": right_of(complaint=row),
        "checklists": [one for one in told if one.is_checklist and one.field.retired_at is None],
        "fields": [one for one in told if not one.is_checklist],
    }
    return render(request, "workplace/beside.html", context)
