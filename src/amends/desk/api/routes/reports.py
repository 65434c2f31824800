"""Alarms, and reports that are saved, sent and stopped."""

from __future__ import annotations

import base64

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router

from amends.desk.api.figure_schemas import (
    AlarmOut,
    AlarmsOut,
    BarIn,
    HeardIn,
    NumberedOut,
    OneAlarmOut,
    PaperOut,
    ReportIn,
    ReportOut,
    ReportsOut,
)
from amends.desk.api.problems import Problem
from amends.desk.api.routes.common import Call, Pk, acts, language_of, reads
from amends.desk.api.routes.figures import bar_of
from amends.desk.api.scopes import Scope
from amends.desk.api.things import guard, leads
from amends.desk.complaints.visible import visible
from amends.desk.insight import alarm_words, alarms, report_queries, saved
from amends.desk.insight.models import Alarm, ReportRun, SavedReport, Way
from amends.desk.insight.report import report

router = Router()

SHOWN = 50
LISTED = 4 * SHOWN
PDF = "application/pdf"


# ── Alarms ───────────────────────────────────────────────────────────────────


@reads(router, "alarms", scope=Scope.READ_FIGURES, summary=_("List alarms"))
def list_alarms(call: Call) -> AlarmsOut:
    """List the last fifty alarms, the newest first, and what is watched."""
    rows = Alarm.objects.select_related("heard_by").order_by("-rung_at", "-pk")[:SHOWN]
    watched = alarms.watched(now=call.now)
    return AlarmsOut(
        subjects=watched.subjects,
        silences=watched.silences,
        days_learnt=watched.days_learnt,
        days_missing=watched.days_missing,
        alarms=[_alarm(one) for one in rows],
    )


@reads(router, "alarms/{pk}", scope=Scope.READ_FIGURES, summary=_("Read an alarm and the complaints that it is about"))
def read_alarm(_call: Call, pk: Pk) -> OneAlarmOut:
    """Read one alarm, with the last two hundred complaints that it is about."""
    return _one_alarm(_known_alarm(pk))


@acts(router.post, "alarms/{pk}/hear", scope=Scope.WRITE_FIGURES, summary=_("Say what an alarm was"))
def hear_alarm(call: Call, pk: Pk, told: HeardIn) -> OneAlarmOut:
    """Say that somebody has seen to it, and what it was; whoever leads people may. It is watched anew from then on."""
    guard(leads, call.agent)
    return _one_alarm(alarms.hear(alarm=_known_alarm(pk), words=told.words, by=call.agent, now=call.now))


def _known_alarm(pk: int) -> Alarm:
    return get_object_or_404(Alarm.objects.select_related("heard_by"), pk=pk)


def _alarm(alarm: Alarm) -> AlarmOut:
    told = alarm_words.told(alarm, language=language_of())
    return AlarmOut(
        id=alarm.pk,
        way=Way(alarm.way),
        kind=alarm.kind,
        name=alarm.name,
        subject=told.subject,
        says=told.says,
        since=alarm.since,
        until=alarm.until,
        seen=alarm.seen,
        usual=alarm.usual,
        rung_at=alarm.rung_at,
        heard_at=alarm.heard_at,
        heard_by="" if alarm.heard_by is None else alarm.heard_by.name,
        words=alarm.words,
    )


def _one_alarm(alarm: Alarm) -> OneAlarmOut:
    found = alarms.complaints_of(alarm).filter(visible()).select_related("customer")
    return OneAlarmOut(
        **_alarm(alarm).model_dump(),
        total=found.count(),
        complaints=[
            NumberedOut(number=one.number, subject=one.subject, customer=one.customer.name, received_at=one.received_at)
            for one in found[:LISTED]
        ],
    )


# ── Saved reports ────────────────────────────────────────────────────────────


@reads(router, "reports", scope=Scope.READ_FIGURES, summary=_("List saved reports"))
def list_reports(call: Call) -> ReportsOut:
    """List saved reports, and what became of their last runs; for whoever leads people."""
    guard(leads, call.agent)
    rows = report_queries.rows(language=language_of())
    return ReportsOut(reports=[ReportOut.model_validate(row, from_attributes=True) for row in rows])


@acts(router.post, "reports", scope=Scope.WRITE_FIGURES, summary=_("Save a report"), status=201)
def save_report(call: Call, told: ReportIn) -> ReportOut:
    """Save a report; one with a rhythm goes out when its next week or month begins."""
    guard(leads, call.agent)
    narrowed = {"span", "by", "team", "product", "branch", "group", "channel", "currency"}
    bar = bar_of(call, BarIn(**told.model_dump(include=narrowed), language=told.only_language))
    made = saved.save(
        name=told.name,
        pages=told.pages,
        span=told.span,
        by=told.by or "",
        narrowed=bar.choice.narrowed,
        currency=bar.choice.currency,
        language=told.language,
        rhythm=told.rhythm,
        recipients=told.to,
        made_by=call.agent,
        now=call.now,
    )
    return _report(made.pk)


@acts(router.post, "reports/{pk}/run", scope=Scope.WRITE_FIGURES, summary=_("Have a saved report made and sent now"))
def run_report(call: Call, pk: Pk) -> ReportOut:
    """Have it made within minutes, and sent to everybody on its list; asked twice in a minute it is made once."""
    saved.run_now(saved=_known(call, pk), by=call.agent, now=call.now)
    return _report(pk)


@acts(router.post, "reports/{pk}/stop", scope=Scope.WRITE_FIGURES, summary=_("Send a saved report no more"))
def stop_report(call: Call, pk: Pk) -> ReportOut:
    """Send it no more; what was made stays."""
    saved.stop(saved=_known(call, pk), now=call.now)
    return _report(pk)


@acts(router.post, "reports/{pk}/go-on", scope=Scope.WRITE_FIGURES, summary=_("Send a saved report again"))
def go_on_report(call: Call, pk: Pk) -> ReportOut:
    """Send a report that was stopped again, from its next time on."""
    saved.go_on(saved=_known(call, pk), now=call.now)
    return _report(pk)


@reads(router, "reports/papers/{pk}", scope=Scope.READ_FIGURES, summary=_("Read the paper of one run of a report"))
def read_paper(_call: Call, pk: Pk) -> PaperOut:
    """Read the PDF as it was sent, as Base64."""
    one = get_object_or_404(ReportRun.objects.select_related("report"), pk=pk, pdf__isnull=False)
    return _paper(saved.file_name(one), bytes(one.pdf or b""))


@reads(router, "figures/paper/now", scope=Scope.READ_FIGURES, summary=_("Read all pages of figures as one PDF"))
def paper_now(call: Call, chosen: Query[BarIn]) -> PaperOut:
    """Make the report under what is chosen, as Base64."""
    bar = bar_of(call, chosen)
    made = report(bar=bar, now=call.now)
    return _paper(f"report-{bar.choice.until:%Y-%m-%d}.pdf", made.as_pdf(language=bar.language))


def _known(call: Call, pk: int) -> SavedReport:
    guard(leads, call.agent)
    return get_object_or_404(SavedReport, pk=pk)


def _report(pk: int) -> ReportOut:
    """One saved report, as the list tells it."""
    for row in report_queries.rows(language=language_of()):
        if row.id == pk:
            return ReportOut.model_validate(row, from_attributes=True)
    raise Problem("not-found", gettext("There is no such thing here."))


def _paper(name: str, pdf: bytes) -> PaperOut:
    return PaperOut(name=name, media_type=PDF, content=base64.b64encode(pdf).decode("ascii"))
