"""Reading about what came in and what went out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from amends.desk.channels.models import Arrival, ArrivalState, Outgoing, OutgoingState
from amends.desk.channels.problems import describe
from amends.desk.complaints.models import Channel
from amends.desk.jobs.post import post_from_settings

MOST = 100
_SPAM = Q(problem="spam") | Q(problem__startswith="spam: ")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalRow:
    id: int
    channel: str
    channel_name: str
    received_at: datetime
    size: int
    sender: str
    subject: str
    why: str
    attempts: int
    has_virus: bool  # a scanner says so; trying again would only ask it again


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow:
    id: int
    number: int
    recipient: str
    state: str
    state_name: str
    problem: str
    at: datetime
    attempts: int
    can_resend: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """What an administrator sees of the post."""

    parked: list[ArrivalRow]
    waiting: list[ArrivalRow]
    set_aside: list[ArrivalRow]
    spam: list[ArrivalRow]  # set aside because the mail server took it for spam
    letters: list[LetterRow]  # failed, maybe sent, or waiting after a vain attempt
    without_post: int  # letters that wait because no outgoing mail is set up


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of one event's letter."""

    id: int
    state: str
    not_before: datetime
    sent_at: datetime | None
    problem: str


def arrivals() -> Arrivals:
    """Everything that needs an administrator's eye, newest first."""
    troubled = Outgoing.objects.filter(state__in=[OutgoingState.FAILED, OutgoingState.MAYBE_SENT])
    troubled |= Outgoing.objects.filter(state=OutgoingState.WAITING, attempts__gt=0)
    return Arrivals(
        parked=_rows(ArrivalState.PARKED),
        waiting=_rows(ArrivalState.WAITING),
        set_aside=_rows(ArrivalState.SET_ASIDE, ~_SPAM),
        spam=_rows(ArrivalState.SET_ASIDE, _SPAM),
        without_post=_waiting_without_post().count(),
        letters=[_letter(row) for row in troubled.select_related("complaint").order_by("-not_before", "-pk")[:MOST]],
    )


def _waiting_without_post() -> QuerySet[Outgoing]:
    """Letters with no way out: their mailbox has no server of its own, and none is named for all."""
    if post_from_settings().is_open:
        return Outgoing.objects.none()
    serverless = Q(mailbox=None) | Q(mailbox__smtp_host="", mailbox__provider="")
    return Outgoing.objects.filter(serverless, state=OutgoingState.WAITING)


def is_without_post(row: Outgoing) -> bool:
    """Whether a letter waits because no outgoing mail is set up."""
    serverless = row.mailbox is None or not (row.mailbox.smtp_host or row.mailbox.provider)
    return row.state == OutgoingState.WAITING and serverless and not post_from_settings().is_open


def parked_count() -> int:
    """How many arrivals wait for an administrator."""
    return Arrival.objects.filter(state=ArrivalState.PARKED).count()


def raw_of(*, arrival_id: int) -> bytes | None:
    """The arrival as it came; None when there is none."""
    raw = Arrival.objects.filter(pk=arrival_id).values_list("raw", flat=True).first()
    return None if raw is None else bytes(raw)


def raw_of_message(*, event_id: int) -> bytes | None:
    """The letter behind a message, with all its headers, as it came; None where it came otherwise or was erased."""
    raw = Arrival.objects.filter(event=event_id, channel=Channel.MAIL).values_list("raw", flat=True).first()
    return bytes(raw) if raw else None


def deliveries(*, event_ids: Iterable[int]) -> dict[int, Delivery]:
    """What became of the letters of these events; the newest letter of each."""
    found: dict[int, Delivery] = {}
    for row in Outgoing.objects.filter(event__in=list(event_ids)).defer("mime").order_by("pk"):
        found[row.event_id] = Delivery(
            id=row.pk, state=row.state, not_before=row.not_before, sent_at=row.sent_at, problem=row.problem
        )
    return found


def _rows(state: ArrivalState, *which: Q) -> list[ArrivalRow]:
    found = Arrival.objects.filter(*which, state=state).defer("raw").order_by("-received_at", "-pk")[:MOST]
    return [
        ArrivalRow(
            id=row.pk,
            channel=row.channel,
            channel_name=row.get_channel_display(),
            received_at=row.received_at,
            size=row.size,
            sender=row.sender,
            subject=row.subject,
            why=describe(row.problem),
            attempts=row.attempts,
            has_virus=row.problem.startswith("virus: "),
        )
        for row in found
    ]


def _letter(row: Outgoing) -> LetterRow:
    return LetterRow(
        id=row.pk,
        number=row.complaint.number,
        recipient=row.recipient,
        state=row.state,
        state_name=row.get_state_display(),
        problem=describe(row.problem),
        at=row.not_before,
        attempts=row.attempts,
        can_resend=row.state in {OutgoingState.FAILED, OutgoingState.MAYBE_SENT},
    )
