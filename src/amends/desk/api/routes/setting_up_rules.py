"""Setting up what holds: company rules and room to decide, time limits and laws, jargon, and saved answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from django.http import Http404
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from ninja import Path, Query, Router, Schema
from pydantic import Field as Shape
from pydantic import StrictBool

from amends.desk.answers import actions as answers
from amends.desk.answers import queries as written
from amends.desk.answers.blocks import MOST as MOST_BLOCKS
from amends.desk.answers.blocks import Block
from amends.desk.answers.models import Answer
from amends.desk.answers.models import Kind as BlockKind
from amends.desk.api import by_forms
from amends.desk.api.pages import WHOLE, ListIn, Next, page
from amends.desk.api.routes.common import Call, Pk, acts, reads, refused
from amends.desk.api.schemas import In
from amends.desk.api.scopes import Scope
from amends.desk.api.things import (
    Act,
    Sheet,
    Thing,
    administrators,
    everybody,
    guard,
    leads,
    open_routes,
    open_sheet,
    with_right,
)
from amends.desk.clocks import actions as clocks
from amends.desk.clocks import forms as clock_forms
from amends.desk.clocks import queries as limits
from amends.desk.clocks.models import CustomerGroup
from amends.desk.clocks.models import Rule as TimeLimit
from amends.desk.coaching import jargon
from amends.desk.people.models import Agent, Language, Right
from amends.desk.remedies import forms, giving, room, rules, ruling
from amends.desk.remedies.models import Allowance, Rule

router = Router()

# ── Company rules ────────────────────────────────────────────────────────────


class WhyIn(In):
    why: Annotated[str, Shape(min_length=1, max_length=300, description="Why it stays although it is bent.")]


def _rule(call: Call, row: Rule | None, data: Any) -> forms.RuleForm:
    names = ("title", "text", "purpose", "room", "called", "owner")
    begins = {"owner": call.agent} if row is None else {name: getattr(row, name) for name in names}
    return forms.RuleForm(data, initial=begins)


def _told_of_rule(row: Rule) -> dict[str, Any]:
    return {"is_retired": row.retired_at is not None, "verdict": row.verdict}


RULES = Thing(
    one="rule",
    many="rules",
    title=_("Rules"),
    about="A rule of the organisation: what it is for, what may be done instead, by which words it is cited, whose.",
    may=leads,
    may_read=everybody,
    fields=forms.RuleForm.base_fields,
    begin=_rule,
    rows=lambda _call: Rule.objects.select_related("owner").order_by("title", "pk"),
    make=lambda call, form: rules.write(**form.cleaned_data, by=call.agent, now=call.now),
    change=lambda call, row, form: rules.change(rule=row, **form.cleaned_data, by=call.agent, now=call.now),
    more={"is_retired": bool, "verdict": str},
    tell=_told_of_rule,
    unable=(rules.UnableToRule,),
    acts=(
        Act(
            name="let-stay",
            title=_("Rules"),
            says="Let it stay with a reason; exceptions are counted anew from now.",
            do=lambda call, row, told: rules.let_stay(rule=row, by=call.agent, why=told.why, now=call.now),
            sends=WhyIn,
        ),
        Act(
            name="retire",
            title=_("Retire"),
            says="Put it out of force, or into force again.",
            do=lambda call, row: rules.retire(rule=row, by=call.agent, now=call.now),
        ),
    ),
)


class BentRuleOut(Schema):
    id: int
    title: str
    exceptions: int
    lately: int = Shape(description="Since it was looked at, within the days that count.")
    asked_in_vain: int
    complaints: int = Shape(description="That it brought about.")
    proposed: bool = Shape(description="Bent so often that it should be changed.")


class BentRulesOut(Schema):
    rules: list[BentRuleOut]


@reads(router, "setup/rules/bent", scope=Scope.READ_SETUP, summary=_("List how often each rule is bent"))
def list_bent_rules(call: Call) -> BentRulesOut:
    """List the rules with how often each is bent, asked about in vain, and brings a complaint about."""
    rows = ruling.rules(now=call.now)
    return BentRulesOut(rules=[BentRuleOut.model_validate(row, from_attributes=True) for row in rows])


# ── Room to decide ───────────────────────────────────────────────────────────


def _allowance(_call: Call, row: Allowance | None, data: Any) -> forms.AllowanceForm:
    if row is None:
        return forms.AllowanceForm(data)
    shown = {name: getattr(row, name) for name in ("currency", "per_case", "per_period", "share")}
    return forms.AllowanceForm(data, initial={**shown, "whose": str(row.agent_id or row.role)})


ALLOWANCES = Thing(
    one="allowance",
    many="allowances",
    title=_("Room to decide"),
    about="How much a role, or one person, may decide: `whose` is a role or a person's number. One of the same takes "
    "the place of the one before.",
    may=administrators,
    fields=forms.AllowanceForm.base_fields,
    begin=_allowance,
    rows=lambda _call: Allowance.objects.order_by("pk"),
    make=lambda _call, form: giving.allow(**form.cleaned_data) or _nobody(),
    remove=lambda _call, row: giving.take_away(allowance=row),
    unable=(rules.UnableToRule,),
)


def _nobody() -> Any:
    """One without any figure takes a limit away: nothing is left to tell of."""
    raise rules.UnableToRule(_("Write a number, in digits only."))


def _ground(_call: Call, data: Any) -> forms.GroundForm:
    told = room.ground()
    return forms.GroundForm(data, initial={name: getattr(told, name) for name in forms.GroundForm.base_fields})


GROUND = Sheet(
    name="ground",
    title=_("Room to decide"),
    about="How room to decide is given: the period, how soon a request is answered, when a rule is bent too often.",
    may=administrators,
    fields=forms.GroundForm.base_fields,
    begin=_ground,
    keep=lambda _call, form: giving.set_ground(**form.cleaned_data),
)

# ── Time limits, customer groups, laws ───────────────────────────────────────


def _time_limit(_call: Call, row: TimeLimit | None, data: Any) -> clock_forms.RuleForm:
    if row is None:
        return clock_forms.RuleForm(data)
    shown = {name: getattr(row, name) for name in ("what", "priority", "channel")}
    hours, minutes = divmod(row.minutes, 60)
    return clock_forms.RuleForm(data, initial={**shown, "hours": hours, "minutes": minutes, "group": row.group_id})


TIME_LIMITS = Thing(
    one="time-limit",
    many="time-limits",
    title=_("Time limits"),
    about="How much working time something may take, for whom. Where there is none at all, the usual ones hold.",
    may=with_right(Right.TIME_LIMITS),
    may_read=everybody,
    fields=clock_forms.RuleForm.base_fields,
    begin=_time_limit,
    rows=lambda _call: TimeLimit.objects.order_by("pk"),
    make=lambda _call, form: clocks.add_rule(**form.given()),
    remove=lambda _call, row: clocks.remove_rule(rule=row),
    unable=(clocks.UnableToSetLimit,),
)


def _group(_call: Call, row: CustomerGroup | None, data: Any) -> clock_forms.GroupForm:
    names = ("name", "spends_from", "currency")
    return clock_forms.GroupForm(data, initial={} if row is None else {name: getattr(row, name) for name in names})


GROUPS = Thing(
    one="group",
    many="groups",
    title=_("Customer groups"),
    about="Customers for whom other time limits hold: by name, or by what they spend a year.",
    may=with_right(Right.TIME_LIMITS),
    may_read=everybody,
    fields=clock_forms.GroupForm.base_fields,
    begin=_group,
    rows=lambda _call: CustomerGroup.objects.order_by("pk"),
    make=lambda _call, form: clocks.add_group(**form.cleaned_data),
    unable=(clocks.UnableToSetLimit,),
)


class LawRowOut(Schema):
    """A legal clock as the page lists it."""

    code: str
    title: str
    length: str
    starts: str
    met: str
    is_on: bool = Shape(description="Whether it holds here.")
    is_ours: bool
    not_yet: bool
    confidence: str
    source: str
    changed: bool = Shape(description="Whether the organisation has figures of its own for it.")
    only_for: str
    binds: str


class LawsOut(Schema):
    laws: list[LawRowOut]


if TYPE_CHECKING:  # shapes that are made of the form

    class LawOut(Schema): ...

    class LawIn(In): ...
else:
    LawOut = by_forms.told(
        "LawSetUpOut", clock_forms.LawForm.base_fields, "A legal clock with what holds of it here.", code=str, title=str
    )
    LawIn = by_forms.sent("LawSetUpChangeIn", clock_forms.LawForm.base_fields, is_new=False)
Code = Annotated[str, Path(pattern="^[\\w.-]{1,60}$", description="As `list_laws` names it.")]


@reads(router, "setup/laws", scope=Scope.READ_SETUP, summary=_("List the legal time limits"))
def list_laws(_call: Call) -> LawsOut:
    """List every legal clock, shipped or added here; those that hold here first."""
    return LawsOut(laws=[LawRowOut.model_validate(row, from_attributes=True) for row in limits.laws()])


def _law_form(code: str, data: Any) -> clock_forms.LawForm:
    found = limits.law(code=code)
    if found is None:
        raise Http404
    clock, row = found
    names = ("is_on", "language", "channel", "team", "group")
    held = {name: getattr(row, name) for name in names} if row is not None else {}
    return clock_forms.LawForm(data, initial={**clock_forms.LawForm.beginning(clock), **held})


def _law(code: str) -> LawOut:
    form = _law_form(code, None)
    shown = {"code": code, "title": limits.law_line(code=code).title, **by_forms.values(form, form.fields)}
    return LawOut(**shown)


@reads(router, "setup/laws/{code}", scope=Scope.READ_SETUP, summary=_("Read a legal time limit"))
def read_law(_call: Call, code: Code) -> LawOut:
    """Read one: whether it holds here, for whom, and with which figures."""
    return _law(code)


@acts(router.patch, "setup/laws/{code}", scope=Scope.WRITE_SETUP, summary=_("Say whether a law holds here"))
def change_law(call: Call, code: Code, told: LawIn) -> LawOut:
    """Say whether it holds here and for whom; figures of one's own take the place of those that are shipped."""
    guard(with_right(Right.TIME_LIMITS), call.agent)
    form = by_forms.filled(lambda data: _law_form(code, data), clock_forms.LawForm.base_fields, told)
    given = form.cleaned_data
    with refused(clocks.UnableToSetLimit):
        clocks.set_law(
            code=code,
            is_on=given["is_on"],
            figures=form.figures(),
            language=given["language"],
            channel=given["channel"],
            team_id=given["team"].pk if given["team"] else None,
            group_id=given["group"].pk if given["group"] else None,
            by=call.agent,
            now=call.now,
        )
    return _law(code)


