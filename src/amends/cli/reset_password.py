"""`amends reset-password`: print the link at which somebody chooses a new password."""

from __future__ import annotations

from pathlib import Path

import click

from amends.cli.desk import open_desk, refuse_without_tables


@click.command("reset-password")
@click.argument("email")
@click.option(
    "--data", default="data", show_default=True, type=click.Path(file_okay=False, path_type=Path), envvar="AMENDS_DATA",
    help="The folder of database, files and keys.",
)  # fmt: skip
@click.option("--without-second-factor", is_flag=True, help="Take their second factor away as well.")
def command(*, email: str, data: Path, without_second_factor: bool) -> None:
    """Print a link for EMAIL that works once, within three days; for an administrator who is locked out."""
    open_desk(data=data)
    refuse_without_tables()
    from django.utils import timezone

    from amends.desk.people import second_factor, sessions
    from amends.desk.people.models import Agent
    from amends.desk.people.sign_in import new_password_link

    agent = Agent.objects.filter(email=email.strip().lower()).first()
    if agent is None:
        raise click.ClickException(f"Nobody signs in as {email}.")
    if not agent.is_active:
        raise click.ClickException(f"{agent.name} was let out. An administrator lets them back in on the people page.")
    if without_second_factor:
        second_factor.reset(agent=agent, by=agent, now=timezone.now())
        sessions.end(agent=agent)
    click.echo(new_password_link(agent=agent))
