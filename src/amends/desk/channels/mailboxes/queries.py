"""Reading about mailboxes: how each is, and by which one a letter leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Max, QuerySet

from amends.desk.channels.mailboxes import troubles
from amends.desk.channels.mailboxes.models import Mailbox, SignIn, Unfetched
from amends.desk.channels.models import Arrival, ArrivalState, Outgoing, OutgoingState
from amends.desk.complaints.models import Complaint
from amends.desk.web import questions

SILENT_AFTER = timedelta(minutes=15)  # a mailbox that nobody fetched for so long needs an eye
MOST_UNFETCHED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxRow:
    """How a mailbox is."""

    id: int
    name: str
    address: str
    is_open: bool
    is_usual: bool
    receives: bool
    by_provider: bool  # which hands mail over by HTTP
    sends: bool
    fetching: str  # 'well', 'trouble', 'silent', 'new' or 'off'
    fetched_at: datetime | None
    waits_for_mail: bool
    fetch_trouble: str
    fetch_detail: str
    fetch_failed_at: datetime | None
    fetch_again_at: datetime | None
    newest_at: datetime | None
    sending: str
    sent_at: datetime | None
    send_trouble: str
    send_detail: str
    send_failed_at: datetime | None
    send_again_at: datetime | None
    waiting: int  # arrivals kept and not read
    parked: int
    unfetched: int
    letters_waiting: int
    letters_unsure: int
    needs_permission: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfetchedRow:
    uid: int
    folder: str
    why: str
    since: datetime
    attempts: int
    again_at: datetime


def mailboxes(*, now: datetime) -> list[MailboxRow]:
    """Every mailbox and how it is, those in use first."""
    arrived = {
        (row["mailbox"], row["state"]): row["count"]
        for row in Arrival.objects.filter(state__in=[ArrivalState.WAITING, ArrivalState.PARKED])
        .values("mailbox", "state")
        .annotate(count=Count("pk"))
    }
    newest = dict(
        Arrival.objects.filter(mailbox__isnull=False).values_list("mailbox").annotate(newest=Max("received_at"))
    )
    unfetched = dict(_unfetched().values_list("folder__mailbox").annotate(count=Count("pk")))
    leaving = {
        (row["mailbox"], row["state"]): row["count"]
        for row in Outgoing.objects.filter(
            state__in=[OutgoingState.WAITING, OutgoingState.MAYBE_SENT], mailbox__isnull=False
        )
        .values("mailbox", "state")
        .annotate(count=Count("pk"))
    }
    return [
        _row(
            row,
            now=now,
            newest_at=newest.get(row.pk),
            waiting=arrived.get((row.pk, ArrivalState.WAITING), 0),
            parked=arrived.get((row.pk, ArrivalState.PARKED), 0),
            unfetched=unfetched.get(row.pk, 0),
            letters_waiting=leaving.get((row.pk, OutgoingState.WAITING), 0),
            letters_unsure=leaving.get((row.pk, OutgoingState.MAYBE_SENT), 0),
        )
        for row in Mailbox.objects.order_by("-is_open", "name", "pk")
    ]


def unfetched(*, mailbox_id: int) -> list[UnfetchedRow]:
    """What lies on the server and could not be fetched."""
    rows = _unfetched().filter(folder__mailbox=mailbox_id).select_related("folder").order_by("since", "pk")
    return [
        UnfetchedRow(
            uid=row.uid,
            folder=row.folder.name,
            why=troubles.describe(troubles.parse(row.problem)),
            since=row.since,
            attempts=row.attempts,
            again_at=row.again_at,
        )
        for row in rows[:MOST_UNFETCHED]
    ]


def mailboxes_by_use() -> list[Mailbox]:
    """All mailboxes, the usual one first."""
    return questions.ask("mailboxes by use", lambda: Mailbox.objects.order_by("-is_usual", "pk"))


def mailbox_for(*, complaint: Complaint, boxes: Sequence[Mailbox]) -> Mailbox | None:
    """The mailbox by which letters about a complaint leave: where the customer wrote to last, else the usual one.

    `boxes` are all of them, the usual one first.
    """
    able = _able(boxes)
    if len(able) < 2:
        return usual_of(boxes)
    wrote_to = (
        Arrival.objects.filter(
            event__complaint=complaint, mailbox__is_open=True, mailbox__sends=True, state=ArrivalState.TAKEN_IN
        )
        .order_by("-received_at", "-pk")
        .values_list("mailbox", flat=True)
        .first()
    )
    return next((box for box in able if box.pk == wrote_to), able[0])


def usual_mailbox() -> Mailbox | None:
    """The mailbox by which letters leave where nothing else was said; None while there is none."""
    return usual_of(mailboxes_by_use())


def usual_of(boxes: Sequence[Mailbox]) -> Mailbox | None:
    """Likewise, where all of them are at hand, the usual one first."""
    return next(iter(_able(boxes)), None)


def _able(boxes: Sequence[Mailbox]) -> list[Mailbox]:
    return [box for box in boxes if box.is_open and box.sends]


def _unfetched() -> QuerySet[Unfetched]:
    return Unfetched.objects.filter(uid_validity=F("folder__uid_validity"))


def _row(row: Mailbox, *, now: datetime, newest_at: datetime | None, **counts: int) -> MailboxRow:
    fetch, send = troubles.parse(row.fetch_problem), troubles.parse(row.send_problem)
    fetching = _fetching(row, now=now)
    return MailboxRow(
        id=row.pk,
        name=row.name,
        address=row.address,
        is_open=row.is_open,
        is_usual=row.is_usual,
        receives=row.receives or (bool(row.provider) and fetching != "off"),
        by_provider=bool(row.provider) and not row.receives,
        sends=row.sends,
        fetching=fetching,
        fetched_at=row.fetched_at,
        waits_for_mail=row.waits_for_mail,
        fetch_trouble=troubles.describe(fetch),
        fetch_detail=fetch.detail,
        fetch_failed_at=row.fetch_failed_at,
        fetch_again_at=row.fetch_after if row.fetch_failures else None,
        newest_at=newest_at,
        sending=("trouble" if row.send_failures else "well" if row.sent_at else "new") if row.sends else "off",
        sent_at=row.sent_at,
        send_trouble=troubles.describe(send),
        send_detail=send.detail,
        send_failed_at=row.send_failed_at,
        send_again_at=row.send_after if row.send_failures else None,
        needs_permission=row.sign_in in {SignIn.GOOGLE, SignIn.MICROSOFT} and not row.refresh_token,
        **counts,
    )


def _fetching(row: Mailbox, *, now: datetime) -> str:
    if row.provider and not row.receives:
        return ("trouble" if row.fetch_failures else "well" if row.fetched_at else "off") if row.is_open else "off"
    if not (row.is_open and row.receives):
        return "off"
    if row.fetch_failures:
        return "trouble"
    last = row.fetched_at or row.changed_at
    if now - last > SILENT_AFTER:
        return "silent"
    return "well" if row.fetched_at else "new"
