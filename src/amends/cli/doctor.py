"""`amends doctor`: what is wrong with this installation, and what to do."""

from __future__ import annotations

import json
import os
import sys
from itertools import chain
from pathlib import Path

import click

from amends.cli.desk import open_desk, refuse_without_folder
from amends.cli.shell import language_of_the_shell

ENDS = {"well": 0, "look": 1, "ill": 2}
MARKS = {"well": "✓", "look": "!", "ill": "✗"}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs that watch the desk.")
@click.option("--language", default="", metavar="CODE", help="tr, fa, mn or en; that of the shell when left out.")
@click.option(
    "--data", default="data", show_default=True, type=click.Path(file_okay=False, path_type=Path), envvar="AMENDS_DATA",
    help="The folder of database, files and keys.",
)  # fmt: skip
def command(*, as_json: bool, language: str, data: Path) -> None:
    """Look over the installation: database, workers, mail, disk, search, clock and more.

    Nothing is changed. Ends with 0 when all is well, 1 when something should be looked at, 2 when something is broken.
    """
    refuse_without_folder(data)
    key = data / "secret.key"
    lost = not key.exists() and not os.environ.get("AMENDS_SECRET_KEY")
    open_desk(data=data)
    if lost:  # the settings have just made one, and nothing is to be changed by looking
        key.unlink(missing_ok=True)
    from django.conf import settings
    from django.utils import timezone, translation

    from amends.desk.upkeep import doctor

    language = language or language_of_the_shell()
    if language not in dict(settings.LANGUAGES):
        raise click.UsageError(f"--language {language}: one of {', '.join(dict(settings.LANGUAGES))} is expected.")
    findings: list[doctor.Finding] = []
    with translation.override(language):
        for finding in chain([doctor.without_key()] if lost else [], doctor.examine(now=timezone.now())):
            findings.append(finding)
            if not as_json:
                _tell(finding)
    state = doctor.worst(findings)
    if as_json:
        lines = {"state": state, "checks": [doctor.as_json(finding) for finding in findings]}
        click.echo(json.dumps(lines, ensure_ascii=False, indent=2))
    sys.exit(ENDS[state])


def _tell(finding: object) -> None:
    from amends.desk.upkeep.doctor import Finding

    if isinstance(finding, Finding):
        click.echo(f"{MARKS[finding.state]} {finding.title}")
        for words in filter(None, (finding.says, finding.do and f"→ {finding.do}")):
            click.echo(f"    {words}")
