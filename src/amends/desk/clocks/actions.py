"""Writing about clocks: following the timeline, warning in working hours, rules, laws and their extension.

The complaint is locked before its clocks, everywhere, as in the ledger of promises.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from amends.desk.clocks import counting, deriving, words
from amends.desk.clocks.models import OPEN, Clock, CountedBy, CustomerGroup, GroupMember, LegalRow, Rule, State, What
from amends.desk.complaints import actions as complaints
from amends.desk.complaints import following, whole
from amends.desk.complaints.models import By, Complaint, Event, EventKind
from amends.desk.complaints.rows import update_all
from amends.desk.complaints.shown import is_passed_around
from amends.desk.complaints.timeline import Happened, lines, turns
from amends.desk.jobs.groups import Patience, in_groups
from amends.desk.people.models import Agent
from amends.desk.promises.actions import by_complaint
from amends.desk.promises.owners import Owners
from amends.desk.web import questions
from amends.desk.web.questions import Among
from amends.engine.clocks.choosing import choose
from amends.engine.clocks.legal import BY_ITSELF, BadClockError, changed, differences, shipped
from amends.engine.clocks.priority import priority
from amends.engine.promises.calendar import NoWorkingTimeError


class UnableToExtend(Exception):
    """A legal time limit moves only where the law says so, once, in time, and together with a notice."""


class UnableToStart(Exception):
    """The law does not hold here, or begins by itself, or its day is still to come."""


class UnableToMark(Exception):
    """There is no reply that could be the final answer."""


class UnableToSetLimit(Exception):
    """The rule or the law cannot be counted like this; the message says why."""


BATCH = 1000
CHUNK = 2000
COUNTED = ("state", "due_at", "due_day", "ageing_at", "late_at", "done_at", "warn_at", "pauses")
RULED = ("allowed_minutes", "rule_id", "extended_by_id")
# What a complaint's clocks are counted by, beside its story.
COUNTED_BY = (
    *("owner", "customer", "team", "channel", "language"),
    *("people", "handovers", "heat", "broken_since", "merged_into"),
)
SAID = ("warned_at", "tell_at", "told_at")
# What is written down of a clock when something is said of it.
SPOKEN = ("state", "warn_at", *SAID)
_patience = Patience()


def keep_up(*, complaint: Complaint, story: Sequence[Happened]) -> None:
    """Bring a complaint's clocks up to its story; runs inside the transaction that wrote the last event."""
    keep_all_up(told=[(complaint, story)])


def keep_all_up(*, told: following.Told) -> None:
    """Bring the clocks of several complaints up to their stories."""
    books = counting.open_books()
    for complaint, _story in told:
        if (owner := _owner_at_hand(complaint)) is not None:
            books.know(owner)
    books.gather([complaint.owner_id for complaint, _story in told])
    known = _known([complaint for complaint, _story in told])
    everything: Counted = ([], [], [])
    for complaint, story in told:
        some = _counted_anew(complaint, story, books=books, as_of=story[-1].at, known=known[complaint.pk])
        for all_of_a_kind, of_this in zip(everything, some, strict=True):
            all_of_a_kind.extend(of_this)
    _write(everything)


def _owner_at_hand(complaint: Complaint) -> Agent | None:
    """Return whose a complaint is, where they were read with their team and its hours."""
    owner = complaint._state.fields_cache.get("owner")  # noqa: SLF001 - Django documents it
    if not isinstance(owner, Agent) or owner.pk != complaint.owner_id:
        return None
    if owner.team_id is None:
        return owner
    team = owner._state.fields_cache.get("team")  # noqa: SLF001 - likewise
    return owner if team is not None and "calendar" in team._state.fields_cache else None  # noqa: SLF001


type Counted = tuple[list[Clock], list[Clock], list[Clock]]  # new, changed, and what nothing asks for any more


def _known(rows: Sequence[Complaint]) -> dict[int, list[Clock]]:
    """Read the clocks of some complaints, by the complaint."""
    by_pk = {row.pk: row for row in rows}
    known: dict[int, list[Clock]] = {pk: [] for pk in by_pk}
    for clock in questions.ask("clocks", lambda: Clock.objects.filter(Among("complaint_id", "ids")), ids=by_pk):
        clock.complaint = by_pk[clock.complaint_id]
        known[clock.complaint_id].append(clock)
    return known


