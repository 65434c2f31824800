"""`amends work`: a worker for background work, beside those that `amends serve` starts."""

from __future__ import annotations

from pathlib import Path

import click

from amends.cli.desk import open_desk, refuse_without_tables


@click.command("work")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), envvar="AMENDS_DATA", help="The data folder.")
def command(*, data: Path | None) -> None:
    """Send mail, watch promises and do other background work until stopped.

    'amends serve' has one already; a larger site runs more, on any machine that reaches the database.
    """
    open_desk(data=data)
    refuse_without_tables()
    from amends.desk.jobs.worker import Worker, new_worker_id

    worker = Worker(worker_id=new_worker_id())
    worker.stop_on_signals()
    worker.run(gives_way=True)
