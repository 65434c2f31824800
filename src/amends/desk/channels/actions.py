"""What comes in and what goes out.

Keep raw first: an arrival is stored and committed before anybody reads it. What cannot be read is parked where an
administrator sees it; nothing that came is ever lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import BigIntegerField, QuerySet
from django.db.utils import IntegrityError

from amends.desk.channels import viruses
from amends.desk.channels.acknowledgement import acknowledge
from amends.desk.channels.chat.actions import take_in_chat
from amends.desk.channels.form.page import take_in_page
from amends.desk.channels.form.record import take_in_record
from amends.desk.channels.imports import record as imported
from amends.desk.channels.imports.writing import take_in_import
from amends.desk.channels.mail.actions import take_in_mail
from amends.desk.channels.mail.identity import Identity
from amends.desk.channels.mail.together import FirstLetter, first_letters, open_all
from amends.desk.channels.models import Arrival, ArrivalState, Mailbox
from amends.desk.channels.next_word import keep_next_word
from amends.desk.channels.outbox import (
    UnableToSend,
    deliver_due,
    resend,
    send,
    take_back,
    way_back,
    way_to_answer,
)
from amends.desk.channels.phone import calls
from amends.desk.channels.phone.calls import take_in_call
from amends.desk.channels.problems import UnableToTakeIn, join
from amends.desk.channels.reading import Taken
from amends.desk.complaints import following, side_by_side
from amends.desk.complaints.actions import in_one_moment
from amends.desk.complaints.laying_down import FilesOutOfReachError
from amends.desk.complaints.models import Channel, Event
from amends.desk.complaints.rows import update_all
from amends.desk.complaints.side_by_side import Numbers
from amends.desk.people.queries import UnableToChooseOwner
from amends.desk.web import questions
from amends.desk.web.questions import Blank

__all__ = [
    "Mail",
    "UnableToSend",
    "UnableToTakeIn",
    "acknowledge",
    "deliver_due",
    "keep_next_word",
    "keep_raw",
    "resend",
    "retry",
    "retry_waiting",
    "send",
    "take_back",
    "take_in",
    "way_back",
    "way_to_answer",
]

logger = logging.getLogger("amends.channels")

TOLD = ("state", "event", "problem", "sender", "subject", "attempts")  # what reading says of an arrival
TOGETHER = side_by_side.MOST  # arrivals that are read in one breath
MOST_ATTEMPTS = 5  # of an arrival that waits because the database was busy or nobody works here yet


def keep_raw(
    *,
    channel: str,
    identity: str,
    raw: bytes,
    now: datetime,
    digest: str = "",
    mailbox: Mailbox | None = None,
    from_spam: bool = False,
    full_size: int | None = None,
) -> Arrival:
    """Store what came, as it came, and commit it. The same identity twice gives the same arrival.

    Not to be called within a transaction: it must be safe before anything else happens to it.
    """
    try:
        with transaction.atomic(durable=True):
            return Arrival.objects.create(
                channel=Channel(channel),
                identity=identity,
                digest=digest,
                raw=raw,
                size=len(raw),
                received_at=now,
                mailbox=mailbox,
                from_spam=from_spam,
                full_size=full_size,
            )
    except IntegrityError:
        return Arrival.objects.get(identity=identity)


def take_in(*, arrival: Arrival, now: datetime, anyway: bool = False) -> Event | None:
    """Read an arrival into the desk: all of it, or nothing and it is parked. Return the event, if there is one.

    Taking in twice gives the first event. `anyway` takes in what was set aside as automatic, or holds a virus.
    """
    if arrival.state != ArrivalState.TAKEN_IN and not anyway and (virus := viruses.found_in(arrival)):
        _park(arrival, join("virus", virus[:200]))
        return None
    try:
        with _number_for(arrival) as number, transaction.atomic(), in_one_moment():
            if arrival.channel == Channel.MAIL:
                side_by_side.alone_with([arrival.digest])
            arrival = _locked(arrival)
            if arrival.state == ArrivalState.TAKEN_IN or (arrival.state == ArrivalState.SET_ASIDE and not anyway):
                return arrival.event
            taken = _read(arrival, now=now, anyway=anyway, number=number)
            _settle(arrival, taken)
            return taken.event
    except OperationalError:
        raise  # the database is busy: the arrival keeps waiting, and the worker tries again
    except FilesOutOfReachError as error:  # so does this one, and others need not wait for it
        logger.warning("arrival %s waits: %s", arrival.pk, error)
        _let_wait(arrival, join("files-out-of-reach", str(error)[:500]))
    except UnableToTakeIn as error:
        _park(arrival, error.problem)
    except UnableToChooseOwner:
        _park(arrival, "no-agent")
    except Exception as error:  # whatever it is, the arrival is kept and a person looks at it
        logger.exception("arrival %s could not be read", arrival.pk)
        _park(arrival, join("unexpected", f"{type(error).__name__}: {error}"[:500]))
    return None


def take_in_or_leave(*, arrival: Arrival, now: datetime) -> Event | None:
    """Read an arrival whose sender waits for the answer; where the database is busy a worker reads it in a minute."""
    try:
        return take_in(arrival=arrival, now=now)
    except OperationalError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail as it came, to be kept."""

    raw: bytes
    identity: Identity
    mailbox: Mailbox | None = None
    from_spam: bool = False
    full_size: int | None = None


