"""What a view of the list holds, for whom, and what a list is narrowed to beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final, Literal, get_args
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, Case, DateTimeField, Exists, OuterRef, Q, QuerySet, Value, When

from amends.desk.complaints import fields
from amends.desk.complaints.models import Companion, Complaint, ReadMark, Stage, Tagging, Turn, Watch
from amends.desk.complaints.visible import has_walls
from amends.desk.people.models import Agent
from amends.desk.web import questions
from amends.desk.web.questions import Among, Blank
from amends.engine.measures.counted import HOT

# fmt: off
View = Literal[
    "now", "mine", "snoozed", "team", "ours", "waiting", "third", "today", "overdue", "due", "hot", "unread",
    "watching", "all",
]
# fmt: on
VIEWS: Final[tuple[View, ...]] = get_args(View)
PERSONAL: Final[tuple[View, ...]] = ("now", "mine", "snoozed", "unread", "watching")
OF_THE_TEAM: Final[tuple[View, ...]] = ("team", "ours", "waiting", "third", "today", "overdue", "due", "hot")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list is narrowed to, beside its view; what is empty does not narrow it."""

    words: str = ""
    language: str = ""
    channel: str = ""
    turn: str = ""
    heat: int = 0  # at least
    owner: int = 0
    team: int = 0
    promise: str = ""  # "broken", "today", "open" or "none"
    again: bool = False  # went wrong a second time
    unread: bool = False
    tag: int = 0
    own: str = ""  # a field of one's own and what it says, as "12:words"


NO_FILTERS: Final = Filters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """The live complaints that are an agent's business without being theirs."""

    beside: frozenset[int] = frozenset()
    asked: frozenset[int] = frozenset()
    watched: frozenset[int] = frozenset()


def circle(*, agent: Agent) -> Circle:
    """Find where the agent was brought in or asked, and what they watch, in one question."""
    found: dict[str, set[int]] = {"asked": set(), "beside": set(), "watched": set()}
    for complaint, as_ in questions.ask("circle", _around, agent=agent.pk):
        found[as_].add(complaint)
    return Circle(
        beside=frozenset(found["beside"] | found["asked"]),
        asked=frozenset(found["asked"]),
        watched=frozenset(found["watched"]),
    )


