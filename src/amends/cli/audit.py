"""`amends audit`: judge conversations of any desk, write the findings and a report."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NoReturn

import click

from amends.cli import readers

if TYPE_CHECKING:
    from collections.abc import Callable

    from amends.batch.pipeline import Audited
    from amends.batch.source import Export
    from amends.engine.measures.compared import Compared
    from amends.intake.formats import Format

CLEAN, SKIPPED, WRONG = 0, 1, 2
_HOW: Mapping[str, str] = {
    readers.BEST: "by cues and the learned reader",
    readers.CUES: "by cues alone (--reader best reads as the coach does, and takes longer)",
    readers.LEARNED: "by the learned reader alone",
}
_TOLD = 20  # lines left out that are named; the rest is counted

# Letters that the desk's front end ships, for each language, and the characters that each file holds.
_LATIN = "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+2000-206F, U+20AC, U+2122, U+2212"
_ARABIC = "U+0600-06FF, U+200C-200E, U+2010-2011, U+FB50-FDFF"
_CYRILLIC = "U+0301, U+0400-045F, U+0490-0491, U+04B0-04B1, U+2116"
_LETTERS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "latin": (("Amends Sans", _LATIN, "source-sans-3-latin-wght-normal.woff2"),),
    "tr": (("Amends Sans", "U+0100-02AF, U+1E00-1EFF, U+20AD-20CF", "source-sans-3-latin-ext-wght-normal.woff2"),),
    "fa": (
        ("Amends Persian", "U+0600-06FF, U+200C-200E, U+2010-2011, U+FB50-FDFF", "vazirmatn-arabic-wght-normal.woff2"),
    ),
    "mn": (
        (
            "Amends Sans",
            "U+0301, U+0400-045F, U+0490-0491, U+04B0-04B1, U+2116",
            "source-sans-3-cyrillic-wght-normal.woff2",
        ),
        ("Amends Sans", "U+0460-052F, U+20B4, U+2DE0-2DFF", "source-sans-3-cyrillic-ext-wght-normal.woff2"),
    ),
}


@click.command("audit")
@click.argument("paths", nargs=-1, required=True, metavar="PATH|s3://BUCKET/PREFIX…")
@click.option("--out", required=True, metavar="DIR", type=click.Path(path_type=Path), help="Where the results go.")
@click.option("--language", default="en", show_default=True, metavar="CODE", help="The language of the report.")
@click.option(
    "--format", "form", type=click.Choice(["auto", "jsonl", "csv", "threads"]), default="auto", show_default=True
)
@click.option("--map", "maps", multiple=True, metavar="OURS=COLUMN", help="A column of the table, as --map text=Body.")
@click.option(
    "--agent", "agents", multiple=True, metavar="VALUE", help="What the column of the speaker says for an agent."
)
@click.option("--workers", default=0, metavar="N", help="How many processes judge; every core when left out.")
@click.option(
    "--cluster",
    default="",
    metavar="ray://HOST:PORT",
    help="Judge on a Ray cluster instead of here; HOST:PORT from one of its own machines.",
)
@click.option(
    "--compare",
    default="",
    metavar="DAY|PATH",
    help="What to hold it against: an earlier export, or a day (YYYY-MM-DD), and what began before it is the earlier.",
)
@readers.option(default=readers.CUES)
def command(
    *,
    paths: tuple[str, ...],
    out: Path,
    language: str,
    form: Format,
    maps: tuple[str, ...],
    agents: tuple[str, ...],
    workers: int,
    cluster: str,
    compare: str,
    reader: readers.Name,
) -> None:
    """Judge the conversations in files or folders.

    With --compare it also says what became more and what less, each with the range that chance leaves it.

    A store that speaks S3 is named with its server where that is not Amazon's own: s3://bucket/prefix?endpoint=https://…
    Keys come from the environment. On a cluster a machine that goes changes nothing in what comes out.

    Writes findings.parquet, summary.json and report.html; the latter two say which reader judged. Ends with 0 when
    everything was read, 1 when lines were left out, 2 when a file could not be read.
    """
    _refuse_unknown(language)
    mapping = dict(_pair(one) for one in maps)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        _stop(f"{out}: cannot be made: {error.strerror}.")
    from amends.batch.source import Export

    export = Export(paths=tuple(_place(path) for path in paths), form=form, mapping=mapping, agents=agents)
    read_by = readers.used(reader)
    since, earlier = _compare(compare, export)
    run = partial(_run, language=language, workers=workers, cluster=cluster, reader=read_by)
    audited = run(export, findings=out / "findings.parquet", since=since)
    if earlier is not None:
        other = run(earlier, findings=out / "findings-before.parquet")
        audited = replace(audited, before=other.summary, bad=(*audited.bad, *other.bad))
    source = ", ".join(PurePosixPath(path.partition("?")[0]).name or path for path in paths)
    from amends.engine.measures.compared import compared

    held = compared(audited.before, audited.summary) if audited.before is not None else None
    _write(audited, out=out, language=language, source=source, read_by=read_by, held=held)
    _tell(audited, out=out, read_by=read_by)
    if held is not None:
        _tell_changes(held, audited, language=language)
    sys.exit(SKIPPED if audited.bad else CLEAN)


def _place(told: str) -> Path | str:
    return told if told.startswith("s3://") else Path(told)


def _compare(told: str, export: Export) -> tuple[date | None, Export | None]:
    """Return the day that parts two times, or the earlier export; neither where nothing is to be compared."""
    if not told:
        return None, None
    if told.startswith("s3://") or Path(told).exists():
        return None, replace(export, paths=(_place(told),))
    try:
        return date.fromisoformat(told), None
    except ValueError:
        _stop(f"--compare {told}: there is no such file, and it is no day such as 2026-01-31.")


def _run(
    export: Export,
    *,
    findings: Path,
    language: str,
    workers: int,
    cluster: str,
    reader: readers.Name,
    since: date | None = None,
) -> Audited:
    from amends.batch.cluster import Cluster, UnableToReachCluster
    from amends.batch.pipeline import audit_files
    from amends.intake.lines import UnableToReadError

    try:
        with _progress() as seen:
            return audit_files(
                export,
                findings=findings,
                wording=language,
                workers=workers,
                seen=seen,
                readers=partial(readers.chosen, reader),
                since=since,
                cluster=Cluster(cluster) if cluster else None,
            )
    except (UnableToReadError, UnableToReachCluster) as error:
        _stop(str(error))


@contextmanager
def _progress() -> Iterator[Callable[[int], None]]:
    """Show how many conversations are done, on a terminal and nowhere else."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f} conversations, {task.fields[speed]:,.0f} a second"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Reading", total=None, speed=0.0)

        def seen(more: int) -> None:
            bar.update(task, advance=more)
            bar.update(task, speed=bar.tasks[0].finished_speed or bar.tasks[0].speed or 0.0)

        yield seen


