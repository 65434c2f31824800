"""`amends check`: judge one reply, or a file of them, the way a linter judges code."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from amends.cli import readers
from amends.cli.shell import language_of_the_shell

if TYPE_CHECKING:
    from amends.engine.conversation import Conversation
    from amends.engine.report.checked import Checked
    from amends.intake.lines import BadLine

CLEAN, FOUND, WRONG = 0, 1, 2
_STDIN = "-"


@click.command("check")
@click.argument("reply", default=_STDIN, metavar="[FILE]")
@click.option("--context", metavar="FILE", help="What was said before: JSON, or lines 'customer: …' and 'agent: …'.")
@click.option("--language", default="", metavar="CODE", help="What it is written in; recognised when left out.")
@click.option("--format", "form", type=click.Choice(["text", "json", "jsonl", "sarif"]), default="text")
@click.option("--input", "items", metavar="ITEMS", help="Judge a file of items, one a line: id, facts, context, reply.")
@click.option(
    "--reader-language",
    "reader_language",
    default="",
    metavar="CODE",
    help="The language of what stands around the findings, as text; that of the shell (LANG) when left out.",
)
@click.option("--now", metavar="TIME", help="When the reply is written; now, when left out. Promises count from it.")
@readers.option(default=readers.BEST)
def command(
    *,
    reply: str,
    context: str | None,
    language: str,
    form: str,
    items: str | None,
    reader_language: str,
    now: str | None,
    reader: str,
) -> None:
    """Judge a reply before it goes out, from FILE or standard input.

    Ends with 0 when nothing was found, 1 when something was, 2 when the input could not be read.
    """
    _refuse_unknown(language)
    _refuse_unknown(reader_language)
    at = _moment(now)
    if items is None:
        name, text = _read(reply)
        if not text.strip():
            _stop(f"{name}: there is no reply to judge.")
        talks: Iterator[tuple[str, Conversation] | BadLine] = iter([(name, _with_context(text, context, at))])
    elif reply != _STDIN or context is not None:
        _stop("--input brings replies and contexts of its own; leave FILE and --context out.")
    else:
        talks = _items(items, at)
    around = reader_language or language_of_the_shell()
    sys.exit(_judge(talks, language=language, form=form, reader=reader, around=around))


def _judge(
    talks: Iterator[tuple[str, Conversation] | BadLine], *, language: str, form: str, reader: str, around: str
) -> int:
    """Print what is found as it is found, or together where the format needs it; return how to end."""
    from amends.engine.audit import check
    from amends.engine.report.checked import as_line

    chosen = readers.chosen(reader)
    found: list[Checked] = []
    wrong = False
    for each in talks:
        if not isinstance(each, tuple):
            click.echo(str(each), err=True)
            wrong = True
            continue
        name, talk = each
        checked = check(talk, language=language, name=name, readers=chosen)
        if form == "jsonl":
            click.echo(as_line(checked))
        found.append(checked)
    if form != "jsonl":
        click.echo(_together(found, form, around), nl=False)
    if wrong:
        return WRONG
    return FOUND if any(one.judgement.failings for one in found) else CLEAN


def _together(found: list[Checked], form: str, around: str) -> str:
    from amends.engine.report import checked

    if form == "json":
        return checked.as_json(found)
    if form == "sarif":
        from importlib.metadata import version

        return checked.as_sarif(found, version=version("amends"))
    return checked.as_text(found, language=around)


def _items(path: str, now: datetime) -> Iterator[tuple[str, Conversation] | BadLine]:
    from amends.intake.items import Item, items
    from amends.intake.lines import UnableToReadError

    try:
        for one in items(Path(path), now=now):
            yield (one.conversation.id, one.conversation) if isinstance(one, Item) else one
    except UnableToReadError as error:
        _stop(str(error))


def _with_context(reply: str, context: str | None, now: datetime) -> Conversation:
    from amends.intake.items import conversation

    try:
        return conversation(reply=reply, given=_context(context), now=now)
    except ValueError as error:
        _stop(f"{context}: {error}.")


def _context(path: str | None) -> dict[str, Any]:
    """Read a context: an object with `context` and `facts`, a list or lines of turns, or a written dialogue."""
    if path is None:
        return {}
    name, text = _read(path)
    if not text.lstrip().startswith(("{", "[")):
        return _dialogue(name, text)
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        return {
            "context": [_turn(name, number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
        }
    if isinstance(found, list):
        return {"context": found}
    return found if "context" in found or "turns" in found or "facts" in found else {"context": [found]}


def _turn(name: str, number: int, line: str) -> Any:  # its shape is checked where it is used
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        from amends.intake.lines import not_json

        _stop(f"{name}:{number}: {not_json(error)}")


def _dialogue(name: str, text: str) -> dict[str, Any]:
    from amends.engine.failings.dialogue import BadDialogueError, parse

    try:
        said = parse(text, name=name).conversation
    except BadDialogueError as error:
        _stop(f"{error}. A line begins with 'customer:' or 'agent:'.")
    return {
        "context": [{"by": turn.by, "text": turn.text} for turn in said.turns],
        "facts": {
            "customer_name": said.facts.customer_name,
            "honorific": said.facts.honorific,
            "address": said.facts.address,
            **dict(said.facts.other),
        },
    }


def _read(path: str) -> tuple[str, str]:
    """Return a file's name and text; standard input is called 'reply'."""
    name = "reply" if path == _STDIN else path
    try:
        raw = sys.stdin.buffer.read() if path == _STDIN else Path(path).read_bytes()
        return name, raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _stop(f"{name}: not UTF-8 at byte {error.start + 1}.")
    except OSError as error:
        _stop(f"{name}: cannot be read: {error.strerror}.")


def _refuse_unknown(language: str) -> None:
    from amends.engine import languages

    if language and not languages.is_known(language):
        _stop(f"--language {language}: amends reads {', '.join(languages.codes())}.")


def _moment(now: str | None) -> datetime:
    from amends.intake.values import moment

    if now is None:
        return datetime.now().astimezone().replace(second=0, microsecond=0)
    try:
        return moment(now)
    except ValueError as error:
        _stop(f"--now: {error}.")


def _stop(message: str) -> NoReturn:
    click.echo(f"amends check: {message}", err=True)
    sys.exit(WRONG)
