"""What builds and runs images: the machine's own Docker, or one of Debian's packages in a folder, where there is none.

The second needs Linux, root and mmdebstrap, and no registry of images: what images begin with is made of Debian's
packages as well. It runs in a mount namespace and, when images are tried, in a network namespace of its own, so that
nothing of it reaches the machine or the world, and all of it ends with this program.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

DEBIAN: Final = "trixie"
PACKAGES: Final = "ca-certificates,docker-buildx,docker-cli,docker-compose,docker.io,iproute2,iptables"
PATIENCE: Final = 60.0
# What an engine that we start sees: this machine's devices, and the folder of the project at its own place.
BEGIN: Final = """
set -e
root=$1 project=$2 net=$3; shift 3
mount --make-rprivate /
mount --bind "$root" "$root"
for place in sys dev; do mount --rbind /$place "$root/$place"; done
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/run"
mkdir -p "$root$project" "$root/before"
mount --bind "$project" "$root$project"
cp /etc/resolv.conf "$root/etc/resolv.conf"
[ "$net" = own ] && "$(command -v ip || echo "$root/sbin/ip")" link set lo up
cd "$root"
pivot_root . before
umount -l /before
exec "$@"
"""


class Failed(Exception):
    """A command of the engine ended badly; in its own words."""


class Engine:
    """The machine's own: `docker`, as everybody calls it."""

    makes_its_bases = False

    def command(self, *arguments: str) -> list[str]:
        return ["docker", *arguments]

    def docker(self, *arguments: str, given: str | None = None, patience: float | None = None) -> str:
        """Run a command to its end; return what it said.

        :raises Failed: if it ended badly
        """
        done = subprocess.run(
            self.command(*arguments), input=given, capture_output=True, text=True, check=False, timeout=patience,
        )  # fmt: skip
        if done.returncode:
            raise Failed(f"docker {' '.join(arguments)[:120]}: {(done.stdout + done.stderr).strip()[-3000:]}")
        return done.stdout

    @contextmanager
    def running(self, *, net: str) -> Iterator[None]:
        """Have it run; `net` is 'host' while images are built, 'own' while they are tried."""
        del net
        yield

    def clear(self) -> None:
        """Take away what it brought."""


class OwnEngine(Engine):
    """One that is made of Debian's packages, in a folder."""

    makes_its_bases = True

    def __init__(self, folder: Path, project: Path) -> None:
        self.folder, self.project = folder, project
        self._daemon: subprocess.Popen[bytes] | None = None
        self._inner = 0

    def command(self, *arguments: str) -> list[str]:
        return ["nsenter", f"--target={self._inner}", "--all", f"--wdns={self.project}", "docker", *arguments]

    @contextmanager
    def running(self, *, net: str) -> Iterator[None]:
        root = self.folder / "root"
        if not (root / "usr/sbin/dockerd").exists():
            debian(root, PACKAGES)
        options = ["--bridge=none", "--iptables=false"] if net == "host" else []
        here = os.open("/proc/self/ns/net", os.O_RDONLY)
        with (self.folder / "engine.log").open("ab") as log:
            self._daemon = subprocess.Popen(
                [
                    *("unshare", "--mount", "--pid", "--fork", "--kill-child", *(["--net"] if net == "own" else [])),
                    *("sh", "-c", BEGIN, "sh", str(root), str(self.project), net, "dockerd", *options),
                ],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            self._wait()
            os.setns(os.open(f"/proc/{self._inner}/ns/net", os.O_RDONLY), os.CLONE_NEWNET)
            yield
        finally:
            os.setns(here, os.CLONE_NEWNET)
            os.close(here)
            if self._inner:
                os.kill(self._inner, 15)
            else:
                self._daemon.terminate()
            self._daemon.wait(PATIENCE)
            self._inner = 0

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self._daemon is not None and self._daemon.poll() is None:
            children = Path(f"/proc/{self._daemon.pid}/task/{self._daemon.pid}/children").read_text(encoding="ascii")
            for child in children.split():
                if Path(f"/proc/{child}/comm").read_text(encoding="ascii").strip() != "dockerd":
                    continue
                self._inner = int(child)
                told = subprocess.run(self.command("version"), capture_output=True, check=False)
                if not told.returncode:
                    return
            time.sleep(0.3)
        raise Failed(f"the engine did not start; see {self.folder / 'engine.log'}")

    def clear(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def find_engine(folder: Path, project: Path) -> Engine | str:
    """Return what can build and run images here, or why nothing can."""
    if shutil.which("docker"):
        asked = [["docker", "info"], ["docker", "buildx", "version"], ["docker", "compose", "version"]]
        if not any(subprocess.run(one, capture_output=True, check=False).returncode for one in asked):
            return Engine()
    if sys.platform != "linux" or os.geteuid() != 0:
        return "no Docker with buildx and compose answers, and one of our own is for root on Linux"
    if missing := [name for name in ("mmdebstrap", "unshare", "nsenter") if shutil.which(name) is None]:
        return f"no Docker with buildx and compose answers, and for one of our own {', '.join(missing)} is missing"
    if ctypes.CDLL(None, use_errno=True).unshare(0) != 0:
        return "no Docker with buildx and compose answers, and no namespaces can be made here"
    return OwnEngine(folder, project)


def debian(to: Path, packages: str = "") -> None:
    """Lay a small Debian out in a folder, or as a tar file, from Debian's own packages.

    :raises Failed: if that was not possible
    """
    to.parent.mkdir(parents=True, exist_ok=True)
    kept_out = ("doc/*", "info/*", "locale/*", "man/*")  # as the slim images of Debian leave out
    done = subprocess.run(
        [
            *("mmdebstrap", "--quiet", "--variant=minbase", *([f"--include={packages}"] if packages else [])),
            *(f"--dpkgopt=path-exclude=/usr/share/{one}" for one in kept_out),
            *("--dpkgopt=path-include=/usr/share/doc/*/copyright", DEBIAN, str(to)),
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        shutil.rmtree(to, ignore_errors=True)
        raise Failed(f"mmdebstrap: {done.stderr[-2000:]}")
