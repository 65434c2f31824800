"""`amends mcp`: the desk's tools for a language model, over the Model Context Protocol."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import click

from amends.cli import readers


@click.command("mcp")
@click.option(
    "--desk",
    "address",
    envvar="AMENDS_ADDRESS",
    metavar="URL",
    help="Where the desk is; http://127.0.0.1:8000 when left out. Its token is read from AMENDS_TOKEN.",
)
@click.option(
    "--language", default="", metavar="CODE", help="In which the desk says what did not work: tr, fa, mn, en."
)
@readers.option(default=readers.BEST)
def command(*, address: str | None, language: str, reader: str) -> None:
    """Serve the tools check, find_case and add_promise on standard input and output.

    Without AMENDS_TOKEN only `check` works: replies are judged by this program itself, and nothing is kept.
    """
    from importlib.metadata import version

    from amends.desk.api import mcp

    token = os.environ.get("AMENDS_TOKEN", "").strip()
    where = (address or "http://127.0.0.1:8000").rstrip("/")
    if urlsplit(where).scheme not in {"http", "https"} or not urlsplit(where).hostname:
        raise click.UsageError(f"--desk {where}: this is no web address.")
    desk = mcp.OverHttp(where, token, language) if token else None
    server = mcp.Server(version("amends"), _judge(reader), desk)
    server.serve(sys.stdin.buffer, sys.stdout.buffer)


def _judge(reader: str) -> Any:
    """Judge as `amends check --format json` does; the readers are loaded when the first reply comes."""

    def judge(given: Mapping[str, Any]) -> dict[str, Any]:
        import json

        from amends.engine.audit import check
        from amends.engine.report.checked import as_json
        from amends.intake.items import conversation

        now = datetime.now().astimezone().replace(second=0, microsecond=0)
        talk = conversation(reply=given["reply"], given=given, now=now)
        checked = check(talk, language=given.get("language", ""), name="reply", readers=readers.chosen(reader))
        whole: dict[str, Any] = json.loads(as_json([checked]))
        return whole

    return judge
