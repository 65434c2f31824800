"""The organisation's own drills: found in its conversations, made, checked by a person, kept in versions, exchanged."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from amends.desk.academy import making, words
from amends.desk.academy.cures import beyond_training, cure_words
from amends.desk.academy.making import Plan
from amends.desk.academy.models import OwnDrill, OwnVersion
from amends.desk.coaching.models import Kind, Seen
from amends.desk.complaints import covering
from amends.desk.complaints.models import Complaint, Event, EventKind
from amends.desk.complaints.visible import visible
from amends.desk.people.models import Agent, Language
from amends.desk.people.organisation import organisation_name
from amends.desk.promises.models import Promise, State
from amends.engine.failings import catalogue, get
from amends.engine.languages.wording import say

BROKEN = "broken-promise"
MOST = 30
LARGEST = 2_000_000  # bytes of a file
MOST_IN_A_FILE = 40  # each is played to its ends before it is kept
BEFORE = 4  # what was said before the moment, at most
SPOKEN = {EventKind.CUSTOMER_WROTE: "customer", EventKind.REPLIED: "agent"}


class UnableToMake(Exception):
    """The message says what to do instead."""


class NothingNew(UnableToMake):
    """Everything in a file is here already: news, and no trouble."""


# ── Finding a moment ─────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A failing, or a broken promise, by which moments are looked up."""

    name: str
    title: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentRow:
    """What a customer said and what was answered, with nobody's name and no way to who wrote it."""

    event: int
    asked: str
    answered: str
    language: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Moments to choose from, and how many are left out: their cause is none that training cures."""

    rows: tuple[MomentRow, ...]
    beyond: int
    languages: tuple[str, ...] = ()  # those that there are moments in, the reader's own first


def grounds(*, language: str) -> list[Ground]:
    """Return by what moments can be looked up, those met most first."""
    seen = Seen.objects.filter(kind=Kind.FAILING, name__in=_sure(), event__kind=EventKind.REPLIED)
    counts = list(seen.values_list("name").annotate(count=Count("event", distinct=True)).order_by("-count", "name"))
    broken = _broken().count()
    found = [
        Ground(name=name, title=words.failing_words(name, language=language), count=count)
        for name, count in counts
        if name != BROKEN
    ]
    if broken:
        found.insert(0, Ground(name=BROKEN, title=words.failing_words(BROKEN, language=language), count=broken))
    return found


def moments(*, ground: str, language: str = "", reader: str = "") -> Moments:
    """Return moments of one kind, or of one kind in one language: the customer's words and the reply, covered.

    Where a person has found the cause in the product, the process or a message, no drill is made of the moment.
    """
    replies = Event.objects.filter(visible("complaint__"), kind=EventKind.REPLIED)
    if ground == BROKEN:
        replies = replies.filter(pk__in=_broken().values("made_in"))
    else:
        replies = replies.filter(seen__kind=Kind.FAILING, seen__name=ground) if ground in _sure() else replies.none()
    no_cure = Q(complaint__in=beyond_training().values("complaint"))
    spoken = {
        pk: own or theirs
        for pk, own, theirs in replies.exclude(no_cure).values_list("pk", "language", "complaint__language")
    }
    ids = sorted(pk for pk, one in spoken.items() if not language or one == language)
    # In the order of a digest of nothing personal: an order of time would tell who was on duty.
    ids.sort(key=lambda pk: (pk * 2654435761) % 2**32)
    events = Event.objects.filter(pk__in=ids[:MOST]).select_related("content", "complaint__customer")
    by_id = {event.pk: event for event in events}
    firm = organisation_name()
    found = [_moment(by_id[pk], firm=firm) for pk in ids[:MOST] if pk in by_id]
    return Moments(
        rows=tuple(row for row in found if row.asked and row.answered),
        beyond=replies.filter(no_cure).values("pk").distinct().count(),
        languages=tuple(sorted(set(spoken.values()), key=lambda one: (one != reader, one))),
    )


def _sure() -> list[str]:
    """The failings that count: what the coach only tries out, or only hints at, is no ground for a drill."""
    return [one.id for one in catalogue() if one.status == "stable"]


def _moment(event: Event, *, firm: str) -> MomentRow:
    theirs, ours = covering.names_in(event.complaint)
    asked = _said_before(event).filter(kind=EventKind.CUSTOMER_WROTE).last()
    return MomentRow(
        event=event.pk,
        asked=covering.cover(asked.content.text, names=(*theirs, *ours), firm=firm, sparing=True).text if asked else "",
        answered=covering.cover(event.content.text, names=(*theirs, *ours), firm=firm, sparing=True).text,
        language=event.language or event.complaint.language,
        at=event.at,
    )


def _broken() -> QuerySet[Promise]:
    return Promise.objects.filter(state=State.BROKEN, made_in__kind=EventKind.REPLIED).order_by("-due_at")


def _said_before(event: Event) -> QuerySet[Event]:
    said = Event.objects.filter(complaint=event.complaint_id, sequence__lt=event.sequence, kind__in=SPOKEN)
    return said.exclude(content__text="").select_related("content").order_by("sequence")


# ── Making one ───────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A plan with personal data taken out, and how many places that were."""

    plan: Plan
    covered: int