def _around() -> QuerySet[Any, Any]:
    agent = Blank("agent", BigIntegerField())
    brought_in = Companion.objects.filter(agent=agent, complaint__live=True)
    watched = Watch.objects.filter(agent=agent, complaint__live=True)
    return (
        brought_in.annotate(as_=Case(When(answered_at=None, then=Value("asked")), default=Value("beside")))
        .values_list("complaint", "as_")
        .union(watched.annotate(as_=Value("watched")).values_list("complaint", "as_"), all=True)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Who looks at what moment: as they are, or as blanks in a question that is asked again and again."""

    agent: Any
    team: Any  # None for who belongs to none
    now: Any
    end: Any  # the midnight that ends their day
    asked: Q
    beside: Q
    watched: Q


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who looks into a list, when, and what is their business without being theirs."""

    agent: Agent
    now: datetime
    around: Circle

    @property
    def end(self) -> datetime:
        """The midnight that ends their day."""
        return end_of_day(agent=self.agent, now=self.now)

    def is_plain(self, filters: Filters) -> bool:
        """Whether they ask in one of the shapes that are kept: nothing narrows the list, and no wall stands."""
        return filters == NO_FILTERS and not has_walls(self.agent)

    def seen(self) -> Look:
        """Their look as they are."""
        return Look(
            agent=self.agent.pk,
            team=self.agent.team_id,
            now=self.now,
            end=self.end,
            asked=Q(pk__in=self.around.asked),
            beside=Q(pk__in=self.around.beside),
            watched=Q(pk__in=self.around.watched),
        )

    def unseen(self) -> Look:
        """The look of anybody whose questions have the same `shape`."""
        around = self.around
        return Look(
            agent=Blank("agent", BigIntegerField()),
            team=Blank("team", BigIntegerField()) if self.agent.team_id is not None else None,
            now=Blank("now", DateTimeField()),
            end=Blank("end", DateTimeField()),
            asked=Q(Among("pk", "asked")) if around.asked else Q(pk__in=[]),
            beside=Q(Among("pk", "beside")) if around.beside else Q(pk__in=[]),
            watched=Q(Among("pk", "watched")) if around.watched else Q(pk__in=[]),
        )

    @property
    def shape(self) -> tuple[bool, ...]:
        """What of somebody decides the shape of their questions."""
        around = self.around
        return (self.agent.team_id is not None, bool(around.asked), bool(around.beside), bool(around.watched))

    @property
    def blanks(self) -> dict[str, Any]:
        """What stands in the blanks of `unseen`."""
        return {
            "agent": self.agent.pk,
            "team": self.agent.team_id,
            "now": self.now,
            "end": self.end,
            "asked": self.around.asked,
            "beside": self.around.beside,
            "watched": self.around.watched,
        }

    def has_all_of(self, view: str) -> bool:
        """Whether a view holds what is somebody's own or their team's, of which a search finds all."""
        return view in PERSONAL or (view != "all" and self.agent.team_id is not None)


def end_of_day(*, agent: Agent, now: datetime) -> datetime:
    """Return the midnight that ends the agent's day."""
    day = now.astimezone(zone := ZoneInfo(agent.time_zone)).date()
    return datetime.combine(day + timedelta(days=1), time.min, zone)


def in_view(view: str, look: Look, filters: Filters) -> QuerySet[Complaint]:
    """What a view holds, narrowed; what its reader may see of it is said by who asks."""
    # What was merged into another one is found there; only "all" could hold it, for it has ended.
    found = Complaint.objects.filter(merged_into=None) if view == "all" else Complaint.objects.all()
    return found.filter(condition(view, look) & narrowed(look, filters))


def live_in_view(view: str, look: Look) -> QuerySet[Complaint]:
    """What of a view somebody still has to do something about."""
    # Said twice, PostgreSQL would expect a hundredth of what there is, and walk through it by another index.
    found = in_view(view, look, NO_FILTERS)
    return found.filter(live=True) if view == "all" else found


def own(look: Look) -> Q:
    """What is somebody's business: their own, where they were brought in, and what they watch."""
    return Q(owner=look.agent) | look.beside | look.watched


def theirs(look: Look) -> Q:
    """Their team's, or everybody's for who belongs to none."""
    return Q(team=look.team) if look.team is not None else Q()


def condition(view: str, look: Look) -> Q:
    """Say what a view holds.

    "now", "mine", "snoozed", "unread" and "watching" are about the agent; "team" and the ones after it are their
    team's, or everybody's for who belongs to none; "all" is everything, ended or not.
    """
    now, end = look.now, look.end
    going_on = Q(stage__in=[Stage.RECEIVED, Stage.ANSWERED])
    aside = Q(snoozed_until__gt=now)
    back = (Q(back_at__lte=now) | Q(snoozed_until__lte=now)) & ~aside
    overdue = Q(broken_since__isnull=False) | Q(promise_due_at__lt=now) | (going_on & back)
    today = Q(promise_due_at__gte=now, promise_due_at__lt=end)
    due = Q(promise_due_at__lt=end) | Q(broken_since__isnull=False)
    waits = Q(waiting_since__isnull=False) & ~Q(turn=Turn.THIRD_PARTY) & going_on
    resting = Q(back_at__gt=now) | aside
    mine, team = Q(owner=look.agent), theirs(look)
    conditions: Mapping[str, Q] = {
        "now": (mine & (due | (going_on & back) | (waits & ~resting))) | (look.asked & going_on),
        "mine": mine | look.beside,
        "snoozed": mine & aside,
        "unread": own(look) & _unread(look),
        "watching": look.watched,
        "team": team,
        "ours": team & going_on & Q(turn=Turn.OURS),
        "waiting": team & going_on & Q(turn=Turn.THEIRS),
        "third": team & going_on & Q(turn=Turn.THIRD_PARTY),
        "today": team & today,
        "overdue": team & overdue,
        "due": team & due,
        "hot": team & going_on & Q(heat__gte=HOT),
    }
    return Q(live=True) & conditions[view] if view in conditions else Q()


def _unread(look: Look) -> Q:
    """Say that something happened since the agent looked."""
    read = ReadMark.objects.filter(complaint=OuterRef("pk"), agent=look.agent, at__gte=OuterRef("last_event_at"))
    return ~Q(Exists(read))


def narrowed(look: Look, filters: Filters) -> Q:
    """Say what filters ask for."""
    equal = {
        "language": filters.language,
        "channel": filters.channel,
        "turn": filters.turn,
        "owner": filters.owner,
        "team": filters.team,
        "heat__gte": filters.heat,
        "failed_again": filters.again,
    }
    condition = Q(**{name: value for name, value in equal.items() if value})
    condition &= {
        "broken": Q(broken_since__isnull=False),
        "today": Q(promise_due_at__lt=look.end),
        "open": Q(promise_due_at__isnull=False),
        "none": Q(promise_due_at__isnull=True, broken_since__isnull=True),
    }.get(filters.promise, Q())
    if filters.unread:
        condition &= _unread(look)
    if filters.tag:  # no join, which would count a complaint once for each of its tags
        condition &= Q(pk__in=Tagging.objects.filter(tag=filters.tag).values("complaint"))
    if filters.own:
        condition &= fields.matching(filters.own)
    return condition
