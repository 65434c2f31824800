"""Improvements with their before and after, and the organisation's own themes."""

from __future__ import annotations

from datetime import datetime
from math import isfinite
from typing import Annotated, Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from ninja import Path, Query, Router

from amends.desk.api.figure_schemas import (
    BehindComplaintOut,
    ComparisonOut,
    ExampleOut,
    FoundThemeOut,
    ImprovementActIn,
    ImprovementBehindOut,
    ImprovementIn,
    ImprovementOut,
    ImprovementRowOut,
    ImprovementsOut,
    ImprovementStepOut,
    MergeThemeIn,
    NameFoundIn,
    OneFigureOut,
    PageIn,
    SpentOut,
    ThemeIn,
    ThemeOut,
    ThemesOut,
    WeekOut,
)
from amends.desk.api.figures import share
from amends.desk.api.problems import Problem
from amends.desk.api.routes.common import Call, Pk, acts, language_of, named, reads
from amends.desk.api.routes.figures import zone_of
from amends.desk.api.scopes import Scope
from amends.desk.api.things import guard, leads
from amends.desk.improvements import board, effect, improving, learning, room_page, themes, themes_page
from amends.desk.improvements.models import Found, Improvement, StepKind, Theme
from amends.desk.people.models import Agent
from amends.desk.remedies.models import Rule
from amends.engine.measures import Comparison, Share

router = Router()

Figure = Annotated[
    str,
    Path(
        pattern="^((here|others|nameless|all|spent)-(before|after)(-[a-z]{3})?|week-(-?[0-9]{1,3}))$",
        description="As `behind` of an improvement names it.",
    ),
]


# ── Improvements ─────────────────────────────────────────────────────────────


@reads(router, "improvements", scope=Scope.READ_FIGURES, summary=_("List improvements"))
def list_improvements(call: Call) -> ImprovementsOut:
    """List the board: what is planned, under way and in force, and then what has ended."""
    found = board.board(language=language_of(), now=call.now)
    cards = [card for _state, _name, column in found.columns for card in column]
    return ImprovementsOut(improvements=[_row(card) for card in (*cards, *found.ended)])


@reads(router, "improvements/{pk}", scope=Scope.READ_FIGURES, summary=_("Read an improvement, with before and after"))
def read_improvement(call: Call, pk: Pk) -> ImprovementOut:
    """Read one, with what may honestly be said of its effect, and each of its steps."""
    return _one(_known(pk), now=call.now)


@reads(
    router,
    "improvements/{pk}/behind/{figure}",
    scope=Scope.READ_FIGURES,
    summary=_("Read the complaints behind a figure of an improvement"),
)
def behind_improvement(call: Call, pk: Pk, figure: Figure, told: Query[PageIn]) -> ImprovementBehindOut:
    """Read the complaints that a figure counts, in pages of fifty."""
    found = board.behind(improvement=_known(pk), figure=figure, now=call.now, page=told.page)
    if found is None:
        raise Problem("not-found")
    return ImprovementBehindOut(
        total=found.total,
        since=found.since,
        until=found.until,
        amount=None if found.amount is None else float(found.amount),
        currency=found.currency,
        complaints=[_behind_row(one) for one in found.rows],
        next_page=found.next_page or None,
    )


@acts(router.post, "improvements", scope=Scope.WRITE_FIGURES, summary=_("Write an improvement down"), status=201)
def write_improvement(call: Call, told: ImprovementIn) -> ImprovementOut:
    """Write down what is done against a cause, whose work it is and until when; whoever leads people may."""
    guard(leads, call.agent)
    return _one(improving.write(**_fields(told), by=call.agent, now=call.now), now=call.now)


@acts(router.put, "improvements/{pk}", scope=Scope.WRITE_FIGURES, summary=_("Change an improvement"))
def change_improvement(call: Call, pk: Pk, told: ImprovementIn) -> ImprovementOut:
    """Change what was written down; whoever leads people may, and whose work it is. What it said before is kept."""
    improvement = _may(call, pk)
    improving.change(improvement=improvement, **_fields(told), by=call.agent, now=call.now)
    return _one(_known(pk), now=call.now)


