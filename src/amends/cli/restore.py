"""`amends restore`: a backup back into a desk."""

from __future__ import annotations

import os
from pathlib import Path

import click

from amends.cli.backup_options import data_option, place_of, secret_of, secret_options
from amends.desk.upkeep.aside import aside, stopped_in_order


@click.command("restore")
@click.argument("told", metavar="FILE|s3://BUCKET/NAME")
@click.option("--overwrite", is_flag=True, help="Put it in the place of a desk that holds data already.")
@click.option("--letters-go", is_flag=True, help="Send what waited in the outbox, though it may have gone out since.")
@secret_options
@data_option
def command(
    *, told: str, overwrite: bool, letters_go: bool, passphrase_file: Path | None, key_file: Path | None, data: Path
) -> None:
    """Put a backup back, after comparing all of it with its manifest. Stop the desk first.

    A desk on SQLite that is overwritten is moved aside within its data folder; of one on PostgreSQL make a backup
    first. A backup goes back only to the kind of database it was made on.
    """
    click.get_current_context().with_resource(stopped_in_order())
    file = _here(told, data=data)
    secret = secret_of(passphrase_file, key_file, ask=_asks_for_words(file), twice=False)
    had_key = (data / "secret.key").exists()
    place = place_of(data)
    if not had_key:  # the settings have just made one for an empty folder
        (data / "secret.key").unlink(missing_ok=True)
    from django.db.migrations.loader import MigrationLoader
    from django.utils import timezone

    from amends.desk.upkeep.restoring import UnableToRestore, restore

    known = [f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations]
    try:
        done = restore(
            file=file,
            place=place,
            secret=secret,
            known=known,
            overwrite=overwrite,
            letters_go=letters_go,
            now=timezone.now(),
        )
    except UnableToRestore as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Put back: the desk of {done.made_at}, made by Amends {done.program}.")
    click.echo(f"  Rows: {done.rows:,} in {done.tables} tables. Files: {done.files:,}. Keys: {', '.join(done.keys)}.")
    if done.replaced is not None:
        before = "What was there before lies" if place.sqlite else "Files and keys that were there before lie"
        gone = "" if place.sqlite else " The tables that were there are gone."
        click.echo(f"  {before} in {done.replaced}; remove it when all is well.{gone}")
    if done.letters_held:
        click.echo(
            f"  Letters that waited to be sent: {done.letters_held}. They may have gone out since, so they stand as"
            " 'maybe sent' under Post: look at them and send again what is missing."
        )
    if os.environ.get("AMENDS_SECRET_KEY"):
        click.echo("  AMENDS_SECRET_KEY is set and counts more than the key of the backup.")
    if done.is_older:
        click.echo("  It is of an older version: the next 'amends serve' brings the database up to date.")
    click.echo("Next: 'amends doctor'.")


def _here(told: str, *, data: Path) -> Path:
    """Return the backup as a file of this machine; one of a store is fetched, and goes again when this ends."""
    from amends.batch.stores import Store, UnableToName, is_store

    if not is_store(told):
        if not Path(told).is_file():
            raise click.BadParameter(f"File '{told}' does not exist.")
        return Path(told)
    try:
        store = Store.from_url(told)
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = click.get_current_context().with_resource(aside(data, prefix=".restore-"))
        store.fetch("", file := folder / "fetched.backup")
    except (UnableToName, OSError) as error:
        raise click.BadParameter(str(error)) from error
    return file


def _asks_for_words(file: Path) -> bool:
    """Whether a passphrase opens it; nobody is asked for one where a key does."""
    from amends.desk.upkeep.sealed import is_sealed_by_words

    with file.open("rb") as raw:
        return is_sealed_by_words(raw)
