"""What each person carried on a day: how much, and how hot. Shown to them and to their lead, as care.

It is no measure of how good anybody is: it says how much others laid on them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from amends.desk.calm.models import Pause
from amends.desk.complaints.attention import HELD
from amends.desk.complaints.course_of_heat import said_heat
from amends.desk.complaints.models import Complaint, Event, EventKind, Stage
from amends.desk.people.limits import limits
from amends.desk.people.models import Agent
from amends.desk.people.queries import lead_of
from amends.engine.measures.counted import HOT, HOTTEST

DAYS: Final = 7
MUCH_HEAT: Final = 9  # three insults, or as much anger in smaller pieces
TOO_BUSY: Final = 0.85  # of working time in conversations: above it there is no time left to breathe
LEAST_WORKED: Final = timedelta(hours=2)  # before that a share says nothing
_THEIRS: Final = (EventKind.CUSTOMER_WROTE, EventKind.NOT_CONTENT)
_OURS: Final = (EventKind.REPLIED, EventKind.CALLED)
_MOVES: Final = (EventKind.OWNER_TAKEN, EventKind.HANDED_OVER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What somebody carried on one day of their own calendar."""

    day: date
    people: int  # customers they answered
    answers: int
    heat: int  # what was said to them, each message weighed from 0 to 3
    hot: int  # messages that were angry or worse
    insults: int
    rested: timedelta
    at_once: int  # the most conversations that they held at once
    busy: timedelta  # in conversations
    worked: timedelta  # of their working hours, so far

    @property
    def occupancy(self) -> float | None:
        """The share of working time in conversations; None while there is too little of it."""
        if self.worked < LEAST_WORKED:
            return None
        return min(1.0, self.busy / self.worked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How it stands with one person: today, the days before, and what may help."""

    agent: Agent
    days: tuple[Day, ...]  # today first
    holds: int  # conversations right now
    holds_at_most: int
    owns: int  # open complaints
    owns_hot: int
    hint: str  # "heat", "many" or "busy"; empty when all is well

    @property
    def today(self) -> Day:
        return self.days[0]


def may_see(*, reader: Agent, agent: Agent) -> bool:
    """Whether one may see what another carries: they themselves and their lead, and nobody else."""
    if reader.pk == agent.pk:
        return True
    lead = lead_of(agent=agent)
    return lead is not None and lead.pk == reader.pk


def led_by(*, lead: Agent) -> list[Agent]:
    """Whose lead somebody is, by name and never by how much they carry."""
    others = Agent.objects.filter(is_active=True).exclude(pk=lead.pk).select_related("team__lead", "team__calendar")
    return [agent for agent in others.order_by("name", "pk") if may_see(reader=lead, agent=agent)]


def load(*, agent: Agent, now: datetime, days: int = DAYS) -> Load:
    """Add up what somebody carries, by the days of their own time zone."""
    return loads(agents=[agent], now=now, days=days)[0]


def loads(*, agents: Sequence[Agent], now: datetime, days: int = DAYS) -> list[Load]:
    """Do so for several, each in their own time zone, in as many questions as for one."""
    wanted = {agent.pk: _days(agent, now, days) for agent in agents}
    since = min(
        (datetime.combine(wanted[agent.pk][-1], time.min, ZoneInfo(agent.time_zone)) for agent in agents), default=now
    )
    said = _said_to(agents, since=since, now=now)
    ours = Event.objects.filter(kind__in=_OURS, agent__in=agents, at__gte=since, at__lte=now)
    answers = _by_agent(ours.select_related("content"))
    pauses = _by_agent(Pause.objects.filter(agent__in=agents, since__gte=since, since__lte=now))
    open_ = Complaint.objects.filter(owner__in=agents, stage__in=[Stage.RECEIVED, Stage.ANSWERED]).order_by()
    counted = open_.values_list("owner").annotate(owns=Count("pk"), hot=Count("pk", filter=Q(heat__gte=HOT)))
    owned = {owner: (owns, hot) for owner, owns, hot in counted}
    held, most = holding(agents=agents, now=now), limits().at_once
    found = []
    for agent in agents:
        zone = ZoneInfo(agent.time_zone)
        every = tuple(
            _day(
                day,
                agent=agent,
                said=[event for event in said.get(agent.pk, ()) if event.at.astimezone(zone).date() == day],
                answers=[event for event in answers.get(agent.pk, ()) if event.at.astimezone(zone).date() == day],
                pauses=[pause for pause in pauses.get(agent.pk, ()) if pause.since.astimezone(zone).date() == day],
                now=now,
            )
            for day in wanted[agent.pk]
        )
        owns, owns_hot = owned.get(agent.pk, (0, 0))
        holds = held.get(agent.pk, 0)
        found.append(
            Load(
                agent=agent,
                days=every,
                holds=holds,
                holds_at_most=most,
                owns=owns,
                owns_hot=owns_hot,
                hint=_hint(every[0], holds=holds, most=most),
            )
        )
    return found


def _days(agent: Agent, now: datetime, days: int) -> list[date]:
    today = now.astimezone(ZoneInfo(agent.time_zone)).date()
    return [today - timedelta(days=back) for back in range(days)]


def _by_agent[Of: (Event, Pause)](rows: Iterable[Of]) -> dict[int, list[Of]]:
    found: dict[int, list[Of]] = {}
    for row in rows:
        found.setdefault(row.agent_id or 0, []).append(row)
    return found


def holding(*, agents: Sequence[Agent], now: datetime) -> dict[int, int]:
    """Count the conversations that each holds right now: both sides spoke within the last minutes."""
    lately = Event.objects.filter(at__gt=now - HELD, at__lte=now)
    answered = lately.filter(kind__in=_OURS, agent__in=agents)
    spoke = set(
        lately.filter(kind__in=_THEIRS, complaint__in=answered.values("complaint")).values_list("complaint", flat=True)
    )
    if not spoke:
        return {}
    pairs = set(answered.filter(complaint__in=spoke).values_list("agent", "complaint"))
    return Counter(agent for agent, _complaint in pairs if agent is not None)


def _hint(today: Day, *, holds: int, most: int) -> str:
    if today.heat >= MUCH_HEAT:
        return "heat"
    if holds > most or today.at_once > most:
        return "many"
    return "busy" if (today.occupancy or 0) > TOO_BUSY else ""


def _said_to(agents: Sequence[Agent], *, since: datetime, now: datetime) -> dict[int, list[Event]]:
    """What customers said while the complaint was theirs: who took it over did not carry what came before."""
    taken = Event.objects.filter(kind=EventKind.OWNER_TAKEN, agent__in=agents).values("complaint")
    to = [agent.pk for agent in agents]
    given = Event.objects.filter(kind=EventKind.HANDED_OVER, content__data__to__in=to).values("complaint")
    events = Event.objects.filter(kind__in=_THEIRS, at__gte=since, at__lte=now)
    found = list(
        (events.filter(complaint__in=taken) | events.filter(complaint__in=given))
        .select_related("content")
        .order_by("at")
    )
    owners = _owners({event.complaint_id for event in found})
    said: dict[int, list[Event]] = {}
    for event in found:
        said.setdefault(_owner_at(owners[event.complaint_id], event.sequence), []).append(event)
    return said


def _owners(complaint_ids: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
    rows = Event.objects.filter(complaint__in=list(complaint_ids), kind__in=_MOVES).select_related("content")
    owners: dict[int, list[tuple[int, int]]] = {}
    for event in rows.order_by("complaint", "sequence"):
        owner = event.agent_id if event.kind == EventKind.OWNER_TAKEN else int(event.content.data["to"])
        owners.setdefault(event.complaint_id, []).append((event.sequence, owner or 0))
    return owners


def _owner_at(owners: Sequence[tuple[int, int]], sequence: int) -> int:
    return next((owner for since, owner in reversed(owners) if since < sequence), 0)


def _day(
    day: date, *, agent: Agent, said: Sequence[Event], answers: Sequence[Event], pauses: Sequence[Pause], now: datetime
) -> Day:
    heats = [said_heat(event) for event in said]
    signals = Counter(signal for event in said for signal in event.content.data.get("signals", ()))
    calendar = agent.calendar()
    spans = [(opens, min(closes, now)) for opens, closes in calendar.open_spans(day) if opens < now]
    return Day(
        day=day,
        people=len({event.complaint_id for event in answers}),
        answers=len(answers),
        heat=sum(heats),
        hot=sum(heat >= HOT for heat in heats),
        insults=max(signals["insult"], sum(heat >= HOTTEST for heat in heats) if not signals else 0),
        rested=sum(((pause.ended_at or now) - pause.since for pause in pauses), timedelta()),
        at_once=max([int(event.content.data.get("at_once", 1)) for event in answers], default=0),
        busy=_busy(answers, spans),
        worked=sum((closes - opens for opens, closes in spans), timedelta()),
    )


def _busy(answers: Sequence[Event], spans: Sequence[tuple[datetime, datetime]]) -> timedelta:
    """The minutes before each answer, within working hours; none counts twice."""
    busy, until = timedelta(), None
    for end in sorted(event.at for event in answers):
        start = end - HELD if until is None else max(end - HELD, until)
        for opens, closes in spans:
            busy += max(timedelta(), min(end, closes) - max(start, opens))
        until = end
    return busy