@acts(router.post, "improvements/{pk}/act", scope=Scope.WRITE_FIGURES, summary=_("Take a step of an improvement"))
def act_improvement(call: Call, pk: Pk, told: ImprovementActIn) -> ImprovementOut:
    """Begin it, put it into force, note a word, look at its effect again, let it stay, or give it up.

    `look`, `stays` and `give-up` keep the figures of this moment with the step.
    """
    improvement, words, by, now = _may(call, pk), told.words, call.agent, call.now
    match told.act:
        case "begin":
            improving.begin(improvement=improvement, by=by, now=now)
        case "force":
            since = told.since or now.astimezone(zone_of(by)).date()
            improving.put_into_force(improvement=improvement, since=since, words=words, by=by, now=now)
        case "note":
            improving.note(improvement=improvement, words=words, by=by, now=now)
        case "look":
            figures = effect.as_kept(effect.effect(improvement=improvement, now=now))
            said = str(figures["told"])
            improving.look_again(improvement=improvement, told=said, figures=figures, words=words, by=by, now=now)
        case "stays" | "give-up":
            figures = effect.as_kept(effect.effect(improvement=improvement, now=now))
            end = improving.let_stay if told.act == "stays" else improving.give_up
            end(improvement=improvement, words=words, figures=figures, by=by, now=now)
    return _one(_known(pk), now=now)


def _may(call: Call, pk: int) -> Improvement:
    """Find an improvement to change: whoever leads people may, and whose work it is.

    :raises PermissionDenied: if it is neither
    """
    improvement = _known(pk)
    if not call.agent.leads_people and improvement.owner_id != call.agent.pk:
        raise PermissionDenied
    return improvement


def _fields(told: ImprovementIn) -> dict[str, Any]:
    """Read who and what is named by number.

    :raises Problem: if there is no such thing, with its place
    """
    return {
        **told.model_dump(),
        "theme": named(Theme.objects.all(), told.theme, place="theme"),
        "rule": named(Rule.objects.filter(retired_at__isnull=True), told.rule, place="rule"),
        "owner": named(Agent.objects.filter(is_active=True), told.owner, place="owner"),
    }


def _known(pk: int) -> Improvement:
    return get_object_or_404(Improvement.objects.select_related("theme", "rule", "owner", "made_by"), pk=pk)


def _row(card: board.Card) -> ImprovementRowOut:
    return ImprovementRowOut(
        **{name: getattr(card, name) for name in ImprovementRowOut.model_fields if name != "saves"},
        saves=None if card.saves is None else float(card.saves),
    )


def _one(improvement: Improvement, *, now: datetime) -> ImprovementOut:
    page = room_page.page(improvement=improvement, language=language_of(), now=now)
    found = page.effect

    def door(figure: str) -> str:
        return reverse("api:behind_improvement", args=[improvement.pk, figure])

    sides = ("before", "after") if found.before is not None else ()
    behind = {
        f"{kind}-{side}": door(f"{kind}-{side}") for kind in ("here", "others", "nameless", "all") for side in sides
    }
    behind |= {
        f"spent-{side}-{one.currency.lower()}": door(f"spent-{side}-{one.currency.lower()}")
        for one in found.spent
        for side in sides
    }
    start = None if found.after is None else found.after.since
    return ImprovementOut(
        **_row(page.card).model_dump(),
        why=improvement.why,
        theme=improvement.theme_id,
        rule=improvement.rule_id,
        owner_id=improvement.owner_id,
        sentence=page.sentence,
        here=_compared(found.here),
        others=_compared(found.others),
        fewer_found=_plain(page.fewer),
        hoped_a_year=page.hoped_a_year,
        nameless=[
            _nameless(part, side, door=door(f"nameless-{side}"))
            for part, side in zip(found.nameless or (), sides, strict=False)
        ],
        weeks=[
            WeekOut(
                since=week.since,
                count=week.count,
                is_after=week.is_after,
                behind=None if start is None else door(f"week-{(week.since - start) // effect.A_WEEK}"),
            )
            for week in found.weeks
        ],
        spent=[
            SpentOut(currency=one.currency, before=float(one.before), after=float(one.after)) for one in found.spent
        ],
        steps=[
            ImprovementStepOut(
                kind=StepKind(step.kind),
                by="" if step.by is None else step.by.name,
                at=step.at,
                words=step.words,
                figures=step.figures,
            )
            for step in page.steps
        ],
        behind=behind,
    )