def keep_mails(*, mails: Sequence[Mail], now: datetime) -> list[Arrival]:
    """Store mails as they came, and commit them together; return their arrivals in this order.

    As `keep_raw`, in a few questions of the database: an identity that is known gives the arrival that is known.
    """
    with transaction.atomic(durable=True):
        Arrival.objects.bulk_create(
            (
                Arrival(
                    channel=Channel.MAIL,
                    identity=mail.identity.value,
                    digest=mail.identity.digest,
                    raw=mail.raw,
                    size=len(mail.raw),
                    received_at=now,
                    mailbox=mail.mailbox,
                    from_spam=mail.from_spam,
                    full_size=mail.full_size,
                )
                for mail in mails
            ),
            ignore_conflicts=True,
        )
        names = [mail.identity.value for mail in mails]
        rows = Arrival.objects.filter(identity__in=names).defer("raw").select_related("mailbox")
        kept = {row.identity: row for row in rows}
    for mail in mails:
        kept[mail.identity.value].raw = mail.raw  # it is at hand
    return [kept[name] for name in dict.fromkeys(names)]


def take_in_all(*, arrivals: Sequence[Arrival], now: datetime) -> int:
    """Read arrivals into the desk, those together that can be; return of how many there is an event then.

    First letters of different people open their complaints in one transaction. If that fails, whatever the reason,
    none of them is in, and each is read by itself, as is the rest: one that is broken holds back no other.
    """
    together = _first_letters(arrivals, now=now) if len(arrivals) > 1 else []
    done = _open_together(together, now=now) if len(together) > 1 else set()
    rest = [arrival for arrival in arrivals if arrival.pk not in done]
    return len(done) + sum(take_in(arrival=arrival, now=now) is not None for arrival in rest)


def _first_letters(arrivals: Sequence[Arrival], *, now: datetime) -> list[FirstLetter]:
    waiting = [
        arrival
        for arrival in arrivals
        if arrival.state == ArrivalState.WAITING and not (arrival.channel == Channel.MAIL and viruses.found_in(arrival))
    ]
    return first_letters(arrivals=waiting, now=now)


def _open_together(letters: Sequence[FirstLetter], *, now: datetime) -> set[int]:
    """Open the complaints of first letters; return which arrivals are in, none if one of them cannot be."""
    try:
        with side_by_side.numbers(many=len(letters)) as numbers, transaction.atomic(), following.many():
            side_by_side.wait_for_a_lane()
            side_by_side.alone_with(letter.arrival.digest for letter in letters)
            waiting = set(
                Arrival.objects.select_for_update()
                .filter(pk__in=[letter.arrival.pk for letter in letters], state=ArrivalState.WAITING)
                .order_by("pk")
                .values_list("pk", flat=True)
            )
            theirs = [letter for letter in letters if letter.arrival.pk in waiting]
            taken = open_all(letters=theirs, now=now, numbers=numbers)
            for arrival, told in taken:
                _note_taken(arrival, told)
            update_all([arrival for arrival, _told in taken], fields=TOLD)
    except OperationalError:
        raise  # the database is busy: all of them keep waiting
    except Exception:
        logger.exception("%s mails could not be read together", len(letters))
        return set()
    return {arrival.pk for arrival, _told in taken}


