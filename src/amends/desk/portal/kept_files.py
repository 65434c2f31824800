"""
Files that came with a form which could not be taken yet.

A browser never fills a file field in again, so without this a missing name would cost the customer their photographs.
They wait under their digest in the private files of the desk, where each of its processes finds them, and the form
carries a signed list of them.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile

SALT = "amends.portal.files"
KEPT = timedelta(days=1)
WAITING = "waiting"  # a folder of the desk's files


@dataclass(frozen=True, slots=True)
class KeptFile:
    name: str
    media_type: str
    size: int
    digest: str


def keep(files: Iterable[UploadedFile]) -> list[KeptFile]:
    """Put files aside until the form is right."""
    kept = []
    for file in files:
        file.seek(0)
        content = file.read()
        digest = sha256(content).hexdigest()
        default_storage.delete(f"{WAITING}/{digest}")  # what waited under it begins its day anew
        default_storage.save(f"{WAITING}/{digest}", ContentFile(content))
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
    return [file for row in rows if default_storage.exists(f"{WAITING}/{(file := KeptFile(**row)).digest}")]


def fetch(kept: Iterable[KeptFile]) -> list[UploadedFile]:
    """Return the files as if they had been uploaded just now."""
    return [
        InMemoryUploadedFile(io.BytesIO(_read(file.digest)), None, file.name, file.media_type, file.size, None)
        for file in kept
    ]


def sweep(*, now: datetime) -> int:
    """Remove files that nobody came back for; return how many."""
    try:
        names = default_storage.listdir(WAITING)[1]
    except FileNotFoundError:
        return 0
    places = [f"{WAITING}/{name}" for name in names]
    old = [place for place in places if default_storage.get_modified_time(place) < now - KEPT]
    for place in old:
        default_storage.delete(place)
    return len(old)


def _read(digest: str) -> bytes:
    with default_storage.open(f"{WAITING}/{digest}") as file:
        content: bytes = file.read()
    return content
