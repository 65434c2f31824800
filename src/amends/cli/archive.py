"""`amends archive`: press together what complaints hold that ended long ago, or take it back."""

from __future__ import annotations

from pathlib import Path

import click

from amends.cli.desk import open_desk, refuse_without_tables

SAID_EVERY = 1_000


@click.command("archive")
@click.option("--older-than", metavar="3y|18m|400d", help="Archive what ended so long ago.")
@click.option("--at-most", type=click.IntRange(min=1), metavar="N", help="This many complaints, the oldest first.")
@click.option(
    "--back", "goes_back", is_flag=True, help="Write what is archived into the database again: of all, or of NUMBERS."
)
@click.argument("numbers", nargs=-1, type=click.IntRange(min=1))
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), envvar="AMENDS_DATA", help="The data folder.")
def command(
    *, older_than: str | None, at_most: int | None, goes_back: bool, numbers: tuple[int, ...], data: Path | None
) -> None:
    """Archive the contents of complaints that ended long ago; every page shows them as before.

    Texts are pressed into one row for each complaint, letters as they came and went into one file among the files.
    May be stopped at any moment, and run while people work. AMENDS_ARCHIVE=3y does the same, a part each hour.
    """
    if goes_back is (older_than is not None):
        raise click.UsageError("Say either --older-than, as 3y, or --back.")
    if numbers and not goes_back:
        raise click.UsageError("Numbers go with --back.")
    open_desk(data=data)
    refuse_without_tables()
    if older_than is None:
        _take_back(numbers, at_most=at_most)
    else:
        _archive(older_than, at_most=at_most)


def _archive(older_than: str, *, at_most: int | None) -> None:
    from django.utils import timezone

    from amends.desk.channels import archiving
    from amends.desk.complaints.archived import ArchiveUnreadableError
    from amends.desk.complaints.laying_down import FilesOutOfReachError
    from amends.desk.settings.spans import long_span

    try:
        span = long_span(older_than)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    now = timezone.now()
    try:
        done = archiving.archive(
            ended_before=now - span,
            now=now,
            at_most=at_most,
            told=lambda count: click.echo(f"{count:,} …", err=True) if count % SAID_EVERY == 0 else None,
        )
    except (FilesOutOfReachError, ArchiveUnreadableError) as error:
        raise click.ClickException(f"{error} What was archived until then stays archived.") from error
    archiving.sweep(now=now)
    click.echo(
        f"Complaints archived: {done.complaints:,}. Their rows held {done.held / 1e6:,.1f} MB; now it is"
        f" {done.texts / 1e6:,.1f} MB in the database and {done.letters / 1e6:,.1f} MB among the files."
    )


def _take_back(numbers: tuple[int, ...], *, at_most: int | None) -> None:
    from django.utils import timezone

    from amends.desk.channels import archiving
    from amends.desk.complaints.archived import ArchiveUnreadableError
    from amends.desk.complaints.models import Archive

    archives = Archive.objects.filter(spent_at=None)
    if numbers:
        archives = archives.filter(complaint__number__in=numbers)
    found = sorted(set(archives.values_list("complaint", flat=True)))[:at_most]
    for pk in found:
        try:
            archiving.take_back(complaint_id=pk, now=timezone.now())
        except ArchiveUnreadableError as error:
            raise click.ClickException(f"{error} Bring the folder 'files' back from a backup.") from error
    click.echo(f"Complaints taken back: {len(found):,}.")
