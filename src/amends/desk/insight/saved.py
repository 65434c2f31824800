"""
Saved reports: made, run, stopped; and sent by the worker, once each, in the organisation's working hours.

A report is due when its week or month is over and work begins. Then a run is written down, which the database allows
once for each time; the paper is made, and a letter for each recipient waits until a mail server takes it. Who takes it
for the desk is another lane, so that no slow line is in the way of other letters' paper.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from amends.desk.customers.words import one_line
from amends.desk.insight import bar as bars
from amends.desk.insight import spans
from amends.desk.insight.models import ReportLetter, ReportRun, Rhythm, SavedReport
from amends.desk.insight.report import PAGES, report
from amends.desk.jobs.policy import Retries
from amends.desk.jobs.post import Post
from amends.desk.people.letters import deliver, letter_to
from amends.desk.people.models import Agent, Language, Organisation
from amends.desk.people.organisation import organisation_name, organisation_zone
from amends.engine.promises.calendar import WorkingCalendar

LONGEST_NAME: Final = 120
MOST_TRIES: Final = 5  # of making the paper
PATIENCE: Final = Retries(attempts=40, first_wait=timedelta(minutes=1))  # of sending it: about a day and a half
AT_ONCE: Final = 20
KEPT: Final = timedelta(days=366)  # the paper; that it was sent stays
WHEN: Final[Mapping[str, spans.By]] = {Rhythm.WEEKLY: "week", Rhythm.MONTHLY: "month"}

logger = logging.getLogger("amends.insight")


class UnableToSave(Exception):
    """It has no name, nothing is chosen that there is, or nobody to send it to; the message says which."""


# ── Making, running, stopping ────────────────────────────────────────────────


@transaction.atomic
def save(
    *,
    name: str,
    pages: Collection[str],
    span: str,
    by: str,
    narrowed: Mapping[str, str],
    currency: str,
    language: str,
    rhythm: str,
    recipients: Collection[int],
    made_by: Agent,
    now: datetime,
) -> SavedReport:
    """Save a report; one with a rhythm goes out for the first time when its next week or month begins.

    :raises UnableToSave: if something is missing or is none
    """
    name = one_line(name, limit=LONGEST_NAME)
    people = list(Agent.objects.filter(pk__in=recipients, is_active=True))
    if not name:
        raise UnableToSave(_("Please give the report a name."))
    if span not in spans.SPANS or language not in Language.values or rhythm not in Rhythm.values:
        raise UnableToSave(_("Please choose from what is offered."))
    if rhythm and not people:
        raise UnableToSave(_("Please choose to whom it is sent."))
    made = SavedReport.objects.create(
        name=name,
        pages=[one for one in PAGES if one in pages],
        span=span,
        by=by if by in {"week", "month"} else "",
        narrowed=dict(narrowed),
        currency=currency if re.fullmatch("[A-Z]{3}", currency) else "",
        language=language,
        rhythm=rhythm,
        made_by=made_by,
        made_at=now,
        next_at=_next_time(rhythm, language=language, after=now),
    )
    made.recipients.set(people)
    return made


def stop(*, saved: SavedReport, now: datetime) -> None:
    """Send it no more; letters that wait are not sent either. What was made stays."""
    SavedReport.objects.filter(pk=saved.pk, stopped_at__isnull=True).update(stopped_at=now, next_at=None)


def go_on(*, saved: SavedReport, now: datetime) -> None:
    """Send it again, from its next time on."""
    after = _next_time(saved.rhythm, language=saved.language, after=now)
    SavedReport.objects.filter(pk=saved.pk, stopped_at__isnull=False).update(stopped_at=None, next_at=after)


def run_now(*, saved: SavedReport, by: Agent, now: datetime) -> ReportRun:
    """Have it made and sent at once, whatever its rhythm; asked twice in one minute it is made once.

    :raises UnableToSave: if it was stopped
    """
    if saved.stopped_at is not None:
        raise UnableToSave(_("This report was stopped."))
    at = now.replace(second=0, microsecond=0)
    return ReportRun.objects.get_or_create(report=saved, due_at=at, defaults={"asked_by": by})[0]


def _next_time(rhythm: str, *, language: str, after: datetime) -> datetime | None:
    """When work begins after the week or month in which a moment is, in the calendar of the report's reader."""
    if rhythm not in WHEN:
        return None
    calendar, zone = _calendar()
    today = after.astimezone(zone).date()
    if WHEN[rhythm] == "week":
        first = spans.week_of(today, language=language) + timedelta(days=7)
    else:
        first = spans.month_of(today, language=language, back=-1)
    return calendar.next_opening(spans.midnight(first, zone))


def _calendar() -> tuple[WorkingCalendar, ZoneInfo]:
    """The organisation's working hours; office hours until it has some."""
    organisation = Organisation.objects.select_related("calendar").first()
    zone = organisation_zone()
    return (WorkingCalendar.office(zone=zone) if organisation is None else organisation.calendar.as_value()), zone


# ── Made by the worker ───────────────────────────────────────────────────────


