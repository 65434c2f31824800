"""`amends purchases`: what customers bought, from a table, so that the desk sees who is gone."""

from __future__ import annotations

from pathlib import Path

import click

from amends.cli.desk import open_desk, refuse_without_tables

MOST_TOLD = 20  # lines that are wrong


@click.command("purchases")
@click.argument("table", type=click.File(encoding="utf-8-sig"), metavar="TABLE.csv|-")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), envvar="AMENDS_DATA", help="The data folder.")
def command(*, table: click.utils.LazyFile, data: Path | None) -> None:
    """Take in purchases: columns customer (e-mail or telephone), day, amount, currency, reference.

    What is known by its reference is not taken in again. Ends with 1 when a line could not be read.
    """
    open_desk(data=data)
    refuse_without_tables()
    from amends.desk.customers.purchases import UnableToTakeIn, take_in

    try:
        taken = take_in(lines=table)
    except UnableToTakeIn as trouble:
        raise click.ClickException(str(trouble)) from trouble
    click.echo(f"Purchases taken in: {taken.new}, known already: {taken.known}, of nobody here: {taken.nobody}.")
    for line, trouble in taken.wrong[:MOST_TOLD]:
        click.echo(f"Line {line}: {trouble}", err=True)
    if len(taken.wrong) > MOST_TOLD:
        click.echo(f"… and {len(taken.wrong) - MOST_TOLD} more.", err=True)
    if taken.wrong:
        raise SystemExit(1)
