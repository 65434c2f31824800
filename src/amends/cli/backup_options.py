"""What `amends backup` and `amends restore` share: which desk, and the passphrase or key."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from amends.cli.desk import open_desk

if TYPE_CHECKING:
    from amends.desk.upkeep.place import Place
    from amends.desk.upkeep.sealed import Secret

PASSPHRASE = "AMENDS_BACKUP_PASSPHRASE"  # noqa: S105 - the name of a variable
SHORTEST = 12  # characters

data_option = click.option(
    "--data", default="data", show_default=True, type=click.Path(file_okay=False, path_type=Path), envvar="AMENDS_DATA",
    help="The folder of database, files and keys.",
)  # fmt: skip


def secret_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options --passphrase-file and --key-file."""
    file = click.Path(exists=True, dir_okay=False, path_type=Path)
    for option in (
        click.option("--key-file", type=file, help="A file with 32 bytes in Base64 (openssl rand -base64 32)."),
        click.option("--passphrase-file", type=file, help=f"A file with a passphrase; or set {PASSPHRASE}."),
    ):
        command = option(command)
    return command


def place_of(data: Path) -> Place:
    """Open the settings of a desk and say where it keeps what it knows."""
    open_desk(data=data)
    from amends.desk.upkeep.place import Place

    return Place.from_settings()


def secret_of(passphrase_file: Path | None, key_file: Path | None, *, ask: bool, twice: bool) -> Secret | None:
    """Find the passphrase or key: a file, the environment, or a person at a terminal."""
    from amends.desk.upkeep.sealed import Secret

    if passphrase_file is not None and key_file is not None:
        raise click.UsageError("Give a passphrase or a key, not both.")
    if key_file is not None:
        try:
            return Secret.key(key_file.read_text(encoding="ascii"))
        except ValueError as error:
            raise click.ClickException(
                f"{key_file}: this is no key: {error}. Make one: openssl rand -base64 32"
            ) from error
    words: Any = passphrase_file.read_text(encoding="utf-8").rstrip("\r\n") if passphrase_file else None
    if words is None:
        words = os.environ.get(PASSPHRASE)
    if words is None and ask:
        words = click.prompt("Passphrase", hide_input=True, confirmation_prompt=twice, err=True)
    if words is None:
        return None
    if twice and len(words) < SHORTEST:
        raise click.ClickException(f"A passphrase has at least {SHORTEST} characters; four words that no one guesses.")
    return Secret.passphrase(words)