def propose(*, event: Event, ground: str, language: str) -> Proposal:
    """Propose a drill from one moment; what a person has to add is left empty.

    :raises UnableToMake: if there is nothing that a customer said before, or no training cures what caused it
    """
    complaint = event.complaint
    cause = beyond_training().filter(complaint=complaint).first()
    if cause is not None:
        raise UnableToMake(cure_words(cause.layer))
    spoken = event.language or complaint.language
    spoken = spoken if spoken in Language.values else language
    theirs, ours = covering.names_in(complaint)
    stand_in = making.first_words()[spoken]["name"]
    firm = organisation_name()
    covered = 0

    def clean(text: str) -> str:
        nonlocal covered
        first = covering.cover(text, names=ours, firm=firm, sparing=True)
        second = covering.cover(first.text, names=theirs, stand_in=stand_in.split()[0], sparing=True)
        covered += first.places + second.places
        return second.text.strip()

    said = [(SPOKEN[EventKind(one.kind)], clean(one.content.text)) for one in _said_before(event)]
    while said and said[-1][0] == "agent":
        said.pop()
    if not said:
        raise UnableToMake(_("Nothing that a customer said stands before this reply."))
    failing = get(ground) if ground in {one.name for one in grounds(language=language)} else None
    plan = Plan(
        language=spoken,
        failing=ground if failing else "",
        title="",
        scene="",
        task=say(failing.instead, spoken) if failing else "",
        learn=say(failing.hurts, spoken) if failing else "",
        name=stand_in,
        is_who=making.first_words()[spoken]["is_who"],
        before=tuple(said[:-1][-BEFORE:]),
        opening=said[-1][1],
        good=(),
        bad=clean(event.content.text),
        ranks=("agent",),
        reactions={name: making.first_words()[spoken][name] for name in ("better", "worse", "unsure")},
    )
    return Proposal(plan=plan, covered=covered)


@transaction.atomic
def save(
    *, plan: Plan, by: Agent, now: datetime, event: Event | None = None, drill: OwnDrill | None = None
) -> OwnVersion:
    """Keep a plan as a new drill, or as the next version of one; nobody sees it before it is checked.

    :raises UnableToMake: if it does not play to its ends, or names are left in it
    """
    situation, script = making.tables(plan)
    found = making.troubles(situation, script, language=plan.language)
    complaint = event.complaint if event is not None else drill.complaint if drill is not None else None
    if left := _left_over(plan.every_word, complaint, allowed=plan.name):
        found.append(_("These still look like somebody's own: {words}").format(words=", ".join(left)))
    if found:
        raise UnableToMake("\n".join(found))
    if drill is None:
        drill = OwnDrill.objects.create(title=plan.title[:150], complaint=complaint, made_at=now)
    return _keep(drill, language=plan.language, situation=situation, script=script, by=by, now=now)


def _left_over(text: str, complaint: Complaint | None, *, allowed: str) -> tuple[str, ...]:
    known: tuple[str, ...] = ()
    if complaint is not None:
        theirs, ours = covering.names_in(complaint)
        given = {part for name in (allowed, *allowed.split()) for part in [name]}
        known = tuple(part for name in (*theirs, *ours) for part in name.split() if part not in given and len(part) > 3)
    return covering.left_over(text, names=known, firm=organisation_name())


def _keep(
    drill: OwnDrill,
    *,
    language: str,
    situation: Mapping[str, Any],
    script: Mapping[str, Any],
    by: Agent,
    now: datetime,
) -> OwnVersion:
    newest = OwnVersion.objects.filter(drill=drill).aggregate(newest=Max("number"))["newest"] or 0
    OwnDrill.objects.filter(pk=drill.pk).update(title=str(script["title"])[:150])
    return OwnVersion.objects.create(
        drill=drill,
        number=newest + 1,
        language=language,
        situation=dict(situation),
        script=dict(script),
        made_at=now,
        made_by=by,
    )


@transaction.atomic
def check(*, version: OwnVersion, has_read: bool, by: Agent, now: datetime) -> None:
    """Say that one has read it and that nobody can be known in it: from now on it is offered.

    :raises UnableToMake: if nobody says so, or it was checked already
    """
    if not has_read:
        raise UnableToMake(_("Say that you have read it and that nobody can be known in it."))
    if not OwnVersion.objects.filter(pk=version.pk, checked_at__isnull=True).update(checked_at=now, checked_by=by):
        raise UnableToMake(_("Somebody has checked it already."))