def _write(clocks: Counted) -> None:
    new, changed, gone = clocks
    if new:
        Clock.objects.bulk_create(new)
    if changed:
        update_all(changed, fields=[*COUNTED, *RULED, *SAID])
    if gone:
        Clock.objects.filter(pk__in=[clock.pk for clock in gone]).delete()


def _counted_anew(
    complaint: Complaint,
    story: Sequence[Happened],
    *,
    books: counting.Books,
    as_of: datetime,
    known: Sequence[Clock],
) -> Counted:
    there = {(row.what, row.code, row.started_at): row for row in known}
    new, changed = [], []
    # Of two that begin in the same instant, the one that the story ends with is meant.
    all_wanted = {
        (wanted.what, wanted.code, wanted.started_at): (wanted, values)
        for wanted, values in _values(complaint, story, books=books, as_of=as_of)
    }
    for key, (wanted, values) in all_wanted.items():
        row = there.pop(key, None)
        if row is None:
            new.append(
                _about_to_say(
                    Clock(
                        complaint=complaint, what=wanted.what, code=wanted.code, started_at=wanted.started_at, **values
                    ),
                    as_of,
                    books,
                )
            )
        elif row.state in OPEN or row.done_at != values["done_at"] or row.extended_by_id != values["extended_by_id"]:
            # What is settled stays as it was counted then, unless the story went on.
            before = {name: getattr(row, name) for name in (*COUNTED, *RULED)}
            if before != values:
                for name, value in values.items():
                    setattr(row, name, value)
                if before["due_at"] != row.due_at and row.warn_at is not None and row.warn_at > as_of:
                    row.warned_at = None
                changed.append(_about_to_say(row, as_of, books))
    gone = [row for row in there.values() if row.state in OPEN]
    return new, changed, gone


def _values(
    complaint: Complaint, story: Sequence[Happened], *, books: counting.Books, as_of: datetime
) -> Iterator[tuple[deriving.Wanted, dict[str, Any]]]:
    if complaint.merged_into_id is not None:
        return  # its time limits run on in the one that it is part of
    own_calendar, team_calendar = books.calendars_of(complaint.owner_id)
    group = books.group_of(complaint.customer_id)
    passed_around = is_passed_around(people=complaint.people, handovers=complaint.handovers)
    facts = deriving.facts(
        story, heat=complaint.heat, promise_broken=complaint.broken_since is not None, third_person=passed_around
    )
    grade, _ = priority(facts)
    told = lines(story)
    for wanted in (wanted for line in told for wanted in deriving.own(line, turns=turns(line))):
        rule = choose(
            books.rules,
            what=wanted.what,  # type: ignore[arg-type]
            channel=complaint.channel,
            priority=grade,
            group=str(group.pk) if group is not None else "",
        )
        if rule is not None:
            found = counting.count_own(wanted, allowed=rule.allowed, calendar=own_calendar, as_of=as_of)
            yield (
                wanted,
                {
                    **_columns(found, wanted),
                    "allowed_minutes": rule.allowed // timedelta(minutes=1),
                    "rule_id": rule.id or None,
                },
            )
    for law in books.laws:
        if law.is_for(complaint, group_id=group.pk if group is not None else None):
            for wanted in (wanted for line in told for wanted in deriving.legal(line, law.clock)):
                found = counting.count_legal(
                    wanted, clock=law.clock, calendar=team_calendar, own=own_calendar, as_of=as_of
                )
                yield wanted, {**_columns(found, wanted), "allowed_minutes": 0, "rule_id": None}


def _columns(found: counting.Counted, wanted: deriving.Wanted) -> dict[str, Any]:
    return {
        **{name: getattr(found, name) for name in found.__slots__},  # asdict would copy every time zone
        "pauses": counting.pauses_as_json(wanted.pauses),
        "extended_by_id": wanted.notice,
    }


def _about_to_say(clock: Clock, as_of: datetime, books: counting.Books) -> Clock:
    """Note when a missed clock is told of: in the owner's hours; what was done meanwhile is nobody's surprise."""
    if clock.state != State.MISSED:
        clock.tell_at = clock.told_at = None
    elif clock.told_at is None:
        if clock.done_at is not None:
            clock.told_at = clock.done_at
        elif clock.tell_at is None:
            clock.tell_at = _opening(books.calendars_of(clock.complaint.owner_id)[0], as_of)
    return clock


def _opening(calendar: Any, now: datetime) -> datetime:
    try:
        opening: datetime = calendar.next_opening(now)
    except NoWorkingTimeError:
        return now
    return opening


# The pass of the worker.