# ── Jargon ───────────────────────────────────────────────────────────────────

Lines = Annotated[str, Shape(max_length=80_000)]


class JargonOut(Schema):
    """What is jargon here and what is not, a word a line, for each language."""

    jargon: dict[str, str] = Shape(description="With a plain word behind “=”.")
    everyday: dict[str, str] = Shape(description="What is no jargon here.")


class JargonWordsIn(In):
    tr: Lines | None = None
    fa: Lines | None = None
    mn: Lines | None = None
    en: Lines | None = None


class JargonIn(In):
    jargon: JargonWordsIn | None = None
    everyday: JargonWordsIn | None = None


def _jargon() -> JargonOut:
    rows = jargon.written()
    return JargonOut(
        jargon={one.language: one.jargon for one in rows}, everyday={one.language: one.everyday for one in rows}
    )


@reads(router, "setup/jargon", scope=Scope.READ_SETUP, summary=_("Jargon"))
def read_set_up_jargon(call: Call) -> JargonOut:
    """Read the list of jargon."""
    guard(with_right(Right.JARGON), call.agent)
    return _jargon()


@acts(
    router.patch,
    "setup/jargon",
    scope=Scope.WRITE_SETUP,
    summary=format_lazy(_("{what}: {act}"), what=_("Jargon"), act=_("Change")),
)
def change_set_up_jargon(call: Call, told: JargonIn) -> JargonOut:
    """Keep the lists of some languages; what is left out stays as it is."""
    guard(with_right(Right.JARGON), call.agent)
    now = _jargon()
    lists = {
        which: {**getattr(now, which), **(given.model_dump(exclude_none=True) if given is not None else {})}
        for which, given in (("jargon", told.jargon), ("everyday", told.everyday))
    }
    with refused(jargon.UnableToKeepJargon):
        jargon.keep(
            jargon={code: jargon.read_jargon(text, language=code) for code, text in lists["jargon"].items()},
            everyday={code: jargon.read_everyday(text, language=code) for code, text in lists["everyday"].items()},
            by=call.agent,
            now=call.now,
        )
    return _jargon()


