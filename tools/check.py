"""Everything that is checked without running the program; prints each step and goes on, so that one run shows all."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venv/bin"
PYTHON = str(BIN / "python")

STEPS = {
    "format": [str(BIN / "ruff"), "format", "--check", "."],
    "lint": [str(BIN / "ruff"), "check", "."],
    "types": [str(BIN / "mypy")],
    "import contracts": [str(BIN / "lint-imports")],
    "templates": [str(BIN / "djlint"), "src/amends", "--lint", "--quiet"],
    "types of the front end": ["npm", "run", "--silent", "types"],
    "translations": [PYTHON, "tools/messages.py", "check"],
    "migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "settings": [PYTHON, "manage.py", "check", "--fail-level", "WARNING"],
    "house rules": [PYTHON, "tools/house_rules.py"],
}


def main() -> None:
    node = subprocess.run([PYTHON, "tools/node_path.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    failed = []
    with tempfile.TemporaryDirectory() as data:
        env = {**os.environ, "AMENDS_DATA": data, "PATH": f"{node.stdout.strip()}:{os.environ['PATH']}"}
        env.pop("DATABASE_URL", None)
        for name, command in STEPS.items():
            print(f"── {name}", flush=True)
            if subprocess.run(command, cwd=ROOT, env=env, check=False).returncode:
                failed.append(name)
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}")
    print("All checks passed.")


if __name__ == "__main__":
    main()
