"""Figures: the pages of insight, their tables, what is behind each figure, and the organisation's own for money."""

from __future__ import annotations

from datetime import tzinfo
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from ninja import Path, Query, Router

from amends.desk.api import figures as laid
from amends.desk.api.figure_schemas import (
    BarIn,
    BehindComplaintOut,
    BehindCustomerOut,
    BehindIn,
    BehindOut,
    BehindReplyOut,
    ColumnOut,
    FigurePageOut,
    FigurePagesOut,
    FiguresOut,
    FilterOut,
    OptionOut,
    OwnFigureOut,
    OwnFiguresIn,
    OwnFiguresOut,
    PageName,
    TableOut,
    TriedIn,
)
from amends.desk.api.problems import Problem
from amends.desk.api.routes.common import Call, acts, language_of, reads
from amends.desk.api.scopes import Scope
from amends.desk.api.things import guard, leads
from amends.desk.insight import bar as bars
from amends.desk.insight import behind as doors
from amends.desk.insight import own, own_views, tables
from amends.desk.insight.bar import Bar
from amends.desk.insight.behind import Behind, ComplaintRow, CustomerRow, ReplyRow
from amends.desk.people.models import Agent
from amends.desk.people.organisation import organisation_currency

router = Router()

Figure = Annotated[str, Path(pattern="^[a-z0-9-]{1,60}$", description="A figure, as `behind` addresses name it.")]
TableName = Annotated[str, Path(pattern="^[a-z]{1,20}$", description="One of those that `GET /api/figures` names.")]
NUMBERED: Final = ("team", "product", "branch", "group")


def zone_of(agent: Agent) -> tzinfo:
    """By whose clock a day begins: that of the token's person, as on their pages."""
    try:
        return ZoneInfo(agent.time_zone)
    except (KeyError, ValueError, OSError):
        return timezone.get_default_timezone()


def bar_of(call: Call, chosen: BarIn) -> Bar:
    """Read what is chosen, as the pages read it from their address.

    :raises Problem: if there is no such team, product, branch or group: a figure of everything would be false
    """
    told = {name: str(value) for name, value in chosen.model_dump(mode="json").items() if value is not None}
    bar = bars.read(told, language=language_of(), now=call.now, zone=zone_of(call.agent))
    missing = [name for name in NUMBERED if name in told and name not in bar.choice.narrowed]
    if missing:
        detail = gettext("There is no such thing here.")
        errors = [{"place": f"query.{name}", "code": "unknown", "detail": detail} for name in missing]
        raise Problem("not-valid", errors=errors)
    return bar


@reads(
    router, "figures", scope=Scope.READ_FIGURES, summary=_("List the pages of figures and what they can be narrowed to")
)
def list_figures(call: Call) -> FigurePagesOut:
    """List the pages, the tables, the spans of time, and the teams, products, channels … that narrow figures."""
    bar = bar_of(call, BarIn.model_validate({}))
    return FigurePagesOut(
        pages=[
            FigurePageOut(name=name, title=title, address=laid.page_address(name, choice=bar.choice))
            for name, title in laid.titles().items()
        ],
        tables=list(tables.TABLES),
        spans=[OptionOut(value=name, words=words) for name, words in bar.spans],
        filters=[
            FilterOut(
                name=select.name,
                title=select.title,
                options=[OptionOut(value=value, words=words) for value, words in select.options.items()],
            )
            for select in bar.selects
        ],
    )


@reads(router, "figures/money", scope=Scope.READ_FIGURES, summary=_("Read what it costs when customers leave"))
def money_figures(call: Call, tried: Query[TriedIn]) -> FiguresOut:
    """Read each figure of money with its formula, what went into it and where that comes from.

    What is told here is tried out: it goes before the figures that the organisation keeps, and is kept nowhere.
    """
    typed = {name: str(getattr(tried, name)) for name in own.TOLD}
    for name, is_per_cent in own.TOLD.items():
        if typed[name] and own.number(typed[name], is_per_cent=is_per_cent) is None:
            detail = gettext("“{text}” is no per cent.") if is_per_cent else gettext("“{text}” is no number.")
            errors = [{"place": f"query.{name}", "code": "number", "detail": detail.format(text=typed[name][:30])}]
            raise Problem("not-valid", errors=errors)
    chosen = BarIn(**tried.model_dump(include=set(BarIn.model_fields)))
    return laid.money(bar_of(call, chosen), tried=typed, mouth=tried.mouth)


@reads(
    router,
    "figures/own",
    scope=Scope.READ_FIGURES,
    summary=_("Read the organisation's own figures for reckoning money"),
)
def own_figures(call: Call) -> OwnFiguresOut:
    """Read what the organisation told of its customers, with where it comes from; for whoever leads people."""
    guard(leads, call.agent)
    return _own()