# ── Saved answers ────────────────────────────────────────────────────────────


class BlockWordsIn(In):
    """The words of a block in each language."""

    tr: Annotated[str, Shape(max_length=4000)] = ""
    fa: Annotated[str, Shape(max_length=4000)] = ""
    mn: Annotated[str, Shape(max_length=4000)] = ""
    en: Annotated[str, Shape(max_length=4000)] = ""


class BlockIn(BlockWordsIn):
    """A block: its words stand in it by their language, or in `texts`, as they are read."""

    kind: BlockKind = BlockKind.WORDS
    is_on: StrictBool = True
    texts: BlockWordsIn | None = None


class AnswerIn(In):
    name: Annotated[str, Shape(min_length=1, max_length=80)]
    is_shared: StrictBool = Shape(False, description="Everybody may use it; for leads and those above them.")  # noqa: FBT003
    blocks: Annotated[list[BlockIn], Shape(min_length=1, max_length=MOST_BLOCKS)]


class BlockOut(Schema):
    kind: str
    is_on: bool
    texts: dict[str, str]


class AnswerOut(Schema):
    """A saved answer with its words in each language."""

    id: int
    name: str
    is_shared: bool
    may_change: bool
    blocks: list[BlockOut]


class AnswersOut(Schema):
    answers: list[AnswerOut]
    next: Next = None


