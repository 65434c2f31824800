"""Reading about clocks: beside a complaint, in the list, why one is due, and the rules and laws behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Count, DateTimeField, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from amends.desk.clocks import counting, deriving, words
from amends.desk.clocks.models import OPEN, Clock, CustomerGroup, LegalRow, Rule, State, What
from amends.desk.complaints import whole
from amends.desk.complaints.models import Channel, Complaint, EventKind, Stage
from amends.desk.complaints.timeline import Happened
from amends.desk.web import questions
from amends.desk.web.questions import Among, Blank
from amends.engine.clocks.ageing import SHADES
from amends.engine.clocks.legal import BY_ITSELF, LegalClock, shipped
from amends.engine.clocks.limits import term
from amends.engine.clocks.priority import priority
from amends.engine.clocks.reckoning import reckon
from amends.engine.promises.calendar import NoWorkingTimeError, WorkingCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One clock beside its complaint."""

    id: int
    what: str
    name: str
    state: str
    state_words: str
    due_at: datetime | None
    whole_day: bool
    shade: str  # fresh, ageing, late, over; nothing while it stands still or when it is settled
    done_at: datetime | None
    is_legal: bool
    extended: bool
    can_be_extended: bool
    waits_for_final_answer: bool
    wants_letter: bool  # the law asks for one when its time passes without a final answer
    letters: tuple[str, ...] = ()  # which others of the law's letters may leave now: receipt, answer, settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Pane:
    """The clocks of one complaint: those that run, then those that were missed."""

    lines: tuple[Line, ...]
    priority: str
    priority_words: str
    priority_reason: str
    startable: bool  # a law holds here whose first day somebody has to enter

    @property
    def can_mark_final_answer(self) -> bool:
        return any(line.waits_for_final_answer for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """How old a complaint has grown, by the clock that is nearest to its end."""

    shade: str
    sentence: str
    due_at: datetime
    whole_day: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One line of the sum."""

    when: str
    why: str
    counted: str  # empty for what counts nothing
    counts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why a clock is due when it is due."""

    line: Line
    number: int
    began: datetime
    began_words: str
    rule: str
    allowed: str
    used: str
    left: str
    parts: tuple[Part, ...]
    total: str
    zone: str
    source: str
    confidence: str
    checked: date | None
    by_days_off: bool = False  # the days off of the team's calendar have a say in it
    # When somebody took five, and came back: marked, and not taken off, for it is the customer who waits.
    rests: tuple[tuple[datetime, datetime | None], ...] = ()


def pane(*, complaint: Complaint, now: datetime) -> Pane:
    """Tell the clocks that matter now: those that run or stand still, and what was missed and is not done."""
    laws = {law.clock.id: law.clock for law in counting.laws_that_hold()}
    rows = Clock.objects.filter(complaint=complaint).order_by("due_at", "pk")
    lines = []
    for row in rows:
        law = laws.get(row.code)
        letters = _letters(row, law, complaint)
        if row.state in OPEN or (row.state == State.MISSED and row.done_at is None) or "settled" in letters:
            lines.append(replace(_line(row, law, now), letters=letters))
    lines.sort(key=lambda line: (line.due_at is None, line.due_at or now, line.id))
    facts = deriving.facts(
        _story(complaint),
        heat=complaint.heat,
        promise_broken=complaint.broken_since is not None,
        third_person=complaint.people >= 3 or complaint.handovers >= 2,
    )
    grade, reason = priority(facts)
    return Pane(
        lines=tuple(lines),
        priority=grade,
        priority_words=str(words.PRIORITIES[grade]),
        priority_reason=str(words.REASONS.get(reason, "")),
        startable=any(law.starts_on not in BY_ITSELF and law.is_ours for law in laws.values()),
    )


def _letters(row: Clock, law: LegalClock | None, complaint: Complaint) -> tuple[str, ...]:
    """Which letters of the law may leave now: the receipt before any word of ours, the last one after their yes."""
    if law is None:
        return ()
    if row.done_at is not None:
        said_yes = complaint.stage == Stage.RESOLVED and row.state == State.MET
        return ("settled",) if said_yes and law.settled and not _spoke_since(complaint, row.done_at) else ()
    known = law.letters
    return tuple(
        name
        for name in ("receipt", "answer")
        if name in known and (name != "receipt" or complaint.first_person_at is None)
    )


def _spoke_since(complaint: Complaint, moment: datetime) -> bool:
    return complaint.events.filter(kind=EventKind.REPLIED, at__gt=moment).exists()


def ages(*, complaint_ids: Iterable[int], now: datetime) -> Mapping[int, Age]:
    """Tell for a page of complaints how old each has grown; one question, and nothing for those that are fresh."""
    rows: list[Clock] = questions.ask("ages", _grown_old, complaints=complaint_ids, now=now)
    found: dict[int, Age] = {}
    for row in rows:
        told = _shade(row, now)
        if row.due_at is None or told in {"", "fresh"}:
            continue
        before = found.get(row.complaint_id)
        if before is None or SHADES.index(told) > SHADES.index(before.shade):
            found[row.complaint_id] = Age(
                shade=told,
                sentence=_age_words(row, told),
                due_at=_shown(row) or row.due_at,
                whole_day=row.due_day is not None,
            )
    return found


def _grown_old() -> QuerySet[Clock]:
    return Clock.objects.filter(
        Among("complaint", "complaints"),
        state__in=[State.RUNNING, State.MISSED],
        done_at=None,
        ageing_at__lte=Blank("now", DateTimeField()),
    ).order_by("due_at", "pk")


def why(*, clock: Clock, now: datetime) -> Why:
    """Show the sum behind a due time."""
    law = _law(clock.code) if clock.what == What.LEGAL else None
    line = _line(clock, law, now)
    own, team = counting.open_books().calendars_of(clock.complaint.owner_id)
    began = clock.started_at
    if law is not None:
        return replace(_why_legal(clock, line, law, team), rests=rests(complaint=clock.complaint, since=began))
    allowed = timedelta(minutes=clock.allowed_minutes)
    parts: tuple[Part, ...] = ()
    used = total = timedelta(0)
    try:
        found = reckon(
            start=began,
            allowed=allowed,
            calendar=own,
            pauses=counting.pauses_from_json(clock.pauses),
            as_of=min(now, clock.done_at or now),
        )
    except NoWorkingTimeError:
        left = allowed
    else:
        parts = tuple(
            Part(
                when=words.stretch(each),
                why=str(words.WHYS[each.why]),
                counted=words.working_time(each.counted) if each.why == "counted" else "",
                counts=each.why == "counted",
            )
            for each in found.stretches
        )
        used, left = found.used, found.left
        total = sum((each.counted for each in found.stretches), timedelta(0))
    return Why(
        line=line,
        number=clock.complaint.number,
        began=began,
        began_words=_began(clock),
        rule=_rule_words(clock),
        allowed=words.working_time(allowed),
        used=words.working_time(used),
        left=words.working_time(left),
        parts=parts,
        total=words.working_time(total),
        zone=str(own.zone),
        source="",
        confidence="",
        checked=None,
        rests=rests(complaint=clock.complaint, since=began),
    )


def _why_legal(clock: Clock, line: Line, law: LegalClock, calendar: WorkingCalendar) -> Why:
    wanted = deriving.Wanted(what=What.LEGAL, code=clock.code, started_at=clock.started_at, notice=clock.extended_by_id)
    found = counting.legal_term(wanted, clock=law, calendar=calendar)
    limit = law.longest if clock.extended_by_id is not None and law.can_be_extended else law.limit
    return Why(
        line=line,
        number=clock.complaint.number,
        began=clock.started_at,
        began_words=str(words.STARTS.get(law.starts_on, "")),
        rule=law.title(words.language()),
        allowed=words.units(limit.n, limit.unit),
        used="",
        left="",
        parts=tuple(
            Part(
                when=words.days(each),
                why=str(words.WHYS[each.why]),
                counted=words.units(each.counted, "hours" if law.unit == "hours" else "days") if each.counted else "",
                counts=bool(each.counted),
            )
            for each in found.days
        ),
        total=words.units(sum(each.counted for each in found.days), "hours" if law.unit == "hours" else "days"),
        zone=str(calendar.zone),
        source=law.source,
        confidence=str(words.CONFIDENCES[law.confidence]),
        checked=law.checked,
        by_days_off=limit.unit == "working-days" or law.roll != "none",
    )


def _line(row: Clock, law: LegalClock | None, now: datetime) -> Line:
    return Line(
        id=row.pk,
        what=row.what,
        name=str(words.NAMES[row.what]) if row.what in words.NAMES else _legal_name(row.code, law),
        state=row.state,
        state_words=str(words.STATES[row.state]),
        due_at=_shown(row),
        whole_day=row.due_day is not None,
        shade=_shade(row, now),
        done_at=row.done_at,
        is_legal=row.what == What.LEGAL,
        extended=row.extended_by_id is not None,
        can_be_extended=law is not None and law.can_be_extended and row.extended_by_id is None,
        waits_for_final_answer=law is not None and law.met_by == "final-answer" and row.done_at is None,
        wants_letter=law is not None and bool(law.otherwise) and row.done_at is None,
    )


def _legal_name(code: str, law: LegalClock | None) -> str:
    known = law or shipped().get(code)
    return known.title(words.language()) if known is not None else code


def _shown(row: Clock) -> datetime | None:
    """What a reader is told: the last day, the same for readers everywhere, and not the midnight with which it ends."""
    if row.due_day is not None and row.due_at is not None:
        return datetime.combine(row.due_day, time(23, 59), timezone.get_current_timezone())
    return row.due_at


def _shade(row: Clock, now: datetime) -> str:
    if row.state not in {State.RUNNING, State.MISSED} or row.done_at is not None or row.due_at is None:
        return ""
    if row.due_at <= now:
        return "over"
    if row.late_at is not None and row.late_at <= now:
        return "late"
    return "ageing" if row.ageing_at is not None and row.ageing_at <= now else "fresh"


def _age_words(row: Clock, told: str) -> str:
    name = str(words.NAMES[row.what]) if row.what in words.NAMES else _legal_name(row.code, None)
    if told == "over":
        return _("%(limit)s: its time has passed") % {"limit": name}
    if told == "late":
        return _("%(limit)s: three quarters of its time are gone") % {"limit": name}
    return _("%(limit)s: half of its time is gone") % {"limit": name}


def rests(*, complaint: Complaint, since: datetime) -> tuple[tuple[datetime, datetime | None], ...]:
    """When somebody paused over a complaint, from a moment on, and when they came back or spoke."""
    found: list[tuple[datetime, datetime | None]] = []
    for event in _story(complaint):
        if event.kind == EventKind.PAUSED and event.data.get("rule") == "longer" and found:
            found[-1] = (found[-1][0], None)  # the word that moved the time was not yet the return
        elif event.kind == EventKind.PAUSED and event.at >= since:
            found.append((event.at, None))
        elif found and found[-1][1] is None and event.kind in _BACK:
            found[-1] = (found[-1][0], event.at)
    return tuple(found)


_BACK = frozenset({EventKind.CAME_BACK, EventKind.REPLIED, EventKind.CALLED})


def _began(clock: Clock) -> str:
    if clock.what == What.NEXT_WORD:
        return _("the customer's first word that waits for us")
    return _("the complaint arrived")


def _rule_words(clock: Clock) -> str:
    rule = clock.rule
    if rule is None:
        return _("The usual time, for everybody.")
    return rule_words(rule)


def rule_words(rule: Rule) -> str:
    """For whom a rule holds, in one sentence."""
    told = [
        *([_("group %(name)s") % {"name": rule.group.name}] if rule.group is not None else []),
        *([_("priority %(name)s") % {"name": words.PRIORITIES[rule.priority]}] if rule.priority else []),
        *([_("channel %(name)s") % {"name": Channel(rule.channel).label}] if rule.channel else []),
    ]
    return " · ".join(told) if told else _("for everybody")


def _law(code: str) -> LegalClock | None:
    row = LegalRow.objects.filter(code=code).first()
    return counting.law_of(row) if row is not None else shipped().get(code)


def _story(complaint: Complaint) -> Sequence[Happened]:
    return whole.stories([complaint.pk])[complaint.pk]


# The page of rules and laws.


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    id: int
    what: str
    name: str
    allowed: str
    holds_for: str
    is_usual: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLine:
    id: int
    name: str
    members: int
    spends_from: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LawLine:
    """A legal clock as the page lists it."""

    code: str
    title: str
    length: str
    starts: str
    met: str
    is_on: bool
    is_ours: bool
    not_yet: bool
    effective_from: date | None
    confidence: str
    confidence_words: str
    source: str
    checked: date
    changed: bool
    only_for: str
    rolls: str
    binds: str


def rules() -> list[RuleLine]:
    """The organisation's own limits; what is usual until there is one."""
    rows = list(Rule.objects.select_related("group"))
    if not rows:
        return [
            RuleLine(
                id=0,
                what=rule.what,
                name=str(words.NAMES[rule.what]),
                allowed=words.working_time(rule.allowed),
                holds_for=_("for everybody"),
                is_usual=True,
            )
            for rule in counting.USUAL_RULES
        ]
    order = list(words.NAMES)
    rows.sort(key=lambda row: (order.index(row.what), counting.as_rule(row).weight, row.pk))
    return [
        RuleLine(
            id=row.pk,
            what=row.what,
            name=str(words.NAMES[row.what]),
            allowed=words.working_time(timedelta(minutes=row.minutes)),
            holds_for=rule_words(row),
            is_usual=False,
        )
        for row in rows
    ]


def groups() -> list[GroupLine]:
    rows = CustomerGroup.objects.annotate(named=Count("members"))
    return [
        GroupLine(id=row.pk, name=row.name, members=row.named, spends_from=row.spends_from, currency=row.currency)
        for row in rows
    ]


def laws() -> list[LawLine]:
    """Every legal clock, shipped or added here; those that hold here first."""
    rows = {row.code: row for row in LegalRow.objects.select_related("team", "group")}
    codes = [*shipped(), *(code for code in sorted(rows) if code not in shipped())]
    lines = [_law_line(code, rows.get(code)) for code in codes]
    return sorted(lines, key=lambda line: not line.is_on)


def law(*, code: str) -> tuple[LegalClock, LegalRow | None] | None:
    """One legal clock as it holds here, and what was made of it."""
    row = LegalRow.objects.filter(code=code).first()
    found = counting.law_of(row) if row is not None else shipped().get(code)
    return (found, row) if found is not None else None


def law_line(*, code: str) -> LawLine:
    """One legal clock as the page lists it."""
    return _law_line(code, LegalRow.objects.select_related("team", "group").filter(code=code).first())


def required_words(required: Sequence[str]) -> list[str]:
    """What the law wants in a notice, in words."""
    return [str(words.REQUIRED[each]) for each in required]


def letter_words(law: LegalClock, *, kind: str) -> list[str]:
    """What the law wants in one of its letters, in words."""
    known = {**words.REQUIRED, "reasons": words.REASONS_FOR_NO} if kind == "refusal" else words.REQUIRED
    return [str(known[each]) for each in law.letters.get(kind, ())]


def letters_of(law: LegalClock) -> list[tuple[str, list[str]]]:
    """Every letter that the law knows beside an extension, by name, with what has to be in it."""
    return [(str(words.LETTERS[kind]), letter_words(law, kind=kind)) for kind in law.letters]


def referral_day(*, clock: Clock, law: LegalClock, now: datetime) -> date | None:
    """Until when a customer may turn elsewhere with a letter that leaves now; None where no law says so."""
    right = _law(law.referral) if law.referral else None
    if right is None:
        return None
    _own, team = counting.open_books().calendars_of(clock.complaint.owner_id)
    return term(right.limit, start=now, calendar=team).day


def latest_due(*, clock: Clock, law: LegalClock) -> datetime:
    """When a legal clock would be due at the latest, if it were extended."""
    _own, team = counting.open_books().calendars_of(clock.complaint.owner_id)
    return term(law.longest, start=clock.started_at, calendar=team).due


def startable_laws() -> list[LegalClock]:
    """Those that hold here and begin on a day that somebody has to enter."""
    return [
        each.clock for each in counting.laws_that_hold() if each.clock.starts_on not in BY_ITSELF and each.clock.is_ours
    ]


def _law_line(code: str, row: LegalRow | None) -> LawLine:
    clock = counting.law_of(row) if row is not None else shipped()[code]
    only = [] if row is None else [
        *([row.get_language_display()] if row.language else []),
        *([row.get_channel_display()] if row.channel else []),
        *([row.team.name] if row.team is not None else []),
        *([row.group.name] if row.group is not None else []),
    ]  # fmt: skip
    return LawLine(
        code=code,
        title=clock.title(words.language()),
        length=words.units(clock.n, clock.unit),
        starts=str(words.STARTS[clock.starts_on]),
        met=str(words.METS[clock.met_by]),
        is_on=row is not None and row.is_on,
        is_ours=clock.is_ours,
        not_yet=clock.not_yet,
        effective_from=clock.effective_from,
        confidence=clock.confidence,
        confidence_words=str(words.CONFIDENCES[clock.confidence]),
        source=clock.source,
        checked=clock.checked,
        changed=row is not None and bool(row.changed),
        only_for=" · ".join(only),
        rolls=clock.roll,
        binds=clock.binds,
    )


# For the customer's page.


@dataclass(frozen=True, slots=True, kw_only=True)
class ForCustomer:
    """A time by which the customer hears from us, as their page may tell it."""

    what: str
    due_at: datetime
    whole_day: bool
    extended: bool


def for_customer(*, complaint: Complaint) -> list[ForCustomer]:
    """Tell the legal times that run for the customer, the next one first; our own limits are between ourselves."""
    rows = Clock.objects.filter(complaint=complaint, what=What.LEGAL, state=State.RUNNING).order_by("due_at", "pk")
    return [
        ForCustomer(
            what=_legal_name(row.code, None),
            due_at=_shown(row) or row.due_at,
            whole_day=row.due_day is not None,
            extended=row.extended_by_id is not None,
        )
        for row in rows
        if row.due_at is not None
    ]
