"""
Files that came with a form which could not be taken yet.

A browser never fills a file field in again, so without this a missing name would cost the customer their photographs.
They wait under their digest in the private files of the desk, and the form carries a signed list of them.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile

SALT = "amends.portal.files"
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class KeptFile:
    name: str
    media_type: str
    size: int
    digest: str


def keep(files: Iterable[UploadedFile]) -> list[KeptFile]:
    """Put files aside until the form is right."""
    place = _place()
    place.mkdir(parents=True, exist_ok=True)
    kept = []
    for file in files:
        file.seek(0)
        content = file.read()
        digest = sha256(content).hexdigest()
        (place / digest).write_bytes(content)
        kept.append(KeptFile(file.name or "file", file.content_type or "", len(content), digest))
    return kept


def sign(kept: Iterable[KeptFile]) -> str:
    """Name the files in a form field that a stranger can neither write nor change."""
    return signing.dumps([asdict(file) for file in kept], salt=SALT, compress=True)


def known(signed: str) -> list[KeptFile]:
    """Read the list back; what is not ours, or is gone, is left out."""
    if not signed:
        return []
    try:
        rows = signing.loads(signed, salt=SALT, max_age=KEPT)
    except signing.BadSignature:
        return []
    return [file for row in rows if (_place() / (file := KeptFile(**row)).digest).exists()]


def fetch(kept: Iterable[KeptFile]) -> list[UploadedFile]:
    """Return the files as if they had been uploaded just now."""
    return [
        InMemoryUploadedFile(
            io.BytesIO((_place() / file.digest).read_bytes()), None, file.name, file.media_type, file.size, None
        )
        for file in kept
    ]


def sweep(*, now: datetime) -> int:
    """Remove files that nobody came back for; return how many."""
    if not _place().exists():
        return 0
    old = [file for file in _place().iterdir() if file.stat().st_mtime < (now - KEPT).timestamp()]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def _place() -> Path:
    return Path(settings.MEDIA_ROOT) / "waiting"
