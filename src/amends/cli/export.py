"""`amends export`: every complaint of the desk as a line of the conversation schema, for `amends audit` and others."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from amends.cli.desk import open_desk, refuse_without_tables
from amends.desk.upkeep.aside import stopped_in_order

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

STDOUT = "-"


@click.command("export")
@click.option("--out", metavar="FILE.jsonl|-", help="Where the lines go; '-' is standard output.")
@click.option(
    "--parquet",
    metavar="FOLDER|s3://BUCKET/PREFIX",
    help="Keep a folder of Parquet, by day, of what has ended; each run writes the days that have changed.",
)
@click.option(
    "--everything",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="All that the desk knows: conversations, every kind of row, notes, files and letters, with a list of them.",
)
@click.option("--since", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="Only what came on this day or later.")
@click.option(
    "--until", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="Only what came by the end of this day."
)
@click.option("--closed", is_flag=True, help="Only complaints that have ended, resolved or closed.")
@click.option("--without-names", is_flag=True, help="Pseudonyms for customers and agents; texts stay as written.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), envvar="AMENDS_DATA", help="The data folder.")
def command(
    *,
    out: str | None,
    parquet: str | None,
    everything: Path | None,
    since: datetime | None,
    until: datetime | None,
    closed: bool,
    without_names: bool,
    data: Path | None,
) -> None:
    """Write every complaint with its words, events and facts: one JSON object a line, or Parquet by day.

    Notes of colleagues and attachments stay at the desk, but with --everything: that is for leaving, or for keeping a
    copy that any program reads. The days are those of the organisation's time zone.
    """
    if sum(way is not None for way in (out, parquet, everything)) != 1:
        raise click.UsageError("Say where it goes: --out FILE, --parquet FOLDER or --everything FOLDER.")
    if everything is not None and (since or until or closed or without_names):
        raise click.UsageError("--everything is everything: leave --since, --until, --closed and --without-names out.")
    if everything is not None and str(everything).startswith("-"):
        raise click.UsageError(f"--everything wants a folder. To name one '{everything}', write './{everything}'.")
    if parquet is not None and (since or until or closed):
        raise click.UsageError("--parquet keeps all that has ended: leave --since, --until and --closed out.")
    if since is not None and until is not None and since > until:
        raise click.UsageError("--since is later than --until.")
    click.get_current_context().with_resource(stopped_in_order())
    open_desk(data=data)
    refuse_without_tables()
    if parquet is not None:
        _pour(parquet, names=not without_names)
    elif everything is not None:
        _write_everything(everything)
    elif out is not None:
        _write(out, since=since, until=until, closed=closed, names=not without_names)


def _pour(folder: str, *, names: bool) -> None:
    from django.utils import timezone

    from amends.batch.stores import Store, UnableToName, is_store
    from amends.desk.upkeep.lake import pour

    try:
        place = Store.from_url(folder) if is_store(folder) else Path(folder)
    except UnableToName as error:
        raise click.ClickException(str(error)) from error
    if isinstance(place, Path) and place.exists() and not place.is_dir():
        raise click.ClickException(f"{place} is no folder.")
    try:
        done = pour(folder=place, zone=_zone(), names=names, now=timezone.now())
    except OSError as error:
        raise click.ClickException(
            f"{error.filename or folder}: cannot be written: {error.strerror or error}"
        ) from error
    click.echo(
        f"Days written: {done.written}, with {done.conversations} complaints. Unchanged: {done.left}."
        f" Removed: {done.removed}.",
        err=True,
    )


def _write_everything(folder: Path) -> None:
    from django.utils import timezone

    from amends.desk.upkeep.everything import UnableToWriteThere, write_everything

    try:
        done = write_everything(folder=folder, zone=_zone(), now=timezone.now())
    except UnableToWriteThere as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(
            f"{error.filename or folder}: cannot be written: {error.strerror or error}"
        ) from error
    lines = sum(done.lines.values())
    click.echo(f"{folder}: {lines:,} lines in {len(done.lines)} files of lines, and {done.files:,} files.", err=True)
    if done.missing:
        click.echo(f"The desk itself lacks {len(done.missing)} files; manifest.json names them.", err=True)
    click.echo("Whoever reads this folder reads what customers wrote: keep it as you keep the desk.", err=True)


def _write(out: str, *, since: datetime | None, until: datetime | None, closed: bool, names: bool) -> None:
    from django.utils import timezone

    from amends.desk.complaints.export import Which, conversations
    from amends.engine.conversation import to_json

    which = Which(since=since.date() if since else None, until=until.date() if until else None, ended=closed)
    count = 0
    with _door(out) as file:
        for talk in conversations(which=which, zone=_zone(), now=timezone.now(), names=names):
            line = json.dumps(to_json(talk), ensure_ascii=False, separators=(",", ":"))
            file.write(line.encode() + b"\n")
            count += 1
    click.echo(f"Complaints written: {count}.", err=True)


@contextmanager
def _door(out: str) -> Iterator[IO[bytes]]:
    """Open what is written to; a file gets its name when it is whole, and only its owner may read it."""
    if out == STDOUT:
        try:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        except BrokenPipeError:  # who reads has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        return
    place = Path(out)
    half: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=place.parent, prefix=f".{place.name}.", suffix=".half", delete=False
        ) as file:
            half = Path(file.name)
            yield file
            file.flush()
            os.fsync(file.fileno())
        half.replace(place)
        half = None
    except OSError as error:
        raise click.ClickException(f"{out}: cannot be written: {error.strerror or error}") from error
    finally:
        if half is not None:
            half.unlink(missing_ok=True)


def _zone() -> ZoneInfo:
    from zoneinfo import ZoneInfo

    from amends.desk.people.models import Organisation

    here = Organisation.objects.select_related("calendar").first()
    return ZoneInfo(here.calendar.time_zone if here is not None else "UTC")
