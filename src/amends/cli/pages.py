"""Static files, hashed and compressed, where the web server finds them: made once for each version of the front end.

Web servers of the version before may still answer while those of a new one are laid out, and pages that they drew are
open in browsers. So what they name stays beside what is new, until the next version, and the new web servers hand it
out too.
"""

from __future__ import annotations

import filecmp
import json
import os
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

MANIFEST: Final = "staticfiles.json"
_ENDS: Final = ("", ".gz", ".br")  # as it is, and compressed


def lay_out() -> None:
    """Collect them anew in a folder beside, then move in what is new; what was there is handed out all the while."""
    from django.conf import settings
    from django.contrib.staticfiles.management.commands import collectstatic
    from django.core.management import call_command
    from servestatic.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

    class Beside(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
        def stat_static_root(self) -> dict[str, os.stat_result]:
            """Look at its own folder, and not at that which is served."""
            return _measured(fresh)

    wanted, root = _fingerprint(), Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    before = _told(root)
    with TemporaryDirectory(prefix="static-", dir=root.parent) as folder:
        fresh = Path(folder)
        command = collectstatic.Command()
        command.storage = Beside(location=fresh)
        call_command(command, interactive=False, verbosity=0)
        told = _told(fresh)
        kept = {made for name, made in before["paths"].items() if name != made} - set(told["paths"].values())
        kept = {name for name in kept if (root / name).is_file()}
        told["paths"] |= {name: name for name in sorted(kept)}
        for name in _measured(fresh):
            _move(fresh / name, root / name)
        known = {MANIFEST, _mark().name, *(name + end for name in told["paths"].values() for end in _ENDS)}
        told["stats"] = {name: stat for name, stat in _measured(root).items() if name in known}
        (fresh / MANIFEST).write_text(json.dumps(told), encoding="utf-8")
        _move(fresh / MANIFEST, root / MANIFEST)
    for name in _measured(root).keys() - known:
        (root / name).unlink()
    _mark().write_text(wanted, encoding="ascii")


def _told(place: Path) -> dict[str, Any]:
    """Return what a folder's manifest says: each file by its plain name, and how it is called with its digest."""
    if not (place / MANIFEST).is_file():
        return {"paths": {}}
    found: dict[str, Any] = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    return found


def _measured(place: Path) -> dict[str, os.stat_result]:
    files = (path for path in place.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {path.relative_to(place).as_posix(): path.stat() for path in files}


def _move(file: Path, to: Path) -> None:
    """Put a file into its place, unless the same one lies there: who reads it reads on."""
    if to.is_file() and filecmp.cmp(file, to, shallow=False):
        return
    to.parent.mkdir(parents=True, exist_ok=True)
    file.replace(to)


def are_laid_out() -> bool:
    """Whether those of the last start are still the right ones."""
    mark = _mark()
    return mark.exists() and mark.read_text(encoding="ascii") == _fingerprint()


def _mark() -> Path:
    from django.conf import settings

    return Path(settings.STATIC_ROOT) / ".made-from"


def _fingerprint() -> str:
    from django.contrib.staticfiles.finders import get_finders

    digest = sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            place = Path(storage.path(path)).stat()
            digest.update(f"{path} {place.st_size} {place.st_mtime_ns}\n".encode())
    return digest.hexdigest()
