"""The command line: one file per command, each a thin call into the house."""

from __future__ import annotations

import atexit
import os
import signal
import sys
from importlib import import_module
from typing import Any, NoReturn

import click

# name of the command -> file in this folder; loaded only when it is called, so that `amends check` starts fast
COMMANDS = {
    "check": "check",
    "audit": "audit",
    "causes": "causes",
    "drill": "drill",
    "export": "export",
    "serve": "serve",
    "prepare": "prepare",
    "work": "work",
    "take-in": "take_in",
    "import": "import_",
    "purchases": "purchases",
    "rebuild": "rebuild",
    "archive": "archive",
    "seed": "seed",
    "backup": "backup",
    "restore": "restore",
    "doctor": "doctor",
    "reset-password": "reset_password",
    "mcp": "mcp",
}


class Late(click.Group):
    """A group that imports a command when it is asked for."""

    def __call__(self, *args: Any, **given: Any) -> Any:
        """Run as the program itself, as no test does."""
        if os.getpid() == 1:  # in a container, where the kernel keeps from the first process what it has no handler for
            signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
        try:
            return self.main(*args, **given)
        except SystemExit as end:
            if "daft" in sys.modules:
                _leave(end.code)
            raise

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"amends.cli.{COMMANDS[cmd_name]}").command
        return command


def _leave(code: str | int | None) -> NoReturn:
    """Do what is done at the end of a program, but do not take the interpreter apart.

    The library of the batch pipeline never stops its threads. One that still runs while the interpreter goes down
    now and then ends a run that went well, or was rightly refused, with a segmentation fault.
    """
    atexit._run_exitfuncs()  # noqa: SLF001  # what the interpreter itself would call next
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


@click.group(cls=Late)
@click.version_option(package_name="amends")
def main() -> None:
    """Amends: a complaint desk that puts things right."""