def look(*, now: datetime) -> int:
    """Let the clock speak: mark what is missed, warn owners and tell leads in working hours; return how often it spoke.

    Clocks are looked at group by group, a transaction for each group, and again under the locks of their complaints, so
    that a worker that is killed, or two at once, say everything once. Who is in the middle of writing about a complaint
    is not waited for: the next pass comes in seconds.

    :raises PartlyFailed: once all the others are done, if there are complaints with which it did not work
    """
    spoken, owners = 0, Owners(now=now)
    for waiting, act in _work(now, but=_patience.left_alone(now=now)):
        with following.many() if waiting else nullcontext():
            spoken += in_groups(
                list(by_complaint(waiting).items()),
                partial(_look_at, act=act, owners=owners, now=now),
                key=itemgetter(0),
                patience=_patience,
                now=now,
            )
    _patience.tell(now=now)
    return spoken


Waiting = list[tuple[int, int]]  # a clock and its complaint
Act = Callable[[Clock, Owners, datetime], list[complaints.Said]]


def _work(now: datetime, *, but: Collection[int]) -> Iterator[tuple[Waiting, Act]]:
    clocks = Clock.objects.exclude(complaint__in=but) if but else Clock.objects.all()
    overdue = clocks.filter(state=State.RUNNING, due_at__lte=now).order_by("due_at")
    yield list(overdue.values_list("pk", "complaint_id")[:BATCH]), _miss
    to_warn = clocks.filter(state=State.RUNNING, warned_at=None, warn_at__lte=now, due_at__gt=now)
    yield list(to_warn.order_by("warn_at").values_list("pk", "complaint_id")[:BATCH]), _warn
    to_tell = clocks.filter(state=State.MISSED, told_at=None, tell_at__lte=now)
    yield list(to_tell.order_by("tell_at").values_list("pk", "complaint_id")[:BATCH]), _tell


def _look_at(waiting: Sequence[tuple[int, Sequence[int]]], *, act: Act, owners: Owners, now: datetime) -> int:
    """Look at clocks of some complaints under their locks, and say of each what is to be said."""
    locked = complaints.lock_each([complaint_id for complaint_id, _pks in waiting])
    owners.gather([complaint.owner_id for complaint in locked.values()])
    asked = [pk for _complaint_id, pks in waiting for pk in pks]
    found = {clock.pk: clock for clock in Clock.objects.select_for_update().filter(pk__in=asked).order_by("pk")}
    said: dict[int, list[complaints.Said]] = {}
    changed, spoken = [], 0
    for pk in asked:
        # One whose complaint was merged into another one since is found there by the next pass.
        if (clock := found.get(pk)) is None or (complaint := locked.get(clock.complaint_id)) is None:
            continue
        clock.complaint, complaint.owner = complaint, owners.of(complaint.owner_id)
        before = [getattr(clock, name) for name in SPOKEN]
        words = act(clock, owners, now)
        if words:
            said.setdefault(complaint.pk, []).extend(words)
        if before != [getattr(clock, name) for name in SPOKEN]:
            changed.append(clock)
            spoken += (before[0] != clock.state) + bool(words)
    update_all(changed, fields=SPOKEN)
    complaints.append_to_each(told=[(locked[pk], words) for pk, words in said.items()], now=now)
    return spoken


def _miss(clock: Clock, owners: Owners, now: datetime) -> list[complaints.Said]:
    if clock.state != State.RUNNING or clock.due_at is None or clock.due_at > now:
        return []
    clock.state = State.MISSED
    return _tell(clock, owners, now)


def _warn(clock: Clock, owners: Owners, now: datetime) -> list[complaints.Said]:
    if clock.state != State.RUNNING or clock.warned_at is not None or clock.warn_at is None or clock.warn_at > now:
        return []
    owner = clock.complaint.owner
    if (opening := owners.opening(owner)) > now:  # they or their hours were changed, and nobody is woken
        clock.warn_at = opening
        return []
    clock.warned_at = now
    return [_saying(clock, whom=owner, about="clock-due")]


def _tell(clock: Clock, owners: Owners, now: datetime) -> list[complaints.Said]:
    if clock.state != State.MISSED or clock.told_at is not None:
        return []
    owner = clock.complaint.owner
    clock.tell_at = owners.opening(owner)
    if clock.tell_at > now:  # they rest: they are told as their day begins
        return []
    clock.told_at = now
    lead = owners.lead_of(owner)
    return [_saying(clock, whom=whom, about="clock-missed") for whom in (owner, lead) if whom is not None]


