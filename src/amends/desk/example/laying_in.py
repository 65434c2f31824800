"""Lay very many complaints into an empty desk: words are drawn in other processes, while this one writes."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import datetime, timedelta
from typing import Final

import django
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.utils.translation import gettext as _

from amends.desk.clocks import counting
from amends.desk.clocks.models import CountedBy
from amends.desk.complaints.models import Numbering
from amends.desk.example import in_bulk, very_many
from amends.desk.example.very_many import LANGUAGES, TABLES, WEEKS, ZONES, Plan, Team
from amends.desk.insight import kept
from amends.desk.people.models import Agent, Calendar, Organisation, Role
from amends.desk.people.models import Team as TeamRow
from amends.desk.people.queries import is_empty

PASSWORD: Final = "amends"  # noqa: S105 - printed at the start, and good on loopback only
FEWEST: Final = 100
_PART: Final = 2_000  # complaints that are drawn at once
_EACH: Final = 4_000  # complaints for one more agent
_TEAM: Final = 25  # agents in a team at most

type Told = dict[str, bytes] | dict[str, str]


class UnableToLayIn(Exception):
    """Somebody works here already, or it is too few; the message says which."""


def lay_in(*, complaints: int, seed: int, now: datetime, told: Callable[[float], None] = lambda _share: None) -> Plan:
    """Fill an empty desk; `told` hears how far it has come.

    :raises UnableToLayIn: if somebody works here already, or for less than FEWEST
    """
    if complaints < FEWEST:
        raise UnableToLayIn(_("At least %(count)s complaints, please.") % {"count": FEWEST})
    if not is_empty():
        raise UnableToLayIn(_("This desk has its people already. Seed another data folder."))
    now = now.replace(microsecond=0)
    with in_bulk.bare_tables(TABLES):
        plan = Plan(complaints=complaints, seed=seed, now=now, teams=_people(complaints=complaints, now=now))
        parts = [("customers", first, count) for first, count in _split(plan.customers)]
        parts += [("complaints", first, count) for first, count in _split(complaints)]
        for place, rows in enumerate(_drawn(plan, parts, connection.vendor), start=1):
            in_bulk.write(TABLES, rows)
            told(place / len(parts))
    Numbering.objects.update_or_create(pk=1, defaults={"last": 1000 + complaints})
    CountedBy.objects.update_or_create(pk=1, defaults={"digest": counting.digest(), "at": now})
    kept.forget()
    return plan


def _split(count: int) -> Iterator[tuple[int, int]]:
    return ((first, min(_PART, count - first + 1)) for first in range(1, count + 1, _PART))


def _drawn(plan: Plan, parts: list[tuple[str, int, int]], vendor: str) -> Iterator[Told]:
    """Draw the parts in their order, a few ahead of what is written; few of them are drawn here."""
    if len(parts) < 8:
        yield from (draw(plan, *part, vendor) for part in parts)
        return
    hands = max(1, min(8, (os.cpu_count() or 2)))
    with ProcessPoolExecutor(
        hands, mp_context=multiprocessing.get_context("spawn"), initializer=django.setup
    ) as others:
        waiting: deque[Future[Told]] = deque()
        for part in parts:
            waiting.append(others.submit(draw, plan, *part, vendor))
            if len(waiting) > hands + 1:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def draw(plan: Plan, what: str, first: int, count: int, vendor: str) -> Told:
    """Draw the rows of a part as its database takes them; every part is drawn alike, wherever and whenever."""
    rows = {"customers": very_many.customers, "complaints": very_many.complaints}[what](plan, first, count)
    return in_bulk.for_copy(rows.told()) if vendor == "postgresql" else rows.told()


def _people(*, complaints: int, now: datetime) -> tuple[Team, ...]:
    """Make the organisation: teams of a language each, in its time zone, so many as the complaints need."""
    calendars = {
        code: Calendar.objects.create(name=f"{code} · {zone}", time_zone=zone, week=WEEKS[code])
        for code, zone in ZONES.items()
    }
    Organisation.objects.create(
        id=1, name="Karvan", language="en", calendar=calendars["tr"], currency="TRY",
        founded_at=now - timedelta(days=very_many.DAYS + 1),
    )  # fmt: skip
    password = make_password(PASSWORD)
    agents = max(12, complaints // _EACH)
    teams = []
    for code in ZONES:
        share = max(3, round(agents * LANGUAGES.count(code) / len(LANGUAGES)))
        for place in range(-(-share // _TEAM)):
            size = max(3, min(_TEAM, share - place * _TEAM))
            team = TeamRow.objects.create(name=f"{code} {place + 1}", calendar=calendars[code])
            members = Agent.objects.bulk_create(
                Agent(
                    email=f"{code}{place + 1}-{one}@karvan.example",
                    name=very_many.agent_name(code, place * _TEAM + one),
                    password=password,
                    role=Role.LEAD if one == 0 else Role.AGENT,
                    team=team,
                    languages=[code],
                    language=code,
                    time_zone=ZONES[code],
                    is_example=True,
                    joined_at=now - timedelta(days=very_many.DAYS),
                )
                for one in range(size)
            )
            team.lead = members[0]
            team.save(update_fields=["lead"])
            teams.append(Team(id=team.pk, language=code, agents=tuple(one.pk for one in members)))
    Agent.objects.create(
        email="administrator@karvan.example", name="Nil Arın", password=password, role=Role.ADMINISTRATOR,
        is_superuser=True, languages=list(ZONES), language="en", time_zone="UTC", is_example=True, joined_at=now,
    )  # fmt: skip
    return tuple(teams)
