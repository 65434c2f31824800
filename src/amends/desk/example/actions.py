"""Laying out the example company, and moving it along to the day on which it is looked at.

A story is told by doing what happened in it, each act at its own time, through the rooms' own actions. On another day
the stories that nobody has touched are taken back and told anew, so that tomorrow's promises are tomorrow's again;
a complaint on which a person has worked is theirs, and stays as it is.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import batched, count
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from amends.desk.channels import actions as channels
from amends.desk.channels.models import Arrival
from amends.desk.complaints import actions as complaints
from amends.desk.complaints import following
from amends.desk.complaints.models import By, Channel, Complaint, Numbering
from amends.desk.customers.models import Customer
from amends.desk.example import founding, improving, training
from amends.desk.example.acting import Play, act
from amends.desk.example.models import Told
from amends.desk.example.queries import GOING_ON, on_another_day
from amends.desk.example.stories import HERE, Company, Story, company, customers, stories
from amends.desk.example.taking_back import take_back
from amends.desk.example.telling import Scene, tell
from amends.desk.improvements import actions as improvements
from amends.desk.people.models import Agent, Calendar
from amends.desk.people.queries import is_empty
from amends.desk.promises import actions as promises
from amends.desk.promises.models import Promise, State

AT_ONCE: Final = 4  # complaints of one transaction: others who write wait for a second at most
A_WEEK: Final = timedelta(days=7)
A_MINUTE: Final = timedelta(minutes=1)
LETTERS: Final[Mapping[str, timedelta]] = {"parked": timedelta(hours=3), "set-aside": timedelta(hours=26)}


class UnableToSetUp(Exception):
    """The desk has people already: the example company would stand in their way."""


def set_up(*, now: datetime, told: Callable[[float], object] = bool) -> None:
    """Lay out the example company on an empty desk; `told` hears, from 0 to 1, how much of it has been laid out.

    Not to be called within a transaction: what arrives is committed before it is read.

    :raises UnableToSetUp: if somebody works here already
    """
    with transaction.atomic():
        if not is_empty():
            raise UnableToSetUp(_("This desk has its people already. Start the example in another data folder."))
        agents = founding.found(company=company(), now=now)
        known = founding.welcome(cards=customers())
        plays = [_play(story, customer=known[story.customer], agents=agents, now=now) for story in stories()]
        with following.many():
            _perform(plays, now=now, told=told)
        training.lay_out(agents=agents, now=now)
        improving.lay_out(agents=agents, now=now)
    for name, ago in LETTERS.items():
        arrival = channels.keep_raw(
            channel=Channel.MAIL,
            identity=_identity(name),
            raw=(HERE / "letters" / f"{name}.eml").read_bytes(),
            now=now - ago,
        )
        channels.take_in(arrival=arrival, now=now - ago)


def move_along(*, now: datetime, rest: Callable[[], object] = lambda: None) -> int:
    """Tell the stories again for today where they were told for another day; return how many complaints were moved.

    What has ended lies in the past and may lie there a week longer before it is told again. It is some seconds of
    work, done a few complaints at a time, those that go on first, so that it can be done beside an open desk; `rest` is
    called in between, and lets others write. A desk without the example company has nothing to move.
    """
    agents = _agents(company())
    if not agents:
        return 0
    _keep_holidays(now)
    known = {story.id: story for story in stories() if story.cast <= agents.keys()}
    waiting = [row for row in _untouched() if row.story in known and _has_aged(row, now)]
    waiting.sort(key=lambda row: row.complaint.stage not in GOING_ON)
    moved = 0
    for rows in batched(waiting, AT_ONCE, strict=False):
        moved += _tell_again({row.complaint_id for row in rows}, known=known, agents=agents, now=now)
        rest()
    training.move_along(agents=agents, now=now)
    for name, ago in LETTERS.items():
        Arrival.objects.filter(identity=_identity(name)).update(received_at=now - ago)
    return moved


@transaction.atomic
def _tell_again(ids: set[int], *, known: Mapping[str, Story], agents: Mapping[str, Agent], now: datetime) -> int:
    """Take a few complaints back and tell them anew, unless somebody was quicker and has answered one of them."""
    list(Complaint.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    rows = [row for row in _untouched() if row.complaint_id in ids]
    plays = [
        _play(
            known[row.story],
            customer=row.complaint.customer,
            agents=agents,
            now=now,
            number=row.complaint.number,
            key=row.complaint.key,
        )
        for row in rows
    ]
    take_back(complaint_ids=[row.complaint_id for row in rows])
    _perform(plays, now=now)
    return len(plays)


def _keep_holidays(now: datetime) -> None:
    for card in company().calendars.values():
        for calendar in Calendar.objects.filter(name=card.name):
            founding.keep_holidays(calendar=calendar, card=card, now=now)


def _has_aged(row: Told, now: datetime) -> bool:
    if row.complaint.stage not in GOING_ON and abs(now - row.at) < A_WEEK:
        return False
    zones = [ZoneInfo(card.time_zone) for card in company().calendars.values()]
    return any(on_another_day(row.at, now, zone) for zone in zones)


def _agents(of: Company) -> dict[str, Agent]:
    """Everybody of the example company who still works here."""
    by_email = {
        agent.email: agent
        for agent in Agent.objects.filter(is_example=True, is_active=True).select_related("team__calendar")
    }
    return {key: by_email[card.email] for key, card in of.agents.items() if card.email in by_email}


def _untouched() -> list[Told]:
    """Find the told stories to which nobody has added anything; what the clock added does not count."""
    words = Q(complaint__events__sequence__gt=F("up_to"), complaint__events__by__in=[By.CUSTOMER, By.AGENT])
    drafts = Q(complaint__drafts__saved_at__gt=F("at")) | Q(complaint__later_replies__isnull=False)
    touched = Told.objects.filter(words | drafts).values("pk")
    rows = Told.objects.exclude(pk__in=touched).filter(complaint__customer__erased_at__isnull=True)
    return list(rows.select_related("complaint__customer").order_by("complaint__number"))


def _play(
    story: Story,
    *,
    customer: Customer,
    agents: Mapping[str, Agent],
    now: datetime,
    number: int | None = None,
    key: str = "",
) -> Play:
    calendar = agents[story.owner].calendar()
    tale = tell(story=story, now=now, calendar=calendar)
    return Play(tale=tale, customer=customer, agents=agents, number=number, key=key)


def _perform(plays: Sequence[Play], *, now: datetime, told: Callable[[float], object] = bool) -> None:
    """Do everything in the order of time, and let the clock speak whenever a promise wants it to."""
    acts, done = sum(len(play.tale.scenes) for play in plays) + len(plays), 0
    order = count()
    waiting: list[tuple[datetime, int, Play | Promise, Scene | None]] = [
        (scene.at, next(order), play, scene) for play in plays for scene in play.tale.scenes
    ]
    heapq.heapify(waiting)
    while waiting:
        at, _turn, what, scene = heapq.heappop(waiting)
        if isinstance(what, Promise):
            if what.state == State.OPEN:
                promises.break_due(now=at)
            continue
        promise = _act(what, scene) if scene is not None else None
        done += 1
        told(done / acts)
        if promise is None:
            continue
        for moment in (promise.warn_at, promise.due_at + A_MINUTE):
            if at < moment <= now:
                heapq.heappush(waiting, (moment, next(order), promise, None))
    for play in plays:
        _finish(play, now=now)
        done += 1
        told(done / acts)


def _act(play: Play, scene: Scene) -> Promise | None:
    if play.made is not None or play.number is None:
        return act(play, scene)
    # A story that is told again keeps its number: the next one to be given is set back for this one moment.
    numbering = Numbering.objects.select_for_update().get(pk=1)
    Numbering.objects.filter(pk=1).update(last=play.number - 1)
    promise = act(play, scene)
    Numbering.objects.filter(pk=1).update(last=numbering.last)
    return promise


def _finish(play: Play, *, now: datetime) -> None:
    """Propose a cause where nobody has said it yet, mark what its owner has read, and remember whose story it is."""
    complaint = play.complaint
    owner = complaint.owner
    acted = complaint.events.filter(by=By.AGENT, agent=owner).order_by("-sequence").values_list("at", flat=True).first()
    if acted is not None:
        complaints.mark_read(complaint=complaint, agent=owner, now=acted)
    last = complaint.events.order_by("-sequence").first()
    if last is not None:
        improvements.propose(complaint=complaint, now=last.at, by_cues=True)
        Told.objects.create(complaint=complaint, story=play.tale.story.id, at=now, up_to=last.sequence)


def _identity(name: str) -> str:
    return f"example {name}"
