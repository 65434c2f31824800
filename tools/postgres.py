"""A PostgreSQL of our own in a temporary folder, started and stopped by the tests."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
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


def free_port() -> int:
    """A port of loopback on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_postgres(home: Path, *, folder: Path | None = None) -> Iterator[str]:
    """Yield the address of a database: an empty one that is gone afterwards, or the one that a folder keeps."""
    other = _other_user()
    place = folder or Path(tempfile.mkdtemp(prefix="amends-postgres-"))
    place.mkdir(mode=0o755, parents=True, exist_ok=True)
    if other:
        os.chown(place, int(str(other["user"])), int(str(other["group"])))
    port = free_port()

    def call(program: str, *arguments: str) -> None:
        with (place.parent / f"{place.name}.log").open("ab") as log:
            subprocess.run([home / program, *arguments], cwd=place, check=True, stdout=log, stderr=log, **other)  # type: ignore[call-overload]

    data = place / "data"
    is_new = not data.exists()
    # Durability is of no use to a database that lives for one test run.
    options = f"-p {port} -k {place} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off"
    if is_new:
        call(
            "initdb",
            "--pgdata",
            str(data),
            "--username",
            "amends",
            "--auth",
            "trust",
            "--encoding",
            "UTF8",
            "--no-locale",
        )
    call("pg_ctl", "start", "--wait", "--pgdata", str(data), "--options", options)
    try:
        if is_new:
            call("createdb", "--host", "127.0.0.1", "--port", str(port), "--username", "amends", "amends")
        yield f"postgresql://amends@127.0.0.1:{port}/amends"
    finally:
        call("pg_ctl", "stop", "--pgdata", str(data), "--mode", "immediate" if folder is None else "fast")
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)
        (place.parent / f"{place.name}.log").unlink(missing_ok=True)


@contextmanager
def running_copy(home: Path, *, host: str, port: int, user: str) -> Iterator[tuple[int, Callable[[], None]]]:
    """Start a copy that follows a running server of ours; yield its port, and what stops it."""
    other = _other_user()
    place = Path(tempfile.mkdtemp(prefix="amends-copy-"))
    place.chmod(0o755)
    if other:
        os.chown(place, int(str(other["user"])), int(str(other["group"])))
    here, data = free_port(), str(place / "data")

    def call(program: str, *arguments: str) -> None:
        with (place / "log").open("ab") as log:
            subprocess.run([home / program, *arguments], cwd=place, check=True, stdout=log, stderr=log, **other)  # type: ignore[call-overload]

    def stop() -> None:
        subprocess.run(
            [home / "pg_ctl", "stop", "--pgdata", data, "--mode", "immediate"],
            cwd=place, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **other,
        )  # type: ignore[call-overload]  # fmt: skip

    try:
        line = ("--host", host, "--port", str(port), "--username", user)
        call("pg_basebackup", *line, "--pgdata", data, "--write-recovery-conf", "--checkpoint=fast", "--no-sync")
        options = f"-p {here} -k {place} -c listen_addresses=127.0.0.1 -c fsync=off"
        call("pg_ctl", "start", "--wait", "--pgdata", data, "--options", options)
        yield here, stop
    finally:
        stop()
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    home = find_postgres()
    if home is None:
        raise SystemExit("No PostgreSQL server found.")
    with running_postgres(home) as url:
        print(url, flush=True)
        input("Enter stops it. ")