def retry(*, arrival: Arrival, now: datetime, anyway: bool = False) -> Event | None:
    """Try an arrival again that was parked; `anyway` also what was set aside as automatic."""
    return take_in(arrival=arrival, now=now, anyway=anyway)


def retry_waiting(*, now: datetime, limit: int = 100) -> int:
    """Take in what was kept and not yet read, because the machine stopped or the database was busy in between."""
    waiting = Arrival.objects.filter(state=ArrivalState.WAITING).select_related("mailbox")
    some = batched(waiting.order_by("received_at", "pk")[:limit], TOGETHER, strict=False)
    return sum(take_in_all(arrivals=arrivals, now=now) for arrivals in some)


def _locked(arrival: Arrival) -> Arrival:
    """Lock an arrival, and bring the one in hand up to date."""
    ((arrival.state, arrival.problem, arrival.event_id, arrival.attempts),) = questions.ask(
        "locked arrival", _state, pk=arrival.pk
    )
    return arrival


def _state() -> QuerySet[Arrival, Any]:
    locked = Arrival.objects.select_for_update().filter(pk=Blank("pk", BigIntegerField()))
    return locked.values_list("state", "problem", "event_id", "attempts")


def _number_for(arrival: Arrival) -> AbstractContextManager[Numbers | None]:
    """Take a number before all else for what opens a complaint, so that a burst of forms is read side by side."""
    opens = _reader_of(arrival) is take_in_record and arrival.state != ArrivalState.TAKEN_IN
    return side_by_side.numbers(many=1) if opens else nullcontext()


def _reader_of(arrival: Arrival) -> Callable[..., Taken]:
    """Who reads an arrival; what tells a form, a call or a visit is a record that opens a complaint."""
    if arrival.identity.startswith(imported.MARK):
        return take_in_import
    if arrival.identity.startswith(calls.MARK) and arrival.channel == Channel.PHONE:
        return take_in_call
    of_channel: dict[str, Callable[..., Taken]] = {
        Channel.PORTAL: take_in_page,
        Channel.CHAT: take_in_chat,
        Channel.MAIL: take_in_mail,
    }
    return of_channel.get(arrival.channel, take_in_record)


def _read(arrival: Arrival, *, now: datetime, anyway: bool, number: Numbers | None) -> Taken:
    reader = _reader_of(arrival)
    asks: dict[Callable[..., Taken], dict[str, Any]] = {
        take_in_record: {"number": number},
        take_in_mail: {"anyway": anyway},
        take_in_chat: {"anyway": anyway},
    }
    return reader(arrival=arrival, now=now, **asks.get(reader, {}))


def _settle(arrival: Arrival, taken: Taken) -> None:
    _note_taken(arrival, taken)
    arrival.save(update_fields=TOLD)


def _note_taken(arrival: Arrival, taken: Taken) -> None:
    arrival.state = taken.state
    # One event has one arrival; a set-aside mail may speak of an event that another one caused.
    arrival.event = taken.event
    arrival.problem = taken.problem
    arrival.sender = taken.sender[:254]
    arrival.subject = taken.subject[:300]
    arrival.attempts += 1


def _let_wait(arrival: Arrival, problem: str) -> None:
    Arrival.objects.filter(pk=arrival.pk, state=ArrivalState.WAITING).update(problem=problem)
    arrival.refresh_from_db()


def _park(arrival: Arrival, problem: str) -> None:
    Arrival.objects.filter(pk=arrival.pk).exclude(state=ArrivalState.TAKEN_IN).update(
        state=ArrivalState.PARKED, problem=problem, attempts=arrival.attempts + 1
    )
    arrival.refresh_from_db()
