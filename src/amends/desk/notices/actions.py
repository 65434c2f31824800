"""Writing about notices: they follow from the timeline; seeing and mailing them is written here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from amends.desk.complaints.following import Told
from amends.desk.complaints.mentions import MENTION
from amends.desk.complaints.models import Complaint, EventKind
from amends.desk.complaints.timeline import Happened
from amends.desk.notices.addressed import KINDS, MENTIONED, ONLY_NEWS, addressee
from amends.desk.notices.models import ByMail, Notice, Wish
from amends.desk.notices.queries import unseen
from amends.desk.people.models import Agent
from amends.desk.promises.warning import opening

SEEN_AT_THE_DESK: Final = timedelta(minutes=5)  # who is there sees it before it is mailed
TOO_OLD: Final = timedelta(days=7)
FIRST_WORDS: Final = 3  # received, owner, the words themselves


def follow(*, complaint: Complaint, story: Sequence[Happened]) -> None:
    """Tell whom the last moment of a story concerns."""
    tell(told=[(complaint, story)])


def tell(*, told: Told) -> None:
    """Tell whom the last moment of each story concerns."""
    if notices := [notice for complaint, story in told for notice in _notices(complaint, story)]:
        Notice.objects.bulk_create(notices, ignore_conflicts=True)


def _notices(complaint: Complaint, story: Sequence[Happened]) -> Iterator[Notice]:
    moment = story[-1].at
    # The event of a new complaint is told when its owner is on record; what was told already is told no second time.
    for event in (event for event in story if event.at == moment and event.kind in KINDS):
        if event.kind == EventKind.CUSTOMER_WROTE and event.place <= FIRST_WORDS:
            continue  # the owner is told that the complaint is theirs
        told = addressee(kind=event.kind, by=event.by, agent=event.agent, data=event.data, owner=complaint.owner_id)
        if told is not None:
            kind = MENTIONED if event.kind == EventKind.WARNED and event.data.get("about") == MENTION else event.kind
            yield Notice(event_id=event.row, agent_id=told, complaint_id=complaint.pk, kind=kind, at=event.at)


def see(*, agent: Agent, now: datetime) -> int:
    """Mark all that was told to somebody as seen; return how much it was."""
    return Notice.objects.filter(agent=agent, seen_at=None, at__lte=now).update(seen_at=now)


def wish(*, agent: Agent, by_mail: ByMail) -> Wish:
    """Remember what somebody wants mailed."""
    return Wish.objects.update_or_create(agent=agent, defaults={"by_mail": by_mail})[0]


@transaction.atomic
def claim_mail(*, now: datetime) -> Mapping[int, list[int]]:
    """Take what is to be mailed now: by agent the ids of events. What was taken is not given out again.

    Nobody is written to outside their working hours; what they did not see waits until these begin.
    """
    by_agent: dict[int, list[int]] = defaultdict(list)
    waiting: dict[int, bool] = {}
    for notice in _to_mail(now).select_related("agent__team__calendar").order_by("at", "event_id"):
        agent = notice.agent
        if agent.pk not in waiting:
            waiting[agent.pk] = opening(agent, now) > now
        if not waiting[agent.pk]:
            by_agent[agent.pk].append(notice.event_id)
    taken = [pk for ids in by_agent.values() for pk in ids]
    Notice.objects.filter(pk__in=taken).update(mailed_at=now)
    return dict(by_agent)


def _to_mail(now: datetime) -> QuerySet[Notice]:
    """What nobody saw: of one who wants it mailed, and neither fresh nor stale. A request for a yes has its own letter.

    The rows are locked, so that of two workers one mails them.
    """
    wished = (
        Q(agent__notice_wish__by_mail=ByMail.ALL)
        | (Q(agent__notice_wish=None) | Q(agent__notice_wish__by_mail=ByMail.ASKED)) & ~Q(kind__in=ONLY_NEWS)
    ) & ~Q(kind=EventKind.ROOM_ASKED)
    waits = Notice.objects.filter(mailed_at=None, seen_at=None, at__gt=now - TOO_OLD, at__lte=now - SEEN_AT_THE_DESK)
    return unseen(waits.filter(wished, agent__is_active=True, agent__is_example=False)).select_for_update(of=("self",))
