"""Very many open promises and clocks in one stroke, to measure by: the rows that the desk itself would write."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from amends.desk.clocks.models import Clock
from amends.desk.complaints.models import Complaint, Event, EventContent, Numbering
from amends.desk.customers.models import Customer
from amends.desk.people.models import Agent, Calendar, Team
from amends.desk.promises.models import Promise

AGENTS = 20
LANGUAGES = ("tr", "fa", "mn", "en")
# Open at every hour, so that what is due at any moment of a measurement may be spoken of.
ALWAYS = {str(day): [["00:00", "24:00"]] for day in range(7)}
WEEK = timedelta(days=7)
BATCH = 2000


def signed_in(agents: Iterable[Agent]) -> dict[int, str]:
    """Sign people in for a day; return the session's cookie of each."""
    store, tomorrow = SessionStore(), timezone.now() + timedelta(days=1)
    sessions = {}
    for agent in agents:
        told = {
            SESSION_KEY: str(agent.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: agent.get_session_auth_hash(),
        }
        key = f"measured{agent.pk:024}"
        sessions[agent.pk] = Session(session_key=key, session_data=store.encode(told), expire_date=tomorrow)
    Session.objects.filter(pk__in=[one.pk for one in sessions.values()]).delete()  # of an earlier run over this desk
    Session.objects.bulk_create(sessions.values())
    return {pk: f"{settings.SESSION_COOKIE_NAME}={one.pk}" for pk, one in sessions.items()}


@transaction.atomic
def people() -> list[Agent]:
    """Twenty agents in one team with its lead."""
    calendar = Calendar.objects.create(name="measured", time_zone="Europe/Istanbul", week=ALWAYS)
    team = Team.objects.create(name="measured", calendar=calendar)
    agents = [
        Agent(
            email=f"measured{n}@desk.example", name=f"Agent {n}", team=team, languages=list(LANGUAGES),
            time_zone="Europe/Istanbul",
        )
        for n in range(AGENTS + 1)
    ]  # fmt: skip
    agents = Agent.objects.bulk_create(agents)
    team.lead = agents[-1]
    team.save(update_fields=["lead"])
    return agents[:-1]


def crowd(*, promises: int, clocks: int, agents: list[Agent], now: datetime) -> None:
    """Lay out so many open promises and running clocks, two of each to a complaint, none of them due before a week."""
    count = max(promises, clocks) // 2
    customers = Customer.objects.bulk_create(
        Customer(name=f"Customer {n}", language=LANGUAGES[n % 4], created_at=now) for n in range(min(count, 1000))
    )
    first = (Complaint.objects.order_by("-number").values_list("number", flat=True).first() or 1000) + 1
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        with transaction.atomic():
            _some(first + start, size, agents, customers, now)
    Numbering.objects.update_or_create(pk=1, defaults={"last": first + count})


def _some(first: int, size: int, agents: list[Agent], customers: list[Customer], now: datetime) -> None:
    received = now - timedelta(minutes=5)
    due = [now + WEEK, now + 2 * WEEK]
    rows = Complaint.objects.bulk_create(
        Complaint(
            number=number, key=f"measured-{number}", customer=customers[number % len(customers)],
            owner=agents[number % len(agents)], team_id=agents[0].team_id, subject="Parcel lost",
            language=LANGUAGES[number % 4], channel="form", received_at=received, last_event_at=received,
            waiting_since=received, turn_since=received, promise_due_at=due[0], people=1,
        )
        for number in range(first, first + size)
    )  # fmt: skip
    kinds = ("received", "owner-taken", "customer-wrote", "promise-made", "promise-made")
    events = Event.objects.bulk_create(
        Event(
            complaint=row, sequence=place, kind=kind, at=received, by="customer" if place in {1, 3} else "system",
            agent_id=row.owner_id if place == 2 else None,
        )
        for row in rows
        for place, kind in enumerate(kinds, start=1)
    )  # fmt: skip
    promises = Promise.objects.bulk_create(
        Promise(
            complaint=row, owner_id=row.owner_id, made_in=events[5 * at + 2], words="I will call you by then.",
            made_at=received, due_at=due[n], warn_at=due[n] - timedelta(hours=2),
            lead_warn_at=due[n] - timedelta(hours=1),
        )
        for at, row in enumerate(rows)
        for n in (0, 1)
    )  # fmt: skip
    EventContent.objects.bulk_create(
        EventContent(
            event=event,
            text="My parcel did not come." if at % 5 == 2 else "",
            data=_promised(promises[2 * (at // 5) + at % 5 - 3]) if at % 5 > 2 else {},
        )
        for at, event in enumerate(events)
    )
    Clock.objects.bulk_create(
        Clock(
            complaint=row, what=what, started_at=received, state="running", due_at=received + allowed,
            allowed_minutes=allowed // timedelta(minutes=1), ageing_at=received + allowed / 2,
            late_at=received + 3 * allowed / 4, warn_at=received + allowed - timedelta(hours=2),
        )
        for row in rows
        for what, allowed in (("answer", timedelta(hours=8)), ("resolution", timedelta(hours=45)))
    )  # fmt: skip


def _promised(promise: Promise) -> dict[str, object]:
    return {
        "promise": promise.pk,
        "words": promise.words,
        "due": promise.due_at.isoformat(),
        "whole_day": False,
        "made_in": promise.made_in_id,
    }
