"""`amends seed`: a simulated organisation on an empty desk."""

from __future__ import annotations

from pathlib import Path

import click

from amends.cli.desk import open_desk
from amends.cli.preparing import bring_up_to_date


@click.command("seed")
@click.option("--story", is_flag=True, help="Two years in which a cause grows, an alarm rings and it is cured.")
@click.option("--days", default=730, show_default=True, metavar="N", help="How long the story is.")
@click.option("--seed", default=1, show_default=True, metavar="N", help="The same number tells the same story.")
@click.option(
    "--data", default="data", show_default=True, type=click.Path(file_okay=False, path_type=Path), envvar="AMENDS_DATA",
    help="The folder of database, files and keys.",
)  # fmt: skip
def command(*, story: bool, days: int, seed: int, data: Path) -> None:
    """Fill an empty desk with a simulated organisation, to try pages on: never beside real complaints."""
    if not story:
        raise click.ClickException("Say what to seed: --story.")
    data.mkdir(parents=True, exist_ok=True)
    open_desk(data=data)
    bring_up_to_date()
    from django.utils import timezone

    from amends.desk.example import two_years

    try:
        found = two_years.lay_out(seed=seed, now=timezone.now(), days=days)
    except two_years.UnableToSeed as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Complaints: {found.complaints}, of {days} days.")
    click.echo(f"“{found.theme}” grows from {found.grew_on}, and is cured from {found.cured_on}.")
    rang = [alarm for alarm in found.alarms if alarm.kind == "theme" and alarm.name == str(found.theme.pk)]
    click.echo(f"The alarm rang: {rang[0].until}." if rang else "No alarm rang for it.")
    click.echo("Open it with 'amends serve'; the example sign-ins are printed there.")
