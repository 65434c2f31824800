"""A PostgreSQL of our own in a temporary folder, started and stopped by the tests."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def find_postgres() -> Path | None:
    """The folder that holds `initdb` and `pg_ctl`, newest version first."""
    if initdb := shutil.which("initdb"):
        return Path(initdb).resolve().parent
    homes = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((path.parent for path in homes), key=lambda path: int(path.parent.name), default=None)


def _other_user() -> dict[str, object]:
    """PostgreSQL refuses to run as root: name another user to run it as."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise SystemExit("PostgreSQL does not run as root, and there is neither a user postgres nor nobody.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_postgres(home: Path) -> Iterator[str]:
    """Yield the address of an empty database; everything is gone afterwards."""
    other = _other_user()
    folder = Path(tempfile.mkdtemp(prefix="amends-postgres-"))
    if other:
        os.chown(folder, int(str(other["user"])), int(str(other["group"])))
    port = _free_port()

    def call(program: str, *arguments: str) -> None:
        with (folder.parent / f"{folder.name}.log").open("ab") as log:
            subprocess.run([home / program, *arguments], cwd=folder, check=True, stdout=log, stderr=log, **other)  # type: ignore[call-overload]

    data = str(folder / "data")
    # Durability is of no use to a database that lives for one test run.
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off"
    call("initdb", "--pgdata", data, "--username", "amends", "--auth", "trust", "--encoding", "UTF8", "--no-locale")
    call("pg_ctl", "start", "--wait", "--pgdata", data, "--options", options)
    try:
        call("createdb", "--host", "127.0.0.1", "--port", str(port), "--username", "amends", "amends")
        yield f"postgresql://amends@127.0.0.1:{port}/amends"
    finally:
        call("pg_ctl", "stop", "--pgdata", data, "--mode", "immediate")
        shutil.rmtree(folder, ignore_errors=True)
        (folder.parent / f"{folder.name}.log").unlink(missing_ok=True)


if __name__ == "__main__":
    home = find_postgres()
    if home is None:
        raise SystemExit("No PostgreSQL server found.")
    with running_postgres(home) as url:
        print(url, flush=True)
        input("Enter stops it. ")
