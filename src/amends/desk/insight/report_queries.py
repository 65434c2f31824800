"""Reading saved reports: what each is about, when it goes out next, and what became of the last ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from amends.desk.insight import spans
from amends.desk.insight.models import ReportLetter, ReportRun, Rhythm, SavedReport
from amends.desk.insight.report import PAGES
from amends.desk.people.models import Agent, Language

MOST_REPORTS = 100
MOST_RUNS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One time that it was made."""

    id: int
    due_at: datetime
    is_made: bool
    has_paper: bool
    problem: str
    sent: int
    waiting: int
    unsure: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    id: int
    name: str
    span: str
    rhythm: str
    language: str
    pages: list[str]  # none where all are in it
    people: list[str]
    next_at: datetime | None
    stopped_at: datetime | None
    runs: list[Run]


def rows(*, language: str) -> list[Row]:
    """Saved reports, those that go out first; the stopped ones at the end."""
    states = ReportLetter.State
    counted = {
        name: Count("letters", filter=Q(letters__state=state))
        for name, state in (
            ("sent", states.SENT),
            ("waiting", states.WAITING),
            ("unsure", states.UNKNOWN),
            ("refused", states.REFUSED),
        )
    }
    runs = ReportRun.objects.annotate(**counted, has_paper=Count("pk", filter=Q(pdf__isnull=False)))
    found = list(SavedReport.objects.order_by("-pk").prefetch_related("recipients")[:MOST_REPORTS])
    last: dict[int, list[Run]] = {one.pk: [] for one in found}
    for run in runs.filter(report__in=found).defer("pdf").order_by("-due_at")[: MOST_REPORTS * MOST_RUNS]:
        if len(last[run.report_id]) < MOST_RUNS:
            last[run.report_id].append(_run(run))
    made = [
        Row(
            id=one.pk,
            name=one.name,
            span=spans.name_words(one.span, language=language),
            rhythm=str(Rhythm(one.rhythm).label),
            language=Language(one.language).label,
            pages=[] if set(one.pages) in (set(), set(PAGES)) else [str(PAGES[name]) for name in one.pages],
            people=[agent.name for agent in one.recipients.all()],
            next_at=one.next_at,
            stopped_at=one.stopped_at,
            runs=last[one.pk],
        )
        for one in found
    ]
    return sorted(made, key=lambda row: (row.stopped_at is not None, row.name.casefold()))


def _run(run: ReportRun) -> Run:
    told = vars(run)
    return Run(
        id=run.pk,
        due_at=run.due_at,
        is_made=run.made_at is not None,
        has_paper=bool(told["has_paper"]),
        problem=run.problem,
        sent=told["sent"],
        waiting=told["waiting"],
        unsure=told["unsure"],
        refused=told["refused"],
    )


def people() -> list[tuple[str, str]]:
    """Who may get a report: everybody who works here."""
    return [
        (str(pk), name)
        for pk, name in Agent.objects.filter(is_active=True).order_by("name", "pk").values_list("pk", "name")
    ]
