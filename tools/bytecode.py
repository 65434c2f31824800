"""
Compile what `amends` loads, once: an installer that leaves packages as source makes every start compile them again.

Only what the desk and the command line import is compiled; all packages of the workshop together would take minutes.
"""

from __future__ import annotations

import compileall
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOADED_LATE = (
    "altair",
    "amends.cli.audit",
    "amends.cli.causes",
    "amends.cli.check",
    "amends.cli.export",
    "amends.cli.serve",
    "amends.desk.asgi",
    "amends.desk.example.actions",
    "amends.desk.jobs.worker",
    "amends.desk.read_in",
    "amends.desk.urls",
    "amends.desk.web.drawings",
    "amends.engine.languages.learned",
    "amends.engine.languages.recognition",
    "amends.engine.languages.vectors",
    "django.contrib.staticfiles.management.commands.collectstatic",
    "django.core.management.commands.migrate",
    "granian",
    "granian.server",
    "persiantools.jdatetime",
)


def main() -> None:
    sys.dont_write_bytecode = False
    compileall.compile_dir(str(ROOT / "src/amends"), quiet=1)
    with tempfile.TemporaryDirectory() as data:
        os.environ |= {"AMENDS_DATA": data, "DJANGO_SETTINGS_MODULE": "amends.desk.settings"}
        for name in LOADED_LATE:
            try:
                import_module(name)
            except ImportError as error:  # what is missing is said by the command that needs it
                print(f"{name}: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