def _write(
    audited: Audited, *, out: Path, language: str, source: str, read_by: readers.Name, held: Compared | None
) -> None:
    from amends.engine.report.page import render

    made_on = datetime.now(tz=UTC).astimezone().date()
    summary = {
        "version": 1,
        "made_on": made_on.isoformat(),
        "read_by": read_by,
        "left_out": len(audited.bad),
        **audited.summary.as_dict(),
    }
    if held is not None:
        summary |= {"compared": held.as_dict(), "undated": audited.undated}
    # What was said is quoted in its own language, whatever the report is written in.
    fonts = _fonts(language, *(code for code, _share in audited.summary.languages))
    page = render(
        audited.summary,
        language=language,
        made_on=made_on,
        source=source,
        read_by=read_by,
        fonts=fonts,
        compared=held,
    )
    (out / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    (out / "report.html").write_text(page, encoding="utf-8")


def _tell(audited: Audited, *, out: Path, read_by: readers.Name) -> None:
    for why in audited.bad[:_TOLD]:
        click.echo(why, err=True)
    if len(audited.bad) > _TOLD:
        click.echo(f"… and {len(audited.bad) - _TOLD} more.", err=True)
    found = audited.summary
    if audited.bad:
        click.echo(f"Left out: {len(audited.bad)}.", err=True)
    if not found.conversations:
        click.echo("No conversation was found. Columns with other names are told with --map, agents with --agent.")
    click.echo(
        f"Conversations: {found.conversations}. Replies read: {found.replies}, {_HOW[read_by]}."
        f" Findings, figures and report: {out}"
    )


def _tell_changes(held: Compared, audited: Audited, *, language: str) -> None:
    from amends.engine.report.change import change_lines
    from amends.engine.report.reader import Reader

    click.echo(f"Compared with {held.before.conversations} conversations before.")
    if audited.undated:
        click.echo(f"Without a day, and on neither side: {audited.undated}.", err=True)
    for line in change_lines(held, reader=Reader(language)):
        click.echo(line)


def _fonts(*languages: str) -> dict[str, bytes]:
    """Return the letters that the report needs, where the front end was built; else the machine's own are used."""
    shelf = resources.files("amends") / "desk" / "web" / "static" / "built" / "fonts"
    wanted = (*_LETTERS["latin"], *(letter for code in dict.fromkeys(languages) for letter in _LETTERS.get(code, ())))
    found: dict[str, bytes] = {}
    for family, letters, name in wanted:
        file: Any = shelf / name
        if file.is_file():
            found[f"{family}|{letters}"] = file.read_bytes()
    return found


def _pair(given: str) -> tuple[str, str]:
    from amends.intake.table import USUAL

    ours, equals, theirs = given.partition("=")
    if not equals or not theirs or ours not in USUAL:
        _stop(f"--map {given}: write OURS=COLUMN, where OURS is one of {', '.join(USUAL)}.")
    return ours, theirs


def _refuse_unknown(language: str) -> None:
    from amends.engine import languages

    if not languages.is_known(language):
        _stop(f"--language {language}: reports are written in {', '.join(languages.codes())}.")


def _stop(message: str) -> NoReturn:
    click.echo(f"amends audit: {message}", err=True)
    sys.exit(WRONG)