def _saying(clock: Clock, *, whom: Agent, about: str) -> complaints.Said:
    return {
        "kind": EventKind.WARNED,
        "by": By.SYSTEM,
        "data": {
            "to": whom.pk,
            "about": about,
            "clock": clock.code or clock.what,
            "due": clock.due_at.isoformat() if clock.due_at else "",
        },
    }


# Counting everything anew.


def recount_if_changed(*, now: datetime) -> int:
    """Count all open clocks anew when calendars, people, rules or laws are not what they were; return how many."""
    digest = counting.digest()
    before = CountedBy.objects.filter(pk=1).values_list("digest", flat=True).first()
    if before == digest:
        return 0
    count = recount(now=now)
    CountedBy.objects.update_or_create(pk=1, defaults={"digest": digest, "at": now})
    return count


def recount(*, now: datetime) -> int:
    """Count the clocks of every live complaint; return of how many complaints. Nobody is told what is long past."""
    books = counting.open_books()
    pks = list(Complaint.objects.filter(live=True).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), CHUNK):
        with transaction.atomic():
            _recount_some(pks[start : start + CHUNK], books=books, now=now)
    return len(pks)


def _recount_some(pks: Sequence[int], *, books: counting.Books, now: datetime) -> None:
    rows = {row.pk: row for row in Complaint.objects.select_for_update().filter(pk__in=pks).only(*COUNTED_BY)}
    stories = _stories(pks)
    known = _known(list(rows.values()))
    books.gather([row.owner_id for row in rows.values()])
    everything: Counted = ([], [], [])
    for pk, complaint in rows.items():
        for all_of_a_kind, some in zip(
            everything, _counted_anew(complaint, stories[pk], books=books, as_of=now, known=known[pk]), strict=True
        ):
            all_of_a_kind.extend(some)
    for clock in everything[0]:
        if clock.state == State.MISSED:
            clock.told_at, clock.tell_at = now, None
    _write(everything)


def _stories(pks: Sequence[int]) -> Mapping[int, list[Happened]]:
    return whole.stories(pks)


# What people do about a law's clock.


@transaction.atomic
def extend(*, clock: Clock, by: Agent, notice: Event, now: datetime) -> Event:
    """Extend a legal time limit, together with the notice by which the customer was told.

    :raises UnableToExtend: if the law does not allow it, it was done before, its time has passed, or nobody was told
    """
    complaint = clock.complaint
    Complaint.objects.select_for_update().get(pk=complaint.pk)
    clock.refresh_from_db()
    row = LegalRow.objects.filter(code=clock.code, is_on=True).first()
    law = counting.law_of(row) if row is not None else None
    if law is None or not law.can_be_extended:
        raise UnableToExtend(_("This time limit cannot be extended."))
    if clock.extended_by_id is not None:
        raise UnableToExtend(_("This time limit was extended before. It moves only once."))
    if clock.done_at is not None or clock.due_at is None or clock.due_at <= now:
        raise UnableToExtend(_("The time has passed or the answer is given: there is nothing left to extend."))
    is_told = notice.complaint_id == complaint.pk and notice.kind == EventKind.REPLIED and notice.at >= clock.started_at
    if not is_told:
        raise UnableToExtend(_("A time limit is extended only together with a letter to the customer."))
    return complaints.append(
        complaint=complaint,
        kind=EventKind.CLOCK_EXTENDED,
        by=By.AGENT,
        agent=by,
        data={"clock": clock.code, "notice": notice.pk, "what": law.title(words.language())},
        now=now,
    )


@transaction.atomic
def start(*, complaint: Complaint, by: Agent, code: str, began: datetime, now: datetime) -> Event:
    """Start a law's clock on the day of an event that only people know of: a delivery, a fault that was reported.

    :raises UnableToStart: if that law does not hold here or begins by itself, or the day is still to come
    """
    row = LegalRow.objects.filter(code=code, is_on=True).first()
    law = counting.law_of(row) if row is not None else None
    if law is None or not law.is_ours or law.starts_on in BY_ITSELF:
        raise UnableToStart(_("Choose a time limit that holds here."))
    if began > now:
        raise UnableToStart(_("This day is still to come."))
    if not law.holds_on(began.date()):
        raise UnableToStart(_("This law was not in force on that day."))
    return complaints.append(
        complaint=complaint,
        kind=EventKind.CLOCK_STARTED,
        by=By.AGENT,
        agent=by,
        data={"clock": code, "from": began.isoformat(), "what": law.title(words.language())},
        now=now,
    )


