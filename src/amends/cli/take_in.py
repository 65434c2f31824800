"""`amends take-in`: raw mail from files or standard input into the desk."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from amends.cli.desk import open_desk, refuse_without_tables

if TYPE_CHECKING:
    from amends.desk.channels.models import Arrival

LARGEST = 200 * 1024 * 1024  # bytes; what is larger was never a mail


@click.command("take-in")
@click.argument("messages", nargs=-1, required=True, metavar="MESSAGE.eml…|-")
@click.option("--mailbox", default="desk", show_default=True, help="The mailbox that the mail came to.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), envvar="AMENDS_DATA", help="The data folder.")
def command(*, messages: tuple[str, ...], mailbox: str, data: Path | None) -> None:
    """Take raw mail into the desk, each from its own file; '-' is standard input.

    A mail is kept before it is read. What cannot be read is parked, and an administrator sees it.
    Ends with 1 when a file could not be read at all, 0 otherwise.
    """
    open_desk(data=data)
    refuse_without_tables()
    unreadable = False
    for name in messages:
        raw = _read(name)
        if isinstance(raw, str):
            click.echo(f"{_shown(name)}: {raw}", err=True)
            unreadable = True
        else:
            click.echo(f"{_shown(name)}: {_take_in(raw, mailbox=mailbox)}")
    sys.exit(1 if unreadable else 0)


def _read(name: str) -> bytes | str:
    """The mail's bytes, or a sentence why there are none."""
    if name == "-":
        raw = sys.stdin.buffer.read(LARGEST + 1)
    else:
        try:
            with Path(name).open("rb") as file:
                raw = file.read(LARGEST + 1)
        except OSError as error:
            return f"cannot be read: {error.strerror or error}"
    if not raw:
        return "is empty; nothing was taken in."
    if len(raw) > LARGEST:
        return f"is larger than {LARGEST // 1024 // 1024} MB; nothing was taken in."
    return raw


def _take_in(raw: bytes, *, mailbox: str) -> str:
    from django.utils import timezone

    from amends.desk.channels import actions
    from amends.desk.channels.mail.identity import identity_of
    from amends.desk.channels.models import ArrivalState
    from amends.desk.complaints.models import Channel

    now = timezone.now()
    identity = identity_of(raw, mailbox=mailbox)
    arrival = actions.keep_raw(channel=Channel.MAIL, identity=identity.value, digest=identity.digest, raw=raw, now=now)
    known = arrival.state != ArrivalState.WAITING
    if not known:
        actions.take_in(arrival=arrival, now=now)
        arrival.refresh_from_db()
    return _became(arrival, known=known)


def _became(arrival: Arrival, *, known: bool) -> str:
    from amends.desk.channels.models import ArrivalState
    from amends.desk.channels.problems import describe

    before = "was here already: " if known else ""
    if arrival.state == ArrivalState.TAKEN_IN and arrival.event is not None:
        complaint = arrival.event.complaint
        return f"{before}taken in, complaint {complaint.number}, with {complaint.owner.name}."
    said = describe(arrival.problem)
    if arrival.state == ArrivalState.SET_ASIDE:
        return f"{before}set aside: {said}"
    return f"{before}parked, an administrator sees it: {said}"


def _shown(name: str) -> str:
    return "standard input" if name == "-" else name
