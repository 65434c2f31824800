"""`amends serve`: the whole desk as one program: database brought up to date, web server, worker."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click

from amends.cli.desk import open_desk

UNTIL_READY = 60.0  # seconds
UNTIL_STOPPED = 12.0
LOOK = 0.25


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), envvar="PORT")
@click.option(
    "--data", default="data", show_default=True, type=click.Path(file_okay=False, path_type=Path), envvar="AMENDS_DATA",
    help="The folder of database, files and keys.",
)  # fmt: skip
@click.option("--example/--no-example", default=True, help="Lay out the example company on an empty desk.")
@click.option("--empty", is_flag=True, help="Begin without any data: the first page makes the administrator.")
@click.option("--worker/--no-worker", default=True, help="Run background work beside the web server.")
def command(*, host: str, port: int, data: Path, example: bool, empty: bool, worker: bool) -> None:
    """Open the desk in the browser, until Ctrl-C."""
    os.environ["PORT"] = str(port)
    _refuse_busy_port(host, port)
    with _stop_signal() as stopping:
        open_desk(data=data)
        _bring_up_to_date()
        _collect_static()
        moves = example and not empty and _lay_out_example()
        if not stopping.is_set():
            meanwhile = _move_example_along if moves else None
            sys.exit(_run(host=host, port=port, worker=worker, stopping=stopping, meanwhile=meanwhile))


@contextmanager
def _stop_signal() -> Iterator[threading.Event]:
    """Turn Ctrl-C and the system's wish to stop into an event; a second one ends at once."""
    stopping = threading.Event()

    def stop(number: int, frame: object) -> None:
        del frame
        if stopping.is_set():
            raise SystemExit(128 + number)
        stopping.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _refuse_busy_port(host: str, port: int) -> None:
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with closing(socket.socket(family, kind, protocol)) as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(address)
    except socket.gaierror as error:
        raise click.ClickException(f"There is no address '{host}' on this machine.") from error
    except OSError as error:
        raise click.ClickException(
            f"Port {port} on {host} cannot be used: {error.strerror or error}. "
            "Stop what uses it, or choose another one with --port or PORT."
        ) from error


def _bring_up_to_date() -> None:
    from django.core.management import call_command
    from django.db import DatabaseError, connection, connections
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            click.echo("Bringing the database up to date …")
            call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as error:
        raise click.ClickException(f"The database cannot be used: {error}") from error
    finally:
        connections.close_all()


def _collect_static() -> None:
    """Put the static files where the web server finds them, when they are not those of the last start."""
    from django.conf import settings
    from django.core.management import call_command

    mark = Path(settings.STATIC_ROOT) / ".made-from"
    wanted = _fingerprint()
    if mark.exists() and mark.read_text(encoding="ascii") == wanted:
        return
    click.echo("Laying out the pages …")
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    mark.write_text(wanted, encoding="ascii")


def _fingerprint() -> str:
    from hashlib import sha256

    from django.contrib.staticfiles.finders import get_finders

    digest = sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            place = Path(storage.path(path)).stat()
            digest.update(f"{path} {place.st_size} {place.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _lay_out_example() -> bool:
    """Lay out the example company on an empty desk; return whether there is one to be moved along to today."""
    from django.db import connections
    from django.utils import timezone

    from amends.desk.example import queries
    from amends.desk.people.queries import is_empty

    try:
        if not is_empty():
            return queries.is_laid_out()
        click.echo("Laying out the example company …")
        from amends.desk.example import actions

        actions.set_up(now=timezone.now())
        return False
    finally:
        connections.close_all()


def _move_example_along() -> None:
    """Move the example company to today, so that tomorrow's promises stay tomorrow's."""
    from django.db import connections
    from django.utils import timezone

    from amends.desk.example import actions

    actions.move_along(now=timezone.now())
    connections.close_all()


def _run(
    *, host: str, port: int, worker: bool, stopping: threading.Event, meanwhile: Callable[[], None] | None = None
) -> int:
    """Run web server and worker until told to stop; return how to end. While they start, do what else is to be done."""
    parts = {"web": _start("web", host, str(port))}
    if worker:
        parts["worker"] = _start("worker")
    try:
        if meanwhile is not None:
            meanwhile()
        if not _wait_until_ready(host, port, parts["web"], stopping):
            if stopping.is_set():
                return 0
            click.echo("The web server did not start.", err=True)
            return 1
        _greet(host, port)
        while not stopping.wait(LOOK):
            if parts["web"].poll() is not None:
                click.echo("The web server stopped by itself.", err=True)
                return 1
            if worker and parts["worker"].poll() is not None:
                click.echo("The worker stopped by itself; starting another one.", err=True)
                stopping.wait(1)
                parts["worker"] = _start("worker")
        click.echo("\nStopping …")
        return 0
    finally:
        _stop(list(parts.values()))


def _start(part: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a part in a session of its own: Ctrl-C reaches this program, which stops its parts in order."""
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "amends.cli.parts", part, str(os.getpid()), *arguments],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def _wait_until_ready(host: str, port: int, web: subprocess.Popen[bytes], stopping: threading.Event) -> bool:
    until = time.monotonic() + UNTIL_READY
    while time.monotonic() < until and web.poll() is None and not stopping.is_set():
        try:
            with socket.create_connection((_reached_at(host), port), timeout=1):
                return True
        except OSError:
            stopping.wait(LOOK / 5)
    return False


def _reached_at(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - a name that is looked up, not bound


def _greet(host: str, port: int) -> None:
    from django.conf import settings
    from django.db import connections

    from amends.desk.example.queries import sign_ins

    shown = _reached_at(host)
    address = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
    click.echo(f"\nAmends is open at {address}/")
    click.echo(f"  customers complain at {address}/complain/")
    click.echo(f"  the desk is at        {address}/desk/")
    if people := sign_ins():
        click.echo(f"\nExample sign-ins, on this machine only (password: {people[0].password})")
        widest = max(len(person.email) for person in people)
        for person in people:
            click.echo(f"  {person.email:<{widest}}  {person.language}  {person.role:<13}  {person.name}")
    if not settings.SMTP:
        click.echo("\nNo mail server is named (AMENDS_SMTP): letters wait in the outbox.")
    click.echo(f"\nData: {settings.DATA}\nCtrl-C stops.")
    connections.close_all()


def _stop(parts: list[subprocess.Popen[bytes]]) -> None:
    for part in parts:
        if part.poll() is None:
            part.send_signal(signal.SIGTERM)
    until = time.monotonic() + UNTIL_STOPPED
    for part in parts:
        try:
            part.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(part.pid, signal.SIGKILL)  # its own session: the web server's processes go with it
            part.wait()
