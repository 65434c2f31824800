"""'Our fault': fix first, ask later (S4.4, S4.6).

While the mark is on, two things are counted from the timeline: what was asked of the customer before it was put right,
and whether that happened on the working day on which they wrote.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import transaction

from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import By, Complaint, Event, EventKind
from amends.desk.complaints.timeline import Happened
from amends.desk.people.models import Agent
from amends.desk.remedies.models import Fault
from amends.engine.conversation import Conversation, Turn
from amends.engine.failings.demands import demands
from amends.engine.failings.moment import Moment
from amends.engine.languages.reading import read
from amends.engine.promises.calendar import NoWorkingTimeError, WorkingCalendar

MOST = 30_000  # what the column holds
AT_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)  # what is asked does not depend on when


@transaction.atomic
def mark(*, complaint: Complaint, by: Agent, now: datetime) -> Event | None:
    """Say that it is our fault; saying so twice changes nothing."""
    Complaint.objects.select_for_update().get(pk=complaint.pk)
    if Fault.objects.filter(complaint=complaint, lifted_at__isnull=True).exists():
        return None
    Fault.objects.update_or_create(complaint=complaint, defaults={"by": by, "at": now, "lifted_at": None})
    return complaints.append(
        complaint=complaint, kind=EventKind.OUR_FAULT, by=By.AGENT, agent=by, data={"on": True}, now=now
    )


@transaction.atomic
def lift(*, complaint: Complaint, by: Agent, now: datetime) -> Event | None:
    """Take the mark back."""
    Complaint.objects.select_for_update().get(pk=complaint.pk)
    if not Fault.objects.filter(complaint=complaint, lifted_at__isnull=True).update(lifted_at=now):
        return None
    return complaints.append(
        complaint=complaint, kind=EventKind.OUR_FAULT, by=By.AGENT, agent=by, data={"on": False}, now=now
    )


def follow(*, complaint: Complaint, story: Sequence[Happened]) -> None:
    """Count anew what was asked before the fix, and whether the fix came on the same working day."""
    if not any(event.kind == EventKind.OUR_FAULT for event in story):
        return
    fault = Fault.objects.filter(complaint=complaint, lifted_at__isnull=True).first()
    if fault is None:
        return
    fixed_at = next((event.at for event in story if event.kind == EventKind.REMEDY), None)
    before = [event for event in story if fixed_at is None or event.at < fixed_at]
    replies = [event.text for event in before if event.kind == EventKind.REPLIED and event.text.strip()]
    asked = sum(questions_in(text, language=complaint.language) for text in replies)
    Fault.objects.filter(pk=fault.pk).update(
        questions=min(asked, MOST),
        replies=min(len(replies), MOST),
        fixed_at=fixed_at,
        same_day=fixed_at is not None
        and on_same_day(received=story[0].at, fixed=fixed_at, calendar=_calendar(complaint)),
    )


def questions_in(text: str, *, language: str) -> int:
    """Count what a reply asks of the customer: each piece of data or proof, and each question about the case."""
    talk = Conversation(id="", turns=(Turn(by="agent", text=text),), as_of=AT_ANY_TIME)
    moment = Moment(read(talk, language=language), 0)
    asked = demands(moment)
    things = sum(max(1, len(demand.things)) for demand in asked)
    about = [
        sentence
        for sentence, _acts in moment.sentences_with("question-for-case")
        if all(sentence.start != demand.sentence.start for demand in asked)
    ]
    return things + len(about)


def on_same_day(*, received: datetime, fixed: datetime, calendar: WorkingCalendar) -> bool:
    """Whether something came right on the day on which the complaint came, or on the first working day after it."""
    try:
        begins = calendar.next_opening(received)
    except NoWorkingTimeError:
        begins = received
    zone = calendar.zone
    return fixed.astimezone(zone).date() <= begins.astimezone(zone).date()


def _calendar(complaint: Complaint) -> WorkingCalendar:
    return complaint.owner.calendar() if complaint.team is None else complaint.team.calendar.as_value()