@transaction.atomic
def put_aside(*, drill: OwnDrill, aside: bool, now: datetime) -> None:
    """Offer a drill no longer, or offer it again; tries at it stay readable."""
    OwnDrill.objects.filter(pk=drill.pk).update(put_aside_at=now if aside else None)


def as_file(version: OwnVersion) -> dict[str, Any]:
    """Lay a version out as the file that other desks take in."""
    return making.as_file(
        version.situation,
        version.script,
        language=version.language,
        version=version.number,
        identity=version.drill.identity,
    )


def collection() -> dict[str, Any]:
    """Lay out the newest checked version of every drill that is offered as one file."""
    newest: dict[int, OwnVersion] = {}
    offered = OwnVersion.objects.filter(checked_at__isnull=False, drill__put_aside_at__isnull=True)
    for version in offered.select_related("drill").order_by("drill", "number"):
        newest[version.drill_id] = version
    return {"format": making.COLLECTION, "drills": [as_file(one) for one in newest.values()]}


@transaction.atomic
def take_in(*, raw: bytes, by: Agent, now: datetime) -> list[OwnVersion]:
    """Take in one drill, or a collection of them, from another desk's file; a person checks each here as well.

    What this desk has already becomes its next version; what is here word for word is not taken in twice.

    :raises UnableToMake: if it is no such file or breaks the format
    :raises NothingNew: if everything in it is here already
    """
    wrong = _("This is no drill that Amends has written.")
    if len(raw) > LARGEST:
        raise UnableToMake(wrong)
    try:
        found = json.loads(raw.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise UnableToMake(wrong) from error
    files = found.get("drills") if isinstance(found, dict) and found.get("format") == making.COLLECTION else [found]
    if not isinstance(files, list) or not 0 < len(files) <= MOST_IN_A_FILE:
        raise UnableToMake(wrong)
    taken = [version for file in files if (version := _take_in(file, by=by, now=now, wrong=wrong)) is not None]
    if not taken:
        raise NothingNew(_("Everything in this file is here already."))
    return taken


def _take_in(file: Any, *, by: Agent, now: datetime, wrong: str) -> OwnVersion | None:
    if not isinstance(file, dict) or file.get("format") != making.FORMAT:
        raise UnableToMake(wrong)
    language, situation, script = file.get("language"), file.get("situation"), file.get("script")
    if language not in Language.values or not isinstance(situation, dict) or not isinstance(script, dict):
        raise UnableToMake(wrong)
    try:
        identity = UUID(file["id"]) if "id" in file else uuid4()
    except (AttributeError, TypeError, ValueError) as error:
        raise UnableToMake(wrong) from error
    drill = OwnDrill.objects.filter(identity=identity).first()
    if drill is not None:
        newest = drill.versions.order_by("-number").first()
        if newest is not None and (newest.language, newest.situation, newest.script) == (language, situation, script):
            return None
    if troubles := making.troubles(situation, script, language=str(language)):
        raise UnableToMake("\n".join(troubles))
    if drill is None:
        drill = OwnDrill.objects.create(title=str(script["title"])[:150], made_at=now, identity=identity)
    return _keep(drill, language=str(language), situation=situation, script=script, by=by, now=now)


def other_words(script: Mapping[str, Any], *, shown: Iterable[str]) -> tuple[str, ...]:
    """Return every sentence of a drill besides those shown: whoever checks it has to have read them all."""
    return tuple(dict.fromkeys(text for text in _texts(script) if text not in {*shown, ""}))


def _texts(found: Any) -> Iterator[str]:
    if isinstance(found, str):
        yield found
    elif isinstance(found, Mapping):
        for one in found.values():
            yield from _texts(one)
    elif isinstance(found, list):
        for one in found:
            yield from _texts(one)


# ── The library ──────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRow:
    """An own drill with its newest version."""

    drill: int
    version: int
    title: str
    language: str
    number: int
    made_at: datetime
    made_by: str
    is_checked: bool
    is_offered: bool
    is_aside: bool


def library() -> list[OwnRow]:
    """Return every own drill, those that wait for a check first."""
    newest: dict[int, OwnVersion] = {}
    offered: set[int] = set()
    for version in OwnVersion.objects.select_related("drill", "made_by").order_by("drill", "number"):
        newest[version.drill_id] = version
        if version.checked_at is not None and version.drill.put_aside_at is None:
            offered.add(version.drill_id)
    rows = [
        OwnRow(
            drill=one.drill_id,
            version=one.pk,
            title=one.drill.title,
            language=one.language,
            number=one.number,
            made_at=one.made_at,
            made_by=one.made_by.name if one.made_by else "",
            is_checked=one.checked_at is not None,
            is_offered=one.drill_id in offered,
            is_aside=one.drill.put_aside_at is not None,
        )
        for one in newest.values()
    ]
    return sorted(rows, key=lambda row: (row.is_aside, row.is_checked, -row.drill))
