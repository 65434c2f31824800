"""Ask whether a locked package has a known hole: Python's at OSV, those of the front end at npm's registry.

    audit.py [--uv COMMAND] [--if-reached]

It ends with 1 where there is a hole, and where nobody could be asked. With --if-reached (CI) the second is said and is
no failure: whether somebody else's server answers says nothing about the program.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
LOCKS: Final = tuple(
    f"{folder}requirements.lock" for folder in ("", "training/", "tests/scale/", "docs/site/", "deploy/")
)
OSV: Final = ("api.osv.dev", 443)
PATIENCE: Final = 180  # seconds for one lock


class UnableToAsk(Exception):
    """Nobody answered, or not what was asked."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--uv", default=f"{sys.executable} -m uv", help="how uv is called")
    parser.add_argument("--if-reached", action="store_true", help="what cannot be reached is said, and no failure")
    asked = parser.parse_args()
    holes, silent = [], False
    for lock in (*LOCKS, "package-lock.json"):
        try:
            found = list(of_npm(_npm()) if lock.endswith(".json") else of_python(_python(lock, shlex.split(asked.uv))))
        except UnableToAsk as trouble:
            print(f"audit: {lock}: not asked, {trouble}", flush=True)
            silent = True
        else:
            print(f"audit: {lock}: {len(found) or 'no'} known holes", flush=True)
            holes += found
    for hole in holes:
        print(f"  {hole}")
    if holes or (silent and not asked.if_reached):
        sys.exit(1)


def of_python(said: str) -> Iterator[str]:
    """Read what pip-audit said, as JSON.

    :raises UnableToAsk: if that is no answer
    """
    for one in _read(said, "dependencies")["dependencies"]:
        for hole in one.get("vulns", ()):
            mended = ", ".join(hole.get("fix_versions", ())) or "none yet"
            yield f"{one['name']} {one['version']}: {hole['id']} (mended in: {mended})"


def of_npm(said: str) -> Iterator[str]:
    """Read what npm audit said, as JSON.

    :raises UnableToAsk: if that is no answer
    """
    for name, one in _read(said, "vulnerabilities")["vulnerabilities"].items():
        yield f"{name} {one['range']}: {one['severity']}"


def _read(said: str, needed: str) -> dict[str, Any]:
    try:
        found = json.loads(said)
    except ValueError:
        found = None
    if not isinstance(found, dict) or needed not in found:
        raise UnableToAsk("for the data of known holes did not answer")
    return found


def _python(lock: str, uv: list[str]) -> str:
    try:
        socket.create_connection(OSV, 5).close()  # before a tool is fetched that could not ask
    except OSError as trouble:
        raise UnableToAsk(f"for {OSV[0]} is not reached from here") from trouble
    command = ["tool", "run", "pip-audit", "--disable-pip", "--require-hashes", "--vulnerability-service", "osv"]
    return _said([*uv, *command, "--format", "json", "--progress-spinner", "off", "--requirement", lock])


def _npm() -> str:
    folder = _said([sys.executable, "tools/node_path.py"]).strip()
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    return _said(["npm", "audit", "--package-lock-only", "--json"], path=path)


def _said(command: list[str], *, path: str = "") -> str:
    env = {**os.environ, **({"PATH": path} if path else {})}
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False,
            timeout=PATIENCE,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as trouble:
        raise UnableToAsk(f"for {command[0]} did not answer") from trouble
    return done.stdout


if __name__ == "__main__":
    main()
