"""Replies that leave later: kept, taken back, sent at their time, or stopped when something new was said before.

A stopped or withdrawn reply comes back as its author's draft, so that no word is lost.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import BigIntegerField, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from amends.desk.complaints import actions as complaints
from amends.desk.complaints import queries as complaint_queries
from amends.desk.complaints import whole
from amends.desk.complaints.models import By, Complaint, EventKind
from amends.desk.people.models import Agent
from amends.desk.promises.actions import UnableToPromise
from amends.desk.web import questions
from amends.desk.web.questions import Blank
from amends.desk.workplace import actions, enclosed
from amends.desk.workplace.actions import UnableToReply, Undertaken
from amends.desk.workplace.meanwhile import said_meanwhile
from amends.desk.workplace.models import LaterReply

State = LaterReply.State
FURTHEST: Final = timedelta(days=90)
BATCH: Final = 100


class UnableToWait(Exception):
    """The time has passed, is too far away, or comes after a promise in the reply."""


@transaction.atomic
def keep(
    *,
    complaint: Complaint,
    by: Agent,
    text: str,
    send_at: datetime,
    seen: int,
    now: datetime,
    undertaken: Sequence[Undertaken] = (),
    reason: str = "",
    kept: Sequence[int] = (),
    with_marks: bool = False,
) -> LaterReply:
    """Keep a reply until its time; the one that its author had waiting there is replaced.

    :raises UnableToReply: if there is nothing to send, or something new was said
    :raises UnableToEnclose: if a file of the draft is gone
    :raises UnableToWait: if the time does not do
    """
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise UnableToReply(_("The reply is empty."))
    if len(text) > actions.LONGEST_REPLY:
        raise UnableToReply(_("This is too long for one message. Attach it as a file, or send it in two."))
    if not now < send_at <= now + FURTHEST:
        raise UnableToWait(_("Choose a time that is ahead, within the next three months."))
    if any(one.due_at <= send_at for one in undertaken):
        raise UnableToWait(_("A promise in it falls due before it leaves. Send it sooner, or promise a later time."))
    Complaint.objects.select_for_update().get(pk=complaint.pk)
    if why := said_meanwhile(complaint=complaint, events=whole.in_order(complaint.events.all()), by=by, seen=seen):
        raise UnableToReply(why)
    files = enclosed.chosen(complaint=complaint, agent=by, kept=kept)
    before = LaterReply.objects.filter(complaint=complaint, by=by, state=State.WAITING)
    replaced = list(before)
    before.update(state=State.WITHDRAWN)
    enclosed.give_back(later=replaced)
    later = LaterReply.objects.create(
        complaint=complaint,
        by=by,
        text=text,
        undertaken=[_as_json(one) for one in undertaken],
        reason=reason[:500],
        seen=seen,
        send_at=send_at,
        made_at=now,
        with_marks=with_marks,
    )
    enclosed.lay_by(rows=files, later=later)
    complaints.save_draft(complaint=complaint, agent=by, text="", now=now)
    return later


@transaction.atomic
def take_back(*, later: LaterReply, by: Agent, now: datetime) -> bool:
    """Take a waiting reply back into its author's draft; return whether it was still waiting."""
    if later.by_id != by.pk or not _settle(later, State.WITHDRAWN):
        return False
    _as_draft(later, now)
    return True


def send_due(*, now: datetime) -> int:
    """Send what has come to its time, each in a transaction of its own; return how many left or were stopped."""
    due = LaterReply.objects.filter(state=State.WAITING, send_at__lte=now).order_by("send_at", "pk")
    return sum(_send(pk, now) for pk in list(due.values_list("pk", flat=True)[:BATCH]))


def waiting_on(*, complaint: Complaint) -> list[LaterReply]:
    """Return the replies that wait for their time, the next one first."""
    return questions.ask("later", _waiting, complaint=complaint.pk)


def _waiting() -> QuerySet[LaterReply]:
    waiting = LaterReply.objects.filter(complaint=Blank("complaint", BigIntegerField()), state=State.WAITING)
    return waiting.select_related("by").order_by("send_at", "pk")


def erase(*, customer_id: int, complaint_ids: Collection[int], now: datetime) -> None:
    """Forget the words of replies to somebody who is erased."""
    del customer_id, now
    LaterReply.objects.filter(complaint__in=complaint_ids).update(text="", undertaken=[], reason="", why="")
    LaterReply.objects.filter(complaint__in=complaint_ids, state=State.WAITING).update(state=State.WITHDRAWN)


def _send(pk: int, now: datetime) -> bool:
    later = LaterReply.objects.select_related("by__team").get(pk=pk)
    complaint = complaint_queries.by_number(number=later.complaint.number)
    if complaint is None:
        return False
    if not later.by.is_active:
        _stop(later, complaint, _("%(name)s does not work here any more.") % {"name": later.by.name}, now)
        return True
    try:
        with transaction.atomic(), translation.override(later.by.language):
            if not _settle(later, State.SENT):
                return False
            begun = complaint_queries.draft(complaint=complaint, agent=later.by)
            actions.reply(
                complaint=complaint,
                by=later.by,
                text=later.text,
                undertaken=[_from_json(one) for one in later.undertaken],
                as_it_is_reason=later.reason,
                key=f"later-{later.pk}",
                kept=list(later.files.values_list("pk", flat=True)),
                with_marks=later.with_marks,
                seen=later.seen,
                now=now,
            )
            # What its author has begun since is another reply.
            complaints.save_draft(complaint=complaint, agent=later.by, text=begun, now=now)
    except (UnableToReply, UnableToPromise) as error:
        _stop(later, complaint, str(error), now)
    except FileNotFoundError:  # whom a lost file stopped would keep all others from leaving, too
        _stop(later, complaint, _("A file that was to go along is gone. Look what is there, and send it again."), now)
    return True


@transaction.atomic
def _stop(later: LaterReply, complaint: Complaint, why: str, now: datetime) -> None:
    if not _settle(later, State.STOPPED, why=why[:300]):
        return
    _as_draft(later, now)
    complaints.append(
        complaint=complaint,
        kind=EventKind.WARNED,
        by=By.SYSTEM,
        data={"about": "later-stopped", "to": later.by_id},
        now=now,
    )


def _settle(later: LaterReply, state: str, **more: str) -> bool:
    """Move a reply that still waits to its end; whoever comes second finds that it does not."""
    return bool(LaterReply.objects.filter(pk=later.pk, state=State.WAITING).update(state=state, **more))


def _as_draft(later: LaterReply, now: datetime) -> None:
    """Put the words before what their author has begun meanwhile, and the files beside them."""
    enclosed.give_back(later=[later])
    begun = complaint_queries.draft(complaint=later.complaint, agent=later.by)
    text = "\n\n".join(part for part in (later.text, begun) if part.strip())
    complaints.save_draft(complaint=later.complaint, agent=later.by, text=text, now=now)


def _as_json(one: Undertaken) -> dict[str, Any]:
    return {
        "words": one.words, "start": one.start, "end": one.end, "due": one.due_at.isoformat(),
        "whole_day": one.whole_day,
    }  # fmt: skip


def _from_json(one: dict[str, Any]) -> Undertaken:
    return Undertaken(
        words=one["words"],
        start=one["start"],
        end=one["end"],
        due_at=datetime.fromisoformat(one["due"]),
        whole_day=one["whole_day"],
    )