def _answer(agent: Agent, row: Answer) -> AnswerOut:
    return AnswerOut(
        id=row.pk,
        name=row.name,
        is_shared=row.is_shared,
        may_change=answers.may_change(answer=row, agent=agent),
        blocks=[
            BlockOut(kind=one.kind, is_on=one.is_on, texts=dict(one.texts)) for one in written.blocks_of(answer=row)
        ],
    )


def _mine(agent: Agent, pk: int) -> Answer:
    row = written.one(pk=pk, agent=agent)
    if row is None:
        raise Http404
    return row


def _answers(agent: Agent, asked: ListIn = WHOLE) -> AnswersOut:
    rows, after = page(written.usable(agent=agent), asked)
    return AnswersOut(answers=[_answer(agent, row) for row in rows], next=after)


def _words_of(block: BlockIn) -> dict[str, str]:
    read = block.texts or BlockWordsIn()
    return {code: getattr(block, code) or getattr(read, code) for code in Language.values}


def _save(call: Call, row: Answer | None, told: AnswerIn) -> AnswerOut:
    blocks = [Block(kind=one.kind, is_on=one.is_on, texts=_words_of(one)) for one in told.blocks]
    with refused(answers.UnableToSave):
        kept = answers.save(
            answer=row, by=call.agent, name=told.name, is_shared=told.is_shared, blocks=blocks, now=call.now
        )
    return _answer(call.agent, kept)


SAVED = _("Saved answers")


@reads(
    router,
    "setup/answers",
    scope=Scope.READ_SETUP,
    summary=format_lazy(_("{what}: list"), what=SAVED),
)
def list_set_up_answers(call: Call, asked: Query[ListIn]) -> AnswersOut:
    """List the saved answers that the token's person may use: their own and everybody's."""
    return _answers(call.agent, asked)


@acts(
    router.post,
    "setup/answers",
    scope=Scope.WRITE_SETUP,
    summary=format_lazy(_("{what}: {act}"), what=SAVED, act=_("a new one")),
    status=201,
)
def make_answer(call: Call, told: AnswerIn) -> AnswerOut:
    """Write one, in blocks, in as many languages as there are words."""
    return _save(call, None, told)


@acts(
    router.put,
    "setup/answers/{pk}",
    scope=Scope.WRITE_SETUP,
    summary=format_lazy(_("{what}: {act}"), what=SAVED, act=_("Change")),
)
def change_answer(call: Call, pk: Pk, told: AnswerIn) -> AnswerOut:
    """Write one anew; who wrote it may, and of everybody's whoever leads."""
    return _save(call, _mine(call.agent, pk), told)


@acts(
    router.post,
    "setup/answers/{pk}/remove",
    scope=Scope.WRITE_SETUP,
    summary=format_lazy(_("{what}: {act}"), what=SAVED, act=_("Remove")),
)
def remove_answer(call: Call, pk: Pk) -> AnswersOut:
    """Throw one away; the answer lists what is left."""
    with refused(answers.UnableToSave):
        answers.remove(answer=_mine(call.agent, pk), by=call.agent)
    return _answers(call.agent)


for thing in (RULES, ALLOWANCES, TIME_LIMITS, GROUPS):
    open_routes(router, thing)
open_sheet(router, GROUND)