def make_due(*, now: datetime) -> int:
    """Write down what is due, and make the paper of what waits for it; return how many were made."""
    _write_down(now)
    waiting = ReportRun.objects.filter(made_at__isnull=True, tries__lt=MOST_TRIES, report__stopped_at__isnull=True)
    made = 0
    for run in waiting.select_related("report").order_by("due_at", "pk")[:AT_ONCE]:
        made += _make(run, now)
    ReportRun.objects.filter(made_at__lt=now - KEPT, pdf__isnull=False).update(pdf=None)
    return made


def _write_down(now: datetime) -> None:
    due = list(SavedReport.objects.filter(next_at__lte=now, stopped_at__isnull=True).order_by("pk"))
    if not due or not _calendar()[0].is_open(now):
        return
    for saved in due:
        with transaction.atomic():
            ReportRun.objects.get_or_create(report=saved, due_at=saved.next_at)
            after = _next_time(saved.rhythm, language=saved.language, after=now)
            SavedReport.objects.filter(pk=saved.pk, next_at=saved.next_at).update(next_at=after)


def _make(run: ReportRun, now: datetime) -> bool:
    """Make one paper and its letters; what goes wrong is kept and said on the page, and tried again."""
    ReportRun.objects.filter(pk=run.pk).update(tries=run.tries + 1)
    try:
        pdf = paper(saved=run.report, at=run.due_at)
    except Exception as error:
        logger.exception("the report %s was not made", run.pk)
        ReportRun.objects.filter(pk=run.pk).update(problem=f"{type(error).__name__}: {error}"[:300])
        return False
    try:
        with transaction.atomic():
            written = ReportRun.objects.filter(pk=run.pk, made_at__isnull=True)
            if not written.update(pdf=pdf, made_at=now, problem=""):
                return False  # another worker was quicker
            people = run.report.recipients.filter(is_active=True, is_example=False)
            ReportLetter.objects.bulk_create(ReportLetter(run=run, agent=agent, next_at=now) for agent in people)
    except IntegrityError:
        return False
    return True


def paper(*, saved: SavedReport, at: datetime) -> bytes:
    """Make the report as it is at a moment, in its own language and calendar, by the organisation's clock."""
    zone = organisation_zone()
    with translation.override(saved.language), timezone.override(zone):
        bar = bars.read(query_of(saved), language=saved.language, now=at, zone=zone)
        made = report(bar=bar, only=saved.pages, title=saved.name, now=at)
        return made.as_pdf(language=saved.language)


def query_of(saved: SavedReport) -> dict[str, str]:
    """What a saved report is about, as it would stand in the address of a page."""
    told = {"span": saved.span, "by": saved.by, "currency": saved.currency, **saved.narrowed}
    return {name: value for name, value in told.items() if value}


# ── Sent ─────────────────────────────────────────────────────────────────────


def send_waiting(*, post: Post, now: datetime) -> int:
    """Send the letters that wait, each once; return how many left.

    What the mail server may have taken is 'maybe sent' and never sent again by itself.
    """
    if not post.is_open:
        return 0
    waiting = ReportLetter.objects.filter(
        Q(agent__is_active=True), state=ReportLetter.State.WAITING, next_at__lte=now, run__report__stopped_at=None
    )
    sent = 0
    for letter in waiting.select_related("run__report", "agent").order_by("next_at", "pk")[:AT_ONCE]:
        outcome = deliver(_written(letter), agent=letter.agent, post=post)
        tries = letter.tries + 1
        wait = PATIENCE.wait(attempt=tries) if outcome.kind == "later" else None
        state = {
            "sent": ReportLetter.State.SENT,
            "unknown": ReportLetter.State.UNKNOWN,
            "refused": ReportLetter.State.REFUSED,
        }.get(outcome.kind, ReportLetter.State.WAITING if wait else ReportLetter.State.REFUSED)
        ReportLetter.objects.filter(pk=letter.pk, state=ReportLetter.State.WAITING).update(
            state=state, tries=tries, said=outcome.detail[:300], next_at=now + wait if wait else now
        )
        sent += outcome.kind == "sent"
        if outcome.down:
            break  # the line is down for all of them
    return sent


def _written(letter: ReportLetter) -> EmailMessage:
    saved, run = letter.run.report, letter.run
    zone = organisation_zone()
    with translation.override(saved.language), timezone.override(zone):
        bar = bars.read(query_of(saved), language=saved.language, now=run.due_at, zone=zone)
        told = {
            "name": saved.name,
            "span": bar.span_told,
            "organisation": organisation_name(),
            "link": settings.ADDRESS + reverse("insight:reports"),
        }
        written = letter_to(
            agent=letter.agent,
            subject=_("{report}: {span}").format(report=saved.name, span=bar.span_told),
            text=render_to_string("insight/mail/report.txt", told),
        )
    written.add_attachment(bytes(run.pdf or b""), maintype="application", subtype="pdf", filename=file_name(run))
    return written


def file_name(run: ReportRun) -> str:
    """A name that any computer takes: the report's own words stand inside."""
    return f"report-{run.report_id}-{run.due_at:%Y-%m-%d}.pdf"
