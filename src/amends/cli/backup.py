"""`amends backup`: the whole desk as one file, while it runs."""

from __future__ import annotations

from pathlib import Path

import click

from amends.cli.backup_options import data_option, place_of, secret_of, secret_options
from amends.cli.desk import refuse_without_folder
from amends.desk.upkeep.aside import stopped_in_order


@click.command("backup")
@click.argument("to", metavar="FILE|FOLDER|s3://BUCKET/PREFIX")
@click.option("--encrypt", is_flag=True, help="Ask for a passphrase; not needed with one of the next two.")
@secret_options
@data_option
def command(*, to: str, encrypt: bool, passphrase_file: Path | None, key_file: Path | None, data: Path) -> None:
    """Write database, files and keys of the desk into one file, also while it runs.

    In a FOLDER the file is named by date and time. It holds all that customers wrote, and the keys of the desk: keep
    it as you keep those, or encrypt it. A passphrase that is lost opens nothing any more.
    """
    refuse_without_folder(data)
    click.get_current_context().with_resource(stopped_in_order())
    secret = secret_of(passphrase_file, key_file, ask=encrypt, twice=True)
    place = place_of(data)
    from django.utils import timezone

    from amends.batch.stores import Store, UnableToName, is_store
    from amends.desk.upkeep.backups import UnableToBackUp, back_up, back_up_into_store

    try:
        if is_store(to):
            made = back_up_into_store(place=place, to=Store.from_url(to), secret=secret, now=timezone.now())
        else:
            made = back_up(place=place, to=Path(to), secret=secret, now=timezone.now())
    except (UnableToBackUp, UnableToName) as error:
        raise click.ClickException(str(error)) from error
    sealed = "encrypted" if made.sealed else "not encrypted"
    click.echo(f"{made.file}: {made.size:,} bytes, {sealed}. Rows: {made.rows:,}. Files: {made.files:,}.")
    if "secret.key" not in made.keys:
        click.echo("The signing key comes from AMENDS_SECRET_KEY and is not in it: keep that one too.", err=True)
    if made.missing:
        click.echo(
            f"Files that the database names and that are not there: {made.missing}. The backup is without them: see"
            " that the folder 'files' is the right one, that this machine reaches it, and what 'amends doctor' says.",
            err=True,
        )
    if not made.sealed:
        click.echo("Whoever reads this file reads the desk: it holds customers' words and the desk's keys.", err=True)
