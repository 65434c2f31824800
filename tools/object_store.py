"""A server that speaks S3, on loopback, in a process of its own: what files in an object store are tried against."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import Request, urlopen

from postgres import free_port

KEYS = {"AWS_ACCESS_KEY_ID": "a-key-of-the-tests", "AWS_SECRET_ACCESS_KEY": "a-key-of-the-tests"}


@contextmanager
def running_object_store() -> Iterator[int]:
    """Yield the port of an empty store that is gone afterwards.

    :raises RuntimeError: if it ended before it answered
    """
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(3_000):
            with socket.socket() as line:
                if line.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if server.poll() is not None:
                raise RuntimeError(f"moto's server ended with {server.returncode}")
            time.sleep(0.1)
        yield port
    finally:
        server.kill()
        server.wait()


def make_bucket(port: int, name: str) -> None:
    """Make an empty bucket."""
    with urlopen(Request(f"http://127.0.0.1:{port}/{name}", method="PUT"), timeout=120) as made:
        if made.status != 200:
            raise RuntimeError(f"{name}: {made.status}")