def _compared(found: Comparison | None) -> ComparisonOut | None:
    if found is None:
        return None
    return ComparisonOut(
        before=found.before,
        days_before=found.of_before,
        after=found.after,
        days_after=found.of_after,
        ratio=_finite(found.ratio),
        low=_finite(found.low),
        high=_finite(found.high),
        verdict=found.verdict,
    )


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None


def _plain(found: tuple[float, float, float] | None) -> list[float] | None:
    return None if found is None or not all(isfinite(one) for one in found) else list(found)


def _nameless(part: Share, side: str, *, door: str) -> OneFigureOut:
    return share(f"nameless-{side}", side, part, behind=door)


def _behind_row(one: board.Row) -> BehindComplaintOut:
    return BehindComplaintOut(
        number=one.number,
        subject=one.subject,
        customer=one.customer,
        stage=one.stage,
        received_at=one.received_at,
        quote="",
        kept=None,
        waited_hours=None,
        came=None,
        cost=None if one.cost is None else float(one.cost),
        points=0,
        hurts=[],
    )


# ── Themes ───────────────────────────────────────────────────────────────────


@reads(router, "themes", scope=Scope.READ_FIGURES, summary=_("List themes, and what was found and has no name"))
def list_themes(call: Call) -> ThemesOut:
    """List the organisation's themes with how often each was confirmed, and what was found alike without a name."""
    guard(leads, call.agent)
    return _themes()


@acts(router.post, "themes/found/{pk}/name", scope=Scope.WRITE_FIGURES, summary=_("Name what was found"))
def name_theme(call: Call, pk: Pk, told: NameFoundIn) -> ThemesOut:
    """Give it a name, and confirm that as the cause of its complaints; what lay within a theme is split off by it."""
    guard(leads, call.agent)
    themes.name_found(
        found=get_object_or_404(Found, pk=pk),
        complaint_ids=told.complaints,
        layer=told.layer,
        name=told.name,
        plan=told.plan,
        by=call.agent,
        now=call.now,
    )
    return _themes()


@acts(
    router.post,
    "themes/found/{pk}/put-away",
    scope=Scope.WRITE_FIGURES,
    summary=_("Say that what was found is no theme"),
)
def put_away_theme(call: Call, pk: Pk) -> ThemesOut:
    """Put it away; what is mostly the same is not shown again."""
    guard(leads, call.agent)
    themes.put_away(found=get_object_or_404(Found, pk=pk), by=call.agent, now=call.now)
    return _themes()


@acts(
    router.post, "themes/forget", scope=Scope.WRITE_FIGURES, summary=_("Forget what was learned from confirmed causes")
)
def forget_learned(call: Call) -> ThemesOut:
    """Forget it; what is confirmed from now on is learned from again."""
    guard(leads, call.agent)
    learning.forget(now=call.now)
    return _themes()


@acts(
    router.patch, "themes/{pk}", scope=Scope.WRITE_FIGURES, summary=_("Rename a theme, or say whether it was planned")
)
def change_theme(call: Call, pk: Pk, told: ThemeIn) -> ThemesOut:
    """Give a theme of your own another name; say whether what it names was delivered as planned."""
    guard(leads, call.agent)
    theme = get_object_or_404(Theme, pk=pk)
    if told.name is not None:
        themes.rename(theme=theme, name=told.name)
    if told.plan is not None:
        themes.say_planned(theme=theme, plan=told.plan)
    return _themes()


@acts(router.post, "themes/{pk}/merge", scope=Scope.WRITE_FIGURES, summary=_("Let a theme go into another one"))
def merge_theme(call: Call, pk: Pk, told: MergeThemeIn) -> ThemesOut:
    """Let it go into another one; its complaints go along, and the old name leads there."""
    guard(leads, call.agent)
    themes.merge(theme=get_object_or_404(Theme, pk=pk), into=get_object_or_404(Theme, pk=told.into))
    return _themes()


def _themes() -> ThemesOut:
    page = themes_page.page(language=language_of())
    return ThemesOut(
        found=[
            FoundThemeOut(
                id=one.id,
                within=one.within,
                count=one.count,
                layer=one.layer,
                words=list(one.words),
                complaints=[
                    ExampleOut.model_validate(example, from_attributes=True) for example in (*one.first, *one.rest)
                ],
                more=one.more,
            )
            for one in page.found
        ],
        themes=[ThemeOut.model_validate(one, from_attributes=True) for one in page.themes],
        looked_at=page.looked_at,
    )
