"""What the organisation has sent before: looked up while a draft is written, and kept reply by reply."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import numpy as np
from django.db import transaction
from django.db.models import BigIntegerField, Count, Q, QuerySet

from amends.desk.coaching.models import SentBand, SentText, SentUse
from amends.desk.complaints.models import Complaint, Event, EventKind
from amends.desk.complaints.one_moment import in_transaction
from amends.desk.web import questions
from amends.desk.web.questions import Among, Blank
from amends.engine.canned import Print, Repeats, Reply, Sent, Use, near, repeats_of

_TEXTS: Final = 60  # that are looked at
_USES: Final = 200


def repeats_of_reply(*, reply: Reply, complaint: Complaint, before: datetime | None = None) -> Repeats | None:
    """Return to whom else the text of a reply went; `before` leaves out what was sent later."""
    text = reply.body.print
    if text is None:
        return None
    texts = questions.ask("texts that share keys", _sharing, keys=text.bands)
    rows = {pk: Sent(Print.from_bytes(bytes(pairs))) for pk, pairs in texts}
    alike = near(text, rows.values())
    if not alike:
        return None
    theirs = {pk for pk, sent in rows.items() if any(sent is one for one in alike)}
    if before is None:
        uses = questions.ask("uses of texts", _uses_now, texts=theirs, customer=complaint.customer_id)
    else:
        uses = list(_uses(theirs, complaint, before).order_by("-event_id").values_list(*_TOLD)[:_USES])
    for text_id, customer, matter in uses:
        if (sent := rows[text_id]).is_full:  # only who got it still counts
            sent.customers.add(str(customer))
        else:
            sent.add(Use(str(customer), _matter(bytes(matter))))
    found = repeats_of(reply.body, alike, to=str(complaint.customer_id), asked=reply.use.matter)
    if found is None or found.customers < _USES // 2:
        return found
    return replace(found, customers=_uses(theirs, complaint, before).values("customer").distinct().count())


_TOLD: Final = ("text_id", "customer_id", "matter")


def _uses_now() -> QuerySet[SentUse, Any]:
    uses = SentUse.objects.filter(Among("text_id", "texts")).exclude(customer=Blank("customer", BigIntegerField()))
    return uses.order_by("-event_id").values_list(*_TOLD)[:_USES]


def _uses(texts: Iterable[int], complaint: Complaint, before: datetime | None) -> QuerySet[SentUse]:
    earlier = Q(event__at__lt=before) if before else Q()
    return SentUse.objects.filter(earlier, text__in=texts).exclude(customer=complaint.customer_id)


def _sharing() -> QuerySet[SentText, Any]:
    keys = SentBand.objects.filter(Among("key", "keys")).values("text").annotate(met=Count("pk"))
    most = keys.order_by("-met", "text").values("text")[:_TEXTS]
    return SentText.objects.filter(pk__in=most).values_list("pk", "pairs")


@in_transaction
def keep_text(*, event: Event, reply: Reply, is_first: bool = False) -> None:
    """Remember that a text was sent; doing so twice changes nothing. It `is_first` where it leaves just now."""
    text = None
    if (found := reply.body.print) is not None:
        text, is_new = SentText.objects.get_or_create(digest=found.digest.hex(), defaults={"pairs": found.to_bytes()})
        if is_new:
            SentBand.objects.bulk_create([SentBand(text=text, key=key) for key in found.bands])
    told = {
        "text": text,
        "customer_id": event.complaint.customer_id,
        "matter": np.array(sorted(reply.use.matter), dtype="<u4").tobytes(),
    }
    if is_first:
        SentUse.objects.create(event=event, **told)
    else:
        SentUse.objects.get_or_create(event=event, defaults=told)


def not_kept(*, at_most: int) -> list[Event]:
    """Return replies that nobody has remembered yet: of an import, or from before the desk knew how."""
    sent = Event.objects.filter(kind=EventKind.REPLIED, sent_use__isnull=True).exclude(content__text="")
    return list(sent.select_related("content", "agent", "complaint__customer", "complaint__owner")[:at_most])


@transaction.atomic
def forget(*, complaint_ids: Iterable[int]) -> None:
    """Forget what was sent in some complaints, and texts that nobody else got."""
    uses = SentUse.objects.filter(event__complaint__in=complaint_ids)
    texts = list(uses.exclude(text=None).values_list("text", flat=True))
    uses.delete()
    SentText.objects.filter(pk__in=texts, uses__isnull=True).delete()


def _matter(raw: bytes) -> frozenset[int]:
    return frozenset(np.frombuffer(raw, dtype="<u4").tolist())
