"""Every complaint of the desk as the engine reads it, a few at a time, so that a million fit into any memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from amends.desk.complaints.as_conversation import as_conversations
from amends.desk.complaints.models import Complaint, Stage
from amends.desk.people.limits import own_limits
from amends.engine.conversation import Conversation

AT_ONCE: Final = 100
ENDED: Final = (Stage.RESOLVED, Stage.CLOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which complaints: received from one day to another, both included, and only those that have ended."""

    since: date | None = None
    until: date | None = None
    ended: bool = False


def conversations(
    *, which: Which, zone: ZoneInfo, now: datetime, names: bool = True, at_once: int = AT_ONCE
) -> Iterator[Conversation]:
    """Yield complaints in the order in which they came, as they stand now.

    The days of `which` are those of `zone`. Without `names` neither customers nor agents are named: each has a
    pseudonym that stays the same over all exports of this desk. What people wrote is left as they wrote it.
    """
    wanted = _chosen(which, zone).filter(received_at__lte=now)
    for some in batches(wanted, now=now, names=names, at_once=at_once):
        for _complaint, talk in some:
            yield talk


def batches(
    wanted: QuerySet[Complaint], *, now: datetime, names: bool = True, at_once: int = AT_ONCE
) -> Iterator[list[tuple[Complaint, Conversation]]]:
    """Yield complaints with their conversations as `conversations` tells them, some at a time, as they came."""
    rows = with_all(wanted).order_by("pk")
    judged_by = tuple(sorted(own_limits().items()))
    last = 0
    while some := list(rows.filter(pk__gt=last)[:at_once]):
        last = some[-1].pk
        yield [
            (complaint, _told(complaint, replace(talk, limits=judged_by), names=names))
            for complaint, talk in zip(some, as_conversations(complaints=some, now=now), strict=True)
        ]


def with_all(complaints: QuerySet[Complaint]) -> QuerySet[Complaint]:
    """Fetch what a conversation tells of a complaint together with it."""
    return complaints.select_related("customer", "owner__team__calendar", "team__calendar", "product", "branch")


def _told(complaint: Complaint, talk: Conversation, *, names: bool) -> Conversation:
    shut = without_key(talk, key=complaint.key)
    return shut if names else without_names(shut, customer=f"customer:{complaint.customer_id}")


def without_key(talk: Conversation, *, key: str) -> Conversation:
    """Take the private key of the customer's page out of the letters that told it: a copy must open no page."""
    return replace(talk, turns=tuple(replace(turn, text=turn.text.replace(key, "…")) for turn in talk.turns))


def pseudonym(party: str) -> str:
    """Name somebody so that only who holds the desk's key could find out who it is."""
    kind = party.partition(":")[0]
    return f"{kind}:{salted_hmac('amends.desk.complaints.export', party, algorithm='sha256').hexdigest()[:12]}"


def without_names(talk: Conversation, *, customer: str, alias: Callable[[str], str] = pseudonym) -> Conversation:
    """Take out the names that the record holds; `customer` is who complains, across all their complaints."""

    def told(party: str) -> str:
        if party == "customer":
            return alias(customer)
        return alias(party) if party.startswith("agent:") else party

    return replace(
        talk,
        turns=tuple(replace(turn, party=told(turn.party)) for turn in talk.turns),
        events=tuple(
            # Whom we wait for outside may be a person.
            replace(event, party=told(event.party), words="" if event.kind == "waiting-on-third-party" else event.words)
            for event in talk.events
        ),
        parties=tuple(replace(party, id=told(party.id), name="") for party in talk.parties),
        facts=replace(talk.facts, customer_id=alias(customer), customer_name="", address=""),
    )


def _chosen(which: Which, zone: ZoneInfo) -> QuerySet[Complaint]:
    found = Complaint.objects.filter(merged_into=None)  # those are told in the one they are part of
    if which.since is not None:
        found = found.filter(received_at__gte=datetime.combine(which.since, time(), zone))
    if which.until is not None:
        found = found.filter(received_at__lt=datetime.combine(which.until + timedelta(days=1), time(), zone))
    return found.filter(stage__in=ENDED) if which.ended else found
