"""Telling addresses what happened: from the timeline, signed, tried again, one line an address.

What is to be told is read from committed events, so that no act waits for it. The words to the network are spoken in
threads, one an address, so that one that hangs is in nobody's way; the database is asked by the caller's thread only.
Whoever moves `next_at` has the attempt; a worker that dies on the way leaves it to the next one. So a message arrives
at least once, under an identity that stays the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, Max, Min
from django.urls import reverse

from amends.desk.api import actions
from amends.desk.api.models import Endpoint, Heard, Message
from amends.desk.channels.imports.writing import FROM as BROUGHT
from amends.desk.channels.models import Brought
from amends.desk.complaints.announce import LOOK_BACK
from amends.desk.complaints.models import Event, EventKind
from amends.desk.remedies.hooks import LOST_AFTER, outcome, sealed
from amends.desk.remedies.line import Answer, Line, UnableToReach, over_http
from amends.desk.remedies.models import DeliveryState

MOST_AT_ONCE: Final = 500
MOST_LINES: Final = 16
PATIENCE: Final = 2.0  # seconds that one turn waits for answers; who takes longer is asked for theirs in the next one
BEGINNING: Final = frozenset({EventKind.RECEIVED, EventKind.OWNER_TAKEN})
TRIAL: Final = "desk.trial"


def listen(*, now: datetime) -> int:
    """Write down who is to hear of what was committed since the last look; return how many messages that makes."""
    endpoints = list(Endpoint.objects.filter(is_on=True))
    if not endpoints:
        return 0
    heard, _made = Heard.objects.get_or_create(pk=1)
    # Nobody hears of what was before the first of them began to listen, and of a long past that would be all there is.
    last = max(heard.last, min(one.after_event for one in endpoints))
    near = Event.objects.filter(pk__gt=last - LOOK_BACK)
    counted = near.order_by().aggregate(newest=Max("pk"), count=Count("pk"))
    if (counted["newest"] or 0, counted["count"]) == (heard.last, heard.near):
        return 0
    made = 0
    while True:
        told = near.order_by("pk").values_list("pk", "kind", f"content__data__{BROUGHT}", "complaint")[:MOST_AT_ONCE]
        rows = _of_today(list(told))
        if not rows:
            break
        events = [pk for pk, _kind, _past in rows]
        known = set(Message.objects.filter(event__in=events).values_list("endpoint", "event"))
        fresh = [
            Message(endpoint=one, event_id=pk, identity=actions.new_identity(), at=now, next_at=now)
            for pk, kind, past in rows
            for one in endpoints
            if not past and kind in one.kinds and pk > one.after_event and (one.pk, pk) not in known
        ]
        Message.objects.bulk_create(fresh, ignore_conflicts=True)
        made += len(fresh)
        last = rows[-1][0]
        close = Event.objects.filter(pk__gt=last - LOOK_BACK, pk__lte=last).count()
        Heard.objects.filter(pk=1).update(last=last, near=close)
        near = Event.objects.filter(pk__gt=last)
        if len(rows) < MOST_AT_ONCE:
            break
    return made


def _of_today(told: list[tuple[int, str, Any, int]]) -> list[tuple[int, str, bool]]:
    """Mark what came along from another desk: it is long past, and nobody hears of it as if it happened now."""
    elsewhere = set(Brought.objects.filter(complaint__in={row[3] for row in told}).values_list("complaint", flat=True))
    return [
        (pk, kind, bool(brought) or (complaint in elsewhere and kind in BEGINNING))
        for pk, kind, brought, complaint in told
    ]


@dataclass(slots=True)
class Post:
    """The lines of one worker: which address is being spoken to, and with what."""

    line: Line = over_http
    patience: float = PATIENCE
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(MOST_LINES, "hook"))
    _spoken: dict[int, tuple[int, Future[Answer]]] = field(default_factory=dict)

    def turn(self, *, now: datetime) -> int:
        """Send what is due, and record what was answered by now; return how many messages arrived."""
        until, arrived = monotonic() + self.patience, 0
        while True:
            arrived += self._record(now)
            self._begin(now)
            left = until - monotonic()
            if not self._spoken or left <= 0:
                return arrived
            wait([future for _pk, future in self._spoken.values()], timeout=left, return_when=FIRST_COMPLETED)

    def _begin(self, now: datetime) -> None:
        """Give every address that is not spoken to its next message."""
        free = MOST_LINES - len(self._spoken)
        if free <= 0:
            return
        due = Message.objects.filter(state=DeliveryState.WAITING, next_at__lte=now, endpoint__is_on=True)
        firsts = due.exclude(endpoint__in=list(self._spoken)).values("endpoint").annotate(first=Min("pk"))
        for row in firsts.order_by("first")[:free]:
            mine = Message.objects.filter(pk=row["first"], state=DeliveryState.WAITING, next_at__lte=now)
            if not mine.update(next_at=now + LOST_AFTER):
                continue  # another worker has it
            message = Message.objects.select_related("endpoint", *_WITH_EVENT).get(pk=row["first"])
            endpoint = message.endpoint
            body, headers = sealed(
                secret=endpoint.secret, identity=message.identity, told=body_of(message, now=now), at=now
            )
            future = self._pool.submit(_speak, self.line, endpoint.address, body, headers)
            self._spoken[endpoint.pk] = (message.pk, future)

    def _record(self, now: datetime) -> int:
        arrived = 0
        for endpoint, (pk, future) in list(self._spoken.items()):
            if not future.done():
                continue
            del self._spoken[endpoint]
            waiting = Message.objects.filter(pk=pk, state=DeliveryState.WAITING)
            attempts = waiting.values_list("attempts", flat=True).first()
            if attempts is None:  # taken away meanwhile
                continue
            said = outcome(future.result(), attempts=attempts + 1, now=now)
            waiting.update(**said)
            arrived += said["state"] == DeliveryState.DELIVERED
        return arrived


_WITH_EVENT: Final = ("event__content", "event__agent", "event__complaint__customer", "event__complaint__owner")


def body_of(message: Message, *, now: datetime) -> dict[str, Any]:
    """Tell a message: what happened, in which complaint, and how that stands now."""
    event = message.event
    if event is None:
        return {"type": TRIAL, "timestamp": now.isoformat(), "data": {}}
    complaint = event.complaint
    shut = complaint.key  # the private key of the customer's page goes nowhere
    content = getattr(event, "content", None)
    return {
        "type": f"complaint.{event.kind}",
        "timestamp": event.at.isoformat(),
        "data": {
            "event": {
                "id": event.pk,
                "kind": event.kind,
                "by": event.by,
                "agent": None if event.agent is None else {"id": event.agent.pk, "name": event.agent.name},
                "channel": event.channel,
                "language": event.language,
                "text": content.text.replace(shut, "…") if content is not None else "",
                "more": _plain(content.data) if content is not None else {},
            },
            "complaint": {
                "number": complaint.number,
                "subject": complaint.subject,
                "language": complaint.language,
                "channel": complaint.channel,
                "stage": complaint.stage,
                "turn": complaint.turn,
                "heat": complaint.heat,
                "received_at": complaint.received_at.isoformat(),
                "owner": {"id": complaint.owner.pk, "name": complaint.owner.name},
                "page": settings.ADDRESS + reverse("workplace:complaint", args=[complaint.number]),
            },
            "customer": {"id": complaint.customer.pk, "name": complaint.customer.name},
        },
    }


# What of an event's data is told: what an outsider can make something of.
TOLD: Final = frozenset({
    "promise", "words", "due", "whole_day", "from", "to", "reason", "heat", "outcome", "handling", "until", "who",
    "remedy", "kind", "what", "cost", "currency", "is_exception", "carrier", "layer", "theme",
})  # fmt: skip


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name in TOLD}


def _speak(line: Line, address: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    try:
        return line(address, body, headers)
    except UnableToReach as error:
        return Answer(status=None, detail=str(error))
    except Exception as error:  # noqa: BLE001 - whatever another machine does, its message is tried again
        return Answer(status=None, detail=f"{type(error).__name__}: {error}")
