"""The command line: one file per command, each a thin call into the house."""

from __future__ import annotations

from importlib import import_module

import click

# name of the command -> file in this folder; loaded only when it is called, so that `amends check` starts fast
COMMANDS = {
    "check": "check",
    "audit": "audit",
    "causes": "causes",
    "drill": "drill",
    "export": "export",
    "serve": "serve",
    "work": "work",
    "take-in": "take_in",
    "rebuild": "rebuild",
    "reset-password": "reset_password",
}


class Late(click.Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"amends.cli.{COMMANDS[cmd_name]}").command
        return command


@click.group(cls=Late)
@click.version_option(package_name="amends")
def main() -> None:
    """Amends: a complaint desk that puts things right."""
