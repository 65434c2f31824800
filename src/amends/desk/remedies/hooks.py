"""Telling other programs of remedies: signed, tried again, seen in a log.

The message is written in the transaction of the remedy. Whoever moves `next_at` has the attempt, so two workers never
send at once; a worker that dies on the way leaves it to the next one. So it arrives at least once, and its identity,
which stays the same, lets the other side drop what it had already. Signed as the Standard Webhooks specification says.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from amends.desk.remedies.line import Answer, Line, UnableToReach, over_http, refusal
from amends.desk.remedies.models import Delivery, DeliveryState, Hook, Kind, Remedy

FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(hours=6)
MOST_ATTEMPTS: Final = 14  # about two days
LOST_AFTER: Final = timedelta(minutes=2)  # a worker that has been sending one message for so long is gone
AT_ONCE: Final = 20
PREFIX: Final = "whsec_"


class UnableToHook(Exception):
    """The address cannot be used; the message says why."""


def new_secret() -> str:
    """Make the key with which messages to one address are signed."""
    return PREFIX + base64.b64encode(secrets.token_bytes(24)).decode("ascii")


def set_up(*, name: str, address: str, kinds: list[str]) -> Hook:
    """Begin to tell an address of remedies.

    :raises UnableToHook: if it is not one that we may write to
    """
    if why := refusal(address):
        raise UnableToHook(why)
    kinds = [kind for kind in kinds if kind in Kind.values]
    return Hook.objects.create(name=name.strip()[:100], address=address, kinds=kinds, secret=new_secret())


def switch(*, hook: Hook, on: bool) -> None:
    """Tell an address no more, or again; what waits for it waits on."""
    Hook.objects.filter(pk=hook.pk).update(is_on=on)


def tell(*, remedy: Remedy, about: str, now: datetime) -> list[Delivery]:
    """Write a message to every hook that wants to hear of this kind of remedy, in the caller's transaction."""
    hooks = [hook for hook in Hook.objects.filter(is_on=True) if not hook.kinds or remedy.kind in hook.kinds]
    return Delivery.objects.bulk_create(
        Delivery(
            hook=hook,
            remedy=remedy,
            about=about,
            identity=f"msg_{uuid.uuid4().hex}",
            body=_body(remedy, about=about, now=now),
            at=now,
            next_at=now,
        )
        for hook in hooks
    )


def deliver_due(*, now: datetime, line: Line = over_http) -> int:
    """Send what is due; return how many were taken."""
    due = Delivery.objects.filter(state=DeliveryState.WAITING, next_at__lte=now, hook__is_on=True)
    waiting = list(due.order_by("next_at").values_list("pk", flat=True)[:AT_ONCE])
    return sum(_deliver(pk, now=now, line=line) for pk in waiting)


def again(*, delivery: Delivery, now: datetime) -> None:
    """Try a message once more that was given up."""
    Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.FAILED).update(
        state=DeliveryState.WAITING, attempts=0, next_at=now
    )


def signature(*, secret: str, identity: str, at: datetime, body: bytes) -> str:
    """Sign a message: HMAC-SHA256 over its identity, its time and its body."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{identity}.{int(at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode("ascii")


def sealed(*, secret: str, identity: str, told: dict[str, Any], at: datetime) -> tuple[bytes, dict[str, str]]:
    """Write a message down as it goes over the line: its body, and its headers with the signature."""
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return body, {
        "Content-Type": "application/json",
        "User-Agent": "Amends",
        "webhook-id": identity,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature(secret=secret, identity=identity, at=at, body=body),
    }


def outcome(answer: Answer, *, attempts: int, now: datetime) -> dict[str, Any]:
    """Say what becomes of a message after so many attempts: the columns that every log of messages has."""
    taken = answer.status is not None and 200 <= answer.status < 300
    state = DeliveryState.WAITING
    if taken:
        state = DeliveryState.DELIVERED
    elif attempts >= MOST_ATTEMPTS or answer.status == 410:  # gone: its owner wants no more of them
        state = DeliveryState.FAILED
    return {
        "state": state,
        "attempts": attempts,
        "next_at": now + min(FIRST_WAIT * (1 << min(attempts - 1, 20)), LONGEST_WAIT),
        "status": answer.status,
        "detail": answer.detail.replace("\x00", "")[:300],
        "delivered_at": now if taken else None,
    }


def _deliver(pk: int, *, now: datetime, line: Line) -> bool:
    mine = Delivery.objects.filter(pk=pk, state=DeliveryState.WAITING, next_at__lte=now)
    if not mine.update(next_at=now + LOST_AFTER):
        return False  # another worker has it
    delivery = Delivery.objects.select_related("hook").get(pk=pk)
    body, headers = sealed(secret=delivery.hook.secret, identity=delivery.identity, told=delivery.body, at=now)
    try:
        answer = line(delivery.hook.address, body, headers)
    except UnableToReach as error:
        answer = Answer(status=None, detail=str(error))
    return _record(delivery, answer, now=now)


@transaction.atomic
def _record(delivery: Delivery, answer: Answer, *, now: datetime) -> bool:
    said = outcome(answer, attempts=delivery.attempts + 1, now=now)
    Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING).update(**said)
    return bool(said["state"] == DeliveryState.DELIVERED)


def _body(remedy: Remedy, *, about: str, now: datetime) -> dict[str, Any]:
    complaint = remedy.complaint
    team = remedy.carrier_team
    return {
        "type": about,
        "timestamp": now.isoformat(),
        "data": {
            "remedy": {
                "id": remedy.pk,
                "kind": remedy.kind,
                "what": remedy.what,
                "cost": str(remedy.cost),
                "currency": remedy.currency,
                "state": remedy.state,
                "carrier": remedy.carrier,
                "carrier_name": team.name if team is not None else remedy.carrier_name,
                "due_at": remedy.promise.due_at.isoformat() if remedy.promise is not None else None,
            },
            "complaint": {
                "number": complaint.number,
                "language": complaint.language,
                "page": settings.ADDRESS + reverse("workplace:complaint", args=[complaint.number]),
            },
            "customer": {"name": complaint.customer.name, "address": complaint.customer.address},
        },
    }
