"""
Alarms: each night complaints of each theme, product, branch, layer, team and channel are held against what is usual.

Whole days are counted, where the organisation is. What is usual is learnt from up to half a year that ends before the
days that are watched, so that a rise does not teach itself. One alarm for each kind until somebody has heard it, and
one for each cause: a rise whose complaints are mostly those of a theme that rings does not ring once more for its layer
and for everything, and where that rang first it becomes the alarm of the theme as soon as that is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from amends.desk.complaints.models import Complaint
from amends.desk.customers.words import storable
from amends.desk.improvements import counting
from amends.desk.improvements.models import Theme
from amends.desk.insight.facts import COMPLAINTS, Array, code, read, within, word_of
from amends.desk.insight.frame import Frame
from amends.desk.insight.kept import Facts, Table
from amends.desk.insight.models import Alarm, Way
from amends.desk.people.models import Agent
from amends.desk.people.organisation import beginning_of, organisation_zone
from amends.engine.measures.watch import FEWEST_DAYS, FEWEST_FOR_SILENCE, QUIET_DAYS, WEEK, Rung, ring, usual

WATCHED: Final = 28  # days that are held against what is usual
LEARNT: Final = 182  # days before them at most
LONGEST: Final = 500
DAY: Final = timedelta(days=1)
# From the finest to the coarsest: a rise that a finer one explains rings once.
KINDS: Final[Mapping[str, str]] = {
    "theme": "cause__theme_id",
    "product": "product_id",
    "branch": "branch_id",
    "layer": "cause__layer",
    "team": "team_id",
    "channel": "channel",
    "all": "",
}
_WORDS: Final = frozenset({"layer", "channel"})
# A theme that falls silent is what everybody works for; a channel that does may be a form that is broken.
MAY_FALL_SILENT: Final = frozenset({"branch", "team", "channel", "all"})

type Subject = tuple[str, str]


class UnableToHear(Exception):
    """Somebody has heard this alarm already, or nothing is said; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What is watched tonight, and what that means for false alarms."""

    subjects: int
    silences: int
    days_learnt: int
    days_missing: int  # until anything can be watched; 0 where it is

    @property
    def days_between(self) -> int:
        """Between two false alarms of all that is watched together, in quiet times, at the most often."""
        series = self.subjects + self.silences
        return QUIET_DAYS // series if series else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Days:
    """Whole days: where the learning begins, where the watching, and the day after the last."""

    first: date
    watched: date
    end: date
    zone: ZoneInfo

    @property
    def learnt(self) -> int:
        return (self.watched - self.first).days


def watch(*, now: datetime) -> list[Alarm]:
    """Hold the last days against what is usual, and ring where it is more, or less, than chance; return what rang."""
    days = _days(now)
    if days is None or days.learnt < FEWEST_DAYS:
        return []
    rung: list[Alarm] = []
    counted = _counted(days)
    for (kind, name), counts in counted.series.items():
        for way in (Way.MORE, Way.FEWER) if kind in MAY_FALL_SILENT else (Way.MORE,):
            found = _rung(counts, days=days, way=way, after=_heard_on((kind, name), way, days.zone))
            if found is None or (way == Way.MORE and _is_explained(found, (kind, name), counted=counted)):
                continue
            if (alarm := _keep(found, (kind, name), counted=counted, now=now)) is not None:
                rung.append(alarm)
    return rung


def watched(*, now: datetime) -> Watched:
    """Say what is watched, and how often that may ring in quiet times."""
    days = _days(now)
    if days is None:
        return Watched(subjects=0, silences=0, days_learnt=0, days_missing=FEWEST_DAYS)
    if days.learnt < FEWEST_DAYS:
        missing = FEWEST_DAYS - days.learnt
        return Watched(subjects=0, silences=0, days_learnt=days.learnt, days_missing=missing)
    found = _series(days)
    quiet = [
        counts
        for (kind, _name), counts in found.items()
        if kind in MAY_FALL_SILENT and sum(counts[: days.learnt]) >= FEWEST_FOR_SILENCE * days.learnt
    ]
    return Watched(subjects=len(found), silences=len(quiet), days_learnt=days.learnt, days_missing=0)


def complaints_of(alarm: Alarm) -> QuerySet[Complaint]:
    """Return the complaints that an alarm is about, the last first."""
    zone = organisation_zone()
    found = Complaint.objects.filter(
        received_at__gte=beginning_of(alarm.since, zone=zone),
        received_at__lt=beginning_of(alarm.until + timedelta(days=1), zone=zone),
        merged_into=None,
    )
    if alarm.kind == "theme":  # merged since, its complaints have the other theme
        found = found.filter(cause__theme__in=_themes(alarm.name).values("pk"))
    elif alarm.kind != "all":
        found = found.filter(**{KINDS[alarm.kind]: alarm.name})
    return found.order_by("-received_at", "-pk")


def _themes(name: str) -> QuerySet[Theme]:
    """The theme that an alarm is about, and the one that it was merged into since."""
    return Theme.objects.filter(Q(pk=name) | Q(holds=name))


@transaction.atomic
def hear(*, alarm: Alarm, words: str, by: Agent, now: datetime) -> Alarm:
    """Say that somebody has seen to it; from the next day on it is watched anew.

    :raises UnableToHear: if somebody was quicker, or nothing is said of what it was
    """
    known = Alarm.objects.select_for_update().get(pk=alarm.pk)
    if known.heard_at is not None:
        raise UnableToHear(_("Somebody has seen to it already."))
    words = " ".join(storable(words).split())[:LONGEST]
    if not words:
        raise UnableToHear(_("Say in a few words what it was."))
    known.heard_by, known.heard_at, known.words = by, now, words
    known.save(update_fields=["heard_by", "heard_at", "words"])
    return known


# ── Counting ─────────────────────────────────────────────────────────────────


def _days(now: datetime) -> _Days | None:
    zone = organisation_zone()
    end = now.astimezone(zone).date()  # today is not over
    oldest = counting.reader().first()
    if oldest is None:
        return None
    began = oldest.astimezone(zone).date() + timedelta(days=1)  # the first day was not whole
    span = (end - began).days
    watched_days = min(WATCHED, span // 4)
    at = end - timedelta(days=watched_days)
    return _Days(first=max(began, at - timedelta(days=LEARNT)), watched=at, end=end, zone=zone)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Counted:
    """Everything that is watched, day by day, and the rows that were counted."""

    days: _Days
    series: Mapping[Subject, list[int]]
    rows: Table
    day: Array  # of each row, from 0

    def holds(self, subject: Subject) -> Array:
        """Say which rows are of a subject."""
        kind, name = subject
        if kind == "all":
            return np.ones(len(self.day), dtype=bool)
        if kind == "theme":  # merged since, its complaints have the other theme
            of_themes: Array = np.isin(self.rows[kind], list(_themes(name).values_list("pk", flat=True)))
            return of_themes
        mine: Array = self.rows[kind] == (code(name) if kind in _WORDS else int(name))
        return mine

    def excess(self, mask: Array, *, since: int, until: int) -> float:
        """How many more of some rows came on these days, the last included, than is usual for them."""
        counts = np.bincount(self.day[mask], minlength=(self.days.end - self.days.first).days).tolist()
        first = self.days.first.weekday()
        known = usual(counts[: self.days.learnt], first_weekday=first)
        if known is None:
            return 0.0
        return sum(counts[place] - known.on((first + place) % WEEK) for place in range(since, until + 1))


def _series(days: _Days) -> Mapping[Subject, list[int]]:
    """Count the complaints of each day for everything that is watched, the finest kinds first."""
    return _counted(days).series


def _counted(days: _Days) -> _Counted:
    rows = _rows(days)
    many = (days.end - days.first).days
    edges = [beginning_of(days.first + timedelta(days=place), zone=days.zone).timestamp() for place in range(1, many)]
    day = np.searchsorted(edges, rows["at"], side="right")
    found: dict[Subject, list[int]] = {}
    for kind in KINDS:
        values = rows[kind] if kind != "all" else np.zeros(len(day), dtype=np.int64)
        known, place = np.unique(values, return_inverse=True)
        counts = np.bincount(place * many + day, minlength=len(known) * many).reshape(len(known), many)
        named = {("" if kind == "all" else _named(kind, int(one))): at for at, one in enumerate(known)}
        found |= {(kind, name): counts[named[name]].tolist() for name in sorted(named) if name or kind == "all"}
    return _Counted(days=days, series=found, rows=rows, day=day)


def _named(kind: str, number: int) -> str:
    """How an alarm names what it is about: words by themselves, rows by their number; nothing where there is none."""
    return word_of(number) if kind in _WORDS else str(number or "")


def _rows(days: _Days) -> Table:
    """What came in on these days: from what is kept by day, or else those columns alone that are watched."""
    span = (beginning_of(days.first, zone=days.zone), beginning_of(days.end, zone=days.zone))
    facts = Facts()
    if facts.are_kept:
        return facts.of(COMPLAINTS, Frame(since=span[0], until=span[1]))
    which = within(COMPLAINTS, *span) & Q(merged_into=None)
    return Table([read(COMPLAINTS, which, only=KINDS.keys())])


def _rung(counts: list[int], *, days: _Days, way: Way, after: date | None) -> Rung | None:
    known = usual(counts[: days.learnt], first_weekday=days.first.weekday())
    start = max(days.watched, after + timedelta(days=1)) if after is not None else days.watched
    place = (start - days.first).days
    if known is None or place >= len(counts):
        return None
    found = ring(counts[place:], known=known, first_weekday=start.weekday(), way="more" if way == Way.MORE else "fewer")
    if found is None:
        return None
    return Rung(way=found.way, since=found.since + place, at=found.at + place, seen=found.seen, usual=found.usual)


def _heard_on(subject: Subject, way: Way, zone: ZoneInfo) -> date | None:
    """The day on which somebody heard the last alarm of this kind: what came before it is known."""
    heard = Alarm.objects.filter(way=way, kind=subject[0], name=subject[1], heard_at__isnull=False)
    at = heard.order_by("-heard_at").values_list("heard_at", flat=True).first()
    return at.astimezone(zone).date() if at is not None else None


def _is_explained(found: Rung, subject: Subject, *, counted: _Counted) -> bool:
    """Whether most of this rise are complaints of something finer that rang in these days, tonight or before."""
    finer = list(KINDS)[: list(KINDS).index(subject[0])]
    if not finer:
        return False
    first = counted.days.first
    rung = Alarm.objects.filter(
        way=Way.MORE,
        kind__in=finer,
        until__gte=first + timedelta(days=found.since),
        since__lte=first + timedelta(days=found.at),
    )
    theirs = np.zeros(len(counted.day), dtype=bool)
    for alarm in rung:
        theirs |= counted.holds((alarm.kind, alarm.name))
    both = theirs & counted.holds(subject)
    return counted.excess(both, since=found.since, until=found.at) >= (found.seen - found.usual) / 2


def _explained_by(found: Rung, subject: Subject, *, counted: _Counted) -> Alarm | None:
    """Return the alarm of something coarser that nobody has heard yet and that is mostly this rise."""
    coarser = list(KINDS)[list(KINDS).index(subject[0]) + 1 :]
    first = counted.days.first
    open_ones = Alarm.objects.filter(
        way=Way.MORE,
        kind__in=coarser,
        heard_at=None,
        since__gte=first,
        since__lte=first + timedelta(days=found.at),
        until__gte=first + timedelta(days=found.since),
    )
    mine = counted.holds(subject)
    for alarm in sorted(open_ones, key=lambda one: (coarser.index(one.kind), one.pk)):
        both = mine & counted.holds((alarm.kind, alarm.name))
        since, until = (alarm.since - first).days, (min(alarm.until, counted.days.end - DAY) - first).days
        if counted.excess(both, since=since, until=until) >= (alarm.seen - alarm.usual) / 2:
            return alarm
    return None


@transaction.atomic
def _keep(found: Rung, subject: Subject, *, counted: _Counted, now: datetime) -> Alarm | None:
    way = Way.MORE if found.way == "more" else Way.FEWER
    kind, name = subject
    told = {
        "since": counted.days.first + timedelta(days=found.since),
        "until": counted.days.first + timedelta(days=found.at),
        "seen": found.seen,
        "usual": found.usual,
    }
    known = Alarm.objects.filter(way=way, kind=kind, name=name, heard_at=None)
    if way == Way.MORE and not known.exists():
        coarser = _explained_by(found, subject, counted=counted)
        if coarser is not None:  # the same rise, better known; its letter left already
            Alarm.objects.filter(pk=coarser.pk).update(kind=kind, name=name, **told)
            coarser.refresh_from_db()
            return coarser
    alarm, is_new = Alarm.objects.get_or_create(
        way=way, kind=kind, name=name, heard_at=None, defaults={**told, "rung_at": now}
    )
    return alarm if is_new else None
