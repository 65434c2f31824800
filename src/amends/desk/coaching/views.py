"""The draft on its way to the coach and back. Nothing of it is kept here."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from amends.desk.coaching import queries, readers, room
from amends.desk.coaching.course import course_of
from amends.desk.coaching.folding import folded
from amends.desk.coaching.models import ReadBy
from amends.desk.coaching.words import labels
from amends.desk.complaints import queries as complaints
from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Agent
from amends.desk.web.marks import Marked
from amends.engine.languages.reading import USUAL_READERS


@login_required
@require_POST
def read(request: HttpRequest, number: int) -> JsonResponse:
    """Answer with what the coach sees in the draft, for its author alone.

    Cues answer at once; `follows` says that it is worth asking again with `full=1`, for which the learned reader takes
    its time.
    """
    complaint = _find(number)
    agent = cast("Agent", request.user)
    draft = Marked(request.POST.get("text", "")[: queries.DRAFT_LIMIT])
    full = readers.full.get() if request.POST.get("full") == "1" else None
    reading = queries.read_draft(
        complaint=complaint,
        agent=agent,
        text=draft.plain,
        now=timezone.now(),
        readers=full or USUAL_READERS,
    )
    around = room.room_around(reading=reading, complaint=complaint, agent=agent, text=draft.plain, now=timezone.now())
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
                _as_typed(card, draft)
                for card in [
                    *(
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
                    ),
                    *room.cards(reading, around),
                ]
            ],
            "good": [
                _as_typed({"name": one.name, "title": one.title, "start": one.start, "end": one.end}, draft)
                for one in reading.good
            ],
            "promises": [
                _as_typed(
                    {
                        "words": one.words,
                        "start": one.start,
                        "end": one.end,
                        "due_at": queries.in_time_of(agent, one.due_at),
                        "whole_day": one.whole_day,
                    },
                    draft,
                )
                for one in reading.promises
            ],
        }
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _find(number: int) -> Complaint:
    complaint = complaints.by_number(number=number)
    if complaint is None:
        raise Http404
    return complaint


def _as_typed(told: dict[str, Any], draft: Marked) -> dict[str, Any]:
    """Say where words stand in what was typed: the draft was read without its marks."""
    told["start"], told["end"] = draft.as_typed(told["start"], told["end"])
    if "replace_start" in told:
        places = draft.as_typed(told["replace_start"], told["replace_end"])
        told["replace_start"], told["replace_end"] = places
    return told


@login_required
@require_GET
def course(request: HttpRequest, number: int) -> HttpResponse:
    """Show what went wrong on the way of one complaint."""
    complaint = _find(number)
    language = (get_language() or "en").split("-")[0]
    found = course_of(complaint=complaint, language=language, now=timezone.now())
    return render(request, "coaching/course.html", {"course": found})