@acts(
    router.patch,
    "figures/own",
    scope=Scope.WRITE_FIGURES,
    summary=_("Keep the organisation's own figures for reckoning money"),
)
def keep_own_figures(call: Call, told: OwnFiguresIn) -> OwnFiguresOut:
    """Keep figures for everybody; what is left out stays. What was told before stays on record."""
    guard(leads, call.agent)
    kept = own.kept()
    typed = {name: own_views.written(one.value, name, "en") for name, one in kept.items()}
    sources = {name: one.source for name, one in kept.items()}
    for one in told.figures:
        typed[one.name], sources[one.name] = one.value, one.source
    own.keep(told=typed, sources=sources, currency=organisation_currency(), by=call.agent, now=call.now)
    return _own()


def _own() -> OwnFiguresOut:
    kept, labels = own.kept(), own_views.words()
    figures = []
    for name in own.KEPT:
        one = kept.get(name)
        figures.append(
            OwnFigureOut(
                name=name,
                title=labels[name],
                is_per_cent=own.TOLD[name],
                value=None if one is None else one.value,
                currency="" if one is None else one.currency,
                source="" if one is None else one.source,
                by="" if one is None else one.by,
                at=None if one is None else one.at,
            )
        )
    return OwnFiguresOut(currency=organisation_currency(), figures=figures)


@reads(router, "figures/tables/{table}", scope=Scope.READ_FIGURES, summary=_("Read a table of figures"))
def figure_table(call: Call, table: TableName, chosen: Query[BarIn]) -> TableOut:
    """Read a table as its files (CSV, XLSX, Parquet) have it, under the same choice."""
    if table not in tables.TABLES:
        raise Problem("not-found")
    found = tables.table(table, bar=bar_of(call, chosen), language=language_of())
    return TableOut(
        name=found.name,
        columns=[ColumnOut(name=name, title=title) for name, title in found.columns],
        rows=[list(row) for row in found.rows],
    )


@reads(router, "figures/behind/{figure}", scope=Scope.READ_FIGURES, summary=_("Read what is behind a figure"))
def behind_figure(call: Call, figure: Figure, chosen: Query[BehindIn]) -> BehindOut:
    """Read the complaints, promises, customers or replies that a figure counts, in pages of fifty.

    No reply says who wrote it, and of so few people that it would name them there are none.
    """
    narrowed = BarIn(**chosen.model_dump(include=set(BarIn.model_fields)))
    bar = bar_of(call, narrowed)
    try:
        found = doors.behind(
            figure=figure, frame=bar.frame, language=bar.language, currency=bar.choice.currency, page=chosen.page
        )
    except doors.UnableToOpen as trouble:
        raise Problem("not-found", str(trouble)) from trouble
    return as_behind(figure, found)


@reads(router, "figures/{page}", scope=Scope.READ_FIGURES, summary=_("Read a page of figures"))
def figures(call: Call, page: PageName, chosen: Query[BarIn]) -> FiguresOut:
    """Read a page: each figure with its denominator, its range, and the address of what is behind it.

    They are the numbers of the page of the same name, and where there is too little to tell one, none is told.
    """
    return laid.PAGES[page](bar_of(call, chosen), call.agent)


def as_behind(figure: str, found: Behind) -> BehindOut:
    return BehindOut(
        figure=figure,
        title=found.title,
        total=found.total,
        whole=found.whole,
        of=found.of if found.whole else None,
        amount=None if found.amount is None else float(found.amount),
        currency=found.currency,
        points=found.points,
        median_hours=laid.hours(found.median),
        complaints=[complaint_row(one) for one in found.complaints],
        customers=[_customer_row(one) for one in found.customers],
        replies=[_reply_row(one) for one in found.replies],
        next_page=found.next_page or None,
    )


def complaint_row(one: ComplaintRow) -> BehindComplaintOut:
    return BehindComplaintOut(
        number=one.number,
        subject=one.subject,
        customer=one.customer,
        stage=one.stage,
        received_at=one.received_at,
        quote=one.quote,
        kept=one.kept,
        waited_hours=None if one.wait is None else laid.hours(one.wait.length),
        came=None if one.wait is None else one.wait.came,
        cost=None if one.cost is None else float(one.cost),
        points=one.points,
        hurts=list(one.hurts),
    )


def _customer_row(one: CustomerRow) -> BehindCustomerOut:
    more: dict[str, Any] = {name: getattr(one, name) for name in ("said", "said_at", "bought_on", "usual_days")}
    return BehindCustomerOut(
        id=one.id,
        name=one.name,
        spends=None if one.value is None else float(one.value),
        currency=one.currency,
        complaints=[number for number, _subject in one.complaints],
        happened=list(one.happened),
        **more,
    )


def _reply_row(one: ReplyRow) -> BehindReplyOut:
    return BehindReplyOut(
        text=one.text,
        marked=[piece.text for piece in one.pieces if piece.is_marked],
        language=one.language,
        at=one.at,
    )
