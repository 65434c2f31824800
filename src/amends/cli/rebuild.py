"""`amends rebuild`: count the columns of complaints from their timelines once more."""

from __future__ import annotations

from pathlib import Path

import click

from amends.cli.desk import open_desk, refuse_without_tables


@click.command()
@click.argument("numbers", nargs=-1, type=click.IntRange(min=1))
@click.option("--figures", is_flag=True, help="Only the days that the pages of figures read, all of them anew.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), envvar="AMENDS_DATA", help="The data folder.")
def command(*, numbers: tuple[int, ...], figures: bool, data: Path | None) -> None:
    """Derive what the lists show from the timelines, and write the search index anew.

    NUMBERS are complaints; all of them when none is given. Says which were different, and in what.
    """
    open_desk(data=data)
    refuse_without_tables()
    from amends.desk.complaints.actions import rebuild
    from amends.desk.complaints.models import Complaint

    if figures:
        from amends.desk.insight.kept import rebuild as make_days

        click.echo(f"Complaints counted: {make_days()}.")
        return
    complaints = Complaint.objects.order_by("number")
    if numbers:
        complaints = complaints.filter(number__in=numbers)
        missing = set(numbers) - set(complaints.values_list("number", flat=True))
        if missing:
            raise click.ClickException(f"There is no complaint {', '.join(map(str, sorted(missing)))}.")
    total = different = 0
    for complaint in complaints.iterator(chunk_size=500):
        total += 1
        if names := rebuild(complaint=complaint):
            different += 1
            click.echo(f"#{complaint.number}: {', '.join(names)}")
    click.echo(f"Complaints read: {total}, different: {different}.")
