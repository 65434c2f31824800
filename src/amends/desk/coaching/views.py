"""The draft on its way to the coach and back. Nothing of it is kept here."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from amends.desk.coaching import queries, readers, room
from amends.desk.coaching.course import course_of
from amends.desk.coaching.folding import folded
from amends.desk.coaching.models import ReadBy
from amends.desk.coaching.words import labels
from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Agent
from amends.engine.languages.reading import USUAL_READERS


@login_required
@require_POST
def read(request: HttpRequest, number: int) -> JsonResponse:
    """Answer with what the coach sees in the draft, for its author alone.

    Cues answer at once; `follows` says that it is worth asking again with `full=1`, for which the learned reader takes
    its time.
    """
    complaint = get_object_or_404(Complaint.objects.select_related("customer", "owner__team", "team"), number=number)
    agent = cast("Agent", request.user)
    full = readers.full.get() if request.POST.get("full") == "1" else None
    reading = queries.read_draft(
        complaint=complaint,
        agent=agent,
        text=request.POST.get("text", ""),
        now=timezone.now(),
        readers=full or USUAL_READERS,
    )
    around = room.room_around(
        reading=reading, complaint=complaint, agent=agent, text=request.POST.get("text", ""), now=timezone.now()
    )
    cards = folded(
        room.ordered(reading.findings, around),
        always=room.helping(reading.findings, around),
        language=reading.language,
    )
    follows = reading.reader == ReadBy.CUES and "full" not in request.POST and readers.full.are_expected()
    answer = JsonResponse(
        {
            "language": reading.language,
            "reader": reading.reader,
            "labels": labels(reading.language),
            "follows": follows,
            "findings": [
                {
                    "id": one.id,
                    "name": one.name,
                    "start": one.start,
                    "end": one.end,
                    "words": one.words,
                    "title": one.title,
                    "hurts": one.hurts,
                    "instead": room.instead(one, around),
                    "replacement": one.replacement,
                    "replace_start": one.replace_start,
                    "replace_end": one.replace_end,
                    "hint": one.hint,
                }
                for one in cards
            ]
            + room.cards(reading, around),
            "good": [
                {"name": one.name, "title": one.title, "start": one.start, "end": one.end} for one in reading.good
            ],
            "promises": [
                {
                    "words": one.words,
                    "start": one.start,
                    "end": one.end,
                    "due_at": queries.in_time_of(agent, one.due_at),
                    "whole_day": one.whole_day,
                }
                for one in reading.promises
            ],
        }
    )
    answer["Cache-Control"] = "no-store"
    return answer


@login_required
@require_GET
def course(request: HttpRequest, number: int) -> HttpResponse:
    """Show what went wrong on the way of one complaint."""
    complaint = get_object_or_404(
        Complaint.objects.select_related("customer", "owner__team__calendar", "team__calendar"), number=number
    )
    language = (get_language() or "en").split("-")[0]
    found = course_of(complaint=complaint, language=language, now=timezone.now())
    return render(request, "coaching/course.html", {"course": found})
