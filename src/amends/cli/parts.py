"""The parts that `amends serve` starts, each a process of its own: web server, worker, and what is made ready.

A part stops when the program that started it is gone, also when that was killed and could stop nothing itself.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from amends.cli import forking

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

LOOK = 1.0  # seconds
MOST_LINES = 8192  # connections at once: a page and a window of the chat hold one each for as long as they are open


def web(host: str, port: str, processes: str = "1") -> None:
    """Serve the desk's pages in so many processes."""
    if forking.FORKS and not forking.has_read_in():
        forking.read_in()
    from django.conf import settings
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels

    lines = settings.LOGGING["formatters"][settings.LOG]  # as the desk's own, and where they are
    handler = {"class": "logging.StreamHandler", "formatter": "line"}
    Granian(
        "amends.desk.asgi:application",
        address=host,
        port=int(port),
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,  # browsers speak no other without TLS; to find out which costs 12 KB for every open line
        workers=int(processes),
        websockets=False,
        backpressure=MOST_LINES,
        log_level=LogLevels.warning,
        log_dictconfig={"formatters": {"line": lines}, "handlers": dict.fromkeys(("console", "access"), handler)},
        workers_kill_timeout=3,
    ).serve(target_loader=_application, wrap_loader=False)


def _application() -> Callable[..., Any]:
    """Load what answers, in the process that serves."""
    import asyncio

    from amends.desk import asgi

    desk = asgi.begin(is_read_in=forking.has_read_in())
    _tell_of_the_end(asyncio.get_event_loop(), desk.end_lines)
    return desk


def _tell_of_the_end(loop: AbstractEventLoop, tell: Callable[[], None]) -> None:
    """Let it be told, too, when the web server hears that the process is asked to stop.

    The server takes no more connections then, and waits for those that are open. It tells nobody, and would be killed
    over its first line of events.
    """
    listen = loop.add_signal_handler

    def listen_too(number: int, callback: Callable[..., object], *given: Any) -> None:
        def both() -> None:
            tell()
            callback(*given)

        listen(number, both)

    loop.add_signal_handler = listen_too  # type: ignore[assignment, method-assign]


def worker() -> None:
    """Do background work."""
    from amends.cli.desk import open_desk

    open_desk()
    from amends.desk.jobs.worker import Worker, new_worker_id
    from amends.desk.web import memory

    memory.give_back()
    one = Worker(worker_id=new_worker_id())
    one.stop_on_signals()
    one.run(gives_way=True)


def pages() -> None:
    """Lay out the static files."""
    from amends.cli.desk import open_desk

    open_desk()
    from amends.cli.pages import lay_out

    lay_out()


def example() -> None:
    """Move the example company to today, where no worker does it."""
    from amends.cli.desk import open_desk

    open_desk()
    from django.utils import timezone

    from amends.desk.example.tasks import move_example_along

    move_example_along(now=timezone.now())


PARTS: dict[str, Callable[..., None]] = {"web": web, "worker": worker, "pages": pages, "example": example}


def main(name: str, parent: str, *arguments: str) -> None:
    """Run a part until it is told to stop, or its parent is gone."""
    threading.Thread(target=_stop_without, args=(int(parent),), name="parent", daemon=True).start()
    PARTS[name](*arguments)


def _stop_without(parent: int) -> None:
    gone = threading.Event()
    while os.getppid() == parent:
        gone.wait(LOOK)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(*sys.argv[1:])
