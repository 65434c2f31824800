"""Static files, hashed and compressed, where the web server finds them: made once for each version of the front end."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path


def lay_out() -> None:
    """Collect them anew."""
    from django.core.management import call_command

    wanted = _fingerprint()
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    _mark().write_text(wanted, encoding="ascii")


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
