"""`amends serve`: the whole desk as one program: database brought up to date, web server, worker."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import click

from amends.cli.desk import open_desk
from amends.cli.forking import FORKS, Apart, Forked, call_it, read_in
from amends.cli.parts import main as parts_main
from amends.cli.preparing import (
    bring_up_to_date,
    have_example_moved,
    is_ready,
    lay_out_example,
    remember_ready,
    start_pages,
)

type Part = subprocess.Popen[bytes] | Forked
type Parts = dict[str, Part]

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
@click.option(
    "--web-processes", default=1, show_default=True, type=click.IntRange(1, 64), envvar="AMENDS_WEB_PROCESSES",
    help="Processes that answer pages, side by side on one port.",
)  # fmt: skip
@click.option("--worker/--no-worker", default=True, help="Run background work beside the web server.")
def command(*, host: str, port: int, data: Path, example: bool, empty: bool, web_processes: int, worker: bool) -> None:
    """Open the desk in the browser, until Ctrl-C."""
    os.environ |= {"PORT": str(port), "AMENDS_DATA": str(data.resolve())}
    _refuse_busy_port(host, port)
    call_it("serve")
    with _stop_signal() as stopping, _parts() as parts:
        at_once = is_ready(data)
        start_web = partial(_start_web, parts, host=host, port=port, processes=web_processes)
        if at_once and not FORKS:  # nothing is to be prepared: the web server loads while this program looks around
            start_web()
        open_desk(data=data)
        if (pages := start_pages(start)) is not None:
            parts["pages"] = pages
        prepared = Apart(_prepare, example and not empty)
        # What is read in names pages as they were laid out, so it waits for those that are being laid out anew.
        at_once = at_once and (pages is None or not FORKS)
        if at_once and FORKS:
            read_in()
            start_web()
        moves = prepared.ended()
        _wait_for_pages(parts, stopping)
        if stopping.is_set():
            return
        if not at_once:
            if FORKS:
                read_in()
            start_web()
        if moves and not worker:
            parts["example"] = start("example")
        sys.exit(_run(parts, data, host=host, port=port, stopping=stopping, moves=moves, worker=worker))


def _prepare(example: bool) -> bool:  # noqa: FBT001 - it is called in another process
    """Bring database and example up to date; return whether the example is to be moved to today."""
    bring_up_to_date()
    return example and lay_out_example()


@contextmanager
def _parts() -> Iterator[Parts]:
    """Hold the programs that run beside this one, and stop them all at the end."""
    parts: Parts = {}
    try:
        yield parts
    finally:
        _stop(list(parts.values()))


def _start_web(parts: Parts, *, host: str, port: int, processes: int) -> None:
    parts["web"] = _begin("web", host, str(port), str(processes))


def _begin(part: str, *arguments: str) -> Part:
    """Fork a part off this program, or start it where that cannot be."""
    if not FORKS:
        return start(part, *arguments)
    return Forked(parts_main, part, str(os.getpid()), *arguments, name=part)


def _wait_for_pages(parts: Parts, stopping: threading.Event) -> None:
    if (pages := parts.pop("pages", None)) is None:
        return
    while pages.poll() is None and not stopping.is_set():
        stopping.wait(LOOK / 5)
    if stopping.is_set():
        _stop([pages])
    elif pages.poll():
        raise click.ClickException("The pages could not be laid out; what went wrong is said above.")


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


def _run(
    parts: Parts, data: Path, *, host: str, port: int, stopping: threading.Event, moves: bool, worker: bool
) -> int:
    """Watch web server and worker until told to stop; return how to end."""
    if not _wait_until_ready(host, port, parts["web"], stopping):
        if stopping.is_set():
            return 0
        click.echo("The web server did not start.", err=True)
        return 1
    Apart(_greet, data, host, port, moves).ended()
    if worker:  # after the first page can be seen: on two cores it would take its time from the web server
        parts["worker"] = _begin("worker")
    while not stopping.wait(LOOK):
        if parts["web"].poll() is not None:
            click.echo("The web server stopped by itself.", err=True)
            return 1
        if "worker" in parts and parts["worker"].poll() is not None:
            click.echo("The worker stopped by itself; starting another one.", err=True)
            stopping.wait(1)
            parts["worker"] = _begin("worker")
    click.echo("\nStopping …")
    return 0


def start(part: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a part in a session of its own: Ctrl-C reaches this program, which stops its parts in order."""
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "amends.cli.parts", part, str(os.getpid()), *arguments],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def _wait_until_ready(host: str, port: int, web: Part, stopping: threading.Event) -> bool:
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


def _greet(data: Path, host: str, port: int, moves: bool) -> bool:  # noqa: FBT001 - it is called in another process
    """Say where the desk is, and remember that it is ready; the example is moved by the worker that comes now."""
    remember_ready(data)
    if moves:
        have_example_moved()
    from django.conf import settings
    from django.db import connections

    from amends.desk.example.queries import sign_ins
    from amends.desk.people.queries import is_empty
    from amends.desk.people.setup_code import setup_code

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
    if is_empty():
        click.echo(f"\nNobody works here yet. Make the first administrator at {address}/first-run/")
        click.echo(f"From another machine the page asks for this setup code: {setup_code()}")
    if moves:
        click.echo(
            "\nThe example company is being moved along to today: what goes on first, all of it within a minute."
        )
    if not settings.SMTP:
        click.echo("\nNo mail server is named (AMENDS_SMTP): letters wait in the outbox.")
    click.echo(f"\nData: {settings.DATA}\nCtrl-C stops.")
    connections.close_all()
    return True


def _stop(parts: list[Part]) -> None:
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
