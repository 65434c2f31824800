"""`amends prepare`: database and pages of a new version, before its web servers and workers start."""

from __future__ import annotations

from pathlib import Path

import click

from amends.cli.desk import open_desk
from amends.cli.preparing import alone, bring_up_to_date, lay_out_example


@click.command("prepare")
@click.option(
    "--data", default="data", show_default=True, type=click.Path(file_okay=False, path_type=Path), envvar="AMENDS_DATA",
    help="The folder of database, files and keys.",
)  # fmt: skip
@click.option("--example", is_flag=True, help="Lay out the example company too, on an empty desk.")
@click.option("--pages/--no-pages", default=True, help="Lay out the pages' files.")
def command(*, data: Path, example: bool, pages: bool) -> None:
    """Bring the database up to date and lay out the pages' files, and end.

    'amends serve' does that by itself; where several start at once, on one machine or on many, this goes first. On
    PostgreSQL two that run at the same moment wait for each other.
    """
    open_desk(data=data)
    from amends.cli.pages import are_laid_out, lay_out

    bring_up_to_date()
    if example:
        with alone():
            lay_out_example()
    if pages and not are_laid_out():
        lay_out()
    click.echo("Ready.")
