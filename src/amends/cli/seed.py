"""`amends seed`: a simulated organisation on an empty desk."""

from __future__ import annotations

from pathlib import Path

import click

from amends.cli.desk import open_desk
from amends.cli.preparing import bring_up_to_date, said_in_steps


@click.command("seed")
@click.option("--story", is_flag=True, help="Two years in which a cause grows, an alarm rings and it is cured.")
@click.option("--complaints", default=0, metavar="N", help="N complaints of three to ten messages, to try its speed.")
@click.option("--days", default=730, show_default=True, metavar="N", help="How long the story is.")
@click.option("--seed", default=1, show_default=True, metavar="N", help="The same number tells the same story.")
@click.option(
    "--data", default="data", show_default=True, type=click.Path(file_okay=False, path_type=Path), envvar="AMENDS_DATA",
    help="The folder of database, files and keys.",
)  # fmt: skip
def command(*, story: bool, complaints: int, days: int, seed: int, data: Path) -> None:
    """Fill an empty desk with a simulated organisation, to try pages on: never beside real complaints."""
    if story == bool(complaints):
        raise click.ClickException("Say what to seed: --story or --complaints N.")
    data.mkdir(parents=True, exist_ok=True)
    open_desk(data=data)
    bring_up_to_date()
    if complaints:
        _very_many(complaints=complaints, seed=seed)
    else:
        _story(days=days, seed=seed)
    click.echo("Open it with 'amends serve'.")


def _very_many(*, complaints: int, seed: int) -> None:
    from django.utils import timezone

    from amends.desk.example import laying_in

    try:
        with said_in_steps(f"Laying in {complaints:,} complaints") as told:
            plan = laying_in.lay_in(complaints=complaints, seed=seed, now=timezone.now(), told=told)
    except laying_in.UnableToLayIn as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Complaints: {plan.complaints:,}, still going on: {plan.live:,}; teams: {len(plan.teams)}.")
    click.echo(f"Sign in as administrator@karvan.example or tr1-1@karvan.example (password: {laying_in.PASSWORD}).")


def _story(*, days: int, seed: int) -> None:
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