@transaction.atomic
def mark_final_answer(*, complaint: Complaint, by: Agent, now: datetime) -> Event:
    """Mark the last reply as the final answer of the law; the customer's yes is another thing, and so is closing.

    :raises UnableToMark: if nothing was written to the customer yet, or an answer is marked already
    """
    Complaint.objects.select_for_update().get(pk=complaint.pk)
    if complaint.events.filter(kind=EventKind.FINAL_ANSWER).exists():
        raise UnableToMark(_("A reply is marked as the final answer already."))
    reply = complaint.events.filter(kind=EventKind.REPLIED).order_by("-sequence").first()
    if reply is None:
        raise UnableToMark(_("Write the answer to the customer first."))
    return complaints.append(
        complaint=complaint,
        kind=EventKind.FINAL_ANSWER,
        by=By.AGENT,
        agent=by,
        data={"event": reply.pk},
        now=now,
    )


# Rules, groups and laws: an administrator's.


def add_rule(*, what: str, minutes: int, group: CustomerGroup | None, priority: str, channel: str) -> Rule:
    """Add a limit of our own. The first one writes down what was usual until now, so that nothing vanishes with it.

    :raises UnableToSetLimit: if there is one for the same case
    """
    if what not in What.values or what == What.LEGAL or minutes <= 0:
        raise UnableToSetLimit(_("A time limit is longer than nothing."))
    try:
        with transaction.atomic():
            if not Rule.objects.exists():
                Rule.objects.bulk_create(
                    Rule(what=usual.what, minutes=usual.allowed // timedelta(minutes=1))
                    for usual in counting.USUAL_RULES
                    if (usual.what, group, priority, channel) != (what, None, "", "")
                )
            return Rule.objects.create(what=what, minutes=minutes, group=group, priority=priority, channel=channel)
    except IntegrityError as error:
        raise UnableToSetLimit(_("There is a time limit for this case already. Remove it first.")) from error


def remove_rule(*, rule: Rule) -> None:
    """Take a limit away; what was counted by it is counted anew by what holds then."""
    rule.delete()


def add_group(*, name: str, spends_from: Any = None, currency: str = "") -> CustomerGroup:
    """Add a group of customers.

    :raises UnableToSetLimit: if the name is taken
    """
    name = name.strip()
    if not name or CustomerGroup.objects.filter(name=name).exists():
        raise UnableToSetLimit(_("Choose a name that no other group has."))
    last = CustomerGroup.objects.order_by("-position").values_list("position", flat=True).first()
    return CustomerGroup.objects.create(
        name=name, spends_from=spends_from, currency=currency.strip().upper()[:3], position=(last or 0) + 1
    )


@transaction.atomic
def put_into_group(*, complaint: Complaint, group: CustomerGroup | None) -> None:
    """Put the customer of a complaint into a group by name, or into none."""
    if group is None:
        GroupMember.objects.filter(customer=complaint.customer_id).delete()
    else:
        GroupMember.objects.update_or_create(customer_id=complaint.customer_id, defaults={"group": group})
    for one in Complaint.objects.select_for_update().filter(customer=complaint.customer_id, live=True):
        complaints.rebuild(complaint=one)


def set_law(
    *,
    code: str,
    is_on: bool,
    by: Agent,
    now: datetime,
    figures: Mapping[str, Any] | None = None,
    language: str = "",
    channel: str = "",
    team_id: int | None = None,
    group_id: int | None = None,
) -> LegalRow:
    """Say whether a law's clock holds here, for whom, and with which figures; only what differs from ours is kept.

    :raises UnableToSetLimit: if there is no such clock, or it cannot be counted like this
    """
    row = LegalRow.objects.filter(code=code).first()
    known = shipped().get(code)
    if known is None:
        raise UnableToSetLimit(_("There is no such time limit."))
    try:
        other = changed(known, figures) if figures is not None else counting.law_of(row) if row else known
    except (BadClockError, ValueError, TypeError) as error:
        raise UnableToSetLimit(_("It cannot be counted like this: %(why)s") % {"why": error}) from error
    row = row or LegalRow(code=code)
    row.is_on, row.changed = is_on, differences(known, other)
    row.language, row.channel, row.team_id, row.group_id = language, channel, team_id, group_id
    row.changed_by, row.changed_at = by, now
    row.save()
    return row
