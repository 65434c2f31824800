"""
Run every test: all on SQLite, those of the desk once more on PostgreSQL, and the browser journeys.

Where no PostgreSQL server or no Chromium is found, those parts are skipped with a message; with AMENDS_NO_SKIPS=1
(as in CI) that is a failure. `--large` runs what needs a cluster, `--schemas` the way up from every schema that was
kept, on both databases, and nothing else.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from postgres import find_postgres, running_postgres

ROOT = Path(__file__).resolve().parents[1]
# What tests of large sites need lies beside .venv, which every user has, and comes after it.
SCALE = [next(ROOT.glob(".venv/lib/python3*/site-packages"), ROOT), ROOT / "build/scale"]
PLUGINS = ("-p", "no:cacheprovider", "-p", "no:schemathesis", "-p", "no:anyio")  # the last two come with build/scale
PYTEST = [str(ROOT / ".venv/bin/python"), "-m", "pytest", *PLUGINS]
LARGE = "tests/scale"
UPGRADE = "tests/desk/upkeep/test_upgrade.py"

# By module and class: what a whole class stands on, as the example company, is laid out once and not by each core.
ON_TWO_CORES = ("-n", "2", "--dist", "loadscope")


def run(name: str, *arguments: str, env: dict[str, str] | None = None) -> bool:
    print(f"── {name}", flush=True)
    with tempfile.TemporaryDirectory() as data:
        beside = os.pathsep.join(str(place) for place in SCALE)
        full = {**os.environ, "AMENDS_DATA": data, "PYTHONPATH": beside, **(env or {})}
        if "DATABASE_URL" not in (env or {}):
            full.pop("DATABASE_URL", None)
        return subprocess.run([*PYTEST, *arguments], cwd=ROOT, env=full, check=False).returncode == 0


def main() -> None:
    no_skips = os.environ.get("AMENDS_NO_SKIPS") == "1"
    if "--large" in sys.argv[1:]:  # a cluster of machines on this one takes minutes of two cores: `make soak` runs it
        sys.exit(0 if run("a cluster", LARGE) else 1)
    if "--schemas" in sys.argv[1:]:  # every run of the tests goes the way from the newest
        every = {"AMENDS_EVERY_SCHEMA": "1"}
        passed = [run("every kept schema on SQLite", UPGRADE, env=every)]
        if home := find_postgres():
            with running_postgres(home) as url:
                passed.append(run("every kept schema on PostgreSQL", UPGRADE, env=every | {"DATABASE_URL": url}))
        elif no_skips:
            sys.exit("No PostgreSQL server found, and skips are forbidden here.")
        sys.exit(0 if all(passed) else 1)
    passed = [run("everything on SQLite", *ON_TWO_CORES, "-m", "not browser", f"--ignore={LARGE}", "tests")]
    if home := find_postgres():
        with running_postgres(home) as url:
            passed.append(
                run(
                    "the desk on PostgreSQL",
                    *ON_TWO_CORES,
                    "-m",
                    "not browser",
                    "tests/desk",
                    env={"DATABASE_URL": url},
                )
            )
    elif no_skips:
        sys.exit("No PostgreSQL server found, and skips are forbidden here.")
    else:
        print("── the desk on PostgreSQL: skipped, no PostgreSQL server found (Debian: apt-get install postgresql)")
    # By file: each process has a desk of its own, and a journey may lean on what the one before it left there.
    passed.append(run("journeys in a browser", "-n", "2", "--dist", "loadfile", "-m", "browser", "tests/journeys"))
    sys.exit(0 if all(passed) else 1)


if __name__ == "__main__":
    main()
